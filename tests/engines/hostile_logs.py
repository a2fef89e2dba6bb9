"""Flow logs that hold what no flow log should, in any format."""

import gzip
import io
import random
from collections.abc import Callable, Sequence
from typing import Any

import pyarrow
from pyarrow import parquet

from simulation.formats import FlowLogFormat, parquet_schema

ODD_WORDS = (
    *"- 0 -1 +6 06 65535 65536 255 256 99999999999999999999 9223372036854775808 4.5 1e3".split(),
    *"0x1bb 10.0.0.4 10.0.0.256 010.0.0.4 10.0.4 :: ::1 ::ffff:10.0.0.4 2001:DB8::1".split(),
    *"2001:db8:0:0:0:0:0:1 fe80::1%eth0 10.0.0.0/8 2001:db8::/32 eni- eni-gone ENI-1".split(),
    *"OK ok NODATA SKIPDATA ACCEPT REJECT accept tcp ingress EGRESS Ingress NULL null".split(),
    *["\t", "é", "東京", "'", "';", "\\N", "\\", '"', "${x}", "?", "%", "_", "--", "", " "],
    *["²", "1_000", "ß", "İ", "\u00a06", "6\u00a0", "\ufeff6"],
)
"""Words for any field: numbers and addresses that are none, or are spelled as nobody spells them.

Left out, since the engines differ there and no log of AWS holds it: digits of other scripts, zero
bytes, and what is no UTF-8."""

ODD_NUMBERS = (None, -1, 0, 1, 6, 17, 18, 255, 256, 65535, 65536, 2**31 - 1, -(2**31))

Words = list[str]


def odd_line(dice: random.Random, line: str) -> str:
    """A line with odd words in it, words missing, or too many."""
    change: Callable[[random.Random, Words], Words] = dice.choice(
        (_replaced, _replaced, _replaced, _cut_off, _lengthened, _all_dashes)
    )
    return " ".join(change(dice, line.split(" ")))


def _replaced(dice: random.Random, words: Words) -> Words:
    for _ in range(dice.choice((1, 1, 1, 2, 5))):
        words[dice.randrange(len(words))] = dice.choice(ODD_WORDS)
    return words


def _cut_off(dice: random.Random, words: Words) -> Words:
    return words[: dice.randrange(len(words))]


def _lengthened(dice: random.Random, words: Words) -> Words:
    place = dice.choice((dice.randrange(len(words)), len(words)))
    return [*words[:place], dice.choice(ODD_WORDS), *words[place:]]


def _all_dashes(_dice: random.Random, words: Words) -> Words:
    return ["-"] * len(words)


def text_log(dice: random.Random, log_format: FlowLogFormat, lines: Sequence[str]) -> bytes:
    """A gzip log with its header in order; most of its lines are not, one of them is a header."""
    odd = [odd_line(dice, line) if dice.random() < 0.6 else line for line in lines]
    odd.insert(dice.randrange(len(odd)), log_format.fields)
    end = dice.choice(("\n", "\n", "\r\n"))
    return gzip.compress(end.join([log_format.fields, *odd, ""]).encode(), mtime=0)


def parquet_log(
    dice: random.Random, log_format: FlowLogFormat, rows: Sequence[Sequence[Any]]
) -> bytes:
    """A Parquet log most of whose rows hold odd values, of the types that AWS documents."""
    schema = parquet_schema(log_format)
    changed = [_odd_row(dice, schema, row) for row in rows]
    columns = [
        pyarrow.array(column, kind)
        for column, kind in zip(zip(*changed, strict=True), schema.types, strict=True)
    ]
    data = io.BytesIO()
    parquet.write_table(pyarrow.table(columns, schema=schema), data)
    return data.getvalue()


def _odd_row(dice: random.Random, schema: pyarrow.Schema, row: Sequence[Any]) -> list[Any]:
    words = ["-" if value is None and kind == pyarrow.string() else value
             for value, kind in zip(row, schema.types, strict=True)]  # fmt: skip
    for _ in range(dice.choice((0, 0, 1, 1, 2, 5))):
        place = dice.randrange(len(words))
        is_text = schema.types[place] == pyarrow.string()
        words[place] = dice.choice((*ODD_WORDS, None) if is_text else ODD_NUMBERS)
    return words
