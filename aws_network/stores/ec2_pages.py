"""The answers of EC2, page by page."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from botocore import xform_name

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client

PAGE = 1000
"""Items of a page. Without a page size, EC2 fails in an account with many interfaces.
Source: DescribeNetworkInterfaces, Amazon EC2 API reference."""
PREFIX_LIST_PAGE = 100
"""The most that the calls for prefix lists allow."""


def pages(
    ec2: "EC2Client", operation: str, key: str, page: int = PAGE, **parameters: Any
) -> Iterator[dict[str, Any]]:
    """The items of all pages of an operation, such as `DescribeVpcs`. Raises ClientError."""
    paginator = ec2.get_paginator(xform_name(operation))  # type: ignore[call-overload]
    for answer in paginator.paginate(PaginationConfig={"PageSize": page}, **parameters):
        yield from answer[key]
