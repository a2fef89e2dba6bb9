"""The whole stack in the emulator: what a good run leaves, and what each failure leaves."""

import csv
import email
import gzip
import io
import json
import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from moto.sts.models import sts_backends
from pyarrow import parquet

from aws_network.findings import Kind
from aws_network.stores.lake_tables import ALL_FOLDERS, LAST_USES_MONTHLY
from infra.dashboard import data_set_sql
from local import execution
from local.account.input import Files, read_input
from local.demo.account import write_demo
from local.demo.groups import VPC
from local.emulator import ec2
from local.emulator.server import Emulator, running_emulator
from local.execution import ExecutionFailedError, schedule_role
from local.run import BUCKET, SENDER, deploy_account
from tests.local.calls import calls, recorded_calls
from tests.local.demo.expected_statuses import Expectation, expectations
from tests.local.emulator.glue.jobs import run as glue_run
from tests.local.grants import NO_RUN_NEEDS, Granted, grants, recorded_grants
from tests.local.hostile_account import HOSTILE_TEXTS, make_hostile

pytestmark = pytest.mark.stack

LAST = datetime.now(UTC).date() - timedelta(days=1)
DAYS = 4
FIRST = LAST - timedelta(days=DAYS - 1)


REFUSED = Path(__file__).parents[1] / "refused_on_path"
"""Before the rest of PATH: node, java, aws and cdk that refuse to run."""
MARKED = "marked-secret-of-whoever-runs-this"


@dataclass
class Deployed:
    """The stack with some days of the demo account."""

    aws: Emulator
    outputs: dict[str, str]
    expected: dict[str, Expectation]
    granted: set[Granted]
    calls: Path
    """What `calls` reads."""

    def execute(self, **given: Any) -> None:
        """Runs the state machine to its end. Raises ExecutionFailedError."""
        execution.execute(self.aws, self.outputs, given, [], lambda _step: None)

    def table(self, name: str) -> list[dict[str, Any]]:
        """All items of a table, in the order of their keys."""
        items = self.aws.client("dynamodb").scan(TableName=name)["Items"]
        return sorted(items, key=lambda item: str(item["sg_rule_id"]))

    def keys(self, day: date) -> list[str]:
        """The flow logs of a day."""
        prefix = f"AWSLogs/123456789012/vpcflowlogs/us-east-1/{day:%Y/%m/%d}/"
        listed = self.aws.client("s3").list_objects_v2(Bucket=BUCKET, Prefix=prefix)
        return [item["Key"] for item in listed.get("Contents", [])]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    folder = tmp_path_factory.mktemp("stack")
    write_demo(folder, LAST, DAYS, "default")
    add_second_header(folder / "flow-logs")
    make_hostile(folder / "inventory")
    given = read_input(Files(folder / "inventory", folder / "flow-logs", FIRST, LAST))
    with (
        pytest.MonkeyPatch.context() as patch,
        recorded_grants() as granted,
        recorded_calls(folder / "calls"),
        running_emulator(folder / "work") as aws,
    ):
        patch.setenv("PATH", f"{REFUSED}{os.pathsep}{os.environ['PATH']}")
        patch.setenv("AWS_SECRET_ACCESS_KEY", MARKED)
        outputs = deploy_account(aws, given, schedule_enabled=True)
        expected = expectations(LAST, DAYS, "default")
        deployed = Deployed(aws, outputs, expected, granted, folder / "calls")
        deployed.execute(**{"from": str(FIRST), "to": str(LAST)}, report=True)
        yield deployed


def add_second_header(logs: Path) -> None:
    """At the end of the last day's last object, as where two files were made into one."""
    path = max(logs.glob(f"**/{LAST:%Y/%m/%d}/*.gz"))
    text = gzip.decompress(path.read_bytes())
    path.write_bytes(gzip.compress(text + text.split(b"\n", 1)[0] + b"\n"))


def report(stack: Deployed, name: str) -> bytes:
    bucket, key = stack.outputs["LakeBucketName"], f"reports/day={LAST}/{name}"
    return bytes(stack.aws.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read())


def test_four_job_runs_succeeded(stack: Deployed) -> None:
    glue = stack.aws.client("glue")
    jobs = [job["Name"] for job in glue.get_jobs()["Jobs"]]
    states = [glue.get_job_runs(JobName=job)["JobRuns"][0]["JobRunState"] for job in jobs]
    assert states == ["SUCCEEDED"] * 4


