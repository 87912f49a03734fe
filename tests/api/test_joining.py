"""An issue joins a meeting that is there, still open to it, and about the same."""

import pytest

from domain.ids import CategoryCode, GridCode
from domain.meeting.words import MeetingState
from domain.vocabulary import IssueState, Role
from storage.session import Database
from tests.api.temporal import FakeTemporal
from tests.api.town import Town, fields_of
from tests.builders import COUNTY, an_actor
from tests.storage.sittings import NUMBER, met
from tests.storage.stories import born_in

SUPERVISOR = an_actor(Role.SUPERVISOR, subject="s.1", grids=(COUNTY,))
HANDLING = IssueState.HANDLING


async def test_an_issue_joins_a_meeting_that_is_undecided(town: Town, database: Database) -> None:
    await met(database)
    number = (await born_in(HANDLING, database)).number
    body = {"joins": NUMBER, "text": "同一门口"}
    answer = await town.post(SUPERVISOR, f"/issues/{number}/convene", body)
    assert (answer.status_code, answer.json().get("event")) == (200, "meeting_convened")


@pytest.mark.parametrize(
    ("joins", "state", "rule"),
    [
        ("QJ-2026-9999999-M1", MeetingState.PROPOSED, "unknown_meeting"),
        (NUMBER, MeetingState.DECIDED, "meeting_decided"),
        (NUMBER, MeetingState.CLOSED, "meeting_decided"),
    ],
)
async def test_no_issue_joins_a_meeting_that_is_over_or_never_was(
    town: Town, database: Database, joins: str, state: MeetingState, rule: str
) -> None:
    await met(database, state)
    number = (await born_in(HANDLING, database)).number
    body = {"joins": joins, "text": "同一门口"}
    before = (await town.get(SUPERVISOR, f"/issues/{number}")).json()
    answer = await town.post(SUPERVISOR, f"/issues/{number}/convene", body)
    assert (answer.status_code, fields_of(answer)) == (422, {"joins": rule})
    after = (await town.get(SUPERVISOR, f"/issues/{number}")).json()
    assert (after["state"], after["version"]) == (before["state"], before["version"])


async def test_no_issue_joins_a_meeting_about_something_else(
    town: Town, database: Database, temporal: FakeTemporal
) -> None:
    everywhere = an_actor(Role.SUPERVISOR, subject="s.2", grids=(COUNTY, GridCode("yj")))
    await met(database)
    far = await born_in(
        HANDLING, database, grid=GridCode("yj"), category=CategoryCode("standing_water")
    )
    body = {"joins": NUMBER, "text": "同一门口"}
    answer = await town.post(everywhere, f"/issues/{far.number}/convene", body)
    assert (answer.status_code, fields_of(answer)) == (422, {"joins": "other_matter"})
    assert temporal.asked == []
