"""Departments of meetings are shown by the names that reference data give them."""

import pytest

from domain.ids import DepartmentCode, Subject
from domain.meeting.words import MeetingState
from domain.reference import Department, ReferenceKind
from storage.reference import ReferenceRepository
from storage.session import Database
from tests.api.test_meetings import PATH
from tests.api.town import Town
from tests.builders import COUNTY, NOON
from tests.domain.cast import LIFT
from tests.domain.meeting.life import CONVENOR, FIVE, OFFICE
from tests.storage.sittings import met

NAMES = {OFFICE: ("街道办", "Street office"), FIVE[0]: ("职能部门", "Bureaus")}


async def describe(database: Database, *codes: DepartmentCode, retired: bool = False) -> None:
    async with database.begin() as session:
        for code in codes:
            zh, en = NAMES[code]
            _ = await ReferenceRepository(session).write(
                ReferenceKind.DEPARTMENT,
                code,
                Department(code=code, name=zh, name_en=en, grid=COUNTY),
                expected_version=1 if retired else None,
                actor=Subject("test"),
                at=NOON,
                retired=retired,
            )


@pytest.mark.parametrize(
    ("language", "at"), [("zh", 0), ("en", 1), ("", 0)], ids=["zh", "en", "not said"]
)
async def test_departments_of_a_meeting_are_named(
    town: Town, database: Database, language: str, at: int
) -> None:
    await met(database, MeetingState.DECIDED)
    await describe(database, *NAMES)
    town.headers = {"Accept-Language": language}
    shown = (await town.get(CONVENOR, PATH)).json()
    known = {code: names[at] for code, names in NAMES.items()}
    assert shown["names"] == known | {"police": "police"}
    by_code = {each["code"]: each["name"] for each in shown["parties"]}
    assert (by_code[FIVE[0]], by_code[LIFT]) == (known[FIVE[0]], None)
    assert shown["labels"]["convenor"] == known[OFFICE]
    assert (await town.get(CONVENOR, f"{PATH}/agenda")).json()["names"] == shown["names"]


async def test_lists_and_timelines_name_who_leads_and_who_acted(
    town: Town, database: Database
) -> None:
    await met(database, MeetingState.DECIDED)
    (line,) = (await town.get(CONVENOR, "/meetings")).json()["items"]
    assert "convenor" not in line["labels"]
    await describe(database, *NAMES)
    (line,) = (await town.get(CONVENOR, "/meetings")).json()["items"]
    assert (line["convenor"], line["labels"]["convenor"]) == (OFFICE, "街道办")
    first, *_, last = (await town.get(CONVENOR, f"{PATH}/timeline")).json()["items"]
    assert (first["department"], first["department_name"]) == (None, None)
    assert (last["department"], last["department_name"]) == (OFFICE, "街道办")


async def test_a_department_that_is_retired_keeps_its_name(town: Town, database: Database) -> None:
    await met(database)
    await describe(database, OFFICE)
    await describe(database, OFFICE, retired=True)
    assert (await town.get(CONVENOR, PATH)).json()["names"] == {OFFICE: "街道办"}
