"""A change of rules, read from a plan or from a changed set of rules."""

from collections.abc import Iterable, Mapping
from typing import Any

from aws_network.findings.what_if import Change
from aws_network.network.protocols import UnknownProtocolError
from aws_network.network.rules import MalformedItemError, SecurityGroupRule, rule_from_api
from plan.exact_rule import inventory_rule
from plan.model import Action, Plan


class ChangeError(ValueError):
    """The document is not such a change; the message is one line."""


def change_of_plan(plan: Plan) -> Change:
    """All items but the reviews, as if a person had applied them."""
    items = [item for item in plan.items if item.action is not Action.REVIEW]
    return Change(
        removed=frozenset(str(item.rule.rule_id) for item in items),
        added=tuple(inventory_rule(made) for item in items for made in item.replacements),
    )


def change_of_rules(
    document: Any, known: Mapping[str, SecurityGroupRule], *, is_partial: bool
) -> Change:
    """From the rules of today to those of a document of `aws ec2 describe-security-group-rules`.

    A rule without an id is a new one. What the document does not have is removed; if it is partial,
    only in the groups that it names. Raises ChangeError.
    """
    rules = list(_rules(document))
    groups = {rule.group_id for rule in rules}
    same = {
        rule.rule_id
        for rule in rules
        if rule.rule_id in known and known[rule.rule_id].version == rule.version
    }
    return Change(
        removed=frozenset(
            name
            for name, rule in known.items()
            if name not in same and (not is_partial or rule.group_id in groups)
        ),
        added=tuple(rule for rule in rules if rule.rule_id not in same),
    )


def _rules(document: Any) -> Iterable[SecurityGroupRule]:
    items = document.get("SecurityGroupRules") if isinstance(document, dict) else None
    if not isinstance(items, list):
        raise ChangeError("this is not what describe-security-group-rules prints")
    return [rule_of_item(item, f"SecurityGroupRules[{n}]") for n, item in enumerate(items)]


def rule_of_item(item: Any, place: str) -> SecurityGroupRule:
    """A rule as EC2 describes it; one without an id or an owner is a new one.

    Raises ChangeError, which names the place.
    """
    if not isinstance(item, dict):
        raise ChangeError(f"{place}: a rule must be an object")
    new = {"SecurityGroupRuleId": "", "GroupOwnerId": ""}
    try:
        return rule_from_api({**new, **item}, region="")
    except (MalformedItemError, UnknownProtocolError, TypeError, AttributeError) as error:
        raise ChangeError(f"{place}: {error}") from error
