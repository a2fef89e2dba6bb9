"""The algorithm of the system that this one replaces, written anew: row by row, asking per row.

For each accepted record: which groups has the interface, which rules have the groups, which of them
fits; then one update of the usage table. DynamoDB and EC2 are emulated in this very process, so
that no network stands between; on AWS each question costs milliseconds more.
"""

import sys
import time
from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import boto3
from boto3.dynamodb.conditions import Key
from moto import mock_aws
from pyarrow import parquet

from aws_network.network.rules import SecurityGroupRule
from aws_network.network.snapshot import Snapshot
from tests.accuracy.played import snapshot_of
from tests.bench.child import say
from tests.bench.work import account


def main(rows: Path, rules: int) -> None:
    """Says the seconds for all rows, the tables filled beforehand."""
    snapshot = snapshot_of(account(rules))
    with mock_aws():
        dynamodb = boto3.resource("dynamodb", region_name="us-east-1")
        rules_table = filled(dynamodb, snapshot)
        usage = created(dynamodb, "usage", "sg_rule_id", None)
        groups = {found.interface_id: found.group_ids for found in snapshot.interfaces}
        given = parquet.read_table(rows).to_pylist()
        begun = time.monotonic()
        for row in given:
            for group_id in groups[row["interface_id"]]:
                for rule in rules_of(rules_table, group_id):
                    if fits(rule, row):
                        count(usage, rule["sg_rule_id"], row)
        say(seconds=time.monotonic() - begun, rows=len(given))


def filled(dynamodb: Any, snapshot: Snapshot) -> Any:
    """The rules table with its index over groups."""
    table = created(dynamodb, "rules", "sg_rule_id", "security_group_id")
    with table.batch_writer() as batch:
        for rule in snapshot.rules:
            batch.put_item(Item=item(rule))
    return table


def created(dynamodb: Any, name: str, key: str, index: str | None) -> Any:
    """A table; with an index over one more attribute, if wanted."""
    attributes = [key, *([index] if index else [])]
    indexes = [
        {
            "IndexName": "sgrule",
            "KeySchema": [{"AttributeName": index, "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "ALL"},
        }
    ]
    return dynamodb.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in attributes],
        BillingMode="PAY_PER_REQUEST",
        **({"GlobalSecondaryIndexes": indexes} if index else {}),
    )


def item(rule: SecurityGroupRule) -> dict[str, Any]:
    """A rule as the rules table holds it."""
    first, last = rule.port_range
    return {
        "sg_rule_id": rule.rule_id,
        "security_group_id": rule.group_id,
        "direction": rule.direction,
        "protocol": rule.protocol,
        "from_port": first,
        "to_port": last,
        "source": rule.source.value,
    }


def rules_of(table: Any, group_id: str) -> Iterator[dict[str, Any]]:
    """The rules of a group, asked of the table."""
    condition = Key("security_group_id").eq(group_id)
    yield from table.query(IndexName="sgrule", KeyConditionExpression=condition)["Items"]


def fits(rule: dict[str, Any], row: dict[str, Any]) -> bool:
    """Direction, protocol, port and CIDR; groups and prefix lists it does not know."""
    port = row["own_port"] if row["opener"] == "ingress" else row["peer_port"]
    return (
        rule["direction"] == row["opener"]
        and rule["protocol"] in (-1, row["protocol"])
        and rule["from_port"] <= (port or 0) <= rule["to_port"]
        and "/" in rule["source"]
        and ip_address(row["peer"]) in ip_network(rule["source"])
    )


def count(table: Any, rule_id: str, row: dict[str, Any]) -> None:
    """Adds the row's requests to the rule's counter."""
    requests = row["records_in"] if row["opener"] == "ingress" else row["records_out"]
    table.update_item(
        Key={"sg_rule_id": rule_id},
        UpdateExpression="ADD used_times :n SET sg_rule_last_used = :d",
        ExpressionAttributeValues={":n": requests, ":d": row["day"]},
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
