"""The demo account: a web shop in one region, a month of its flow logs, and the truth about it."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

from local.demo.configured_resources import write_configured_resources
from local.demo.hosts import HOSTS, NETWORK
from local.demo.statuses import Seen, expectations
from local.demo.traffic import connections
from simulation.exports import write_inventory
from simulation.formats import FORMATS, write_flow_logs
from simulation.records import midnight
from simulation.traffic import Logging, observe
from simulation.truth import truth_by_day

__all__ = ["write_demo"]


def write_demo(folder: Path, last_day: date, days: int = 31, log_format: str = "custom") -> Path:
    """Writes folder/inventory, folder/flow-logs and folder/truth.json; returns the folder.

    The flow logs cover `days` UTC days, the last one being `last_day`; `log_format` is
    'custom' (text with tcp-flags and flow-direction), 'default' (version 2 text), 'parquet'
    (custom fields, Hive prefixes) or 'default-parquet'.
    """
    chosen = FORMATS[log_format]
    all_days = [last_day - timedelta(days=back) for back in reversed(range(days))]
    logging = _logging(last_day)
    logs = observe(NETWORK, connections(last_day, days), frozenset(all_days), logging)
    truth = truth_by_day(NETWORK, logs, all_days, chosen)
    active = {record.interface.interface_id for record in logs.records if record.flow}
    write_inventory(folder / "inventory", NETWORK)
    write_configured_resources(folder / "inventory")
    write_flow_logs(folder / "flow-logs", NETWORK, logs.records, chosen)
    document = {
        "log_format": chosen.log_format,
        "file_format": chosen.file_format,
        "hive_partitions": chosen.hive,
        "from": str(all_days[0]),
        "to": str(last_day),
        "records": len(logs.records),
        "rules": {
            rule_id: expected.as_json()
            for rule_id, expected in expectations(NETWORK, Seen(logging, active), truth).items()
        },
    }
    (folder / "truth.json").write_text(json.dumps(document, indent=2) + "\n")
    return folder


def _logging(last_day: date) -> Logging:
    """The reporting host has no flow log; the card vault lost ten minutes of one day."""
    (reporting,), (vault,) = HOSTS["legacy-reporting"], HOSTS["card-vault"]
    lost = (vault.interface_id, midnight(last_day - timedelta(days=3)) + 13 * 3600)
    return Logging(600, frozenset({reporting.interface_id}), frozenset({lost}))
