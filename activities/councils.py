"""Prepares a community's council: whether, over what, with whom."""

import structlog
from temporalio import activity
from typing_extensions import override

from activities.contracts import CouncilActivities, CouncilDue
from domain.ids import GridCode, Subject
from domain.meeting.convening import Summons, summons_again
from domain.meeting.council import (
    MOST_REGULARS,
    Council,
    council_of,
    number_of,
    regulars,
    wanted,
)
from domain.meeting.words import MeetingKind
from domain.vocabulary import ConvenedBy, Level
from storage.meetings.communities import Communities
from storage.meetings.councils import CouncilMatters
from storage.meetings.repository import MeetingRepository
from storage.reference import ReferenceRepository
from storage.session import Database, Session

log = structlog.get_logger(__name__)


class Councils(CouncilActivities):
    """Reads only: what is called is written by the meeting's own workflow."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @activity.defn(name="prepare_council")
    @override
    async def prepare(self, due: CouncilDue) -> Summons | None:
        async with self._database.read() as session:
            references = ReferenceRepository(session)
            council = council_of(
                due.community, await references.districts(), await references.meeting_policies()
            )
            summons = None if council is None else await _summons(session, council, due)
        if summons is None:
            log.info("council_not_called", grid=due.community)
        return summons


async def _summons(session: Session, council: Council, due: CouncilDue) -> Summons | None:
    references, matters = ReferenceRepository(session), CouncilMatters(session)
    zone = await references.zone(council.district.code)
    number = number_of(council.community, (due.planned_for or due.at).astimezone(zone))
    known = await MeetingRepository(session).snapshot(number)
    if known is not None:
        # Its issues are called again: the run that called it may have ended before all were.
        return summons_again(known) if known.awaiting else None
    items = await matters.items(wanted(council, due.at))
    if not items:
        return None
    return Summons(
        number=number,
        district=council.district.code,
        grid=council.community,
        level=Level.COMMUNITY,
        calendar=council.district.calendar,
        convened_by=ConvenedBy.SCHEDULE,
        convened_at=due.at,
        items=items,
        kind=MeetingKind.COUNCIL,
        persons=await _persons(session, council.community),
    )


async def _persons(session: Session, community: GridCode) -> tuple[Subject, ...]:
    """Whoever is one too many is not invited, and an operator can read that it was so."""
    staff = await Communities(session).regulars(community, MOST_REGULARS + 1)
    if len(staff) > MOST_REGULARS:
        log.warning("council_regulars_too_many", grid=community, invited=MOST_REGULARS)
    return regulars(staff, community)
