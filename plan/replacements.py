"""The rules that take the place of a wide one, in an account that may have some of them already."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from aws_network.findings.finding import Terms, terms_of
from aws_network.network.inventory import Inventory
from aws_network.network.rules import SecurityGroupRule
from plan.exact_rule import ExactRule, exact_rule, new_rule

_Place = tuple[str, str, Terms]
"""Group, direction, and what a rule admits: EC2 lets no group have two such rules."""


class Replacements:
    """Makes rules, none twice, and none that is there already."""

    def __init__(self, inventory: Inventory, gone: AbstractSet[str]) -> None:
        """`gone`: ids of rules that go before."""
        self._inventory = inventory
        self._there = {
            _place(rule): rule.rule_id
            for rule in inventory.latest_rules
            if rule.rule_id not in gone
        }
        self._narrowed: set[str] = set()
        self._kept: set[str] = set()
        self._made: set[_Place] = set()

    def of(self, rule: SecurityGroupRule, terms: Iterable[Terms]) -> tuple[ExactRule, ...]:
        """The rules to make; empty where that is not possible, and the rule stays as it is.

        What is there already need not be made, if it stays.
        """
        wanted = {_place(made): made for made in (new.in_place_of(rule) for new in terms)}
        there = {self._there[place] for place in wanted if place in self._there}
        missing = [made for place, made in wanted.items() if place not in self._there]
        if (
            not missing
            or there & self._narrowed
            or rule.rule_id in self._kept
            or self._made & wanted.keys()
        ):
            return ()
        self._narrowed.add(rule.rule_id)
        self._kept |= there
        self._made |= wanted.keys()
        groups = self._inventory.groups
        return tuple(new_rule(exact_rule(made, groups)) for made in missing)


def _place(rule: SecurityGroupRule) -> _Place:
    return rule.group_id, rule.direction, terms_of(rule)
