"""What was said offline comes late: both times are kept, and the clocks start at receipt."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from fastapi import FastAPI

from tests.api.town import Town, a_whistle, fields_of
from tests.builders import NOON, RESIDENT


@pytest.mark.parametrize(
    "before",
    [timedelta(0), timedelta(days=30), timedelta(hours=5), timedelta(minutes=-2)],
    ids=str,
)
async def test_a_late_whistle_keeps_both_times(town: Town, before: timedelta) -> None:
    said_at = (NOON - before).isoformat()
    number = await town.raised(RESIDENT, said_at=said_at)
    shown = (await town.get(RESIDENT, f"/issues/{number}")).json()
    timeline = (await town.get(RESIDENT, f"/issues/{number}/timeline")).json()["items"]
    [birth] = timeline
    instants = [shown["said_at"], birth["details"]["said_at"]]
    assert [datetime.fromisoformat(each) for each in instants] == [NOON - before] * 2
    assert [datetime.fromisoformat(each) for each in (shown["raised_at"], birth["at"])] == [
        NOON
    ] * 2


@pytest.mark.parametrize(
    ("said_at", "rule"),
    [
        ((NOON + timedelta(minutes=2, seconds=1)).isoformat(), "in_future"),
        ((NOON - timedelta(days=30, seconds=1)).isoformat(), "too_long_ago"),
        ("2026-11-23T12:00:00", "timezone_aware"),
        ("yesterday", "datetime_from_date_parsing"),
        ("2609-11-23T12:00:00Z", "not_of_our_time"),
    ],
)
async def test_a_time_that_cannot_be_is_refused(town: Town, said_at: str, rule: str) -> None:
    answer = await town.post(RESIDENT, "/issues", a_whistle(said_at=said_at))
    assert fields_of(answer) == {"said_at": rule}


async def test_a_whistle_sent_again_much_later_is_the_same_whistle(
    town: Town, app: FastAPI
) -> None:
    body = a_whistle(said_at=(NOON - timedelta(days=29)).isoformat())
    first = await town.post(RESIDENT, "/issues", body, key="offline-1")
    app.state.parts = replace(app.state.parts, now=lambda: NOON + timedelta(days=5))
    again = await town.post(RESIDENT, "/issues", body, key="offline-1")
    assert (again.status_code, again.json()) == (201, first.json())
