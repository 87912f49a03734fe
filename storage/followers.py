"""Who follows an issue that somebody else raised, and what they say of its resolution."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, Text, cast, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from domain.ids import CategoryCode, IssueNumber, Subject
from domain.vocabulary import IssueState, Outcome, Satisfaction
from storage.models import FollowerRow, IssueRow
from storage.nearby import FOLLOWED
from storage.session import Session

MOST_FOLLOWERS = 500
"""Of one issue: each is told, and a crowd is a matter for a meeting."""
MOST_FOLLOWED = 50
"""Issues not closed that one person may follow."""
_NOBODY = "erased:"
"""Begins what stands for a follower who was erased: counted as before, and never told anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Joinable:
    """What has to be known of an issue before somebody joins it."""

    number: IssueNumber
    category: CategoryCode
    state: IssueState
    raisers: tuple[Subject, ...]
    duplicate_of: IssueNumber | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """An issue as its follower sees it."""

    number: IssueNumber
    category: CategoryCode
    state: IssueState
    outcome: Outcome | None
    raised_at: datetime
    followed_since: datetime
    followers: int
    satisfaction: Satisfaction | None
    solved: bool | None


class Followers:
    """Who follows what; one is there or not, however often they say so."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def hold(self, number: IssueNumber) -> Joinable | None:
        """The issue, on which no step is recorded and nobody follows until the transaction ends.

        So no follower misses what a step makes known, and the limit holds.
        """
        found = (
            select(
                IssueRow.category,
                IssueRow.state,
                IssueRow.raised_by,
                IssueRow.resident,
                IssueRow.duplicate_of,
            )
            .where(IssueRow.number == number)
            .with_for_update(key_share=True)
        )
        row = (await self._session.execute(found)).one_or_none()
        if row is None:
            return None
        raisers = tuple(Subject(each) for each in (row.raised_by, row.resident) if each)
        return Joinable(
            number=number,
            category=CategoryCode(row.category),
            state=IssueState(row.state),
            raisers=raisers,
            duplicate_of=IssueNumber(row.duplicate_of) if row.duplicate_of else None,
        )

    async def follow(self, number: IssueNumber, subject: Subject, at: datetime) -> None:
        await self._session.execute(
            insert(FollowerRow)
            .values(issue_number=number, subject=subject, since=at)
            .on_conflict_do_nothing()
        )

    async def leave(self, number: IssueNumber, subject: Subject) -> bool:
        """Whether they followed until now; what they said of the resolution goes with them."""
        gone = await self._session.execute(
            delete(FollowerRow).where(
                FollowerRow.issue_number == number, FollowerRow.subject == subject
            )
        )
        return bool(gone.rowcount)

    async def leave_all(self, subject: Subject, issues: Select[str]) -> None:
        """The same as `leave` on each of these issues."""
        await self._session.execute(
            delete(FollowerRow).where(
                FollowerRow.subject == subject, FollowerRow.issue_number.in_(issues)
            )
        )

    async def unname(self, subject: Subject, issues: Select[str]) -> None:
        """Nobody knows any more who followed these, or that it was one person; figures stay."""
        await self._session.execute(
            update(FollowerRow)
            .where(FollowerRow.subject == subject, FollowerRow.issue_number.in_(issues))
            .values(subject=literal(_NOBODY).concat(cast(func.gen_random_uuid(), Text)))
        )

    async def move(self, number: IssueNumber, primary: IssueNumber) -> IssueNumber | None:
        """From a duplicate to the issue it leads to in the end; which that is, if it is there.

        Who follows that one already, or raised it, does not follow it twice. However many there
        are, none is left behind: the limit is for who comes. A word on the resolution of the
        duplicate is no word on the other.
        """
        target = await self._end_of(primary)
        if target is None or target.number == number:
            return None
        moved = select(literal(target.number), FollowerRow.subject, FollowerRow.since).where(
            FollowerRow.issue_number == number, FollowerRow.subject.not_in(target.raisers)
        )
        await self._session.execute(
            insert(FollowerRow)
            .from_select(["issue_number", "subject", "since"], moved)
            .on_conflict_do_nothing()
        )
        await self._session.execute(delete(FollowerRow).where(FollowerRow.issue_number == number))
        return target.number

    async def _end_of(self, number: IssueNumber) -> Joinable | None:
        """Held, so that nobody marks it a duplicate meanwhile; each is looked at once."""
        target, met = await self.hold(number), {number}
        while target is not None and target.duplicate_of not in {None, *met}:
            assert target.duplicate_of is not None
            met.add(target.duplicate_of)
            target = await self.hold(target.duplicate_of)
        return target

    async def followed(self, number: IssueNumber, subject: Subject) -> Followed | None:
        """The issue, if this person follows it."""
        found = (
            select(
                IssueRow.number,
                IssueRow.category,
                IssueRow.state,
                IssueRow.outcome,
                IssueRow.raised_at,
                FollowerRow.since,
                FollowerRow.satisfaction,
                FollowerRow.solved,
                FOLLOWED.label("followers"),
            )
            .join(FollowerRow, FollowerRow.issue_number == IssueRow.number)
            .where(IssueRow.number == number, FollowerRow.subject == subject)
        )
        row = (await self._session.execute(found)).one_or_none()
        if row is None:
            return None
        return Followed(
            number=IssueNumber(row.number),
            category=CategoryCode(row.category),
            state=IssueState(row.state),
            outcome=Outcome(row.outcome) if row.outcome else None,
            raised_at=row.raised_at,
            followed_since=row.since,
            followers=row.followers,
            satisfaction=Satisfaction(row.satisfaction) if row.satisfaction else None,
            solved=row.solved,
        )

    async def evaluate(
        self,
        number: IssueNumber,
        subject: Subject,
        satisfaction: Satisfaction,
        *,
        solved: bool,
        at: datetime,
    ) -> None:
        """The latest word counts: a reopened issue is resolved, and asked about, again."""
        await self._session.execute(
            update(FollowerRow)
            .where(FollowerRow.issue_number == number, FollowerRow.subject == subject)
            .values(satisfaction=satisfaction, solved=solved, evaluated_at=at)
        )

    async def of(self, number: IssueNumber) -> tuple[Subject, ...]:
        """Who has to be told, in the order in which they came."""
        found = (
            select(FollowerRow.subject)
            .where(FollowerRow.issue_number == number, ~FollowerRow.subject.startswith(_NOBODY))
            .order_by(FollowerRow.since, FollowerRow.subject)
        )
        return tuple(Subject(each) for each in (await self._session.execute(found)).scalars())

    async def words(self, number: IssueNumber) -> Mapping[Satisfaction, int]:
        """How many said what."""
        found = (
            select(FollowerRow.satisfaction, func.count())
            .where(FollowerRow.issue_number == number, FollowerRow.satisfaction.is_not(None))
            .group_by(FollowerRow.satisfaction)
        )
        rows = (await self._session.execute(found)).all()
        return {Satisfaction(said): count for said, count in rows if said}

    async def count_of(self, number: IssueNumber) -> int:
        found = select(func.count()).where(FollowerRow.issue_number == number)
        return (await self._session.execute(found)).scalar_one()

    async def count_followed(self, subject: Subject) -> int:
        """Of those that are not closed."""
        found = (
            select(func.count())
            .select_from(FollowerRow)
            .join(IssueRow, IssueRow.number == FollowerRow.issue_number)
            .where(FollowerRow.subject == subject, IssueRow.state != IssueState.CLOSED)
        )
        return (await self._session.execute(found)).scalar_one()
