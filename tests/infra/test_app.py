"""app.py: synthesizes anywhere, and says in one line which setting is wrong."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.infra.stacks import CONTEXT, NODE_BIN, ROOT, synthesize

NO_NETWORK_NODE = """
const net = require('net');
net.Socket.prototype.connect = () => { throw new Error('this test allows no network'); };
"""
NO_NETWORK_PYTHON = """
import socket
def _refuse(*_):
    raise OSError("this test allows no network")
socket.socket.connect = _refuse
"""


@pytest.fixture
def bare(tmp_path: Path) -> dict[str, str]:
    """An environment without credentials, without git and with every connection refused."""
    (tmp_path / "no_network.js").write_text(NO_NETWORK_NODE)
    (tmp_path / "sitecustomize.py").write_text(NO_NETWORK_PYTHON)
    return {
        "PATH": NODE_BIN,
        "HOME": str(Path.home()),
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
        "PYTHONPATH": str(tmp_path),
        "NODE_OPTIONS": f"--require {tmp_path}/no_network.js",
        "CDK_OUTDIR": str(tmp_path / "cdk.out"),
    }


def run_app(environment: dict[str, str], **overrides: Any) -> subprocess.CompletedProcess[str]:
    context = {"CDK_CONTEXT_JSON": json.dumps({**CONTEXT, **overrides})}
    return subprocess.run(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env={**environment, **context},
        capture_output=True,
        text=True,
        check=False,
    )


def test_synthesizes_without_credentials_git_or_network(
    bare: dict[str, str], tmp_path: Path
) -> None:
    finished = run_app(bare)
    assert finished.returncode == 0, finished.stderr
    assert (tmp_path / "cdk.out" / "SgAnalysis.template.json").exists()


@pytest.mark.parametrize(
    ("bucket", "warned"), [("example-flow-logs", True), ("our-flow-logs", False)]
)
def test_warns_while_the_settings_are_those_of_the_example(bucket: str, warned: bool) -> None:
    metadata = synthesize(flow_log_bucket=bucket) / "SgAnalysis.metadata.json"
    assert metadata.exists()
    assert ("set yours in cdk.json" in metadata.read_text()) is warned


def test_a_wrong_setting_is_one_line_and_a_failure(bare: dict[str, str], tmp_path: Path) -> None:
    finished = run_app(bare, window_days=3)
    assert finished.returncode == 1
    assert finished.stderr.splitlines() == [
        "error: window_days: Input should be greater than or equal to 7 "
        "(in cdk.json or with `cdk -c window_days=...`)"
    ]
    assert not list((tmp_path / "cdk.out").glob("*.template.json"))
