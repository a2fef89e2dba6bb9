"""The statuses in the words of the report, in the order in which people should look at them."""

from collections.abc import Mapping
from typing import NamedTuple

from aws_network.usage.statuses import Status


class StatusText(NamedTuple):
    """A status in words; docs/statuses.md says more."""

    label: str
    meaning: str


STATUS_TEXTS: Mapping[Status, StatusText] = {
    Status.UNUSED: StatusText(
        "Unused",
        "The rule existed for the whole window, the flow logs cover its interfaces completely, and "
        "no traffic used it or may have used it. Only these rules are suggested for removal.",
    ),
    Status.UNATTACHED: StatusText(
        "Not attached",
        "No network interface in use carried the rule's group, so nothing could use the rule. The "
        "reason names what may attach the group later, such as a launch template or a Lambda "
        "function, as far as it could be checked.",
    ),
    Status.NOT_OBSERVED: StatusText(
        "Not observed",
        "The logs cannot show whether the rule was used. The reason says why: missing flow logs or "
        "lost records, a rule that is too young, interfaces without traffic, a broken source, or "
        "traffic that flow logs never record.",
    ),
    Status.AMBIGUOUS: StatusText(
        "Ambiguous",
        "Traffic may have used the rule, but the logs do not prove it. Treat the rule as used.",
    ),
    Status.RARELY_USED: StatusText(
        "Rarely used",
        "The rule was used on very few days of at least four weeks, perhaps by a monthly job. "
        "Keep it.",
    ),
    Status.EXEMPT: StatusText(
        "Exempt",
        "A tag or a setting exempts the rule from the report. The reason names it, and the status "
        "that the rule would have without it.",
    ),
    Status.USED: StatusText(
        "Used",
        "The rule admitted at least one accepted request. If several rules admit the same request, "
        "each of them is credited.",
    ),
}

ATTENTION = {status: rank for rank, status in enumerate(STATUS_TEXTS)}
"""Status to its place in the order: 0 is looked at first."""
