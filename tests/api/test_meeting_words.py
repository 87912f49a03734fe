"""Words of commands that older ones did without: only the API says them, so it has to."""

import pytest

from api.schemas.meeting_commands import MEETING_BODIES
from domain.command import Command
from domain.ids import CommandId, TextId
from domain.meeting import commands as m
from tests.api.town import Json
from tests.domain.meeting.life import CONVENOR

LATER = "2026-12-01T09:00:00+08:00"


@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        (m.PostponeMeeting, {"to": LATER, "text": "两方不能到会"}, {"anew": True}),
        (m.ReportInToMeeting, {"proposes": LATER}, {"comes": False, "instead": True}),
        (m.ReportInToMeeting, {}, {"comes": True, "instead": False}),
        (m.ReviewTask, {"task": "T1", "accepted": True}, {"gives_back": True}),
    ],
)
def test_commands_say_what_older_ones_could_not(
    kind: type[Command], body: Json, words: dict[str, bool]
) -> None:
    read = MEETING_BODIES[kind].model_validate(body)
    command = read.to_command(kind, CONVENOR, CommandId("c"), TextId("t"))
    assert {each: getattr(command, each) for each in words} == words
