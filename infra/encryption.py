"""The key of a deployment: for what it stores, and always for the topic."""

from aws_cdk import Aws, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.settings import Settings

OWN = "own"

_USE = (
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)
"""What S3 and DynamoDB do with a key in the name of a role that reads and writes.

Sources: "Using server-side encryption with AWS KMS keys" (S3), "DynamoDB encryption at rest".
"""


class Encryption(Construct):
    """`topic_key` is ours in any case, `data_key` is None while AWS's own keys do.

    An alarm cannot publish to a topic that is encrypted with AWS's key for SNS: nobody can change
    that key's policy. Source: "Encrypting messages published to Amazon SNS with AWS KMS".
    """

    def __init__(self, scope: Construct, construct_id: str, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        given, self._names = settings.encryption_key, settings.names
        self.topic_key = self._own() if given in (None, OWN) else self._imported(given)
        self.data_key: kms.IKey | None = self.topic_key if given else None

    def may_use(self) -> list[iam.PolicyStatement]:
        """What a role that reads or writes the lake or the tables needs; nothing without a key."""
        if self.data_key is None:
            return []
        region = Stack.of(self).region
        services = [f"{name}.{region}.amazonaws.com" for name in ("s3", "dynamodb")]
        return [
            iam.PolicyStatement(
                sid="UseKey",
                actions=list(_USE),
                resources=[self.data_key.key_arn],
                conditions={"StringEquals": {"kms:ViaService": services}},
            )
        ]

    def may_publish(self) -> iam.PolicyStatement:
        """What a role that publishes to the topic needs."""
        return iam.PolicyStatement(
            sid="EncryptMessage",
            actions=["kms:Decrypt", "kms:GenerateDataKey"],
            resources=[self.topic_key.key_arn],
        )

    def _own(self) -> kms.IKey:
        key = kms.Key(
            self,
            "Key",
            alias=f"alias/{self._names.prefix}",
            description="Security group analysis: notifications, and stored data if so set",
            enable_key_rotation=True,
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        key.add_to_resource_policy(alarms_may_publish())
        return key

    def _imported(self, arn: str) -> kms.IKey:
        return kms.Key.from_key_arn(self, "Key", arn)


def alarms_may_publish() -> iam.PolicyStatement:
    """Of the key's policy: an alarm of this account may send an encrypted message."""
    return iam.PolicyStatement(
        sid="AlarmsPublish",
        principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
        actions=["kms:Decrypt", "kms:GenerateDataKey*"],
        resources=["*"],
        conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
    )
