"""Spans, limits and deadlines as sentences, from the catalogues."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo

from catalogue import label, say
from domain.calendar import BusinessCalendar
from domain.explanation import Explanation
from domain.shifts import WorkDay
from domain.sla import Limit, Unit

_DAY = ("day", timedelta(days=1))
_WITHIN_A_DAY = (
    ("hour", timedelta(hours=1)),
    ("minute", timedelta(minutes=1)),
    ("second", timedelta(seconds=1)),
)
_SOME_DAY = date(2000, 1, 3)
_SHOWN = 2
_Scale = tuple[tuple[str, timedelta], ...]


def spoken(span: timedelta, locale: str) -> str:
    """The two largest units of a span that are not nothing."""
    return _said(span, (_DAY, *_WITHIN_A_DAY), locale)


def worked(span: timedelta, day: timedelta | None, locale: str) -> str:
    """A span of working time: in working days where all have one length, and never in others."""
    days = (("working_day", day),) if day else ()
    said = _said(span, (*days, *_WITHIN_A_DAY), locale)
    if day and span >= day:
        return said
    return say("span.of_unit", locale, span=said, unit=say("span.working_time", locale))


def _said(span: timedelta, scale: _Scale, locale: str) -> str:
    parts = list(_parts(span, scale, locale))[:_SHOWN]
    separator = "" if locale == "zh" else " "
    return separator.join(parts) or say("span.second", locale, n=0)


def _parts(span: timedelta, scale: _Scale, locale: str) -> Iterator[str]:
    for name, unit in scale:
        count, span = divmod(span, unit)
        if count:
            yield say(f"span.{name}", locale, n=count)


def limit_words(limit: Limit, locale: str) -> str:
    """A limit as people say it; a day of working hours is not a day."""
    unit = label("unit", limit.unit, locale)
    if limit.unit is Unit.SAME_DAY:
        return unit
    hours = limit.unit is Unit.WORKING_HOUR
    span = _said(limit.amount, _WITHIN_A_DAY if hours else (_DAY, *_WITHIN_A_DAY), locale)
    return say("span.of_unit", locale, span=span, unit=unit)


def _working_day(calendar: BusinessCalendar) -> timedelta | None:
    """How long people work on every working day of the week; None when days differ."""
    week = calendar.definition.week
    lengths = {WorkDay.of(_SOME_DAY, shifts, UTC).length for shifts in week if shifts}
    return lengths.pop() if len(lengths) == 1 else None


def deadline_words(
    explained: Explanation, calendar: BusinessCalendar, locale: str, moves: Iterable[str] = ()
) -> tuple[str, ...]:
    """How a deadline stands, by what rule, what moved it, and whether that may still change."""
    limit = limit_words(explained.limit, locale)
    start = _start(explained, calendar.zone, locale)
    rule = say("explanation.rule", locale, limit=limit, start=start)
    sentences = [_standing(explained, calendar, locale), rule, *moves]
    if explained.provisional:
        until = explained.covered_until.isoformat()
        sentences.append(say("explanation.provisional", locale, covered_until=until))
    return tuple(sentences)


def _start(explained: Explanation, zone: tzinfo, locale: str) -> str:
    """When counting began: at once only if it did, not at the next opening."""
    rule = explained.start
    if explained.counts_from <= explained.received_at:
        return label("start_rule", rule, locale)
    begins = explained.counts_from.astimezone(zone)
    is_of_the_year = begins.year == explained.due_by.astimezone(zone).year
    at = begins.strftime("%m-%d %H:%M" if is_of_the_year else "%Y-%m-%d %H:%M")
    return say(f"counting.{rule}", locale, at=at)


def _standing(explained: Explanation, calendar: BusinessCalendar, locale: str) -> str:
    if explained.met_at is not None:
        key = "met_late" if explained.breached_at else "met"
    elif explained.ended_at is not None:
        key = "ended"
    elif not explained.is_running:
        key = "paused"
    else:
        key = "late" if explained.now > explained.due_by else "running"
    met_at, due_by = _told_apart(
        explained.met_at or explained.due_by, explained.due_by, calendar.zone
    )
    return say(
        f"explanation.{key}",
        locale,
        due_by=due_by,
        met_at=met_at,
        remaining=_counted(explained.remaining, explained, calendar, locale),
        overrun=_counted(explained.overrun, explained, calendar, locale),
        used=_counted(explained.used, explained, calendar, locale),
    )


def _counted(
    span: timedelta, explained: Explanation, calendar: BusinessCalendar, locale: str
) -> str:
    """A span as its deadline counts it: around the clock, in working hours or in working days."""
    if not explained.in_working_time:
        return spoken(span, locale)
    in_hours = explained.limit.unit is Unit.WORKING_HOUR
    return worked(span, None if in_hours else _working_day(calendar), locale)


def _told_apart(one: datetime, other: datetime, zone: tzinfo) -> tuple[str, str]:
    """Both to the minute, or as much closer as it takes to see that they differ."""
    minutes = local_time(one, zone), local_time(other, zone)
    if one == other or minutes[0] != minutes[1]:
        return minutes
    local = [each.astimezone(zone).replace(tzinfo=None) for each in (one, other)]
    closer = [[each.isoformat(" ", spec) for each in local] for spec in ("seconds", "milliseconds")]
    first, second = next((each for each in closer if each[0] != each[1]), minutes)
    return first, second


def local_time(instant: datetime, zone: tzinfo) -> str:
    """What the wall clock showed."""
    return instant.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def exact_time(instant: datetime, zone: tzinfo) -> str:
    """The same with its seconds, when there are any."""
    local = instant.astimezone(zone)
    return local.strftime("%Y-%m-%d %H:%M:%S" if local.second else "%Y-%m-%d %H:%M")
