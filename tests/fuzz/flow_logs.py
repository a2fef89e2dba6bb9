"""Days of hostile flow logs, drawn at random, and what must come of each: a small oracle."""

import gzip
import re
import zlib
from collections import Counter
from dataclasses import dataclass
from ipaddress import ip_address

from hypothesis import strategies as st

from tests.fuzz.reader import HEADER, Reader

_STATUSES = ("OK", "NODATA", "SKIPDATA")
_ODD_WORDS = [
    *"- 0 -1 65535 65536 255 256 99999999999999999999 4.5 0x1bb 10.0.0.4 10.0.0.256 ::".split(),
    *"2001:db8::1 10.0.0.0/8 eni-web eni-gone OK NODATA SKIPDATA ACCEPT REJECT tcp".split(),
    *["\x00", "é", "東京", "';", "\\N", "\\", '"', "${x}", "?", ""],
]


@dataclass(frozen=True)
class Expected:
    """What a day must come to: outcome to lines, and the objects left out."""

    outcomes: Counter[str]
    left_out: frozenset[str]


def expected(objects: dict[str, bytes]) -> Expected:
    """What each object must come to, from what AWS documents of flow logs, text and gzip."""
    outcomes: Counter[str] = Counter()
    left_out = set()
    for name, content in objects.items():
        lines = _lines(content)
        if lines is None or lines.pop(0) != HEADER:
            left_out.add(name)
        else:
            outcomes.update(outcome(line) for line in lines)
    return Expected(outcomes, frozenset(left_out))


def _lines(content: bytes) -> list[str] | None:
    """The lines of a whole gzip file of some members, header first; None when it is none."""
    try:
        text = gzip.decompress(content).decode("utf-8", "replace")
    except (EOFError, OSError, zlib.error):
        return None
    header, _, rest = text.partition("\n")
    lines = re.split("\r\n|\r|\n", rest)
    return [header.rstrip("\r"), *(lines if lines[-1] else lines[:-1])]


def outcome(line: str) -> str:
    """What a line of the default format is, read as documented."""
    words = [None if word == "\\N" else word for word in line.split(" ")]
    if len(words) != 14 or words[-1] is None:
        return "malformed"
    interface, source, destination, source_port, destination_port, protocol = words[2:8]
    action, status = words[12], words[13]
    if interface in ("interface-id", "interface_id"):
        return "malformed"
    if status == "SKIPDATA":
        return "skipdata"
    if interface == "-" and status in ("OK", "NODATA"):
        return "no_interface"
    if status == "NODATA":
        return "nodata"
    fine = (
        status == "OK"
        and interface is not None
        and _is_address(source)
        and _is_address(destination)
        and _is_number(protocol, 255)
        and action in ("ACCEPT", "REJECT")
    )
    if fine and int(protocol or "") in (6, 17):
        fine = _is_number(source_port, 65535) and _is_number(destination_port, 65535)
    return {"ACCEPT": "accepted", "REJECT": "rejected"}[action or ""] if fine else "malformed"


def _is_address(word: str | None) -> bool:
    try:
        return bool(ip_address(word or ""))
    except ValueError:
        return False


def _is_number(word: str | None, most: int) -> bool:
    return bool(re.fullmatch(r"[+-]?[0-9]+", word or "")) and 0 <= int(word or "") <= most


@st.composite
def records(draw: st.DrawFn) -> str:
    """A line of the default format, some of its words odd, missing or too many."""
    interface = draw(st.sampled_from(["eni-web", "eni-app", "eni-gone"]))
    source = f"203.0.113.{draw(st.integers(0, 255))}"
    port = str(draw(st.integers(1024, 65535)))
    service, protocol = (
        draw(st.sampled_from(["443", "22"])),
        draw(st.sampled_from(["6", "17", "1"])),
    )
    action, status = draw(st.sampled_from(["ACCEPT", "REJECT"])), draw(st.sampled_from(_STATUSES))
    words = ["2", "123456789012", interface, source, "10.0.0.4", port, service, protocol, "9"]
    words += ["900", "1", "60", action, status]
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 1, 3]))):
        words[draw(st.integers(0, len(words) - 1))] = draw(st.sampled_from(_ODD_WORDS))
    if draw(st.integers(0, 9)) == 0:
        words = words[: draw(st.integers(0, 14))]
    if draw(st.integers(0, 9)) == 0:
        words.insert(draw(st.integers(0, len(words))), draw(st.sampled_from(_ODD_WORDS)))
    return " ".join(words)


@st.composite
def contents(draw: st.DrawFn) -> bytes:
    """An object: a log, whole or torn, of one or more members; or something else."""
    header = draw(st.sampled_from([HEADER] * 8 + [HEADER.upper(), f"{HEADER} vpc-id", ""]))
    end = draw(st.sampled_from(["\n"] * 6 + ["\r\n", "\n\n", ""]))
    text = header + end + end.join(draw(st.lists(records(), max_size=12))) + end
    data = text.encode()
    for _ in range(draw(st.sampled_from([0, 0, 0, 0, 1]))):
        place = draw(st.integers(0, len(data)))
        data = data[:place] + draw(st.binary(max_size=6)) + data[place:]
    packed = gzip.compress(data, mtime=0)
    if draw(st.integers(0, 5)) == 0:
        packed += gzip.compress(f"{draw(records())}\n".encode(), mtime=0)
    match draw(st.integers(0, 11)):
        case 0:
            return packed[: draw(st.integers(0, len(packed)))]
        case 1:
            return draw(st.binary(max_size=80))
        case 2:
            place = draw(st.integers(0, len(packed) - 1))
            return packed[:place] + bytes([packed[place] ^ 0x55]) + packed[place + 1 :]
    return packed


days = st.lists(contents(), min_size=1, max_size=8).map(
    lambda objects: {f"{number}.log.gz": content for number, content in enumerate(objects)}
)
"""Names to contents; no two alike, for those are duplicates."""


def disagreement(reader: Reader, objects: dict[str, bytes]) -> str | None:
    """How the job differs from the oracle on a day; None when it does not."""
    copies = Counter(objects.values())
    kept = {name: content for name, content in objects.items() if copies[content] == 1}
    # A log that is in order goes with them: where nothing is in order, the day is an error.
    kept["good.log.gz"] = gzip.compress(f"{HEADER}\n".encode())
    want, found = expected(kept), reader.read(kept)
    if want.left_out != set(found.unreadable):
        return f"left out {found.unreadable}, should be {sorted(want.left_out)}"
    if dict(want.outcomes) != found.outcomes:
        return f"outcomes {found.outcomes}, should be {dict(want.outcomes)}"
    counted = sum(found.faults.values())
    if counted != found.outcomes.get("malformed", 0):
        return f"{counted} faults named of {found.outcomes}"
    return None
