"""One emulator for the whole package."""

from tests.local.conftest import aws

__all__ = ["aws"]
