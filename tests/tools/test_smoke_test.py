"""The smoke test, dry: what it would ask of AWS, in which order, and that all of it is undone."""

import re
from datetime import date

import pytest
from botocore.exceptions import ParamValidationError

from aws_network.flow_logs.formats import parse_format
from infra.names import Names
from tools import smoke_test
from tools.dry_run import DryRunClient

ARGUMENTS = ["--account", "123456789012", "--sender", "me@example.com", "--dry-run"]
MADE_AND_UNDONE = [
    ("ec2.CreateVpc", "ec2.DeleteVpc"),
    ("ec2.CreateSubnet", "ec2.DeleteSubnet"),
    ("ec2.CreateSecurityGroup", "ec2.DeleteSecurityGroup"),
    ("ec2.CreateNetworkInterface", "ec2.DeleteNetworkInterface"),
    ("s3.CreateBucket", "s3.DeleteBucket"),
]


def calls(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The calls of a dry run, in their order; the CDK CLI's commands among them."""
    assert smoke_test.main(ARGUMENTS) == 0
    said = capsys.readouterr().out
    found = re.findall(r"would call (\S+?)\(|/cdk (\w+)", said)
    return [call or command for call, command in found]


def test_everything_that_is_made_is_removed_in_the_reverse_order(
    capsys: pytest.CaptureFixture[str],
) -> None:
    made = calls(capsys)
    for create, delete in MADE_AND_UNDONE:
        assert made.index(create) < made.index("stepfunctions.StartExecution") < last(made, delete)
    undone = [last(made, delete) for _, delete in MADE_AND_UNDONE]
    assert undone == sorted(undone, reverse=True)
    assert made.count("dynamodb.DeleteTable") == 2
    assert made.index("deploy") < made.index("dynamodb.GetItem") < made.index("destroy")


def last(made: list[str], name: str) -> int:
    return len(made) - 1 - made[::-1].index(name)


def test_the_stack_is_the_one_that_the_prefix_names() -> None:
    assert Names(smoke_test.PREFIX).stack == smoke_test.STACK


def test_the_records_are_of_the_format_that_is_deployed() -> None:
    network = smoke_test.Network("eni-1", "10.213.0.4", {"443": "sgr-1", "22": "sgr-2"})
    header, *records = smoke_test.lines(network, "123456789012", date(2026, 11, 5))
    fields = parse_format(smoke_test.FIELDS).fields
    assert tuple(header.split()) == fields
    assert {len(record.split()) for record in records} == {len(fields)}
    assert len(records) == 2 * smoke_test.RECORDS


def test_what_a_service_does_not_know_is_told() -> None:
    with pytest.raises(ParamValidationError, match='Unknown parameter in input: "Cidr"'):
        DryRunClient("ec2", print).create_vpc(Cidr="10.0.0.0/16")


def test_another_account_is_refused() -> None:
    class Sts:
        def get_caller_identity(self) -> dict[str, str]:
            return {"Account": "210987654321"}

    options = smoke_test.read_options(ARGUMENTS[:-1])
    with pytest.raises(smoke_test.SmokeTestError, match="of account 210987654321"):
        smoke_test.SmokeTest(options, lambda _service: Sts()).run()
