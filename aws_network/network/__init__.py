"""The resources of EC2: rules, groups, interfaces, prefix lists, and the inventory they make up."""
