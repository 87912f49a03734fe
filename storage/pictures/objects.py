"""Where bytes lie that are too large for SQL: a folder, or a bucket that speaks S3."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias

from obstore.exceptions import BaseError
from obstore.store import LocalStore, MemoryStore, S3Store

if TYPE_CHECKING:  # these have no life at run time
    from obstore import BytesStream
    from obstore.store import ClientConfig, RetryConfig, S3Config

_CHUNK = 64 * 1024
_CONNECT = timedelta(seconds=3)
_RETRIES: "RetryConfig" = {"max_retries": 2, "retry_timeout": timedelta(seconds=20)}
"""Enough for a hiccup; whoever uploads asks again by themselves."""

Store: TypeAlias = LocalStore | S3Store | MemoryStore


class ObjectsUnreachable(Exception):
    """The store cannot answer now; the same request may succeed later."""


class Objects(Protocol):
    """The one interface; names are relative, made by us and never by a caller."""

    async def put(self, name: str, content: bytes) -> None:
        """Keeps the content; one of that name is replaced as a whole."""

    async def get(self, name: str) -> AsyncIterator[bytes] | None:
        """The content piece by piece; None when there is none."""

    async def delete(self, name: str) -> None:
        """Returns when there is nothing of that name, whether or not there was."""


class StoredObjects:
    """Objects in whatever store obstore speaks to."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def put(self, name: str, content: bytes) -> None:
        """As `Objects`.

        Raises:
            ObjectsUnreachable: not kept, or nobody knows.
        """
        try:
            await self._store.put_async(name, content, use_multipart=False)
        except (BaseError, OSError) as error:
            raise _unreachable(error) from error

    async def get(self, name: str) -> AsyncIterator[bytes] | None:
        """As `Objects`.

        Raises:
            ObjectsUnreachable: it cannot be told now.
        """
        try:
            found = await self._store.get_async(name)
        except FileNotFoundError:
            return None
        except (BaseError, OSError) as error:
            raise _unreachable(error) from error
        return _pieces(found.stream(min_chunk_size=_CHUNK))

    async def delete(self, name: str) -> None:
        """As `Objects`.

        Raises:
            ObjectsUnreachable: it may be there still.
        """
        try:
            await self._store.delete_async(name)
        except FileNotFoundError:
            return
        except (BaseError, OSError) as error:
            raise _unreachable(error) from error


async def _pieces(stream: "BytesStream") -> AsyncIterator[bytes]:
    async for piece in stream:
        yield bytes(piece)


def _unreachable(error: Exception) -> ObjectsUnreachable:
    return ObjectsUnreachable(type(error).__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """A bucket that speaks S3. Without keys the environment's own way of signing in is used."""

    name: str
    region: str
    endpoint: str | None = None
    access_key: str | None = None
    secret_key: str | None = None
    timeout: timedelta = timedelta(seconds=20)


def objects_in(place: Path | Bucket) -> StoredObjects:
    """Objects as files below a folder, which is made, or in a bucket."""
    if isinstance(place, Path):
        return StoredObjects(LocalStore(place, mkdir=True))
    return StoredObjects(_s3(place))


def _s3(bucket: Bucket) -> S3Store:
    """An endpoint of its own is spoken to with the bucket in the path."""
    config: S3Config = {
        "region": bucket.region,
        "virtual_hosted_style_request": bucket.endpoint is None,
    }
    if bucket.endpoint is not None:
        config["endpoint"] = bucket.endpoint
    if bucket.access_key is not None and bucket.secret_key is not None:
        config["access_key_id"] = bucket.access_key
        config["secret_access_key"] = bucket.secret_key
    client: ClientConfig = {
        "allow_http": (bucket.endpoint or "").startswith("http://"),
        "connect_timeout": _CONNECT,
        "timeout": bucket.timeout,
    }
    return S3Store(bucket.name, config=config, client_options=client, retry_config=_RETRIES)
