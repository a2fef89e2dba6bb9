"""AWS on this machine: moto as a server, patched where it falls short of what the stack needs.

server                the running emulator; start here
moto_patch            how moto is patched; one module for each service that needs it:
  cloudformation      resource types that moto does not know
  ec2                 the inventory of a user's account
  configured_resources  what may carry security groups later (launch templates, functions, ...)
  step_functions      the interpreter of the state machine
  iam/                who is allowed to do what
  athena/             queries, run by DuckDB
  glue/               job runs, as processes of this machine
s3, ses               objects and mails, read where moto keeps them
spark/                Java, and how Spark reads s3:// paths
"""
