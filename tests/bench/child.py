"""A measured child process: its time, its peak memory, and what it says of itself."""

import json
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

POLL_SECONDS = 0.2


@dataclass
class Measured:
    """What a child used. `said` is the JSON object in its last line, if that is one."""

    seconds: float
    peak_megabytes: float
    """Memory of the child and its children at its highest; what they share counts once."""
    output: str
    said: dict[str, Any] = field(default_factory=dict)


def run(*arguments: str | Path) -> Measured:
    """Runs `python -m` with these arguments. Raises RuntimeError with its output if it fails."""
    begun = time.monotonic()
    command = [sys.executable, "-m", *map(str, arguments)]
    child = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1
    )
    peak = [0.0]
    watcher = threading.Thread(target=_watch, args=(child, peak), daemon=True)
    watcher.start()
    output = child.stdout.read() if child.stdout else ""
    code = child.wait()
    seconds = time.monotonic() - begun
    watcher.join()
    if code:
        raise RuntimeError(f"{' '.join(command)} ended with {code}:\n{output[-4000:]}")
    return Measured(seconds, peak[0], output, _last_object(output))


def say(**facts: Any) -> None:
    """Prints the child's facts for `run`."""
    print(json.dumps(facts), flush=True)


def _watch(child: "subprocess.Popen[str]", peak: list[float]) -> None:
    while child.poll() is None:
        peak[0] = max(peak[0], _megabytes(child.pid))
        time.sleep(POLL_SECONDS)


def _megabytes(pid: int) -> float:
    total = 0
    try:
        parent = psutil.Process(pid)
        for process in (parent, *parent.children(recursive=True)):
            try:
                total += process.memory_full_info().pss
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
    except psutil.NoSuchProcess:
        return 0.0
    return total / 1e6


def _last_object(output: str) -> dict[str, Any]:
    lines = output.strip().splitlines()
    if not lines or not lines[-1].startswith("{"):
        return {}
    found: dict[str, Any] = json.loads(lines[-1])
    return found
