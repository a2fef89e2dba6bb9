"""findings.json and its Security Hub form, for an account with every kind of finding."""

import json

import botocore.session
import pytest
from botocore.validate import ParamValidator

from aws_network.findings import Kind, TradeOff
from aws_network.findings.observed import Admitted, Observed, Seen
from aws_network.network.inventory import union
from aws_network.usage.statuses import ReasonCode
from plan.asff import to_asff
from plan.conclusions import Conclusions, conclude
from plan.model import Totals
from tests.attribution.networks import network
from tests.findings.test_schemas import errors
from tests.findings.usages import WINDOW, usage_of

RULES = [
    "sgr-n sg-web ingress tcp 443 10.0.0.0/8",
    "sgr-w sg-web ingress tcp any 0.0.0.0/0",
    "sgr-u sg-web ingress udp 53 10.0.0.0/8",
    "sgr-d sg-web egress udp 53 10.0.0.0/8",
    "sgr-e sg-base egress udp 53 10.0.0.0/8",
    "sgr-b sg-web ingress tcp 22 pl-empty",
    "sgr-r sg-base ingress tcp 400-500 10.1.0.0/16",
]


@pytest.fixture(scope="module")
def concluded() -> Conclusions:
    made = network(RULES, ["eni-1 sg-web,sg-base 10.0.0.4"], {"pl-empty": []})
    codes = {"sgr-u": ReasonCode.NEVER_USED, "sgr-b": ReasonCode.BROKEN_SOURCE}
    usages = [
        usage_of(codes[rule.rule_id], rule.rule_id)
        if rule.rule_id in codes
        else usage_of(ReasonCode.USED, rule.rule_id, used_times=9, days_used=3)
        for rule in made.rules
    ]
    usages.append(usage_of(ReasonCode.USED, "sgr-gone", gone_since="2026-11-03"))
    together = [frozenset({"sgr-w", "sgr-r"}), frozenset({"sgr-d", "sgr-e"})]
    admitted = [Admitted(rules, frozenset(), True, 50) for rules in together]
    observed = Observed({"sgr-w": [Seen(6, (443, 443), "10.1.2.0/24", requests=50)]}, admitted)
    coverage = Totals(100, attributed=100)
    return conclude(union([made]), usages, observed, coverage, WINDOW, TradeOff.FEWER)


def test_every_kind_is_there(concluded: Conclusions) -> None:
    assert {finding.kind for finding in concluded.findings} == set(Kind)


def test_the_file_fits_its_schema(concluded: Conclusions) -> None:
    document = json.loads(concluded.file)
    assert errors("findings", document) == []
    assert len(document["rules"]) == len(RULES)


def test_security_hub_takes_each_finding(concluded: Conclusions) -> None:
    shape = botocore.session.Session().get_service_model("securityhub")
    operation = shape.operation_model("BatchImportFindings")
    findings = json.loads(to_asff(concluded.file))
    kinds = {finding["GeneratorId"].split("/")[1] for finding in findings}
    assert kinds == {*Kind, "unused"}
    assert len({finding["Id"] for finding in findings}) == len(findings)
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
