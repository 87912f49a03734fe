"""Me too: what a stranger is offered, who may join, and what it gives them."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from domain.ids import IssueNumber
from domain.vocabulary import IssueState
from storage import followers
from storage.session import AnyRow, Database
from tests.api.town import STRANGER, Json, Town, a_whistle, fields_of
from tests.builders import DISPATCHER, NOON, RESIDENT, an_actor, the_way_to
from tests.places import a_position, said
from tests.storage.stories import born, born_in, recorded
from tests.storage.test_outbox import a_notice, everything_of, put

HERE: Json = {"position": said(12, 0)}
FAR: Json = {"position": said(500, 0)}
GOOD: Json = {"satisfaction": "satisfied", "solved": True}
_OFFERED = {
    "number",
    "category",
    "state",
    "label",
    "raised_at",
    "age_minutes",
    "distance_m",
    "followers",
    "is_mine",
}


async def near(town: Town, **fields: object) -> list[Json]:
    body = {"category": "standing_water", "position": said(12, 0)} | fields
    answer = await town.post(STRANGER, "/issues/near", body)
    assert answer.status_code == 200, answer.text
    items: list[Json] = answer.json()["items"]
    return items


async def test_a_stranger_is_told_no_more_than_what_it_takes(
    town: Town, database: Database
) -> None:
    number = await born(
        database,
        position=a_position(),
        raised_at=NOON - timedelta(hours=2),
        reporter_name="王女士",
    )
    [offered] = await near(town)
    assert offered.keys() == _OFFERED
    assert (offered["number"], offered["age_minutes"], offered["distance_m"]) == (number, 120, 10)
    assert (offered["label"], offered["is_mine"]) == ("已受理", False)
    assert (await town.get(STRANGER, f"/issues/{number}")).status_code == 404


async def test_the_raise_answer_offers_what_was_known_already(
    town: Town, database: Database
) -> None:
    known = await born(database, position=a_position())
    body = a_whistle(position=said(12, 0))
    first, again = [await town.post(STRANGER, "/issues", body, key="k") for _ in "12"]
    assert [each["number"] for each in first.json()["near"]] == [known]
    assert again.json() == first.json()
    assert (await town.post(STRANGER, "/issues", a_whistle())).json()["near"] == []


@pytest.mark.parametrize(
    ("change", "field", "rule"),
    [
        ({"category": "nothing"}, "category", "unknown_code"),
        ({"position": None}, "position", "model_attributes_type"),
        ({"lat": 1}, "lat", "extra_forbidden"),
    ],
)
async def test_a_bad_question_names_its_field(
    town: Town, change: Json, field: str, rule: str
) -> None:
    body = {"category": "standing_water", "position": said()} | change
    assert fields_of(await town.post(STRANGER, "/issues/near", body)) == {field: rule}


async def test_me_too_twice_is_one_follower(town: Town, database: Database) -> None:
    number = await born(database, position=a_position())
    path = f"/issues/{number}/me-too"
    answers = [await town.post(STRANGER, path, HERE, key=key) for key in ("a", "a", "b")]
    assert [each.status_code for each in answers] == [200, 200, 200]
    assert {each.json()["followers"] for each in answers} == {1}
    assert (await town.get(STRANGER, path)).json() == answers[0].json()
    assert [each["followers"] for each in await near(town)] == [1]
    assert (await town.get(DISPATCHER, f"/issues/{number}")).json()["followers"] == 1
    assert (await town.get(STRANGER, f"/issues/{number}")).status_code == 404


@pytest.mark.parametrize("body", [{}, FAR], ids=["nowhere", "far"])
async def test_a_number_alone_opens_nothing(town: Town, database: Database, body: Json) -> None:
    number = await born(database, position=a_position())
    for path in (f"/issues/{number}/me-too", "/issues/QJ-2026-0999999/me-too"):
        answer = await town.post(STRANGER, path, body)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert (await town.get(STRANGER, f"/issues/{number}/me-too")).status_code == 404


async def test_who_may_see_an_issue_needs_no_position(town: Town, database: Database) -> None:
    number = await born(database)
    assert (await town.post(DISPATCHER, f"/issues/{number}/me-too", {})).status_code == 200


async def test_nobody_follows_their_own(town: Town, database: Database) -> None:
    number = await born(database, position=a_position())
    answer = await town.post(RESIDENT, f"/issues/{number}/me-too", HERE)
    assert (answer.status_code, answer.json()["code"]) == (409, "own_issue")


@pytest.mark.parametrize("state", [IssueState.RESOLVED, IssueState.CLOSED])
async def test_what_is_done_takes_no_followers(
    town: Town, database: Database, state: IssueState
) -> None:
    number = (await born_in(state, database, position=a_position())).number
    seeing = await town.post(DISPATCHER, f"/issues/{number}/me-too", HERE)
    stranger = await town.post(STRANGER, f"/issues/{number}/me-too", HERE)
    assert (seeing.status_code, seeing.json()["code"]) == (409, "work_done")
    assert stranger.status_code == 404


@pytest.mark.parametrize("limit", ["MOST_FOLLOWERS", "MOST_FOLLOWED"])
async def test_followers_have_a_limit(
    town: Town, database: Database, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(f"api.nearness.{limit}", 1)
    first, second = [await born(database, position=a_position()) for _ in "12"]
    assert (await town.post(STRANGER, f"/issues/{first}/me-too", HERE)).status_code == 200
    who = an_actor(*STRANGER.roles, subject="r.8") if limit == "MOST_FOLLOWERS" else STRANGER
    number = first if limit == "MOST_FOLLOWERS" else second
    answer = await town.post(who, f"/issues/{number}/me-too", HERE)
    assert (answer.status_code, answer.json()["code"]) == (409, "limit_reached")
    assert answer.json()["params"] == {"limit": "1"}
    again = await town.post(STRANGER, f"/issues/{first}/me-too", HERE)
    assert again.status_code == 200


def test_limits_leave_room_for_a_building_and_not_for_a_flood() -> None:
    assert 100 <= followers.MOST_FOLLOWERS <= 1_000
    assert 10 <= followers.MOST_FOLLOWED <= 100


async def followed(town: Town, database: Database, state: IssueState) -> str:
    number = await born(database, position=a_position())
    assert (await town.post(STRANGER, f"/issues/{number}/me-too", HERE)).status_code == 200
    await recorded(database, number, the_way_to(state))
    return number


async def test_a_follower_evaluates_what_is_resolved_and_is_counted(
    town: Town, database: Database
) -> None:
    number = await followed(town, database, IssueState.RESOLVED)
    path = f"/issues/{number}/me-too/evaluate"
    assert (await town.post(STRANGER, path, GOOD)).json()["satisfaction"] == "satisfied"
    bad = {"satisfaction": "unsatisfied", "solved": False}
    assert (await town.post(STRANGER, path, bad)).json()["solved"] is False
    shown = (await town.get(DISPATCHER, f"/issues/{number}")).json()
    assert (shown["followers"], shown["followers_say"]) == (1, {"unsatisfied": 1})
    assert (shown["state"], shown["satisfaction"]) == ("resolved", None)


async def test_a_follower_may_still_say_so_when_it_is_closed(
    town: Town, database: Database
) -> None:
    number = await followed(town, database, IssueState.CLOSED)
    answer = await town.post(STRANGER, f"/issues/{number}/me-too/evaluate", GOOD)
    assert (answer.status_code, answer.json()["state"]) == (200, "closed")


async def test_nobody_evaluates_before_work_is_done_or_without_following(
    town: Town, database: Database
) -> None:
    number = await followed(town, database, IssueState.HANDLING)
    path = f"/issues/{number}/me-too/evaluate"
    early = await town.post(STRANGER, path, GOOD)
    other = await town.post(RESIDENT, path, GOOD)
    assert (early.status_code, early.json()["code"]) == (409, "wrong_state")
    assert "已办结" in early.json()["detail"]
    assert other.status_code == 404


async def test_who_leaves_is_told_no_more_and_may_come_back(town: Town, database: Database) -> None:
    number = await followed(town, database, IssueState.RESOLVED)
    path = f"/issues/{number}/me-too"
    await town.post(STRANGER, f"{path}/evaluate", GOOD)
    await put(database, a_notice(IssueNumber(number), "k", recipient=f"subject:{STRANGER.subject}"))
    answers = [await town.delete(STRANGER, path, key=key) for key in ("a", "a", "b")]
    assert [each.status_code for each in answers] == [204, 204, 404]
    assert answers[2].json()["code"] == "not_found"
    shown = (await town.get(DISPATCHER, f"/issues/{number}")).json()
    assert (shown["followers"], shown["followers_say"]) == (0, {})
    [notice] = await everything_of(database, IssueNumber(number))
    assert notice.dropped_at is not None
    assert (await town.get(STRANGER, path)).status_code == 404


async def test_who_does_not_follow_cannot_leave(town: Town, database: Database) -> None:
    number = await followed(town, database, IssueState.HANDLING)
    for who, path in ((RESIDENT, number), (STRANGER, "QJ-2026-0999999")):
        answer = await town.delete(who, f"/issues/{path}/me-too")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert (await town.get(STRANGER, f"/issues/{number}/me-too")).status_code == 200


async def test_what_a_follower_says_moves_nothing(town: Town, database: Database) -> None:
    number = await followed(town, database, IssueState.RESOLVED)
    before = await everything_recorded(database, number)
    bad = {"satisfaction": "unsatisfied", "solved": False}
    assert (await town.post(STRANGER, f"/issues/{number}/me-too/evaluate", bad)).is_success
    assert await everything_recorded(database, number) == before


async def everything_recorded(database: Database, number: str) -> list[AnyRow]:
    async with database.read() as session:
        found = text("SELECT version, state, snapshot, updated_at FROM issues WHERE number = :n")
        return list(await session.execute(found, {"n": number}))
