"""`python -m aws_network.export`: the network of accounts and regions, as the AWS CLI prints it."""

import argparse
import json
import os
import re
import signal
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import NoReturn

from aws_network.export.access import Access
from aws_network.export.errors import ExportError, InputError
from aws_network.export.parts import ALL_PARTS, EC2_PARTS
from aws_network.export.policy import policy_for
from aws_network.export.progress import Bar
from aws_network.export.run import Request, export
from aws_network.export.scope import Scope

BAD_INPUT = 2
FAILED = 1
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0, 1 when an account or a region could not be exported, 2 for bad input."""
    given = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _terminate)
    try:
        return 0 if _run(given) else FAILED
    except InputError as error:
        return _error(error, BAD_INPUT)
    except ExportError as error:
        return _error(error, FAILED)
    except KeyboardInterrupt:
        return _error("interrupted", INTERRUPTED)


def _run(given: argparse.Namespace) -> bool:
    """Whether all that was asked for is done."""
    access = Access(given.profile)
    scope = _scope(given, access)
    parts = EC2_PARTS if given.without_configured_resources else ALL_PARTS
    if given.print_policy:
        print(json.dumps(policy_for(scope, parts, access.partition_of(scope.home)), indent=4))
        return True
    moment = datetime.now(UTC) if given.snapshot else None
    request = Request(scope, parts, given.out, moment, given.parallel)
    return export(request, access, Bar(), lambda line: print(f"error: {line}", file=sys.stderr))


def _scope(given: argparse.Namespace, access: Access) -> Scope:
    """The accounts and regions that are asked for. Raises InputError."""
    if bool(given.role_name) != bool(given.accounts or given.organization):
        raise InputError("give --role-name, and with it --accounts or --organization")
    if given.external_id and not given.role_name:
        raise InputError("--external-id: give it with --role-name")
    if given.region and given.all_regions:
        raise InputError("--all-regions: give either this or --region")
    return Scope(
        regions=_regions(given, access),
        all_regions=given.all_regions,
        role_name=given.role_name,
        external_id=given.external_id,
        accounts=tuple(dict.fromkeys(given.accounts)),
        organization=given.organization,
    )


def _regions(given: argparse.Namespace, access: Access) -> tuple[str, ...]:
    """Those that are given, or that of the profile. Raises InputError."""
    regions = tuple(dict.fromkeys(given.region)) or ((access.region,) if access.region else ())
    if not regions and not given.all_regions and not given.print_policy:
        raise InputError("no region: give --region or --all-regions, or set AWS_REGION")
    known = access.known_regions()
    for region in regions:
        if region not in known:
            raise InputError(
                f"--region {region}: botocore knows no such region; correct it, or update boto3"
            )
    return regions or ("us-east-1",)


def _error(error: object, code: int) -> int:
    print(f"error: {error}", file=sys.stderr)
    return code


def _terminate(_number: int, _frame: FrameType | None) -> None:
    """SIGTERM ends as Ctrl-C does: what is half-written goes first."""
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m aws_network.export", description=__doc__)
    add = parser.add_argument
    add("--out", type=Path, default=Path("inventory"), metavar="DIR", help="default: inventory")
    add("--profile", metavar="NAME", help="of the AWS configuration")
    add("--region", nargs="+", action="extend", default=[], metavar="REGION")
    add("--all-regions", action="store_true", help="that are enabled in the account")
    add("--role-name", metavar="NAME", help="a role to read each account with")
    add("--external-id", metavar="ID", help="what the trust of the role asks for")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--accounts", nargs="+", type=_account, default=[], metavar="ACCOUNT")
    which.add_argument("--organization", action="store_true", help="all its active accounts")
    add("--snapshot", action="store_true", help="write to DIR/snapshots/TIME")
    add(
        "--without-configured-resources",
        action="store_true",
        help="do not ask for functions, launch templates and the like",
    )
    add("--parallel", type=_count, default=8, metavar="N", help="regions at a time; default: 8")
    add("--print-policy", action="store_true", help="print what IAM must allow; calls nothing")
    return parser


def _account(text: str) -> str:
    if not re.fullmatch(r"\d{12}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no account; write 12 digits")
    return text


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of 1 or more")
    return int(text)


def _leave(code: int) -> NoReturn:
    """Ends the process; interrupted, at once: a call may take minutes before it gives up."""
    if code == INTERRUPTED:
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


if __name__ == "__main__":
    _leave(main())
