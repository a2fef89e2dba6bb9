"""The lake: one bucket, whose folders and tables aws_network/stores/lake_tables.py declares."""

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from aws_network.stores.lake_folders import LakeFolder, Retention
from aws_network.stores.lake_tables import ALL_FOLDERS
from infra.acknowledge import acknowledge
from infra.settings import Settings

_SCRATCH_DAYS = 7


class Lake(Construct):
    """The bucket, with an expiry for each folder.

    Versioning is off on purpose. Every object is written whole, and a day can be computed again as
    long as its flow logs are there; old versions would keep flow records (addresses of people and
    machines) alive past the retention that the settings promise.
    """

    def __init__(
        self, scope: Construct, construct_id: str, settings: Settings, key: kms.IKey | None
    ) -> None:
        super().__init__(scope, construct_id)
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            encryption=s3.BucketEncryption.KMS if key else s3.BucketEncryption.S3_MANAGED,
            encryption_key=key,
            bucket_key_enabled=key is not None,
            enforce_ssl=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            versioned=False,
            lifecycle_rules=[
                *_expiries(settings),
                s3.LifecycleRule(
                    id="unfinished-uploads",
                    abort_incomplete_multipart_upload_after=Duration.days(1),
                ),
            ],
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        acknowledge(
            self.bucket,
            "AwsSolutions-S1",
            "Derived data only, read by this stack's roles; who reads it is answered by CloudTrail "
            "data events of the account, and a log bucket would need one of its own.",
        )

    def folder_url(self, folder: LakeFolder) -> str:
        """The s3:// address of a folder; ends with a slash."""
        return self.bucket.s3_url_for_object(folder.key(""))


def _expiries(settings: Settings) -> list[s3.LifecycleRule]:
    """One rule for each folder that expires; the history does only if the settings say so."""
    days = {
        Retention.RECORDS: settings.retention_days,
        Retention.HISTORY: settings.history_days,
        Retention.SCRATCH: _SCRATCH_DAYS,
        Retention.CURRENT: None,
    }
    return [
        s3.LifecycleRule(
            id=folder.folder, prefix=folder.key(""), expiration=Duration.days(kept_days)
        )
        for folder in ALL_FOLDERS
        if (kept_days := days[folder.retention]) is not None
    ]
