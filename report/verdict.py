"""The verdicts on a rule, and what each of them does and does not say."""

from enum import StrEnum


class Verdict(StrEnum):
    """A rule's status in the usage table, in the order in which people should look at them."""

    UNUSED = "unused"
    UNATTACHED = "unattached"
    NOT_OBSERVED = "not_observed"
    AMBIGUOUS = "ambiguous"
    USED = "used"

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def rank(self) -> int:
        """Position in the order of attention: 0 is looked at first."""
        return list(Verdict).index(self)

    @property
    def is_doubtful(self) -> bool:
        """Whether the logs allow neither "used" nor "unused"."""
        return self in (Verdict.UNATTACHED, Verdict.NOT_OBSERVED, Verdict.AMBIGUOUS)


_LABELS = {
    Verdict.UNUSED: "Unused",
    Verdict.UNATTACHED: "Not attached",
    Verdict.NOT_OBSERVED: "Not observed",
    Verdict.AMBIGUOUS: "Ambiguous",
    Verdict.USED: "Used",
}
