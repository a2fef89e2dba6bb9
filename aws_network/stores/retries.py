"""How long the jobs' clients try before they give up."""

from botocore.config import Config

PATIENT = Config(retries={"mode": "standard", "max_attempts": 10})
"""Throttling is no reason to lose a night: ten attempts are about a minute and a half of waiting,
where botocore's own three are a second or two."""
