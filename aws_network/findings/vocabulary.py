"""The words of findings."""

from enum import StrEnum


class Kind(StrEnum):
    """What a finding says of a rule, in the order in which findings are listed."""

    DANGLING = "dangling"
    DUPLICATE = "duplicate"
    SHADOWED = "shadowed"
    REDUNDANT = "redundant"
    TOO_WIDE = "too_wide"


class Basis(StrEnum):
    """What must stay as it is for a finding to hold."""

    ALWAYS = "always"
    """Nothing: prefix lists and groups may change."""
    PREFIX_LISTS = "prefix_lists"
    """The entries of the prefix lists."""
    TODAY = "today"
    """The members of the groups, too."""
    OBSERVED = "observed"
    """The traffic."""


class Scope(StrEnum):
    """Where the rules are that cover another one."""

    GROUP = "group"
    """In its own group."""
    GROUP_SETS = "group_sets"
    """In each set of groups that interfaces carry together."""


class TradeOff(StrEnum):
    """What takes the place of a rule that is too wide."""

    FEWER = "fewer"
    """One rule (for each address family)."""
    TIGHTER = "tighter"
    """Several rules, which together admit less."""
