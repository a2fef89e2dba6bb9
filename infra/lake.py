"""The lake: one bucket for inventory, flows, usage, coverage and reports."""

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.acknowledge import acknowledge
from infra.settings import Settings

FLOWS = "flows"
RESULTS = "athena-results"
HISTORY = ("inventory", "usage", "coverage", "unreadable", "reports")
VERDICTS = "verdicts"
FINDINGS = "findings"
EVIDENCE = ("evidence", "admitting_sets")
FOLDERS = (FLOWS, RESULTS, VERDICTS, FINDINGS, *EVIDENCE, *HISTORY)

_RESULTS_DAYS = 7


class Lake(Construct):
    """The bucket; its folders are named here and nowhere else in the stack.

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
                _expiry(FLOWS, settings.retention_days),
                *(_expiry(folder, settings.retention_days) for folder in EVIDENCE),
                _expiry(RESULTS, _RESULTS_DAYS),
                s3.LifecycleRule(
                    id="unfinished-uploads",
                    abort_incomplete_multipart_upload_after=Duration.days(1),
                ),
                *_history(settings.history_days),
            ],
            removal_policy=RemovalPolicy.RETAIN,
        )
        acknowledge(
            self.bucket,
            "AwsSolutions-S1",
            "Derived data only, read by this stack's roles; who reads it is answered by CloudTrail "
            "data events of the account, and a log bucket would need one of its own.",
        )

    def url_of(self, path: str) -> str:
        """The s3:// address of a folder or object."""
        return self.bucket.s3_url_for_object(path)


def _history(days: int | None) -> list[s3.LifecycleRule]:
    """Nothing of the history expires unless the settings say so."""
    return [] if days is None else [_expiry(name, days) for name in HISTORY]


def _expiry(folder: str, days: int) -> s3.LifecycleRule:
    return s3.LifecycleRule(id=folder, prefix=f"{folder}/", expiration=Duration.days(days))
