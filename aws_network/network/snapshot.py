"""A snapshot: everything of an account that decides which rule admits which flow, at one moment."""

from dataclasses import dataclass

from aws_network.network.configured_resources import ConfiguredResources
from aws_network.network.groups import SecurityGroup
from aws_network.network.interfaces import NetworkInterface
from aws_network.network.prefix_lists import PrefixList
from aws_network.network.rules import SecurityGroupRule


@dataclass(frozen=True)
class Snapshot:
    """Everything that decides which rule admits which flow, at one moment."""

    rules: tuple[SecurityGroupRule, ...]
    groups: tuple[SecurityGroup, ...]
    interfaces: tuple[NetworkInterface, ...]
    prefix_lists: tuple[PrefixList, ...]
    configured: ConfiguredResources | None = None
    """What may carry groups without an interface; None where nobody looked."""
