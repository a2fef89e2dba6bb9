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
        ("flow_log_format", "", ""),
        ("flow_log_format", "default", "default"),
        ("schedule_enabled", "false", False),
        ("schedule", "cron(30 3 ? * MON-FRI *)", "cron(30 3 ? * MON-FRI *)"),
        ("window_days", "7", 7),
        ("window_days", "400", 400),
        ("history_days", "", None),
        ("history_days", "91", 91),
        ("bytes_scanned_cutoff", "10000000", 10_000_000),
        ("notification_email", " ", None),
        ("name_prefix", "sg-analysis-dev", "sg-analysis-dev"),
        ("compute_worker_type", "G.2X", "G.2X"),
        ("ses_configuration_set", "", None),
        ("ses_configuration_set", "reports_1", "reports_1"),
        ("quicksight_principal", "", None),
        ("owner_tags", "team, app:owner, team", ("team", "app:owner")),
        ("owner_tags", "", ()),
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
        ("flow_log_kms_key", "my-key", "full ARN"),
        ("schedule", "rate(1 day)", "six fields"),
        ("schedule", "cron(0 2 * * *)", "six fields"),
        ("schedule", "cron(0 2 * * * *)", "put ? in either"),
        ("schedule", "cron(0 2 ? * ? *)", "put ? in either"),
        ("sender", None, "not set"),
        ("sender", "Security <security@example.com>", "plain address"),
        ("sender_identity", "none", "'address', 'domain' or 'existing'"),
        ("ses_region", "Frankfurt", "region codes such as eu-central-1"),
        ("ses_identity_arn", "example.com", "full ARN of an identity of SES"),
        ("ses_configuration_set", "arn:aws:ses:eu-central-1:1:configuration-set/c", "not its ARN"),
        ("compute_worker_type", "G.025X", "'G.1X', 'G.2X', 'G.4X' or 'G.8X'"),
        ("recipients", "", "at least 1"),
        ("recipients", "security@example.com, nobody", "plain address"),
        ("encryption_key", "mine", "write own"),
        ("encryption_key", "arn:aws:kms:us-east-1:123456789012:alias/x", "full ARN of a KMS key"),
        ("unattributed_alarm_percent", "0", "greater than or equal to 1"),
        ("owner_tags", ["x" * 129], "at most 128 characters"),
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


IDENTITY = "arn:aws:ses:us-east-1:210987654321:identity/example.com"


@pytest.mark.parametrize(
    ("given", "region"),
    [
        ({}, None),
        ({"ses_region": "eu-west-1"}, "eu-west-1"),
        ({"ses_identity_arn": IDENTITY}, "us-east-1"),
        ({"ses_identity_arn": IDENTITY, "ses_region": "us-east-1"}, "us-east-1"),
    ],
)
def test_the_region_that_mail_leaves_from(given: dict[str, str], region: str | None) -> None:
    assert settings(sender_identity="existing", **given).sending_region == region


@pytest.mark.parametrize(
    ("given", "advice"),
    [
        ({"ses_region": "eu-west-1"}, "sender_identity: must be existing"),
        ({"ses_identity_arn": IDENTITY, "sender_identity": "domain"}, "must be existing"),
        (
            {
                "ses_identity_arn": IDENTITY,
                "ses_region": "eu-west-1",
                "sender_identity": "existing",
            },
            "ses_region: must be that of ses_identity_arn (us-east-1)",
        ),
    ],
)
def test_an_identity_elsewhere_exists_and_is_in_the_region_of_the_mail(
    given: dict[str, str], advice: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        settings(**given)
    assert advice in str(refused.value)
