"""Pictures hang on one step of one issue, and are erased with it."""

from http import HTTPStatus
from typing import Any

import pytest

from domain.refusals import RefusalCode
from domain.vocabulary import IssueState
from storage.pictures.repository import Pictures
from storage.session import Database
from tests.api.gallery import look, shown, upload, uploaded
from tests.api.temporal import FakeTemporal, update_refused
from tests.api.town import ADMINISTRATOR, Json, Town, a_whistle, fields_of
from tests.builders import GRID_WORKER, OFFICER, RESIDENT
from tests.pictures.album import FrailObjects, a_jpeg
from tests.storage.stories import born_in

HANDLING = IssueState.HANDLING
NONE = "0" * 32


def done(*evidence: str) -> Json:
    return {"text": "已清运", "solved": True, "evidence": list(evidence)}


async def test_after_pictures_hang_on_the_resolution(town: Town, database: Database) -> None:
    issue = await born_in(HANDLING, database)
    pictures = [await uploaded(town, OFFICER) for _ in "12"]
    answer = await town.post(OFFICER, f"/issues/{issue.number}/resolve", done(*pictures))
    assert answer.status_code == HTTPStatus.OK, answer.text
    version = answer.json()["version"]
    seen = await shown(town, RESIDENT, issue.number)
    assert [(each["id"], each["role"], each["version"]) for each in seen] == [
        (each, "after", version) for each in pictures
    ]
    timeline = (await town.get(RESIDENT, f"/issues/{issue.number}/timeline")).json()["items"]
    told = {item["version"]: [each["id"] for each in item["pictures"]] for item in timeline}
    assert told[version] == pictures
    assert not any(found for each, found in told.items() if each != version)
    [item] = [each for each in timeline if each["version"] == version]
    assert item["details"]["evidence"] == pictures


async def test_a_note_may_bring_pictures(town: Town, database: Database) -> None:
    issue = await born_in(HANDLING, database)
    picture = await uploaded(town, OFFICER)
    body = {"text": "现场照片", "pictures": [picture]}
    answer = await town.post(OFFICER, f"/issues/{issue.number}/note", body)
    assert answer.status_code == HTTPStatus.OK, answer.text
    [seen] = await shown(town, RESIDENT, issue.number)
    assert (seen["id"], seen["role"]) == (picture, "during")


async def test_a_picture_is_used_once(town: Town, database: Database) -> None:
    issue = await born_in(HANDLING, database)
    picture = await uploaded(town, OFFICER)
    body = {"text": "现场照片", "pictures": [picture]}
    await town.post(OFFICER, f"/issues/{issue.number}/note", body, "first")
    again = await town.post(OFFICER, f"/issues/{issue.number}/note", body, "first")
    assert again.status_code == HTTPStatus.OK
    other = await town.post(OFFICER, f"/issues/{issue.number}/resolve", done(picture))
    assert (other.status_code, fields_of(other)) == (422, {"evidence.0": "picture_used"})


@pytest.mark.parametrize("whose", ["nobody's", "another's"])
async def test_only_own_pictures_are_evidence(
    town: Town, database: Database, whose: str, temporal: FakeTemporal
) -> None:
    issue = await born_in(HANDLING, database)
    own = await uploaded(town, OFFICER)
    foreign = NONE if whose == "nobody's" else await uploaded(town, GRID_WORKER)
    answer = await town.post(OFFICER, f"/issues/{issue.number}/resolve", done(own, foreign))
    assert (answer.status_code, fields_of(answer)) == (422, {"evidence.1": "unknown_picture"})
    assert temporal.asked == []
    assert (await upload(town, OFFICER, a_jpeg())).status_code == HTTPStatus.CREATED
    again = await town.post(OFFICER, f"/issues/{issue.number}/resolve", done(own))
    assert again.status_code == HTTPStatus.OK, "what was refused as a whole holds nothing back"


@pytest.mark.parametrize(
    ("evidence", "rule"),
    [
        (["photo-0192"], ("evidence.0", "string_pattern_mismatch")),
        (["../../etc/passwd"], ("evidence.0", "string_pattern_mismatch")),
        ([NONE, NONE], ("evidence", "named_twice")),
        ([f"{each:032x}" for each in range(10)], ("evidence", "too_long")),
    ],
)
async def test_ids_are_ids_and_at_most_nine(
    town: Town, database: Database, evidence: list[str], rule: tuple[str, str]
) -> None:
    issue = await born_in(HANDLING, database)
    answer = await town.post(OFFICER, f"/issues/{issue.number}/resolve", done(*evidence))
    assert tuple(fields_of(answer).items()) == (rule,)
    whistle = await town.post(RESIDENT, "/issues", a_whistle(pictures=evidence))
    assert fields_of(whistle) == {rule[0].replace("evidence", "pictures"): rule[1]}


