"""The device's own time, by explicit formats only.

A bare `datetime` field of pydantic reads 20171220204451 as the year 2609. What is unreadable,
ahead, or too old to be true becomes no time at all; what was written is kept either way.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from domain.alert import Phase, TimeQuality
from intake.adapters.contract import RawMessage, SourceView
from intake.adapters.values import shortened

AHEAD = timedelta(minutes=2)
LATE = timedelta(minutes=15)
OLD = timedelta(hours=24)
LOST = timedelta(days=30)
"""A clock that was lost stands years behind; what was held back is days old."""
LONGEST_WRITTEN = 64
SECONDS, MILLISECONDS, COMPACT, COMPACT_MS, MICROSECONDS = 10, 13, 14, 17, 16

ISO = re.compile(
    r"([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})[T ]+([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?"
    r"(?:[.,]([0-9]{1,9}))?\s?(Z|z|[+ -][0-9]{2}:?[0-9]{2}|[+-][0-9]{2})?"
)
EPOCH = re.compile(r"([0-9]{1,16})(?:\.([0-9]{1,9}))?")
BASIC = re.compile(
    r"([0-9]{4})([0-9]{2})([0-9]{2})T?([0-9]{2})([0-9]{2})([0-9]{2})\.?([0-9]{3})?(Z|[+-][0-9]{4})?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceTime:
    """When it happened by the device's word, and how far that can be believed."""

    occurred_at: datetime | None = None
    written: str | None = None
    quality: TimeQuality = TimeQuality.RECEIVED
    is_late: bool = False


def device_time(value: object, message: RawMessage, source: SourceView) -> DeviceTime:
    """Naive times are of the source's zone; the source's constant error is taken away first."""
    written = _as_written(value)
    if written is None:
        return DeviceTime()
    try:
        at = parsed(written, source.zone)
        if at is not None:
            at = (at + timedelta(seconds=source.clock_offset_s)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        at = None
    if at is None:
        return DeviceTime(written=written, quality=TimeQuality.INVALID)
    return _judged(at, written, message.received_at - at)


def of_an_end(when: DeviceTime, phase: Phase) -> DeviceTime:
    """Ends often carry the time of the beginning; an old one says nothing about the end."""
    if phase is Phase.CLOSE and (when.is_late or when.occurred_at is None):
        return DeviceTime(written=when.written)
    return when


def parsed(written: str, zone: str) -> datetime | None:
    """None when no format fits; ValueError when one fits and the date does not exist."""
    if found := BASIC.fullmatch(written):
        return _instant(found.groups(), zone)
    if found := EPOCH.fullmatch(written):
        return _since_epoch(found[1], found[2] or "")
    if found := ISO.fullmatch(written):
        return _instant(found.groups(), zone)
    return None


def _as_written(value: object) -> str | None:
    if isinstance(value, float):
        value = f"{value:f}"
    return shortened(value, LONGEST_WRITTEN)


def _judged(at: datetime, written: str, age: timedelta) -> DeviceTime:
    if age < -AHEAD or age > OLD:
        is_late = OLD < age <= LOST
        return DeviceTime(written=written, quality=TimeQuality.SKEWED, is_late=is_late)
    return DeviceTime(
        occurred_at=at, written=written, quality=TimeQuality.DEVICE, is_late=age > LATE
    )


def _instant(parts: tuple[str | None, ...], zone: str) -> datetime:
    year, month, day, hour, minute, second = (int(each or 0) for each in parts[:6])
    fraction = int((parts[6] or "0")[:6].ljust(6, "0"))
    within = _offset(parts[7]) if parts[7] else _zone(zone)
    return datetime(year, month, day, hour, minute, second, fraction, tzinfo=within)


def _since_epoch(digits: str, fraction: str) -> datetime | None:
    whole = int(digits)
    if whole == 0:
        return None
    micros = int(fraction[:6].ljust(6, "0"))
    if len(digits) <= SECONDS:
        passed = timedelta(seconds=whole, microseconds=micros)
    elif len(digits) <= MILLISECONDS:
        passed = timedelta(milliseconds=whole)
    elif len(digits) == MICROSECONDS:
        passed = timedelta(microseconds=whole)
    else:
        return None
    return datetime(1970, 1, 1, tzinfo=UTC) + passed


def _offset(written: str) -> tzinfo:
    """A plus that became a space on its way through a form is a plus."""
    if written in {"Z", "z"}:
        return UTC
    digits = written[1:].replace(":", "")
    off = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return timezone(-off if written[0] == "-" else off)


@lru_cache(maxsize=64)
def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (KeyError, OSError) as unknown:
        raise ValueError(name) from unknown
