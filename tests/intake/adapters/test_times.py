"""Device times as they come: what can be read, what cannot, and what cannot be true."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.alert import TimeQuality
from intake.adapters.times import device_time, parsed
from tests.intake.adapters.messages import NOON, a_message, a_source

AT = datetime(2026, 11, 21, 12, 15, 7, tzinfo=UTC)
EPOCH = 1795263307


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-21T20:15:07+08:00",
        "2026-11-21T12:15:07Z",
        "2026-11-21T12:15:07.000000000z",
        "2026-11-21T20:15:07.000+0800",
        "2026-11-21T20:15:07+08",
        "2026-11-21T20:15:07 08:00",
        "2026-11-21T07:15:07-05:00",
        "2026-11-21T20:15:07",
        "2026-11-21 20:15:07",
        "2026/11/21 20:15:07",
        "20261121201507",
        20261121201507,
        "20261121201507000",
        "20261121T201507+0800",
        "20261121T121507Z",
        str(EPOCH),
        EPOCH,
        float(EPOCH),
        f"{EPOCH}.000",
        f"{EPOCH}000",
        EPOCH * 1000,
        EPOCH * 1_000_000,
    ],
)
def test_instant_is_read(written: object) -> None:
    when = device_time(written, a_message(b""), a_source())
    assert (when.occurred_at, when.quality, when.is_late) == (AT, TimeQuality.DEVICE, False)


@pytest.mark.parametrize(
    "written",
    [
        "0000-00-00T00:00:00",
        "0000-00-00T00:00:00+08:00",
        "1900-01-00T00:00:00+08:00",
        "00000000000000",
        "0",
        "2024-01-22T11:47:0500:00",
        "2026-11-21T25:15:07",
        "2026-02-30T20:15:07",
        "2026-11-21T20:15:07+99:00",
        "２０２６-11-21T20:15:07",
        "yesterday",
        "-1795263307",
        "99999999999999999999",
        "1795263307123456789",
    ],
)
def test_unreadable_time_is_no_time(written: str) -> None:
    when = device_time(written, a_message(b""), a_source())
    assert (when.occurred_at, when.quality) == (None, TimeQuality.INVALID)
    assert when.written == written


@pytest.mark.parametrize("silent", [None, "", "  ", {}, [], True])
def test_silence_is_the_time_of_receipt(silent: object) -> None:
    when = device_time(silent, a_message(b""), a_source())
    assert (when.occurred_at, when.written, when.quality) == (None, None, TimeQuality.RECEIVED)


def test_compact_time_is_not_the_year_2609() -> None:
    assert parsed("20171220204451", "Asia/Shanghai") == datetime(
        2017, 12, 20, 12, 44, 51, tzinfo=UTC
    )


def test_naive_time_is_of_the_sources_zone() -> None:
    source = a_source(zone="Asia/Urumqi")
    assert device_time("2026-11-21T18:15:07", a_message(b""), source).occurred_at == AT


def test_unknown_zone_makes_naive_times_unreadable() -> None:
    source = a_source(zone="Mars/Olympus")
    assert device_time("2026-11-21T18:15:07", a_message(b""), source).quality is TimeQuality.INVALID
    assert device_time("2026-11-21T12:15:07Z", a_message(b""), source).occurred_at == AT


def test_constant_error_of_a_platform_is_taken_away() -> None:
    nine_minutes_ahead = str(EPOCH + 540)
    source = a_source(clock_offset_s=-540)
    assert device_time(nine_minutes_ahead, a_message(b""), source).occurred_at == AT


@pytest.mark.parametrize(
    ("age", "quality", "is_late"),
    [
        (timedelta(minutes=-2), TimeQuality.DEVICE, False),
        (timedelta(minutes=-2, seconds=-1), TimeQuality.SKEWED, False),
        (timedelta(minutes=15), TimeQuality.DEVICE, False),
        (timedelta(minutes=15, seconds=1), TimeQuality.DEVICE, True),
        (timedelta(hours=24), TimeQuality.DEVICE, True),
        (timedelta(hours=24, seconds=1), TimeQuality.SKEWED, True),
        (timedelta(days=31), TimeQuality.SKEWED, False),
        (timedelta(days=365 * 56), TimeQuality.SKEWED, False),
    ],
)
def test_age_decides_what_is_believed(age: timedelta, quality: TimeQuality, is_late: bool) -> None:
    when = device_time((NOON - age).isoformat(), a_message(b""), a_source())
    assert (when.quality, when.is_late) == (quality, is_late)
    assert (when.occurred_at is None) == (quality is TimeQuality.SKEWED)


@pytest.mark.parametrize("offset", [1e300, float("nan"), float("-inf")])
def test_absurd_offset_is_survived(offset: float) -> None:
    when = device_time(str(EPOCH), a_message(b""), a_source(clock_offset_s=offset))
    assert when.quality is TimeQuality.INVALID
