"""One flow against one rule set, many times at random: the product and a slow oracle agree."""

from collections import Counter
from collections.abc import Iterator

import pytest

from tests.attribution.facts import FORMATS, credits, expand
from tests.attribution.harness import Case, Result, run_cases, spark_session
from tests.attribution.networks import network
from tests.attribution.oracle import expected
from tests.attribution.random_flows import RandomCase, random_case

SEEDS = range(300)
CASES = [random_case(seed) for seed in SEEDS]


def as_case(case: RandomCase) -> Case:
    drawn = case.network
    snapshot = network(drawn.rules, drawn.interfaces, drawn.prefix_lists, drawn.other_groups)
    lines = [expand(line, "full") for line in case.lines]
    return Case(snapshot, FORMATS["full"], lines, later=snapshot)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Result]]:
    """All cases in one run."""
    spark = spark_session()
    yield run_cases(spark, [as_case(case) for case in CASES], tmp_path_factory.mktemp("oracle"))
    spark.stop()


@pytest.mark.spark
@pytest.mark.parametrize("seed", SEEDS)
def test_the_rules_that_admit_a_flow(seed: int, results: list[Result]) -> None:
    case, result = CASES[seed], results[seed]
    assert credits(result) == expected(case.network, case.flow), case
    assert sum(result.outcomes.values()) == len(case.lines)


def test_the_cases_are_of_every_kind() -> None:
    """Else the comparison above would say little."""
    kinds: Counter[str] = Counter()
    for case in CASES:
        counts = expected(case.network, case.flow).values()
        kinds["none" if not counts else "some"] += 1
        kinds["sole"] += any(sole for _, sole, _ in counts)
        kinds["several"] += sum(used > 0 for used, _, _ in counts) > 1
        kinds["in doubt"] += any(ambiguous for _, _, ambiguous in counts)
        kinds["IPv6"] += ":" in case.flow.peer and bool(counts)
        kinds["replies only"] += case.flow.requests == 0
        for name, number in (("TCP", 6), ("UDP", 17), ("ICMP", 1), ("ESP", 50)):
            kinds[name] += case.flow.protocol == number and bool(counts)
    assert min(kinds.values()) >= 10, kinds
    assert kinds["some"] > len(CASES) / 3
