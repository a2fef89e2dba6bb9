"""How often the clients of the jobs retry."""

from botocore.config import Config

RETRIES = Config(retries={"mode": "standard", "max_attempts": 10})
"""Throttling must not fail a nightly run: ten attempts wait about 90 seconds in all, the default
of botocore (three attempts) a second or two."""
