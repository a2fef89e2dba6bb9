"""The work of the bench: accounts and flow logs, made on demand in one folder."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from simulation.bulk import write_attributable_rows, write_bulk_flow_logs
from simulation.exports import write_inventory
from simulation.formats import FORMATS
from simulation.large_account import large_account
from simulation.network import Network

DAY = date(2026, 11, 5)


@cache
def account(rules: int) -> Network:
    """The large account with so many rules."""
    return large_account(rules)


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

    def flow_logs(self, records: int, rules: int = 2_000) -> Path:
        """A folder with the flow logs of DAY, text, custom format."""
        path = self.folder / f"flow-logs-{records}-{rules}"
        if not path.exists():
            write_bulk_flow_logs(path, account(rules), DAY, records, FORMATS["custom"])
        return path

    def rows(self, count: int, rules: int) -> Path:
        """A folder with Parquet files of so many attributable rows."""
        path = self.folder / f"rows-{count}-{rules}"
        if not path.exists():
            write_attributable_rows(path, account(rules), DAY, count)
        return path
