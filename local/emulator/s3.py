"""S3 for those parts of the emulator that read and write objects on behalf of a caller.

Athena and Spark act with the permissions of the role that runs the query or the job, so each access
is checked here as it is for a request over HTTP. Raises DeniedError, or MissingObjectError.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from moto.s3.exceptions import MissingBucket
from moto.s3.models import s3_backends

from local.emulator.iam.callers import ACCOUNT, Caller


class MissingObjectError(Exception):
    """The bucket or the object does not exist."""


@dataclass(frozen=True)
class ObjectInfo:
    """An object in a listing."""

    bucket: str
    key: str
    size: int
    etag: str
    modified: float

    @property
    def uri(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


def split_uri(uri: str) -> tuple[str, str]:
    """Bucket and key of s3://bucket/key."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key


@dataclass(frozen=True)
class ObjectStore:
    """S3 as one caller sees it."""

    caller: Caller

    def list(self, bucket: str, prefix: str) -> list[ObjectInfo]:
        """Every object whose key starts with the prefix, in the order of their keys."""
        self.caller.require("s3:ListBucket", f"arn:aws:s3:::{bucket}", **{"s3:prefix": prefix})
        return sorted(_list(bucket, prefix), key=lambda found: found.key)

    def head(self, bucket: str, key: str) -> ObjectInfo | None:
        """An object without its content, None when there is none."""
        self.caller.require("s3:GetObject", f"arn:aws:s3:::{bucket}/{key}")
        try:
            found = s3_backends[ACCOUNT]["aws"].get_object(bucket, key)
        except MissingBucket as missing:
            raise MissingObjectError(f"s3://{bucket}") from missing
        return None if found is None else _info(bucket, key, found)

    def read(self, bucket: str, key: str) -> bytes:
        """The whole content of an object."""
        self.caller.require("s3:GetObject", f"arn:aws:s3:::{bucket}/{key}")
        try:
            found = s3_backends[ACCOUNT]["aws"].get_object(bucket, key)
        except MissingBucket as missing:
            raise MissingObjectError(f"s3://{bucket}") from missing
        if found is None:
            raise MissingObjectError(f"s3://{bucket}/{key}")
        return bytes(found.value)

    def write(self, bucket: str, key: str, content: bytes) -> None:
        """Puts an object."""
        self.caller.require("s3:PutObject", f"arn:aws:s3:::{bucket}/{key}")
        s3_backends[ACCOUNT]["aws"].put_object(bucket, key, content)


def _list(bucket: str, prefix: str) -> Iterator[ObjectInfo]:
    try:
        keys = s3_backends[ACCOUNT]["aws"].get_bucket(bucket).keys
    except MissingBucket as missing:
        raise MissingObjectError(f"s3://{bucket}") from missing
    for name in list(keys):
        if name.startswith(prefix):
            yield _info(bucket, name, keys[name])


def _info(bucket: str, key: str, found: Any) -> ObjectInfo:
    return ObjectInfo(bucket, key, found.size, found.etag, found.last_modified.timestamp())


def bucket_names() -> list[str]:
    """Every bucket there is."""
    return sorted(s3_backends[ACCOUNT]["aws"].buckets)
