"""Of which day a record is: the day on which it began, also if it was delivered on the next."""

import gzip
from collections.abc import Iterator
from datetime import timedelta

import pytest

from aws_network.flow_logs.days import midnight
from aws_network.flow_logs.formats import FlowLogFormat
from tests.fuzz.reader import DAY, FORMAT, Reader, reader

DAY_AFTER = DAY + timedelta(days=1)
TIMELESS = FlowLogFormat(tuple(field for field in FORMAT.fields if field not in ("start", "end")))


@pytest.fixture(scope="module")
def emulated() -> Iterator[Reader]:
    with reader() as found:
        yield found


def seconds(text: str) -> int:
    """`22:58` of DAY; hours from 24 on are those of the day after."""
    hour, minute = text.split(":")
    return midnight(DAY) + 3600 * int(hour) + 60 * int(minute)


def record(start: str, end: str, words: str = "ACCEPT OK", form: FlowLogFormat = FORMAT) -> bytes:
    """An object with one record."""
    action, status = words.split()
    said = dict(zip(FORMAT.fields, [
        "2", "123456789012", "eni-web", "203.0.113.9", "10.0.0.4", "50000", "443", "6", "9", "900",
        start if start == "-" else str(seconds(start)), end if end == "-" else str(seconds(end)),
        action, status,
    ], strict=True))  # fmt: skip
    lines = [" ".join(form.fields), " ".join(said[field] for field in form.fields)]
    return gzip.compress("\n".join(lines).encode() + b"\n")


def delivered(stamp: str, day: str = "20261106") -> str:
    """The name of an object, delivered at HHMM of the day after DAY."""
    return f"123456789012_vpcflowlogs_us-east-1_fl-1_{day}T{stamp}Z_0a1b2c3d.log.gz"


NO_DATA, LOST = "- NODATA", "- SKIPDATA"
NEXT: list[tuple[str, str, bytes, dict[str, int], dict[str, int]]] = [
    ("began before midnight", "0005", record("23:55", "24:03"), {"accepted": 1}, {}),
    ("all before midnight", "0005", record("23:51", "23:58"), {"accepted": 1}, {}),
    ("began at midnight", "0005", record("24:00", "24:04"), {}, {"accepted": 1}),
    ("began before midnight, delivered at the end of the first hour", "0059",
     record("23:55", "24:03"), {"accepted": 1}, {}),
    ("began before midnight, delivered later", "0100", record("23:55", "24:03"),
     {}, {"accepted": 1}),
    ("rejected", "0005", record("23:55", "24:03", "REJECT OK"), {"rejected": 1}, {}),
    ("lost across midnight: on both days", "0005", record("23:55", "24:04", LOST),
     {"skipdata": 1}, {"skipdata": 1}),
    ("lost before midnight", "0005", record("23:50", "23:59", LOST), {"skipdata": 1}, {}),
    ("lost after midnight", "0005", record("24:01", "24:09", LOST), {}, {"skipdata": 1}),
    ("no data across midnight", "0005", record("23:55", "24:04", NO_DATA), {"nodata": 1}, {}),
    ("a line that cannot be read, across midnight: on both days", "0005",
     record("23:55", "24:04", "DROP OK"), {"malformed": 1}, {"malformed": 1}),
    ("a line that cannot be read, after midnight", "0005", record("24:01", "24:04", "DROP OK"),
     {}, {"malformed": 1}),
    ("no times, minutes after midnight: perhaps of either day", "0005", record("-", "-"),
     {"accepted": 1}, {"accepted": 1}),
    ("no times, a quarter past midnight", "0015", record("-", "-"), {}, {"accepted": 1}),
    ("a format without times", "0014", record("-", "-", form=TIMELESS),
     {"accepted": 1}, {"accepted": 1}),
    ("an end alone", "0005", record("-", "23:58"), {"accepted": 1}, {}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("stamp", "content", "of_day", "of_day_after"), [n[1:] for n in NEXT], ids=[n[0] for n in NEXT]
)
def test_what_was_delivered_on_the_next_day(
    emulated: Reader,
    stamp: str,
    content: bytes,
    of_day: dict[str, int],
    of_day_after: dict[str, int],
) -> None:
    objects = {delivered(stamp): content}
    for day, expected in ((DAY, of_day), (DAY_AFTER, of_day_after)):
        found = emulated.read({}, next_day=objects, day=day, expected=None)
        counted = {outcome: records for outcome, records in found.outcomes.items() if records}
        assert counted == expected, day


def test_a_record_across_midnight_is_seen_in_a_half_hour_of_both_days(emulated: Reader) -> None:
    objects = {delivered("0005"): record("23:55", "24:03")}
    slots = [
        {row["slots"] for row in emulated.read({}, next_day=objects, day=day).rows}
        for day in (DAY, DAY_AFTER)
    ]
    assert slots == [{1 << 47}, {1}]


def test_a_conversation_across_midnight_is_one(emulated: Reader) -> None:
    """The SYN was delivered on the day, a later record of the conversation on the next one."""
    form = FlowLogFormat((*FORMAT.fields, "tcp-flags"))
    words = "2 1 eni-web 203.0.113.9 10.0.0.4 5000 8443 6 9 900 {} {} ACCEPT OK {}"
    objects = [
        gzip.compress(f"{' '.join(form.fields)}\n{words.format(*at)}\n".encode())
        for at in (
            (seconds("23:40"), seconds("23:45"), 2),
            (seconds("23:56"), seconds("24:01"), 0),
        )
    ]
    found = emulated.read(
        {delivered("2345", "20261105"): objects[0]},
        next_day={delivered("0005"): objects[1]},
        expected=None,
    )
    [row] = found.rows
    assert (row["opener"], row["evidence"], row["records_in"]) == ("ingress", "observed", 2)


def test_formats_side_by_side_are_one_day(emulated: Reader) -> None:
    """Two flow logs, one without times, and one of a Transit Gateway, which is left out."""
    gateway = gzip.compress(
        b"version resource-type account-id tgw-id srcaddr dstaddr\n6 a b c d e\n"
    )
    found = emulated.read(
        {
            delivered("0505", "20261105"): record("05:00", "05:04"),
            delivered("0505", "20261105").replace("fl-1", "fl-2"): record("-", "-", form=TIMELESS),
            delivered("0505", "20261105").replace("fl-1", "fl-0"): gateway,
        },
        expected=None,
    )
    assert {(row["flow_log_id"], row["outcome"], row["records_in"]) for row in found.rows} == {
        ("fl-1", "accepted", 1),
        ("fl-2", "accepted", 1),
    }
    [left_out] = found.manifest["unreadable"]
    assert (left_out["reason"], left_out["hides_records"]) == ("not_of_interfaces", False)
