"""What runs on this machine is reached from this machine alone, and writes where it may."""

import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.emulator.server import Emulator, running_emulator
from tests.local.emulator.athena.warehouse import TEXT, make_warehouse

pytestmark = pytest.mark.skipif(not Path("/proc/self/net/tcp").exists(), reason="needs /proc")

_written: list[str] = []
_watching = False
_MAKES = {"os.mkdir": 0, "os.rename": 1, "os.link": 1, "os.symlink": 1}
"""Audit event to the place of the path that it makes."""
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def _audit(event: str, arguments: tuple[object, ...]) -> None:
    """An audit hook cannot be taken away, but told to look away."""
    if _watching and event == "open" and isinstance(arguments[0], str | bytes):
        mode, flags = arguments[1], arguments[2]
        text = isinstance(mode, str) and any(letter in mode for letter in "wax+")
        if text or (mode is None and isinstance(flags, int) and flags & _WRITES):
            _written.append(os.path.realpath(os.fsdecode(arguments[0])))
    elif _watching and event in _MAKES:
        _written.append(os.path.realpath(os.fsdecode(str(arguments[_MAKES[event]]))))


@pytest.fixture(scope="module")
def confined(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Emulator, Path]]:
    """An emulator that has worked a little, and its folder."""
    global _watching
    sys.addaudithook(_audit)
    folder = tmp_path_factory.mktemp("confined")
    _watching = True
    with running_emulator(folder) as aws:
        warehouse = make_warehouse(aws)
        warehouse.table("t", "a string", TEXT)
        warehouse.put("t/big.log", b"x\n" * 20_000_000)
        for key in ("t/../../../escaped.log", "t/%2e%2e/escaped.log", "/t/absolute.log"):
            warehouse.put(key, b"x\n")
        warehouse.rows("SELECT count(*) FROM t")
        _watching = False
        yield aws, folder
    _watching = False


def listening() -> set[str]:
    """The addresses on which this process listens, from the kernel's own tables."""
    mine = set()
    for descriptor in Path("/proc/self/fd").iterdir():
        try:
            mine.add(os.readlink(descriptor).removeprefix("socket:[").removesuffix("]"))
        except OSError:
            continue
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/self/net/{table}").read_text().splitlines()[1:]:
            words = line.split()
            address, state, inode = words[1], words[3], words[9]
            if state == "0A" and inode in mine:
                found.add(address.split(":")[0])
    return found


def test_servers_listen_on_loopback_alone(confined: tuple[Emulator, Path]) -> None:
    loopback = socket.inet_aton("127.0.0.1")[::-1].hex().upper()
    assert listening() == {loopback}


def test_nothing_is_written_outside_its_own_folder(confined: tuple[Emulator, Path]) -> None:
    _, folder = confined
    own = os.path.realpath(folder)
    outside = {path for path in _written if not path.startswith(f"{own}/") and path != own}
    assert {path for path in outside if path != os.devnull} == set()
    assert any(path.startswith(f"{own}/athena/") for path in _written)
