"""From the notice board to the person: their own link is sent to them, once a day."""

from http import HTTPStatus

import structlog

from api.pages.evaluating import Told
from api.pages.visiting import Visit
from api.parts import Parts
from catalogue import say
from domain.ids import Subject
from storage.notice_policies import policy_for
from storage.notices import NoticeRow
from storage.outbox import Outbox
from storage.queries import Queries
from storage.reference import ReferenceRepository
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
        await Outbox(session).put(await notices_of(session, link))
    log.info("resident_link_sent", issue=number, link=link.id)
    return Told(notes=(say("page.own_link_sent", visit.locale),))


async def notices_of(session: Session, link: Link) -> list[NoticeRow]:
    """Names the link by its id; the courier says its address when it sends it."""
    recipient = f"subject:{link.subject}"
    detail = await Queries(session).issue(link.number)
    assert detail is not None
    policy = await policy_for(ReferenceRepository(session), recipient)
    return [
        NoticeRow(
            dedupe_key=f"{link.number}|link:{link.id}|{recipient}|{channel}",
            issue_number=link.number,
            recipient=recipient,
            channel=channel,
            template=LINK,
            stage=f"link:{link.id}",
            level=detail.level,
            params={"link_id": link.id},
            created_at=link.made_at,
            not_before=link.made_at,
        )
        for channel in policy.channels
    ]
