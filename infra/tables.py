"""The two DynamoDB tables: the rules there are, and how each was used."""

from dataclasses import dataclass

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from constructs import Construct, IConstruct

from infra.names import Names


@dataclass(frozen=True)
class TableName:
    """A table as jobs and their policies name it, without a reference to the resource."""

    name: str
    arn: str


class RuleTables(Construct):
    """Both tables on demand, with point-in-time recovery; kept when the stack is deleted.

    CloudFormation cannot delete a protected table. So that a first deployment that fails can be
    rolled back, the tables are made when all else is there (`create_after`): nothing refers to
    them, and a deployment that failed before has none.
    """

    def __init__(
        self, scope: Construct, construct_id: str, names: Names, key: kms.IKey | None
    ) -> None:
        super().__init__(scope, construct_id)
        self._key = key
        self.rules = self._named(names.of("rules-data"))
        rules = self._table("Rules", self.rules.name)
        _index(rules, "sgrule", "security_group_id", "security_group_name")
        self.usage = self._named(names.of("rules-usage"))
        usage = self._table("Usage", self.usage.name)
        _index(usage, "protocol", "sg_id", "protocol")

    def create_after(self, *constructs: IConstruct) -> None:
        """The tables are created when all resources of these constructs are."""
        self.node.add_dependency(*constructs)

    def _named(self, name: str) -> TableName:
        stack = Stack.of(self)
        arn = stack.format_arn(service="dynamodb", resource="table", resource_name=name)
        return TableName(name, arn)

    def _table(self, construct_id: str, name: str) -> dynamodb.Table:
        return dynamodb.Table(
            self,
            construct_id,
            table_name=name,
            partition_key=_text("sg_rule_id"),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            time_to_live_attribute="expires_at",
            encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED if self._key else None,
            encryption_key=self._key,
            deletion_protection=True,
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )


def _index(table: dynamodb.Table, name: str, partition: str, sort: str) -> None:
    table.add_global_secondary_index(
        index_name=name, partition_key=_text(partition), sort_key=_text(sort)
    )


def _text(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
