"""dynalite: DynamoDB on LevelDB, written against the answers of the real one.

It shares no code with the emulator. DynamoDB Local is not used: its licence is AWS's own.
"""

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from tests.engines import downloads, servers
from tests.infra.stacks import Template, plain, resources

NAME = "dynalite (DynamoDB)"
VERSION = downloads.DYNALITE.rpartition("@")[2]
_KEYS: dict[str, Any] = {"aws_access_key_id": "engines", "aws_secret_access_key": "engines"}


@dataclass
class Dynalite:
    """A running server, and how often it was called."""

    endpoint: str
    calls: int = 0

    def session(self) -> boto3.Session:
        """A session whose calls are counted."""
        session = boto3.Session(region_name="us-east-1", **_KEYS)
        session.events.register("before-call.dynamodb", self._count)
        return session

    def _count(self, **_: Any) -> None:
        self.calls += 1

    def client(self, session: boto3.Session | None = None) -> Any:
        """A client of it."""
        return (session or self.session()).client("dynamodb", endpoint_url=self.endpoint)

    def table(self, name: str, session: boto3.Session | None = None) -> Any:
        """A table, as the jobs use it."""
        resource = (session or self.session()).resource("dynamodb", endpoint_url=self.endpoint)
        return resource.Table(name)

    def create_tables(self, stack: Template) -> None:
        """The tables of a synthesized stack: keys, indexes and billing mode as declared there."""
        for declared in map(plain, resources(stack, "AWS::DynamoDB::Table").values()):
            names = ("TableName", "KeySchema", "AttributeDefinitions", "GlobalSecondaryIndexes")
            self.create_table({name: declared[name] for name in (*names, "BillingMode")})

    def create_table(self, given: Mapping[str, Any]) -> None:
        """A table, from what CreateTable takes."""
        self.client().create_table(**given)
        waiter = self.client().get_waiter("table_exists")
        waiter.wait(TableName=given["TableName"], WaiterConfig={"Delay": 1})

    def delete_tables(self) -> None:
        """All tables."""
        client = self.client()
        for name in client.list_tables()["TableNames"]:
            client.delete_table(TableName=name)
            client.get_waiter("table_not_exists").wait(TableName=name, WaiterConfig={"Delay": 1})


@contextmanager
def running(folder: Path) -> Iterator[Dynalite]:
    """A server without tables, its data in memory."""
    port = servers.free_port()
    script = downloads.from_npm() / "node_modules" / "dynalite" / "cli.js"
    times = ["--createTableMs", "1", "--deleteTableMs", "1", "--updateTableMs", "1"]
    place: list[str | Path | int] = ["--host", "127.0.0.1", "--port", port]
    command: list[str | Path | int] = [downloads.NODE, script, *place, *times]
    with servers.running(command, folder, lambda: _answers(port)):
        yield Dynalite(f"http://127.0.0.1:{port}")


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True
