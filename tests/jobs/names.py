"""What the buckets and tables of these tests are called."""

LAKE, LOGS = "lake-123456789012", "logs-123456789012"
RULES_TABLE, USAGE_TABLE = "sg-analysis-rules-data", "sg-analysis-rules-usage"
