"""Patch of moto: the resource types that its CloudFormation lacks.

One table says with which API call a type is made; botocore then validates the properties that the
stack synthesized. Types that need no counterpart here (a bucket policy, the dashboard) are left to
moto, which skips what it does not know.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from moto.cloudformation import parsing
from moto.core.common_models import CloudFormationModel
from moto.core.utils import get_service_model
from moto.stepfunctions.models import StateMachine
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from local.emulator.moto_patch import replace

Properties = dict[str, Any]
Client = Callable[[str, str], Any]
"""(service, region) -> a client of the emulator"""


def _same(properties: Properties) -> Properties:
    return properties


@dataclass(frozen=True)
class ResourceType:
    """How to make a resource: the client's create call, which property names it, its attributes."""

    service: str
    create: str
    name: str
    delete: str
    shape: Callable[[Properties], Properties] = _same
    delete_as: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)


def _without(*keys: str) -> Callable[[Properties], Properties]:
    return lambda properties: {k: v for k, v in properties.items() if k not in keys}


def _global_table(properties: Properties) -> Properties:
    """A TableV2 without its replica settings."""
    indexes = [
        _without("ContributorInsightsSpecification", "WriteProvisionedThroughputSettings")(index)
        for index in properties.get("GlobalSecondaryIndexes", [])
    ]
    wanted = ("TableName", "AttributeDefinitions", "KeySchema", "BillingMode")
    shaped = {key: properties[key] for key in wanted if key in properties}
    return {**shaped, **({"GlobalSecondaryIndexes": indexes} if indexes else {})}


def _glue_job(properties: Properties) -> Properties:
    allowed = get_service_model("glue").operation_model("CreateJob").input_shape
    numbers = {"MaxConcurrentRuns": int, "NumberOfWorkers": int, "Timeout": int, "MaxRetries": int}
    shaped = {key: value for key, value in properties.items() if key in allowed.members}
    return {key: numbers.get(key, _same)(value) for key, value in shaped.items()}


def _work_group(properties: Properties) -> Properties:
    shaped = {
        "Name": properties["Name"],
        "Description": properties.get("Description", ""),
        "Configuration": properties.get("WorkGroupConfiguration", {}),
        "Tags": properties.get("Tags", []),
    }
    cutoff = shaped["Configuration"].get("BytesScannedCutoffPerQuery")
    if cutoff is not None:
        shaped["Configuration"]["BytesScannedCutoffPerQuery"] = int(cutoff)
    return shaped


TYPES: dict[str, ResourceType] = {
    "AWS::DynamoDB::GlobalTable": ResourceType(
        "dynamodb", "create_table", "TableName", "delete_table", _global_table
    ),
    "AWS::Glue::Database": ResourceType(
        "glue", "create_database", "DatabaseInput.Name", "delete_database", delete_as="Name"
    ),
    "AWS::Glue::Table": ResourceType(
        "glue", "create_table", "TableInput.Name", "", _without("OpenTableFormatInput")
    ),
    "AWS::Glue::Job": ResourceType(
        "glue", "create_job", "Name", "delete_job", _glue_job, delete_as="JobName"
    ),
    "AWS::Athena::WorkGroup": ResourceType(
        "athena", "create_work_group", "Name", "delete_work_group", _work_group, "WorkGroup"
    ),
    "AWS::Scheduler::Schedule": ResourceType(
        "scheduler", "create_schedule", "Name", "delete_schedule"
    ),
    "AWS::SES::EmailIdentity": ResourceType(
        "sesv2",
        "create_email_identity",
        "EmailIdentity",
        "delete_email_identity",
        lambda properties: {"EmailIdentity": properties["EmailIdentity"]},
    ),
}
"""Type -> the call that makes it. Each has a test that fails when moto learns the type itself."""

_ARN_FORMS = {
    "AWS::DynamoDB::GlobalTable": "arn:aws:dynamodb:{region}:{account}:table/{name}",
    "AWS::Scheduler::Schedule": "arn:aws:scheduler:{region}:{account}:schedule/default/{name}",
}


def _named(properties: Properties, path: str, fallback: str) -> tuple[Properties, str]:
    """The properties with a name in them, and that name."""
    outer, _, inner = path.partition(".")
    if inner:
        nested, name = _named(properties.get(outer, {}), inner, fallback)
        return {**properties, outer: nested}, name
    name = str(properties.get(outer, fallback))
    return {**properties, outer: name}, name


class _MadeByClient:
    """A resource that a client of the emulator makes, as CloudFormation in moto expects it."""

    type_name: ClassVar[str]
    spec: ClassVar[ResourceType]
    client: ClassVar[Client]

    def __init__(self, name: str, account: str, region: str) -> None:
        self.physical_resource_id = name
        self._where = {"name": name, "account": account, "region": region}

    @classmethod
    def cloudformation_name_type(cls) -> str:
        return cls.spec.name if "." not in cls.spec.name else ""

    @classmethod
    def cloudformation_type(cls) -> str:
        return cls.type_name

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return attr == "Arn" and cls.type_name in _ARN_FORMS

    def get_cfn_attribute(self, attribute: str) -> str:
        if self.has_cfn_attr(attribute):
            return _ARN_FORMS[self.type_name].format(**self._where)
        raise NotImplementedError(f"{self.type_name} has no attribute {attribute} here")

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: Properties,
        account_id: str,
        region_name: str,
        **_: Any,
    ) -> Self:
        properties, name = _named(cloudformation_json["Properties"], cls.spec.name, resource_name)
        client = cls.client(cls.spec.service, region_name)
        getattr(client, cls.spec.create)(**cls.spec.shape(properties))
        return cls(name, account_id, region_name)

    @classmethod
    def delete_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Properties, _account: str, region: str
    ) -> None:
        if cls.spec.delete:
            key = cls.spec.delete_as or cls.spec.name
            client = cls.client(cls.spec.service, region)
            getattr(client, cls.spec.delete)(**{key: resource_name})

    def is_created(self) -> bool:
        return True


def _make_model(type_name: str, spec: ResourceType, client: Client) -> type:
    """moto finds a type among the direct subclasses of CloudFormationModel."""
    members = {"type_name": type_name, "spec": spec, "client": staticmethod(client)}
    return type(type_name.replace("::", ""), (_MadeByClient, CloudFormationModel), members)


_KEPT: list[type] = []
"""`__subclasses__` is weak: without this the models would be gone at the next collection."""


def install(client: Client) -> None:
    """Registers the table's types."""
    _KEPT[:] = [_make_model(name, spec, client) for name, spec in TYPES.items()]
    made = classmethod(_create_state_machine)
    replace(StateMachine, "create_from_cloudformation_json", made)
    for cache in (parsing.get_model_list, parsing.get_model_map, parsing.get_name_type_map):
        cache.cache_clear()


def _create_state_machine(
    _cls: Any,
    /,
    resource_name: str,
    cloudformation_json: Properties,
    account: str,
    region: str,
    **_: Any,
) -> Any:
    """moto makes the state machine of a stack in the backend that does not execute it."""
    properties = cloudformation_json["Properties"]
    definition = properties["DefinitionString"]
    for key, value in properties.get("DefinitionSubstitutions", {}).items():
        definition = definition.replace(f"${{{key}}}", str(value))
    return stepfunctions_parser_backends[account][region].create_state_machine(
        properties.get("StateMachineName", resource_name), definition, properties["RoleArn"]
    )
