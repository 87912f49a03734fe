"""A provider's key set: fetched seldom, one at a time, and ever more seldom while it is away."""

import asyncio
import ssl
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import httpx
import jwt
import structlog
from jwt.exceptions import PyJWTError

from api.keys import ASYMMETRIC, Key, KeysUnavailable, UnknownKey

log = structlog.get_logger(__name__)

_FRESH = timedelta(minutes=10)
_PATIENCE = timedelta(seconds=15)
"""How long a fetched set is believed when it does not know a key."""
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=1), timedelta(minutes=1)
_FETCH_SECONDS = 3.0


class KeySet:
    """Fetched again when it is old or does not know a key, never more often than its pauses say."""

    def __init__(
        self,
        url: str,
        now: Callable[[], datetime],
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._url = url
        self._now = now
        self._transport = transport
        self._keys: dict[str, Key] = {}
        self._fetched_at: datetime | None = None
        self._tried_at: datetime | None = None
        self._pause = timedelta()
        self._fetching = asyncio.Lock()

    async def key_for(self, token: str) -> Key:
        """The key that the token's header names.

        An old set goes on serving the keys it knows while the provider is slow or away.

        Raises:
            KeysUnavailable: the set is needed and cannot be fetched.
            UnknownKey: the set has no such key for an asymmetric algorithm.
        """
        wanted = str(jwt.get_unverified_header(token).get("kid"))
        if wanted not in self._keys or not self._fetching.locked():
            async with self._fetching:
                if self._is_due(wanted):
                    await self._fetch()
        if wanted in self._keys:
            return self._keys[wanted]
        if self._pause:
            raise KeysUnavailable(self._url)
        raise UnknownKey(wanted)

    def _is_due(self, wanted: str) -> bool:
        believed = _FRESH if wanted in self._keys else _PATIENCE
        return self._is_over(believed, self._fetched_at) and self._is_over(
            self._pause, self._tried_at
        )

    def _is_over(self, span: timedelta, since: datetime | None) -> bool:
        return since is None or self._now() - since > span

    async def _fetch(self) -> None:
        """Counts as failed until it is known to be well, so that giving up waiting is no way on."""
        self._tried_at = self._now()
        self._pause = min(max(self._pause * 2, _FIRST_PAUSE), _LONGEST_PAUSE)
        try:
            self._keys = _usable(await self._document())
        except (httpx.HTTPError, TimeoutError, ValueError, PyJWTError) as error:
            pause = self._pause.total_seconds()
            log.warning("keys_unavailable", error=type(error).__name__, pause=pause)
        else:
            self._fetched_at, self._pause = self._tried_at, timedelta()

    async def _document(self) -> object:
        async with (
            asyncio.timeout(_FETCH_SECONDS),
            httpx.AsyncClient(
                transport=self._transport, timeout=_FETCH_SECONDS, verify=tls()
            ) as client,
        ):
            answer = await client.get(self._url)
            answer.raise_for_status()
            return answer.json()


@cache
def tls() -> ssl.SSLContext:
    """Made once, for that takes tens of milliseconds; `SSL_CERT_FILE` names one's own authority."""
    return httpx.create_ssl_context()


def _usable(document: Any) -> dict[str, Key]:  # noqa: ANN401 - somebody else's JSON
    listed = document.get("keys") if isinstance(document, dict) else None
    known = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    keys = jwt.PyJWKSet.from_dict({"keys": known}).keys
    return {
        key.key_id: Key(key.key, (key.algorithm_name,))
        for key in keys
        if isinstance(key.key_id, str) and key.algorithm_name in ASYMMETRIC
    }
