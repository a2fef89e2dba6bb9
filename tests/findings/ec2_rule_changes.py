"""Patch of moto: rules of an inventory can be revoked and made again, as a plan does.

moto changes the rules of its own networks; here they are those that local.emulator.ec2 answers
with. DescribeSecurityGroups keeps the permissions of the exports.
"""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.responses import EC2Response

from local.account.cli_exports import Item
from local.account.inventory import Inventory
from local.emulator.ec2 import inventory_of
from local.emulator.moto_patch import replace

_PEERS: dict[str, Callable[[Item], Item]] = {
    "IpRanges": lambda peer: {"CidrIpv4": peer["CidrIp"]},
    "Ipv6Ranges": lambda peer: {"CidrIpv6": peer["CidrIpv6"]},
    "PrefixListIds": lambda peer: {"PrefixListId": peer["PrefixListId"]},
    "UserIdGroupPairs": lambda peer: {"ReferencedGroupInfo": _referenced(peer)},
}
"""A kind of peer of an IpPermission, as a security group rule names it."""

_TERMS = ("GroupId", "IsEgress", "IpProtocol", "FromPort", "ToPort", "CidrIpv4", "CidrIpv6")


def install() -> None:
    """Replaces moto's four changes of rules."""
    for direction in ("ingress", "egress"):
        is_egress = direction == "egress"
        replace(EC2Response, f"authorize_security_group_{direction}", _authorize(is_egress))
        replace(EC2Response, f"revoke_security_group_{direction}", _revoke(is_egress))


def _authorize(is_egress: bool) -> Callable[[Any], ActionResult]:
    def authorize(self: Any) -> ActionResult:
        self.error_on_dryrun()
        inventory = inventory_of(self.region)
        made = [_completed(self, inventory, item) for item in _asked(self, inventory, is_egress)]
        known = {_terms(item) for item in inventory.security_group_rules}
        for item in made:
            if _terms(item) in known:
                raise EC2ClientError("InvalidPermission.Duplicate", f"{_terms(item)} exists")
        inventory.security_group_rules += made
        return ActionResult({"Return": True, "SecurityGroupRules": made})

    return authorize


def _revoke(is_egress: bool) -> Callable[[Any], ActionResult]:
    def revoke(self: Any) -> ActionResult:
        self.error_on_dryrun()
        inventory = inventory_of(self.region)
        ids = self._get_param("SecurityGroupRuleIds", [])
        wanted = {_terms(item) for item in _asked(self, inventory, is_egress)}
        found = [
            item
            for item in inventory.security_group_rules
            if item["IsEgress"] == is_egress
            and item["GroupId"] == self._get_param("GroupId")
            and (item["SecurityGroupRuleId"] in ids or _terms(item) in wanted)
        ]
        if len(found) != len(ids) + len(wanted):
            code = "InvalidSecurityGroupRuleId.NotFound" if ids else "InvalidPermission.NotFound"
            raise EC2ClientError(code, "The specified rule does not exist in this security group.")
        for item in found:
            inventory.security_group_rules.remove(item)
        return ActionResult({"Return": True})

    return revoke


def _asked(self: Any, inventory: Inventory, is_egress: bool) -> Iterator[Item]:
    """The rules that a call's IpPermissions stand for, without ids."""
    group_id = self._get_param("GroupId")
    owners = {group["GroupId"]: group["OwnerId"] for group in inventory.security_groups}
    if group_id not in owners:
        raise EC2ClientError("InvalidGroup.NotFound", f"The group {group_id} does not exist")
    for permission in self._get_param("IpPermissions", []):
        for kind, named in _PEERS.items():
            for peer in permission.get(kind, []):
                yield {
                    "GroupId": group_id,
                    "GroupOwnerId": owners[group_id],
                    "IsEgress": is_egress,
                    "IpProtocol": permission["IpProtocol"],
                    "FromPort": int(permission.get("FromPort", -1)),
                    "ToPort": int(permission.get("ToPort", -1)),
                    **named(peer),
                    **{key: peer[key] for key in ("Description",) if peer.get(key)},
                }


def _completed(self: Any, inventory: Inventory, item: Item) -> Item:
    rule_id = f"sgr-{uuid.uuid4().hex[:17]}"
    arn = f"arn:aws:ec2:{self.region}:{item['GroupOwnerId']}:security-group-rule/{rule_id}"
    tags = [
        {"Key": tag["Key"], "Value": tag["Value"]}
        for specification in self._get_param("TagSpecifications", [])
        for tag in specification["Tags"]
    ]
    return {"SecurityGroupRuleId": rule_id, **item, "Tags": tags, "SecurityGroupRuleArn": arn}


def _referenced(peer: Item) -> Item:
    """EC2 tells the peering's status of a peered group; a peering that is asked for is active."""
    names = ("GroupId", "UserId", "VpcId", "VpcPeeringConnectionId")
    status = {"PeeringStatus": "active"} if peer.get("VpcPeeringConnectionId") else {}
    return {**{name: peer[name] for name in names if peer.get(name)}, **status}


def _terms(item: Item) -> tuple[Any, ...]:
    """What a rule admits. EC2 keeps no two rules of a group with the same terms."""
    group = item.get("ReferencedGroupInfo", {}).get("GroupId")
    return *(item.get(name) for name in _TERMS), item.get("PrefixListId"), group
