"""rule_usage.csv as it goes with the mail: as it is, zipped, or not at all."""

import io
import zipfile
from dataclasses import dataclass

FILE_NAME = "rule_usage.csv"
MOST_BYTES_AS_TEXT = 1_000_000
"""Above this the file is zipped, to some tenth of its size."""
MOST_BYTES = 3_000_000
"""Most bytes of an attachment; base64 adds a third. Many mail servers refuse mails above 10 MB."""


@dataclass(frozen=True)
class Attachment:
    """A file of a mail; `media_type` as in text/csv."""

    file_name: str
    media_type: str
    content: bytes


def attachment_of(csv_text: str) -> Attachment | None:
    """The file to attach; None if it is too large even as a zip."""
    content = csv_text.encode()
    if len(content) <= MOST_BYTES_AS_TEXT:
        return Attachment(FILE_NAME, "text/csv", content)
    zipped = _zipped(content)
    if len(zipped) <= MOST_BYTES:
        return Attachment(f"{FILE_NAME}.zip", "application/zip", zipped)
    return None


def _zipped(content: bytes) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(FILE_NAME, content)
    return body.getvalue()
