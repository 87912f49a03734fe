"""Built-in ways out: a structured log line, and a webhook signed as Standard Webhooks says."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import httpx
import structlog

from activities.invitations import sentence
from catalogue import LOCALES
from storage.notices import DueNotice

log = structlog.get_logger(__name__)

_TIMEOUT_S = 10.0
_SHOWN = 200
_ADDED = ("link", "phone")
"""Added to a notice for a resident when it is sent; never in the outbox."""


class Undelivered(Exception):
    """The channel did not take the message; `final` when trying again cannot help."""

    def __init__(self, reason: str, *, final: bool = False) -> None:
        self.final = final
        super().__init__(reason[:_SHOWN])


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One notice, or several gathered into a digest, for one recipient."""

    id: str
    recipient: str
    webhook_url: str | None
    notices: Sequence[DueNotice]
    at: datetime

    def body(self) -> dict[str, object]:
        """What is sent: codes, ids and a sentence in both languages; no personal data.

        Of what people wrote only the place of a meeting, to those who are called there. What is
        for a resident has their link or code and the phone that it is to reach.
        """
        return {
            "id": self.id,
            "recipient": self.recipient,
            "at": self.at.isoformat(),
            "notices": [
                {
                    "issue": each.issue_number,
                    "template": each.template,
                    "stage": each.stage,
                    "level": each.level,
                    "urgent": each.urgent,
                    "text": {locale: sentence(each, locale) for locale in LOCALES},
                    **{name: each.params[name] for name in _ADDED if name in each.params},
                }
                for each in self.notices
            ],
        }


class Sender(Protocol):
    """A channel."""

    async def send(self, message: Message) -> None:
        """Hand the message over.

        Raises:
            Undelivered: it was not taken.
        """


class LogSender:
    """Writes one structured line per notice."""

    async def send(self, message: Message) -> None:
        for notice in message.notices:
            log.info(
                "notice",
                issue=notice.issue_number,
                recipient=message.recipient,
                template=notice.template,
                stage=notice.stage,
                reached=notice.level,
            )


class WebhookSender:
    """POSTs JSON signed with HMAC-SHA256, to allowed hosts only; redirects are not followed."""

    def __init__(self, client: httpx.AsyncClient, secret: bytes, hosts: Collection[str]) -> None:
        self._client = client
        self._secret = secret
        self._hosts = frozenset(hosts)

    async def send(self, message: Message) -> None:
        url = self._allowed(message.webhook_url)
        content = json.dumps(message.body(), ensure_ascii=False, sort_keys=True)
        request = self._client.build_request(
            "POST", url, content=content.encode(), headers=self._headers(message, content)
        )
        try:
            # The time-out of the client is for each read; a dripping answer must end as well.
            async with asyncio.timeout(_TIMEOUT_S):
                answer = await self._client.send(request, stream=True, follow_redirects=False)
                await answer.aclose()
        except (httpx.HTTPError, TimeoutError) as error:
            raise Undelivered(type(error).__name__) from error
        if not answer.is_success:
            gone = answer.status_code == httpx.codes.GONE
            raise Undelivered(f"status {answer.status_code}", final=gone)

    def _allowed(self, address: str | None) -> httpx.URL:
        if address is None:
            raise Undelivered("no address", final=True)
        try:
            url = httpx.URL(address)
            host = url.host
        except (httpx.InvalidURL, UnicodeError) as error:
            raise Undelivered("the address is none", final=True) from error
        if host not in self._hosts:
            raise Undelivered(f"host {host} is not allowed by this installation")
        return url

    def _headers(self, message: Message, content: str) -> dict[str, str]:
        stamp = str(int(message.at.timestamp()))
        signed = f"{message.id}.{stamp}.{content}".encode()
        digest = hmac.new(self._secret, signed, hashlib.sha256).digest()
        return {
            "content-type": "application/json; charset=utf-8",
            "webhook-id": message.id,
            "webhook-timestamp": stamp,
            "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
        }
