"""A and B posts: who holds them, and from when the B post stands in (AB岗)."""

from collections.abc import Iterable
from datetime import datetime

from domain.ids import Subject
from domain.parts import Posts
from domain.reference import Absence, Post, Staff


def posts_of(staff: Iterable[Staff], absences: Iterable[Absence], at: datetime) -> Posts:
    """The posts of a department as they are, and are known to be, from `at` on.

    The B post stands in from the first instant at which every A post is away; at once where
    there is no A post at all.
    """
    members = tuple(staff)
    known = tuple(each for each in absences if each.until > at)
    a = _holders(members, Post.A)
    starts = sorted({max(each.since, at) for each in known} | {at})
    away_from = next((start for start in starts if _all_away(a, known, start)), None)
    return Posts(a=a, b=_holders(members, Post.B), a_away_from=away_from)


def _holders(staff: Iterable[Staff], post: Post) -> tuple[Subject, ...]:
    return tuple(sorted(each.code for each in staff if each.post is post))


def _all_away(holders: Iterable[Subject], absences: Iterable[Absence], at: datetime) -> bool:
    away = {each.staff for each in absences if each.since <= at < each.until}
    return away.issuperset(holders)
