"""Speed and memory, beside yardsticks: `python -m tests.bench [--scale S] [PART ...]`."""

import os
import platform
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import psutil

from tests.arguments import Parser, amount, one_of
from tests.bench import child
from tests.bench.child import Measured
from tests.bench.table import exponent, print_table
from tests.bench.work import DAY, RULES, Work

HEAP = "2g"
SMALL_HEAP = "768m"
"""Memory that is enough for many rows shows that it does not grow with them."""


def query(work: Work, scale: float) -> None:
    """The query step of a local run beside the same statement in bare DuckDB."""
    rows = []
    for records in (int(5_000_000 * scale), int(20_000_000 * scale)):
        logs = work.flow_logs(records)
        bare = _statement(work, "ours", logs)
        step = _local_run(work, records)
        ours = _step_seconds(step, "QueryFlowLogs")
        rows.append((records, bare.said["seconds"], ours, ours / bare.said["seconds"]))
    names = ("records", "bare DuckDB, s", "query step, s", "ratio (at most 1.5)")
    print_table("Query step", names, rows)


def compute(work: Work, scale: float) -> None:
    """Attribution as rows grow, as rules grow, and in an account ten times as large."""
    million = int(1_000_000 * scale)
    _more_rows(work, million)
    traffic = work.rows(3 * million, RULES)
    by_rules = {
        rules: _attribution(traffic, rules, HEAP, RULES // 2) for rules in (200, RULES, 20_000)
    }
    title = f"Compute step as rules grow ({3 * million:,} rows, the same traffic and interfaces"
    _print_by_rules(f"{title}, a heap of {HEAP}; at most 1.5)", by_rules)
    large = _attribution(work.rows(3 * million, 10 * RULES), 10 * RULES, HEAP)
    title = f"An account ten times as large, with traffic of its own ({3 * million:,} rows)"
    _print_by_rules(title, {RULES: by_rules[RULES], 10 * RULES: large})


def _more_rows(work: Work, million: int) -> None:
    idle = _attribution(work.rows(1_000, RULES), RULES, SMALL_HEAP).said["seconds"]
    by_rows = {
        count: _attribution(work.rows(count * million, RULES), RULES, SMALL_HEAP)
        for count in (1, 3, 10)
    }
    print_table(
        f"Compute step as rows grow ({RULES:,} rules, a heap of {SMALL_HEAP}; a start of "
        f"{idle:.1f} s for 1,000 rows)",
        ("rows", "s", "beyond the start, s", "rows/s beyond the start", "peak MB", "exponent"),
        [
            (
                count * million,
                one.said["seconds"],
                one.said["seconds"] - idle,
                count * million / (one.said["seconds"] - idle),
                one.peak_megabytes,
                _growth(by_rows, idle, count),
            )
            for count, one in by_rows.items()
        ],
    )


def _print_by_rules(title: str, by_rules: dict[int, Measured]) -> None:
    print_table(
        title,
        ("rules", "s", "peak MB", "times the time of a tenth"),
        [
            (rules, one.said["seconds"], one.peak_megabytes, _times_a_tenth(by_rules, rules))
            for rules, one in by_rules.items()
        ],
    )


def pipeline(work: Work, scale: float) -> None:
    """A day from logs to tables and report, through the front door."""
    records = int(20_000_000 * scale)
    done = _local_run(work, records)
    states = ("CollectSecurityGroups", "QueryFlowLogs", "ComputeRuleUsage", "EmailUsageReport")
    print_table(
        f"Whole pipeline, {records:,} records, {RULES:,} rules",
        (*states, "all, s", "records/s", "peak MB, emulator included"),
        [
            (
                *(_step_seconds(done, state) for state in states),
                done.seconds,
                records / done.seconds,
                done.peak_megabytes,
            )
        ],
    )


def reference(work: Work, _scale: float) -> None:
    """Row by row with questions per row, and ours, on the same rows."""
    rows = work.rows(2_000, RULES)
    theirs = child.run("tests.bench.row_by_row", rows, str(RULES))
    ours = _attribution(rows, RULES, HEAP)
    many = _attribution(work.rows(1_000_000, RULES), RULES, HEAP)
    per_row = theirs.said["seconds"] / 2_000
    print_table(
        "Against row by row, 2,000 rows",
        ("row by row, s", "ours, s", "ratio", "ms a row", "ours at 1,000,000 rows, ms", "ratio"),
        [
            (
                theirs.said["seconds"],
                ours.said["seconds"],
                theirs.said["seconds"] / ours.said["seconds"],
                per_row * 1000,
                f"{many.said['seconds'] / 1000:.4f}",
                per_row / (many.said["seconds"] / 1_000_000),
            )
        ],
    )


def memory(work: Work, scale: float) -> None:
    """Memory of the query as connections grow, between few clients that connect again and again."""
    rows = []
    for log_format in ("default", "custom"):
        for millions in (5, 10, 20):
            records = int(millions * 1_000_000 * scale)
            logs = work.flow_logs(records, log_format, most_peers=16)
            every = _statement(work, "every-conversation", logs, log_format)
            ours = _statement(work, "ours", logs, log_format)
            rows.append(
                (
                    log_format,
                    records,
                    records // 6,
                    every.peak_megabytes,
                    ours.peak_megabytes,
                    ours.said["rows"],
                )
            )
            shutil.rmtree(logs)
    print_table(
        "Memory of the query as connections grow",
        ("format", "records", "connections", "every 5-tuple grouped, peak MB", "ours, peak MB",
         "rows that ours leaves"),
        rows,
    )  # fmt: skip


PARTS: dict[str, Callable[[Work, float], None]] = {
    "query": query,
    "compute": compute,
    "pipeline": pipeline,
    "reference": reference,
    "memory": memory,
}


def _statement(work: Work, which: str, logs: Path, log_format: str = "custom") -> Measured:
    return child.run("tests.bench.statement", which, log_format, logs, work.folder / "result")


def _attribution(rows: Path, rules: int, heap: str, interfaces: int | None = None) -> Measured:
    given = [] if interfaces is None else [str(interfaces)]
    return child.run("tests.bench.attribution", rows, str(rules), heap, *given)


def _local_run(work: Work, records: int) -> Measured:
    return child.run(
        "local", "run",
        "--inventory", work.inventory(RULES), "--flow-logs", work.flow_logs(records),
        "--from", str(DAY), "--to", str(DAY), "--out", work.folder / "out",
    )  # fmt: skip


def _step_seconds(done: Measured, state: str) -> float:
    found = re.search(rf"{state}: .*\(([\d.]+) s\)", done.output)
    if not found:
        raise RuntimeError(f"a local run said nothing of {state}:\n{done.output}")
    return float(found[1])


def _times_a_tenth(by_rules: dict[int, Measured], rules: int) -> float | str:
    smaller = by_rules.get(rules // 10)
    return by_rules[rules].said["seconds"] / smaller.said["seconds"] if smaller else ""


def _growth(by_rows: dict[int, Measured], idle: float, count: int) -> float | str:
    smaller = [rows for rows in by_rows if rows < count]
    if not smaller:
        return ""
    before = max(smaller)
    return exponent(
        by_rows[before].said["seconds"] - idle,
        by_rows[count].said["seconds"] - idle,
        count / before,
    )


def main() -> None:
    """Runs the chosen parts."""
    parser = Parser("tests.bench", __doc__)
    parser.add_argument(
        "parts", nargs="*", type=one_of(PARTS), metavar="PART",
        help=f"{', '.join(PARTS)}; all of them by default",
    )  # fmt: skip
    parser.add_argument("--scale", type=amount, default=1.0, help="size of the work, 1 by default")
    given = parser.parse_args()
    memory_gigabytes = psutil.virtual_memory().total / 1e9
    print(
        f"{os.cpu_count()} cores, {memory_gigabytes:.0f} GB, {platform.system()} "
        f"{platform.machine()}, Python {platform.python_version()}"
    )
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        for part in given.parts or PARTS:
            PARTS[part](Work(Path(folder)), given.scale)


if __name__ == "__main__":
    main()
