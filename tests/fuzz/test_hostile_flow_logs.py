"""Hostile flow logs through the query job: the good is read, the rest is named and counted."""

import gzip
import io
import os
from collections.abc import Iterator
from typing import Any

import pyarrow
import pytest
from pyarrow import parquet

from aws_network.flow_logs.formats import FormatError
from aws_network.flow_logs.objects import REASONS
from tests.attribution.harness import columns_of
from tests.fuzz.reader import FORMAT, HEADER, Reader, reader


@pytest.fixture(scope="module")
def emulated() -> Iterator[Reader]:
    with reader() as found:
        yield found


GOOD = "2 123456789012 eni-web 203.0.113.9 10.0.0.4 50000 443 6 9 900 1 60 ACCEPT OK"
WORDS = GOOD.split(" ")


def lines(*given: str) -> bytes:
    return "".join(f"{line}\n" for line in given).encode()


def log(*given: str) -> bytes:
    return gzip.compress(lines(HEADER, *given))


def changed(**words: str) -> str:
    """GOOD with other words in some of its fields."""
    named = dict(zip((f.replace("-", "_") for f in FORMAT.fields), WORDS, strict=True)) | words
    return " ".join(named.values())


LINES: list[tuple[str, str, str, str | None]] = [
    ("nothing", "", "too_few_fields", None),
    ("one word", "hello", "too_few_fields", None),
    ("cut off behind its interface", " ".join(WORDS[:9]), "too_few_fields", "eni-web"),
    ("cut off in front of its interface", " ".join(WORDS[:2]), "too_few_fields", None),
    ("a field left out in front", " ".join(WORDS[1:]), "too_few_fields", None),
    ("a field too many", f"{GOOD} vpc-1", "too_many_fields", None),
    ("two lines in one", f"{GOOD}{GOOD}", "too_many_fields", None),
    ("a space too many", GOOD.replace(" 6 ", "  6 "), "too_many_fields", None),
    ("a line of a megabyte", f"{GOOD} {'x' * 1_000_000}", "too_many_fields", None),
    ("a word of three megabytes", changed(action="x" * 3_000_000), "action", "eni-web"),
    ("a second header", HEADER, "header_line", None),
    ("dashes everywhere", " ".join(["-"] * 14), "log_status", None),
    ("an unknown status", changed(log_status="ok"), "log_status", "eni-web"),
    ("an interface that is NULL", changed(interface_id="\\N"), "interface_id", None),
    ("no address", changed(srcaddr="-"), "address", "eni-web"),
    ("an address out of range", changed(srcaddr="10.0.0.256"), "address", "eni-web"),
    ("a word for an address", changed(dstaddr="10.0.0.4;DROP"), "address", "eni-web"),
    ("a block for an address", changed(dstaddr="10.0.0.0/8"), "address", "eni-web"),
    ("no protocol", changed(protocol="-"), "protocol", "eni-web"),
    ("protocol 256", changed(protocol="256"), "protocol", "eni-web"),
    ("protocol -6", changed(protocol="-6"), "protocol", "eni-web"),
    ("a protocol's name", changed(protocol="tcp"), "protocol", "eni-web"),
    ("port 65536", changed(dstport="65536"), "port", "eni-web"),
    ("a port beyond 64 bits", changed(dstport="9" * 30), "port", "eni-web"),
    ("port -1", changed(srcport="-1"), "port", "eni-web"),
    ("half a port", changed(srcport="443.5"), "port", "eni-web"),
    ("no action", changed(action="-"), "action", "eni-web"),
    ("an unknown action", changed(action="accept"), "action", "eni-web"),
    ("letters of no script", changed(action="\udcff\udcfe"), "action", "eni-web"),
    ("a zero byte", changed(srcport="4\x0043"), "port", "eni-web"),
]


@pytest.fixture(scope="module")
def read_lines(emulated: Reader) -> dict[str, list[dict[str, Any]]]:
    """The rows of a day with one object per hostile line, by the line's name."""
    objects = {
        f"{number}.log.gz": gzip.compress(
            f"{HEADER}\n{GOOD}\n{line}\n{GOOD}\n".encode("utf-8", "surrogateescape")
        )
        for number, (_, line, _, _) in enumerate(LINES)
    }
    found = emulated.read(objects)
    assert found.unreadable == {}
    assert found.outcomes == {"accepted": 2 * len(LINES), "malformed": len(LINES)}
    bad: dict[str, list[dict[str, Any]]] = {}
    for row in found.rows:
        if row["fault"]:
            number = int(row["object"].rsplit("/", 1)[-1].split(".")[0])
            bad.setdefault(LINES[number][0], []).append(row)
    return bad


