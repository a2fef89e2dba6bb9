"""Which rules admitted the flows of a day: from the rows of the flow-log query, in SQL statements.

`interface_logs` are what each flow log says of each interface, and `repeats` those that say what
another one says as well. `narrowed_rows` makes the rows few, and `interface_rows` places them on
the interfaces of the inventory. `candidates` are the ways to read a row as a request: who asked
whom, on which ports. `admissions` has for every distinct question the rules that admit it.
`decided_rows` says which candidate holds, and how sure that is; `unexplained_rows` what else may
have admitted rows for which our picture of the network must be wrong, and `earlier_groups` what
groups may have that nobody carries any more. Then `rule_uses` are the counts per rule,
`observed_requests` what was requested and which rules admitted it, `rule_evidence` the same by
rule, and `admitting_sets` by the rules that admitted the same; `coverage` is what became of the
records. docs/attribution.md follows one conversation through all of it.
"""

from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql.functions import monotonically_increasing_id

from aws_network.attribution.match_frames import UNKNOWN, MatchFrames
from aws_network.attribution.match_tables import NOT_HELD

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
    requests: DataFrame
    """day, certain, possible, is_known, is_proven, protocol, from_port, to_port, block, first_peer,
    last_peer, peer_groups, requests: what was requested, and the rules by key;
    observed_requests.sql says more"""
    coverage: DataFrame
    """day, account_id, region, outcome, records, interfaces"""
    interface_logs: DataFrame
    """day, interface_id, flow_log_id, slots, has_accepted, is_active, lost, proven_rows"""


def attribute(flows: DataFrame, frames: MatchFrames) -> Attribution:
    """Attributes the rows of query_flow_logs.sql; `frames` must know each of their days.

    What several statements read is kept, so that the plan of a statement holds no other.
    """
    interface_logs = _kept(_run("interface_logs", flows, flows=flows))
    repeats = _kept(_run("repeats", flows, interface_logs=interface_logs))
    rows = _kept(interface_rows(flows, frames, repeats)).withColumn(
        "row_id", monotonically_increasing_id()
    )
    candidates = _run("candidates", rows, rows=rows)
    decided = _kept(decided_rows(rows, candidates, frames))
    read_again = _with_earlier_groups(
        _with_unexplained(decided, candidates, frames), rows, candidates, frames
    )
    requests = _kept(
        _run("observed_requests", rows, rows=read_again, block_groups=frames.block_groups)
    )
    return Attribution(
        rule_uses=_run("rule_uses", rows, rows=read_again),
        evidence=_run("rule_evidence", rows, requests=requests),
        admitting_sets=_run("admitting_sets", rows, requests=requests),
        requests=requests,
        coverage=_run("coverage", rows, rows=decided, flows=flows, repeats=repeats),
        interface_logs=interface_logs,
    )


def decided_rows(rows: DataFrame, candidates: DataFrame, frames: MatchFrames) -> DataFrame:
    """The rows, each with the candidates that hold or may hold, and the rules that admit them."""
    peer_checks = _kept(_run("peer_checks", rows, candidates=candidates))
    admissions = _run(
        "admissions",
        rows,
        candidates=candidates,
        peer_checks=peer_checks,
        interface_blocks=frames.interface_blocks,
        interface_groups=frames.interface_groups,
        labels=frames.labels,
        terms=frames.terms,
        held=frames.held,
        not_held=NOT_HELD,
    )
    return _run(
        "decided_rows",
        rows,
        rows=rows,
        candidates=candidates,
        peer_checks=peer_checks,
        admissions=_kept(admissions),
        interface_blocks=frames.interface_blocks,
    )


def _with_unexplained(decided: DataFrame, candidates: DataFrame, frames: MatchFrames) -> DataFrame:
    """The rows with the doubt that rows without any explanation bring; mostly there is none."""
    if decided.where("is_unexplained").isEmpty():
        return decided
    unexplained = _run(
        "unexplained_rows",
        decided,
        rows=decided,
        candidates=candidates,
        interface_groups=frames.interface_groups,
        labels=frames.labels,
        terms=frames.terms,
        unknown=UNKNOWN,
    )
    return _kept(_run("with_unexplained", decided, rows=decided, unexplained=unexplained))


def _with_earlier_groups(
    decided: DataFrame, rows: DataFrame, candidates: DataFrame, frames: MatchFrames
) -> DataFrame:
    """The rows, and those of doubt that days without snapshots on both sides bring."""
    if frames.days.where("NOT is_bracketed").isEmpty():
        return decided
    earlier = _run(
        "earlier_groups",
        rows,
        rows=rows,
        candidates=candidates,
        days=frames.days,
        interfaces=frames.interfaces,
        interface_groups=frames.interface_groups,
        labels=frames.labels,
        terms=frames.terms,
        unknown=UNKNOWN,
    )
    return _kept(decided.select(earlier.columns).unionByName(earlier))


def interface_rows(flows: DataFrame, frames: MatchFrames, repeats: DataFrame) -> DataFrame:
    """The accepted rows on their interfaces; what no rule can tell apart is one row."""
    shared = _run("shared_ports", flows, flows=flows, shared_by=SHARED_BY)
    narrowed = _run(
        "narrowed_rows",
        flows,
        flows=flows,
        repeats=repeats,
        flow_log_vpcs=frames.flow_log_vpcs,
        shared_ports=_kept(shared),
        arrays=frames.arrays,
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
