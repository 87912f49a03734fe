"""Births of issues: one insert by the API, picked up by the relay that starts workflows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, func, insert, or_, select, update

from domain.events import EventName
from domain.facts import Origin
from domain.ids import (
    CategoryCode,
    CommandId,
    DistrictCode,
    GridCode,
    IssueNumber,
    Subject,
    WhistleKindCode,
)
from domain.vocabulary import IssueState, Level, Role
from storage.doorbell import BIRTHS
from storage.models import ISSUE_NUMBERS, EventRow, IssueRow, ReporterRow, TextRow
from storage.session import AnyRow, Session

_DIGITS = 7
BIRTH = CommandId("birth")
"""What the record calls the command by which an issue comes to be."""
LENT = timedelta(seconds=30)
"""How long a relay may take over a batch before another one tries the same issues."""
_LEVEL = Level.COMMUNITY  # where every issue begins
_ORIGIN = (
    IssueRow.number,
    IssueRow.district,
    IssueRow.grid,
    IssueRow.category,
    IssueRow.whistle_kind,
    IssueRow.source,
    IssueRow.raised_by,
    IssueRow.raised_at,
    IssueRow.resident,
    IssueRow.emergency,
    IssueRow.at_once,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Birth:
    """What an issue comes in with. `prefix` and the local `year` begin its number."""

    prefix: str
    year: int
    district: DistrictCode
    grid: GridCode
    category: CategoryCode
    whistle_kind: WhistleKindCode
    source: Role
    raised_by: Subject
    raised_at: datetime
    description: str
    resident: Subject | None = None
    emergency: bool = False
    at_once: bool = False
    """Nobody has to look first, whatever the whistle kind says."""
    reporter_name: str | None = None
    reporter_phone: str | None = None
    reporter_address: str | None = None


_SAID = tuple(name for name in Birth.__dataclass_fields__ if name not in {"prefix", "year"})


def _birth() -> Select[*tuple[Any, ...]]:
    """Everything a birth writes, in one round trip."""

    def given(name: str) -> BindParameter[Any]:
        return bindparam(f"_{name}")

    issue = insert(IssueRow).values(
        **{column.key: given(column.key) for column in _ORIGIN},
        state=IssueState.REPORTED,
        level=_LEVEL,
        level_rank=_LEVEL.rank,
        updated_at=given("raised_at"),
    )
    description = insert(TextRow).values(
        id=given("text_id"),
        issue_number=given("number"),
        kind="description",
        author=given("raised_by"),
        body=given("description"),
        at=given("raised_at"),
    )
    reporter = insert(ReporterRow).values(
        issue_number=given("number"),
        name=given("reporter_name"),
        phone=given("reporter_phone"),
        address=given("reporter_address"),
    )
    event = insert(EventRow).values(
        issue_number=given("number"),
        version=0,
        name=EventName.REPORTED,
        at=given("raised_at"),
        actor=given("raised_by"),
        command_id=BIRTH,
        state=IssueState.REPORTED,
        text_id=given("text_id"),
        payload="{}",
    )
    parts = (issue.cte("i"), description.cte("d"), reporter.cte("r"), event.cte("e"))
    return select(func.pg_notify(BIRTHS, "")).add_cte(*parts)


_BIRTH = _birth()  # once: building it costs more than running it


class Births:
    """Issues from their insert to the start of their workflow."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def raise_issue(self, birth: Birth) -> IssueNumber:
        """Inserts the issue with all that was said, and rings for the relay at commit."""
        ordinal = (await self._session.execute(select(ISSUE_NUMBERS.next_value()))).scalar_one()
        number = IssueNumber(f"{birth.prefix}-{birth.year}-{ordinal:0{_DIGITS}d}")
        await self._session.execute(_BIRTH, _values(number, birth))
        return number

    async def take_unstarted(self, limit: int, now: datetime) -> tuple[Origin, ...]:
        """Issues without a workflow, emergencies first, lent to the caller for `LENT`.

        Two relays at once get different ones. No lock outlives the transaction, so nothing that
        is written about these issues waits for whoever starts them.
        """
        taken = (
            select(IssueRow.id)
            .where(
                IssueRow.workflow_started_at.is_(None),
                or_(IssueRow.start_after.is_(None), IssueRow.start_after <= now),
            )
            .order_by(IssueRow.emergency.desc(), IssueRow.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
            .cte("taken")
            .prefix_with("MATERIALIZED", dialect="postgresql")
        )
        lent = (
            update(IssueRow)
            .where(IssueRow.id == taken.c.id)
            .values(start_after=now + LENT)
            .returning(*_ORIGIN)
        )
        rows = (await self._session.execute(lent)).all()
        origins = (_origin(row) for row in rows)
        return tuple(sorted(origins, key=lambda each: (not each.emergency, each.number)))

    async def put_back(self, numbers: Sequence[IssueNumber], until: datetime | None) -> None:
        """Not started: at once again, or not before `until`."""
        await self._session.execute(
            update(IssueRow)
            .where(IssueRow.number.in_(numbers), IssueRow.workflow_started_at.is_(None))
            .values(start_after=until)
        )

    async def waiting(self) -> int:
        """How many have no workflow yet, for a gauge."""
        counted = select(func.count()).where(IssueRow.workflow_started_at.is_(None))
        return (await self._session.execute(counted)).scalar_one()

    async def mark_started(self, numbers: Sequence[IssueNumber], at: datetime) -> None:
        """These issues have their workflow."""
        await self._session.execute(
            update(IssueRow)
            .where(IssueRow.number.in_(numbers), IssueRow.workflow_started_at.is_(None))
            .values(workflow_started_at=at)
        )

    async def origin(self, number: IssueNumber) -> Origin | None:
        found = select(*_ORIGIN).where(IssueRow.number == number)
        row = (await self._session.execute(found)).one_or_none()
        return _origin(row) if row else None


def _values(number: IssueNumber, birth: Birth) -> dict[str, object]:
    return {
        "_number": number,
        "_text_id": f"{number}:description",
        **{f"_{name}": getattr(birth, name) for name in _SAID},
    }


def _origin(row: AnyRow) -> Origin:
    return Origin(
        number=IssueNumber(row.number),
        district=DistrictCode(row.district),
        grid=GridCode(row.grid),
        category=CategoryCode(row.category),
        whistle_kind=WhistleKindCode(row.whistle_kind),
        source=Role(row.source),
        raised_by=Subject(row.raised_by),
        raised_at=row.raised_at,
        resident=Subject(row.resident) if row.resident else None,
        emergency=row.emergency,
        at_once=row.at_once,
    )
