"""What a notice for a resident says beside its sentence: a link or a code, and where to send it.

In the outbox lies at most an id. Token and digits are made from ids by a key, the phone is read
from where it can be erased, and all of it is there only while the message is being sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from activities.channels import Undelivered
from domain.ids import Subject
from storage.notices import DueNotice
from storage.people import People
from storage.residents.codes import ResidentCodes
from storage.residents.links import ResidentLinks
from storage.residents.making import For, LinkMaker
from storage.residents.templates import CODE, EVALUATE, LINK
from storage.residents.views import Link, LinkKind
from storage.session import Session

_ENGINE = Subject("engine")


@dataclass(frozen=True, slots=True)
class ResidentWords:
    """Adds them; without a maker requests to evaluate go out as they are, and no code at all."""

    maker: LinkMaker | None

    def concern(self, notices: Sequence[DueNotice]) -> bool:
        return any(each.template in (EVALUATE, LINK, CODE) for each in notices)

    async def added(
        self, session: Session, notices: Sequence[DueNotice], now: datetime
    ) -> list[DueNotice]:
        """The notices with what they promise.

        Raises:
            Undelivered: a link or code that is over by now, or that nobody here can make.
        """
        return [await self._added(session, each, now) for each in notices]

    async def _added(self, session: Session, notice: DueNotice, now: datetime) -> DueNotice:
        if notice.template == EVALUATE:
            said = await self._to_evaluate(session, notice, now)
        elif notice.template == LINK:
            said = await self._link(session, notice, now)
        elif notice.template == CODE:
            said = await self._code(session, notice, now)
        else:
            return notice
        if said:
            reporter = await People(session).reporter(notice.issue_number)
            said |= {"phone": reporter.phone} if reporter and reporter.phone else {}
        return replace(notice, params={**notice.params, **said})

    async def _to_evaluate(
        self, session: Session, notice: DueNotice, now: datetime
    ) -> dict[str, str]:
        """One link for each resolution, to whom the law asks; followers have their own way."""
        person = await ResidentLinks(session).person_of(notice.issue_number)
        if self.maker is None or notice.recipient != f"subject:{person}" or person is None:
            return {}
        made_for = For(
            number=notice.issue_number, kind=LinkKind.OWN, subject=person, fact=notice.stage
        )
        return self._shown(await self.maker.make(session, made_for, _ENGINE, now))

    async def _link(self, session: Session, notice: DueNotice, now: datetime) -> dict[str, str]:
        link = await ResidentLinks(session).one(notice.issue_number, notice.params["link_id"])
        if link is None or link.revoked_at is not None or link.is_over(now):
            raise Undelivered("the link is over", final=True)
        if not (shown := self._shown(link)):
            raise Undelivered("the link was made by another key", final=True)
        return shown

    async def _code(self, session: Session, notice: DueNotice, now: datetime) -> dict[str, str]:
        code = await ResidentCodes(session).one(notice.params["code_id"])
        if self.maker is None or code is None or code.used_at or now >= code.expires_at:
            raise Undelivered("the code is over", final=True)
        return {"code": self.maker.tokens.of_code(code.id)}

    def _shown(self, link: Link) -> dict[str, str]:
        url = self.maker.url(link) if self.maker else None
        return {"link": url} if url else {}
