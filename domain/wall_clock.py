"""Instants and what the wall clock of a zone shows, both ways and in order of time."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

_TICK = timedelta.resolution


def utc(instant: datetime) -> datetime:
    """The same instant in UTC.

    Raises:
        ValueError: the instant has no zone.
    """
    if instant.tzinfo is None:
        raise ValueError("an instant needs a zone")
    return instant.astimezone(UTC)


def first_instant(on: date, at: time, zone: tzinfo) -> datetime:
    """The first instant at which the wall clock shows `at` of `on`, or more.

    A time the clock skips in spring is the instant of the change; of a time it shows twice in
    autumn, the first one.
    """
    local = datetime.combine(on, at.replace(fold=0), tzinfo=zone)
    late = local.replace(fold=1).astimezone(UTC)
    early = local.astimezone(UTC)
    return early if early <= late else _change(zone, late, early)


def wall_clock(instant: datetime, zone: tzinfo) -> datetime:
    """The naive wall-clock time; within an hour shown for the second time, the end of the first.

    So a later instant never has an earlier wall-clock time.
    """
    local = utc(instant).astimezone(zone)
    if not local.fold:
        return local.replace(tzinfo=None)
    before = local.replace(fold=0)
    change = _change(zone, before.astimezone(UTC), utc(instant))
    return (change + (before.utcoffset() or timedelta())).replace(tzinfo=None)


def _change(zone: tzinfo, low: datetime, high: datetime) -> datetime:
    """The instant after `low`, at `high` at the latest, at which the offset changes."""
    old = low.astimezone(zone).utcoffset()
    while high - low > _TICK:
        middle = low + (high - low) // 2
        if middle.astimezone(zone).utcoffset() == old:
            low = middle
        else:
            high = middle
    return high
