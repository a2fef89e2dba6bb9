"""The mails that the emulated SES accepted, byte for byte."""

import base64
from collections.abc import Mapping
from typing import Any

from moto.ses.models import ses_backends


def raw_message(request: Mapping[str, Any]) -> bytes | None:
    """The MIME message in the body of an SES v2 SendEmail request, None when it has none."""
    data = request.get("Content", {}).get("Raw", {}).get("Data")
    return base64.b64decode(data) if data else None


def sent_messages(account: str, region: str) -> list[bytes]:
    """The raw messages sent so far, oldest first."""
    sent = ses_backends[account][region].sent_messages
    return [message.raw_data.encode() for message in sent if hasattr(message, "raw_data")]
