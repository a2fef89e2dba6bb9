"""What the roles of the deployed stack are granted, and what of it no run makes use of."""

import fnmatch
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from moto.iam.models import iam_backends

from local.emulator.iam.callers import Caller, statements_of

Granted = tuple[str, str, str]
"""The ARN of a role, an action that it was allowed, and the resource."""

NO_RUN_NEEDS = {
    ("*", "logs:CreateLogStream"): "Glue writes the logs; here they are files",
    ("*", "logs:PutLogEvents"): "Glue writes the logs; here they are files",
    (
        "query-flow-logs",
        "s3:AbortMultipartUpload",
    ): "Athena: an upload in parts that broke off; these are in one part",
    ("query-flow-logs", "s3:ListMultipartUploadParts"): "Athena, as above",
    ("query-flow-logs", "s3:ListBucketMultipartUploads"): "Athena, as above",
    ("query-flow-logs", "athena:StopQueryExecution"): "a query that is not done after an hour",
    ("query-flow-logs", "glue:GetDatabase"): "Athena asks for it; here it looks at tables alone",
    (
        "query-flow-logs",
        "glue:GetPartitions",
    ): "Athena asks for it, though partitions are projected",
    ("collect-security-groups", "codebuild:BatchGetProjects"): "asked only where there is one",
    ("collect-security-groups", "ecs:*Services"): "asked only where there is a cluster",
    ("query-flow-logs", "glue:GetTable"): "the default database: Athena looks at it as well",
    ("query-flow-logs", "s3:GetBucketLocation"): "of the flow logs: Athena asks where they are",
    (
        "compute-rule-usage",
        "s3:*Object on */last_uses/[*]",
    ): "of whole months before the window; the few days of this run have none",
    ("email-usage-report", "ses:Send*"): "the domain, and in the sandbox the recipients, see "
    "docs/permissions.md",
    ("Workflow", "glue:BatchStopJobRun"): "the other jobs; one stopped execution is enough here",
    ("Workflow", "glue:GetJobRuns"): "AWS names it among those of startJobRun.sync",
    ("Workflow", "kms:Decrypt"): "S3, SNS and DynamoDB use keys in the caller's name; none here",
    ("Workflow", "kms:GenerateDataKey"): "as above",
    ("Workflow", "logs:*"): "CloudWatch Logs delivery is configured by Step Functions itself",
    ("Workflow", "xray:*"): "tracing is done by Step Functions itself",
}
"""(job or role, action or "action on resource"): why no run on this machine needs the grant."""


@dataclass(frozen=True)
class Grant:
    """An action on a resource that a statement of a role allows."""

    role: str
    action: str
    resource: str

    def __str__(self) -> str:
        return f"{self.role.rsplit('/', 1)[-1]}: {self.action} on {self.resource}"

    def is_used(self, runs: frozenset[Granted]) -> bool:
        return any(
            role == self.role
            and fnmatch.fnmatchcase(action.lower(), self.action.lower())
            and fnmatch.fnmatchcase(resource, self.resource)
            for role, action, resource in runs
        )

    def reason(self) -> tuple[str, str] | None:
        """The entry of NO_RUN_NEEDS that speaks of it."""
        return next(
            (
                (role, action)
                for role, action in NO_RUN_NEEDS
                if role in ("*", *self.words()) and self._is_meant(action)
            ),
            None,
        )

    def _is_meant(self, pattern: str) -> bool:
        """Whether an action, or an action on a resource, is that of this grant."""
        said = f"{self.action} on {self.resource}" if " on " in pattern else self.action
        return fnmatch.fnmatchcase(said, pattern)

    def words(self) -> tuple[str, ...]:
        jobs = ("collect-security-groups", "query-flow-logs", "compute-rule-usage",
                "email-usage-report")  # fmt: skip
        name = self.role.rsplit("/", 1)[-1].lower().replace("-", "")
        return tuple(w for w in (*jobs, "Workflow") if w.replace("-", "")[:20].lower() in name)


def grants() -> Iterator[Grant]:
    """Every grant of every role of the stack, as it is deployed."""
    for role in iam_backends["123456789012"]["aws"].roles.values():
        if role.name.startswith("cdk-"):
            continue
        for statement in statements_of(role.arn):
            for action in listed(statement["Action"]):
                for resource in listed(statement["Resource"]):
                    yield Grant(role.arn, action, resource)


def listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


@contextmanager
def recorded_grants() -> Iterator[set[Granted]]:
    """Fills the set with all that roles are allowed meanwhile."""
    granted: set[Granted] = set()
    require = Caller.require

    def recording(caller: Caller, action: str, resource: str, **context: str) -> None:
        require(caller, action, resource, **context)
        if caller.role_arn:
            granted.add((caller.role_arn, action, resource))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Caller, "require", recording)
        yield granted
