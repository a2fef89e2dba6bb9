"""The CDK app. It makes no AWS call and needs neither git nor credentials nor a network."""

import sys

import aws_cdk as cdk

from infra.settings import SettingsError, read_settings
from infra.stack import SgAnalysisStack


def main() -> None:
    """Synthesizes the stack, or ends with one line that says which setting is wrong."""
    app = cdk.App()
    try:
        settings = read_settings(app.node.try_get_context)
    except SettingsError as error:
        sys.exit(f"error: {error}")
    SgAnalysisStack(app, settings.names.stack, settings)
    app.synth()


if __name__ == "__main__":
    main()
