"""Births of issues: one insert by the API, picked up by the relay that starts workflows."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ARRAY,
    BindParameter,
    Select,
    Text,
    any_,
    bindparam,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate

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
from storage import codec
from storage.birth import Birth, description_of, sealed_parts
from storage.doorbell import BIRTHS
from storage.models import (
    ISSUE_NUMBERS,
    EventRow,
    IssueRow,
    PositionRow,
    ReporterRow,
    TextRow,
)
from storage.nearby import in_cell
from storage.sealing import seals
from storage.session import AnyRow, Session

__all__ = ["BIRTH", "LENT", "Birth", "Births"]

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
    IssueRow.raised_with_priority,
)

_SEALED = {"description", "reporter_name", "reporter_phone", "reporter_address"}
_NOT_SAID = {"prefix", "year", "position", "away_m", *_SEALED}
_SAID = tuple(name for name in Birth.__dataclass_fields__ if name not in _NOT_SAID)
REPORTER = ("name_sealed", "phone_sealed", "address_sealed", "phone_hash")
_PLACE = ("lat", "lon", "gcj_lat", "gcj_lon", "said_in", "away_m")


def _birth(*, has_position: bool) -> Select[*tuple[Any, ...]]:
    """Everything a birth writes, in one round trip."""

    def given(name: str) -> BindParameter[Any]:
        return bindparam(f"_{name}")

    issue = insert(IssueRow).values(
        **{column.key: given(column.key) for column in _ORIGIN},
        said_at=given("said_at"),
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
        body="",
        body_sealed=given("description_sealed"),
        grams=given("grams"),
        at=given("raised_at"),
    )
    reporter = insert(ReporterRow).values(
        issue_number=given("number"),
        **{name: given(f"reporter_{name}") for name in REPORTER},
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
        payload=given("payload"),
    )
    parts = [issue.cte("i"), description.cte("d"), reporter.cte("r"), event.cte("e")]
    if has_position:
        position = insert(PositionRow).values(
            issue_number=given("number"),
            category=given("category"),
            raised_at=given("raised_at"),
            exact_sealed=given("exact_sealed"),
            **{name: given(name) for name in _PLACE},
        )
        parts.append(position.cte("p"))
    return select(func.pg_notify(BIRTHS, "")).add_cte(*parts)


def _lend() -> ReturningUpdate[*tuple[Any, ...]]:
    """What is unstarted and lent to nobody is lent until an instant."""
    taken = (
        select(IssueRow.id)
        .where(
            IssueRow.workflow_started_at.is_(None),
            or_(IssueRow.start_after.is_(None), IssueRow.start_after <= bindparam("_now")),
        )
        .order_by(IssueRow.emergency.desc(), IssueRow.id)
        .limit(bindparam("_limit"))
        .with_for_update(skip_locked=True)
        .cte("taken")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    lent = update(IssueRow).where(IssueRow.id == taken.c.id)
    return lent.values(start_after=bindparam("_until")).returning(*_ORIGIN)


# Built once: building a statement costs more than running it.
_BIRTH, _BIRTH_WITH_POSITION = _birth(has_position=False), _birth(has_position=True)
_LEND = _lend()
_BORN = select(*_ORIGIN).where(IssueRow.number == bindparam("_number"))
_UNSTARTED = update(IssueRow).where(
    IssueRow.number == any_(bindparam("_numbers", type_=ARRAY(Text))),
    IssueRow.workflow_started_at.is_(None),
)
_PUT_BACK = _UNSTARTED.values(start_after=bindparam("_until"))
_STARTED = _UNSTARTED.values(workflow_started_at=bindparam("_at"))


class Births:
    """Issues from their insert to the start of their workflow."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def raise_issue(self, birth: Birth) -> IssueNumber:
        """Inserts the issue with all that was said, and rings for the relay at commit."""
        ordinal = (await self._session.execute(select(ISSUE_NUMBERS.next_value()))).scalar_one()
        number = IssueNumber(f"{birth.prefix}-{birth.year}-{ordinal:0{_DIGITS}d}")
        statement = _BIRTH if birth.position is None else _BIRTH_WITH_POSITION
        sealer, index = await seals.sealer(self._session), await seals.index(self._session)
        sealed = sealed_parts(number, birth, sealer, index)
        await self._session.execute(statement, _values(number, birth) | sealed)
        return number

    async def take_unstarted(self, limit: int, now: datetime) -> tuple[Origin, ...]:
        """Issues without a workflow, emergencies first, lent to the caller for `LENT`.

        Two relays at once get different ones. No lock outlives the transaction, so nothing that
        is written about these issues waits for whoever starts them.
        """
        given = {"_now": now, "_limit": limit, "_until": now + LENT}
        rows = (await self._session.execute(_LEND, given)).all()
        origins = (_origin(row) for row in rows)
        return tuple(sorted(origins, key=lambda each: (not each.emergency, each.number)))

    async def put_back(self, numbers: Sequence[IssueNumber], until: datetime | None) -> None:
        """Not started: at once again, or not before `until`."""
        if numbers:
            given = {"_numbers": [*numbers], "_until": until}
            await self._session.execute(_PUT_BACK, given)

    async def waiting(self) -> int:
        """How many have no workflow yet, for a gauge."""
        counted = select(func.count()).where(IssueRow.workflow_started_at.is_(None))
        return (await self._session.execute(counted)).scalar_one()

    async def mark_started(self, numbers: Sequence[IssueNumber], at: datetime) -> None:
        """These issues have their workflow."""
        if numbers:
            await self._session.execute(_STARTED, {"_numbers": [*numbers], "_at": at})

    async def origin(self, number: IssueNumber) -> Origin | None:
        row = (await self._session.execute(_BORN, {"_number": number})).one_or_none()
        return _origin(row) if row else None


def _values(number: IssueNumber, birth: Birth) -> dict[str, object]:
    return {
        "_number": number,
        "_text_id": description_of(number),
        "_payload": codec.text(codec.ANYTHING, _details(birth)),
        **{f"_{name}": getattr(birth, name) for name in _SAID},
        **_place(birth),
    }


def _details(birth: Birth) -> dict[str, object]:
    return {} if birth.said_at is None else {"said_at": birth.said_at}


def _place(birth: Birth) -> dict[str, object]:
    position = birth.position
    if position is None:
        return {}
    here, drawn = position.wgs84, position.gcj02
    degrees = map(in_cell, (here.lat, here.lon, drawn.lat, drawn.lon))
    values = (*degrees, position.said_in, birth.away_m)
    return {f"_{name}": value for name, value in zip(_PLACE, values, strict=True)}


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
        raised_with_priority=row.raised_with_priority,
    )