@pytest.mark.parametrize(("name", "line", "fault", "interface"), LINES, ids=[e[0] for e in LINES])
def test_a_line_that_cannot_be_read_is_counted_and_its_fault_named(
    name: str, line: str, fault: str, interface: str | None, read_lines: dict[str, Any]
) -> None:
    (row,) = read_lines[name]
    assert (row["fault"], row["interface_id"]) == (fault, interface)
    assert row["records_in"] + row["records_out"] == 1
    assert fault in REASONS


FINE = [
    ("as it should be", GOOD, "accepted"),
    ("a port of 0", changed(srcport="0"), "accepted"),
    ("a protocol without ports", changed(protocol="47", srcport="0", dstport="-"), "accepted"),
    ("IPv6", changed(srcaddr="2001:DB8::9", dstaddr="2001:db8::4"), "accepted"),
    ("odd counts", changed(packets="-9", bytes="x"), "accepted"),
    ("no interface", changed(interface_id="-"), "no_interface"),
    ("no interface and no data", changed(interface_id="-", log_status="NODATA"), "no_interface"),
    ("lost data of no interface", changed(interface_id="-", log_status="SKIPDATA"), "skipdata"),
    ("dashes, but OK", " ".join([*["-"] * 13, "OK"]), "no_interface"),
    ("no data", "2 123456789012 eni-web - - - - - - - 1 60 - NODATA", "nodata"),
    ("lost data", "2 123456789012 eni-web - - - - - - - 1 60 - SKIPDATA", "skipdata"),
]


@pytest.mark.parametrize(("line", "outcome"), [f[1:] for f in FINE], ids=[f[0] for f in FINE])
def test_what_only_looks_odd(emulated: Reader, line: str, outcome: str) -> None:
    assert emulated.read({"a.log.gz": log(line)}).outcomes == {outcome: 1}


def noisy(count: int) -> bytes:
    """A log whose gzip does not fit into a few blocks."""
    return log(*(changed(srcport=str(n), bytes=os.urandom(20).hex()) for n in range(count)))


