"""Who acts in the stories of the law, and promises that can be counted on one's fingers."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from domain.actor import ENGINE, Actor
from domain.calendar import BusinessCalendar, CalendarDefinition, Shift
from domain.facts import Origin, Pinned
from domain.ids import (
    CalendarCode,
    CategoryCode,
    DepartmentCode,
    DistrictCode,
    GridCode,
    IssueNumber,
    MeetingNumber,
    PolicyCode,
    Subject,
    WhistleKindCode,
)
from domain.issue import Issue
from domain.parts import Posts, Proposal
from domain.sla import WARN_AT_75, Limit, Promise, Rung, RungAct, SLAPolicy, Terms, Unit
from domain.vocabulary import DeadlineKind, Level, Role

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MONDAY_NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
HERE, ELSEWHERE = GridCode("qj.bh.hp.fc.b3"), GridCode("qj.bh.hp.fc.b4")
LIFT, PROPERTY, POLICE = (DepartmentCode(code) for code in ("lift", "property", "police"))


# --- who acts ------------------------------------------------------------------------------------


def staff(subject: str, department: DepartmentCode = LIFT) -> Actor:
    return Actor(subject=Subject(subject), roles=(Role.STAFF,), department=department)


def official(role: Role, grid: GridCode = HERE, subject: str = "") -> Actor:
    return Actor(subject=Subject(subject or f"{role}@{grid}"), roles=(role,), grids=(grid,))


def person(subject: str, role: Role = Role.RESIDENT) -> Actor:
    return Actor(subject=Subject(subject), roles=(role,))


OFFICER = person("officer", Role.INFORMATION_OFFICER)
RESIDENT, STRANGER = person("resident"), person("stranger")
A_POST, B_POST, COLLEAGUE = staff("lift-a"), staff("lift-b"), staff("lift-c")
CO_STAFF, OUTSIDER = staff("property-a", PROPERTY), staff("police-a", POLICE)
GRID_WORKER, DISPATCHER = official(Role.GRID_WORKER), official(Role.DISPATCHER)
SUPERVISOR, ADMINISTRATOR = official(Role.SUPERVISOR), official(Role.ADMINISTRATOR)
FAR_GRID_WORKER = official(Role.GRID_WORKER, ELSEWHERE)
FAR_DISPATCHER = official(Role.DISPATCHER, ELSEWHERE)
FAR_SUPERVISOR = official(Role.SUPERVISOR, ELSEWHERE)
CAST = (
    ENGINE,
    OFFICER,
    RESIDENT,
    STRANGER,
    A_POST,
    B_POST,
    COLLEAGUE,
    CO_STAFF,
    OUTSIDER,
    GRID_WORKER,
    DISPATCHER,
    SUPERVISOR,
    ADMINISTRATOR,
    FAR_GRID_WORKER,
    FAR_DISPATCHER,
    FAR_SUPERVISOR,
)
"""One of each kind; the far ones serve another grid."""


def posts_of(department: DepartmentCode, a_away_from: datetime | None = None) -> Posts:
    """`lift-a` and `lift-b` hold the posts of `lift`."""
    a, b = (Subject(f"{department}-{post}") for post in "ab")
    return Posts(a=(a,), b=(b,), a_away_from=a_away_from)


# --- what is promised ----------------------------------------------------------------------------


def urgent(hours: float) -> Limit:
    """Hours around the clock."""
    return Limit(Unit.URGENT_HOUR, hours * HOUR)


TO_B = Rung(percent=90, acts=(RungAct.HAND_TO_B,))
TO_STREET = Rung(after=urgent(1), acts=(RungAct.RAISE_LEVEL,), level=Level.STREET)
TO_COUNTY = Rung(after=urgent(2), acts=(RungAct.RAISE_LEVEL,), level=Level.COUNTY)
LADDERS = {DeadlineKind.CLAIM: (WARN_AT_75, TO_B, TO_STREET, TO_COUNTY), DeadlineKind.RETURN: ()}
HOURS: dict[DeadlineKind, float] = {
    DeadlineKind.VERIFY: 0.5,
    DeadlineKind.DISPATCH: 0.25,
    DeadlineKind.CLAIM: 1,
    DeadlineKind.CONTACT: 4,
    DeadlineKind.REPORT_IN: 3,
    DeadlineKind.ANSWER: 24,
    DeadlineKind.RESOLVE: 48,
    DeadlineKind.OVERALL: 72,
    DeadlineKind.DECIDE: 8,
    DeadlineKind.RETURN: 24,
    DeadlineKind.EVALUATE: 72,
    DeadlineKind.APPEAL: 120,
}
MODEST = Terms(max_suspensions=2, max_transfers=1, max_urges=2, max_notes=3)


def the_policy(*without: DeadlineKind, terms: Terms | None = None) -> SLAPolicy:
    """Every kind promised as in `HOURS`, but for those in `without`."""
    promises = tuple(
        Promise(kind=kind, limit=urgent(hours), ladder=LADDERS.get(kind, (WARN_AT_75,)))
        for kind, hours in HOURS.items()
        if kind not in without
    )
    return SLAPolicy(
        code=PolicyCode("default"),
        calendar=CalendarCode("always"),
        promises=promises,
        terms=terms or Terms(),
    )


def always() -> BusinessCalendar:
    """A calendar that is open around the clock."""
    definition = CalendarDefinition(
        code=CalendarCode("always"),
        zone="UTC",
        week=((Shift(time(0), time(0)),),) * 7,
        covered_until=date(2035, 12, 31),
    )
    return BusinessCalendar(definition, UTC, 1)


# --- what was raised -----------------------------------------------------------------------------

ORIGIN = Origin(
    number=IssueNumber("QJ-2026-0000001"),
    district=DistrictCode("qj"),
    grid=HERE,
    category=CategoryCode("lift_light"),
    whistle_kind=WhistleKindCode("ordinary"),
    source=Role.INFORMATION_OFFICER,
    raised_by=OFFICER.subject,
    resident=RESIDENT.subject,
    raised_at=MONDAY_NINE,
)
FIRST_MEETING = MeetingNumber(f"{ORIGIN.number}-M1")
COUNCIL = MeetingNumber("qj.bh.hp-C2026-11")
EMERGENCY = replace(ORIGIN, emergency=True)


def born_under(
    policy: SLAPolicy,
    *,
    origin: Origin = ORIGIN,
    co: tuple[DepartmentCode, ...] = (PROPERTY,),
    routed: bool = True,
    needs_verification: bool = False,
    needs_evidence: bool = False,
    rated_by: tuple[Role, ...] = (),
) -> Issue:
    """As the relay opens it: nothing has happened but its birth."""
    resolve = policy.promise(DeadlineKind.RESOLVE)
    pinned = Pinned(
        policy=policy.code,
        policy_version=1,
        calendar=policy.calendar,
        kinds=policy.kinds,
        terms=policy.terms,
        resolve_limit=resolve.limit if resolve else None,
        needs_verification=needs_verification,
        needs_evidence=needs_evidence,
        rated_by=rated_by,
    )
    proposal = Proposal(rule="lifts", lead=LIFT, co=co) if routed else None
    issue = Issue(origin=origin, pinned=pinned, proposal=proposal)
    return issue.start(DeadlineKind.OVERALL, origin.raised_at)