def test_report_agrees_with_the_truth_about_the_network(stack: Deployed) -> None:
    rows = csv.DictReader(io.StringIO(report(stack, "rule_usage.csv").decode()))
    found = {row["sg_rule_id"]: row["status"] for row in rows}
    assert found == {name: rule.status for name, rule in stack.expected.items()}


def test_every_kind_of_finding_occurs_in_the_demo_account(stack: Deployed) -> None:
    rows = csv.DictReader(io.StringIO(report(stack, "rule_usage.csv").decode()))
    found = {kind for row in rows for kind in row["findings"].split(",") if kind}
    assert found == set(Kind)
    page = report(stack, "report.html").decode()
    assert all(f'id="finding-{kind}"' in page for kind in Kind)


def test_the_owner_of_a_rule_is_what_its_tag_says(stack: Deployed) -> None:
    tags = {
        rule["SecurityGroupRuleId"]: {tag["Key"]: tag["Value"] for tag in rule["Tags"]}
        for rule in ec2.inventory_of("us-east-1").security_group_rules
    }
    rows = csv.DictReader(io.StringIO(report(stack, "rule_usage.csv").decode()))
    assert all(tags[row["sg_rule_id"]]["Owner"] in row["owner"] for row in rows)
    items = json.loads(report(stack, "plan.json"))["items"]
    assert items
    assert all(item["owner"] == tags[item["rule"]["rule_id"]]["Owner"] for item in items)


def data_set(stack: Deployed) -> list[dict[str, str | None]]:
    """The rows of the dashboard's data set, by its own SQL."""
    athena = stack.aws.client("athena")
    started = athena.start_query_execution(
        QueryString=data_set_sql(stack.outputs["DatabaseName"], 90),
        QueryExecutionContext={"Database": stack.outputs["DatabaseName"]},
        WorkGroup=stack.outputs["WorkgroupName"],
    )["QueryExecutionId"]
    for _ in range(600):
        found = athena.get_query_execution(QueryExecutionId=started)["QueryExecution"]["Status"]
        if found["State"] not in ("QUEUED", "RUNNING"):
            break
        time.sleep(0.1)
    assert found["State"] == "SUCCEEDED", found
    pages = athena.get_paginator("get_query_results").paginate(QueryExecutionId=started)
    lines = [[cell.get("VarCharValue") for cell in row["Data"]]
             for page in pages for row in page["ResultSet"]["Rows"]]  # fmt: skip
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


def test_dashboard_says_what_the_report_says(stack: Deployed) -> None:
    rows = data_set(stack)
    reported = {
        row["sg_rule_id"]: (int(row["used_times"]), int(row["ambiguous_times"]), row["status"])
        for row in csv.DictReader(io.StringIO(report(stack, "rule_usage.csv").decode()))
    }
    shown: dict[str | None, tuple[int, int, str | None]] = {}
    days: dict[str | None, set[str | None]] = {}
    for row in rows:
        used, ambiguous, _ = shown.get(row["sg_rule_id"], (0, 0, ""))
        shown[row["sg_rule_id"]] = (
            used + int(row["used_times"] or 0),
            ambiguous + int(row["ambiguous_times"] or 0),
            row["status"],
        )
        days.setdefault(row["sg_rule_id"], set()).add(row["day"])
    assert shown == reported
    every_day = {str(FIRST + timedelta(days=n)) for n in range(DAYS)}
    assert all(seen == every_day for seen in days.values())


def test_the_lake_holds_the_folders_of_the_registry_and_no_other(stack: Deployed) -> None:
    lake = stack.outputs["LakeBucketName"]
    pages = stack.aws.client("s3").get_paginator("list_objects_v2").paginate(Bucket=lake)
    found = {item["Key"].partition("/")[0] for page in pages for item in page["Contents"]}
    # Last uses are kept of whole months before the window, of which this run has none.
    assert found == {folder.folder for folder in ALL_FOLDERS} - {LAST_USES_MONTHLY.folder}


