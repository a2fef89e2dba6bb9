"""What the statements of a policy allow."""

from typing import Any

import pytest

from local.emulator.iam.policies import allowed

ALLOW = {"Effect": "Allow", "Action": ["s3:Get*"], "Resource": "arn:aws:s3:::lake/usage/*"}
KEY = "arn:aws:s3:::lake/usage/day=1"


@pytest.mark.parametrize(
    ("statements", "action", "resource", "answer"),
    [
        ([ALLOW], "s3:GetObject", KEY, True),
        ([ALLOW], "S3:getobject", KEY, True),
        ([ALLOW], "s3:PutObject", KEY, False),
        ([ALLOW], "s3:GetObject", "arn:aws:s3:::lake/rules/x", False),
        ([], "s3:GetObject", KEY, False),
        ([ALLOW, {**ALLOW, "Effect": "Deny"}], "s3:GetObject", KEY, False),
        ([{**ALLOW, "Resource": "*"}], "s3:GetObject", "arn:aws:s3:::any", True),
    ],
    ids=["allowed", "case", "action", "resource", "nothing granted", "denied", "wildcard"],
)
def test_statements(
    statements: list[dict[str, Any]], action: str, resource: str, answer: bool
) -> None:
    assert allowed(statements, action, resource, {}) is answer


@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        ({"StringLike": {"s3:prefix": ["usage/*"]}}, True),
        ({"StringEquals": {"s3:prefix": "usage/"}}, False),
        ({"StringLikeIfExists": {"aws:Unknown": "x"}}, True),
        ({"StringLike": {"aws:Unknown": "*"}}, False),
        ({"Bool": {"aws:SecureTransport": True}}, True),
        ({"StringNotEquals": {"s3:prefix": "rules/"}}, True),
        ({"DateLessThan": {"s3:prefix": "x"}}, False),
    ],
)
def test_conditions(condition: dict[str, Any], answer: bool) -> None:
    facts = {"s3:prefix": "usage/day=1", "aws:SecureTransport": "true"}
    statement = {**ALLOW, "Condition": condition}
    assert allowed([statement], "s3:GetObject", KEY, facts) is answer
