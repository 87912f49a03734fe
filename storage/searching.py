"""Issues by words of their descriptions: an index names candidates, opened they are checked."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select

from storage.filters import IssueFilter, conditions
from storage.lines import LINE_COLUMNS
from storage.models import IssueRow, TextRow
from storage.said import SAID, said
from storage.sealing import seals
from storage.sealing.index import holds
from storage.session import AnyRow, Session

_AT_ONCE = 200
_IS_PLAIN = and_(TextRow.kind == "description", TextRow.body != "")
"""From before there were seals; `ix_texts_plain` is empty as soon as none is left."""


async def described(
    session: Session, wanted: IssueFilter, words: str, at: datetime, before: int | None
) -> AsyncIterator[AnyRow]:
    """Rows of lines whose descriptions hold the words, newest first, below an id if one is given.

    Width and case do not matter. What does not open is not found.
    """
    found = await _candidates(session, wanted, words, at)
    while True:
        page = found if before is None else found.where(IssueRow.id < before)
        rows = (await session.execute(page.limit(_AT_ONCE))).all()
        for row, text in zip(rows, await said(session, rows), strict=True):
            if text is not None and holds(text, words):
                yield row
        if len(rows) < _AT_ONCE:
            return
        before = rows[-1].id


async def _candidates(
    session: Session, wanted: IssueFilter, words: str, at: datetime
) -> Select[*tuple[Any, ...]]:
    index = await seals.index(session)
    may_hold: ColumnElement[bool] = TextRow.grams.contains(index.sought(words))
    if (await session.execute(select(exists().where(_IS_PLAIN)))).scalar_one():
        may_hold = or_(may_hold, and_(_IS_PLAIN, TextRow.body.icontains(words, autoescape=True)))
    return (
        select(*LINE_COLUMNS, *SAID)
        .join(TextRow, TextRow.issue_number == IssueRow.number)
        .where(TextRow.kind == "description", may_hold, *conditions(wanted, at))
        .order_by(IssueRow.id.desc())
    )
