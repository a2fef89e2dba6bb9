"""What people call the things that AWS knows by id."""

from aws_network.network.snapshot import Snapshot


def names_of(snapshot: Snapshot) -> dict[str, str]:
    """The id of each security group, prefix list and VPC that has a name, to that name.

    A VPC's is its tag `Name`.
    """
    named = [(group.group_id, group.name) for group in snapshot.groups]
    named += [(entries.prefix_list_id, entries.name) for entries in snapshot.prefix_lists]
    named += [(vpc.vpc_id, vpc.name or "") for vpc in snapshot.vpcs or ()]
    return {resource_id: name for resource_id, name in named if name}


def named(name: str | None, resource_id: str) -> str:
    """A resource as people know it, with the id that AWS knows: "web (sg-1)"; else its id."""
    return f"{name} ({resource_id})" if name and name != resource_id else resource_id
