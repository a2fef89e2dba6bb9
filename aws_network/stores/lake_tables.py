"""The registry of the lake: its folders and tables, each written down once.

The jobs write by it, and the stack declares tables, lifecycle rules and grants by it.
"""

from aws_network.flow_logs.formats import Column
from aws_network.stores.lake_folders import LakeFolder, LakeTable, Retention, Storage

INVENTORY = LakeFolder(
    "inventory", Retention.HISTORY, "Snapshots of the account's network, several a day or none."
)
FLOWS = LakeFolder(
    "flows", Retention.RECORDS, "What the query found of each day, and a manifest that names it."
)
ATHENA_RESULTS = LakeFolder(
    "athena-results", Retention.SCRATCH, "What Athena writes beside the rows of a query."
)
FINDINGS = LakeFolder("findings", Retention.CURRENT, "findings.json and plan.json.")
REPORTS = LakeFolder("reports", Retention.HISTORY, "The report of each period, by its last day.")

RULE_USAGE_DAILY = LakeTable(
    name="sg_rule_usage_daily",
    folder="usage",
    retention=Retention.HISTORY,
    doc="One row per rule and day, also for a rule that nothing used; on the day on which a rule "
    "changed, one per version of it. `rule_version` is NULL in days from before there were "
    "versions.",
    columns=(
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
        Column("interfaces_complete", "int"),
        Column("interfaces_skipped", "int"),
        Column("interfaces_rejects_only", "int"),
        Column("interfaces_active", "int"),
        Column("never_logged", "string"),
    ),
)

RULE_VERDICTS = LakeTable(
    name="sg_rule_verdicts",
    folder="verdicts",
    retention=Retention.CURRENT,
    is_daily=False,
    doc="One row per rule: what the usage table says of it, where Athena and QuickSight can read "
    "it.",
    columns=(
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
        Column("owner", "string"),
        Column("gone_since", "string"),
        Column("window_from", "string"),
        Column("window_to", "string"),
    ),
)

FLOW_COVERAGE_DAILY = LakeTable(
    name="sg_flow_coverage_daily",
    folder="coverage",
    retention=Retention.HISTORY,
    doc="What became of a day's records: the rows of a day add up to all lines of its flow logs.",
    columns=(
        Column("account_id", "string"),
        Column("region", "string"),
        Column("outcome", "string"),
        Column("records", "bigint"),
        Column("interfaces", "int"),
    ),
)

VPC_COVERAGE_DAILY = LakeTable(
    name="sg_vpc_coverage_daily",
    folder="vpc_coverage",
    retention=Retention.HISTORY,
    doc="How flow logs covered the interfaces in use of each VPC on a day. The numbers of "
    "interfaces after `interfaces` add up to it.",
    columns=(
        Column("account_id", "string"),
        Column("region", "string"),
        Column("vpc_id", "string"),
        Column("vpc_name", "string"),
        Column("interfaces", "int"),
        Column("complete", "int"),
        Column("with_gaps", "int"),
        Column("rejects_only", "int"),
        Column("unlogged", "int"),
        Column("lost", "int"),
    ),
)

FLOW_LOG_COVERAGE_DAILY = LakeTable(
    name="sg_flow_log_coverage_daily",
    folder="flow_log_coverage",
    retention=Retention.HISTORY,
    doc="One row per flow log and day, also for one without records: what DescribeFlowLogs says of "
    "it (NULL where nobody asked), and what it delivered.",
    columns=(
        Column("account_id", "string"),
        Column("region", "string"),
        Column("flow_log_id", "string"),
        Column("vpc_id", "string"),
        Column("resource_id", "string"),
        Column("traffic_type", "string"),
        Column("delivers", "boolean"),
        Column("to_s3", "boolean"),
        Column("interfaces", "int"),
        Column("records", "bigint"),
    ),
)

FLOW_UNREADABLE_DAILY = LakeTable(
    name="sg_flow_unreadable_daily",
    folder="unreadable",
    retention=Retention.HISTORY,
    doc="What could not be read of a day: lines of an object (counted), or all of it (`lines` "
    "NULL).",
    columns=(
        Column("account_id", "string"),
        Column("region", "string"),
        Column("object", "string"),
        Column("reason", "string"),
        Column("hides_records", "boolean"),
        Column("lines", "bigint"),
        Column("detail", "string"),
        Column("flow_log_id", "string"),
    ),
)