async def test_a_whistle_with_a_foreign_picture_is_not_raised(town: Town) -> None:
    foreign = await uploaded(town, GRID_WORKER)
    refused = await town.post(RESIDENT, "/issues", a_whistle(pictures=[foreign]), "k")
    assert fields_of(refused) == {"pictures.0": "unknown_picture"}
    assert (await town.get(RESIDENT, "/issues")).json()["items"] == []
    own = await uploaded(town, RESIDENT)
    assert (await town.post(RESIDENT, "/issues", a_whistle(pictures=[own]), "k")).is_success


async def test_a_whistle_repeated_is_one_with_its_pictures(town: Town) -> None:
    body = a_whistle(pictures=[await uploaded(town, RESIDENT)])
    answers = [await town.post(RESIDENT, "/issues", body, "k") for _ in "12"]
    assert [each.status_code for each in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert len(await shown(town, RESIDENT, answers[0].json()["number"])) == 1


async def test_a_refused_resolution_gives_its_pictures_back(
    town: Town, database: Database, temporal: FakeTemporal
) -> None:
    issue = await born_in(HANDLING, database)
    picture = await uploaded(town, OFFICER)
    temporal.failures.append(update_refused(RefusalCode.PARTS_OPEN, {"departments": "water"}))
    path = f"/issues/{issue.number}/resolve"
    refused = await town.post(OFFICER, path, done(picture))
    assert (refused.status_code, refused.json()["code"]) == (409, "parts_open")
    assert await shown(town, RESIDENT, issue.number) == []
    accepted = await town.post(OFFICER, path, done(picture))
    assert accepted.status_code == HTTPStatus.OK, accepted.text
    assert len(await shown(town, RESIDENT, issue.number)) == 1


async def test_a_lost_answer_loses_no_picture(
    town: Town, database: Database, temporal: FakeTemporal
) -> None:
    issue = await born_in(HANDLING, database)
    picture = await uploaded(town, OFFICER)

    def lose() -> None:
        temporal.after = lambda: None
        raise TimeoutError

    temporal.after = lose
    path = f"/issues/{issue.number}/resolve"
    lost = await town.post(OFFICER, path, done(picture), "k")
    assert (lost.status_code, lost.json()["code"]) == (503, "outcome_unknown")
    found = await town.post(OFFICER, path, done(picture), "k")
    assert found.status_code == HTTPStatus.OK
    assert len(await shown(town, RESIDENT, issue.number)) == 1


async def erased(town: Town, number: str) -> Any:  # noqa: ANN401 - JSON
    answer = await town.post(ADMINISTRATOR, f"/issues/{number}/erase-personal-data")
    assert answer.status_code == HTTPStatus.OK, answer.text
    return answer.json()["pictures"]


async def test_erasing_takes_the_pictures_out_of_the_store(
    town: Town, objects: FrailObjects
) -> None:
    number = await town.raised(RESIDENT, pictures=[await uploaded(town, RESIDENT) for _ in "12"])
    kept = await uploaded(town, RESIDENT)
    [seen, _] = await shown(town, RESIDENT, number)
    assert await erased(town, number) == 2
    assert {name.split("/")[2] for name in objects.names} == {kept}
    assert (await look(town, seen["links"]["full"])).status_code == HTTPStatus.NOT_FOUND
    after = await shown(town, RESIDENT, number)
    assert [(each["links"], each["erased_at"] is None) for each in after] == [(None, False)] * 2
    assert await erased(town, number) == 0


async def test_a_store_that_is_away_is_emptied_later(
    town: Town, database: Database, objects: FrailObjects
) -> None:
    number = await town.raised(RESIDENT, pictures=[await uploaded(town, RESIDENT)])
    [seen] = await shown(town, RESIDENT, number)
    objects.is_away = True
    assert await erased(town, number) == 1
    objects.is_away = False
    assert (await look(town, seen["links"]["full"])).status_code == HTTPStatus.NOT_FOUND
    assert objects.names
    async with database.read() as session:
        assert len(await Pictures(session).doomed(10)) == 1
    assert await erased(town, number) == 0
    assert not objects.names
