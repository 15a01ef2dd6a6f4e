"""Where the bytes of large envelopes lie apart from the database: a folder, or any S3-compatible store.

Objects are named by their own SHA-256, so that storing one twice changes nothing and whatever comes back proves itself.
What a node that died has left without a row is found again by the next try of the same chunk.
"""

import hashlib
import os
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import parse_qs, urlsplit


class ObjectsUnavailableError(Exception):
    """The object store did not do what it was asked, or gave back other bytes; nothing was taken."""


class Objects(Protocol):
    """Ciphertext by its name."""

    def put(self, name: str, data: bytes) -> None:
        """Store durably before returning. ObjectsUnavailableError."""

    def get(self, name: str) -> bytes:
        """The bytes with this SHA-256. ObjectsUnavailableError."""


def name_of(data: bytes) -> str:
    """The name of an object: its SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _proven(name: str, data: bytes) -> bytes:
    if name_of(data) != name:
        raise ObjectsUnavailableError("other bytes")
    return data


class FolderObjects:
    """Files below a folder, in 256 folders by the first two digits."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, name: str, data: bytes) -> None:
        """Write aside, sync, rename, sync the folder."""
        place = self._folder / name[:2]
        try:
            if (place / name).exists():
                return
            place.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._write(place, name, data)
        except OSError as error:
            raise ObjectsUnavailableError(error.strerror) from error

    def _write(self, place: Path, name: str, data: bytes) -> None:
        aside = place / f"{name}.{os.getpid()}-{os.urandom(4).hex()}"
        try:
            with aside.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            aside.rename(place / name)
        finally:
            aside.unlink(missing_ok=True)
        descriptor = os.open(place, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def get(self, name: str) -> bytes:
        """Read and check."""
        try:
            return _proven(name, (self._folder / name[:2] / name).read_bytes())
        except OSError as error:
            raise ObjectsUnavailableError(error.strerror) from error


_TIMES: Final = {"connect_timeout": 3, "read_timeout": 10, "retries": {"max_attempts": 2, "mode": "standard"}}


class S3Objects:
    """A bucket of any store that speaks S3; credentials come the way boto3 finds them (environment, profile, role)."""

    def __init__(self, bucket: str, prefix: str = "", *, endpoint: str | None = None) -> None:
        import boto3
        from botocore.client import Config

        self._bucket = bucket
        self._prefix = prefix.strip("/") + "/" if prefix.strip("/") else ""
        self._client: Any = boto3.client("s3", endpoint_url=endpoint, config=Config(**_TIMES))

    def put(self, name: str, data: bytes) -> None:
        """Store under the prefix; S3 answers when it is durable, and checks the bytes by their checksum."""
        self._call("put_object", Key=self._prefix + name, Body=data)

    def get(self, name: str) -> bytes:
        """Fetch and check."""
        data: bytes = self._call("get_object", Key=self._prefix + name)["Body"].read()
        return _proven(name, data)

    def _call(self, method: str, **arguments: Any) -> Any:
        from boto3.exceptions import Boto3Error
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return getattr(self._client, method)(Bucket=self._bucket, **arguments)
        except (BotoCoreError, ClientError, Boto3Error) as error:
            raise ObjectsUnavailableError(type(error).__name__) from error


def open_objects(url: str) -> Objects | None:
    """The store at a URL: "" (none: bytes stay in the rows), `file:///path`, or `s3://bucket/prefix?endpoint=URL`.

    ValueError for any other.
    """
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme == "file" and parts.path:
        return FolderObjects(Path(parts.path))
    if parts.scheme == "s3" and parts.netloc:
        return S3Objects(parts.netloc, parts.path, endpoint=parse_qs(parts.query).get("endpoint", [None])[0])
    raise ValueError("objects are at file:///folder or s3://bucket/prefix?endpoint=https://...")
