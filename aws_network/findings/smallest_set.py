"""A smallest set of rules of which each need has one: a minimum hitting set.

Needs that share no rule do not touch each other, so they are solved apart, component by component.
A small component is solved exactly, by trying; a large one greedily, and then a lower bound says
how far from the smallest the answer can be: needs of which no two share a rule need one rule each.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

Need = frozenset[str]
"""Rules of which one must be kept."""
EXACT_UP_TO = 20
"""Rules of a component that is solved exactly."""
MOST_TRIES = 20_000
"""Steps of the exact search of a component; then the best answer so far counts as greedy."""


@dataclass(frozen=True)
class SmallestSet:
    """`kept` hits every need. No set with fewer rules than `at_least` does."""

    kept: frozenset[str]
    at_least: int

    @property
    def is_smallest(self) -> bool:
        """Is it proved that no smaller one exists?"""
        return len(self.kept) == self.at_least


def smallest_set(needs: Iterable[Need], costs: Mapping[str, int]) -> SmallestSet:
    """Of two rules that serve alike, the one of lower cost is kept, then the first by id."""
    distinct = set(needs)
    kept = {rule_id for need in distinct if len(need) == 1 for rule_id in need}
    at_least = len(kept)
    for component in components(_minimal(need for need in distinct if not need & kept)):
        found = _solve(component, costs)
        kept |= found.kept
        at_least += found.at_least
    return SmallestSet(frozenset(kept), at_least)


def components(needs: Iterable[Need]) -> Iterator[list[Need]]:
    """The needs in groups that share no rule with each other."""
    of_rule: dict[str, list[Need]] = defaultdict(list)
    unseen = dict.fromkeys(needs)
    for need in unseen:
        for rule_id in need:
            of_rule[rule_id].append(need)
    while unseen:
        found, waiting = [], [unseen.popitem()[0]]
        while waiting:
            need = waiting.pop()
            found.append(need)
            near = {other for rule_id in need for other in of_rule[rule_id] if other in unseen}
            for other in near:
                del unseen[other]
            waiting += sorted(near, key=sorted)
        yield found


def _minimal(needs: Iterable[Need]) -> list[Need]:
    """Without needs that hold another one: who serves that serves them."""
    kept: list[Need] = []
    of_rule: dict[str, list[Need]] = defaultdict(list)
    for need in sorted(set(needs), key=_smallest_first):
        if not any(other <= need for rule_id in need for other in of_rule[rule_id]):
            kept.append(need)
            for rule_id in need:
                of_rule[rule_id].append(need)
    return kept


def _smallest_first(need: Need) -> tuple[int, list[str]]:
    return len(need), sorted(need)


def _solve(needs: list[Need], costs: Mapping[str, int]) -> SmallestSet:
    greedy, bound = _greedy(needs, costs), _disjoint(needs)
    rules = frozenset[str]().union(*needs)
    if len(greedy) > bound and len(rules) <= EXACT_UP_TO:
        search = _Search(costs, greedy)
        search.run(needs, frozenset())
        if search.tries < MOST_TRIES:
            return SmallestSet(search.best, len(search.best))
        greedy = search.best
    return SmallestSet(greedy, bound)


def _greedy(needs: list[Need], costs: Mapping[str, int]) -> frozenset[str]:
    """Again and again the rule that serves most; in the end without those that nobody needs."""
    left, kept = list(needs), list[str]()
    while left:
        counts = Counter(rule_id for need in left for rule_id in need)
        best = min(counts, key=lambda rule_id: (-counts[rule_id], costs.get(rule_id, 0), rule_id))
        kept.append(best)
        left = [need for need in left if best not in need]
    for rule_id in list(kept):
        without = {other for other in kept if other != rule_id}
        if all(need & without for need in needs):
            kept.remove(rule_id)
    return frozenset(kept)


def _disjoint(needs: list[Need]) -> int:
    """How many needs, taken smallest first, share no rule."""
    taken: set[str] = set()
    count = 0
    for need in sorted(needs, key=_smallest_first):
        if not need & taken:
            taken |= need
            count += 1
    return count


class _Search:
    """Tries, need by need, which of its rules is kept; gives up what cannot beat the best."""

    def __init__(self, costs: Mapping[str, int], best: frozenset[str]) -> None:
        self.costs = costs
        self.best = best
        self.tries = 0

    def run(self, needs: list[Need], kept: frozenset[str]) -> None:
        """Improves `best` by sets that begin with `kept`; `needs` are those still open."""
        self.tries += 1
        if self.tries >= MOST_TRIES or len(kept) + _disjoint(needs) >= len(self.best):
            return
        if not needs:
            self.best = kept
            return
        need = min(needs, key=_smallest_first)
        for rule_id in sorted(need, key=lambda name: (self.costs.get(name, 0), name)):
            left = [other for other in needs if rule_id not in other]
            self.run(left, kept | {rule_id})
