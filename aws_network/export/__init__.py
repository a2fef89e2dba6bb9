"""The export of an account, for people without a stack: `python -m aws_network.export`.

parts     the files of an export, and what is asked of AWS for each
policy    what IAM must allow for that
access    the caller's credentials, and those of a role in each account
scope     which accounts and regions
folder    an export replaced as a whole
run       all regions of all accounts, several at a time
progress  what a person at the terminal sees

The files are those that the AWS CLI prints for the same calls, for `python -m local run`.
"""
