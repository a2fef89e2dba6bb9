"""The settings of a deployment: CDK context in, validated values or one clear error out."""

import json
import re
from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError

from aws_network.flow_logs.formats import FormatError, parse_format
from aws_network.usage import owners
from aws_network.usage.exemptions import DEFAULT_TAGS, InvalidExemptionError, read_exemptions
from infra.names import Names

EXAMPLE_BUCKET = "example-flow-logs"
"""What cdk.json ships with; enough to synthesize, not to deploy."""

Context = Callable[[str], Any]
"""Gives the value of a context key, None when it is not set."""


class SettingsError(Exception):
    """A setting is missing or cannot be used; the message names the key and what to do."""


def _listed(value: Any) -> Any:
    """A list from a JSON list (`["a","b"]`), a comma list (`a, b`) or a list."""
    if not isinstance(value, str):
        return value
    if value.strip().startswith("["):
        try:
            return json.loads(value)
        except json.JSONDecodeError:
            raise PydanticCustomError("list", "write a comma list or a JSON list") from None
    return [item.strip() for item in value.split(",") if item.strip()]


def _blank_is_none(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def _matching(pattern: str, what_to_do: str) -> AfterValidator:
    """Accepts only text that `pattern` matches as a whole."""
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise PydanticCustomError("spelling", "{todo}", {"todo": what_to_do})
        return value

    return AfterValidator(check)


def _without_doubles(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def _one_question_mark(expression: str) -> str:
    """EventBridge wants '?' in exactly one of day-of-month and day-of-week."""
    fields = expression[len("cron(") : -1].split()
    if (fields[2] == "?") == (fields[4] == "?"):
        raise PydanticCustomError(
            "cron",
            "put ? in either the day of month (3rd field) or the day of week (5th), not both",
        )
    return expression


def _readable_format(text: str) -> str:
    try:
        if text.strip():
            parse_format(text)
    except FormatError as error:
        raise PydanticCustomError("format", "{problem}", {"problem": str(error)}) from None
    return text


def _plain_prefix(prefix: str) -> str:
    """The prefix without slashes at its ends; AWSLogs/ is AWS's own part, not the user's."""
    parts = prefix.strip("/").split("/")
    return "/".join(parts[: parts.index("AWSLogs")] if "AWSLogs" in parts else parts)


def _readable_exemption(text: str) -> str:
    try:
        read_exemptions([text], [])
    except InvalidExemptionError as error:
        raise PydanticCustomError("exemption", "{problem}", {"problem": str(error)}) from None
    return text


def _own_or_key(value: str | None) -> str | None:
    if value in (None, "own") or re.fullmatch(r"arn:[^:\s]+:kms:[^:\s]+:\d{12}:key/\S+", value):
        return value
    raise PydanticCustomError(
        "key", "write own, for a key that the stack makes, or the full ARN of a KMS key"
    )


_LIST = (BeforeValidator(_listed), AfterValidator(_without_doubles))

Account = Annotated[str, _matching(r"\d{12}", "use 12-digit account ids")]
Region = Annotated[
    str, _matching(r"[a-z]{2}(-[a-z]+)+-\d", "use region codes such as eu-central-1")
]
Address = Annotated[
    str,
    _matching(r"[^@\s,<>]+@[^@\s,<>]+\.[^@\s,<>]+", "use a plain address such as you@example.com"),
]
Bucket = Annotated[
    str, _matching(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "use the name of the bucket, not its ARN")
]
Arn = Annotated[str, _matching(r"arn:[^:\s]+:[^:\s]+:[^:\s]*:[^:\s]*:\S+", "use a full ARN")]
IdentityArn = Annotated[
    str,
    _matching(
        r"arn:[^:\s]+:ses:[^:\s]+:\d{12}:identity/\S+", "use the full ARN of an identity of SES"
    ),
]
ConfigurationSet = Annotated[
    str, _matching(r"[A-Za-z0-9_-]{1,64}", "use the name of the configuration set, not its ARN")
]
TagKey = Annotated[str, Field(max_length=128)]
Exemption = Annotated[str, AfterValidator(_readable_exemption)]


class Settings(BaseModel):
    """What a deployment can choose. docs/settings.md describes each key; cdk.json holds values."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name_prefix: Annotated[
        str,
        _matching(
            r"(?=.{2,20}$)[a-z][a-z0-9]*(-[a-z0-9]+)*",
            "use 2 to 20 lower-case letters, digits and single hyphens, such as sg-analysis-dev",
        ),
    ] = "sg-analysis"
    regions: Annotated[tuple[Region, ...], *_LIST] = ()
    accounts: Annotated[tuple[Account, ...], *_LIST] = ()
    flow_log_bucket: Bucket
    flow_log_prefix: Annotated[str, AfterValidator(_plain_prefix)] = ""
    flow_log_format: Annotated[str, AfterValidator(_readable_format)] = ""
    flow_log_kms_key: Annotated[Arn | None, BeforeValidator(_blank_is_none)] = None
    schedule: Annotated[
        str,
        _matching(r"cron\((\S+ ){5}\S+\)", "use six fields, for example cron(0 2 * * ? *)"),
        AfterValidator(_one_question_mark),
    ] = "cron(0 2 * * ? *)"
    schedule_enabled: bool = True
    sender: Address
    sender_identity: Literal["address", "domain", "existing"] = "address"
    recipients: Annotated[tuple[Address, ...], *_LIST, Field(min_length=1, max_length=50)]
    ses_region: Annotated[Region | None, BeforeValidator(_blank_is_none)] = None
    ses_identity_arn: Annotated[IdentityArn | None, BeforeValidator(_blank_is_none)] = None
    ses_configuration_set: Annotated[ConfigurationSet | None, BeforeValidator(_blank_is_none)] = (
        None
    )
    notification_email: Annotated[Address | None, BeforeValidator(_blank_is_none)] = None
    unattributed_alarm_percent: Annotated[int, Field(ge=1, le=100)] = 10
    check_configured_resources: bool = True
    revisit_days: Annotated[int, Field(ge=1, le=30)] = 3
    window_days: Annotated[int, Field(ge=7, le=400)] = 90
    minimum_days: Annotated[int, Field(ge=1, le=400)] = 7
    rarely_used_threshold: Annotated[int, Field(ge=1, le=400)] = 3
    exempt_tags: Annotated[tuple[Exemption, ...], *_LIST] = DEFAULT_TAGS
    exempt_patterns: Annotated[tuple[Exemption, ...], *_LIST] = ()
    owner_tags: Annotated[tuple[TagKey, ...], *_LIST] = owners.DEFAULT_TAGS
    asff: bool = False
    trade_off: Literal["fewer", "tighter"] = "fewer"
    retention_days: Annotated[int, Field(ge=7, le=3650)] = 400
    history_days: Annotated[Annotated[int, Field(ge=8)] | None, BeforeValidator(_blank_is_none)] = (
        None
    )
    encryption_key: Annotated[
        str | None,
        BeforeValidator(_blank_is_none),
        AfterValidator(_own_or_key),
    ] = None
    bytes_scanned_cutoff: Annotated[int, Field(ge=10_000_000)] = 1024**4
    compute_workers: Annotated[int, Field(ge=2, le=299)] = 2
    compute_worker_type: Literal["G.1X", "G.2X", "G.4X", "G.8X"] = "G.1X"
    quicksight_principal: Annotated[Arn | None, BeforeValidator(_blank_is_none)] = None
    quicksight_import_mode: Literal["SPICE", "DIRECT_QUERY"] = "SPICE"

    @model_validator(mode="after")
    def _window_is_kept(self) -> "Settings":
        if self.history_days is not None and self.history_days <= self.window_days:
            raise PydanticCustomError(
                "window",
                "history_days: must be more than window_days ({window}), "
                "or the window loses its first days; raise it or shorten the window",
                {"window": self.window_days},
            )
        return self

    @model_validator(mode="after")
    def _window_can_be_enough(self) -> "Settings":
        if self.minimum_days > self.window_days:
            raise PydanticCustomError(
                "minimum",
                "minimum_days: must not be more than window_days ({window}), or no rule is ever "
                "called unused; lower it or lengthen the window",
                {"window": self.window_days},
            )
        return self

    @model_validator(mode="after")
    def _identity_can_be_made(self) -> "Settings":
        elsewhere = self.ses_region or self.ses_identity_arn
        if elsewhere and self.sender_identity != "existing":
            raise PydanticCustomError(
                "identity",
                "sender_identity: must be existing with ses_region or ses_identity_arn; the stack "
                "makes identities in its own account and region alone",
            )
        return self

    @model_validator(mode="after")
    def _identity_is_in_the_region(self) -> "Settings":
        arn = self.ses_identity_arn
        if arn and self.ses_region and arn.split(":")[3] != self.ses_region:
            raise PydanticCustomError(
                "region",
                "ses_region: must be that of ses_identity_arn ({region}), or not set",
                {"region": arn.split(":")[3]},
            )
        return self

    @property
    def sending_region(self) -> str | None:
        """The region of SES that mail leaves from; None for the stack's."""
        arn = self.ses_identity_arn
        return arn.split(":")[3] if arn else self.ses_region

    @property
    def names(self) -> Names:
        """The fixed names, with the prefix."""
        return Names(self.name_prefix)

    @property
    def is_example(self) -> bool:
        """True while the flow log bucket is still the one cdk.json ships with."""
        return self.flow_log_bucket == EXAMPLE_BUCKET

    @property
    def sender_domain(self) -> str:
        """The part of the sender after the @."""
        return self.sender.partition("@")[2]


def read_settings(context: Context) -> Settings:
    """The settings in CDK context. Raises SettingsError for the first key that cannot be used."""
    given = {key: context(key) for key in Settings.model_fields}
    try:
        return Settings(**{key: value for key, value in given.items() if value is not None})
    except ValidationError as error:
        raise SettingsError(_first_problem(error)) from None


def _first_problem(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    if not first["loc"]:
        return first["msg"]
    key = str(first["loc"][0])
    if first["type"] == "missing":
        return f"{key}: not set; set it in cdk.json or with `cdk -c {key}=...`"
    return f"{key}: {first['msg']} (in cdk.json or with `cdk -c {key}=...`)"
