"""One emulator for the whole package."""

from tests.local.emulator.conftest import aws

__all__ = ["aws"]
