"""Which rules admitted the flows of a day.

Read it in this order: `readings`, the ways to read a row (who asked whom, on which ports);
`answers`, for every distinct question the rules that admit it, asked once; `decided`, which reading
holds and how sure that is; `rule_uses`, the counts per rule; `coverage`, what became of the
records. docs/attribution.md follows one conversation through all of it.
"""

from dataclasses import dataclass

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from aws_network.flow_rows import ROW, SUMS, interface_rows
from aws_network.match_frames import MatchFrames

QUESTION = ("era", "carrier", "direction", "protocol", "from_port", "to_port", "block")
"""Does a rule of any of the carrier's groups admit this? Ports are inclusive."""

EXCHANGE = ("era", "vpc_id", "direction", "protocol", "from_port", "to_port")
"""With both blocks: a reading, as the interface at its other end would see it."""


@dataclass(frozen=True)
class Attribution:
    """What the flows of some days say; the frames are lazy."""

    rule_uses: DataFrame
    """day, rule_id, used_times, sole_times, ambiguous_times: only rules with any of them"""
    coverage: DataFrame
    """day, account_id, region, outcome, records, interfaces"""


def attribute(flows: DataFrame, frames: MatchFrames) -> Attribution:
    """Attributes the rows of query_flow_logs.sql; `frames` must know each of their days."""
    rows = interface_rows(flows, frames).localCheckpoint()
    outcome = decided(readings(rows), frames).localCheckpoint()
    return Attribution(rule_uses(outcome), coverage(flows, outcome))


def readings(rows: DataFrame) -> DataFrame:
    """Each row once per way to read it, with direction, ports, requests, is_fallback, is_shared.

    The opener known or inferred, there is one reading; to an inferred one the opposite is kept as
    the fallback, for the case that no rule admits it. The opener unknown, there are two.
    """
    ways = F.expr("""
        filter(array(
            named_struct('direction', 'ingress', 'from_port', own_from, 'to_port', own_to,
                'requests', records_in, 'is_fallback', opener = 'egress',
                'is_shared', own_port_shared AND NOT peer_port_shared),
            named_struct('direction', 'egress', 'from_port', peer_from, 'to_port', peer_to,
                'requests', records_out, 'is_fallback', opener = 'ingress',
                'is_shared', peer_port_shared AND NOT own_port_shared)
        ), way -> NOT way.is_fallback OR evidence = 'inferred')
    """)
    return rows.select(*ROW, *SUMS, F.explode(ways).alias("way")).select(*ROW, *SUMS, "way.*")


def answers(questions: DataFrame, frames: MatchFrames) -> DataFrame:
    """Each distinct question that a rule admits, with `certain` and `possible`: arrays of rule ids.

    A rule that is certain is not in `possible` too.
    """
    asked = questions.select(*QUESTION).distinct()
    carried = asked.join(F.broadcast(frames.carrier_groups), ["era", "carrier"])
    terms = frames.terms.withColumnsRenamed(
        {"protocol": "rule_protocol", "from_port": "first", "to_port": "last"}
    )
    return (
        carried.join(F.broadcast(frames.labels), ["era", "block"])
        .join(F.broadcast(terms), ["era", "group_id", "direction", "label"])
        .where("rule_protocol IN (-1, protocol) AND first <= to_port AND last >= from_port")
        .groupBy(*QUESTION)
        .agg(
            F.expr("collect_set(rule_id) FILTER (WHERE certain)").alias("certain"),
            F.expr("collect_set(rule_id) FILTER (WHERE NOT certain)").alias("possible"),
        )
        .withColumn("possible", F.array_except("possible", "certain"))
    )


def decided(read: DataFrame, frames: MatchFrames) -> DataFrame:
    """ROW and SUMS, and the readings that hold: `sure` (one at the most) and `doubted`.

    A reading holds only if a rule admits it. Of two, one falls when the other end is an interface
    of the same VPC that would not have let it out, or not in (which is known only of a peer that
    answered: what we send is accepted here, and may be refused there). Then one falls when the
    other's port is the one that many peers share. What is left is in doubt, and so is a fallback.
    """
    here = read.withColumn("block", F.col("peer_block"))
    ends = _other_ends(read, frames)
    known = answers(here.select(*QUESTION).union(ends.select(*QUESTION)), frames).localCheckpoint()
    refusals = _refusals(ends, known)
    exchange = [*EXCHANGE, "own_block", "peer_block"]
    judged = here.join(known, list(QUESTION), "left").join(refusals, exchange, "left")
    rows = judged.groupBy(*ROW, *SUMS).agg(F.expr(_ADMITTED).alias("admitted"))
    for name, expression in _DECISION.items():
        rows = rows.withColumn(name, F.expr(expression))
    return rows.select(*ROW, *SUMS, "sure", "doubted")


