"""Which rules can go together. One at a time each may be spared; all at once, not always.

A rule goes only while what speaks for it still holds with everything chosen so far gone: the rules
that cover it stay, whole, and each request that was observed keeps a rule that admits it.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from aws_network.findings.shadows import Shadow, Shadows
from aws_network.findings.smallest_set import Need


class Removals:
    """Rules chosen to go, each with the rules that cover it without the others that go."""

    def __init__(
        self, covers: Shadows, needs: Iterable[Need], no_cover: Iterable[str] = ()
    ) -> None:
        """`no_cover`: rules that will go, or get narrower, for other reasons; they cover nothing.

        `needs`: of each, one rule must stay.
        """
        self._covers = covers
        self._no_cover = frozenset(no_cover)
        self._needs_of: dict[str, list[Need]] = defaultdict(list)
        for need in needs:
            for rule_id in need:
                self._needs_of[rule_id].append(need)
        self._covered: dict[str, Shadow] = {}
        self.gone: set[str] = set()

    @property
    def kept_as_cover(self) -> frozenset[str]:
        """The rules that must stay as they are, since they cover others that go."""
        return frozenset(rule_id for shadow in self._covered.values() for rule_id in shadow.by)

    def is_observed(self, rule_id: str) -> bool:
        """Did it admit, or may it have admitted, anything?"""
        return bool(self._needs_of[rule_id])

    def can_spare(self, rule_id: str) -> bool:
        """Does each request that it admitted keep another rule?"""
        away = self.gone | {rule_id}
        return all(need - away for need in self._needs_of[rule_id])

    def remove(self, rule_id: str) -> bool:
        """Lets a rule go for what was observed; False if that is not possible."""
        if rule_id in self.kept_as_cover or not self.can_spare(rule_id):
            return False
        self.gone.add(rule_id)
        return True

    def remove_covered(self, shadow: Shadow) -> bool:
        """Lets a covered rule go; False if that is not possible.

        What was covered by it is covered by others from then on, or it stays.
        """
        rule_id = shadow.rule.rule_id
        renewed = [
            self._without(covered, rule_id)
            for covered in (*self._covered.values(), shadow)
            if covered is shadow or rule_id in covered.by
        ]
        if not all(renewed) or not self.can_spare(rule_id):
            return False
        self.gone.add(rule_id)
        self._covered |= {covered.rule.rule_id: covered for covered in renewed if covered}
        return True

    def covered_by(self, rule_id: str) -> tuple[str, ...]:
        """What covers a covered rule that goes, after all choices so far."""
        return self._covered[rule_id].by

    def _without(self, shadow: Shadow, rule_id: str) -> Shadow | None:
        away = self.gone | self._no_cover | {rule_id}
        by = self._covers.covering(shadow.rule, shadow.basis, shadow.scope, away)
        return replace(shadow, by=by) if by else None
