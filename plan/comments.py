"""What the script and the Terraform files say about a plan and its items, in lines of comment."""

from collections.abc import Iterator

from plan.model import Item, Plan


def one_line(text: str) -> str:
    """A text for a comment: control characters, line ends and invisible ones become `?`."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def title(item: Item) -> str:
    """`remove sgr-1 of sg-1 (web): ingress tcp 443 from 10.0.0.0/8`."""
    rule = item.rule
    name = f" ({rule.group_name})" if rule.group_name else ""
    return one_line(f"{item.action} {rule.rule_id} of {rule.group_id}{name}: {rule.text}")


def remarks(item: Item) -> Iterator[str]:
    """Where, why, and how sure, in lines."""
    yield one_line(f"where: account {item.rule.account_id}, {item.rule.region}")
    if item.owner:
        yield one_line(f"owner: {item.owner}")
    yield one_line(f"why: {item.reason} [{item.reason_code}]")
    yield one_line(f"status: {item.status}; {item.status_reason}")
    seen = f"observed on {item.coverage.days_observed} of the {item.coverage.days_attached} days"
    yield f"coverage: {seen} on which an interface carried the group"
    yield from (one_line(f"observed: {line}") for line in item.evidence.observed)
    if item.managed_by:
        yield one_line(f"managed by: {item.managed_by}")
    if item.advice:
        yield one_line(f"advice: {item.advice}")


def heading(plan: Plan, what: str) -> list[str]:
    """The lines that a rendering begins with."""
    window, coverage = plan.window, plan.coverage
    return [
        what,
        f"Window: {window.first} to {window.last}, {window.analysed_days} days analysed, "
        f"{window.missing_days} missing.",
        f"Coverage: {coverage.records} records, {coverage.attributed} attributed, "
        f"{coverage.ambiguous} ambiguous, {coverage.unattributed} not attributed, "
        f"{coverage.skipped} lost or unreadable.",
        "The safest come first. Review each one, delete those that you do not want, keep the undo.",
    ]
