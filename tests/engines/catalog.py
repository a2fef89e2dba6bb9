"""The stack's tables and the query job, without a deployment: out of the synthesized template.

A deployment for each format of the flow logs would take most of the time of these tests.
"""

import json
import re
from pathlib import Path
from typing import Any

from jobs import query_flow_logs
from local.emulator.glue.process import script_arguments
from local.emulator.server import Emulator
from tests.infra.stacks import Template, only, plain, resources, template

LAKE = "lake-of-engines"
_QUERY = Path(query_flow_logs.__file__).with_suffix(".sql")
_LAKE_OF_TEMPLATE = re.compile(r"\{Lake\w*Bucket\w*\}")


def declare(aws: Emulator, settings: dict[str, Any]) -> list[str]:
    """Creates the lake's bucket, the catalog and the workgroup as the stack with these settings.

    Returns the arguments with which the stack starts the query job.
    """
    stack = template(**settings)
    aws.client("s3").create_bucket(Bucket=LAKE)
    aws.client("s3").upload_file(str(_QUERY), LAKE, _QUERY.name)
    glue = aws.client("glue")
    glue.create_database(DatabaseInput=_plain(only(stack, "AWS::Glue::Database"))["DatabaseInput"])
    for table in resources(stack, "AWS::Glue::Table").values():
        declared = _plain(table)
        glue.create_table(DatabaseName=declared["DatabaseName"], TableInput=declared["TableInput"])
    workgroup = _plain(only(stack, "AWS::Athena::WorkGroup"))
    configuration = workgroup["WorkGroupConfiguration"]
    aws.client("athena").create_work_group(Name=workgroup["Name"], Configuration=configuration)
    return _arguments_of_query_job(stack)


def _arguments_of_query_job(stack: Template) -> list[str]:
    jobs = map(_plain, resources(stack, "AWS::Glue::Job").values())
    (job,) = [job for job in jobs if "--query_sql" in job["DefaultArguments"]]
    given = {**job["DefaultArguments"], "--query_sql": f"s3://{LAKE}/{_QUERY.name}"}
    return script_arguments(job["Name"], "run", given)


def _plain(properties: Any) -> Any:
    """Properties with all their references resolved; those to the lake lead to our bucket."""
    return json.loads(_LAKE_OF_TEMPLATE.sub(LAKE, json.dumps(plain(properties))))
