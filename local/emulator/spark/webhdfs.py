"""A read-only WebHDFS server in front of S3, by which Spark reads s3:// paths.

Spark knows WebHDFS without further jars. A path is /webhdfs/v1/RUN/BUCKET/KEY; the run says whose
permissions count. Source: "WebHDFS REST API" of Apache Hadoop.
"""

import json
import sys
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from local.emulator.iam.callers import Caller, DeniedError
from local.emulator.s3 import MissingObjectError, ObjectInfo, ObjectStore

_PREFIX = "/webhdfs/v1/"


@dataclass
class WebHdfsServer:
    """A server on loopback; `address_for` gives a run's caller an address."""

    server: ThreadingHTTPServer = field(init=False)
    callers: dict[str, Caller] = field(default_factory=dict)

    def start(self) -> None:
        """Listens on an ephemeral port."""
        handler = type("Handler", (_Handler,), {"webhdfs": self})
        self.server = _Server(("127.0.0.1", 0), handler)
        threading.Thread(target=self.server.serve_forever, daemon=True, name="webhdfs").start()

    def stop(self) -> None:
        """Stops listening."""
        self.server.shutdown()
        self.server.server_close()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server.server_port)

    def address_for(self, caller: Caller, run: str) -> str:
        """The address under which a run reads with its caller's permissions."""
        self.callers[run] = caller
        return f"webhdfs://127.0.0.1:{self.port}/{run}"


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Spark asks for a file to its end, and hangs up when it has the part it wants."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    webhdfs: WebHdfsServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        query = {key.lower(): values[0] for key, values in parse_qs(address.query).items()}
        if query.get("op", "").upper() == "GETHOMEDIRECTORY":
            self._json({"Path": "/"})
            return
        run, _, rest = unquote(address.path).removeprefix(_PREFIX).partition("/")
        bucket, _, key = rest.partition("/")
        try:
            store = ObjectStore(self.webhdfs.callers[run])
            self._answer(store, bucket, key.strip("/"), query)
        except (MissingObjectError, KeyError) as error:
            self._error(404, "FileNotFoundException", "java.io", f"File does not exist: {error}")
        except DeniedError as error:
            security = "org.apache.hadoop.security"
            self._error(403, "AccessControlException", security, str(error))

    def _answer(self, store: ObjectStore, bucket: str, key: str, query: dict[str, str]) -> None:
        match query.get("op", "").upper():
            case "GETFILESTATUS":
                self._json({"FileStatus": _status(store, bucket, key)})
            case "LISTSTATUS":
                self._json({"FileStatuses": {"FileStatus": _children(store, bucket, key)}})
            case "GET_BLOCK_LOCATIONS":
                self._json({"LocatedBlocks": _no_blocks(store, bucket, key)})
            case "OPEN" if "served" in query:
                self._bytes(store, bucket, key, query)
            case "OPEN":
                self._redirect()
            case operation:
                unsupported = f"{operation}: s3:// is read-only here; write with boto3"
                self._error(403, "IOException", "java.io", unsupported)

    do_PUT = do_POST = do_DELETE = do_GET  # noqa: N815

    def _redirect(self) -> None:
        """HDFS answers OPEN with the address of a data node; here it is this server again."""
        self.send_response(307)
        address = f"http://127.0.0.1:{self.webhdfs.port}{self.path}&served=true"
        self.send_header("Location", address)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _bytes(self, store: ObjectStore, bucket: str, key: str, query: dict[str, str]) -> None:
        content = store.read(bucket, key)
        start = int(query.get("offset", 0))
        end = start + int(query["length"]) if "length" in query else len(content)
        self._send(200, "application/octet-stream", content[start:end])

    def _json(self, value: Any, code: int = 200) -> None:
        self._send(code, "application/json", json.dumps(value).encode())

    def _error(self, code: int, name: str, package: str, message: str) -> None:
        detail = {"exception": name, "javaClassName": f"{package}.{name}", "message": message}
        self._json({"RemoteException": detail}, code)

    def _send(self, code: int, content_type: str, content: bytes) -> None:
        self.send_response(code)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""


def _entry(suffix: str, info: ObjectInfo | None) -> dict[str, Any]:
    return {
        "pathSuffix": suffix,
        "type": "DIRECTORY" if info is None else "FILE",
        "length": 0 if info is None else info.size,
        "modificationTime": 0 if info is None else int(info.modified * 1000),
        "accessTime": 0,
        "blockSize": 134217728,
        "replication": 1,
        "permission": "755",
        "owner": "s3",
        "group": "s3",
    }


def _status(store: ObjectStore, bucket: str, key: str) -> dict[str, Any]:
    """As S3A does it: an object of that name, else a folder that holds something."""
    found = store.head(bucket, key) if key else None
    if found is None and not store.list(bucket, f"{key}/" if key else ""):
        raise MissingObjectError(f"s3://{bucket}/{key}")
    return _entry("", found)


def _no_blocks(store: ObjectStore, bucket: str, key: str) -> dict[str, Any]:
    """An object is on no particular host."""
    return {
        "fileLength": _status(store, bucket, key)["length"],
        "isUnderConstruction": False,
        "locatedBlocks": [],
        "lastLocatedBlock": None,
        "isLastBlockComplete": True,
    }


def _children(store: ObjectStore, bucket: str, key: str) -> list[dict[str, Any]]:
    folder = f"{key}/" if key else ""
    entries: dict[str, ObjectInfo | None] = {}
    for info in store.list(bucket, folder):
        name, slash, _ = info.key.removeprefix(folder).partition("/")
        if name:
            entries[name] = None if slash else info
    if entries:
        return [_entry(name, info) for name, info in sorted(entries.items())]
    return [_status(store, bucket, key)]
