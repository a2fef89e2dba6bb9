"""A run from files to files: input checked, stack deployed, days analysed, report collected."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from local import execution
from local.account.cli_exports import InputError
from local.account.input import Files, Input, read_input
from local.demo.account import DAYS, write_demo
from local.deploy import DeploymentError, deploy_stack
from local.emulator.iam.callers import DEPLOYER
from local.emulator.s3 import ObjectStore, split_uri
from local.emulator.server import Emulator, running_emulator
from local.progress import Progress
from local.snapshots import answer_with, collect_earlier_snapshots

BUCKET = "flow-logs-of-this-machine"
SENDER = "security-reports@example.com"
RECIPIENT = "security@example.com"


def run(files: Files, out: Path, work: Path | None, progress: Progress) -> None:
    """Analyses a user's files. Raises InputError, DeploymentError, ExecutionFailedError."""
    given = read_input(files)
    _require_writable(out)
    if not given.has_next_hour:
        progress.note(
            f"{files.flow_logs} has no objects of the hour after {files.last}. Records that began "
            "in its last minutes lie there: copy that hour too, and judge uses of these minutes "
            "with care"
        )
    with working_folder(work) as folder, running_emulator(folder, given.region) as aws:
        with progress.step("Deploying the stack"):
            outputs = deploy_account(aws, given, schedule_enabled=False)
        if given.earlier:
            with progress.step(f"Collecting {len(given.earlier)} earlier snapshots"):
                collect_earlier_snapshots(aws, outputs, given)
        span = {"from": str(files.first), "to": str(files.last)}
        with progress.execution(f"Analysing {files.first} to {files.last}"):
            execution.execute(aws, outputs, {**span, "report": True}, given.days, progress.show)
        _finish(aws, outputs, files.last, out, progress)


def demo(out: Path, work: Path | None, progress: Progress) -> None:
    """Analyses the demo account: a backfill of all days but the last, then one scheduled night."""
    _require_writable(out)
    last = datetime.now(UTC).date() - timedelta(days=1)
    with working_folder(work) as folder, running_emulator(folder) as aws:
        with progress.step("Drawing a demo account and a month of its traffic"):
            first = last - timedelta(days=DAYS - 1)
            write_demo(folder / "demo", last)
            files = Files(folder / "demo/inventory", folder / "demo/flow-logs", first, last)
            given = read_input(files)
        with progress.step("Deploying the stack"):
            outputs = deploy_account(aws, given, schedule_enabled=True)
        before = last - timedelta(days=1)
        with progress.execution(f"Backfill of {first} to {before}"):
            span = {"from": str(first), "to": str(before)}
            execution.execute(aws, outputs, span, given.days[:-1], progress.show)
        at = f"{last + timedelta(days=1)}T02:00:00Z"
        with progress.execution(f"The scheduled night of {at}"):
            night = {**execution.scheduled_input(aws, at), "report": True}
            role = execution.schedule_role(aws)
            execution.execute(aws, outputs, night, [last], progress.show, role)
        _finish(aws, outputs, last, out, progress)


def deploy_account(aws: Emulator, given: Input, schedule_enabled: bool) -> dict[str, str]:
    """The stack, the network and the flow logs of the days, in the emulator."""
    aws.client("s3").create_bucket(Bucket=BUCKET, **_location(aws.region))
    answer_with(given.region, given.exports)
    store = ObjectStore(DEPLOYER)
    for file in given.flow_logs.files:
        store.write(BUCKET, file.key, file.path.read_bytes())
    return deploy_stack(aws, _settings(given, schedule_enabled))


def _settings(given: Input, schedule_enabled: bool) -> dict[str, str]:
    """The settings with which the stack is deployed."""
    logs = given.flow_logs
    return {
        "regions": given.region,
        "accounts": ",".join(logs.accounts),
        "flow_log_bucket": BUCKET,
        "flow_log_prefix": logs.prefix,
        "schedule_enabled": str(schedule_enabled).lower(),
        "sender": SENDER,
        "recipients": RECIPIENT,
        "window_days": str(max(7, len(given.days))),
        "minimum_days": str(min(7, len(given.days))),
    }


def _location(region: str) -> dict[str, Any]:
    """S3 wants the region of a bucket said, but not this one."""
    if region == "us-east-1":
        return {}
    return {"CreateBucketConfiguration": {"LocationConstraint": region}}


def _finish(
    aws: Emulator, outputs: dict[str, str], day: date, out: Path, progress: Progress
) -> None:
    store = ObjectStore(DEPLOYER)
    lake = outputs["LakeBucketName"]
    reports = f"s3://{lake}/reports/day={day}/"
    results = {
        "rule_usage.csv": store.read(*split_uri(f"{reports}rule_usage.csv")),
        "report.html": store.read(*split_uri(f"{reports}report.html")),
        "report.eml": aws.mails()[-1],
        "findings.json": store.read(*split_uri(f"{reports}findings.json")),
        "plan.json": store.read(*split_uri(f"{reports}plan.json")),
        "requests.json": store.read(*split_uri(f"s3://{lake}/findings/requests.json")),
    }
    paths = write_results(out, results)
    text = store.read(*split_uri(f"{reports}mail.txt")).decode()
    progress.summary(results["rule_usage.csv"], coverage_line(text), paths)


def coverage_line(mail: str) -> str:
    """What the mail says of the coverage beside its numbers, on one line."""
    paragraph = mail[mail.index("Coverage: ") :].partition("\n\n")[0]
    return " ".join(paragraph.split())


def write_results(out: Path, results: dict[str, bytes]) -> list[Path]:
    """Writes all files beside their places first, then moves them there: nothing half-written."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=out) as new:
        for name, content in results.items():
            (Path(new) / name).write_bytes(content)
        for name in results:
            os.replace(Path(new) / name, out / name)
    return [out / name for name in results]


def _require_writable(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            pass
    except OSError as error:
        raise InputError(f"--out {out}: cannot be written to ({error.strerror})") from error


@contextmanager
def working_folder(chosen: Path | None) -> Iterator[Path]:
    """A folder for logs and cached objects; one of our own stays only when its logs are needed."""
    if chosen:
        chosen.mkdir(parents=True, exist_ok=True)
        yield chosen.resolve()
        return
    folder = Path(tempfile.mkdtemp(prefix="sg-usage-"))
    keep = False
    try:
        yield folder
    except (execution.ExecutionFailedError, DeploymentError):
        keep = True
        raise
    finally:
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)
