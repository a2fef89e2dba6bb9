"""All regions of all accounts."""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from aws_network.export.access import Access
from aws_network.export.errors import ExportError, InputError
from aws_network.export.folder import replace
from aws_network.export.parts import ALL_PARTS, Part, names_of
from aws_network.export.progress import Bar
from aws_network.export.region import export_region
from aws_network.export.scope import Accounts, Scope, Target
from aws_network.export.threads import Threads


@dataclass(frozen=True)
class Request:
    """What to export, and where to."""

    scope: Scope
    parts: tuple[Part, ...]
    out: Path
    snapshot: datetime | None
    """The time of the export, if it is to be one of several; None: the account as it is now."""
    parallel: int

    def folder_of(self, target: Target) -> Path:
        """Where the files of a region belong."""
        folder = self.out
        if self.snapshot:
            folder = folder / "snapshots" / f"{self.snapshot.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        return folder / target.account / target.region if self.scope.has_several else folder


def export(request: Request, access: Access, bar: Bar, fail: Callable[[str], None]) -> bool:
    """Whether all was exported; `fail` is told in one line what was not, and why.

    Raises InputError, and ExportError when not even the accounts are known.
    """
    accounts = Accounts(request.scope, access)
    names = accounts.all()
    with (
        _new_folder(request.out) as new,
        bar.shown(),
        Threads(request.parallel, fail) as threads,
    ):
        targets = [target for found in threads.each(accounts.targets, names) for target in found]
        bar.begin(len(targets) * len(request.parts))
        region = _Region(request, access, accounts, new, bar, threads)
        for line in threads.each(region.export, targets):
            bar.line(line)
    return threads.failures == 0


@dataclass(frozen=True)
class _Region:
    """What the export of every region needs."""

    request: Request
    access: Access
    accounts: Accounts
    new: Path
    bar: Bar
    threads: Threads

    def export(self, target: Target) -> str:
        """What was exported, in one line. Raises ExportError."""
        begun = time.monotonic()
        new = self.new / target.account / target.region
        credentials = self.accounts.credentials(target.account)
        make_client = self.access.clients_in(target.region, credentials)
        try:
            exported = export_region(self.request.parts, make_client, new, self._after_each)
            replace(self.request.folder_of(target), new, names_of(ALL_PARTS))
        except OSError as error:
            raise ExportError(f"{error.filename}: {error.strerror}") from error
        return f"{target}: {exported} ({time.monotonic() - begun:.1f} s)"

    def _after_each(self) -> None:
        self.bar.advance()
        self.threads.stop_if_interrupted()


@contextmanager
def _new_folder(out: Path) -> Iterator[Path]:
    """A folder in `out`, which goes at the end, and `out` as well if it is empty."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        temporary = tempfile.TemporaryDirectory(prefix=".new-", dir=out)
    except OSError as error:
        raise InputError(f"--out {out}: cannot be written to ({error.strerror})") from error
    try:
        with temporary as name:
            yield Path(name)
    finally:
        with suppress(OSError):
            out.rmdir()
