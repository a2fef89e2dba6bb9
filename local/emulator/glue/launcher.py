"""Starts a Glue job run on this machine: its script, its packages, its role, its Spark."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.emulator.glue.modules import IS_LIKE_GLUE, installed, wheel_zips
from local.emulator.glue.process import JobProcess, script_arguments, start_process
from local.emulator.iam.callers import Caller, caller_of_key, require_trust
from local.emulator.s3 import ObjectStore, split_uri
from local.emulator.spark.configuration import spark_environment, write_spark_conf


@dataclass(frozen=True)
class Launcher:
    """Starts job runs, each in a folder of its own below `folder`."""

    folder: Path
    endpoint: str
    region: str
    assume: Callable[[str, str], dict[str, str]]
    s3_address: Callable[[Caller, str], str]
    """(caller, run id) -> address under which Spark reads s3:// with the caller's permissions"""

    def __call__(
        self, name: str, run_id: str, job: dict[str, Any], arguments: dict[str, str]
    ) -> JobProcess:
        """Starts a run.

        Raises DeniedError; MissingObjectError for its script, a package or its modules;
        ModulesError.
        """
        role = job["Role"]
        require_trust(role, "glue.amazonaws.com")
        credentials = self.assume(role, f"GlueJobRunnerSession-{run_id[-8:]}")
        caller = caller_of_key(credentials["AccessKeyId"])
        store = ObjectStore(caller)
        folder = self.folder / f"{name}-{run_id[-8:]}"
        folder.mkdir(parents=True)
        script = store.read(*split_uri(job["Command"]["ScriptLocation"]))
        packages = [
            *self._packages(store, folder, arguments.get("--extra-py-files", "")),
            *self._modules(store, arguments),
        ]
        conf = write_spark_conf(folder / "spark", self.s3_address(caller, run_id))
        argv = script_arguments(name, run_id, arguments)
        environment = self._environment(credentials, packages, conf)
        return start_process(folder, script, argv, environment)

    def _packages(self, store: ObjectStore, folder: Path, uris: str) -> list[Path]:
        paths = []
        for uri in filter(None, uris.split(",")):
            bucket, key = split_uri(uri.strip())
            path = folder / key.rsplit("/", 1)[-1]
            path.write_bytes(store.read(bucket, key))
            paths.append(path)
        return paths

    def _modules(self, store: ObjectStore, arguments: dict[str, str]) -> list[Path]:
        uris = wheel_zips(arguments.get("--additional-python-modules", ""))
        zips = [store.read(*split_uri(uri)) for uri in uris]
        options = arguments.get("--python-modules-installer-option", "")
        return [installed(wheels, options) for wheels in zips] if IS_LIKE_GLUE else []

    def _environment(
        self, credentials: dict[str, str], packages: list[Path], conf: Path
    ) -> dict[str, str]:
        return {
            **{
                key: os.environ[key]
                for key in ("PATH", "HOME", "LANG", "TMPDIR")
                if key in os.environ
            },
            **spark_environment(conf),
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