def _other_ends(read: DataFrame, frames: MatchFrames) -> DataFrame:
    """The readings of undecided rows as questions to the interface at their other end.

    Only an interface of the same VPC is surely the other end: elsewhere an address may be another
    machine's.
    """
    doubtful = read.where("opener = 'unknown' AND is_known AND NOT both_sides")
    exchanges = doubtful.select(*EXCHANGE, "own_block", "peer_block").distinct()
    ends = frames.interface_blocks.select(
        "era", "vpc_id", F.col("interface_id").alias("carrier"), F.col("block").alias("peer_block")
    )
    return (
        exchanges.join(F.broadcast(ends), ["era", "vpc_id", "peer_block"])
        .withColumn("own_direction", F.col("direction"))
        .withColumn("direction", F.expr("if(direction = 'ingress', 'egress', 'ingress')"))
        .withColumn("block", F.col("own_block"))
    )


def _refusals(ends: DataFrame, known: DataFrame) -> DataFrame:
    """The exchanges that no interface at the other end would have admitted: `is_refused`."""
    return (
        ends.join(known, list(QUESTION), "left")
        .withColumn("direction", F.col("own_direction"))
        .groupBy(*EXCHANGE, "own_block", "peer_block")
        .agg(F.expr("NOT bool_or(certain IS NOT NULL)").alias("is_refused"))
        .where("is_refused")
    )


_ADMITTED = """
    filter(
        collect_list(struct(direction, requests, is_fallback, is_shared, certain, possible,
            coalesce(is_refused, false) AND (direction = 'ingress' OR heard) AS is_refused)),
        reading -> reading.certain IS NOT NULL)
"""

_DECISION = {
    "proper": "filter(admitted, reading -> NOT reading.is_fallback)",
    "possible_there": "filter(proper, reading -> NOT reading.is_refused)",
    "remaining": "if(size(possible_there) > 0, possible_there, proper)",
    "by_port": "filter(remaining, reading -> reading.is_shared)",
    "chosen": "CASE WHEN size(proper) = 0 THEN admitted "
    "WHEN size(remaining) = 2 AND size(by_port) = 1 THEN by_port ELSE remaining END",
    "is_sure": "is_known AND NOT both_sides AND size(proper) > 0 AND size(chosen) = 1 "
    "AND exists(chosen, reading -> size(reading.certain) > 0)",
    "sure": "if(is_sure, chosen, filter(chosen, reading -> false))",
    # A datagram out of the blue, sent from a service's port, looks like a reply.
    "doubted": "CASE WHEN NOT is_sure THEN chosen ELSE filter(admitted, "
    "reading -> reading.is_fallback AND protocol = 17 AND replies_alone) END",
}


def rule_uses(rows: DataFrame) -> DataFrame:
    """What the decided rows credit to each rule, per day. See Attribution.

    Counts are of request records. Where only replies were logged they still prove one use.
    """
    credits = F.expr("""
        concat(
            flatten(transform(sure, reading -> transform(reading.certain, rule_id -> named_struct(
                'rule_id', rule_id, 'kind', if(size(reading.certain) = 1, 'sole', 'used'),
                'requests', reading.requests)))),
            flatten(transform(sure, reading -> transform(reading.possible, rule_id -> named_struct(
                'rule_id', rule_id, 'kind', 'ambiguous', 'requests', reading.requests)))),
            flatten(transform(doubted, reading -> transform(
                concat(reading.certain, reading.possible), rule_id -> named_struct(
                'rule_id', rule_id, 'kind', 'ambiguous', 'requests', reading.requests)))))
    """)
    kinds = {
        "used_times": "kind IN ('used', 'sole')",
        "sole_times": "kind = 'sole'",
        "ambiguous_times": "kind = 'ambiguous'",
    }
    return (
        rows.select("day", F.explode(credits).alias("credit"))
        .select("day", "credit.*")
        .groupBy("day", "rule_id")
        .agg(
            *(
                F.expr(
                    f"if(count_if({kind}) = 0, 0L, greatest(sum(if({kind}, requests, 0L)), 1L))"
                ).alias(name)
                for name, kind in kinds.items()
            )
        )
    )


def coverage(flows: DataFrame, rows: DataFrame) -> DataFrame:
    """What became of all records, those that were not accepted included. See Attribution."""
    key = ["day", "account_id", "region", "interface_id"]
    accepted = rows.select(*key, F.explode(F.expr(_OUTCOMES)).alias("part")).select(*key, "part.*")
    others = (
        flows.where("outcome <> 'accepted'")
        .withColumnsRenamed({"delivery_account": "account_id", "delivery_region": "region"})
        .select(*key, "outcome", F.expr("records_in + records_out").alias("records"))
    )
    return (
        accepted.unionByName(others)
        .where("records > 0")
        .groupBy("day", "account_id", "region", "outcome")
        .agg(
            F.sum("records").alias("records"),
            F.countDistinct("interface_id").cast("int").alias("interfaces"),
        )
    )


_OUTCOMES = """
    CASE
        WHEN NOT is_known THEN array(
            named_struct('outcome', 'unknown_interface', 'records', records_in + records_out))
        WHEN size(sure) > 0 THEN array(
            named_struct('outcome', 'attributed',
                'records', if(sure[0].direction = 'ingress', records_in, records_out)),
            named_struct('outcome', 'reply',
                'records', if(sure[0].direction = 'ingress', records_out, records_in)))
        ELSE array(named_struct(
            'outcome', if(size(doubted) > 0, 'ambiguous', 'no_admitting_rule'),
            'records', records_in + records_out))
    END
"""
