"""What the words of a sitting need: a reason for a no, and reviewers who are known."""

from dataclasses import replace

import pytest

from domain.ids import PartyCode
from domain.meeting import commands as m
from domain.meeting.parts import Party
from domain.meeting.planning import plan
from domain.meeting.words import MeetingState
from storage.meetings.repository import RecordedMeetingStep
from storage.session import Database
from tests.api.temporal import FakeTemporal
from tests.api.test_meeting_commands import DECISION, PATH
from tests.api.town import Json, Town, fields_of
from tests.domain.cast import DAY, always
from tests.domain.meeting.life import CONVENOR, ISSUE, PARTIES, uninvited
from tests.storage.sittings import met, record
from tests.storage.stories import born


@pytest.mark.parametrize(("reviewer", "status"), [("p.1", 200), ("nobody", 422)])
async def test_a_person_who_reviews_is_known(
    town: Town, database: Database, reviewer: str, status: int
) -> None:
    await met(database, MeetingState.DISCUSSING)
    task = DECISION["tasks"][0] | {"reviewer": reviewer, "reviewer_is_person": True}
    answer = await town.post(CONVENOR, f"{PATH}/decide", DECISION | {"tasks": [task]})
    assert answer.status_code == status, answer.text
    if status == 422:
        assert fields_of(answer) == {"tasks.0.reviewer": "unknown_code"}


async def test_a_party_in_person_may_review(town: Town, database: Database) -> None:
    await born(database)
    life = uninvited()
    inhabitant = Party(code=PartyCode("r.7"), standing=True, is_person=True)
    meeting = replace(life.meeting, parties=(*life.meeting.parties, inhabitant))
    life.meeting = meeting
    life.carry_out(m.InviteParties.by_engine("invite"), life.now)
    life.report_in(*PARTIES)
    life.wait(2 * DAY)
    life.give(CONVENOR, m.OpenSitting)
    for command, at in life.steps:
        meeting = plan(meeting.handle(command, at), always())
        await record(database, RecordedMeetingStep(command=command, at=at, after=meeting))
    task = DECISION["tasks"][0] | {"reviewer": "r.7", "reviewer_is_person": True}
    answer = await town.post(CONVENOR, f"{PATH}/decide", DECISION | {"tasks": [task]})
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    ("path", "body"),
    [
        *(
            ("decide", {"issue": ISSUE, "outcome": outcome})
            for outcome in ("not_ours", "passed_up", "settled")
        ),
        ("review-task", {"task": "T1", "accepted": False}),
    ],
)
async def test_a_no_is_told_why(
    town: Town, database: Database, temporal: FakeTemporal, path: str, body: Json
) -> None:
    await met(database, MeetingState.DISCUSSING)
    answer = await town.post(CONVENOR, f"{PATH}/{path}", body)
    assert (answer.status_code, fields_of(answer)) == (422, {"text": "missing"})
    assert temporal.asked == []
    again = await town.post(CONVENOR, f"{PATH}/{path}", body | {"text": "理由"})
    assert again.status_code != 422, again.text
