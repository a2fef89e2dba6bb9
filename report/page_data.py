"""The data of the page's charts: a compact JSON document."""

import json
from collections.abc import Iterable, Mapping
from datetime import date

from report.coverage import OUTCOME_TEXTS
from report.daily_usage import RuleDay
from report.findings import KIND_TEXTS
from report.rule_usage import RuleUsage
from report.shades import SHADES
from report.statuses import STATUS_TEXTS
from report.usage_report import UsageReport
from report.wording import named

RULE_FIELDS = (
    "id groupId group protocol ports direction source description status judged reason findings "
    "lastUsed account region owner traffic used sole ambiguous daysUsed daysObserved"
).split()
"""The order of the fields of a rule. Texts are given by their position in "strings"."""

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def page_json(report: UsageReport) -> str:
    """The document, safe inside a script element: without "<", ">" and "&"."""
    text = json.dumps(page_data(report), ensure_ascii=False, separators=(",", ":"))
    for unsafe in "<>&\u2028\u2029":
        text = text.replace(unsafe, f"\\u{ord(unsafe):04x}")
    return text


def page_data(report: UsageReport) -> Mapping[str, object]:
    """Rules with their days, and the coverage of each day."""
    strings: dict[str, int] = {}
    days = report.window.days
    return {
        "days": [day.isoformat() for day in days],
        "fields": RULE_FIELDS,
        "rules": [_rule_row(rule, strings) for rule in report.rules],
        "strings": list(strings),
        "daily": [_days_text(report.daily.get(rule.sg_rule_id, {}), days) for rule in report.rules],
        "statuses": [[status.value, text.label] for status, text in STATUS_TEXTS.items()],
        "kinds": [[kind.value, text.label] for kind, text in KIND_TEXTS.items()],
        "shades": [shade.label for shade in SHADES],
        "outcomes": [[outcome.value, text.label] for outcome, text in OUTCOME_TEXTS.items()],
        "coverage": _coverage_rows(report),
    }


def day_token(day: RuleDay | None) -> str:
    """A day in a few letters.

    "-" no analysed data, "" no use, "?" not (fully) observed, "." on no interface, "~b"
    ambiguous, "b" used; the counts are in base 36.
    """
    if day is None:
        return "-"
    if day.used_times:
        return _base36(day.used_times)
    if day.ambiguous_times:
        return f"~{_base36(day.ambiguous_times)}"
    if not day.was_attached:
        return "."
    return "" if day.was_observed else "?"


def _rule_row(rule: RuleUsage, strings: dict[str, int]) -> list[int]:
    texts = (
        rule.sg_rule_id,
        rule.sg_id,
        rule.group,
        rule.protocol,
        rule.ports,
        rule.flow_direction,
        named(rule.source_name, rule.source),
        rule.description,
        rule.status.value,
        rule.judged_status.value,
        rule.reason,
        ",".join(rule.findings),
        rule.last_used.isoformat() if rule.last_used else "",
        rule.account_id,
        rule.region,
        rule.owner,
        rule.traffic,
    )
    counts = (rule.used_times, rule.sole_times, rule.ambiguous_times)
    positions = [strings.setdefault(text, len(strings)) for text in texts]
    return [*positions, *counts, rule.days_used, rule.days_observed]


def _days_text(usage: Mapping[date, RuleDay], days: Iterable[date]) -> str:
    return ",".join(day_token(usage.get(day)) for day in days)


def _coverage_rows(report: UsageReport) -> list[list[int]]:
    by_day = report.coverage.by_day()
    return [[by_day.get(day, {}).get(o, 0) for o in OUTCOME_TEXTS] for day in report.window.days]


def _base36(value: int) -> str:
    digits = ""
    while value:
        value, digit = divmod(value, 36)
        digits = _DIGITS[digit] + digits
    return digits
