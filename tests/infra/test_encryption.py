"""With which keys what is stored and what is told is encrypted, and who may use them."""

from typing import Any

import pytest

from tests.infra.stacks import Template, listed, only, plain, resources, statements, template

GIVEN = "arn:aws:kms:eu-central-1:123456789012:key/1234"
OWN = "{EncryptionKey3A692D6E.Arn}"


def keys(of: Template) -> dict[str, Any]:
    """What is stored, and the topic, to its key; None for one of AWS's own."""
    bucket = plain(only(of, "AWS::S3::Bucket"))["BucketEncryption"]
    default = bucket["ServerSideEncryptionConfiguration"][0]["ServerSideEncryptionByDefault"]
    results = plain(only(of, "AWS::Athena::WorkGroup"))["WorkGroupConfiguration"]
    tables = resources(of, "AWS::DynamoDB::Table").values()
    specified = [plain(table).get("SSESpecification", {}) for table in tables]
    return {
        "lake": default.get("KMSMasterKeyID"),
        "results": results["ResultConfiguration"]["EncryptionConfiguration"].get("KmsKey"),
        "tables": [each.get("KMSMasterKeyId") for each in specified],
        "topic": plain(only(of, "AWS::SNS::Topic"))["KmsMasterKeyId"],
    }


SETTINGS = [
    ("", None, OWN),
    ("own", OWN, OWN),
    (GIVEN, GIVEN, GIVEN),
]


@pytest.mark.parametrize(("setting", "data", "topic"), SETTINGS)
def test_what_is_encrypted_with_which_key(setting: str, data: str | None, topic: str) -> None:
    found = keys(template(encryption_key=setting))
    assert found == {"lake": data, "results": data, "tables": [data, data], "topic": topic}


@pytest.mark.parametrize(("setting", "data", "topic"), SETTINGS)
def test_who_reads_and_writes_may_use_the_key_for_that_alone(
    setting: str, data: str | None, topic: str
) -> None:
    given = [
        (logical_id, statement)
        for logical_id, statement in statements(template(encryption_key=setting))
        if statement.get("Sid") == "UseKey"
    ]
    assert len(given) == (4 if data else 0)
    for _, statement in given:
        assert statement["Resource"] == data
        services = {"s3.eu-central-1.amazonaws.com", "dynamodb.eu-central-1.amazonaws.com"}
        assert set(statement["Condition"]["StringEquals"]["kms:ViaService"]) == services


def test_a_key_of_ours_turns_stays_and_lets_alarms_publish(either: Template) -> None:
    (logical_id,) = resources(either, "AWS::KMS::Key")
    assert either["Resources"][logical_id]["DeletionPolicy"] == "RetainExceptOnCreate"
    key = plain(only(either, "AWS::KMS::Key"))
    assert key["EnableKeyRotation"] is True
    (alarms,) = [s for s in key["KeyPolicy"]["Statement"] if s.get("Sid") == "AlarmsPublish"]
    assert alarms["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert alarms["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}


def test_the_topic_hears_alarms_of_this_account(either: Template) -> None:
    policy = plain(only(either, "AWS::SNS::TopicPolicy")["PolicyDocument"])
    (allowed,) = [s for s in policy["Statement"] if s["Effect"] == "Allow"]
    assert allowed["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert listed(allowed["Action"]) == ["sns:Publish"]
    assert allowed["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}


def test_every_log_group_expires(either: Template) -> None:
    groups = resources(either, "AWS::Logs::LogGroup").values()
    assert len(groups) == 9
    assert all(group["RetentionInDays"] == 90 for group in groups)
