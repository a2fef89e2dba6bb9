"""The fault matrix: AWS at its worst, one thing at a time."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from tests.reliability.account import JOBS, Account, differences
from tests.reliability.cases import COLLECT, COMPUTE, EMAIL, QUERY, Case
from tests.reliability.faults import Faults
from tests.reliability.story import Stage, stages

FAULTS_BY_JOB = dict(zip(JOBS, (COLLECT, QUERY, COMPUTE, EMAIL), strict=True))


@dataclass(frozen=True)
class Judged:
    """What came of a case."""

    noun: str
    what: str
    outcome: Literal["recovered", "failed clearly", "WRONG"]
    error: str = ""
    wrong: list[str] = field(default_factory=list)
    """what differs, or is half-written, or was not said"""


def fault_matrix(account: Account, every: int = 1) -> Iterator[Judged]:
    """Every case of every job, or each `every`th one, struck and judged."""
    for stage in stages(account):
        for case in FAULTS_BY_JOB[stage.noun][::every]:
            account.restore(stage.before)
            yield judge(account, stage, case)


def judge(account: Account, stage: Stage, case: Case) -> Judged:
    """Runs the job with the faults; when it fails, once more without."""
    what, fault, says = case
    faults = Faults((fault,))
    error = ""
    try:
        stage.run(account, faults)
    except Exception as raised:
        error = f"{type(raised).__name__}: {raised}"
    wrong = [] if faults.met else ["the fault never struck"]
    if error:
        wrong += [f"half-written: {name}" for name in stage.half_written(account)]
        stage.run(account)
    wrong += differences(account.state(), stage.clean)
    if (says is None and error) or (says and says not in error):
        wrong.append(f"expected {says or 'no error'}, got {error or 'none'}")
    outcome: Literal["recovered", "failed clearly"] = "failed clearly" if error else "recovered"
    return Judged(stage.noun, what, "WRONG" if wrong else outcome, error, wrong)
