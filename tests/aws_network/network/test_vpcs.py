"""VPCs and what connects them, from items as the AWS CLI prints them."""

from typing import Any

import pytest

from aws_network.network.vpcs import (
    GroupVpc,
    Peering,
    TransitGatewayAttachment,
    Vpc,
    attachment_from_api,
    endpoint_service_from_api,
    group_vpc_from_api,
    mirror_target_from_api,
    peering_from_api,
    peers_by_vpc,
    vpc_from_api,
)

ACCOUNT, OTHER, REGION = "123456789012", "111122223333", "eu-west-1"


@pytest.mark.parametrize(
    ("blocks", "cidrs"),
    [
        ({"CidrBlock": "10.0.0.0/16"}, ("10.0.0.0/16",)),
        (
            {
                "CidrBlock": "10.0.0.0/16",
                "CidrBlockAssociationSet": [
                    {"CidrBlock": "10.0.0.0/16", "CidrBlockState": {"State": "associated"}},
                    {"CidrBlock": "100.64.0.0/16", "CidrBlockState": {"State": "associated"}},
                ],
                "Ipv6CidrBlockAssociationSet": [{"Ipv6CidrBlock": "2001:0db8:0::/56"}],
            },
            ("10.0.0.0/16", "100.64.0.0/16", "2001:db8::/56"),
        ),
    ],
    ids=["one block", "secondary and IPv6 blocks"],
)
def test_a_vpc_with_all_its_blocks(blocks: dict[str, Any], cidrs: tuple[str, ...]) -> None:
    item = {"VpcId": "vpc-1", "OwnerId": OTHER, "State": "available", **blocks}
    assert vpc_from_api(item, REGION) == Vpc("vpc-1", OTHER, REGION, cidrs)


def peering_item(code: str) -> dict[str, Any]:
    return {
        "VpcPeeringConnectionId": "pcx-1",
        "Status": {"Code": code, "Message": "-"},
        "RequesterVpcInfo": {
            "VpcId": "vpc-1",
            "OwnerId": ACCOUNT,
            "Region": REGION,
            "CidrBlock": "10.0.0.0/16",
            "CidrBlockSet": [{"CidrBlock": "10.0.0.0/16"}, {"CidrBlock": "10.9.0.0/16"}],
        },
        "AccepterVpcInfo": {"VpcId": "vpc-2", "OwnerId": OTHER, "Region": "us-east-1"},
    }


@pytest.mark.parametrize(
    ("code", "is_active"),
    [("active", True), ("pending-acceptance", False), ("deleted", False), ("expired", False)],
)
def test_a_peering_connection_across_accounts_and_regions(code: str, is_active: bool) -> None:
    one = Vpc("vpc-1", ACCOUNT, REGION, ("10.0.0.0/16", "10.9.0.0/16"))
    other = Vpc("vpc-2", OTHER, "us-east-1", ())
    expected = Peering("pcx-1", (one, other), is_active)
    assert peering_from_api(peering_item(code), REGION) == expected


def test_only_active_peering_connections_connect() -> None:
    active, gone = (peering_from_api(peering_item(code), REGION) for code in ("active", "deleted"))
    assert peers_by_vpc([active, gone]) == {"vpc-1": {"vpc-2"}, "vpc-2": {"vpc-1"}}
    assert peers_by_vpc([gone]) == {}


@pytest.mark.parametrize(
    ("state", "is_active"), [("available", True), ("pending", False), ("deleted", False)]
)
def test_an_attachment_to_a_transit_gateway(state: str, is_active: bool) -> None:
    item = {
        "TransitGatewayAttachmentId": "tgw-attach-1",
        "TransitGatewayId": "tgw-1",
        "VpcId": "vpc-1",
        "VpcOwnerId": ACCOUNT,
        "State": state,
        "SubnetIds": ["subnet-1"],
    }
    expected = TransitGatewayAttachment("tgw-attach-1", "tgw-1", "vpc-1", is_active)
    assert attachment_from_api(item, REGION) == expected


@pytest.mark.parametrize("state", ["associated", "associating", "disassociating", "disassociated"])
def test_an_association_counts_in_every_state(state: str) -> None:
    item = {"GroupId": "sg-1", "VpcId": "vpc-2", "GroupOwnerId": ACCOUNT, "State": state}
    assert group_vpc_from_api(item, REGION) == GroupVpc("sg-1", "vpc-2")


@pytest.mark.parametrize(
    ("kind", "told", "targets"),
    [
        ("network-interface", {"NetworkInterfaceId": "eni-1"}, ("eni-1",)),
        ("network-load-balancer", {"NetworkLoadBalancerArn": "arn:1"}, ("arn:1",)),
        ("gateway-load-balancer-endpoint", {"GatewayLoadBalancerEndpointId": "v"}, ("v",)),
    ],
)
def test_what_traffic_is_mirrored_to(
    kind: str, told: dict[str, str], targets: tuple[str, ...]
) -> None:
    item = {"TrafficMirrorTargetId": "tmt-1", "Type": kind, **told}
    assert mirror_target_from_api(item, REGION) == targets


@pytest.mark.parametrize(
    ("balancers", "arns"),
    [
        ({"NetworkLoadBalancerArns": ["arn:n1", "arn:n2"]}, ("arn:n1", "arn:n2")),
        ({"GatewayLoadBalancerArns": ["arn:g"]}, ("arn:g",)),
        ({}, ()),
    ],
)
def test_the_load_balancers_of_an_endpoint_service(
    balancers: dict[str, list[str]], arns: tuple[str, ...]
) -> None:
    assert endpoint_service_from_api({"ServiceId": "vpce-svc-1", **balancers}, REGION) == arns
