"""The account that the stack sees: as it is now, or as it was when a snapshot was exported.

The collect job takes one snapshot of each earlier time, as it would have at that time. The state
machine then takes that of today, and the days are judged by the snapshots around them.
"""

import time
from datetime import datetime, timedelta
from typing import Any

from local.account.exports import Exports
from local.account.input import Input
from local.emulator import configured_resources, ec2
from local.emulator.server import Emulator
from local.execution import POLL_SECONDS, ExecutionFailedError, log_hint

_RUNNING = ("STARTING", "RUNNING", "STOPPING")


def answer_with(region: str, exports: Exports) -> None:
    """Makes AWS answer with exports in a region."""
    ec2.set_inventory(region, exports.inventory)
    configured_resources.set_exports(exports.configured_resources)


def collect_earlier_snapshots(aws: Emulator, outputs: dict[str, str], given: Input) -> None:
    """Collects each snapshot on its own day, oldest first. Raises ExecutionFailedError."""
    job = outputs["CollectSecurityGroupsJobName"]
    for moment, exports in given.earlier.items():
        answer_with(given.region, exports)
        run = _run_to_end(aws.client("glue"), job, moment)
        if run["JobRunState"] != "SUCCEEDED":
            reason = run.get("ErrorMessage", run["JobRunState"])
            raise ExecutionFailedError(f"the snapshot of {moment}: {reason}{log_hint(aws)}")
    answer_with(given.region, given.exports)


def _run_to_end(glue: Any, job: str, moment: datetime) -> dict[str, Any]:
    """A run of the collect job at a time, when it is over."""
    day_before = str(moment.date() - timedelta(days=1))
    arguments = {
        "--snapshot_time": moment.isoformat(),
        "--from_day": day_before,
        "--to_day": day_before,
    }
    started = glue.start_job_run(JobName=job, Arguments=arguments)["JobRunId"]
    while True:
        run: dict[str, Any] = glue.get_job_run(JobName=job, RunId=started)["JobRun"]
        if run["JobRunState"] not in _RUNNING:
            return run
        time.sleep(POLL_SECONDS)
