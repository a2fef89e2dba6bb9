"""The calls of EC2, and their answers, page by page."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore import xform_name

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client

PAGE = 1000
"""Items of a page. Without a page size, EC2 fails in an account with many interfaces.
Source: DescribeNetworkInterfaces, Amazon EC2 API reference."""
PREFIX_LIST_PAGE = 100
"""The most that the calls for prefix lists allow."""


@dataclass(frozen=True)
class Ec2Call:
    """An operation, such as `DescribeVpcs`, and the key of its items in an answer."""

    operation: str
    items: str
    page: int = PAGE
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def action(self) -> str:
        """What a role must be allowed, as IAM writes it."""
        return f"ec2:{self.operation}"


def pages(ec2: "EC2Client", call: Ec2Call, **more: Any) -> Iterator[dict[str, Any]]:
    """The items of all pages; `more` are parameters beside the call's own. Raises ClientError."""
    paginator = ec2.get_paginator(xform_name(call.operation))  # type: ignore[call-overload]
    config = {"PageSize": call.page}
    for answer in paginator.paginate(PaginationConfig=config, **call.parameters, **more):
        yield from answer[call.items]
