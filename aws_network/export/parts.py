"""The files of an export, and the calls that fill them: one part for each call of the collect job.

A part is written as the AWS CLI prints it: one list of all pages.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from botocore import xform_name
from botocore.config import Config

from aws_network.stores.configured_resource_apis import (
    CONFIGURED_RESOURCE_APIS,
    ConfiguredResourceApi,
    items_of,
)
from aws_network.stores.ec2_inventory import prefix_lists_with_entries
from aws_network.stores.ec2_pages import Ec2Call, pages
from aws_network.stores.optional_ec2_calls import OPTIONAL_CALLS
from aws_network.stores.required_ec2_calls import (
    GROUPS,
    INTERFACES,
    PREFIX_LIST_ENTRIES,
    PREFIX_LISTS,
    RULES,
)
from aws_network.stores.retries import PATIENT, QUICK

MakeClient = Callable[[str, Config], Any]
"""(service, config) to a client in the region and with the rights of the export."""
Documents = dict[str, dict[str, list[Any]]]
"""Path below the folder of the export, to what the AWS CLI prints."""

ENTRIES = "managed-prefix-list-entries"
CONFIGURED = "configured-resources"


@dataclass(frozen=True)
class Part:
    """Files that are there together, or not at all."""

    noun: str
    names: tuple[str, ...]
    """Of its files and folders, directly below the folder of the export."""
    actions: tuple[str, ...]
    """What IAM must allow."""
    documents: Callable[[MakeClient], Documents]
    """Raises AWS_ERRORS."""
    is_required: bool = False


def _ec2_part(noun: str, call: Ec2Call, is_required: bool = False) -> Part:
    file = _file_of(call)

    def documents(make_client: MakeClient) -> Documents:
        return {file: {call.items: list(pages(make_client("ec2", PATIENT), call))}}

    return Part(noun, (file,), (call.action,), documents, is_required)


def _file_of(call: Ec2Call) -> str:
    """`DescribeFlowLogs` fills `flow-logs.json`."""
    return f"{xform_name(call.operation, '-').removeprefix('describe-')}.json"


def _prefix_lists(make_client: MakeClient) -> Documents:
    found = list(prefix_lists_with_entries(make_client("ec2", PATIENT)))
    lists = [item for item, _ in found]
    entries = {f"{ENTRIES}/{item['PrefixListId']}.json": of_list for item, of_list in found}
    return {
        _file_of(PREFIX_LISTS): {PREFIX_LISTS.items: lists},
        **{path: {PREFIX_LIST_ENTRIES.items: of_list} for path, of_list in entries.items()},
    }


def _configured_part(api: ConfiguredResourceApi) -> Part:
    file = f"{CONFIGURED}/{api.service}-{xform_name(api.operation, '-')}.json"

    def documents(make_client: MakeClient) -> Documents:
        return {file: {api.items: list(items_of(api, make_client(api.service, QUICK)))}}

    return Part(api.noun, (CONFIGURED,), tuple(api.actions), documents)


EC2_PARTS = (
    _ec2_part("security group rule", RULES, is_required=True),
    _ec2_part("security group", GROUPS, is_required=True),
    _ec2_part("network interface", INTERFACES, is_required=True),
    Part(
        "managed prefix list",
        (_file_of(PREFIX_LISTS), ENTRIES),
        (PREFIX_LISTS.action, PREFIX_LIST_ENTRIES.action),
        _prefix_lists,
    ),
    *(_ec2_part(optional.noun, optional.call) for optional in OPTIONAL_CALLS),
)
CONFIGURED_PARTS = tuple(map(_configured_part, CONFIGURED_RESOURCE_APIS))
"""What may attach a group later. Its answers hold more than groups, such as user data."""

ALL_PARTS = (*EC2_PARTS, *CONFIGURED_PARTS)


def names_of(parts: Iterable[Part]) -> list[str]:
    """The names of all files and folders, each once, in the order of the parts."""
    return list(dict.fromkeys(name for part in parts for name in part.names))
