"""The tables of the lake, each written once: the jobs write them, the stack declares them."""

from collections.abc import Iterable

from aws_network.flow_logs.formats import Column


def ddl(columns: Iterable[Column]) -> str:
    """A schema as Spark reads it: `sg_rule_id string, used_times bigint`."""
    return ", ".join(f"{column.name} {column.type}" for column in columns)


DAY = Column("day", "string")
"""The partition key of every table but the flow logs: a UTC day, YYYY-MM-DD."""

RULE_USAGE_DAILY = (
    Column("sg_rule_id", "string"),
    Column("rule_version", "string"),
    Column("sg_id", "string"),
    Column("sg_name", "string"),
    Column("account_id", "string"),
    Column("region", "string"),
    Column("vpc_id", "string"),
    Column("flow_direction", "string"),
    Column("protocol", "string"),
    Column("ports", "string"),
    Column("source", "string"),
    Column("description", "string"),
    Column("used_times", "bigint"),
    Column("sole_times", "bigint"),
    Column("ambiguous_times", "bigint"),
    Column("interfaces", "int"),
    Column("interfaces_logged", "int"),
    Column("interfaces_skipped", "int"),
    Column("interfaces_active", "int"),
    Column("never_logged", "string"),
)
"""One row per rule and day, also for a rule that nothing used; on the day on which a rule changed,
one per version of it. `rule_version` is NULL in days from before there were versions."""

RULE_VERDICTS = (
    Column("sg_rule_id", "string"),
    Column("rule_version", "string"),
    Column("sg_id", "string"),
    Column("sg_name", "string"),
    Column("description", "string"),
    Column("used_times", "bigint"),
    Column("sole_times", "bigint"),
    Column("ambiguous_times", "bigint"),
    Column("days_used", "int"),
    Column("days_observed", "int"),
    Column("sg_rule_last_used", "string"),
    Column("status", "string"),
    Column("reason_code", "string"),
    Column("status_reason", "string"),
    Column("judged_status", "string"),
    Column("findings", "string"),
    Column("gone_since", "string"),
    Column("window_from", "string"),
    Column("window_to", "string"),
)
"""One row per rule: what the usage table says of it, where Athena and QuickSight can read it."""

FLOW_COVERAGE_DAILY = (
    Column("account_id", "string"),
    Column("region", "string"),
    Column("outcome", "string"),
    Column("records", "bigint"),
    Column("interfaces", "int"),
)
"""What became of a day's records: the rows of a day add up to all lines of its flow logs."""

FLOW_UNREADABLE_DAILY = (
    Column("account_id", "string"),
    Column("region", "string"),
    Column("object", "string"),
    Column("reason", "string"),
    Column("hides_records", "boolean"),
    Column("lines", "bigint"),
    Column("detail", "string"),
)
"""What could not be read of a day: lines of an object (counted), or all of it (`lines` NULL)."""

RULE_EVIDENCE_DAILY = (
    Column("sg_rule_id", "string"),
    Column("protocol", "int"),
    Column("from_port", "int"),
    Column("to_port", "int"),
    Column("peers", "string"),
    Column("peer_groups", "string"),
    Column("requests", "bigint"),
)
"""What each rule admitted, or may have admitted, on a day: several rows a rule, none without any.
Ports (inclusive) and `peers` (a CIDR block) hold all of it; `peer_groups` is a comma list of the
groups that all of these peers were members of."""

ADMITTING_SETS_DAILY = (
    Column("certain", "string"),
    Column("possible", "string"),
    Column("is_known", "boolean"),
    Column("requests", "bigint"),
)
"""Which rules admitted the same requests on a day: comma lists of rules, each in its
version (`sgr-...@...`), each pair of lists once.
`is_known`: whether the interface is known; if not, nobody knows which of the rules stood on it."""

INVENTORY_INTERFACES = (
    Column("interface_id", "string"),
    Column("account_id", "string"),
    Column("region", "string"),
    Column("vpc_id", "string"),
    Column("group_ids", "array<string>"),
    Column("addresses", "array<string>"),
    Column("prefixes", "array<string>"),
    Column("interface_type", "string"),
    Column("description", "string"),
)
"""A snapshot's network interfaces, one JSON object a line. `prefixes` are delegated CIDR blocks."""

FLOW_ROWS = (
    Column("delivery_account", "string"),
    Column("delivery_region", "string"),
    Column("day", "string"),
    Column("interface_id", "string"),
    Column("outcome", "string"),
    Column("fault", "string"),
    Column("object", "string"),
    Column("is_sided", "boolean"),
    Column("protocol", "int"),
    Column("own", "string"),
    Column("peer", "string"),
    Column("own_port", "int"),
    Column("peer_port", "int"),
    Column("opener", "string"),
    Column("evidence", "string"),
    Column("records_in", "bigint"),
    Column("records_out", "bigint"),
)
"""What query_flow_logs.sql unloads; it says what each column means."""
