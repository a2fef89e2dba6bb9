"""Which accounts and regions are exported."""

from dataclasses import dataclass

from aws_network.export.access import Access, Credentials
from aws_network.export.errors import AWS_ERRORS, ExportError, in_words
from aws_network.stores.retries import PATIENT


@dataclass(frozen=True)
class Target:
    """A region of an account."""

    account: str
    region: str

    def __str__(self) -> str:
        return f"{self.account} {self.region}"


@dataclass(frozen=True)
class Scope:
    """What was asked for, checked."""

    regions: tuple[str, ...]
    """The first is asked about accounts and roles; with `all_regions` nothing else."""
    all_regions: bool = False
    role_name: str | None = None
    external_id: str | None = None
    accounts: tuple[str, ...] = ()
    """Those in which the role is assumed."""
    organization: bool = False
    """All active accounts; the caller's own is read with the caller's rights."""

    @property
    def reads_own_account(self) -> bool:
        return self.organization or not self.role_name

    @property
    def has_several(self) -> bool:
        """Whether each region of each account has a folder of its own."""
        several_regions = self.all_regions or len(self.regions) > 1
        return several_regions or self.organization or len(self.accounts) > 1

    @property
    def home(self) -> str:
        """Where AWS is asked about accounts and roles."""
        return self.regions[0]

    def role_arn(self, account: str, partition: str) -> str:
        return f"arn:{partition}:iam::{account}:role/{self.role_name}"


class Accounts:
    """The accounts of a scope, and the rights in each."""

    def __init__(self, scope: Scope, access: Access) -> None:
        """Raises InputError, and ExportError where AWS cannot be reached."""
        self._scope, self._access = scope, access
        self._own = access.account(scope.home)

    def all(self) -> list[str]:
        """Raises ExportError."""
        if self._scope.organization:
            return self._of_organization()
        return list(self._scope.accounts or (self._own,))

    def _of_organization(self) -> list[str]:
        client = self._access.client("organizations", self._scope.home, PATIENT)
        pages = client.get_paginator("list_accounts").paginate()
        try:
            found = [account for page in pages for account in page["Accounts"]]
        except AWS_ERRORS as error:
            raise ExportError(f"the accounts of the organization: {in_words(error)}") from error
        # Status is deprecated in favour of State. Source: Account, AWS Organizations API reference.
        return [a["Id"] for a in found if a.get("State", a.get("Status")) == "ACTIVE"]

    def credentials(self, account: str) -> Credentials:
        """The rights with which an account is read. Raises ExportError."""
        scope = self._scope
        if scope.reads_own_account and account == self._own:
            return {}
        partition = self._access.partition_of(scope.home)
        role = scope.role_arn(account, partition)
        return self._access.assume(role, scope.external_id, scope.home)

    def targets(self, account: str) -> list[Target]:
        """The regions of an account, when it can be read. Raises ExportError."""
        credentials = self.credentials(account)
        regions: tuple[str, ...] | list[str] = self._scope.regions
        if self._scope.all_regions:
            regions = self._enabled_regions(credentials)
        return [Target(account, region) for region in regions]

    def _enabled_regions(self, credentials: Credentials) -> list[str]:
        """Raises ExportError."""
        ec2 = self._access.client("ec2", self._scope.home, PATIENT, credentials)
        try:
            # Only regions that are enabled for the account. Source: DescribeRegions.
            return [region["RegionName"] for region in ec2.describe_regions()["Regions"]]
        except AWS_ERRORS as error:
            raise ExportError(in_words(error)) from error