def test_a_line_that_is_no_record_is_counted(stack: Deployed) -> None:
    key = f"coverage/day={LAST}/coverage.parquet"
    answer = stack.aws.client("s3").get_object(Bucket=stack.outputs["LakeBucketName"], Key=key)
    rows = parquet.read_table(io.BytesIO(answer["Body"].read())).to_pylist()
    assert [row["records"] for row in rows if row["outcome"] == "malformed"] == [1]
    assert "Unreadable" in report(stack, "mail.html").decode()


def test_a_day_scans_its_own_flow_logs_and_the_first_of_the_next_day_alone(stack: Deployed) -> None:
    s3, lake = stack.aws.client("s3"), stack.outputs["LakeBucketName"]
    by_day = {}
    for day in (FIRST + timedelta(days=n) for n in range(DAYS)):
        answer = s3.get_object(Bucket=lake, Key=f"flows/day={day}/manifest.json")
        scanned = json.loads(answer["Body"].read())["scanned_bytes"]
        early = [key for key in stack.keys(day + timedelta(days=1)) if "T0000Z" in key]
        keys = [*stack.keys(day), *early]
        logs = sum(s3.head_object(Bucket=BUCKET, Key=key)["ContentLength"] for key in keys)
        by_day[day] = scanned - logs
    # Beside the logs each day reads the same interfaces, those of the one snapshot around it.
    assert len(set(by_day.values())) == 1
    interfaces = s3.list_objects_v2(Bucket=lake, Prefix="inventory/")["Contents"]
    assert by_day[FIRST] == sum(i["Size"] for i in interfaces if "/interfaces/" in i["Key"])


def test_mail_carries_the_report(stack: Deployed) -> None:
    mail = email.message_from_bytes(stack.aws.mails()[0])
    attached = [part for part in mail.walk() if part.get_filename()]
    assert [part.get_content_type() for part in attached] == ["text/csv"]
    assert attached[0].get_payload(decode=True) == report(stack, "rule_usage.csv")


def test_page_and_mail_name_the_vpc_without_complete_flow_logs(stack: Deployed) -> None:
    for name in ("report.html", "mail.html", "mail.txt"):
        text = report(stack, name).decode()
        assert VPC in text
        assert f"No flow log: 1 of 55 interfaces, on {DAYS} days." in text


def test_schedule_gives_the_state_machine_its_time(stack: Deployed) -> None:
    at = f"{LAST + timedelta(days=1)}T02:00:00Z"
    assert execution.scheduled_input(stack.aws, at) == {"time": at}


@pytest.fixture
def topic(stack: Deployed) -> Iterator[Any]:
    """Reads the messages that went to the failure topic."""
    sqs, sns = stack.aws.client("sqs"), stack.aws.client("sns")
    url = sqs.create_queue(QueueName=f"failures-{time.monotonic_ns()}")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    subscription = sns.subscribe(
        TopicArn=stack.outputs["TopicArn"], Protocol="sqs", Endpoint=arn["QueueArn"]
    )["SubscriptionArn"]

    def messages() -> list[str]:
        found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(message["Body"])["Message"] for message in found]

    yield messages
    sns.unsubscribe(SubscriptionArn=subscription)


def test_job_killed_in_the_middle_fails_the_execution_and_changes_no_table(
    stack: Deployed, topic: Any
) -> None:
    tables = (stack.outputs["RulesTableName"], stack.outputs["UsageTableName"])
    before = [stack.table(name) for name in tables]
    job = stack.outputs["ComputeRuleUsageJobName"]
    client = stack.aws.client("stepfunctions")
    arn = client.start_execution(
        stateMachineArn=stack.outputs["StateMachineArn"], input=json.dumps({"date": str(LAST)})
    )["executionArn"]
    kill_when_running(stack.aws, job)
    while (found := client.describe_execution(executionArn=arn))["status"] == "RUNNING":
        time.sleep(0.1)
    assert found["status"] == "FAILED"
    (message,) = topic()
    assert "failed in ComputeRuleUsage" in message
    assert "exit code 9" in message
    after = [stack.table(name) for name in tables]
    assert [len(items) for items in after] == [len(items) for items in before]
    assert after[1] == before[1]


