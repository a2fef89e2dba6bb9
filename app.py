"""The CDK app. It makes no AWS call and needs neither git nor credentials.

It needs a network only if `make install` has not fetched the modules of the jobs.
"""

import sys

import aws_cdk as cdk

from infra.job_modules import JobModulesError
from infra.settings import SettingsError, read_settings
from infra.stack import SgAnalysisStack


def main() -> None:
    """Synthesizes the stack, or ends with one line that says what is wrong."""
    app = cdk.App()
    try:
        settings = read_settings(app.node.try_get_context)
        SgAnalysisStack(app, settings.names.stack, settings)
    except (SettingsError, JobModulesError) as error:
        sys.exit(f"error: {error}")
    app.synth()


if __name__ == "__main__":
    main()
