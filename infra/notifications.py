"""Where a failed night and an alarm are told: one topic, and whoever subscribes to it."""

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from infra.encryption import Encryption
from infra.settings import Settings


class FailureTopic(Construct):
    """An encrypted, TLS-only topic; `notification_email` subscribes when it is set.

    The state machine publishes with its role, alarms of this account in CloudWatch's name.
    """

    def __init__(
        self, scope: Construct, construct_id: str, settings: Settings, encryption: Encryption
    ) -> None:
        super().__init__(scope, construct_id)
        self.topic = sns.Topic(
            self,
            "Topic",
            topic_name=settings.names.of("failures"),
            display_name="Security group analysis",
            enforce_ssl=True,
            master_key=encryption.topic_key,
        )
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AlarmsPublish",
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[self.topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
            )
        )
        if settings.notification_email:
            self.topic.add_subscription(
                subscriptions.EmailSubscription(settings.notification_email)
            )