def kill_when_running(aws: Emulator, job: str) -> None:
    """Kills the script of the job's next run, as if its worker were lost."""
    from moto.glue.models import glue_backends

    runs = glue_backends["123456789012"]["us-east-1"].jobs[job].job_runs
    known = len(runs)
    for _ in range(1200):
        fresh: list[Any] = runs[known:]
        if fresh and fresh[0].process:
            time.sleep(2)
            fresh[0].process.kill()
            return
        time.sleep(0.05)
    raise AssertionError(f"{job} did not start")


def written(stack: Deployed, day: date) -> Any:
    """When the usage of a day was written last."""
    return stack.aws.client("s3").head_object(
        Bucket=stack.outputs["LakeBucketName"], Key=f"usage/day={day}/usage.parquet"
    )["LastModified"]


@pytest.mark.slow
def test_backfill_does_the_days_that_it_can_and_names_the_one_it_cannot(
    stack: Deployed, topic: Any
) -> None:
    s3, bad = stack.aws.client("s3"), FIRST + timedelta(days=1)
    days = [FIRST + timedelta(days=number) for number in range(DAYS)]
    before = {day: written(stack, day) for day in days}
    whole = {key: s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in stack.keys(bad)}
    for key, content in whole.items():
        lacking = gzip.decompress(content).replace(b"action", b"verdict")
        s3.put_object(Bucket=BUCKET, Key=key, Body=gzip.compress(lacking))
    time.sleep(1.1)  # S3 tells the time of a write in seconds
    with pytest.raises(ExecutionFailedError) as error:
        stack.execute(**{"from": str(FIRST), "to": str(LAST)})
    for key, content in whole.items():
        s3.put_object(Bucket=BUCKET, Key=key, Body=content)
    (message,) = topic()
    for told in (message, str(error.value)):
        assert f"1 of {DAYS} days failed, the others are done: {bad} FormatError: s3://" in told
    assert "failed in QueryFlowLogs for some days" in message
    # The day that failed is computed from what an earlier run had queried.
    assert [day for day in days if written(stack, day) == before[day]] == []


@pytest.mark.slow
def test_night_waits_for_a_backfill(stack: Deployed) -> None:
    client, machine = stack.aws.client("stepfunctions"), stack.outputs["StateMachineArn"]
    definition = client.describe_state_machine(stateMachineArn=machine)["definition"]
    impatient = definition.replace('"IntervalSeconds": 60', '"IntervalSeconds": 1')
    client.update_state_machine(stateMachineArn=machine, definition=impatient)
    inputs = ({"from": str(FIRST), "to": str(LAST)}, {"time": f"{LAST + timedelta(days=1)}T02:00Z"})
    arns = [
        client.start_execution(stateMachineArn=machine, input=json.dumps(given))["executionArn"]
        for given in inputs
    ]
    ended = [wait_for(client, arn) for arn in arns]
    client.update_state_machine(stateMachineArn=machine, definition=definition)
    assert ended == ["SUCCEEDED", "SUCCEEDED"]
    refused = [
        event["taskFailedEventDetails"]["error"]
        for arn in arns
        for event in client.get_execution_history(executionArn=arn)["events"]
        if "taskFailedEventDetails" in event
    ]
    assert set(refused) == {"Glue.ConcurrentRunsExceededException"}


def wait_for(client: Any, arn: str) -> str:
    """The status in which an execution ends."""
    while (found := client.describe_execution(executionArn=arn)["status"]) == "RUNNING":
        time.sleep(0.1)
    return str(found)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"date": "2026-02-30"}, "that are in the calendar"),
        ({"date": "2999-01-01"}, "2999-01-01 has not ended yet"),
        ({"from": "2026-11-02", "to": "2026-11-01"}, "from not after to"),
        ({"from": "2024-01-01", "to": "2025-12-31"}, "more than 400 days; split the range"),
    ],
    ids=json.dumps,
)
def test_input_that_cannot_be_analysed_is_told(
    stack: Deployed, topic: Any, given: dict[str, str], reason: str
) -> None:
    with pytest.raises(ExecutionFailedError, match=reason):
        stack.execute(**given)
    (message,) = topic()
    assert reason in message


def test_days_without_logs_are_an_error(stack: Deployed) -> None:
    with pytest.raises(ExecutionFailedError, match="no flow logs"):
        stack.execute(date=str(FIRST - timedelta(days=30)))


