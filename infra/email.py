"""The sender's identity in SES, and what the e-mail job may send with it."""

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_ses as ses
from constructs import Construct

from infra.settings import Settings


class ReportSender(Construct):
    """The identity that `sender_identity` asks for: the address, its domain, or one that exists."""

    def __init__(self, scope: Construct, construct_id: str, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        self._settings = settings
        identity = {"address": settings.sender, "domain": settings.sender_domain}
        if settings.sender_identity in identity:
            ses.CfnEmailIdentity(
                self, "Identity", email_identity=identity[settings.sender_identity]
            )

    def may_send(self) -> iam.PolicyStatement:
        """Sending as the sender only.

        SES asks for the identity of the sender's address or of its domain, whichever is verified,
        and in the sandbox also for the identities of the recipients.
        """
        settings = self._settings
        names = (settings.sender, settings.sender_domain, *settings.recipients)
        return iam.PolicyStatement(
            sid="SendReport",
            actions=["ses:SendEmail", "ses:SendRawEmail"],
            resources=[self._identity_arn(name) for name in dict.fromkeys(names)],
            conditions={"StringEquals": {"ses:FromAddress": settings.sender}},
        )

    def _identity_arn(self, name: str) -> str:
        return Stack.of(self).format_arn(service="ses", resource="identity", resource_name=name)
