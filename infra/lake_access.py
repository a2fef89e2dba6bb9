"""What a role may do in the lake, said in folders."""

from collections.abc import Sequence

from aws_cdk import CfnElement, Stack
from aws_cdk import aws_iam as iam
from constructs import IConstruct

from aws_network.stores.lake_folders import LakeFolder
from infra.acknowledge import acknowledge
from infra.lake import Lake


def may_read(lake: Lake, *folders: LakeFolder) -> list[iam.PolicyStatement]:
    """Reading and listing these folders."""
    return [
        _objects(lake, "ReadLake", ["s3:GetObject"], folders),
        iam.PolicyStatement(
            sid="ListLake",
            actions=["s3:ListBucket"],
            resources=[lake.bucket.bucket_arn],
            # "IfExists": S3 asks for ListBucket without a prefix when a requested object is not
            # there, and would answer 403 instead of 404.
            conditions={
                "StringLikeIfExists": {"s3:prefix": [folder.key("*") for folder in folders]}
            },
        ),
    ]


def may_look_for(lake: Lake, *folders: LakeFolder) -> iam.PolicyStatement:
    """Asking for an object with a folder's own name, as Spark does of a table's base path."""
    return iam.PolicyStatement(
        sid="LookForFolder",
        actions=["s3:GetObject"],
        resources=[lake.bucket.arn_for_objects(folder.folder) for folder in folders],
    )


def may_write(lake: Lake, *folders: LakeFolder) -> iam.PolicyStatement:
    """Writing objects, each in one part."""
    return _objects(lake, "WriteLake", ["s3:PutObject"], folders)


def may_write_from_athena(lake: Lake, *folders: LakeFolder) -> iam.PolicyStatement:
    """Writing objects in several parts; `may_query` lists the uploads that are under way."""
    actions = ["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"]
    return _objects(lake, "WriteLake", actions, folders)


def may_delete(lake: Lake, *folders: LakeFolder) -> iam.PolicyStatement:
    """Deleting objects."""
    return _objects(lake, "DeleteFromLake", ["s3:DeleteObject"], folders)


def _objects(
    lake: Lake, sid: str, actions: Sequence[str], folders: Sequence[LakeFolder]
) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        sid=sid,
        actions=list(actions),
        resources=[lake.bucket.arn_for_objects(folder.key("*")) for folder in folders],
    )


def acknowledge_folders(construct: IConstruct, lake: Lake, *folders: LakeFolder) -> None:
    """Says of the roles below `construct` why they may touch every object of these folders."""
    bucket = lake.bucket.node.default_child
    assert isinstance(bucket, CfnElement)
    logical_id = Stack.of(lake).get_logical_id(bucket)
    for folder in folders:
        acknowledge(
            construct,
            f"AwsSolutions-IAM5[Resource::<{logical_id}.Arn>/{folder.key('*')}]",
            "One folder of the lake; the names of its objects hold days and query ids.",
        )
