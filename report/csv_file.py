"""rule_usage.csv: one row per current rule, never-used rules first."""

import csv
import io
from collections.abc import Callable, Iterable

from report.rule_usage import RuleUsage

_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")

_COLUMNS: tuple[tuple[str, Callable[[RuleUsage], object]], ...] = (
    ("sg_rule_id", lambda rule: rule.sg_rule_id),
    ("sg_id", lambda rule: rule.sg_id),
    ("sg_name", lambda rule: rule.sg_name),
    ("protocol", lambda rule: rule.protocol),
    ("ports", lambda rule: rule.ports),
    ("flow_direction", lambda rule: rule.flow_direction),
    ("source", lambda rule: rule.source),
    ("source_name", lambda rule: rule.source_name),
    ("description", lambda rule: rule.description),
    ("used_times", lambda rule: rule.used_times),
    ("sole_times", lambda rule: rule.sole_times),
    ("ambiguous_times", lambda rule: rule.ambiguous_times),
    ("days_used", lambda rule: rule.days_used),
    ("days_observed", lambda rule: rule.days_observed),
    ("sg_rule_last_used", lambda rule: rule.last_used or ""),
    ("status", lambda rule: rule.status.value),
    ("reason_code", lambda rule: rule.reason_code.value),
    ("status_reason", lambda rule: rule.reason),
    ("judged_status", lambda rule: rule.judged_status.value),
    ("findings", lambda rule: ",".join(rule.findings)),
    ("managed_by", lambda rule: rule.managed_by),
    ("account_id", lambda rule: rule.account_id),
    ("region", lambda rule: rule.region),
    ("vpc_id", lambda rule: rule.vpc_id),
    ("vpc_name", lambda rule: rule.vpc_name),
    ("window_from", lambda rule: rule.window_from),
    ("window_to", lambda rule: rule.window_to),
    ("owner", lambda rule: rule.owner),
)

COLUMNS = tuple(name for name, _ in _COLUMNS)


def to_csv(rules: Iterable[RuleUsage]) -> str:
    """The file's text: a header line, then the rules in the order given; lines end in CR LF."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows([_cell(value(rule)) for _, value in _COLUMNS] for rule in rules)
    return text.getvalue()


def _cell(value: object) -> object:
    """Puts an apostrophe before a text that a spreadsheet would execute as a formula.

    See OWASP, "CSV Injection": =, +, -, @, tab and line ends, also in full width.
    """
    if not isinstance(value, str):
        return value
    is_formula = value.startswith(_FORMULA_STARTS) or value.lstrip().startswith(_FORMULA_STARTS)
    return f"'{value}" if is_formula else value
