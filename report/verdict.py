"""The verdicts on a rule, and what each of them does and does not say."""

from enum import StrEnum


class Verdict(StrEnum):
    """A rule's status in the usage table, in the order in which people should look at them."""

    UNUSED = "unused"
    UNATTACHED = "unattached"
    NOT_OBSERVED = "not_observed"
    AMBIGUOUS = "ambiguous"
    RARELY_USED = "rarely_used"
    EXEMPT = "exempt"
    USED = "used"

    @property
    def label(self) -> str:
        return _TEXTS[self][0]

    @property
    def meaning(self) -> str:
        """What the status says, in a sentence or two."""
        return _TEXTS[self][1]

    @property
    def rank(self) -> int:
        """Position in the order of attention: 0 is looked at first."""
        return list(Verdict).index(self)

    @property
    def is_doubtful(self) -> bool:
        """Whether the logs allow neither "used" nor "unused"."""
        return self in (Verdict.UNATTACHED, Verdict.NOT_OBSERVED, Verdict.AMBIGUOUS)

    @property
    def is_used(self) -> bool:
        """Whether something is known to have used the rule."""
        return self in (Verdict.USED, Verdict.RARELY_USED)


_TEXTS = {
    Verdict.UNUSED: (
        "Unused",
        "The rule existed for the whole window, the flow logs covered its interfaces, and no "
        "accepted request needed it or may have. Only these rules are suggested for removal.",
    ),
    Verdict.UNATTACHED: (
        "Not attached",
        "No network interface carried the rule's group, so there was nothing to see. What may "
        "carry it later (a launch template, a function, an Auto Scaling group at zero) stands "
        "beside it, as far as it could be looked up.",
    ),
    Verdict.NOT_OBSERVED: (
        "Not observed",
        "The logs do not cover the rule well enough, it is too young, its interfaces had no "
        "traffic at all, its source is broken, or "
        "flow logs never record what it admits; the reason stands beside it.",
    ),
    Verdict.AMBIGUOUS: (
        "Ambiguous",
        "Traffic fits the rule, but the log does not show who opened the conversation. Treated as "
        "possibly used.",
    ),
    Verdict.RARELY_USED: (
        "Rarely used",
        "Used, on very few days of a window of four weeks or more: perhaps a monthly job. Keep it.",
    ),
    Verdict.EXEMPT: (
        "Exempt",
        "A tag or a setting says that nobody is to be asked about the rule; the reason names it, "
        "and says what the rule would be without.",
    ),
    Verdict.USED: (
        "Used",
        "At least one accepted request that the rule admits. Where several rules admit the same "
        "request, each of them is credited.",
    ),
}
