"""The plan as a script of AWS CLI calls: a dry run unless it is told to apply."""

import json
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from plan.comments import heading, one_line, remarks, title
from plan.exact_rule import ExactRule, ip_permission
from plan.model import Action, Item, Plan

_PRELUDE = r"""
set -euo pipefail
mode=${1:-dry-run}
case $mode in dry-run | apply) ;; *) echo "usage: bash $0 [dry-run|apply]" >&2; exit 2 ;; esac
failed=0

# A dry run that would have worked ends with the error DryRunOperation.
run() {
  if [ "$mode" = apply ]; then "$@"; return; fi
  local answer
  answer=$("$@" --dry-run 2>&1) || true
  case $answer in
    *DryRunOperation*) ;;
    *) printf 'would fail: %s\n  %s\n' "$*" "$answer" >&2; failed=1 ;;
  esac
}

in_account() {
  local found
  found=$(aws sts get-caller-identity --query Account --output text)
  [ "$found" = "$1" ] && return
  echo "these rules are of account $1, you are in $found" >&2
  exit 1
}
"""
_END = """
if [ "$failed" = 1 ]; then echo "the dry run failed; nothing was changed" >&2; exit 1; fi
if [ "$mode" = dry-run ]; then echo "the dry run went well; nothing was changed"; fi
"""


def to_aws_cli(plan: Plan, *, undo: bool = False) -> str:
    """The script; with `undo` the one that makes every rule again as it was."""
    what = "Undo of a plan: makes its rules again." if undo else "A plan for security group rules."
    lines = ["#!/usr/bin/env bash", *(f"# {line}" for line in heading(plan, what)), _PRELUDE]
    items = [item for item in plan.items if item.action is not Action.REVIEW]
    account = None
    for item in reversed(items) if undo else items:
        lines += ["", *_comments(item)]
        if item.rule.account_id != account:
            account = item.rule.account_id
            lines.append(f"in_account {shlex.quote(account)}")
        lines += [f"run {shlex.join(call)}" for call in (_undo(item) if undo else _apply(item))]
    if not undo:
        lines += [
            line for item in plan.items if item.action is Action.REVIEW for line in _comments(item)
        ]
    return "\n".join([*lines, _END])


def _comments(item: Item) -> Iterator[str]:
    yield f"# {title(item)}"
    yield from (f"#   {line}" for line in remarks(item))
    kept = sorted(set(item.rule.tags) - set(item.rule.own_tags))
    if kept:
        yield f"#   tags that only AWS can set: {one_line(', '.join(kept))}"


def _apply(item: Item) -> Iterator[list[str]]:
    """First what takes the rule's place, so that nothing is refused in between."""
    yield from (_authorize(rule) for rule in item.replacements)
    rule = item.rule
    yield [*_call("revoke", rule), "--security-group-rule-ids", str(rule.rule_id)]


def _undo(item: Item) -> Iterator[list[str]]:
    """A replacement has no id here: it is named by what it admits."""
    yield _authorize(item.rule)
    for rule in item.replacements:
        permission = _without_descriptions(ip_permission(rule))
        yield [*_call("revoke", rule), "--ip-permissions", json.dumps([permission])]


def _authorize(rule: ExactRule) -> list[str]:
    call = [*_call("authorize", rule), "--ip-permissions", json.dumps([ip_permission(rule)])]
    if not rule.own_tags:
        return call
    tags = [{"Key": key, "Value": value} for key, value in sorted(rule.own_tags.items())]
    tagged = [{"ResourceType": "security-group-rule", "Tags": tags}]
    return [*call, "--tag-specifications", json.dumps(tagged)]


def _call(verb: str, rule: ExactRule) -> list[str]:
    where = ["--region", rule.region, "--group-id", rule.group_id]
    return ["aws", "ec2", f"{verb}-security-group-{rule.direction}", *where]


def _without_descriptions(permission: Mapping[str, Any]) -> dict[str, Any]:
    """A revocation does not name descriptions."""
    return {
        name: [
            {key: inner for key, inner in peer.items() if key != "Description"} for peer in value
        ]
        if isinstance(value, list)
        else value
        for name, value in permission.items()
    }
