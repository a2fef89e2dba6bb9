"""What lies below a flow log's prefix: what can be read, and why the rest cannot."""

import gzip
import io
import os
import zlib
from collections.abc import Iterator
from dataclasses import replace

import boto3
import pyarrow
import pytest
from botocore.exceptions import ClientError
from pyarrow import parquet

from aws_network.flow_logs import objects
from aws_network.flow_logs.formats import DEFAULT_FIELDS, FlowLogFormat, column_name
from aws_network.flow_logs.objects import REASONS, FlowLogObject
from aws_network.network.flow_log import FlowLog, TrafficType
from aws_network.stores import flow_log_objects as in_s3
from tests.emulated_aws import emulated_aws

LOGS = "logs-123456789012"
FORMAT = FlowLogFormat(tuple(DEFAULT_FIELDS))
HEADER = " ".join(DEFAULT_FIELDS)
NOISE = os.urandom(50_000).hex()
OBJECT = FlowLogObject("123456789012", "us-east-1", LOGS, "AWSLogs/a.log.gz", 10, '"1"')


def gzipped(text: str) -> bytes:
    return gzip.compress(text.encode())


def columns(*names: str, rows: int = 0) -> bytes:
    data = io.BytesIO()
    values = [os.urandom(8).hex() for _ in range(rows)]
    table = pyarrow.table({name: pyarrow.array(values, "string") for name in names})
    parquet.write_table(table, data)
    return data.getvalue()


@pytest.fixture
def s3() -> Iterator[object]:
    with emulated_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket=LOGS)
        yield client


def object_of(is_parquet: bool) -> FlowLogObject:
    return replace(OBJECT, key="AWSLogs/a.log.parquet") if is_parquet else OBJECT


def stored(s3: object, data: bytes, is_parquet: bool = False) -> FlowLogObject:
    found = object_of(is_parquet)
    s3.put_object(Bucket=LOGS, Key=found.key, Body=data)  # type: ignore[attr-defined]
    return replace(found, size=len(data))


def test_the_first_line() -> None:
    whole = gzip.compress(b"version account-id\r\n" + os.urandom(200_000))
    assert in_s3.first_line(whole) == "version account-id"
    assert in_s3.first_line(whole[:5000]) == "version account-id"
    assert in_s3.first_line(gzip.compress(b"version ") + whole) == "version version account-id"


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"", ""),
        (b"\x1f\x8b", ""),
        (HEADER.encode(), None),
        (b"\0" + os.urandom(64), None),
        (gzip.compress(b""), ""),
    ],
    ids=["nothing", "a gzip's beginning", "plain text", "binary", "an empty gzip"],
)
def test_no_first_line(data: bytes, line: str | None) -> None:
    assert in_s3.first_line(data) == line


NAMES = column_name(HEADER).split(" ")
FITTING: list[tuple[str, bool, bytes]] = [
    ("the header", False, gzipped(f"{HEADER}\n2 123456789012\n")),
    ("a header alone", False, gzipped(HEADER)),
    ("a body that is cut off after the header", False, gzipped(f"{HEADER}\n{NOISE}")[:5000]),
    ("Parquet", True, columns(*NAMES)),
    ("Parquet in another order, with more", True, columns("vpc_id", *reversed(NAMES))),
    ("Parquet of some size", True, columns(*NAMES, rows=9000)),
    ("Parquet with a long footer", True, columns(*NAMES, *(f"c{n}" for n in range(2000)))),
]


def formats(s3: object, data: bytes, is_parquet: bool) -> in_s3.Formats:
    """Of an object in the default format."""
    return in_s3.formats_of(s3, [stored(s3, data, is_parquet)], {}, FORMAT)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("is_parquet", "data"), [f[1:] for f in FITTING], ids=[f[0] for f in FITTING]
)
def test_what_fits(s3: object, is_parquet: bool, data: bytes) -> None:
    found = formats(s3, data, is_parquet)
    assert (list(found.by_object.values()), found.unreadable) == (
        [None if is_parquet else FORMAT],
        [],
    )


SWAPPED = HEADER.replace("srcaddr dstaddr", "dstaddr srcaddr")
V5 = gzipped(f"{HEADER} vpc-id subnet-id\n")
CUT = columns(*NAMES, rows=9)[:-9]
SCRAMBLED = b"PAR1" + os.urandom(500) + b"\x40\0\0\0PAR1"
ENDLESS = b"PAR1" + b"\xff\xff\xff\x7fPAR1"
UNFIT: list[tuple[str, bool, bytes, str, str]] = [
    (
        "fields that are needed are not there",
        False,
        gzipped("version vpc-id"),
        "lacks_fields",
        "it lacks interface-id, srcaddr",
    ),
    ("another order", False, gzipped(SWAPPED), "other_format", "should be srcaddr, is 'dstaddr'"),
    ("more fields", False, V5, "other_format", "it should have 14 fields, has 16"),
    ("no header", False, gzipped("2 123456789012 eni"), "lacks_fields", "it lacks interface-id"),
    ("a gzip cut off in its header", False, gzipped(HEADER)[:12], "lacks_fields", "it lacks"),
    ("no gzip", False, b"\x00\x01\x02\x03", "not_gzip", ""),
    ("plain text", False, HEADER.encode(), "not_gzip", ""),
    ("Parquet by another name", False, columns(*NAMES), "not_gzip", ""),
    ("a column less", True, columns(*NAMES[:-2]), "lacks_fields", "it lacks action"),
    ("text by another name", True, gzipped(HEADER), "not_parquet", ""),
    ("Parquet without its end", True, CUT, "not_parquet", ""),
    ("Parquet with a footer of noise", True, SCRAMBLED, "not_parquet", ""),
    ("a footer longer than the object", True, ENDLESS, "not_parquet", ""),
]


