"""The statuses in the words of the report, in the order in which people should look at them."""

from collections.abc import Mapping
from typing import NamedTuple

from aws_network.usage.statuses import Status


class StatusText(NamedTuple):
    """`meaning` says in a sentence or two what the status says."""

    label: str
    meaning: str


STATUS_TEXTS: Mapping[Status, StatusText] = {
    Status.UNUSED: StatusText(
        "Unused",
        "The rule existed for the whole window, the flow logs covered its interfaces, and no "
        "accepted request needed it or may have. Only these rules are suggested for removal.",
    ),
    Status.UNATTACHED: StatusText(
        "Not attached",
        "No network interface carried the rule's group, so there was nothing to see. What may "
        "carry it later (a launch template, a function, an Auto Scaling group at zero) stands "
        "beside it, as far as it could be looked up.",
    ),
    Status.NOT_OBSERVED: StatusText(
        "Not observed",
        "The logs do not cover the rule well enough, it is too young, its interfaces had no "
        "traffic at all, its source is broken, or "
        "flow logs never record what it admits; the reason stands beside it.",
    ),
    Status.AMBIGUOUS: StatusText(
        "Ambiguous",
        "Traffic fits the rule, but the log does not show who opened the conversation. Treated as "
        "possibly used.",
    ),
    Status.RARELY_USED: StatusText(
        "Rarely used",
        "Used, on very few days of a window of four weeks or more: perhaps a monthly job. Keep it.",
    ),
    Status.EXEMPT: StatusText(
        "Exempt",
        "A tag or a setting says that nobody is to be asked about the rule; the reason names it, "
        "and says what the rule would be without.",
    ),
    Status.USED: StatusText(
        "Used",
        "At least one accepted request that the rule admits. Where several rules admit the same "
        "request, each of them is credited.",
    ),
}

ATTENTION = {status: rank for rank, status in enumerate(STATUS_TEXTS)}
"""Status to its place in the order: 0 is looked at first."""