def test_sender_that_is_not_verified_is_an_error(stack: Deployed) -> None:
    ses = stack.aws.client("sesv2")
    ses.delete_email_identity(EmailIdentity=SENDER)
    sent = len(stack.aws.mails())
    days = {"from_day": str(LAST), "to_day": str(LAST), "period_label": str(LAST)}
    ended = glue_run(stack.aws, stack.outputs["EmailUsageReportJobName"], **days)
    ses.create_email_identity(EmailIdentity=SENDER)
    assert ended["JobRunState"] == "FAILED"
    assert SENDER in ended["ErrorMessage"]
    assert len(stack.aws.mails()) == sent


@dataclass
class SecondNight:
    """The last day run again, after two of its objects were broken and a used rule was changed."""

    cut: str
    lacking: str
    changed: str
    before: dict[str, str]
    """status by rule"""


def statuses(stack: Deployed) -> dict[str, str]:
    items = stack.table(stack.outputs["UsageTableName"])
    return {item["sg_rule_id"]["S"]: item["status"]["S"] for item in items}


@pytest.fixture(scope="module")
def second_night(stack: Deployed) -> SecondNight:
    s3, keys, before = stack.aws.client("s3"), stack.keys(LAST), statuses(stack)
    later = [key for key in keys if "T0000Z" not in key]
    night = SecondNight(later[-1], later[0], change_a_used_rule(before), before)
    whole = s3.get_object(Bucket=BUCKET, Key=night.cut)["Body"].read()
    s3.put_object(Bucket=BUCKET, Key=night.cut, Body=whole[:-30])
    text = gzip.decompress(s3.get_object(Bucket=BUCKET, Key=night.lacking)["Body"].read())
    other = text.replace(b"action", b"verdict")
    s3.put_object(Bucket=BUCKET, Key=night.lacking, Body=gzip.compress(other))
    stack.execute(date=str(LAST), report=True)
    return night


def change_a_used_rule(status: dict[str, str]) -> str:
    """As ModifySecurityGroupRules does: the id stays, the port does not."""
    for rule in ec2.inventory_of("us-east-1").security_group_rules:
        if status[rule["SecurityGroupRuleId"]] == "used" and rule["IpProtocol"] == "tcp":
            rule |= {"FromPort": 7, "ToPort": 7}
            return str(rule["SecurityGroupRuleId"])
    raise AssertionError("no TCP rule is used")


def test_a_day_with_broken_logs_completes_and_names_them(
    stack: Deployed, second_night: SecondNight
) -> None:
    page = report(stack, "report.html").decode()
    assert "2 flow-log objects of 1 day could not be read" in page
    assert f"s3://{BUCKET}/{second_night.cut}" in page
    assert f"s3://{BUCKET}/{second_night.lacking}" in page
    assert "truncated or damaged: it ends in the middle, after" in page
    found = set(statuses(stack).values())
    assert "unused" not in found
    assert "not_observed" in found


def test_use_of_a_rule_before_it_was_changed_does_not_count(
    stack: Deployed, second_night: SecondNight
) -> None:
    now = statuses(stack)
    assert now[second_night.changed] == "not_observed"
    used = {rule for rule, status in second_night.before.items() if status == "used"}
    assert {rule for rule in used if now[rule] != "used"} == {second_night.changed}
    items = stack.table(stack.outputs["UsageTableName"])
    (item,) = [item for item in items if item["sg_rule_id"]["S"] == second_night.changed]
    assert (item["used_times"]["N"], item["ports"]["S"]) == ("0", "7")
    assert item["reason_code"]["S"] == "younger_than_window"


def test_the_dashboard_leaves_use_before_a_change_out_as_well(
    stack: Deployed, second_night: SecondNight
) -> None:
    shown = [row for row in data_set(stack) if row["sg_rule_id"] == second_night.changed]
    assert [(row["day"], row["used_times"]) for row in shown] == [(str(LAST), "0")]


