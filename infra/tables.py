"""The two DynamoDB tables: the rules there are, and how each was used."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.names import Names


class RuleTables(Construct):
    """Both tables on demand, with point-in-time recovery; kept when the stack is deleted."""

    def __init__(
        self, scope: Construct, construct_id: str, names: Names, key: kms.IKey | None
    ) -> None:
        super().__init__(scope, construct_id)
        self._key = key
        self.rules = self._table("Rules", names.of("rules-data"))
        self._index(self.rules, "sgrule", "security_group_id", "security_group_name")
        self.usage = self._table("Usage", names.of("rules-usage"))
        self._index(self.usage, "protocol", "sg_id", "protocol")

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
            removal_policy=RemovalPolicy.RETAIN,
        )

    def _index(self, table: dynamodb.Table, name: str, partition: str, sort: str) -> None:
        table.add_global_secondary_index(
            index_name=name, partition_key=_text(partition), sort_key=_text(sort)
        )


def _text(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
