"""What can go wrong, in one line each."""

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

AWS_ERRORS = (ClientError, BotoCoreError, ResponseParserError)
"""What a call raises when AWS refuses it, cannot be reached, or answers what nobody can read."""
_ENCODED = " Encoded authorization failure message"
"""EC2 appends what only an administrator can decode."""


class InputError(Exception):
    """An option or the credentials cannot be used; the message says what to do."""


class ExportError(Exception):
    """An account or a region could not be exported; the message says which, and why."""


def code_of(error: Exception) -> str:
    """The error code of a service, or the kind of the failure."""
    if isinstance(error, ClientError):
        return str(error.response["Error"]["Code"])
    return type(error).__name__


def in_words(error: Exception) -> str:
    """An error of botocore in one line."""
    if not isinstance(error, ClientError):
        return " ".join(str(error).split())
    message = error.response["Error"].get("Message", "").partition(_ENCODED)[0]
    return " ".join(f"{error.operation_name}: {code_of(error)}: {message}".split())
