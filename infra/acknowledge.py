"""Findings of cdk-nag that are meant to be, each with its reason."""

from aws_cdk import Acknowledgment, Validations
from constructs import IConstruct


def acknowledge(construct: IConstruct, finding: str, reason: str) -> None:
    """Records why `finding` (such as `AwsSolutions-S1`) is right as it is on this construct."""
    Validations.of(construct).acknowledge(Acknowledgment(id=finding, reason=reason))
