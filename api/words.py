"""Spans, limits and deadlines as sentences, from the catalogues."""

from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo

from catalogue import label, say
from domain.explanation import Explanation
from domain.sla import Limit, Unit

_SCALE = (
    ("day", timedelta(days=1)),
    ("hour", timedelta(hours=1)),
    ("minute", timedelta(minutes=1)),
    ("second", timedelta(seconds=1)),
)
_SHOWN = 2


def spoken(span: timedelta, locale: str) -> str:
    """The two largest units of a span that are not nothing."""
    parts = list(_parts(span, locale))[:_SHOWN]
    separator = "" if locale == "zh" else " "
    return separator.join(parts) or say("span.second", locale, n=0)


def _parts(span: timedelta, locale: str) -> Iterator[str]:
    for name, unit in _SCALE:
        count, span = divmod(span, unit)
        if count:
            yield say(f"span.{name}", locale, n=count)


def limit_words(limit: Limit, locale: str) -> str:
    """A limit as people say it."""
    unit = label("unit", limit.unit, locale)
    if limit.unit is Unit.SAME_DAY:
        return unit
    return say("span.of_unit", locale, span=spoken(limit.amount, locale), unit=unit)


def deadline_words(explained: Explanation, zone: tzinfo, locale: str) -> tuple[str, ...]:
    """How a deadline stands, by what rule, and whether that may still change."""
    sentences = [_standing(explained, zone, locale)]
    start = label("start_rule", explained.start, locale)
    limit = limit_words(explained.limit, locale)
    sentences.append(say("explanation.rule", locale, limit=limit, start=start))
    if explained.provisional:
        until = explained.covered_until.isoformat()
        sentences.append(say("explanation.provisional", locale, covered_until=until))
    return tuple(sentences)


def _standing(explained: Explanation, zone: tzinfo, locale: str) -> str:
    if explained.met_at is not None:
        key = "met_late" if explained.breached_at else "met"
    elif explained.ended_at is not None:
        key = "ended"
    elif not explained.is_running:
        key = "paused"
    else:
        key = "late" if explained.now > explained.due_by else "running"
    return say(
        f"explanation.{key}",
        locale,
        due_by=local_time(explained.due_by, zone),
        met_at=local_time(explained.met_at or explained.due_by, zone),
        remaining=spoken(explained.remaining, locale),
        overrun=spoken(explained.overrun, locale),
        used=spoken(explained.used, locale),
    )


def local_time(instant: datetime, zone: tzinfo) -> str:
    """What the wall clock showed."""
    return instant.astimezone(zone).strftime("%Y-%m-%d %H:%M")
