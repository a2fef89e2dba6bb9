"""Formats of flow logs: the fields, their columns, and whether an object fits."""

import pytest

from aws_network.flow_logs.formats import (
    DEFAULT_FIELDS,
    REQUIRED_FIELDS,
    FlowLogFormat,
    FormatError,
    column_name,
    parse_format,
)

CUSTOM = "${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${action}"
V2 = parse_format("default")


def test_the_default_format_is_version_2() -> None:
    assert V2.fields == tuple(DEFAULT_FIELDS)
    assert (V2.fields[0], V2.fields[2], V2.fields[-1]) == ("version", "interface-id", "log-status")
    assert parse_format(" default\n") == V2


@pytest.mark.parametrize(
    "text",
    [
        CUSTOM,
        CUSTOM.replace(" ", "  \n"),
        CUSTOM.replace("${", "").replace("}", ""),
        "${interface-id} srcaddr ${dstaddr} ${srcport} ${dstport} protocol ${action}",
    ],
    ids=["pasted", "over several lines", "as a header", "mixed"],
)
def test_spellings_of_one_format(text: str) -> None:
    assert parse_format(text).fields == REQUIRED_FIELDS


def test_any_order_and_any_further_field_is_kept_as_given() -> None:
    turned = " ".join(reversed([*CUSTOM.split(), "${ecs-cluster-arn}", "${a-field-of-the-future}"]))
    assert parse_format(turned).fields == (
        "a-field-of-the-future",
        "ecs-cluster-arn",
        *reversed(REQUIRED_FIELDS),
    )


@pytest.mark.parametrize("missing", REQUIRED_FIELDS)
def test_a_field_that_attribution_needs_is_missed_by_name(missing: str) -> None:
    with pytest.raises(FormatError, match=f"lacks {missing}:"):
        parse_format(CUSTOM.replace(f"${{{missing}}}", ""))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"{CUSTOM} ${{srcaddr}}", "twice: srcaddr"),
        (f"{CUSTOM} ${{pkt_srcaddr}}", r"'\$\{pkt_srcaddr\}', which is not a field"),
        (f"{CUSTOM} ${{}}", "which is not a field"),
        (f"{CUSTOM} $version", r"'\$version', which is not a field"),
        (f"{CUSTOM} ${{version", r"'\$\{version', which is not a field"),
        (f"{CUSTOM} Version", "'Version', which is not a field"),
        (CUSTOM.replace(" ", ","), "which is not a field"),
        ("", "lacks interface-id, srcaddr"),
        ("Default", "'Default', which is not a field"),
    ],
)
def test_what_is_no_format(text: str, reason: str) -> None:
    with pytest.raises(FormatError, match=reason):
        parse_format(text)


@pytest.mark.parametrize("spelling", [str, column_name], ids=["hyphens", "underscores"])
def test_a_header_that_fits(spelling: type[str]) -> None:
    assert V2.difference(FlowLogFormat(tuple(map(spelling, DEFAULT_FIELDS)))) is None


SWAPPED = [*DEFAULT_FIELDS[:3], "dstaddr", "srcaddr", *DEFAULT_FIELDS[5:]]


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (SWAPPED, "field 4 should be srcaddr, is 'dstaddr'"),
        (DEFAULT_FIELDS[:-1], "it should have 14 fields, has 13"),
        ([*DEFAULT_FIELDS, "vpc-id"], "it should have 14 fields, has 15"),
        ([], "it should have 14 fields, has 0"),
        ([""], "field 1 should be version, is ''"),
        (["2", "123456789012", "eni-1"], "field 1 should be version, is '2'"),
        (["x" * 500], f"field 1 should be version, is '{'x' * 60}'"),
    ],
    ids=["swapped", "one less", "one more", "none", "empty", "no header", "long"],
)
def test_how_a_header_differs(header: list[str], reason: str) -> None:
    assert V2.difference(FlowLogFormat(tuple(header))) == reason


GATEWAY = (
    "version resource-type account-id tgw-id tgw-attachment-id srcaddr dstaddr srcport dstport"
)


@pytest.mark.parametrize(
    ("header", "missing", "is_of_interfaces"),
    [
        (" ".join(DEFAULT_FIELDS), [], True),
        (column_name(" ".join(DEFAULT_FIELDS)), [], True),
        ("interface-id srcaddr dstaddr protocol", ["srcport", "dstport", "action"], True),
        (GATEWAY, ["interface-id", "protocol", "action"], False),
        (f"{GATEWAY} interface-id protocol action", [], True),
        ("2 123456789012 eni-1", list(REQUIRED_FIELDS), True),
    ],
)
def test_what_a_format_can_tell(header: str, missing: list[str], is_of_interfaces: bool) -> None:
    form = FlowLogFormat(tuple(header.split()))
    assert (form.missing_fields, form.is_of_interfaces) == (missing, is_of_interfaces)
