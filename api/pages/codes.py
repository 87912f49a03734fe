"""Codes sent to who reported: asked for on the page, said back to read or withdraw."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

import structlog

from api.asking import Asking
from api.commanding import Desk, Order
from api.matters import IssueMatter
from api.pages.acting import ROUTE, actor_of, sentence_of
from api.pages.evaluating import Told
from api.pages.forms import CodeForm
from api.pages.telling import Tidings, notices_of
from api.pages.visiting import Visit, everything
from api.parts import Parts
from api.problems import Problem
from api.schemas.command import Plain
from catalogue import say
from domain.auditing import Deed, ObjectKind
from domain.commands import WithdrawIssue
from domain.events import EventName
from domain.refusals import Refusal
from storage.audit.standing import standing
from storage.outbox import Outbox
from storage.people import People
from storage.queries import Queries
from storage.residents.codes import MOST_TRIES, ResidentCodes
from storage.residents.templates import CODE
from storage.residents.views import Code
from storage.session import Session

log = structlog.get_logger(__name__)

_WITHDRAW = "withdraw"
_SHOWN = {
    EventName.RESOLVED: "said_resolution",
    EventName.DECLINED: "said_refusal",
    EventName.EVALUATED: "said_evaluation",
}
"""Words that were written for who reported, or by them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Something personal, under a title."""

    title: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Coding:
    """What a visitor does with codes."""

    parts: Parts
    desk: Desk
    visit: Visit

    async def ask(self) -> Told:
        """Puts one into the outbox, unless the last is too recent or they were too many.

        Nor where nobody left a phone, or it was erased: the page says so in place of the form.
        """
        link, at, locale = self.visit.link, self.parts.now(), self.visit.locale
        async with self.parts.database.begin() as session:
            if not await People(session).can_be_reached(link.number):
                return Told(status=HTTPStatus.CONFLICT)
            codes = ResidentCodes(session)
            if not await codes.may_ask(link.number, at):
                return Told(
                    status=HTTPStatus.TOO_MANY_REQUESTS,
                    faults={"code": say("page.code_too_soon", locale)},
                )
            id_ = secrets.token_hex(16)
            await codes.add(id_, link.number, link.id, at)
            await Outbox(session).put(await notices_of(session, self._tidings(id_, at)))
            await self._did(session, Deed.CODE_SENT)
        log.info("resident_code_asked", issue=link.number, link=link.id)
        return Told(notes=(say("page.code_sent", locale),))

    def _tidings(self, id_: str, at: datetime) -> Tidings:
        """Urgent: at any hour, as somebody waits for it, and never gathered into a digest."""
        return Tidings(
            number=self.visit.link.number,
            subject=self.visit.link.subject,
            fact=f"code:{id_}",
            template=CODE,
            params={"code_id": id_},
            at=at,
            urgent=True,
        )

    async def say_back(self, form: CodeForm) -> tuple[Told, tuple[Words, ...]]:
        """Reads or withdraws with the right code, which then is used up."""
        locale = self.visit.locale
        if form.act == _WITHDRAW and not form.sure:
            faults = {"sure": say("page.sure_missing", locale)}
            return Told(status=HTTPStatus.UNPROCESSABLE_ENTITY, faults=faults), ()
        code, fault = await self._tried(form.code)
        if code is None:
            return Told(status=HTTPStatus.UNPROCESSABLE_ENTITY, faults={"code": fault}), ()
        if form.act == _WITHDRAW:
            return await self._withdrawn(code), ()
        return Told(), await self._personal(code)

    async def _tried(self, said: str) -> tuple[Code | None, str]:
        """The code, if these are its digits; else what is wrong."""
        locale, maker = self.visit.locale, self.parts.link_maker
        if not said or maker is None:
            return None, say("page.code_missing", locale)
        async with self.parts.database.begin() as session:
            code = await ResidentCodes(session).try_latest(self.visit.link.id, self.parts.now())
        if code is None:
            return None, say("page.code_over", locale)
        if not maker.tokens.fits(code.id, said):
            return None, say("page.code_wrong", locale, left=MOST_TRIES - code.tries)
        return code, ""

    async def _withdrawn(self, code: Code) -> Told:
        """A code whose withdrawal did not go through may be said again, while it lives."""
        link, locale = self.visit.link, self.visit.locale
        async with self.parts.database.read() as session:
            actor = await actor_of(session, link)
        asking = Asking(f"link-{link.id}-{code.id}-{code.tries}", actor, ROUTE, self.visit.audit)
        matter = IssueMatter(link.number)
        try:
            await self.desk.give(
                Order(asking=asking, matter=matter, kind=WithdrawIssue, body=Plain())
            )
        except (Problem, Refusal) as error:
            problem = Problem.of_refusal(error) if isinstance(error, Refusal) else error
            return Told(status=problem.status, faults={"other": sentence_of(problem, locale)})
        await self._use(code, Deed.WITHDRAWN_BY_CODE)
        return Told(notes=(say("page.withdrawn", locale),))

    async def _personal(self, code: Code) -> tuple[Words, ...]:
        link, locale = self.visit.link, self.visit.locale
        async with self.parts.database.read() as session:
            queries = Queries(session)
            detail = await queries.issue(link.number)
            entries = await everything(queries, link.number)
        await self._use(code, Deed.OWN_DATA_READ)
        log.info("resident_read_own", issue=link.number, link=link.id, subject=link.subject)
        found = [("said_description", detail.description if detail else None)]
        found += [(_SHOWN[each.name], each.text) for each in entries if each.name in _SHOWN]
        return tuple(
            Words(title=say(f"page.{title}", locale), said=text) for title, text in found if text
        )

    async def _use(self, code: Code, deed: Deed) -> None:
        async with self.parts.database.begin() as session:
            await ResidentCodes(session).use(code.id, self.parts.now())
            await self._did(session, deed)

    async def _did(self, session: Session, deed: Deed) -> None:
        about = await standing(session, ObjectKind.ISSUE, self.visit.link.number)
        assert about is not None
        await self.visit.audit.did(session, deed, about, link=self.visit.link.id)
