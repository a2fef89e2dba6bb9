"""The plan for an account: what may be removed, the safest first."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from aws_network.findings.finding import Finding
from aws_network.findings.narrowing import TradeOff
from aws_network.findings.observed import Observed, needs
from aws_network.findings.redundant import redundancy
from aws_network.findings.rule_use import RuleUse
from aws_network.findings.shadows import Shadow, Shadows
from aws_network.findings.too_wide import scores_of
from aws_network.flow_logs.window import Window
from aws_network.network.inventory import Inventory
from aws_network.stores.cloudwatch import records_by_outcome
from plan.choice import Choice
from plan.exact_rule import ExactRule, exact_rule
from plan.model import Coverage, Evidence, Item, Plan, Totals
from plan.replacements import Replacements

STEPS = {
    1: "duplicate or shadowed within its group, whatever else changes: nothing is admitted less",
    2: "unused, never used since it was first seen",
    3: "unused in the window, used before",
    4: "duplicate or shadowed within its group, as long as prefix lists keep their entries",
    5: "duplicate or shadowed by the groups beside it on every interface",
    6: "redundant in practice: others admitted all that was observed",
    7: "too wide: replaced by what was observed",
    8: "to review: no change is proposed",
}
"""The order of a plan, the safest first."""

QUARANTINE = (
    "quarantine before you delete: move the rule to a group of its own on the same interfaces, wait"
    " for a full business cycle, then take that group off; putting it back is one call"
)
NARROW_FIRST = (
    "what takes its place is made first; keep the wide rule for a business cycle if you can watch "
    "which of the two is used, then let it go"
)


@dataclass(frozen=True)
class Given:
    """What a plan is made from. `observed` is None where there is no evidence."""

    inventory: Inventory
    uses: Mapping[str, RuleUse]
    findings: Sequence[Finding]
    window: Window
    coverage: Totals = field(default_factory=Totals)
    observed: Observed | None = None
    trade_off: TradeOff = "fewer"


def make_plan(given: Given) -> Plan:
    """The plan; an exempt rule is in no item but its review."""
    return Plan(given.window, given.trade_off, tuple(_Builder(given).items()), given.coverage)


class _Builder:
    def __init__(self, given: Given) -> None:
        self.given = given
        self.rules = {rule.rule_id: rule for rule in given.inventory.latest_rules}
        self.found: dict[str, list[Finding]] = defaultdict(list)
        for finding in given.findings:
            self.found[finding.rule_id].append(finding)
        self.unused = {name for name, use in given.uses.items() if use.status == "unused"}
        self.needs = None
        if given.observed is not None:
            self.needs = needs(given.observed.admitted, self.rules.values(), given.uses)
        self.choice = Choice(Shadows(given.inventory), self.needs, shaky=self._shaky())

    def _shaky(self) -> set[str]:
        """Rules that are no cover for others: unused, or to be narrowed by all means."""
        wide = (each.rule_id for each in self.given.findings if each.kind == "too_wide")
        return self.unused | (set(wide) if self.given.trade_off == "tighter" else set())

    def items(self) -> list[Item]:
        """All items, by step and then by what makes each step's safest first."""
        covered, unused = list(self._covered()), list(self._unused())
        redundant, narrowed = list(self._redundant()), list(self._narrowed())
        renewed = [self._renewed(item) for item in covered]
        return sorted([*renewed, *unused, *redundant, *narrowed, *self._reviews()], key=_order)

    def _covered(self) -> Iterator[Item]:
        found = [shadow for shadow in self._shadows() if _step_of(shadow)]
        for shadow in sorted(found, key=lambda each: (_step_of(each), each.rule.rule_id)):
            if self._is_open(shadow.rule.rule_id) and (
                shadow.scope == "group" or self.choice.has_needs
            ):
                dropped = self.choice.drop_covered(shadow)
                finding = self._finding(shadow.rule.rule_id, ("duplicate", "shadowed"))
                if dropped and finding:
                    yield self._item(finding.rule_id, "remove", _step_of(shadow), finding)

    def _shadows(self) -> Iterator[Shadow]:
        """Those that the findings name: each was found once already."""
        for finding in self.given.findings:
            rule = self.rules.get(finding.rule_id)
            if rule and finding.kind in ("duplicate", "shadowed") and finding.basis != "observed":
                same = finding.kind == "duplicate"
                by = finding.covered_by
                yield Shadow(rule, by, finding.basis, finding.scope, same)

    def _renewed(self, item: Item) -> Item:
        """The item with the rules that cover it after all choices."""
        by = self.choice.covered_by(str(item.rule.rule_id))
        return replace(item, evidence=replace(item.evidence, covered_by=by))

    def _unused(self) -> Iterator[Item]:
        for rule_id in sorted(self.unused & set(self.rules) - self.choice.gone):
            if not self.choice.is_observed(rule_id) and self.choice.drop(rule_id):
                step = 3 if self.given.uses[rule_id].last_used else 2
                yield self._item(rule_id, "remove", step, None, QUARANTINE)

    def _redundant(self) -> Iterator[Item]:
        """After what went before: together with it, each request still keeps a rule."""
        if self.needs is None:
            return
        inventory = self.given.inventory
        every = redundancy(inventory, self.needs, self.given.uses, scores_of(inventory))
        found = every.without(self.choice.gone, self.choice.relied_on)
        for rule_id in sorted(found.spare):
            finding = self._finding(rule_id, ("redundant",))
            if finding and self.choice.drop(rule_id):
                told = replace(finding, covered_by=found.covering(rule_id))
                yield self._item(rule_id, "remove", 6, told, QUARANTINE)

    def _narrowed(self) -> Iterator[Item]:
        """Rules that stay, and cover nothing that goes, in their tighter form."""
        making = Replacements(self.given.inventory, self.choice.gone)
        for finding in self.given.findings:
            staying = finding.rule_id in self.rules.keys() - self.choice.gone
            if finding.kind == "too_wide" and staying:
                if finding.rule_id in self.choice.relied_on:
                    continue
                made = making.of(self.rules[finding.rule_id], finding.replacements)
                if made:
                    item = self._item(finding.rule_id, "narrow", 7, finding, NARROW_FIRST)
                    yield replace(item, replacements=made)

    def _reviews(self) -> Iterator[Item]:
        for finding in self.given.findings:
            if finding.kind == "dangling" and finding.rule_id in self.rules:
                advice = "its source is broken: repair it, or remove the rule with its owner"
                yield self._item(finding.rule_id, "review", 8, finding, advice)

    def _is_open(self, rule_id: str) -> bool:
        """May it be proposed? Not if it is exempt, or nothing is known of its use."""
        use = self.given.uses.get(rule_id)
        return use is not None and use.status != "exempt"

    def _finding(self, rule_id: str, kinds: Sequence[str]) -> Finding | None:
        return next((found for found in self.found[rule_id] if found.kind in kinds), None)

    def _item(
        self, rule_id: str, action: Any, step: int, finding: Finding | None, advice: str = ""
    ) -> Item:
        use = self.given.uses.get(rule_id) or RuleUse("not_observed")
        return Item(
            item_id=f"{action}-{rule_id}",
            action=action,
            step=step,
            finding=finding.kind if finding else None,
            status=use.status,
            status_reason=use.status_reason,
            reason_code=finding.reason_code if finding else use.reason_code,
            reason=finding.reason if finding else use.status_reason,
            advice=advice,
            permissiveness=finding.permissiveness if finding else None,
            permissiveness_after=finding.permissiveness_after if finding else None,
            evidence=_evidence(use, finding),
            coverage=Coverage(use.days_attached, use.days_observed),
            rule=self.exact(rule_id),
        )

    def exact(self, rule_id: str) -> ExactRule:
        """A rule of the inventory, complete."""
        return exact_rule(self.rules[rule_id], self.given.inventory.groups)


