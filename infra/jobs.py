"""The four Glue jobs: four specifications, looped once, each with a role of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from aws_cdk import (
    AssetStaging,
    Duration,
    FileAssetLocation,
    FileAssetPackaging,
    IgnoreMode,
    RemovalPolicy,
    Stack,
)
from aws_cdk import aws_glue as glue
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3_assets as assets
from constructs import Construct

from infra.acknowledge import acknowledge
from infra.job_modules import job_modules
from infra.names import Names
from infra.trust import service_of_this_account

ROOT = Path(__file__).parent.parent
GLUE_VERSION = "5.1"
PACKAGES = ("aws_network", "report", "plan")


@dataclass(frozen=True)
class JobSpec:
    """One job: its script in jobs/, what it is told always, and what it may do."""

    noun: str
    timeout: Duration
    arguments: Mapping[str, str]
    may: Sequence[iam.PolicyStatement]
    workers: int = 2
    worker_type: str = "G.1X"
    role_name: str | None = None
    """For a role that policies elsewhere name; else CloudFormation names it."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Arguments whose value is the s3:// address of a file in jobs/."""
    acknowledged: Mapping[str, str] = field(default_factory=dict)
    """Wildcards (as cdk-nag spells them) that are meant to be, each with its reason."""


class Jobs(Construct):
    """All jobs; `names` and `roles` give each job's by the noun of its script."""

    def __init__(
        self, scope: Construct, construct_id: str, names: Names, specs: Sequence[JobSpec]
    ) -> None:
        super().__init__(scope, construct_id)
        self._libraries = _libraries(self)
        self._modules = _modules(self)
        self._names = names
        self.names = {spec.noun: names.of(spec.noun.replace("_", "-")) for spec in specs}
        self.roles = {spec.noun: self._job(spec) for spec in specs}
        for finding, reason in _ACKNOWLEDGED.items():
            acknowledge(self, finding, reason)

    def _job(self, spec: JobSpec) -> iam.Role:
        """Makes a job; returns its role."""
        scope = Construct(self, "".join(word.title() for word in spec.noun.split("_")))
        script = _file(scope, f"{spec.noun}.py")
        files = {argument: _file(scope, name) for argument, name in spec.files.items()}
        own = [
            _read_code([script, self._libraries, *files.values()], self._modules),
            _write_logs(scope, self._names.job_logs(spec.noun)),
        ]
        role = _role(scope, self.names[spec.noun], spec, [*own, *spec.may])
        glue.CfnJob(
            scope,
            "Job",
            name=self.names[spec.noun],
            role=role.role_arn,
            command=glue.CfnJob.JobCommandProperty(
                name="glueetl", python_version="3", script_location=script.s3_object_url
            ),
            glue_version=GLUE_VERSION,
            worker_type=spec.worker_type,
            number_of_workers=spec.workers,
            timeout=spec.timeout.to_minutes(),
            # The state machine retries, by the names of errors that pass.
            max_retries=0,
            execution_property=glue.CfnJob.ExecutionPropertyProperty(max_concurrent_runs=1),
            default_arguments={
                **_GLUE_ARGUMENTS,
                "--custom-logGroup-prefix": self._names.job_logs(spec.noun),
                "--extra-py-files": self._libraries.s3_object_url,
                "--additional-python-modules": self._modules.s3_object_url,
                **{f"--{key}": value for key, value in spec.arguments.items()},
                **{f"--{key}": asset.s3_object_url for key, asset in files.items()},
            },
        )
        return role


_ACKNOWLEDGED = {
    "AwsSolutions-GL1": "CloudWatch Logs encrypts every group with a key of its own; the logs hold "
    "counts and ids, which no key of ours would protect better.",
    "AwsSolutions-GL3": "No job keeps a bookmark: what a run reads is named by its arguments.",
}

_GLUE_ARGUMENTS = {
    "--job-language": "python",
    "--job-bookmark-option": "job-bookmark-disable",
    # All modules come from the stack's own zip: a night asks no package index.
    "--python-modules-installer-option": "--no-index",
}


def _libraries(scope: Construct) -> assets.Asset:
    """One zip whose top level holds the packages that the jobs import, data files included."""
    wanted = [line for name in PACKAGES for line in (f"!/{name}", f"!/{name}/**")]
    return assets.Asset(
        scope,
        "Libraries",
        path=str(ROOT),
        exclude=["/*", *wanted, "__pycache__", "*.egg-info"],
        ignore_mode=IgnoreMode.GIT,
    )


def _modules(scope: Construct) -> FileAssetLocation:
    """The zip of wheels. Its key ends in `.gluewheels.zip`, as Glue demands; an Asset's would not.

    Raises JobModulesError.
    """
    stack = Stack.of(scope)
    staged = AssetStaging(scope, "Modules", source_path=str(job_modules()))
    return stack.synthesizer.add_file_asset(
        packaging=FileAssetPackaging.FILE,
        file_name=staged.relative_staged_path(stack),
        source_hash=f"{staged.asset_hash}.gluewheels",
    )


def _file(scope: Construct, name: str) -> assets.Asset:
    return assets.Asset(scope, name, path=str(ROOT / "jobs" / name))


def _read_code(files: Sequence[assets.Asset], modules: FileAssetLocation) -> iam.PolicyStatement:
    """Exactly these objects of the bootstrap bucket, not the bucket."""
    bucket = files[0].bucket
    keys = [*(asset.s3_object_key for asset in files), modules.object_key]
    return iam.PolicyStatement(
        sid="ReadOwnCode",
        actions=["s3:GetObject"],
        resources=[bucket.arn_for_objects(key) for key in keys],
    )


def _write_logs(scope: Construct, prefix: str) -> iam.PolicyStatement:
    """Glue 5 writes to PREFIX/output and PREFIX/error; both groups are ours and expire."""
    groups = [
        logs.LogGroup(
            scope,
            f"{name.title()}Log",
            log_group_name=f"{prefix}/{name}",
            retention=logs.RetentionDays.THREE_MONTHS,
            removal_policy=RemovalPolicy.DESTROY,
        )
        for name in ("output", "error")
    ]
    return iam.PolicyStatement(
        sid="WriteOwnLogs",
        actions=["logs:CreateLogStream", "logs:PutLogEvents"],
        resources=[group.log_group_arn for group in groups],
    )


def _role(
    scope: Construct, job_name: str, spec: JobSpec, statements: Sequence[iam.PolicyStatement]
) -> iam.Role:
    """A role for this job alone. AWSGlueServiceRole is not used: it opens every bucket's list."""
    role = iam.Role(
        scope,
        "Role",
        role_name=spec.role_name,
        assumed_by=service_of_this_account("glue.amazonaws.com"),
        description=f"What the Glue job {job_name} may do",
        inline_policies={spec.noun: iam.PolicyDocument(statements=list(statements))},
    )
    for finding, reason in spec.acknowledged.items():
        acknowledge(role, f"AwsSolutions-IAM5[{finding}]", reason)
    return role
