"""Settings: what is accepted, and the one line that says what is wrong and what to do."""

from typing import Any

import pytest

from infra.settings import SettingsError
from tests.infra.stacks import settings


@pytest.mark.parametrize(
    ("key", "given", "value"),
    [
        ("regions", "eu-central-1, us-gov-west-1", ("eu-central-1", "us-gov-west-1")),
        ("regions", '["eu-central-1"]', ("eu-central-1",)),
        ("regions", ["eu-central-1", "eu-central-1"], ("eu-central-1",)),
        ("regions", "", ()),
        ("accounts", "123456789012", ("123456789012",)),
        ("flow_log_prefix", "/network/logs/", "network/logs"),
        ("flow_log_prefix", "network/AWSLogs/", "network"),
        ("flow_log_prefix", "AWSLogs", ""),
        ("flow_log_hive_partitions", "true", True),
        ("schedule_enabled", "false", False),
        ("schedule", "cron(30 3 ? * MON-FRI *)", "cron(30 3 ? * MON-FRI *)"),
        ("window_days", "7", 7),
        ("window_days", "400", 400),
        ("history_days", "", None),
        ("history_days", "91", 91),
        ("bytes_scanned_cutoff", "10000000", 10_000_000),
        ("notification_email", " ", None),
        ("quicksight_principal", "", None),
    ],
)
def test_accepted(key: str, given: Any, value: Any) -> None:
    assert getattr(settings(**{key: given}), key) == value


@pytest.mark.parametrize(
    ("key", "given", "advice"),
    [
        ("regions", "Frankfurt", "region codes such as eu-central-1"),
        ("regions", '["eu-central-1"', "comma list or a JSON list"),
        ("accounts", "1234", "12-digit account ids"),
        ("flow_log_bucket", None, "not set"),
        ("flow_log_bucket", "arn:aws:s3:::logs", "not its ARN"),
        ("flow_log_format", "${version ${srcaddr}", "describe-flow-logs"),
        ("flow_log_format", "${srcaddr} ${dstaddr}", "interface-id"),
        ("flow_log_file_format", "csv", "'text' or 'parquet'"),
        ("flow_log_hive_partitions", "maybe", "boolean"),
        ("flow_log_kms_key", "my-key", "full ARN"),
        ("schedule", "rate(1 day)", "six fields"),
        ("schedule", "cron(0 2 * * *)", "six fields"),
        ("schedule", "cron(0 2 * * * *)", "put ? in either"),
        ("schedule", "cron(0 2 ? * ? *)", "put ? in either"),
        ("sender", None, "not set"),
        ("sender", "Security <security@example.com>", "plain address"),
        ("sender_identity", "none", "'address', 'domain' or 'existing'"),
        ("recipients", "", "at least 1"),
        ("recipients", "security@example.com, nobody", "plain address"),
        ("encryption_key", "mine", "write own"),
        ("encryption_key", "arn:aws:kms:us-east-1:123456789012:alias/x", "full ARN of a KMS key"),
        ("unattributed_alarm_percent", "0", "greater than or equal to 1"),
        ("window_days", "6", "greater than or equal to 7"),
        ("window_days", "401", "less than or equal to 400"),
        ("window_days", "ninety", "integer"),
        ("rarely_used_threshold", "0", "greater than or equal to 1"),
        ("retention_days", "0", "greater than or equal to"),
        ("history_days", "90", "more than window_days (90)"),
        ("bytes_scanned_cutoff", "9999999", "greater than or equal to 10000000"),
        ("compute_workers", "1", "greater than or equal to 2"),
        ("quicksight_principal", "analyst", "full ARN"),
        ("quicksight_import_mode", "spice", "'SPICE' or 'DIRECT_QUERY'"),
    ],
)
def test_refused(key: str, given: Any, advice: str) -> None:
    with pytest.raises(SettingsError) as refused:
        settings(**{key: given})
    message = str(refused.value)
    assert message.startswith(f"{key}: ")
    assert advice in message
    assert "\n" not in message
