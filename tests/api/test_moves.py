from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from api.words import deadline_words
from domain import commands as c
from domain.deadline import Deadline
from domain.explanation import explain
from domain.sla import Limit, StartRule
from domain.vocabulary import IssueState
from storage.session import Database
from tests.api.town import Json, Town
from tests.builders import DISPATCHER, NOON, OFFICER, asked
from tests.domain.calendars import (
    a_calendar,
    a_deadline,
    a_promise,
    urgent_hours,
    working_days,
)
from tests.storage.stories import born_in, recorded

MONDAY_9 = datetime(2026, 11, 23, 1, tzinfo=UTC)
SUNDAY = MONDAY_9 - timedelta(days=1)


def sentences_of(
    deadline: Deadline, limit: Limit, locale: str = "zh", start: StartRule = StartRule.AT_ONCE
) -> tuple[str, ...]:
    calendar = a_calendar()
    explained = explain(deadline, a_promise(limit, start=start), calendar, MONDAY_9)
    return deadline_words(explained, calendar, locale)


@pytest.mark.parametrize(
    ("received", "zh", "en"),
    [
        (MONDAY_9, "限 1天（工作日），即时起算。", "counting at once."),
        (SUNDAY, "限 1天（工作日），自 11-23 09:00 起算。", "counting from 11-23 09:00."),
    ],
)
def test_counting_begins_at_once_only_if_it_does(received: datetime, zh: str, en: str) -> None:
    deadline = a_deadline(received)
    assert sentences_of(deadline, working_days(1))[1] == zh
    assert sentences_of(deadline, working_days(1), "en")[1].endswith(en)


def test_the_next_day_is_said_with_its_instant() -> None:
    said = sentences_of(a_deadline(MONDAY_9), working_days(1), start=StartRule.NEXT_DAY)
    assert said[1] == "限 1天（工作日），次日起算（自 11-24 09:00）。"


@pytest.mark.parametrize(
    ("late", "said"),
    [
        (
            timedelta(seconds=20),
            "已于 2026-11-23 10:00:20 完成，超时；时限为 2026-11-23 10:00:00。",
        ),
        (
            timedelta(milliseconds=400),
            "已于 2026-11-23 10:00:00.400 完成，超时；时限为 2026-11-23 10:00:00.000。",
        ),
        (timedelta(minutes=1), "已于 2026-11-23 10:01 完成，超时；时限为 2026-11-23 10:00。"),
    ],
)
def test_what_was_met_late_was_not_met_when_it_was_due(late: timedelta, said: str) -> None:
    due_by = MONDAY_9 + timedelta(hours=1)
    met = replace(a_deadline(MONDAY_9), due_by=due_by).met(due_by + late)
    assert sentences_of(met, urgent_hours(1))[0] == said


async def resolution(town: Town, number: str) -> Json:
    items = (await town.get(OFFICER, f"/issues/{number}/deadlines")).json()["items"]
    found: Json = next(item for item in items if item["kind"] == "resolve")
    return found


async def test_an_extension_is_said_with_who_granted_it_and_when(
    town: Town, database: Database
) -> None:
    number = (await born_in(IssueState.HANDLING, database)).number
    ask = asked(c.RequestExtension, OFFICER, by=working_days(2))
    grant = asked(c.DecideExtension, DISPATCHER, approved=True)
    await recorded(database, number, [ask, grant])
    said = (await resolution(town, number))["sentences"]
    assert "已延期 2天（工作日）（派遣员批准于 2026-11-23 12:00），延至 2026-12-01 18:00。" in said
    town.headers = {"Accept-Language": "en"}
    english = (await resolution(town, number))["sentences"]
    assert (
        "Extended by 2 d (working days) (granted by a dispatcher at 2026-11-23 12:00)"
        in (english[2])
    )


async def test_a_suspension_is_said_while_it_lasts_and_after(
    town: Town, database: Database
) -> None:
    number = (await born_in(IssueState.HANDLING, database)).number
    until = NOON + timedelta(days=1)
    ask = asked(c.RequestSuspension, OFFICER, until=until)
    grant = asked(c.DecideSuspension, DISPATCHER, approved=True)
    await recorded(database, number, [ask, grant])
    assert (
        "挂起至 2026-11-24 12:00，到时自动恢复。" in (await resolution(town, number))["sentences"]
    )
    await recorded(database, number, [asked(c.ResumeIssue, OFFICER)], at=until)
    said = (await resolution(town, number))["sentences"]
    assert "曾暂停：2026-11-23 12:00 至 2026-11-24 12:00。" in said
    assert not any("挂起" in each for each in said)