RULE_EVIDENCE_DAILY = LakeTable(
    name="sg_rule_evidence_daily",
    folder="evidence",
    retention=Retention.RECORDS,
    doc="What each rule admitted, or may have admitted, on a day: several rows a rule, none "
    "without any. Ports (inclusive) and `peers` (a CIDR block) hold all of it; `peer_groups` "
    "is a comma list of the groups that all of these peers were members of.",
    columns=(
        Column("sg_rule_id", "string"),
        Column("protocol", "int"),
        Column("from_port", "int"),
        Column("to_port", "int"),
        Column("peers", "string"),
        Column("peer_groups", "string"),
        Column("requests", "bigint"),
    ),
)

ADMITTING_SETS_DAILY = LakeTable(
    name="sg_admitting_sets_daily",
    folder="admitting_sets",
    retention=Retention.RECORDS,
    doc="Which rules admitted the same requests on a day: comma lists of rules, each in its "
    "version (`sgr-...@...`), each pair of lists once. `is_known`: whether the interface is "
    "known; if not, nobody knows which of the rules stood on it.",
    columns=(
        Column("certain", "string"),
        Column("possible", "string"),
        Column("is_known", "boolean"),
        Column("requests", "bigint"),
    ),
)

OBSERVED_REQUESTS_DAILY = LakeTable(
    name="sg_observed_requests_daily",
    folder="requests",
    retention=Retention.RECORDS,
    doc="What was requested on a day, and which rules admitted it, or may have: comma lists of "
    "rules, each in its version (`sgr-...@...`). Ports (inclusive) and `peers` (a CIDR block) hold "
    "all of it; `peer_groups` is a comma list of the groups that all of these peers were members "
    "of. `is_known`: as in sg_admitting_sets_daily; `is_proven`: whether it is beyond reasonable "
    "doubt who asked.",
    columns=(
        Column("certain", "string"),
        Column("possible", "string"),
        Column("is_known", "boolean"),
        Column("is_proven", "boolean"),
        Column("protocol", "int"),
        Column("from_port", "int"),
        Column("to_port", "int"),
        Column("peers", "string"),
        Column("peer_groups", "string"),
        Column("requests", "bigint"),
    ),
)

INVENTORY_INTERFACES = LakeTable(
    name="sg_inventory_interfaces",
    folder="inventory",
    retention=Retention.HISTORY,
    storage=Storage.JSON_LINES,
    below_day="interfaces/",
    doc="A snapshot's network interfaces, one JSON object a line. `prefixes` are delegated CIDR "
    "blocks.",
    columns=(
        Column("interface_id", "string"),
        Column("account_id", "string"),
        Column("region", "string"),
        Column("vpc_id", "string"),
        Column("group_ids", "array<string>"),
        Column("addresses", "array<string>"),
        Column("prefixes", "array<string>"),
        Column("interface_type", "string"),
        Column("description", "string"),
        Column("in_use", "boolean"),
        Column("subnet_id", "string"),
        Column("attached_at", "string"),
        Column("is_primary", "boolean"),
        Column("tags", "map<string,string>"),
    ),
)

LAST_USES_MONTHLY = LakeTable(
    name="sg_last_uses_monthly",
    folder="last_uses",
    retention=Retention.HISTORY,
    is_daily=False,
    doc="The last use of each rule, in each version, in a month; made from the daily usage.",
    columns=(
        Column("sg_rule_id", "string"),
        Column("rule_version", "string"),
        Column("last_used", "string"),
    ),
)

FLOW_ROWS = (
    Column("delivery_account", "string"),
    Column("delivery_region", "string"),
    Column("day", "string"),
    Column("flow_log_id", "string"),
    Column("interface_id", "string"),
    Column("vpc_id", "string"),
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
    Column("slots", "bigint"),
    Column("records_in", "bigint"),
    Column("records_out", "bigint"),
)
"""What query_flow_logs.sql unloads; it says what each column means."""

ALL_TABLES = (
    INVENTORY_INTERFACES,
    RULE_USAGE_DAILY,
    FLOW_COVERAGE_DAILY,
    VPC_COVERAGE_DAILY,
    FLOW_LOG_COVERAGE_DAILY,
    FLOW_UNREADABLE_DAILY,
    RULE_EVIDENCE_DAILY,
    ADMITTING_SETS_DAILY,
    OBSERVED_REQUESTS_DAILY,
    RULE_VERDICTS,
)
ALL_FOLDERS: tuple[LakeFolder, ...] = (
    INVENTORY,
    FLOWS,
    ATHENA_RESULTS,
    FINDINGS,
    REPORTS,
    LAST_USES_MONTHLY,
    *(table for table in ALL_TABLES if table.folder != INVENTORY.folder),
)
"""Every folder once."""
