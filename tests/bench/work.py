"""The work of the bench: accounts and flow logs, made on demand in one folder."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from simulation.exports import write_inventory
from simulation.formats import FORMATS
from simulation.network import Network
from tests.large_account.bulk_files import write_attributable_rows, write_bulk_flow_logs
from tests.large_account.network import large_account

DAY = date(2026, 11, 5)
RULES = 2_000


@cache
def account(rules: int, interfaces: int | None = None) -> Network:
    """The large account with so many rules; as many interfaces as suit them, or so many."""
    return large_account(rules, interfaces)


@dataclass(frozen=True)
class Work:
    """Files of one bench run."""

    folder: Path

    def inventory(self, rules: int) -> Path:
        """A folder with the AWS CLI's exports of the account."""
        path = self.folder / f"inventory-{rules}"
        if not path.exists():
            write_inventory(path, account(rules))
        return path

    def flow_logs(
        self, records: int, log_format: str = "custom", most_peers: int = 1_000_000
    ) -> Path:
        """A folder with flow logs of DAY of the account with RULES rules."""
        path = self.folder / f"flow-logs-{log_format}-{records}-{most_peers}"
        if not path.exists():
            network, form = account(RULES), FORMATS[log_format]
            write_bulk_flow_logs(path, network, DAY, records, form, most_peers)
        return path

    def rows(self, count: int, rules: int) -> Path:
        """A folder with Parquet files of so many attributable rows."""
        path = self.folder / f"rows-{count}-{rules}"
        if not path.exists():
            write_attributable_rows(path, account(rules), DAY, count)
        return path
