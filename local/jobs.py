"""How a Glue job is started here: its script, its packages, its role, its Spark."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local import job_process, spark
from local.iam import Caller, DeniedError, caller, role_of
from local.job_process import JobProcess
from local.objects import ObjectStore, split_uri


@dataclass(frozen=True)
class Launcher:
    """Starts job runs, each in a folder of its own below `folder`."""

    folder: Path
    endpoint: str
    region: str
    assume: Callable[[str, str], dict[str, str]]
    read_road: Callable[[Caller, str], str]
    """(caller, run id) -> address under which Spark reads s3:// with the caller's permissions"""

    def __call__(
        self, name: str, run_id: str, job: dict[str, Any], arguments: dict[str, str]
    ) -> JobProcess:
        """Starts a run. Raises DeniedError; MissingObjectError for its script or a package."""
        role = job["Role"]
        require_trust(role, "glue.amazonaws.com")
        credentials = self.assume(role, f"GlueJobRunnerSession-{run_id[-8:]}")
        who = caller(credentials["AccessKeyId"])
        store = ObjectStore(who)
        folder = self.folder / f"{name}-{run_id[-8:]}"
        folder.mkdir(parents=True)
        script = store.read(*split_uri(job["Command"]["ScriptLocation"]))
        packages = self._packages(store, folder, arguments.get("--extra-py-files", ""))
        conf = spark.write_conf(folder / "spark", self.read_road(who, run_id))
        argv = job_process.script_arguments(name, run_id, arguments)
        environment = self._environment(credentials, packages, conf)
        return job_process.start(folder, script, argv, environment)

    def _packages(self, store: ObjectStore, folder: Path, uris: str) -> list[Path]:
        paths = []
        for uri in filter(None, uris.split(",")):
            bucket, key = split_uri(uri.strip())
            path = folder / key.rsplit("/", 1)[-1]
            path.write_bytes(store.read(bucket, key))
            paths.append(path)
        return paths

    def _environment(
        self, credentials: dict[str, str], packages: list[Path], conf: Path
    ) -> dict[str, str]:
        return {
            **{
                key: os.environ[key]
                for key in ("PATH", "HOME", "LANG", "TMPDIR")
                if key in os.environ
            },
            **spark.environment(conf),
            "AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
            "AWS_SESSION_TOKEN": credentials["SessionToken"],
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "PYTHONPATH": os.pathsep.join(map(str, packages)),
            "PYTHONUNBUFFERED": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            "TZ": "UTC",
        }


def require_trust(role_arn: str, service: str) -> None:
    """Raises DeniedError unless the role may be assumed by an AWS service."""
    document = role_of(role_arn).assume_role_policy_document
    policy = json.loads(document) if isinstance(document, str) else document
    statements = (
        policy["Statement"] if isinstance(policy["Statement"], list) else [policy["Statement"]]
    )
    trusted = [
        s.get("Principal", {}).get("Service", []) for s in statements if s["Effect"] == "Allow"
    ]
    names = [name for entry in trusted for name in (entry if isinstance(entry, list) else [entry])]
    if service not in names:
        raise DeniedError(f"Role {role_arn} should be given assume role permissions for {service}")
