"""The order in which duties are shown, and where a page of them goes on."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, func, or_, select, tuple_
from sqlalchemy.sql import Subquery

from storage.cursors import BadCursor, cursor_behind, keys_of
from storage.meetings.views import Owed

_KEYS = 4


def most_pressing_first(
    duties: CompoundSelect[*tuple[Any, ...]], cursor: str | None
) -> Select[*tuple[Any, ...]]:
    """By their instants; what is still being reckoned comes last. What is the same is said once.

    Raises:
        BadCursor: the cursor is not from an earlier page.
    """
    of = duties.subquery()
    found = select(of).distinct()
    if cursor is not None:
        found = found.where(_is_behind(of, cursor))
    return found.order_by(of.c.due_by.nulls_last(), of.c.meeting, of.c.duty, of.c.task)


def cursor_behind_duty(last: Owed) -> str:
    """What follows this one."""
    instant = last.due_by.isoformat() if last.due_by else ""
    return cursor_behind(instant, last.meeting, last.duty, last.task or "")


def _is_behind(of: Subquery, cursor: str) -> ColumnElement[bool]:
    """No two duties of a meeting have both kind and task in common."""
    instant, *names = keys_of(cursor, _KEYS)
    follows = tuple_(of.c.meeting, of.c.duty, func.coalesce(of.c.task, "")) > tuple_(*names)
    unreckoned = of.c.due_by.is_(None)
    if not instant:
        return and_(unreckoned, follows)
    at = _instant(instant, cursor)
    return or_(of.c.due_by > at, and_(of.c.due_by == at, follows), unreckoned)


def _instant(text: str, cursor: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is None:
            raise BadCursor(cursor)
        return at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadCursor(cursor) from error
