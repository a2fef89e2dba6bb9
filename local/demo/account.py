"""The demo account as files: exports of the AWS CLI, and a bucket of flow logs."""

from datetime import date, timedelta
from pathlib import Path

from local.demo.configured_resources import write_configured_resources
from local.demo.hosts import HOSTS, NETWORK
from local.demo.traffic import connections
from simulation.deliveries import deliveries, write_flow_logs
from simulation.exports import inventory, write_inventory
from simulation.flow_log_exports import flow_logs
from simulation.flow_logs import Logging, flow_logs_of
from simulation.formats import FORMATS
from simulation.history import still
from simulation.logs import Logs, observe
from simulation.records import midnight

DAYS = 31


def write_demo(folder: Path, last_day: date, days: int = DAYS, log_format: str = "custom") -> None:
    """Writes folder/inventory and folder/flow-logs.

    The flow logs cover `days` UTC days, the last one being `last_day`; `log_format` is
    'custom' (text with tcp-flags and flow-direction), 'default' (version 2 text), 'parquet'
    (custom fields, Hive prefixes) or 'default-parquet'.
    """
    logs, logging = demo_logs(last_day, days, log_format), demo_logging(last_day, log_format)
    described = {"flow-logs.json": flow_logs(logging, NETWORK.account_id, midnight(last_day))}
    write_inventory(folder / "inventory", inventory(NETWORK) | described)
    write_configured_resources(folder / "inventory")
    write_flow_logs(folder / "flow-logs", NETWORK, deliveries(NETWORK, logs, logging))


def demo_logs(last_day: date, days: int, log_format: str = "custom") -> Logs:
    """What flow logs see of the demo account in some days."""
    span = [last_day - timedelta(days=back) for back in reversed(range(days))]
    seen = connections(last_day, days)
    return observe(still(NETWORK), seen, span, demo_logging(last_day, log_format))


def demo_logging(last_day: date, log_format: str = "custom") -> Logging:
    """The reporting host's subnet has no flow log; the card vault lost ten minutes of a day."""
    (reporting,), (vault,) = HOSTS["legacy-reporting"], HOSTS["card-vault"]
    subnets = {host.subnet_id for host in NETWORK.interfaces} - {reporting.subnet_id}
    lost = (vault.interface_id, midnight(last_day - timedelta(days=3)) + 13 * 3600)
    flow_logs = flow_logs_of(NETWORK, sorted(subnets), FORMATS[log_format])
    return Logging(flow_logs, frozenset({lost}), object_hours=(0, 1, 12))
