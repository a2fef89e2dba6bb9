"""findings.json and its Security Hub form, for an account with every kind of finding."""

import json

import botocore.session
import pytest
from botocore.validate import ParamValidator

from aws_network.findings.observed import Admitted, Observed, Seen
from aws_network.flow_logs.window import Window
from aws_network.network.inventory import union
from aws_network.usage.judging import RuleUsage
from aws_network.usage.statuses import ReasonCode
from aws_network.usage.tracked_rules import TrackedRule
from aws_network.usage.verdicts import RuleCounts
from plan.asff import to_asff
from plan.conclusions import Conclusions, conclude
from tests.attribution.networks import network
from tests.findings.test_schemas import errors

RULES = [
    "sgr-n sg-web ingress tcp 443 10.0.0.0/8",
    "sgr-w sg-web ingress tcp any 0.0.0.0/0",
    "sgr-u sg-web ingress udp 53 10.0.0.0/8",
    "sgr-d sg-web egress udp 53 10.0.0.0/8",
    "sgr-e sg-base egress udp 53 10.0.0.0/8",
    "sgr-b sg-web ingress tcp 22 pl-empty",
    "sgr-r sg-base ingress tcp 400-500 10.1.0.0/16",
]
WINDOW = Window("2026-11-01", "2026-11-30")


def usage_of(rule_id: str, code: ReasonCode, gone_since: str | None = None) -> RuleUsage:
    rule = TrackedRule(
        rule_id, "sg-web", "web", "us-east-1", "ingress", "tcp", "443", "0.0.0.0/0",
        first_seen="2026-10-01", gone_since=gone_since,
    )  # fmt: skip
    counts = RuleCounts(
        used_times=9 * (code == ReasonCode.USED), days_used=3, days_known=30, days_attached=30,
        days_observed=30,
    )  # fmt: skip
    window = Window("2026-11-01", "2026-11-30")
    reason = f"it is {code}"
    return RuleUsage(rule, counts, window, code, reason, code.status, is_fully_observed=True)


@pytest.fixture(scope="module")
def concluded() -> Conclusions:
    made = network(RULES, ["eni-1 sg-web,sg-base 10.0.0.4"], {"pl-empty": []})
    codes = {"sgr-u": ReasonCode.NEVER_USED, "sgr-b": ReasonCode.BROKEN_SOURCE}
    usages = [
        usage_of(rule.rule_id, codes.get(rule.rule_id, ReasonCode.USED)) for rule in made.rules
    ]
    usages.append(usage_of("sgr-gone", ReasonCode.USED, gone_since="2026-11-03"))
    together = [frozenset({"sgr-w", "sgr-r"}), frozenset({"sgr-d", "sgr-e"})]
    admitted = [Admitted(each, frozenset(), True, 50) for each in together]
    observed = Observed({"sgr-w": [Seen(6, (443, 443), "10.1.2.0/24", requests=50)]}, admitted)
    outcomes = [{"outcome": "attributed", "records": 100}]
    return conclude(union([made]), usages, observed, outcomes, WINDOW, "fewer")


def test_every_kind_is_there(concluded: Conclusions) -> None:
    assert {each.kind for each in concluded.findings} == {
        "duplicate", "shadowed", "redundant", "too_wide", "dangling"
    }  # fmt: skip


def test_the_file_fits_its_schema(concluded: Conclusions) -> None:
    document = json.loads(concluded.file)
    assert errors("findings", document) == []
    assert len(document["rules"]) == len(RULES)


def test_security_hub_takes_each_finding(concluded: Conclusions) -> None:
    shape = botocore.session.Session().get_service_model("securityhub")
    operation = shape.operation_model("BatchImportFindings")
    findings = json.loads(to_asff(concluded.file))
    kinds = [each["GeneratorId"].split("/")[1] for each in findings]
    assert set(kinds) == {*(each.kind for each in concluded.findings), "unused"}
    assert len({each["Id"] for each in findings}) == len(findings)
    assert operation.input_shape
    report = ParamValidator().validate({"Findings": findings}, operation.input_shape)
    assert report.generate_report() == ""


def test_a_long_reason_is_cut_where_security_hub_would_refuse_it(concluded: Conclusions) -> None:
    document = json.loads(concluded.file)
    document["rules"][0]["findings"] = [
        {"kind": "shadowed", "reason_code": "covered_by_several_rules", "reason": "sgr-1, " * 500}
    ]
    [found] = json.loads(to_asff(json.dumps({**document, "rules": document["rules"][:1]})))
    assert len(found["Description"]) == 1024
