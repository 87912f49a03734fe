"""Who asks: every role, in every relation to the matters of the world."""

from collections.abc import Iterator
from dataclasses import dataclass

from domain.actor import Actor
from domain.ids import DepartmentCode, GridCode, Subject
from domain.meeting.words import MeetingState
from domain.rights import Within
from domain.vocabulary import IssueState, Role
from tests.builders import COUNTY, POLICE, RESIDENT, WATER
from tests.domain.meeting.life import FIVE, OFFICE

W, S = Within, IssueState
REVIEWER = Subject("reviewer-9")
FOREIGN_GRID = GridCode("yj")
_PLAIN = (
    Role.RESIDENT,
    Role.INFORMATION_OFFICER,
    Role.HOUSEHOLD_HEAD,
    Role.RIDER,
    Role.HOTLINE,
    Role.CAMERA,
)
"""Nothing is given to them alone: asked as one, what none of them may, all of them may not."""
ROLES: tuple[tuple[Role, ...], ...] = (
    _PLAIN,
    *((role,) for role in Role if role not in _PLAIN and role is not Role.ENGINE),
)
_CALLED = {S.DISPATCHED, S.HANDLING}
_EVER_CALLED = _CALLED | {S.RESOLVED, S.CLOSED}


@dataclass(frozen=True)
class Standing:
    """A relation to the matters of the world, whatever the role."""

    name: str
    subject: str
    department: str | None = None
    office: str | None = None
    """The department in meetings; `None` is the same."""
    grids: tuple[GridCode, ...] = ()

    def actor(self, roles: tuple[Role, ...], *, in_meeting: MeetingState | None = None) -> Actor:
        department = self.department
        if in_meeting is not None and self.office is not None:
            department = POLICE if self._is_tasked(in_meeting) else self.office
        reviews = in_meeting is not None and self is OWN
        mine = self.subject if self is OWN else f"{self.subject}.{roles[0]}"
        return Actor(
            subject=REVIEWER if reviews else Subject(mine),
            roles=roles,
            department=DepartmentCode(department) if department else None,
            grids=self.grids,
        )

    def _is_tasked(self, state: MeetingState) -> bool:
        return self is CO and state is MeetingState.REVIEWING

    def of_issue(self, state: IssueState) -> set[Within]:
        """How far rights have to reach for the world's issue in this state."""
        called, ever = state in _CALLED, state in _EVER_CALLED
        held = {
            OWN: {W.OWN},
            PLACED: {W.GRID, *([W.DEPARTMENT, W.LATE] * ever), *([W.CALLED, W.LEAD] * called)},
            CO: {*([W.DEPARTMENT] * ever), *([W.CALLED, W.CO] * called)},
        }
        return {W.ANYWHERE, *held.get(self, set())}

    def of_meeting(self, state: MeetingState) -> set[Within]:
        """The same for the world's meeting in this state."""
        reviews = state is MeetingState.REVIEWING
        held = {
            OWN: {W.MEETING, W.REVIEWS} if reviews else set(),
            PLACED: {W.GRID, W.DELEGATE, W.CONVENOR, *([W.REVIEWS_FOR] * reviews)},
            CO: {W.DELEGATE, W.TASKED} if reviews else {W.DELEGATE, W.SENT},
        }
        return {W.ANYWHERE, *held.get(self, set())}

    def of_place(self) -> set[Within]:
        """The same for what is about the county and its police."""
        return {W.ANYWHERE, *({W.GRID, W.DEPARTMENT} if self is PLACED else ())}


OWN = Standing("own", RESIDENT.subject)
PLACED = Standing("in scope", "x.1", POLICE, OFFICE, (COUNTY,))
CO = Standing("beside the lead", "x.2", WATER, FIVE[2])
BESIDE = Standing(
    "out of scope",
    "x.3",
    "fire",
    grids=tuple(map(GridCode, ("q", "qj.b", "qj.bh.hp.fc.b30", "qjx"))),
)
"""In the same county; its grids only begin like those of the world."""
FOREIGN = Standing("other district", "x.4", "yj_police", grids=(FOREIGN_GRID,))
STANDINGS = (OWN, PLACED, CO, BESIDE, FOREIGN)


@dataclass(frozen=True)
class Cell:
    """One question to a route: these roles, from there."""

    roles: tuple[Role, ...]
    standing: Standing

    @property
    def name(self) -> str:
        return f"{self.roles[0]}, {self.standing.name}"


def cells() -> Iterator[Cell]:
    for roles in ROLES:
        for standing in STANDINGS:
            yield Cell(roles, standing)
