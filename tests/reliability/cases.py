"""What AWS may do to each job, and what the job is to make of it."""

from collections.abc import Callable
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from tests.reliability.faults import Change, Fault, Refusal
from tests.reliability.story import DAYS

Case = tuple[str, Fault, str | None]
"""What happens, how, and part of the error that the job ends with; None: it gets over it."""


def query_ends(state: str, reason: str | None, *numbers: int) -> Change:
    """Athena says of a query that it is in a state, in the given answers or in all."""

    def change(parsed: dict[str, Any], number: int, _asked: Any) -> None:
        if not numbers or number in numbers:
            status = parsed["QueryExecution"]["Status"]
            status["State"] = state
            status.pop("StateChangeReason", None)
            if reason:
                status["StateChangeReason"] = reason

    return Change("athena.GetQueryExecution", change)


def left_unprocessed(calls: int) -> Change:
    """DynamoDB says of an item of each of the first calls that it did not take it."""

    def change(parsed: dict[str, Any], number: int, asked: Any) -> None:
        if number <= calls:
            parsed["UnprocessedItems"] = {
                table: [_in_python(items[-1])] for table, items in asked["RequestItems"].items()
            }

    return Change("dynamodb.BatchWriteItem", change)


def _in_python(request: Any) -> Any:
    """A request as boto3's tables speak of it."""
    item = TypeDeserializer().deserialize({"M": request["PutRequest"]["Item"]})
    return {"PutRequest": {"Item": item}}


RULES, GROUPS = "ec2.DescribeSecurityGroupRules", "ec2.DescribeSecurityGroups"
INTERFACES, LISTS = "ec2.DescribeNetworkInterfaces", "ec2.DescribeManagedPrefixLists"
ENTRIES = "ec2.GetManagedPrefixListEntries"
PUT, GET, LIST, DELETE = "s3.PutObject", "s3.GetObject", "s3.ListObjectsV2", "s3.DeleteObjects"
SCAN, WRITE = "dynamodb.Scan", "dynamodb.BatchWriteItem"
START, ASK = "athena.StartQueryExecution", "athena.GetQueryExecution"
SEND = "sesv2.SendEmail"

DENIED, GONE = "AccessDeniedException", "ResourceNotFoundException"
BUSY, BOTH_DAYS = "TooManyRequestsException", f"AllDaysFailedError: 2 of 2 days failed: {DAYS[0]} "
ONE_DAY = "SomeDaysFailedError: 1 of 2 days failed, the others are done: 2025-11-0"
CUT_OFF, NO_SENDER = "Bytes scanned limit was exceeded", "Email address is not verified"


def repeated(key: str) -> Callable[[dict[str, Any], int, Any], None]:
    """A page that ends with what it began with: the list moved while it was read."""

    def change(parsed: dict[str, Any], _number: int, _asked: Any) -> None:
        parsed[key] = [*parsed[key], *parsed[key][:3]]

    return change


COLLECT: list[Case] = [
    ("EC2 throttles twice", Refusal(RULES, 503, "RequestLimitExceeded", last=2), None),
    ("EC2 throttles for good", Refusal(RULES, 503, "RequestLimitExceeded"), "RequestLimitExceeded"),
    ("EC2 has an internal error twice", Refusal(INTERFACES, 500, "InternalError", last=2), None),
    ("EC2 is unavailable for good", Refusal(INTERFACES, 503, "Unavailable"), "Unavailable"),
    ("the credentials expire", Refusal(INTERFACES, 400, "RequestExpired"), "RequestExpired"),
    *(
        (f"no access to {operation}", Refusal(operation, 403, "UnauthorizedOperation"), "Unauthor")
        for operation in (RULES, GROUPS, INTERFACES, LISTS, ENTRIES)
    ),
    ("rules move between pages", Change(RULES, repeated("SecurityGroupRules")), None),
    ("interfaces move between pages", Change(INTERFACES, repeated("NetworkInterfaces")), None),
    ("S3 asks to slow down twice", Refusal(PUT, 503, "SlowDown", last=2), None),
    ("S3 asks to slow down for good", Refusal(PUT, 503, "SlowDown", first=3), "SlowDown"),
    ("no access to the lake", Refusal(PUT, 403, "AccessDenied"), "AccessDenied"),
    ("DynamoDB throttles a scan twice", Refusal(SCAN, 400, "ThrottlingException", last=2), None),
    ("DynamoDB throttles a write twice", Refusal(WRITE, 400, "ThrottlingException", last=2), None),
    ("DynamoDB leaves an item unprocessed, three times", left_unprocessed(3), None),
    ("the rules table does not exist", Refusal(SCAN, 400, GONE), GONE),
    ("no access to the rules table", Refusal(SCAN, 400, DENIED), DENIED),
]

QUERY: list[Case] = [
    (
        "the flow log table does not exist",
        Refusal("glue.GetTable", 400, "EntityNotFoundException"),
        "EntityNotFoundException",
    ),
    ("no access to the list of flow logs", Refusal(LIST, 403, "AccessDenied"), "AccessDenied"),
    ("no access to a flow log", Refusal(GET, 403, "AccessDenied", first=2, last=2), ONE_DAY),
    ("Athena takes no more queries, twice", Refusal(START, 400, BUSY, last=2), None),
    ("Athena takes no more queries for good", Refusal(START, 400, BUSY), BOTH_DAYS),
    (
        "Athena has an internal error twice",
        Refusal(ASK, 500, "InternalServerException", last=2),
        None,
    ),
    ("queries are queued for long", query_ends("QUEUED", None, 1, 2, 3, 4), None),
    ("every query fails", query_ends("FAILED", "GENERIC_INTERNAL_ERROR: oops"), BOTH_DAYS),
    ("a query is cut off by the bytes limit", query_ends("CANCELLED", CUT_OFF, 1), CUT_OFF),
    ("a query is cancelled", query_ends("CANCELLED", "by user", 1), ONE_DAY),
    ("manifests cannot be written", Refusal(PUT, 403, "AccessDenied"), BOTH_DAYS),
    ("superseded files cannot be deleted", Refusal(DELETE, 403, "AccessDenied"), BOTH_DAYS),
]

COMPUTE: list[Case] = [
    ("no access to manifests", Refusal(GET, 403, "AccessDenied"), "AccessDenied"),
    ("S3 asks to slow down twice", Refusal(PUT, 503, "SlowDown", last=2), None),
    ("no access to the lake", Refusal(PUT, 403, "AccessDenied", first=2), "AccessDenied"),
    ("the credentials expire", Refusal(SCAN, 400, "ExpiredTokenException"), "ExpiredToken"),
    ("DynamoDB leaves an item unprocessed, three times", left_unprocessed(3), None),
    ("the usage table does not exist", Refusal(WRITE, 400, GONE), GONE),
]

EMAIL: list[Case] = [
    (
        "SES refuses the sender or a recipient",
        Refusal(SEND, 400, "MessageRejected", NO_SENDER),
        f"SES refused the mail: MessageRejected: {NO_SENDER}",
    ),
    ("SES suspends the account", Refusal(SEND, 400, "AccountSuspendedException"), "SES refused"),
    ("SES throttles twice", Refusal(SEND, 429, BUSY, last=2), None),
    ("no access to the usage table", Refusal(SCAN, 400, DENIED), DENIED),
    ("no access to the lake", Refusal(GET, 403, "AccessDenied"), "AccessDenied"),
    ("the report cannot be written", Refusal(PUT, 503, "SlowDown", first=2), "SlowDown"),
]
