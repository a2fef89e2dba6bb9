"""The status of a rule and the reason code that explains it. docs/statuses.md explains both."""

from enum import StrEnum


class Status(StrEnum):
    """What the flow logs of a window say about a rule.

    The order is the order of the judgement, safety first: evidence of use, then every doubt, then
    `unused`. An exemption replaces any of them.
    """

    USED = "used"
    RARELY_USED = "rarely_used"
    AMBIGUOUS = "ambiguous"
    UNATTACHED = "unattached"
    NOT_OBSERVED = "not_observed"
    UNUSED = "unused"
    EXEMPT = "exempt"

    @property
    def is_used(self) -> bool:
        """Whether traffic is known to have used the rule."""
        return self in (Status.USED, Status.RARELY_USED)

    @property
    def is_doubtful(self) -> bool:
        """Whether the logs allow neither "used" nor "unused"."""
        return self in (Status.AMBIGUOUS, Status.UNATTACHED, Status.NOT_OBSERVED)


class ReasonCode(StrEnum):
    """Why a rule has its status, for programs. Each code belongs to one status (`status`)."""

    USED = "used"
    USED_ON_FEW_DAYS = "used_on_few_days"
    MAY_HAVE_BEEN_USED = "may_have_been_used"
    NO_INTERFACE = "no_interface"
    CONFIGURED_RESOURCE = "configured_resource"
    NOT_IN_INVENTORY = "not_in_inventory"
    BROKEN_SOURCE = "broken_source"
    NEVER_LOGGED = "never_logged"
    YOUNGER_THAN_WINDOW = "younger_than_window"
    DAYS_NOT_ANALYSED = "days_not_analysed"
    NO_FLOW_LOGS = "no_flow_logs"
    ONLY_REJECTS_LOGGED = "only_rejects_logged"
    LOST_RECORDS = "lost_records"
    MISSING_HOURS = "missing_hours"
    NO_TRAFFIC = "no_traffic"
    TOO_FEW_DAYS = "too_few_days"
    NEVER_USED = "never_used"
    NO_LONGER_USED = "no_longer_used"
    EXEMPT_BY_TAG = "exempt_by_tag"
    EXEMPT_BY_PATTERN = "exempt_by_pattern"

    @property
    def status(self) -> Status:
        """The status that this code explains; most of them explain `not_observed`."""
        return _STATUS.get(self, Status.NOT_OBSERVED)


_STATUS = {
    ReasonCode.USED: Status.USED,
    ReasonCode.USED_ON_FEW_DAYS: Status.RARELY_USED,
    ReasonCode.MAY_HAVE_BEEN_USED: Status.AMBIGUOUS,
    ReasonCode.NO_INTERFACE: Status.UNATTACHED,
    ReasonCode.CONFIGURED_RESOURCE: Status.UNATTACHED,
    ReasonCode.NEVER_USED: Status.UNUSED,
    ReasonCode.NO_LONGER_USED: Status.UNUSED,
    ReasonCode.EXEMPT_BY_TAG: Status.EXEMPT,
    ReasonCode.EXEMPT_BY_PATTERN: Status.EXEMPT,
}
