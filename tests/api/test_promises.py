"""Policies never leave an issue without a promise, or with two of them."""

import asyncio

import httpx

from tests.api.town import ADMINISTRATOR, Json, Town, fields_of

PLAIN = "/reference/sla_policy/plain"


def policy(**fields: str) -> Json:
    return {"calendar": "cn", "promises": [], **fields}


async def write(town: Town, code: str, expected: int = 0, **fields: str) -> httpx.Response:
    body = {"expected_version": expected, "entry": policy(**fields)}
    return await town.post(ADMINISTRATOR, f"/reference/sla_policy/{code}", body)


async def test_the_last_policy_for_everything_cannot_be_retired(town: Town) -> None:
    answer = await town.post(ADMINISTRATOR, f"{PLAIN}/retire", {"expected_version": 1})
    assert (answer.status_code, fields_of(answer)) == (422, {"entry": "last_policy_for_all"})
    assert (await town.get(ADMINISTRATOR, PLAIN)).json()["retired"] is False


async def test_the_last_policy_for_everything_cannot_be_narrowed(town: Town) -> None:
    for narrow in ({"category": "standing_water"}, {"whistle_kind": "hard"}):
        answer = await write(town, "plain", 1, **narrow)
        assert (answer.status_code, fields_of(answer)) == (422, {"entry": "last_policy_for_all"})
    assert (await write(town, "plain", 1)).status_code == 200


async def test_an_installation_may_begin_with_narrow_policies(town: Town) -> None:
    answer = await write(town, "narrow", category="standing_water", whistle_kind="hard")
    assert answer.status_code == 200
    retired = await town.post(
        ADMINISTRATOR, "/reference/sla_policy/narrow/retire", {"expected_version": 1}
    )
    assert retired.status_code == 200


async def test_two_policies_for_the_same_matter_are_refused(town: Town) -> None:
    assert (await write(town, "first", category="standing_water")).status_code == 200
    for code, fields in (("second", {"category": "standing_water"}), ("other", {})):
        answer = await write(town, code, 0, **fields)
        assert (answer.status_code, fields_of(answer)) == (422, {"entry": "policy_as_exact"})
        other = "first" if fields else "plain"
        assert other in answer.json()["errors"][0]["message"]


async def test_a_policy_may_take_the_place_of_a_retired_one(town: Town) -> None:
    await write(town, "first", category="standing_water")
    await town.post(ADMINISTRATOR, "/reference/sla_policy/first/retire", {"expected_version": 1})
    assert (await write(town, "second", category="standing_water")).status_code == 200
    back = await write(town, "first", 2, category="standing_water")
    assert fields_of(back) == {"entry": "policy_as_exact"}


async def test_a_policy_is_no_twin_of_itself(town: Town) -> None:
    await write(town, "first", category="standing_water")
    assert (await write(town, "first", 1, category="standing_water")).status_code == 200


async def test_of_policies_as_exact_written_at_once_one_stands(town: Town) -> None:
    codes = ("first", "second", "third", "fourth")
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(write(town, code, category="standing_water")) for code in codes]
    assert sorted(task.result().status_code for task in tasks) == [200, 422, 422, 422]
