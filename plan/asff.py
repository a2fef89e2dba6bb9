"""findings.json in the AWS Security Finding Format, for Security Hub's BatchImportFindings.

Source: "AWS Security Finding Format (ASFF)", AWS Security Hub user guide. An import takes at most
100 findings at once.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from aws_network.findings.vocabulary import Kind
from aws_network.usage.statuses import Status

_TITLES: dict[str, str] = {
    Status.UNUSED: "Security group rule is not used",
    Kind.DUPLICATE: "Security group rule is a duplicate",
    Kind.SHADOWED: "Security group rule is shadowed by others",
    Kind.REDUNDANT: "Security group rule is redundant in practice",
    Kind.TOO_WIDE: "Security group rule admits more than it needs to",
    Kind.DANGLING: "Security group rule has a broken source",
}
_SEVERITIES: dict[str, str] = {Kind.TOO_WIDE: "MEDIUM", Status.UNUSED: "LOW", Kind.DANGLING: "LOW"}
_PARTITIONS = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}
_TYPE = "Software and Configuration Checks/AWS Security Best Practices/Network Reachability"
_LONGEST_DESCRIPTION = 1024
"""Characters."""


def to_asff(findings_json: str) -> str:
    """The text of findings.asff.json: a list, each finding with an id that stays the same."""
    document = json.loads(findings_json)
    until = f"{document['window']['last']}T23:59:59Z"
    found = [finding for entry in document["rules"] for finding in _findings(entry, until)]
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def _findings(entry: Mapping[str, Any], until: str) -> Iterator[dict[str, Any]]:
    if entry["status"] == Status.UNUSED:
        yield _finding(entry, Status.UNUSED, entry["reason_code"], entry["reason"], until)
    for found in entry["findings"]:
        yield _finding(entry, found["kind"], found["reason_code"], found["reason"], until)


def _finding(
    entry: Mapping[str, Any], kind: str, code: str, reason: str, until: str
) -> dict[str, Any]:
    rule = entry["rule"]
    region, account = rule["region"], rule["account_id"]
    partition = next((p for start, p in _PARTITIONS.items() if region.startswith(start)), "aws")
    arn = f"arn:{partition}:ec2:{region}:{account}"
    product = f"arn:{partition}:securityhub:{region}:{account}:product/{account}/default"
    return {
        "SchemaVersion": "2018-10-08",
        "Id": f"{arn}:security-group-rule/{rule['rule_id']}/{kind}",
        "ProductArn": product,
        "GeneratorId": f"sg-analysis/{kind}",
        "AwsAccountId": account,
        "Types": [_TYPE],
        "CreatedAt": until,
        "UpdatedAt": until,
        "Severity": {"Label": _SEVERITIES.get(kind, "INFORMATIONAL")},
        "Title": _TITLES[kind],
        "Description": f"{rule['rule_id']}: {reason}"[:_LONGEST_DESCRIPTION],
        "ProductFields": {"reason_code": code, "sg_rule_id": rule["rule_id"]},
        "Resources": [
            {
                "Type": "AwsEc2SecurityGroup",
                "Id": f"{arn}:security-group/{rule['group_id']}",
                "Partition": partition,
                "Region": region,
                "Details": {
                    "AwsEc2SecurityGroup": {
                        "GroupId": rule["group_id"],
                        "GroupName": rule["group_name"] or rule["group_id"],
                        "OwnerId": account,
                    }
                },
            }
        ],
    }