@pytest.fixture(scope="module")
def all_that_runs(stack: Deployed, second_night: SecondNight) -> frozenset[Granted]:
    """What roles were allowed in good nights, a failed one, and one that somebody stopped."""
    with pytest.raises(ExecutionFailedError):
        stack.execute(date="no day")
    client = stack.aws.client_as_role("stepfunctions", "us-east-1", schedule_role(stack.aws))
    given = execution.scheduled_input(stack.aws, f"{LAST + timedelta(days=1)}T02:00:00Z")
    arn = client.start_execution(
        stateMachineArn=stack.outputs["StateMachineArn"], input=json.dumps(given)
    )["executionArn"]
    deployer, glue = stack.aws.client("stepfunctions"), stack.aws.client("glue")
    job = stack.outputs["CollectSecurityGroupsJobName"]
    while glue.get_job_runs(JobName=job)["JobRuns"][-1]["JobRunState"] != "RUNNING":
        time.sleep(0.05)
    deployer.stop_execution(executionArn=arn)
    while glue.get_job_runs(JobName=job)["JobRuns"][-1]["JobRunState"] == "RUNNING":
        time.sleep(0.05)
    return frozenset(stack.granted)


def test_every_grant_is_needed(all_that_runs: frozenset[Granted]) -> None:
    idle = [grant for grant in grants() if not grant.is_used(all_that_runs)]
    unexplained = [str(grant) for grant in idle if grant.reason() is None]
    assert not unexplained, "\n".join(unexplained)
    stale = set(NO_RUN_NEEDS) - {grant.reason() for grant in idle}
    assert not stale, stale


def test_every_call_of_the_jobs_keeps_the_limits_of_the_service_models(
    stack: Deployed, all_that_runs: frozenset[Granted]
) -> None:
    made = calls(stack.calls)
    wrong = [f"{call['service']}.{call['operation']}{call['violations']}" for call in made
             if call["violations"]]  # fmt: skip
    assert wrong == []
    of_services = {call["service"] for call in made}
    assert of_services >= {"ec2", "dynamodb", "athena", "s3", "sesv2", "cloudwatch", "lambda"}


def test_state_machine_and_schedule_act_in_the_name_of_their_roles(
    all_that_runs: frozenset[Granted],
) -> None:
    done = {(role.rsplit("/", 1)[-1], action) for role, action, _ in all_that_runs}
    assert {action for role, action in done if "Workflow" in role} == {
        "glue:StartJobRun", "glue:GetJobRun", "glue:BatchStopJobRun", "sns:Publish",
    }  # fmt: skip
    assert {action for role, action in done if "Schedule" in role} == {"states:StartExecution"}


def test_no_secret_is_in_any_log(stack: Deployed, all_that_runs: frozenset[Granted]) -> None:
    issued = [
        secret
        for role in sts_backends["123456789012"]["aws"].assumed_roles
        for secret in (role.secret_access_key, role.session_token)
    ]
    client, machine = stack.aws.client("stepfunctions"), stack.outputs["StateMachineArn"]
    executions = client.list_executions(stateMachineArn=machine)["executions"]
    said = [
        json.dumps(client.get_execution_history(executionArn=run["executionArn"]), default=str)
        for run in executions
    ]
    logs = [path.read_text(errors="replace") for path in stack.aws.folder.rglob("*.log")]
    assert any("INFO collected" in log for log in logs)
    assert len(issued) > 20
    for secret in (MARKED, *issued):
        assert not [text for text in (*said, *logs) if secret in text]


LAKE_KEY = re.compile(r"[a-z_-]+/(day=\d{4}-\d\d-\d\d/)?[A-Za-z0-9_./-]+")


def test_hostile_names_stay_names(stack: Deployed) -> None:
    lake = stack.outputs["LakeBucketName"]
    pages = stack.aws.client("s3").get_paginator("list_objects_v2").paginate(Bucket=lake)
    keys = [item["Key"] for page in pages for item in page.get("Contents", [])]
    assert [key for key in keys if not LAKE_KEY.fullmatch(key) or ".." in key] == []
    known = {item["sg_name"]["S"] for item in stack.table(stack.outputs["UsageTableName"])}
    assert known >= set(HOSTILE_TEXTS)
    for name in ("report.html", "mail.html"):
        assert "<script>window.hacked" not in report(stack, name).decode()
        assert "<img src=x" not in report(stack, name).decode()
    cells = [cell for row in csv.reader(io.StringIO(report(stack, "rule_usage.csv").decode()))
             for cell in row]  # fmt: skip
    assert [cell for cell in cells if cell.startswith(("=", "+", "@", "\t", "\r"))] == []
    shown = {row["sg_name"] for row in data_set(stack)}
    assert shown >= set(HOSTILE_TEXTS)
