"""Whether any file of a user's flow logs can be analysed; the run names those that cannot."""

import gzip
import zlib
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from aws_network.flow_logs.formats import FlowLogFormat
from local.account.cli_exports import InputError


def require_readable(paths: Iterable[Path]) -> None:
    """Raises InputError, about the first file, if none is of a VPC flow log with all fields that
    attribution needs."""
    problems = []
    for path in paths:
        problem = _problem(path)
        if problem is None:
            return
        problems.append(f"{path}: {problem}")
    raise InputError(problems[0])


def _problem(path: Path) -> str | None:
    try:
        form = _format_of(path)
    except (OSError, EOFError, zlib.error, UnicodeDecodeError, pa.ArrowInvalid) as error:
        return f"is damaged ({error}); copy it again: aws s3 sync"
    if not form.is_of_interfaces:
        return (
            "is of a Transit Gateway flow log, which tells nothing of security groups; sync the "
            "bucket that the flow logs of your VPCs deliver to"
        )
    if len(form.missing_fields) > 3:
        return (
            "does not begin with the header line of a flow log (it begins "
            f"{' '.join(form.fields)[:60]!r}); sync the bucket again"
        )
    if form.missing_fields:
        return (
            f"its format lacks {', '.join(form.missing_fields)}, without which no record can be "
            "attributed to a rule; create a flow log with these fields"
        )
    return None


def _format_of(path: Path) -> FlowLogFormat:
    if path.suffix == ".parquet":
        return FlowLogFormat(tuple(pq.read_schema(path).names))
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return FlowLogFormat(tuple(lines.readline().split()))
