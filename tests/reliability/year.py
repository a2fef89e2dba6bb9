"""A year in one execution, some of its days broken; then those days again."""

import gzip
import re
import time
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from aws_network.flow_logs.day_failures import SomeDaysFailedError
from aws_network.stores.lake import Lake
from aws_network.stores.lake_tables import RULE_USAGE_DAILY
from tests.large_account.bulk_files import write_bulk_flow_logs
from tests.reliability.account import DEPLOYER_STORE, LOGS, Account
from tests.reliability.schedules import ANALYSIS
from tests.reliability.story import FIRST_NIGHT, NETWORK

LAST = date(2025, 11, 4)
RECORDS = 60
"""Records of a day."""


@dataclass
class Year:
    """What a backfill of many days came to."""

    days: int
    broken: list[date]
    named: list[date] = field(default_factory=list)
    """the days that the query's error names"""
    done: int = 0
    """days in the lake after the backfill"""
    done_after_repair: int = 0
    records_lost: int = 0
    seconds: float = 0


def backfill(account: Account, folder: Path, days: int = 365) -> Year:
    """Analyses the days at once, then repairs the logs of the broken ones and repeats those."""
    all_days = [LAST - timedelta(days=back) for back in reversed(range(days))]
    year = Year(days, [all_days[days // 7], all_days[days // 2], all_days[-2]])
    account.set_network(NETWORK)
    for day in all_days:
        write_bulk_flow_logs(folder, NETWORK, day, RECORDS)
    account.put_logs(folder)
    whole = {day: _swap_header(day) for day in year.broken}
    started = time.monotonic()
    told = [_failure(account, noun, all_days[0], all_days[-1]) for noun in ANALYSIS]
    year.seconds = time.monotonic() - started
    year.named = [date.fromisoformat(text) for text in re.findall(r"(\S{10}) FormatError", told[1])]
    lake = Lake(account.aws.client("s3"), account.lake)
    year.done = len(lake.days_of(RULE_USAGE_DAILY))
    for day, (key, content) in whole.items():
        DEPLOYER_STORE.write(LOGS, key, content)
        account.night(day, day, FIRST_NIGHT, jobs=ANALYSIS)
    year.done_after_repair = len(lake.days_of(RULE_USAGE_DAILY))
    year.records_lost = days * RECORDS - account.records_covered()
    return year


def _swap_header(day: date) -> tuple[str, bytes]:
    """Breaks the only object of a day; what it was, to put it back."""
    [key] = [item.key for item in DEPLOYER_STORE.list(LOGS, "") if f"/{day:%Y/%m/%d}/" in item.key]
    content = DEPLOYER_STORE.read(LOGS, key)
    swapped = gzip.decompress(content).replace(b"srcaddr dstaddr", b"dstaddr srcaddr", 1)
    DEPLOYER_STORE.write(LOGS, key, gzip.compress(swapped))
    return key, content


def _failure(account: Account, noun: str, first: date, last: date) -> str:
    """Runs a job; what it says of the days that failed."""
    try:
        account.night(first, last, FIRST_NIGHT, jobs=[noun])
    except SomeDaysFailedError as error:
        return str(error)
    return ""
