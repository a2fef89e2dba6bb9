"""The names that people know, for the ids in a report: those that its rules bring along."""

import re
from collections.abc import Iterable, Mapping

from report.rule_usage import RuleUsage
from report.wording import named

_ID = re.compile(r"\b(?:sg|pl|vpc)-[0-9a-z]+\b")


def names_of(rules: Iterable[RuleUsage]) -> Mapping[str, str]:
    """The id of a group, a prefix list or a VPC to its name."""
    pairs = (
        pair
        for rule in rules
        for pair in (
            (rule.sg_id, rule.sg_name),
            (rule.source, rule.source_name),
            (rule.vpc_id, rule.vpc_name),
        )
    )
    return {resource_id: name for resource_id, name in pairs if resource_id and name}


def with_names(text: str, names: Mapping[str, str]) -> str:
    """A text of the engine, with a name before each id: "from sg-1" as "from web (sg-1)"."""
    return _ID.sub(lambda found: named(names.get(found[0]), found[0]), text)
