from datetime import timedelta
from typing import Never, cast

import pytest

from api.problems import ApiCode, Problem
from api.wording import worded
from domain import commands as c
from domain.refusals import RefusalCode
from domain.vocabulary import IssueState
from storage.session import Database, Unreachable
from tests.api.town import ADMINISTRATOR, Town, a_whistle
from tests.builders import DISPATCHER, NOON, OFFICER, RESIDENT, asked
from tests.storage.stories import born_in, recorded

POLICE = {"name": "交警大队", "name_en": "Traffic police", "grid": "qj"}


async def renamed(town: Town) -> None:
    body = {"expected_version": 1, "entry": POLICE}
    assert (await town.post(ADMINISTRATOR, "/reference/department/police", body)).is_success


@pytest.mark.parametrize(
    ("language", "detail"),
    [
        ("zh", "事项已由 交警大队 于 2026-11-23 12:00 签收。"),
        ("en", "Traffic police claimed the issue at 2026-11-23 12:00."),
    ],
)
async def test_who_claimed_is_said_by_department_and_when_by_the_clock_of_the_place(
    town: Town, database: Database, language: str, detail: str
) -> None:
    await renamed(town)
    issue = await born_in(IssueState.HANDLING, database)
    town.headers = {"Accept-Language": language}
    answer = (await town.post(OFFICER, f"/issues/{issue.number}/claim")).json()
    assert answer["detail"] == detail
    assert answer["params"] == {"claimed_by": "p.1", "claimed_at": "2026-11-23T04:00:00+00:00"}


async def test_a_suspension_is_said_until_when(town: Town, database: Database) -> None:
    issue = await born_in(IssueState.HANDLING, database)
    until = NOON + timedelta(days=1, seconds=5)
    steps = [
        asked(c.RequestSuspension, OFFICER, until=until),
        asked(c.DecideSuspension, DISPATCHER, approved=True),
    ]
    await recorded(database, issue.number, steps)
    body = {"text": "等", "until": (NOON + timedelta(days=2)).isoformat()}
    answer = await town.post(OFFICER, f"/issues/{issue.number}/request-suspension", body)
    assert answer.json()["detail"] == "事项已挂起至 2026-11-24 12:00:05。"


async def test_an_extension_too_long_is_told_the_longest_in_words(
    town: Town, database: Database
) -> None:
    issue = await born_in(IssueState.HANDLING, database)
    body = {"text": "施工", "by": {"unit": "working_day", "days": 9}}
    answer = await town.post(OFFICER, f"/issues/{issue.number}/request-extension", body)
    assert answer.json()["detail"] == "一次延期最长为原时限：5天（工作日）。"


async def test_a_whistle_is_called_by_its_name(town: Town) -> None:
    answer = await town.post(RESIDENT, "/issues", a_whistle(whistle_kind="hard"))
    assert answer.json()["detail"].startswith("「攻坚克难哨」只能由")
    assert answer.json()["params"]["whistle_kind"] == "hard"


async def test_several_departments_are_a_list_and_a_strange_code_stays(
    town: Town, database: Database
) -> None:
    await renamed(town)
    problem = Problem(RefusalCode.PARTS_OPEN, {"departments": "police,fire"})
    said = await worded(database, problem, "QJ-2026-0000001", "zh")
    assert problem.body("zh", "r", said)["detail"] == (
        "以下协办部门尚未完成或免除：交警大队、fire。"
    )


@pytest.mark.parametrize("number", ["", "QJ-2026-0000009", "QJ-2026-0000009-M1"])
async def test_where_the_place_is_not_known_the_clock_is_that_of_shanghai(
    database: Database, number: str
) -> None:
    problem = Problem(RefusalCode.RETURN_TOO_LATE, {"due_by": "2026-11-23T04:00:00.5+00:00"})
    assert await worded(database, problem, number, "zh") == {"due_by": "2026-11-23 12:00"}


async def test_a_no_does_not_wait_for_the_database() -> None:
    class Away:
        def read(self) -> Never:
            raise Unreachable

    problem = Problem(RefusalCode.NOT_CALLED, {"department": "police", "at": "soon"})
    assert await worded(cast("Database", Away()), problem, "x", "zh") == {"at": "soon"}


@pytest.mark.parametrize(
    ("code", "seconds", "locale", "detail"),
    [
        (RefusalCode.POSTPONED_TOO_FAR, 14 * 86_400, "zh", "最长可延期14天。"),
        (RefusalCode.POSTPONED_TOO_FAR, 5_400, "zh", "最长可延期1小时30分。"),
        (RefusalCode.POSTPONED_TOO_FAR, 5_400, "en", "At most 1 h 30 min."),
        (RefusalCode.SUSPENSION_TOO_LONG, 30 * 86_400, "zh", "一次挂起最长30天。"),
        (RefusalCode.SUSPENSION_TOO_LONG, 600, "zh", "一次挂起最长10分。"),
        (RefusalCode.SUSPENSION_TOO_LONG, 5_400, "en", "One suspension lasts 1 h 30 min at most."),
    ],
)
async def test_a_bound_under_a_day_is_told_in_hours_and_minutes(
    code: RefusalCode, seconds: int, locale: str, detail: str
) -> None:
    days = str(seconds // 86_400)
    params = {"longest_days": days, "longest_seconds": str(seconds)}
    problem = Problem(code, params)
    said = await worded(cast("Database", None), problem, "x", locale)
    assert problem.body(locale, "r", said)["detail"] == detail


async def test_a_bound_that_an_older_worker_told_in_days_alone_is_said_as_well() -> None:
    problem = Problem(RefusalCode.SUSPENSION_TOO_LONG, {"longest_days": "30"})
    said = await worded(cast("Database", None), problem, "x", "zh")
    assert problem.body("zh", "r", said)["detail"] == "一次挂起最长30天。"


async def test_what_needs_no_words_asks_nobody() -> None:
    nobody = cast("Database", None)
    assert await worded(nobody, Problem(ApiCode.NOT_FOUND), "x", "zh") == {}
