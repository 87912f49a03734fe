"""Who somebody is, and by what something is known to be theirs."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

from sqlalchemy import ColumnElement, and_, false, or_, select

from domain.ids import GridCode, Subject
from domain.vocabulary import Role
from storage.filters import in_subtree
from storage.models import FollowerRow, IssueRow, PictureRow, ReporterRow, ResidentLinkRow, TextRow
from storage.pictures.views import PictureRole
from storage.residents.views import LinkKind
from storage.sealing import seals
from storage.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """Somebody by their subject, by the phone they left with an issue, or by both."""

    subject: Subject | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """What is somebody's, as conditions on the rows of each table."""

    issues: ColumnElement[bool]
    texts: ColumnElement[bool]
    pictures: ColumnElement[bool]
    follows: ColumnElement[bool]
    links: ColumnElement[bool]


async def traces_of(session: Session, whom: Whom) -> Traces:
    """What was left with the subject and what with the phone, together."""
    found: list[Traces] = []
    if whom.subject is not None:
        found.append(_of_subject(whom.subject))
    if whom.phone is not None:
        found.append(_of_phone((await seals.index(session)).phone(whom.phone)))
    names = [each.name for each in fields(Traces)]
    return Traces(
        **{name: or_(false(), *(getattr(each, name) for each in found)) for name in names}
    )


def _of_subject(subject: Subject) -> Traces:
    return Traces(
        issues=_is_of(subject),
        texts=TextRow.author == subject,
        pictures=PictureRow.uploaded_by == subject,
        follows=FollowerRow.subject == subject,
        links=and_(ResidentLinkRow.kind == LinkKind.OWN, ResidentLinkRow.subject == subject),
    )


def _of_phone(hashed: bytes) -> Traces:
    """The issues it was left with, what was reported there and shown with it."""
    left_with = select(ReporterRow.issue_number).where(ReporterRow.phone_hash == hashed)
    return Traces(
        issues=IssueRow.number.in_(left_with),
        texts=and_(TextRow.kind == "description", TextRow.issue_number.in_(left_with)),
        pictures=and_(
            PictureRow.role == PictureRole.BEFORE, PictureRow.issue_number.in_(left_with)
        ),
        follows=false(),
        links=and_(
            ResidentLinkRow.kind == LinkKind.OWN, ResidentLinkRow.issue_number.in_(left_with)
        ),
    )


def _is_of(subject: Subject) -> ColumnElement[bool]:
    """Raised for them; or by them, and for nobody else, as a resident."""
    by_themself = and_(
        IssueRow.raised_by == subject,
        IssueRow.resident.is_(None),
        IssueRow.source == Role.RESIDENT,
    )
    return or_(IssueRow.resident == subject, by_themself)


def covered(grids: Sequence[GridCode] | None) -> ColumnElement[bool]:
    if grids is None:
        return IssueRow.number.is_not(None)
    return or_(false(), *(in_subtree(IssueRow.grid, grid) for grid in grids))
