"""What is known of pictures: uploaded, claimed by one step at most, erased, removed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from domain.ids import EvidenceId, IssueNumber, Subject
from storage.models import EventRow, PictureRow
from storage.pictures.pixels import key_place, new_key
from storage.pictures.views import Picture, PictureRole, Step, Upload
from storage.sealing import seals
from storage.session import AnyRow, Session

_COLUMNS = (
    PictureRow.id,
    PictureRow.uploaded_by,
    PictureRow.uploaded_at,
    PictureRow.sha256,
    PictureRow.original_bytes,
    PictureRow.width,
    PictureRow.height,
    PictureRow.stored_at,
    PictureRow.role,
    PictureRow.erased_at,
    PictureRow.key_sealed,
)
_IS_UNSETTLED = and_(PictureRow.settled_at.is_(None), PictureRow.erased_at.is_(None))
_IS_DOOMED = and_(PictureRow.erased_at.is_not(None), PictureRow.removed_at.is_(None))
_IS_RECORDED = (
    exists()
    .where(
        EventRow.issue_number == PictureRow.issue_number,
        EventRow.command_id == PictureRow.command_id,
    )
    .correlate(PictureRow)
)


class TooManyWaiting(Exception):
    """The caller has uploaded enough that nobody has used yet."""


class Pictures:
    """Rows of pictures; their pixels are the album's affair."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def add(self, upload: Upload, most_waiting: int) -> Picture:
        """The picture of this caller and key: the new one, or the one that was there before.

        Raises:
            TooManyWaiting: nothing was added.
        """
        await self._one_at_a_time(upload.uploaded_by)
        if (known := await self.by_key(upload.uploaded_by, upload.key)) is not None:
            return known
        waiting = select(func.count()).where(
            PictureRow.uploaded_by == upload.uploaded_by, _IS_UNSETTLED
        )
        if (await self._session.execute(waiting)).scalar_one() >= most_waiting:
            raise TooManyWaiting
        values = {name: getattr(upload, name) for name in Upload.__dataclass_fields__}
        sealer = await seals.sealer(self._session)
        key_sealed = sealer.data(key_place(upload.id), new_key())
        await self._session.execute(insert(PictureRow).values(**values, key_sealed=key_sealed))
        return Picture(
            **{name: value for name, value in values.items() if name != "key"},
            stored_at=None,
            role=None,
            erased_at=None,
            key_sealed=key_sealed,
        )

    async def by_key(self, uploaded_by: Subject, key: str) -> Picture | None:
        return await self._one(PictureRow.uploaded_by == uploaded_by, PictureRow.key == key)

    async def by_id(self, picture: EvidenceId) -> Picture | None:
        return await self._one(PictureRow.id == picture)

    async def mark_stored(self, picture: EvidenceId, at: datetime) -> bool:
        """Its pixels are there; False when it was erased meanwhile."""
        stored = await self._session.execute(
            update(PictureRow)
            .where(PictureRow.id == picture, PictureRow.erased_at.is_(None))
            .values(stored_at=func.coalesce(PictureRow.stored_at, at))
        )
        return stored.rowcount > 0

    async def of_caller(self, ids: Sequence[EvidenceId], caller: Subject) -> frozenset[EvidenceId]:
        """Which of these the caller uploaded, and are there to be shown."""
        found = select(PictureRow.id).where(
            PictureRow.id.in_(ids),
            PictureRow.uploaded_by == caller,
            PictureRow.stored_at.is_not(None),
            PictureRow.erased_at.is_(None),
        )
        return frozenset(EvidenceId(row.id) for row in await self._session.execute(found))

    async def claim(
        self, ids: Sequence[EvidenceId], caller: Subject, step: Step, at: datetime
    ) -> frozenset[EvidenceId]:
        """Hangs those on the step that the caller uploaded and no other step has; which."""
        claimed: set[EvidenceId] = set()
        for ordinal, picture in sorted(enumerate(ids), key=lambda each: each[1]):
            written = await self._session.execute(
                update(PictureRow)
                .where(
                    PictureRow.id == picture,
                    PictureRow.uploaded_by == caller,
                    PictureRow.stored_at.is_not(None),
                    PictureRow.erased_at.is_(None),
                    or_(PictureRow.issue_number.is_(None), _hangs_on(step)),
                )
                .values(
                    issue_number=step.number,
                    command_id=step.command,
                    role=step.role,
                    ordinal=ordinal,
                    claimed_at=func.coalesce(PictureRow.claimed_at, at),
                )
            )
            if written.rowcount:
                claimed.add(picture)
        return frozenset(claimed)

    async def settle(self, step: Step, at: datetime) -> None:
        """The step is on record, and its pictures with it."""
        await self._session.execute(
            update(PictureRow)
            .where(_hangs_on(step), PictureRow.settled_at.is_(None))
            .values(settled_at=at)
        )

    async def release(self, step: Step) -> None:
        """Frees what hangs on a step that was refused, for another one."""
        await self._session.execute(
            update(PictureRow)
            .where(_hangs_on(step), _IS_UNSETTLED, ~_IS_RECORDED)
            .values(issue_number=None, command_id=None, role=None, ordinal=None, claimed_at=None)
        )

    async def of_issue(self, number: IssueNumber) -> tuple[Picture, ...]:
        """Everything that hangs on recorded steps, in the order of steps and as it was given."""
        found = (
            select(*_COLUMNS, EventRow.version)
            .join(
                EventRow,
                and_(
                    EventRow.issue_number == PictureRow.issue_number,
                    EventRow.command_id == PictureRow.command_id,
                ),
            )
            .where(PictureRow.issue_number == number)
            .order_by(EventRow.version, PictureRow.ordinal)
        )
        rows = (await self._session.execute(found)).all()
        return tuple(_picture(row, row.version) for row in rows)

    async def erase(self, number: IssueNumber, at: datetime) -> int:
        """From now on nobody sees the issue's pictures; how many there were."""
        erased = await self._session.execute(
            update(PictureRow)
            .where(PictureRow.issue_number == number, PictureRow.erased_at.is_(None))
            .values(erased_at=at, key_sealed=None)
        )
        return erased.rowcount

    async def erase_of_uploader(self, uploader: Subject, at: datetime, issues: Select[str]) -> int:
        """The same for what somebody uploaded for these issues, or for none."""
        erased = await self._session.execute(
            update(PictureRow)
            .where(
                PictureRow.uploaded_by == uploader,
                PictureRow.erased_at.is_(None),
                or_(PictureRow.issue_number.is_(None), PictureRow.issue_number.in_(issues)),
            )
            .values(erased_at=at, key_sealed=None)
        )
        return erased.rowcount

    async def discard(self, picture: EvidenceId, by: Subject, at: datetime) -> None:
        """Nobody will use it; one that hangs on a step by now stays."""
        await self._session.execute(
            update(PictureRow)
            .where(
                PictureRow.id == picture,
                PictureRow.uploaded_by == by,
                PictureRow.claimed_at.is_(None),
                _IS_UNSETTLED,
            )
            .values(erased_at=at, key_sealed=None)
        )

    async def erase_unused(self, before: datetime, at: datetime, limit: int) -> int:
        """The same for what was uploaded before an instant and hangs on no recorded step."""
        old = and_(
            _IS_UNSETTLED,
            PictureRow.uploaded_at < before,
            or_(PictureRow.claimed_at.is_(None), PictureRow.claimed_at < before),
        )
        await self._session.execute(
            update(PictureRow).where(old, _IS_RECORDED).values(settled_at=at)
        )
        unused = and_(old, ~_IS_RECORDED)
        found = select(PictureRow.id).where(unused).order_by(PictureRow.uploaded_at).limit(limit)
        erased = await self._session.execute(
            update(PictureRow)
            .where(PictureRow.id.in_(found), unused)  # again: a step may have claimed it meanwhile
            .values(erased_at=at, key_sealed=None)
        )
        return erased.rowcount

    async def doomed(self, limit: int, number: IssueNumber | None = None) -> tuple[EvidenceId, ...]:
        """Erased ones whose pixels may be there still, the longest erased first."""
        found = select(PictureRow.id).where(_IS_DOOMED).order_by(PictureRow.erased_at).limit(limit)
        if number is not None:
            found = found.where(PictureRow.issue_number == number)
        return tuple(EvidenceId(row.id) for row in await self._session.execute(found))

    async def removed(self, ids: Sequence[EvidenceId], at: datetime) -> None:
        """Their pixels are gone. What hung on no recorded step is forgotten altogether."""
        gone = and_(PictureRow.id.in_(ids), _IS_DOOMED)
        await self._session.execute(delete(PictureRow).where(gone, ~_IS_RECORDED))
        await self._session.execute(update(PictureRow).where(gone).values(removed_at=at))

    async def _one(self, *which: ColumnElement[bool]) -> Picture | None:
        row = (await self._session.execute(select(*_COLUMNS).where(*which))).one_or_none()
        return _picture(row) if row else None

    async def _one_at_a_time(self, caller: Subject) -> None:
        """Until the end of the transaction, so that a count stays true."""
        lock = func.pg_advisory_xact_lock(func.hashtextextended(f"pictures:{caller}", 0))
        await self._session.execute(select(lock))


def _hangs_on(step: Step) -> ColumnElement[bool]:
    return and_(
        PictureRow.issue_number == step.number,
        PictureRow.command_id == step.command,
    )


def _picture(row: AnyRow, version: int | None = None) -> Picture:
    values = {column.key: getattr(row, column.key) for column in _COLUMNS}
    role = PictureRole(row.role) if row.role else None
    return Picture(**{**values, "role": role}, version=version)
