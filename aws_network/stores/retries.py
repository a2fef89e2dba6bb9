"""How often the clients of the jobs and the export retry, and how many connections each keeps."""

from botocore.config import Config

CONNECTIONS = 64
"""The query job looks at sixteen objects of four days each at once. Of more threads than
connections, some open a new one for each request: botocore keeps ten by default."""

RETRIES = Config(retries={"mode": "standard", "max_attempts": 10}, max_pool_connections=CONNECTIONS)
"""Throttling must not fail a nightly run: ten attempts wait about 90 seconds in all, the default
of botocore (three attempts) a second or two."""
QUICK = Config(connect_timeout=5, retries={"mode": "standard", "max_attempts": 4})
"""Gives up soon on an endpoint that is not there: not every region has every service."""
PATIENT = Config(retries={"mode": "adaptive", "max_attempts": 10})
"""For the export, which reads many accounts and regions at a time: sends less when throttled."""
