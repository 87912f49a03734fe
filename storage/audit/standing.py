"""Whether what somebody was refused exists at all, and in which grid."""

from sqlalchemy import Select, func, select

from domain.auditing import About, ObjectKind
from domain.ids import GridCode
from domain.reference import ReferenceKind
from storage.models import IssueRow, MeetingRow, RawMessageRow, ReferenceRow
from storage.session import Session


async def standing(session: Session, kind: ObjectKind, id_: str) -> About | None:
    """The thing with its grid; None when there is no such thing, or its kind is not looked up."""
    found = _grid_of(kind, id_)
    if found is None:
        return None
    grid = (await session.execute(found)).scalar_one_or_none()
    return None if grid is None else About(kind, id_, GridCode(grid))


def _grid_of(kind: ObjectKind, id_: str) -> Select[str] | None:
    match kind:
        case ObjectKind.ISSUE:
            return select(IssueRow.grid).where(IssueRow.number == id_)
        case ObjectKind.MEETING:
            return select(MeetingRow.grid).where(MeetingRow.number == id_)
        case ObjectKind.RAW_MESSAGE:
            return select(RawMessageRow.grid).where(RawMessageRow.id == int(id_))
        case ObjectKind.SOURCE:
            newest = select(func.jsonb_extract_path_text(ReferenceRow.body, "grid")).where(
                ReferenceRow.kind == ReferenceKind.ALERT_SOURCE, ReferenceRow.code == id_
            )
            return newest.order_by(ReferenceRow.version.desc()).limit(1)
        case _:
            return None