@pytest.mark.parametrize(
    ("is_parquet", "data", "reason", "detail"), [u[1:] for u in UNFIT], ids=[u[0] for u in UNFIT]
)
def test_what_does_not_fit(
    s3: object, is_parquet: bool, data: bytes, reason: str, detail: str
) -> None:
    [found] = formats(s3, data, is_parquet).unreadable
    assert (found.reason, found.object, found.lines) == (reason, object_of(is_parquet).uri, None)
    assert found.hides_records
    assert detail in (found.detail or "")
    assert reason in REASONS


V5_FORMAT = FlowLogFormat((*DEFAULT_FIELDS, "vpc-id", "subnet-id"))
GATEWAY = gzipped("version resource-type account-id tgw-id srcaddr dstaddr\n")


def flow_log(flow_log_id: str, resource_id: str = "vpc-1") -> FlowLog:
    named = " ".join(f"${{{field}}}" for field in HEADER.split())
    made = "2026-01-01T00:00:00+00:00"
    return FlowLog(flow_log_id, resource_id, TrafficType.ALL, named, "us-east-1", made)


FLOW_LOGS: list[tuple[str, dict[str, bytes], list[FlowLog], dict[str, FlowLogFormat | str]]] = [
    ("formats side by side, as their headers say",
     {"fl-1": gzipped(HEADER), "fl-2": V5}, [], {"fl-1": FORMAT, "fl-2": V5_FORMAT}),
    ("one that EC2 describes, whatever the setting says", {"fl-1": V5}, [flow_log("fl-1")],
     {"fl-1": V5_FORMAT}),
    ("another one than the setting says", {"fl-1": V5, "fl-2": gzipped(HEADER)}, [],
     {"fl-1": "other_format", "fl-2": FORMAT}),
    ("of a Transit Gateway, as its header says",
     {"fl-1": GATEWAY, "fl-2": V5}, [], {"fl-1": "not_of_interfaces", "fl-2": V5_FORMAT}),
    ("of a Transit Gateway, as EC2 describes it: its objects are not even looked at",
     {"fl-1": b"no gzip"}, [flow_log("fl-1", "tgw-1")], {"fl-1": "not_of_interfaces"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "data", "described", "expected"), FLOW_LOGS, ids=[f[0] for f in FLOW_LOGS]
)
@pytest.mark.parametrize("looked_at_each", [0, 1000], ids=["one of each flow log", "each object"])
def test_the_formats_of_flow_logs(
    s3: object,
    name: str,
    data: dict[str, bytes],
    described: list[FlowLog],
    expected: dict[str, FlowLogFormat | str],
    looked_at_each: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(in_s3, "LOOKED_AT_EACH", looked_at_each)
    found = [
        replace(
            OBJECT, key=f"AWSLogs/1_vpcflowlogs_us-east-1_{flow_log_id}_20261105T{hour}00Z_a.log.gz"
        )
        for flow_log_id in data
        for hour in ("01", "02")
    ]
    for each in found:
        body = data[str(each.flow_log_id)]
        s3.put_object(Bucket=LOGS, Key=each.key, Body=body)  # type: ignore[attr-defined]
    expected_format = FORMAT if "setting" in name else None
    described_by_id = {each.flow_log_id: each for each in described}
    formats = in_s3.formats_of(s3, found, described_by_id, expected_format)  # type: ignore[arg-type]
    told: dict[str, FlowLogFormat | str | None] = {
        **formats.by_object,
        **{each.object: each.reason for each in formats.unreadable},
    }
    assert told == {each.uri: expected[str(each.flow_log_id)] for each in found}


def test_of_many_objects_one_of_each_flow_log_is_looked_at(
    s3: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(in_s3, "LOOKED_AT_EACH", 3)
    names = [f"AWSLogs/1_vpcflowlogs_r_fl-1_20261105T0{hour}00Z_a.log.gz" for hour in range(4)]
    s3.put_object(Bucket=LOGS, Key=names[0], Body=gzipped(HEADER)[:12])  # type: ignore[attr-defined]
    s3.put_object(Bucket=LOGS, Key=names[1], Body=gzipped(HEADER))  # type: ignore[attr-defined]
    found = in_s3.formats_of(s3, [replace(OBJECT, key=name) for name in names], {})  # type: ignore[arg-type]
    assert [each.reason for each in found.unreadable] == ["lacks_fields"]
    assert found.by_object == {f"s3://{LOGS}/{name}": FORMAT for name in names[1:]}


def test_what_may_not_be_read_is_an_error(s3: object) -> None:
    with pytest.raises(ClientError):
        in_s3.formats_of(s3, [OBJECT], {})  # type: ignore[arg-type]
    with pytest.raises(ClientError):
        in_s3.damage(s3, OBJECT)  # type: ignore[arg-type]


def listing(*each: tuple[str, int, str]) -> list[FlowLogObject]:
    return [replace(OBJECT, key=f"p/{key}", size=size, etag=etag) for key, size, etag in each]


A, B = ("a.log.gz", 9, "1"), ("b.log.gz", 9, "2")
LISTED = [
    ("good ones", [A, B], {}),
    ("0 bytes", [("a.log.gz", 0, "1")], {"a.log.gz": ("empty", True)}),
    ("text", [("notes.txt", 9, "1")], {"notes.txt": ("not_a_flow_log", False)}),
    ("another gzip", [("x.csv.gz", 9, "2")], {"x.csv.gz": ("not_a_flow_log", False)}),
    ("Parquet beside text", [A, ("a.log.parquet", 9, "2")], {}),
    ("the same bytes", [A, ("b.log.gz", 9, "1")], {"b.log.gz": ("duplicate", False)}),
]


@pytest.mark.parametrize(("found", "verdicts"), [e[1:] for e in LISTED], ids=[e[0] for e in LISTED])
def test_what_the_listing_tells(
    found: list[tuple[str, int, str]], verdicts: dict[str, tuple[str, bool]]
) -> None:
    judged = objects.judged_by_listing(listing(*found))
    assert {
        uri.rsplit("/", 1)[-1]: (each.reason, each.hides_records) for uri, each in judged.items()
    } == verdicts


def test_what_athena_hides_is_not_listed(s3: object) -> None:
    for key in ("p/a.log.gz", "p/_SUCCESS", "p/.x.gz", "p/07/", "p/07/b.log.gz", "q/c.log.gz"):
        s3.put_object(Bucket=LOGS, Key=key, Body=b"x")  # type: ignore[attr-defined]
    found = in_s3.listed(s3, "123456789012", "us-east-1", LOGS, "p/", is_hive=False)  # type: ignore[arg-type]
    assert [each.key for each in found] == ["p/07/b.log.gz", "p/a.log.gz"]


WHOLE = gzipped(f"{HEADER}\n{NOISE}\nx\n")
FLIPPED = WHOLE[:30_000] + bytes([WHOLE[30_000] ^ 255]) + WHOLE[30_001:]
DAMAGED: list[tuple[str, bool, bytes, str | None]] = [
    ("whole", False, WHOLE, None),
    ("two members", False, WHOLE + WHOLE, None),
    ("a bomb", False, gzip.compress(b"0" * 50_000_000), None),
    ("cut off", False, WHOLE[:-30], "it ends in the middle, after 1 lines"),
    ("its check sum cut off", False, WHOLE[:-5], "it ends in the middle, after 3 lines"),
    ("a second member cut off", False, WHOLE + WHOLE[:200], "it ends in the middle, after 4 lines"),
    ("a byte flipped", False, FLIPPED, "after "),
    ("a wrong check sum", False, WHOLE[:-8] + b"\0" * 8, "incorrect data check"),
    ("noise behind", False, WHOLE + b"noise", "incorrect header check"),
    ("nothing", False, b"", "it ends in the middle, after 0 lines"),
    ("whole Parquet", True, columns(*NAMES, rows=9), None),
    ("Parquet without its end", True, columns(*NAMES, rows=9)[:-9], ""),
]


@pytest.mark.parametrize(
    ("is_parquet", "data", "detail"), [d[1:] for d in DAMAGED], ids=[d[0] for d in DAMAGED]
)
def test_damage(s3: object, is_parquet: bool, data: bytes, detail: str | None) -> None:
    found = in_s3.damage(s3, stored(s3, data, is_parquet))  # type: ignore[arg-type]
    if detail is None:
        assert found is None
    else:
        assert found is not None
        assert (found.reason, found.hides_records) == ("damaged", True)
        assert detail in (found.detail or "")


def test_zlib_agrees_with_gzip_on_every_cut(s3: object) -> None:
    whole = gzipped("a b c\n" * 20) * 2
    for end in range(len(whole) + 1):
        found = in_s3.damage(s3, stored(s3, whole[:end]))  # type: ignore[arg-type]
        try:
            fine = bool(gzip.decompress(whole[:end]))
        except (EOFError, OSError, zlib.error):
            fine = False
        assert (found is None) is fine, end


def test_rows_and_back() -> None:
    some = [objects.unreadable(OBJECT, "empty"), objects.unreadable(OBJECT, "port", lines=3)]
    assert objects.from_rows(objects.to_rows(some)) == some
