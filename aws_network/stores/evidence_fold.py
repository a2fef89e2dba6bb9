"""The evidence of a window, added up in Spark: what reaches Python does not grow with its days."""

from collections.abc import Collection, Mapping, Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from aws_network.attribution.match_frames import local_frame

MOST_ROWS = 200
"""Most rows of a rule that stay as they are. Narrowing makes sixteen boxes of them at most."""

_SEEN = ("sg_rule_id", "protocol", "from_port", "to_port", "peers", "peer_groups")

_AREA = """CASE
  WHEN rows_of_rule <= {most} OR peers LIKE '%:%' OR split_part(peers, '/', 2) < 8 THEN peers
  ELSE concat(split_part(peers, '.', 1), '.0.0.0/8')
END"""
"""The block around the peers of a row: of a rule with many rows its /8. IPv6 blocks are blocks that
rules name, so they do not grow with the traffic."""

_PORTS = "if(rows_of_rule <= {most}, {port}, NULL)"


def fold_seen(daily: DataFrame, rule_ids: Collection[str]) -> DataFrame:
    """Rows of sg_rule_evidence_daily of these rules, each once, with the requests of all days.

    A rule with more than MOST_ROWS different rows has one for each protocol and area instead, which
    holds all of its rows there.
    """
    wanted = local_frame(daily.sparkSession, "sg_rule_id string", [(name,) for name in rule_ids])
    summed = (
        daily.join(F.broadcast(wanted), "sg_rule_id", "left_semi")
        .groupBy(*_SEEN)
        .agg(F.sum("requests").alias("requests"))
    )
    numbers = summed.groupBy("sg_rule_id").agg(F.count("*").alias("rows_of_rule"))
    return (
        summed.join(numbers, "sg_rule_id")
        .groupBy(
            "sg_rule_id",
            "protocol",
            F.expr(_AREA.format(most=MOST_ROWS)).alias("peers"),
            F.expr(_PORTS.format(most=MOST_ROWS, port="from_port")).alias("own_from_port"),
            F.expr(_PORTS.format(most=MOST_ROWS, port="to_port")).alias("own_to_port"),
            F.expr(f"if(rows_of_rule <= {MOST_ROWS}, peer_groups, NULL)").alias("own_groups"),
        )
        .agg(
            F.min("from_port").alias("from_port"),
            F.max("to_port").alias("to_port"),
            F.collect_set(F.split(F.coalesce("peer_groups", F.lit("")), ",")).alias("memberships"),
            F.sum("requests").alias("requests"),
        )
        .withColumn("peer_groups", F.expr(_COMMON_GROUPS))
        .select(*_SEEN, "requests")
    )


_COMMON_GROUPS = """array_join(array_sort(aggregate(
  memberships, memberships[0], (common, groups) -> array_intersect(common, groups))), ',')"""


def fold_sets(daily: DataFrame, versions: Mapping[str, str]) -> DataFrame:
    """Rows of sg_admitting_sets_daily, each pair of lists once, of rules without their versions.

    `versions`: rule id to its version now. What an earlier version of a rule admitted is no proof
    that the rule would do so again, nor that it is not needed: such a set is there twice, with the
    rule and without it.
    """
    sets = daily.select(
        *(
            F.split(F.coalesce(name, F.lit("")), ",").alias(name)
            for name in ("certain", "possible")
        ),
        "is_known",
        "requests",
    )
    every, current = _pair([]), _pair(_outdated(sets, versions))
    is_one = (current == every) | ((current["certain"] == "") & (current["possible"] == ""))
    pairs = F.when(is_one, F.array(every)).otherwise(F.array(every, current))
    return (
        sets.withColumn("pair", F.explode(pairs))
        .groupBy("pair.certain", "pair.possible", "is_known")
        .agg(F.sum("requests").alias("requests"))
    )


def _outdated(sets: DataFrame, versions: Mapping[str, str]) -> list[str]:
    """The rules in the sets, as `id@version`, that have another version now; few ever change."""
    now = local_frame(sets.sparkSession, "sg_rule_id string, version string", versions.items())
    keys = sets.select(F.explode(F.concat("certain", "possible")).alias("key")).distinct()
    named = keys.where("key LIKE '%@%'").withColumn("sg_rule_id", F.expr("split_part(key, '@', 1)"))
    changed = named.join(F.broadcast(now), "sg_rule_id").where("split_part(key, '@', 2) != version")
    return sorted(row.key for row in changed.select("key").collect())


def _pair(left_out: Sequence[str]) -> Column:
    """Both lists of a row as comma lists of ids, without the rules that are left out."""
    return F.struct(*(_ids(name, left_out).alias(name) for name in ("certain", "possible")))


def _ids(name: str, left_out: Sequence[str]) -> Column:
    keys = F.filter(name, lambda key: ~key.isin(*left_out)) if left_out else F.col(name)
    ids = F.transform(keys, lambda key: F.split_part(key, F.lit("@"), F.lit(1)))
    return F.array_join(F.array_sort(F.array_distinct(ids)), ",")
