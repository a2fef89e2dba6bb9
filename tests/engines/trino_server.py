"""Trino with the Hive connector, over the emulator's Glue catalog and S3.

Its tables are those that the stack declared: Trino reads Athena's own table properties, partition
projection among them, from the catalog.
"""

import json
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trino import dbapi

from local.emulator.iam.callers import ACCOUNT
from tests.engines import downloads, servers

VERSION = "435"
CATALOG = "awsdatacatalog"
"""What Athena calls the Glue catalog."""

_JVM = (
    "-Xmx1200m",
    "-XX:+UseSerialGC",
    # Most of so short a life would go into compiling with more care.
    "-XX:TieredStopAtLevel=1",
    "-Djdk.attach.allowAttachSelf=true",
    "-Duser.timezone=UTC",
)


@dataclass(frozen=True)
class Trino:
    """A running server."""

    port: int

    def connect(self, schema: str | None = None) -> Any:
        """A connection in the catalog of the emulator."""
        where = {"host": "127.0.0.1", "port": self.port, "catalog": CATALOG, "schema": schema}
        return dbapi.connect(**where, user="athena")  # type: ignore[no-untyped-call]

    def execute(self, sql: str, schema: str | None = None) -> list[tuple[Any, ...]]:
        """The rows of a statement. Raises trino.exceptions.TrinoQueryError."""
        cursor = self.connect(schema).cursor()
        cursor.execute(sql)
        return [tuple(row) for row in cursor.fetchall()]

    @contextmanager
    def catalog(self, endpoint: str, region: str) -> Iterator[None]:
        """The catalog, as long as an emulator runs."""
        settings = ", ".join(
            f"\"{name}\" = '{value}'" for name, value in _catalog(endpoint, region).items()
        )
        self.execute(f"CREATE CATALOG {CATALOG} USING hive WITH ({settings})")
        try:
            yield
        finally:
            self.execute(f"DROP CATALOG {CATALOG}")


def _catalog(endpoint: str, region: str) -> Mapping[str, str]:
    glue, s3 = "hive.metastore.glue", "s3"
    return {
        "hive.metastore": "glue",
        "hive.security": "allow-all",
        f"{glue}.region": region,
        f"{glue}.endpoint-url": endpoint,
        f"{glue}.aws-access-key": "deployer",
        f"{glue}.aws-secret-key": "deployer",
        f"{glue}.catalogid": ACCOUNT,
        "hive.partition-projection-enabled": "true",
        # The emulator's catalog keeps no statistics of columns, and neither does the stack.
        "hive.table-statistics-enabled": "false",
        "hive.collect-column-statistics-on-write": "false",
        # As Athena does: files in folders below a partition belong to it.
        "hive.recursive-directories": "true",
        # What an UNLOAD writes.
        "hive.non-managed-table-writes-enabled": "true",
        "fs.hadoop.enabled": "false",
        "fs.native-s3.enabled": "true",
        f"{s3}.endpoint": endpoint,
        f"{s3}.region": region,
        f"{s3}.path-style-access": "true",
        f"{s3}.aws-access-key": "deployer",
        f"{s3}.aws-secret-key": "deployer",
    }


def _settings(port: int, folder: Path, plugins: Path) -> Mapping[str, str]:
    return {
        "coordinator": "true",
        "node-scheduler.include-coordinator": "true",
        "node.environment": "engines",
        "node.id": "engines",
        "node.bind-ip": "127.0.0.1",
        "node.internal-address": "127.0.0.1",
        "http-server.http.port": str(port),
        "discovery.uri": f"http://127.0.0.1:{port}",
        "plugin.dir": str(plugins),
        "catalog.management": "dynamic",
        "catalog.config-dir": str(folder),
        "query.max-memory": "400MB",
        "query.max-memory-per-node": "400MB",
        "memory.heap-headroom-per-node": "200MB",
    }


@contextmanager
def running(folder: Path) -> Iterator[Trino]:
    """A server without a catalog."""
    files, port = downloads.from_maven(), servers.free_port()
    folder.mkdir(parents=True, exist_ok=True)
    settings = _settings(port, folder, files / "trino-plugins")
    config = folder / "config.properties"
    config.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    launcher = Path(__file__).parent / "TrinoLauncher.java"
    classes: list[str | Path | int] = ["-cp", f"{files / 'trino'}/*", launcher, VERSION]
    command = [downloads.java(), *_JVM, f"-Dconfig={config}", *classes]
    with servers.running(command, folder, lambda: _is_ready(port)):
        yield Trino(port)


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/v1/info", timeout=2) as answer:
            return not json.load(answer)["starting"]
    except OSError:
        return False
