"""Who may take the stack's roles."""

from aws_cdk import Aws
from aws_cdk import aws_iam as iam


def service_of_this_account(service: str) -> iam.ServicePrincipal:
    """The service, and where it says for whom it acts, only for this account.

    "IfExists", because neither Glue nor QuickSight documents that it always says so. A role cannot
    be passed to a service of another account in any case.
    """
    return iam.ServicePrincipal(
        service, conditions={"StringEqualsIfExists": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
    )
