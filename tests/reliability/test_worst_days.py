"""Days on which there is nothing to see, or less than a minute before."""

import gzip
import io
from datetime import date
from typing import Any

import pytest
from pyarrow import parquet

from aws_network.stores.day_results import is_outdated
from aws_network.stores.lake import Lake
from simulation.formats import FORMATS, delivery_path
from simulation.network import ListedPrefixes
from simulation.records import midnight
from tests.reliability.account import DEPLOYER_STORE, JOBS, LOGS, Account
from tests.reliability.cases import ENTRIES
from tests.reliability.faults import Faults, Refusal
from tests.reliability.story import DAYS, FIRST_NIGHT, NETWORK, deliver, deliver_late

pytestmark = [pytest.mark.stack, pytest.mark.slow]


def rows(account: Account, table: str, day: date) -> list[dict[str, Any]]:
    content = DEPLOYER_STORE.read(account.lake, f"{table}/day={day}/{table}.parquet")
    found: list[dict[str, Any]] = parquet.read_table(io.BytesIO(content)).to_pylist()
    return found


def lake(account: Account) -> Lake:
    return Lake(account.aws.client("s3"), account.lake)


def test_a_day_without_logs_beside_one_with_logs_observed_nothing(account: Account) -> None:
    account.set_network(NETWORK)
    deliver(account, DAYS[:1])
    account.night(DAYS[0], DAYS[1], FIRST_NIGHT)
    manifest = lake(account).manifest(DAYS[1])
    assert manifest is not None
    assert manifest["files"] == []
    assert rows(account, "coverage", DAYS[1]) == []
    assert {row["interfaces_logged"] for row in rows(account, "usage", DAYS[1])} == {0}
    assert sum(row["used_times"] for row in rows(account, "usage", DAYS[0])) > 0


def test_nothing_but_nodata_proves_nothing_of_a_flow_log_of_unknown_type(account: Account) -> None:
    """It may be one of rejected traffic: nobody has exported what DescribeFlowLogs says."""
    account.set_network(NETWORK)
    names = FORMATS["custom"].names
    known = {"version": "5", "account-id": NETWORK.account_id, "log-status": "NODATA"}
    lines = [" ".join(names)]
    for start in range(midnight(DAYS[0]), midnight(DAYS[1]), 600):
        for interface in NETWORK.interfaces:
            times = {"start": str(start), "end": str(start + 599)}
            said = known | times | {"interface-id": interface.interface_id}
            lines.append(" ".join(said.get(name, "-") for name in names))
    key = str(delivery_path(NETWORK, FORMATS["custom"], midnight(DAYS[0])))
    DEPLOYER_STORE.write(LOGS, key, gzip.compress(("\n".join(lines) + "\n").encode()))
    account.night(DAYS[0], DAYS[0], FIRST_NIGHT)
    [covered] = rows(account, "coverage", DAYS[0])
    assert (covered["outcome"], covered["records"]) == ("nodata", 144 * len(NETWORK.interfaces))
    usage = rows(account, "usage", DAYS[0])
    assert {row["used_times"] for row in usage} == {0}
    assert {row["interfaces_complete"] for row in usage} == {0}
    assert all(row["interfaces_rejects_only"] == row["interfaces"] for row in usage)


def test_what_arrives_after_the_night_is_found_by_the_next_one(account: Account) -> None:
    account.set_network(NETWORK)
    deliver(account)
    account.night(DAYS[0], DAYS[0], FIRST_NIGHT)
    before, found = rows(account, "usage", DAYS[0]), lake(account).manifest(DAYS[0])
    deliver_late(account, DAYS[0])
    account.night(DAYS[1], DAYS[1], FIRST_NIGHT)
    after, again = rows(account, "usage", DAYS[0]), lake(account).manifest(DAYS[0])
    assert sum(row["used_times"] for row in after) > sum(row["used_times"] for row in before)
    assert found is not None
    assert again is not None
    assert again["objects"] == found["objects"] + 1


def test_days_whose_objects_stay_as_they_are_are_not_analysed_again(account: Account) -> None:
    account.set_network(NETWORK)
    deliver(account)
    account.night(DAYS[0], DAYS[0], FIRST_NIGHT)
    found = lake(account).manifest(DAYS[0])
    account.night(DAYS[1], DAYS[1], FIRST_NIGHT)
    assert lake(account).manifest(DAYS[0]) == found
    assert not is_outdated(lake(account), DAYS[0])


def test_a_prefix_list_that_vanishes_between_two_calls_makes_no_rule_look_unused(
    account: Account,
) -> None:
    account.set_network(NETWORK)
    deliver(account)
    vanished = Refusal(ENTRIES, 400, "InvalidPrefixListID.NotFound")
    account.night(DAYS[0], DAYS[1], FIRST_NIGHT, {JOBS[0]: Faults((vanished,))})
    [snapshot] = lake(account).snapshots(date(2025, 11, 5))
    assert snapshot.prefix_lists == ()
    listed = {rule.rule_id for rule in NETWORK.rules if isinstance(rule.peer, ListedPrefixes)}
    statuses = {
        item["status"]["S"]
        for item in account.items("UsageTableName")
        if item["sg_rule_id"]["S"] in listed
    }
    assert statuses
    assert "unused" not in statuses
