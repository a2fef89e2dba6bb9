"""The Athena workgroup, which bounds what a query can cost and where its result goes."""

from aws_cdk import aws_athena as athena
from aws_cdk import aws_kms as kms
from constructs import Construct

from aws_network.stores.lake_tables import ATHENA_RESULTS
from infra.lake import Lake
from infra.settings import Settings


class Workgroup(Construct):
    """Enforced: a query can neither scan past the cutoff nor leave its result elsewhere."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        settings: Settings,
        lake: Lake,
        key: kms.IKey | None,
    ) -> None:
        super().__init__(scope, construct_id)
        athena.CfnWorkGroup(
            self,
            "Workgroup",
            name=settings.names.workgroup,
            description="Queries of the security group analysis",
            recursive_delete_option=True,
            work_group_configuration=athena.CfnWorkGroup.WorkGroupConfigurationProperty(
                enforce_work_group_configuration=True,
                publish_cloud_watch_metrics_enabled=True,
                bytes_scanned_cutoff_per_query=settings.bytes_scanned_cutoff,
                engine_version=athena.CfnWorkGroup.EngineVersionProperty(
                    selected_engine_version="Athena engine version 3"
                ),
                result_configuration=_results(lake, key),
            ),
        )


def _results(lake: Lake, key: kms.IKey | None) -> athena.CfnWorkGroup.ResultConfigurationProperty:
    return athena.CfnWorkGroup.ResultConfigurationProperty(
        output_location=lake.folder_url(ATHENA_RESULTS),
        encryption_configuration=athena.CfnWorkGroup.EncryptionConfigurationProperty(
            encryption_option="SSE_KMS" if key else "SSE_S3",
            kms_key=key.key_arn if key else None,
        ),
    )
