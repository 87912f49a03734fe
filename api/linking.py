"""Who may make, hand out and revoke links of an issue, and how one is made."""

import io
from dataclasses import dataclass
from datetime import datetime

import segno
import structlog

from api.pages.sending import tidings_of
from api.pages.telling import notices_of
from api.parts import Parts
from api.problems import ApiCode, Problem
from api.schemas.resident_links import LinkRead, QrFormat
from api.sight import seen
from catalogue import label
from domain.actor import Actor
from domain.ids import IssueNumber, Subject
from domain.refusals import RefusalCode
from domain.rights import Act, Within, reach
from storage.outbox import Outbox
from storage.residents.links import ResidentLinks
from storage.residents.making import For, LinkMaker
from storage.residents.views import Link, LinkKind
from storage.session import Session
from storage.views import IssueDetail

log = structlog.get_logger(__name__)

MOST_LINKS = 20
"""In force at once for one issue."""
_SCALE, _QUIET_ZONE = 12, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """Somebody who may make links of an issue."""

    actor: Actor
    issue: IssueDetail
    is_raiser: bool
    is_staff: bool

    @property
    def person(self) -> Subject:
        """Whose word an evaluation is."""
        return self.issue.line.resident or self.issue.line.raised_by

    def may_hold(self, link: Link) -> bool:
        """An own link is for one pair of eyes: who holds it evaluates."""
        if link.kind is LinkKind.OWN:
            return self.actor.subject == link.subject
        return self.is_staff

    def may_make(self, kind: LinkKind) -> bool:
        return self.is_staff or (self.is_raiser and kind is LinkKind.OWN)


async def host(session: Session, number: IssueNumber, actor: Actor) -> Host:
    """The caller, as host of visitors of an issue.

    Raises:
        Problem: they may not see it, or see it and have no visitors to let in.
    """
    issue = await seen(session, number, actor)
    line = issue.line
    within = reach(actor, Act.HOST_VISITORS)
    leads = Within.LEAD in within and actor.department == line.lead_department
    by_grid = Within.GRID in within and actor.covers(line.grid)
    known = Host(
        actor=actor,
        issue=issue,
        is_raiser=actor.subject in (line.raised_by, line.resident),
        is_staff=by_grid or (leads and line.lead_department is not None),
    )
    if not (known.is_raiser or known.is_staff):
        raise Problem(ApiCode.FORBIDDEN)
    return known


def maker_of(parts: Parts) -> LinkMaker:
    """What makes links.

    Raises:
        Problem: nothing does: the installation has no public address.
    """
    if parts.link_maker is None:
        raise Problem(ApiCode.CANNOT_LINK)
    return parts.link_maker


async def made(session: Session, maker: LinkMaker, who: Host, kind: LinkKind, at: datetime) -> Link:
    """A new link; one for somebody else is sent to them, and shown to nobody.

    Raises:
        Problem: it is not theirs to make, or there are enough.
    """
    number = who.issue.line.number
    if not who.may_make(kind):
        raise Problem(ApiCode.FORBIDDEN)
    if await ResidentLinks(session).count_in_force(number, at) >= MOST_LINKS:
        raise Problem(RefusalCode.LIMIT_REACHED, {"limit": MOST_LINKS})
    made_for = For(number=number, kind=kind, subject=who.person)
    link = await maker.make(session, made_for, who.actor.subject, at)
    if not who.may_hold(link):
        await Outbox(session).put(await notices_of(session, tidings_of(link)))
    log.info("resident_link_made", issue=number, link=link.id, kind=kind)
    return link


def shown_link(
    link: Link, who: Host, maker: LinkMaker | None, at: datetime, locale: str
) -> LinkRead:
    works = link.revoked_at is None and not link.is_over(at)
    url = maker.url(link) if maker and works and who.may_hold(link) else None
    return LinkRead(
        id=link.id,
        kind=link.kind,
        label=label("resident_link", link.kind, locale),
        made_at=link.made_at,
        made_by=link.made_by,
        expires_at=link.expires_at,
        revoked_at=link.revoked_at,
        url=url,
    )


def drawn(url: str, kind: QrFormat) -> bytes:
    """The QR code of an address, with room around it and a quarter to spare for dirt."""
    out = io.BytesIO()
    segno.make_qr(url, error="q").save(
        out, kind=kind.value, scale=_SCALE, border=_QUIET_ZONE, light="#ffffff"
    )
    return out.getvalue()
