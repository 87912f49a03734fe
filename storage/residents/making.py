"""Makes links and says their addresses; the courier and the API do it alike."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self
from urllib.parse import urlsplit

from domain.ids import IssueNumber, Subject
from storage.residents.links import ResidentLinks
from storage.residents.tokens import Tokens
from storage.residents.views import Link, LinkKind, NewLink
from storage.session import Session
from storage.token_hash import hash_of

PAGES = "/r"
"""Where residents' pages are; the token follows."""
_ID_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkMaker:
    """What links are made of: the key of their tokens, the public address, how long they live."""

    tokens: Tokens = field(repr=False)
    public_url: str
    lifetime: timedelta

    @classmethod
    def of(cls, secret: str | None, public_url: str | None, days: int) -> Self | None:
        """None without a secret or an address."""
        if secret is None or public_url is None:
            return None
        tokens, lifetime = Tokens(secret.encode()), timedelta(days=days)
        return cls(tokens=tokens, public_url=public_url, lifetime=lifetime)

    async def make(
        self,
        session: Session,
        made_for: "For",
        made_by: Subject,
        at: datetime,
    ) -> Link:
        """The link; for a fact there is one, however often it is made."""
        id_ = secrets.token_hex(_ID_BYTES)
        link = NewLink(
            id=id_,
            number=made_for.number,
            kind=made_for.kind,
            subject=made_for.subject,
            made_at=at,
            made_by=made_by,
            expires_at=at + self.lifetime,
            fact=made_for.fact,
        )
        links = ResidentLinks(session)
        await links.add(link, hash_of(self.tokens.of_link(id_)))
        fact = made_for.fact
        made = await (links.for_fact(link.number, fact) if fact else links.one(link.number, id_))
        assert made is not None
        return made

    def url(self, link: Link) -> str | None:
        """Its address; None when its token was made by another key."""
        token = self.tokens.of_link(link.id)
        if not secrets.compare_digest(hash_of(token), link.token_sha256):
            return None
        return f"{self.public_url.rstrip('/')}{PAGES}/{token}"

    @property
    def path(self) -> str:
        """Where the pages are as a browser sees it: a proxy may have put us under a folder."""
        return urlsplit(self.public_url).path.rstrip("/") + PAGES


@dataclass(frozen=True, slots=True, kw_only=True)
class For:
    """Which issue a link is for, and whose word an evaluation through it is."""

    number: IssueNumber
    kind: LinkKind
    subject: Subject
    fact: str | None = None
