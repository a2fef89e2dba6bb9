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
        in the sandbox also for the identities of the recipients, and for the configuration set,
        also when that is the default of the identity and the request names none.
        """
        settings = self._settings
        identities = (settings.sender, settings.sender_domain, *settings.recipients)
        resources = [self._arn("identity", name) for name in dict.fromkeys(identities)]
        if settings.ses_identity_arn:
            resources.append(settings.ses_identity_arn)
        if settings.ses_configuration_set:
            resources.append(self._arn("configuration-set", settings.ses_configuration_set))
        return iam.PolicyStatement(
            sid="SendReport",
            actions=["ses:SendEmail", "ses:SendRawEmail"],
            resources=resources,
            conditions={"StringEquals": {"ses:FromAddress": settings.sender}},
        )

    def arguments(self) -> dict[str, str]:
        """What the e-mail job is told of SES; nothing of what is not set."""
        settings = self._settings
        chosen = {
            "ses_region": settings.sending_region,
            "ses_identity_arn": settings.ses_identity_arn,
            "ses_configuration_set": settings.ses_configuration_set,
        }
        return {name: value for name, value in chosen.items() if value}

    def _arn(self, resource: str, name: str) -> str:
        return Stack.of(self).format_arn(
            service="ses",
            region=self._settings.sending_region,
            resource=resource,
            resource_name=name,
        )
