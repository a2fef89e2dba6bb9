"""Which rules admitted the flows of a day: from the rows of the flow-log query, in SQL statements.

`narrowed_rows` makes them few, and `interface_rows` places them on the interfaces of the inventory.
`readings` are the ways to read a row (who asked whom, on which ports), `exchanges` those of which
the other end may know more. `answers` has for every distinct question the rules that admit it.
`decided_rows` says which reading holds, and how sure that is. Then `rule_uses` are the counts per
rule, `rule_evidence` what each of them admitted, `admitting_sets` which rules admitted the same,
and `coverage` is what became of the records. docs/attribution.md follows one conversation through
all of it.
"""

from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql.functions import monotonically_increasing_id

from aws_network.attribution.match_frames import UNKNOWN, MatchFrames

SHARED_BY = 16
"""Peers that must use a port before it counts as a service, where nothing else decides."""


@dataclass(frozen=True)
class Attribution:
    """What the flows of some days say; the frames are lazy."""

    rule_uses: DataFrame
    """day, rule_key, used_times, sole_times, ambiguous_times: only rules with any of them"""
    evidence: DataFrame
    """day, rule_key, protocol, from_port, to_port, block, first_peer, last_peer, peer_groups,
    requests: what each rule admitted or may have admitted; rule_evidence.sql says more"""
    admitting_sets: DataFrame
    """day, certain, possible, is_known, requests: rules that admitted the same requests, by key"""
    coverage: DataFrame
    """day, account_id, region, outcome, records, interfaces"""


def attribute(flows: DataFrame, frames: MatchFrames) -> Attribution:
    """Attributes the rows of query_flow_logs.sql; `frames` must know each of their days.

    What several statements read is kept, so that the plan of a statement holds no other.
    """
    rows = _kept(interface_rows(flows, frames)).withColumn("row_id", monotonically_increasing_id())
    readings = _run("readings", rows, rows=rows)
    exchanges = _kept(_run("exchanges", rows, readings=readings))
    answers = _run(
        "answers",
        rows,
        readings=readings,
        exchanges=exchanges,
        interface_blocks=frames.interface_blocks,
        interface_groups=frames.interface_groups,
        labels=frames.labels,
        terms=frames.terms,
    )
    decided = _run(
        "decided_rows",
        rows,
        rows=rows,
        readings=readings,
        exchanges=exchanges,
        answers=_kept(answers),
        interface_blocks=frames.interface_blocks,
    )
    decided = _kept(decided)
    return Attribution(
        rule_uses=_run("rule_uses", rows, rows=decided),
        evidence=_run("rule_evidence", rows, rows=decided, block_groups=frames.block_groups),
        admitting_sets=_run("admitting_sets", rows, rows=decided),
        coverage=_run("coverage", rows, rows=decided, flows=flows),
    )


def interface_rows(flows: DataFrame, frames: MatchFrames) -> DataFrame:
    """The accepted rows on their interfaces; what no rule can tell apart is one row."""
    shared = _run("shared_ports", flows, flows=flows, shared_by=SHARED_BY)
    narrowed = _run(
        "narrowed_rows", flows, flows=flows, shared_ports=_kept(shared), arrays=frames.arrays
    )
    narrowed = _kept(narrowed)
    blocks = _run(
        "address_blocks",
        narrowed,
        narrowed=narrowed,
        blocks=frames.blocks,
        ipv4_lengths=", ".join(map(str, frames.lengths["4"])),
        ipv6_lengths=", ".join(map(str, frames.lengths["6"])),
    )
    return _run(
        "interface_rows",
        narrowed,
        narrowed=narrowed,
        days=frames.days,
        interfaces=frames.interfaces,
        address_blocks=_kept(blocks),
        interface_blocks=frames.interface_blocks,
        unknown=UNKNOWN,
    )


def _kept(frame: DataFrame) -> DataFrame:
    """The frame, computed once and kept by the executors.

    Its columns get identities of their own first: a checkpoint would share those of the frames it
    was made from, and Spark cannot join it with one of them.
    """
    return frame.toDF(*frame.columns).localCheckpoint()


def _run(statement: str, any_frame: DataFrame, **names: Any) -> DataFrame:
    """The result of a SQL file of this package, its names in braces replaced."""
    sql = files(__package__).joinpath(f"{statement}.sql").read_text()
    for name in [name for name, value in names.items() if not isinstance(value, DataFrame)]:
        sql = sql.replace("{" + name + "}", str(names.pop(name)))
    return any_frame.sparkSession.sql(sql, **names)
