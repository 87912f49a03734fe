"""From the notice board to the person: their own link is sent to them, once a day."""

from http import HTTPStatus

import structlog

from api.auditing import Auditing
from api.pages.evaluating import Told
from api.pages.telling import Tidings, notices_of
from api.pages.visiting import Visit
from api.parts import Parts
from catalogue import say
from domain.auditing import About, Deed, ObjectKind
from domain.ids import Subject
from storage.audit.standing import standing
from storage.outbox import Outbox
from storage.residents.links import ResidentLinks
from storage.residents.making import For, LinkMaker
from storage.residents.templates import LINK
from storage.residents.views import Link, LinkKind
from storage.session import Session

log = structlog.get_logger(__name__)
_ENGINE = Subject("engine")


async def send_own_link(parts: Parts, maker: LinkMaker, visit: Visit) -> Told:
    """Whoever presses the button, the message goes to the contact left with the whistle.

    One link for an issue and day: pressed a hundred times it is one message.
    """
    at, number = parts.now(), visit.link.number
    async with parts.database.begin() as session:
        person = await ResidentLinks(session).person_of(number)
        if person is None:
            return Told(status=HTTPStatus.CONFLICT)
        fact = f"board:{at.date().isoformat()}"
        made_for = For(number=number, kind=LinkKind.OWN, subject=person, fact=fact)
        link = await maker.make(session, made_for, _ENGINE, at)
        await Outbox(session).put(await notices_of(session, tidings_of(link)))
        if link.made_at == at:
            await _note(session, visit.audit, link)
    log.info("resident_link_sent", issue=number, link=link.id)
    return Told(notes=(say("page.own_link_sent", visit.locale),))


async def _note(session: Session, audit: Auditing, link: Link) -> None:
    """By nobody who is known: the board hangs where everybody passes."""
    issue = await standing(session, ObjectKind.ISSUE, link.number)
    about = About(ObjectKind.LINK, link.id, issue.grid if issue else None)
    what = {"of": link.number, "kind": link.kind}
    await audit.did(session, Deed.LINK_MADE, about, subject=None, **what)


def tidings_of(link: Link) -> Tidings:
    """Names the link by its id; the courier says its address when it sends it."""
    return Tidings(
        number=link.number,
        subject=link.subject,
        fact=f"link:{link.id}",
        template=LINK,
        params={"link_id": link.id},
        at=link.made_at,
    )
