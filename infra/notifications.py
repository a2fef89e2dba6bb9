"""Where a failed night is told: one topic, and whoever subscribes to it."""

from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from infra.settings import Settings

TOPIC = "sg-analysis-failures"


class FailureTopic(Construct):
    """An encrypted, TLS-only topic; `notification_email` subscribes when it is set.

    The key is AWS's own for SNS: the state machine publishes with its role, which that key allows.
    A service that publishes in its own name (an alarm, a rule) would need a key of ours instead.
    """

    def __init__(self, scope: Construct, construct_id: str, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        self.topic = sns.Topic(
            self,
            "Topic",
            topic_name=TOPIC,
            display_name="Security group analysis",
            enforce_ssl=True,
            master_key=kms.Alias.from_alias_name(self, "SnsKey", "alias/aws/sns"),
        )
        if settings.notification_email:
            self.topic.add_subscription(
                subscriptions.EmailSubscription(settings.notification_email)
            )
