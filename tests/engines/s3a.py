"""Spark on Hadoop's own S3A, in place of the bridge of `local`."""

from pathlib import Path

import pytest

from local.emulator.glue import launcher
from local.emulator.spark.configuration import write_spark_conf
from tests.engines import downloads

NAME, VERSION = "S3A (Spark)", "hadoop-aws 3.3.4"


def install(patch: pytest.MonkeyPatch, endpoint: str) -> None:
    """Makes the Spark of every job read s3:// through S3A, with the credentials of its role."""

    def write(folder: Path, s3_address: str) -> Path:
        write_spark_conf(folder, s3_address)
        lines = [f"{key} {value}\n" for key, value in _settings(endpoint).items()]
        with (folder / "spark-defaults.conf").open("a") as file:
            file.writelines(lines)
        return folder

    patch.setattr(launcher, "write_spark_conf", write)


def _settings(endpoint: str) -> dict[str, str]:
    jars = sorted((downloads.from_maven() / "s3a").glob("*.jar"))
    return {
        "spark.jars": ",".join(map(str, jars)),
        "spark.hadoop.fs.s3.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
        "spark.hadoop.fs.s3a.endpoint": endpoint,
        "spark.hadoop.fs.s3a.endpoint.region": "us-east-1",
        "spark.hadoop.fs.s3a.path.style.access": "true",
        "spark.hadoop.fs.s3a.connection.ssl.enabled": "false",
        "spark.hadoop.fs.s3a.aws.credentials.provider": (
            "com.amazonaws.auth.EnvironmentVariableCredentialsProvider"
        ),
        "spark.hadoop.fs.s3a.attempts.maximum": "2",
        "spark.hadoop.fs.s3a.retry.limit": "2",
    }
