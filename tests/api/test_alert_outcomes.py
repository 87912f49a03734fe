"""Whoever looks after the cameras of a place can find out why no issue came of an alert."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
import pytest_asyncio
from fastapi import FastAPI

from domain.alert import AlertKind
from domain.alerts.policy import AlertPolicy
from domain.ids import CategoryCode, GridCode
from domain.reference import ReferenceKind
from domain.vocabulary import Role
from intake.adapters.registry import ADAPTERS
from intake.conditions import Conditions
from intake.sorting import Sorter
from storage.alerts.pictures import AlertPictures, PictureState
from storage.session import Database
from tests.activities.desk import written
from tests.api.cameras import Box, an_event, source_made, token_of
from tests.api.town import ADMINISTRATOR, Json, Town
from tests.builders import DISPATCHER, GRID_WORKER, NOON, RESIDENT, an_actor

Sent = Callable[..., Awaitable[None]]
ELSEWHERE = an_actor(Role.ADMINISTRATOR, subject="a.2", grids=(GridCode("yj"),))
SHOWN = {"media": [{"url": "http://10.20.0.7/1.jpg"}]}


@pytest_asyncio.fixture(loop_scope="session")
async def sent(town: Town, app: FastAPI, database: Database) -> Sent:
    """Messages of a box are sorted, under a policy that holds back what is unsure."""
    policy = AlertPolicy(
        code="bins",
        kind=AlertKind.GARBAGE_OVERFLOW,
        category=CategoryCode("standing_water"),
        debounce=timedelta(minutes=5),
        log_below=0.5,
        enough_sightings=2,
    )
    await written(database, ReferenceKind.ALERT_POLICY, policy)
    await source_made(town)
    box = Box(app, (await token_of(town))["address"])

    async def send(*data: Json) -> None:
        await box.send([an_event(data=each) for each in data])
        law = Conditions(database, lambda: NOON)
        await Sorter(database, ADAPTERS, law, lambda: NOON).drain()

    return send


async def items(town: Town, path: str, **wanted: str | int) -> list[Json]:
    answer = await town.get(ADMINISTRATOR, path, **wanted)
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()["items"]
    return found


async def test_a_condition_says_what_it_waits_for(town: Town, sent: Sent) -> None:
    await sent({})
    (line,) = await items(town, "/alert-conditions", source="box", camera="b5-bins")
    assert (line["state"], line["reason"], line["issue"]) == ("pending", "debounce", None)
    assert line["reason_label"] == "还在防抖，持续或再次出现才立案"
    assert line["due_at"] is not None


async def test_a_condition_says_why_it_was_only_kept(town: Town, sent: Sent) -> None:
    await sent({"confidence": 0.1}, {"confidence": 0.2})
    (line,) = await items(town, "/alert-conditions", state="open")
    assert (line["decision"], line["reason"]) == ("log", "low_confidence")
    assert (line["decision_label"], line["alerts"], line["issue"]) == ("仅记录", 2, None)


async def test_an_event_is_listed_with_its_condition_and_its_pictures(
    town: Town, sent: Sent, database: Database
) -> None:
    await sent({"confidence": 0.9}, {"confidence": 0.9, **SHOWN}, {"camera": "stranger"})
    async with database.begin() as session:
        (wanted,) = await AlertPictures(session).due(NOON, 10)
        await AlertPictures(session).over(
            wanted.id, PictureState.REFUSED, "address_not_allowed", NOON
        )
    stranger, second, first = await items(town, "/alert-events")
    (line,) = await items(town, "/alert-conditions")
    assert first["condition"] == second["condition"] == line
    assert line["issue"] is not None
    (picture,) = second["pictures"]
    assert (picture["state"], picture["error"]) == ("refused", "address_not_allowed")
    assert (stranger["condition"], stranger["pictures"]) == (None, [])


async def test_conditions_come_page_by_page(town: Town, sent: Sent) -> None:
    await sent(*({"zone": f"bin-{each}"} for each in range(3)))
    first = (await town.get(DISPATCHER, "/alert-conditions", limit=2)).json()
    rest = (await town.get(DISPATCHER, "/alert-conditions", cursor=first["next"])).json()
    assert [each["zone"] for each in (*first["items"], *rest["items"])] == [
        "bin-2",
        "bin-1",
        "bin-0",
    ]
    assert rest["next"] is None
    bad = await town.get(DISPATCHER, "/alert-conditions", cursor="zz")
    assert (bad.status_code, bad.json()["errors"][0]["rule"]) == (422, "bad_cursor")


@pytest.mark.parametrize(
    "wanted", [{"source": "other"}, {"camera": "other"}, {"state": "suppressed"}]
)
async def test_conditions_are_narrowed(town: Town, sent: Sent, wanted: dict[str, str]) -> None:
    await sent({})
    assert await items(town, "/alert-conditions", **wanted) == []


async def test_conditions_are_for_who_looks_after_the_place(town: Town, sent: Sent) -> None:
    await sent({})
    refused = [
        (await town.get(who, "/alert-conditions")).status_code for who in (RESIDENT, GRID_WORKER)
    ]
    assert refused == [403, 403]
    assert (await town.get(ELSEWHERE, "/alert-conditions")).json() == {"items": [], "next": None}
