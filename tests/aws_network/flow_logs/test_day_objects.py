"""Which objects the statements of a day read, and how their paths are told."""

from collections.abc import Iterable

import pytest

from aws_network.flow_logs import day_objects
from aws_network.flow_logs.day_objects import DayObjects, TooManyUnreadableError, path_ranges
from aws_network.flow_logs.formats import FlowLogFormat
from aws_network.flow_logs.objects import FlowLogObject, unreadable

ONE, OTHER = FlowLogFormat(("a",)), FlowLogFormat(("b",))


def named(name: str, is_hive: bool = False) -> FlowLogObject:
    """`FLOW-LOG/HOUR`, such as `fl-1/05`, or the name of a file."""
    flow_log, _, hour = name.partition("/")
    key = f"1_vpcflowlogs_r_{flow_log}_20261105T{hour}00Z_x.log.gz" if hour else name
    return FlowLogObject("1", "r", "logs", key, 9, name, is_hive)


def short(path: str) -> str:
    """What `named` made the path from."""
    parts = path.rsplit("/", 1)[-1].split("_")
    return f"{parts[3]}/{parts[4][9:11]}" if len(parts) > 4 else parts[0]


def day(
    of_day: Iterable[str], of_next_day: Iterable[str] = (), left_out: Iterable[str] = ()
) -> DayObjects:
    """Objects by name; fl-1 has the format ONE, all others have the format OTHER."""
    found = DayObjects(list(map(named, of_day)), list(map(named, of_next_day)))
    found.formats = {o.uri: ONE if o.flow_log_id == "fl-1" else OTHER for o in found.objects}
    found.add(unreadable(named(name), "damaged") for name in left_out)
    return found


DAYS: list[tuple[str, DayObjects, list[tuple[object, object, object]]]] = [
    ("one format: the whole day", day(["fl-1/01", "fl-1/02"]), [(ONE, None, [])]),
    ("the early objects of the next day",
     day(["fl-1/05"], ["fl-1/00", "fl-1/01", "fl-1/02"]),
     [(ONE, None, [("fl-1/00", "fl-1/00")])]),
    ("one in the middle cannot be read",
     day(["fl-1/02", "fl-1/03", "fl-1/04", "fl-1/05"], [], ["fl-1/04"]),
     [(ONE, [("fl-1/02", "fl-1/03"), ("fl-1/05", "fl-1/05")], [])]),
    ("two formats, each with its own",
     day(["fl-1/02", "fl-1/03", "fl-2/02"], ["fl-2/00"]),
     [(ONE, [("fl-1/02", "fl-1/03")], []),
      (OTHER, [("fl-2/02", "fl-2/02")], [("fl-2/00", "fl-2/00")])]),
    ("nothing to read", day(["notes.txt"], [], ["notes.txt"]), []),
]  # fmt: skip


@pytest.mark.parametrize(("found", "expected"), [d[1:] for d in DAYS], ids=[d[0] for d in DAYS])
def test_what_statements_read(
    found: DayObjects, expected: list[tuple[object, object, object]]
) -> None:
    told = [
        (
            each.form,
            None if each.of_day is None else [tuple(map(short, paths)) for paths in each.of_day],
            [tuple(map(short, paths)) for paths in each.of_next_day],
        )
        for each in found.selections()
    ]
    assert told == expected


def test_objects_below_both_kinds_of_prefix_are_in_two_tables() -> None:
    found = DayObjects([named("a.log.gz"), named("b.log.gz", is_hive=True)])
    found.formats = {each.uri: ONE for each in found.objects}
    tables = {each.table.name: each.of_day for each in found.selections()}
    assert tables == {"flow_logs_text": None, "flow_logs_text_hive": None}


def test_too_many_ranges_make_more_statements_each_of_whole_flow_logs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(day_objects, "MOST_RANGES", 4)
    logs = [f"fl-{flow_log}/{hour:02}" for flow_log in (3, 4, 5) for hour in range(2, 9)]
    found = day(logs, [], [name for name in logs if int(name[-2:]) % 2])
    statements = [{each.flow_log_id for each in one.objects} for one in found.selections()]
    assert statements == [{"fl-3"}, {"fl-4"}, {"fl-5"}]


def test_too_many_gaps_in_one_flow_log_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(day_objects, "MOST_RANGES", 4)
    logs = [f"fl-1/{hour:02}" for hour in range(2, 20)]
    found = day(logs, [], [name for name in logs if int(name[-2:]) % 2])
    with pytest.raises(TooManyUnreadableError, match=r"9 of 18 objects cannot be read.*fl-1_2026"):
        found.selections()


def test_ranges_are_in_the_order_of_code_points() -> None:
    paths = ["a/é", "a/z", "a/Z", "a/_"]
    assert path_ranges({"a/Z", "a/_", "a/é"}, paths) == [("a/Z", "a/_"), ("a/é", "a/é")]
