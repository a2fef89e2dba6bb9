"""Items of DescribeManagedPrefixLists, with their entries."""

from aws_network.network.prefix_lists import PrefixList, prefix_list_from_api

S3 = {"PrefixListId": "pl-1", "PrefixListName": "com.amazonaws.us-east-1.s3", "OwnerId": "AWS"}


def test_entries_become_canonical_blocks_of_both_families() -> None:
    entries = [
        {"Cidr": "198.51.100.0/24", "Description": "one"},
        {"Cidr": "203.0.113.9/30"},
        {"Cidr": "2001:DB8::/32"},
    ]
    assert prefix_list_from_api(S3, entries, "us-east-1") == PrefixList(
        "pl-1",
        "com.amazonaws.us-east-1.s3",
        "us-east-1",
        ("198.51.100.0/24", "203.0.113.8/30", "2001:db8::/32"),
    )


def test_a_list_may_be_empty() -> None:
    assert prefix_list_from_api(S3, [], "us-east-1").cidrs == ()
