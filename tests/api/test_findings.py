import ast
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from api.auth import Gate
from api.findings import reason_key
from api.keys import FixedKey
from api.problems import Problem
from api.tokens import mint
from catalogue import TEXTS
from domain.vocabulary import IssueState
from observability.clock import now
from storage.session import Database
from tests.api.town import ADMINISTRATOR, SECRET, Json, Town, a_token, a_whistle
from tests.builders import DISPATCHER, OFFICER, RESIDENT
from tests.storage.stories import born_in

GATE = Gate(FixedKey.secret(SECRET))
LEVELS = ("building、community、street、county", "building, community, street, county")


def messages(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 422, answer.text
    return {error["field"]: error["message"] for error in answer.json()["errors"]}


@pytest.mark.parametrize(
    ("wanted", "field", "zh", "en"),
    [
        ({"grid": "巧家"}, "grid", "应为网格编码：各级以 . 相连", "has to be a grid code"),
        ({"category": "a b"}, "category", "应为编码：", "has to be a code: letters"),
        ({"level": "x"}, "level", f"应为以下之一：{LEVELS[0]}", f"has to be one of: {LEVELS[1]}"),
        ({"state": "x"}, "state", "应为以下之一：reported、", "has to be one of: reported, "),
        ({"raised_from": "x"}, "raised_from", "应为带时区的时间", "has to be an instant"),
        ({"limit": "x"}, "limit", "应为整数", "has to be a whole number"),
        ({"cursor": "?"}, "cursor", "应为上一页给出的 next 值", "has to be the value of next"),
    ],
)
async def test_a_parameter_is_told_its_rule_in_the_callers_language(
    town: Town, wanted: dict[str, str], field: str, zh: str, en: str
) -> None:
    for language, said in (("zh", zh), ("en", en)):
        town.headers = {"Accept-Language": language}
        found = messages(await town.get(DISPATCHER, "/issues", **wanted))
        assert list(found) == [field]
        assert found[field].startswith(said)


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({"reporter": {"phone": "x"}}, "reporter.phone", "应为电话号码：4 至 20 位"),
        ({"whistle_kind": "?"}, "whistle_kind", "应为编码："),
        ({"resident": "张 三"}, "resident", "应为 1 至 128 个可见的英文字符"),
        ({"description": 5}, "description", "应为文字"),
        ({"reporter": []}, "reporter", "应为 JSON 对象"),
    ],
)
async def test_a_field_of_a_whistle_is_told_its_rule(
    town: Town, fields: Json, field: str, said: str
) -> None:
    found = messages(await town.post(RESIDENT, "/issues", a_whistle(**fields)))
    assert found[field].startswith(said)


async def test_words_that_nobody_may_say_are_not_offered(town: Town) -> None:
    found = messages(await town.post(RESIDENT, "/issues", a_whistle(source="king")))
    assert found["source"].startswith("应为以下之一：resident、")
    assert "engine" not in found["source"]


async def test_one_amount_is_asked_for_in_the_callers_language(
    town: Town, database: Database
) -> None:
    number = (await born_in(IssueState.HANDLING, database)).number
    path, said = f"/issues/{number}/request-extension", "days、hours、seconds 须且只须填一个"
    body = {"text": "施工", "by": {"unit": "working_day"}}
    assert messages(await town.post(OFFICER, path, body))["by"].startswith(said)
    body = {"text": "施工", "by": {"unit": "working_day", "hours": 5}}
    found = messages(await town.post(OFFICER, path, body))
    assert found["by"] == "working_day 只能为整天"


async def test_an_idempotency_key_is_told_its_rule(town: Town) -> None:
    found = messages(await town.post(RESIDENT, "/issues", a_whistle(), key="a b"))
    assert found["Idempotency-Key"].startswith("应为 1 至 128 个可见")


async def test_a_span_that_ends_first_names_its_end(town: Town) -> None:
    span = {"raised_from": "2026-11-23T00:00:00Z", "raised_to": "2026-11-22T00:00:00Z"}
    assert messages(await town.get(DISPATCHER, "/issues", **span)) == {
        "raised_to": "结束须晚于开始"
    }


@pytest.mark.parametrize(
    ("content", "status", "said"),
    [(b'{"grid": "\xff"}', 400, "UTF-8"), (b"[]", 422, "JSON 对象"), (b'"x"', 422, "JSON 对象")],
)
async def test_a_body_that_is_not_ours_is_told_why(
    town: Town, content: bytes, status: int, said: str
) -> None:
    headers = {
        "Authorization": f"Bearer {a_token(RESIDENT)}",
        "Idempotency-Key": "k",
        "Content-Type": "application/json",
    }
    answer = await town.http.post("/issues", content=content, headers=headers)
    assert (answer.status_code, said in answer.text) == (status, True)


async def test_a_rule_of_reference_data_is_told_in_both_languages(town: Town) -> None:
    entry = {"name": "x", "name_en": "x", "level": 2}
    path, body = "/reference/grid/qj", {"expected_version": 1, "entry": entry}
    found = messages(await town.post(ADMINISTRATOR, path, body))
    assert found == {"entry": "网格编码的段数须与其级别相同"}


def test_every_rule_of_the_domain_has_its_sentence() -> None:
    files = ("domain/sla.py", "domain/reference.py", "domain/calendar.py", "api/schemas/text.py")
    said = {
        call.args[0].value
        for file in files
        for call in ast.walk(ast.parse(Path(file).read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "ValueError"
        and isinstance(call.args[0], ast.Constant)
    }
    assert len(said) > 10
    assert {reason for reason in said if reason_key(str(reason)) not in TEXTS["zh"]} == set()


async def test_an_expired_token_is_told_apart_from_a_wrong_one(town: Town) -> None:
    token = mint(SECRET, {"sub": "p.1", "roles": ["staff"]}, at=now(), lifetime=-timedelta(1))
    answer = await town.http.get("/issues", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["code"]) == (401, "token_expired")
    assert "the token has expired" in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize("grids", [["巧家"], "qj", [5]])
async def test_a_claim_of_grids_in_a_wrong_form_says_so(grids: object) -> None:
    with pytest.raises(Problem, match="unauthenticated") as refused:
        await GATE.actor(a_token(DISPATCHER, grids=grids))
    assert "grids has to be a list" in refused.value.headers["WWW-Authenticate"]
