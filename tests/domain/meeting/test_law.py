"""Every (state, command) pair of a meeting, and every kind of actor, against a table by hand."""

import pytest

from domain.actor import Actor
from domain.command import Command
from domain.meeting import commands as m
from domain.meeting.authority import may_see
from domain.meeting.law import MEETING_LAW
from domain.meeting.words import MeetingEvent, MeetingState
from domain.refusals import RefusalCode
from tests.domain.meeting.life import EVERYBODY, PARTIES, MeetingLife, a_meeting
from tests.domain.meeting.table import (
    FIELDS,
    LATECOMER,
    PAIRS,
    TABLE,
    WHO,
    allowed,
    scene,
    targets,
)

S = MeetingState
LAWFUL = [(kind, state) for kind, state in PAIRS if state in allowed(kind)]
UNLAWFUL = [(kind, state) for kind, state in PAIRS if state not in allowed(kind)]
ROWS = pytest.mark.parametrize("kind", TABLE)
ONLY_THE_LATECOMER = (m.AcknowledgeInvitation, m.ReportInToMeeting)


def capable(kind: type[Command], life: MeetingLife) -> set[Actor]:
    """Who may give the command; tasks make some of them only once there are tasks."""
    found: set[Actor] = set()
    for who in MEETING_LAW[kind].who:
        found |= WHO[who] if life.meeting.tasks or who not in ("tasked", "reviewer") else set()
    return found


def test_table_has_a_row_for_every_command() -> None:
    known = {each for each in vars(m).values() if isinstance(each, type)}
    commands = {each for each in known if issubclass(each, Command)} - {Command}
    assert set(MEETING_LAW) == set(TABLE) == commands


@ROWS
def test_row_is_as_written_by_hand(kind: type[Command]) -> None:
    assert MEETING_LAW[kind].when == allowed(kind)
    assert (MEETING_LAW[kind].then or {S.PROPOSED}) == targets(kind, S.PROPOSED)


def test_every_event_tells_of_one_command() -> None:
    events = [rule.event for rule in MEETING_LAW.values()]
    assert sorted(events) == sorted(MeetingEvent)


def test_names_are_the_commands_of_people() -> None:
    of_people = {kind for kind, rule in MEETING_LAW.items() if set(rule.who) - {"engine"}}
    assert of_people == set(m.MEETING_NAMES.values())
    assert len(m.MEETING_NAMES) == len(of_people)


@pytest.mark.parametrize(("kind", "state"), LAWFUL)
def test_lawful_pair_leads_where_it_should(kind: type[Command], state: MeetingState) -> None:
    actors = capable(kind, scene(kind, state).life)
    for actor in {PARTIES[LATECOMER]} if kind in ONLY_THE_LATECOMER else actors:
        here = scene(kind, state)
        before = here.life.meeting
        after = here.life.give(actor, kind, **here.fields)
        assert after.state in targets(kind, state)
        assert after.version == before.version + 1
        assert after.origin == before.origin


@pytest.mark.parametrize(("kind", "state"), UNLAWFUL)
def test_unlawful_pair_is_refused_to_everybody(kind: type[Command], state: MeetingState) -> None:
    here = scene(kind, state)
    for actor in EVERYBODY:
        refusal = here.life.refused(actor, kind, **(FIELDS.get(kind, {}) | here.fields))
        known = actor in capable(kind, here.life) or may_see(actor, here.life.meeting)
        assert refusal.code is (RefusalCode.WRONG_STATE if known else RefusalCode.NOT_ALLOWED)


@pytest.mark.parametrize(("kind", "state"), LAWFUL)
def test_lawful_pair_is_refused_to_others(kind: type[Command], state: MeetingState) -> None:
    here = scene(kind, state)
    for actor in set(EVERYBODY) - capable(kind, here.life):
        refusal = here.life.refused(actor, kind, **here.fields)
        assert refusal.code is RefusalCode.NOT_ALLOWED


def test_wrong_state_names_the_right_ones() -> None:
    refusal = a_meeting(S.CLOSED).refused(PARTIES[LATECOMER], m.ReportInToMeeting)
    assert refusal.params == {"state": "closed", "allowed": "discussing,proposed"}
