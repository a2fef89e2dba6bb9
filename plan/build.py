"""The plan for an account: what may be removed or narrowed, the safest first."""

from collections.abc import Iterator
from dataclasses import replace

from aws_network.findings.analysis import Analysis
from aws_network.findings.shadows import Shadow
from aws_network.findings.vocabulary import Basis, Kind, Scope, TradeOff
from aws_network.flow_logs.window import Window
from aws_network.usage.statuses import Status
from plan.items import Proposal, item_of
from plan.model import Action, Item, Plan, Step, Totals
from plan.removals import Removals
from plan.replacements import Replacements

QUARANTINE = (
    "quarantine it before you delete it: move the rule to a group of its own on the same "
    "interfaces, wait for a full business cycle, then take that group off; one call puts it back"
)
NARROW_FIRST = (
    "create the replacements first; if you can, keep the wide rule beside them for a business "
    "cycle, and remove it once no request needs it alone (its sole_times stays 0)"
)
MANAGED = (
    "do not change it by hand: {} makes it again, or a later update fails; change it there, if it "
    "is not needed"
)
REPAIR = "its source is broken: ask the owner, then repair the source or remove the rule"


def make_plan(analysis: Analysis, window: Window, coverage: Totals) -> Plan:
    """The plan; the only item that an exempt rule can be in is a review."""
    items = sorted(_Proposals(analysis).items(), key=_order)
    return Plan(window, analysis.trade_off, tuple(items), coverage)


class _Proposals:
    """Chooses step by step, the safest first: each choice rests on those before it."""

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis
        self.managed = analysis.managers.keys() & analysis.usages.keys()
        self.unused = {
            name for name, usage in analysis.usages.items() if usage.status == Status.UNUSED
        }
        self.removals = Removals(analysis.covers, analysis.needs or (), self._no_cover())

    def _no_cover(self) -> set[str]:
        """Unused rules; with the trade-off `tighter`, also those that will be narrowed."""
        if self.analysis.trade_off is not TradeOff.TIGHTER:
            return self.unused
        findings = self.analysis.findings
        wide = {finding.rule_id for finding in findings if finding.kind is Kind.TOO_WIDE}
        return self.unused | wide

    def items(self) -> list[Item]:
        """All items, in the order in which they were chosen."""
        covered, unused = list(self._covered()), list(self._unused())
        redundant, narrowed = list(self._redundant()), list(self._narrowed())
        renewed = [self._renewed(item) for item in covered]
        return [*renewed, *unused, *redundant, *narrowed, *self._reviews(), *self._managed()]

    def _covered(self) -> Iterator[Item]:
        found = [(step, shadow) for shadow in self.analysis.shadows if (step := _step_of(shadow))]
        for step, shadow in sorted(found, key=lambda one: (one[0], one[1].rule.rule_id)):
            rule_id = shadow.rule.rule_id
            finding = self.analysis.finding(rule_id, Kind.DUPLICATE, Kind.SHADOWED)
            if self._may_go(shadow) and self.removals.remove_covered(shadow):
                yield item_of(self.analysis, Proposal(rule_id, Action.REMOVE, step, finding))

    def _may_go(self, shadow: Shadow) -> bool:
        """Not if it is exempt or managed, or nothing is known of its use; by other groups, with
        evidence."""
        rule_id = shadow.rule.rule_id
        usage = self.analysis.usages.get(rule_id)
        is_open = usage and usage.status != Status.EXEMPT and rule_id not in self.managed
        return bool(is_open) and (shadow.scope is Scope.GROUP or self.analysis.needs is not None)

    def _renewed(self, item: Item) -> Item:
        """The item with the rules that cover it after all choices."""
        by = self.removals.covered_by(str(item.rule.rule_id))
        return replace(item, evidence=replace(item.evidence, covered_by=by))

    def _unused(self) -> Iterator[Item]:
        may_go = self.unused & self.analysis.rules.keys() - self.managed
        for rule_id in sorted(may_go - self.removals.gone):
            if not self.removals.is_observed(rule_id) and self.removals.remove(rule_id):
                was_used = self.analysis.usages[rule_id].counts.last_used
                step = Step.NO_LONGER_USED if was_used else Step.NEVER_USED
                proposal = Proposal(rule_id, Action.REMOVE, step, None, QUARANTINE)
                yield item_of(self.analysis, proposal)

    def _redundant(self) -> Iterator[Item]:
        """After what went before: together with it, each request still keeps a rule."""
        if self.analysis.redundancy is None:
            return
        gone, kept = self.removals.gone, self.removals.kept_as_cover | self.managed
        found = self.analysis.redundancy.without(gone, kept)
        for rule_id in sorted(found.spare):
            finding = self.analysis.finding(rule_id, Kind.REDUNDANT)
            if finding and self.removals.remove(rule_id):
                told = replace(finding, covered_by=found.covering(rule_id))
                proposal = Proposal(rule_id, Action.REMOVE, Step.REDUNDANT, told, QUARANTINE)
                yield item_of(self.analysis, proposal)

    def _narrowed(self) -> Iterator[Item]:
        """Rules that stay, and cover nothing that goes, in their tighter form."""
        making = Replacements(self.analysis.inventory, self.removals.gone)
        away = self.removals.gone | self.removals.kept_as_cover | self.managed
        for finding in self.analysis.findings:
            if finding.kind is Kind.TOO_WIDE and finding.rule_id not in away:
                made = making.of(self.analysis.rules[finding.rule_id], finding.replacements)
                step = Step.TOO_WIDE
                proposal = Proposal(finding.rule_id, Action.NARROW, step, finding, NARROW_FIRST)
                if made:
                    yield replace(item_of(self.analysis, proposal), replacements=made)

    def _reviews(self) -> Iterator[Item]:
        for finding in self.analysis.findings:
            rule_id = finding.rule_id
            if finding.kind is Kind.DANGLING and rule_id in self.analysis.usages:
                proposal = Proposal(rule_id, Action.REVIEW, Step.DANGLING, finding, REPAIR)
                yield item_of(self.analysis, proposal)

    def _managed(self) -> Iterator[Item]:
        """What would be proposed if nothing managed the rule, as far as it is known."""
        exempt = {name for name in self.managed if self._status(name) == Status.EXEMPT}
        for rule_id in sorted(self.managed - exempt):
            finding = self.analysis.finding(rule_id, *(k for k in Kind if k is not Kind.DANGLING))
            if not self.analysis.finding(rule_id, Kind.DANGLING) and (
                finding or rule_id in self.unused
            ):
                advice = MANAGED.format(self.analysis.managers[rule_id])
                proposal = Proposal(rule_id, Action.REVIEW, Step.MANAGED, finding, advice)
                yield item_of(self.analysis, proposal)

    def _status(self, rule_id: str) -> Status:
        return self.analysis.usages[rule_id].status


def _step_of(shadow: Shadow) -> Step | None:
    """The step of a covered rule; None where what covers it may be another tomorrow."""
    if shadow.basis is Basis.TODAY:
        return None
    if shadow.scope is Scope.GROUP_SETS:
        return Step.COVERED_BY_OTHER_GROUPS
    return Step.COVERED if shadow.basis is Basis.ALWAYS else Step.COVERED_WHILE_LISTS_STAY


def _order(item: Item) -> tuple[int, str, str, str]:
    """Within a step: what was last used the longest ago, then by group and rule."""
    rule = item.rule
    return item.step, item.evidence.last_used or "", rule.group_id, str(rule.rule_id)
