"""Formats of flow logs: the fields, their columns, and whether an object fits."""

import pytest

from aws_network.flow_logs.formats import (
    DEFAULT_FIELDS,
    REQUIRED_FIELDS,
    FormatError,
    column_name,
    parse_format,
)

CUSTOM = "${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${action}"
V2 = parse_format("default")
WHERE = "s3://logs-123456789012/AWSLogs/a.log.gz"


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


def test_text_columns_are_all_strings() -> None:
    columns = parse_format(f"{CUSTOM} tcp-flags start").columns("text")
    assert {column.type for column in columns} == {"string"}
    assert [c.name for c in columns][:2] == ["interface_id", "srcaddr"]


def test_parquet_columns_have_the_types_that_aws_writes() -> None:
    text = f"{CUSTOM} version packets bytes start end tcp-flags traffic-path flow-direction new-one"
    types = {column.name: column.type for column in parse_format(text).columns("parquet")}
    numbers = "srcport dstport protocol version tcp_flags traffic_path".split()
    longs = "packets bytes start end".split()
    strings = "interface_id srcaddr dstaddr action flow_direction new_one".split()
    assert types == {
        **dict.fromkeys(numbers, "int"),
        **dict.fromkeys(longs, "bigint"),
        **dict.fromkeys(strings, "string"),
    }


@pytest.mark.parametrize("spelling", [str, column_name], ids=["hyphens", "underscores"])
def test_a_header_that_fits(spelling: type[str]) -> None:
    V2.check_header([spelling(field) for field in DEFAULT_FIELDS], WHERE)


SWAPPED = [*DEFAULT_FIELDS[:3], "dstaddr", "srcaddr", *DEFAULT_FIELDS[5:]]


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (SWAPPED, "field 4 should be srcaddr, is 'dstaddr'"),
        (DEFAULT_FIELDS[:-1], "should have 14 fields, has 13"),
        ([*DEFAULT_FIELDS, "vpc-id"], "should have 14 fields, has 15"),
        ([], "should have 14 fields, has 0"),
        ([""], "field 1 should be version, is ''"),
        (["2", "123456789012", "eni-1"], "field 1 should be version, is '2'"),
        (["x" * 500], f"is '{'x' * 60}'. Set"),
    ],
    ids=["swapped", "one less", "one more", "none", "empty", "no header", "long"],
)
def test_a_header_that_does_not_fit_is_an_error(header: list[str], reason: str) -> None:
    with pytest.raises(FormatError) as raised:
        V2.check_header(header, WHERE)
    assert reason in str(raised.value)
    assert str(raised.value).startswith(f"{WHERE}: ")


def test_parquet_columns_may_have_any_order_and_more() -> None:
    names = [column_name(field) for field in DEFAULT_FIELDS]
    V2.check_parquet_columns([*reversed(names), "vpc_id"], WHERE)


def test_missing_parquet_columns_are_named() -> None:
    names = [column_name(field) for field in DEFAULT_FIELDS if field not in ("srcport", "action")]
    with pytest.raises(FormatError, match=f"^{WHERE}: .*no column for srcport, action$"):
        V2.check_parquet_columns(names, WHERE)