def _step_of(shadow: Shadow) -> int:
    """The step of a covered rule; 0 where what covers it may be another tomorrow."""
    if shadow.basis == "today":
        return 0
    if shadow.scope == "group_sets":
        return 5
    return 1 if shadow.basis == "always" else 4


def _evidence(use: RuleUse, finding: Finding | None) -> Evidence:
    return Evidence(
        used_times=use.used_times,
        sole_times=use.sole_times,
        ambiguous_times=use.ambiguous_times,
        days_used=use.days_used,
        last_used=use.last_used,
        first_seen=use.first_seen,
        covered_by=finding.covered_by if finding else (),
        scope=finding.scope if finding and finding.covered_by else None,
        basis=finding.basis if finding and finding.covered_by else None,
        observed=finding.observed if finding else (),
    )


def _order(item: Item) -> tuple[int, str, str, str]:
    """Within a step: what was last used the longest ago, then by group and rule."""
    rule = item.rule
    return item.step, item.evidence.last_used or "", rule.group_id, str(rule.rule_id)


def totals(outcomes: Iterable[Mapping[str, Any]]) -> Totals:
    """The coverage of a window from the rows of the daily coverage."""
    records = records_by_outcome(outcomes)
    return Totals(
        records=records.total(),
        attributed=records["attributed"] + records["reply"],
        ambiguous=records["ambiguous"],
        unattributed=records["unknown_interface"] + records["no_admitting_rule"],
        skipped=records["skipdata"] + records["malformed"],
    )