CUT = noisy(3000)[:-2000]
OTHER_ORDER = gzip.compress(lines(HEADER.replace("srcaddr dstaddr", "dstaddr srcaddr"), GOOD))
VERSION_5 = gzip.compress(lines(f"{HEADER} vpc-id tcp-flags", f"{GOOD} vpc-1 2"))
DAYS: list[tuple[str, dict[str, bytes], dict[str, str], dict[str, int]]] = [
    ("two members", {"m.log.gz": log(GOOD) + gzip.compress(lines(GOOD))}, {}, {"accepted": 2}),
    ("two whole files in one", {"m.log.gz": log(GOOD) * 2}, {}, {"accepted": 2, "malformed": 1}),
    ("cut off", {"c.log.gz": CUT}, {"c.log.gz": "damaged"}, {}),
    ("a second member cut off", {"c.log.gz": log(GOOD) + CUT}, {"c.log.gz": "damaged"}, {}),
    ("0 bytes", {"e.log.gz": b""}, {"e.log.gz": "empty"}, {}),
    ("a header alone", {"h.log.gz": gzip.compress(HEADER.encode())}, {}, {}),
    ("an empty gzip", {"h.log.gz": gzip.compress(b"")}, {"h.log.gz": "lacks_fields"}, {}),
    ("binary", {"b.log.gz": b"\0" + os.urandom(5000)}, {"b.log.gz": "not_gzip"}, {}),
    ("binary in gzip", {"b.log.gz": gzip.compress(b"\0\1\n" * 99)},
     {"b.log.gz": "lacks_fields"}, {}),
    ("plain text", {"p.log.gz": lines(HEADER, GOOD)}, {"p.log.gz": "not_gzip"}, {}),
    ("fields in another order", {"o.log.gz": OTHER_ORDER}, {"o.log.gz": "other_format"}, {}),
    ("another version", {"v.log.gz": VERSION_5}, {"v.log.gz": "other_format"}, {}),
    ("no header", {"n.log.gz": gzip.compress(lines(GOOD))}, {"n.log.gz": "lacks_fields"}, {}),
    ("Parquet in between", {"p.log.parquet": b"PAR1"}, {"p.log.parquet": "not_parquet"}, {}),
    ("files not ours", {"notes.txt": b"hi", "_x.log.gz": b"hi", "sub/a.csv.gz": b"hi"},
     {"notes.txt": "not_a_flow_log", "a.csv.gz": "not_a_flow_log"}, {}),
    ("an object twice", {"x.log.gz": log(GOOD, GOOD), "y.log.gz": log(GOOD, GOOD)},
     {"y.log.gz": "duplicate"}, {"accepted": 2}),
    ("a hostile name", {"o'; DROP TABLE x --?.log.gz": b""},
     {"o'; DROP TABLE x --?.log.gz": "empty"}, {}),
    ("everything at once",
     {"c.log.gz": CUT, "d.log.gz": CUT[:-9], "e.log.gz": b"", "v.log.gz": VERSION_5,
      "notes.txt": b"", "z.log.gz": log(GOOD, GOOD, "x")},
     {"c.log.gz": "damaged", "d.log.gz": "damaged", "e.log.gz": "empty",
      "v.log.gz": "other_format", "notes.txt": "not_a_flow_log"},
     {"accepted": 2, "malformed": 1}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("objects", "unreadable", "outcomes"), [d[1:] for d in DAYS], ids=[d[0] for d in DAYS]
)
def test_a_day_completes_with_what_is_good(
    emulated: Reader,
    objects: dict[str, bytes],
    unreadable: dict[str, str],
    outcomes: dict[str, int],
) -> None:
    found = emulated.read({"good.log.gz": log(GOOD), **objects})
    assert found.unreadable == unreadable
    assert found.outcomes == outcomes | {"accepted": outcomes.get("accepted", 0) + 1}


def test_a_day_in_another_format_alone_is_an_error(emulated: Reader) -> None:
    with pytest.raises(FormatError, match=r"a\.log\.gz: it should have 14 fields, has 16"):
        emulated.read({"a.log.gz": VERSION_5, "b.log.gz": OTHER_ORDER})


def columns(rows: int, **overrides: Any) -> bytes:
    """A Parquet log of GOOD, some of its columns overridden."""
    types = {"string": pyarrow.string(), "int": pyarrow.int32(), "bigint": pyarrow.int64()}
    arrays = {
        column.name: pyarrow.array(
            [overrides.get(column.name, word if column.type == "string" else int(word))] * rows,
            types[column.type],
        )
        for column, word in zip(columns_of(FORMAT, "parquet"), WORDS, strict=True)
    }
    data = io.BytesIO()
    parquet.write_table(pyarrow.table(arrays), data)
    return data.getvalue()


WHOLE = columns(9)
PARQUET_DAYS: list[tuple[str, bytes, dict[str, str], dict[str, int]]] = [
    ("good", columns(2), {}, {"accepted": 3}),
    ("without its end", columns(2)[:-9], {"x.log.parquet": "not_parquet"}, {"accepted": 1}),
    ("noise", os.urandom(400), {"x.log.parquet": "not_parquet"}, {"accepted": 1}),
    ("0 bytes", b"", {"x.log.parquet": "empty"}, {"accepted": 1}),
    ("text", log(GOOD), {"x.log.parquet": "not_parquet"}, {"accepted": 1}),
    ("NULL everywhere", columns(2, **dict.fromkeys(f.replace("-", "_") for f in FORMAT.fields)),
     {}, {"accepted": 1, "malformed": 2}),
    ("a port out of range", columns(1, dstport=70000), {}, {"accepted": 1, "malformed": 1}),
    ("noise in its middle", WHOLE[:4] + os.urandom(1000) + WHOLE[1004:],
     {"x.log.parquet": "damaged"}, {"accepted": 1}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "unreadable", "outcomes"),
    [d[1:] for d in PARQUET_DAYS],
    ids=[d[0] for d in PARQUET_DAYS],
)
def test_parquet(
    emulated: Reader, content: bytes, unreadable: dict[str, str], outcomes: dict[str, int]
) -> None:
    objects = {"good.log.parquet": columns(1), "x.log.parquet": content}
    found = emulated.read(objects)
    assert found.unreadable == unreadable
    assert found.outcomes == outcomes
