"""Runs a plan's script in bash, with an `aws` that writes down what it is asked."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_AWS = """#!/bin/bash
if [ "$1" = sts ]; then echo 123456789012; exit; fi
printf '%s\\0' "$@" '' >> "$ASKED"
if [ "${@: -1}" = --dry-run ]; then echo "(DryRunOperation) when calling" >&2; exit 254; fi
"""


@dataclass(frozen=True)
class Ran:
    """The calls of a script, each as its words, and how it ended."""

    calls: list[list[str]]
    code: int
    output: str


def run_script(script: str, mode: str, folder: Path) -> Ran:
    """Runs the script in a mode, `dry-run` or `apply`."""
    folder.mkdir(parents=True, exist_ok=True)
    aws, asked = folder / "aws", folder / "asked"
    if not aws.exists():
        aws.write_text(_AWS)
        aws.chmod(0o755)
    asked.write_text("")
    environment = {"PATH": f"{folder}{os.pathsep}/usr/bin:/bin", "ASKED": str(asked)}
    done = subprocess.run(
        ["bash", "-s", "--", mode],
        input=script,
        text=True,
        capture_output=True,
        env=environment,
        check=False,
    )
    words = [call.split("\0") for call in asked.read_bytes().decode().split("\0\0")]
    return Ran([call for call in words if call != [""]], done.returncode, done.stdout + done.stderr)


def ask(client: Any, words: list[str]) -> None:
    """Asks EC2 what the script asked of the AWS CLI."""
    service, operation, *options = words
    assert service == "ec2"
    arguments: dict[str, Any] = {}
    for name, value in zip(options[::2], options[1::2], strict=True):
        arguments["".join(part.title() for part in name.strip("-").split("-"))] = value
    arguments.pop("Region")
    for name in ("IpPermissions", "TagSpecifications"):
        if name in arguments:
            arguments[name] = json.loads(arguments[name])
    if "SecurityGroupRuleIds" in arguments:
        arguments["SecurityGroupRuleIds"] = [arguments["SecurityGroupRuleIds"]]
    getattr(client, operation.replace("-", "_"))(**arguments)
