"""What became of a flow-log record: the outcomes of the table sg_flow_coverage_daily."""

from enum import StrEnum


class Outcome(StrEnum):
    """The records of a day's outcomes add up to all lines of the day's flow logs."""

    ATTRIBUTED = "attributed"
    """A request, credited to every rule that admits it."""
    AMBIGUOUS = "ambiguous"
    """Accepted; the logs do not show who opened the conversation, or who its peer was."""
    REPLY = "reply"
    """A reply within a conversation: it needs no rule."""
    REJECTED = "rejected"
    NODATA = "nodata"
    """The interface was logged and had no traffic."""
    REPEATED = "repeated"
    """Accepted, and recorded by another flow log as well."""
    NO_SECURITY_GROUP = "no_security_group"
    """The interface has no security group, such as that of a NAT gateway."""
    NO_INTERFACE = "no_interface"
    """Of no interface of the account, such as a regional NAT gateway: no security group."""
    NO_ADMITTING_RULE = "no_admitting_rule"
    """Accepted, but no rule of the inventory admits it."""
    UNKNOWN_INTERFACE = "unknown_interface"
    """The interface is in no snapshot."""
    SKIPDATA = "skipdata"
    """AWS lost records of the interval."""
    MALFORMED = "malformed"
    """A line that cannot be read."""


LOST = frozenset({Outcome.SKIPDATA, Outcome.MALFORMED})
"""Records that nobody could read."""

ACCEPTED_REQUESTS = frozenset(
    {
        Outcome.ATTRIBUTED,
        Outcome.AMBIGUOUS,
        Outcome.NO_ADMITTING_RULE,
        Outcome.UNKNOWN_INTERFACE,
    }
)

MAY_HIDE_USE = LOST | {Outcome.NO_ADMITTING_RULE, Outcome.UNKNOWN_INTERFACE}
"""A rule may have been used by such a record without being credited."""
