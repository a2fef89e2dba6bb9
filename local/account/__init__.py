"""A user's own account as files, read and checked before anything runs.

input                 all that a run is given, checked together
exports               the account as it is now, and as it was earlier
inventory             EC2's rules, groups, interfaces, VPCs and so on, as the AWS CLI prints them
configured_resources  what may carry security groups later, as the AWS CLI prints it (optional)
flow_logs             what `aws s3 sync` of the flow-log bucket leaves
cli_exports           a file that the AWS CLI printed
"""
