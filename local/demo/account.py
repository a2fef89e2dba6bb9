"""The demo account as files: exports of the AWS CLI, and a bucket of flow logs."""

from datetime import date, timedelta
from pathlib import Path

from local.demo.configured_resources import write_configured_resources
from local.demo.hosts import HOSTS, NETWORK
from local.demo.traffic import connections
from simulation.exports import write_inventory
from simulation.formats import FORMATS, write_flow_logs
from simulation.records import midnight
from simulation.traffic import Logging, Logs, observe

DAYS = 31


def write_demo(folder: Path, last_day: date, days: int = DAYS, log_format: str = "custom") -> None:
    """Writes folder/inventory and folder/flow-logs.

    The flow logs cover `days` UTC days, the last one being `last_day`; `log_format` is
    'custom' (text with tcp-flags and flow-direction), 'default' (version 2 text), 'parquet'
    (custom fields, Hive prefixes) or 'default-parquet'.
    """
    write_inventory(folder / "inventory", NETWORK)
    write_configured_resources(folder / "inventory")
    records = demo_logs(last_day, days).records
    write_flow_logs(folder / "flow-logs", NETWORK, records, FORMATS[log_format])


def demo_logs(last_day: date, days: int) -> Logs:
    """What flow logs see of the demo account in some days."""
    span = frozenset(last_day - timedelta(days=back) for back in range(days))
    return observe(NETWORK, connections(last_day, days), span, demo_logging(last_day))


def demo_logging(last_day: date) -> Logging:
    """The reporting host has no flow log; the card vault lost ten minutes of one day."""
    (reporting,), (vault,) = HOSTS["legacy-reporting"], HOSTS["card-vault"]
    lost = (vault.interface_id, midnight(last_day - timedelta(days=3)) + 13 * 3600)
    return Logging(600, frozenset({reporting.interface_id}), frozenset({lost}))
