"""The EC2 calls without which there is no snapshot."""

from aws_network.stores.ec2_pages import PREFIX_LIST_PAGE, Ec2Call

RULES = Ec2Call("DescribeSecurityGroupRules", "SecurityGroupRules")
GROUPS = Ec2Call("DescribeSecurityGroups", "SecurityGroups")
INTERFACES = Ec2Call(
    "DescribeNetworkInterfaces",
    "NetworkInterfaces",
    # Interfaces that an AWS service manages are left out unless one asks for them.
    # Source: DescribeNetworkInterfaces, Amazon EC2 API reference.
    parameters={"IncludeManagedResources": True},
)
PREFIX_LISTS = Ec2Call("DescribeManagedPrefixLists", "PrefixLists", PREFIX_LIST_PAGE)
PREFIX_LIST_ENTRIES = Ec2Call("GetManagedPrefixListEntries", "Entries", PREFIX_LIST_PAGE)
"""Asked of each list, with its `PrefixListId`."""

REQUIRED_CALLS = (RULES, GROUPS, INTERFACES, PREFIX_LISTS, PREFIX_LIST_ENTRIES)
