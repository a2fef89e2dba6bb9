"""Which rules can go together. One at a time each may be spared; all at once, not always.

A rule goes only while what speaks for it still holds with everything chosen so far gone: the rules
that cover it stay, whole, and each request that was observed keeps a rule that admits it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from aws_network.findings.shadows import Shadow, Shadows

Needs = Sequence[frozenset[str]]
"""Of each, at least one rule must stay: the sets of rules that admitted what was observed."""


class Choice:
    """Rules chosen to go, each with the rules that cover it without the others that go."""

    def __init__(self, shadows: Shadows, needs: Needs | None, shaky: Iterable[str] = ()) -> None:
        """`shaky`: rules that will go, or get narrower, for other reasons: no cover for others.

        `needs`: None where nothing tells what was admitted by whom.
        """
        self._shadows = shadows
        self._shaky = frozenset(shaky)
        self.has_needs = needs is not None
        self._needs_of: dict[str, list[frozenset[str]]] = defaultdict(list)
        for need in needs or ():
            for rule_id in need:
                self._needs_of[rule_id].append(need)
        self._covered: dict[str, Shadow] = {}
        self.gone: set[str] = set()

    @property
    def relied_on(self) -> frozenset[str]:
        """The rules that must stay as they are, since they cover others that go."""
        return frozenset(rule_id for shadow in self._covered.values() for rule_id in shadow.by)

    def is_observed(self, rule_id: str) -> bool:
        """Did it admit, or may it have admitted, anything?"""
        return bool(self._needs_of[rule_id])

    def can_spare(self, rule_id: str) -> bool:
        """Does each request that it admitted keep another rule?"""
        away = self.gone | {rule_id}
        return all(need - away for need in self._needs_of[rule_id])

    def drop(self, rule_id: str) -> bool:
        """Lets a rule go for what was observed; False if that is not possible."""
        if rule_id in self.relied_on or not self.can_spare(rule_id):
            return False
        self.gone.add(rule_id)
        return True

    def drop_covered(self, shadow: Shadow) -> Shadow | None:
        """Lets a covered rule go; the shadow with the rules that cover it then, or None.

        What was covered by it is covered by others from then on, or it stays.
        """
        rule_id = shadow.rule.rule_id
        renewed = [
            self._without(each, rule_id)
            for each in (*self._covered.values(), shadow)
            if each is shadow or rule_id in each.by
        ]
        if not all(renewed) or not self.can_spare(rule_id):
            return None
        self.gone.add(rule_id)
        self._covered |= {each.rule.rule_id: each for each in renewed if each}
        return self._covered[rule_id]

    def covered_by(self, rule_id: str) -> tuple[str, ...]:
        """What covers a covered rule that goes, after all choices."""
        return self._covered[rule_id].by

    def _without(self, shadow: Shadow, rule_id: str) -> Shadow | None:
        away = self.gone | self._shaky | {rule_id}
        by = self._shadows.covering(shadow.rule, shadow.basis, shadow.scope, away)
        return replace(shadow, by=by) if by else None
