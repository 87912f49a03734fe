"""Every (state, command) pair, and every kind of actor, against the table written by hand."""

import pytest

from domain import commands as c
from domain.actor import ENGINE
from domain.events import EventName
from domain.issue import LAW
from domain.refusals import Refusal, RefusalCode
from domain.vocabulary import IssueState
from tests.domain import cast
from tests.domain.life import a_life
from tests.domain.table import PAIRS, TABLE, allowed, capable, scene, seeing, targets

S = IssueState
NOTHING_TO_BREACH = (c.BreachDeadline, S.RESOLVED)
"""Only the resident's window is open, and a window lapses."""
LAWFUL = [(kind, state) for kind, state in PAIRS if state in allowed(kind)]
UNLAWFUL = [(kind, state) for kind, state in PAIRS if state not in allowed(kind)]
ROWS = pytest.mark.parametrize("kind", TABLE)
MORE_EXACT = {
    (c.ClaimIssue, S.HANDLING): RefusalCode.ALREADY_CLAIMED,
    (c.EvaluateIssue, S.CLOSED): RefusalCode.ALREADY_EVALUATED,
}


def test_table_has_a_row_for_every_command() -> None:
    known = {each for each in vars(c).values() if isinstance(each, type)}
    commands = {each for each in known if issubclass(each, c.Command)} - {c.Command}
    assert set(LAW) == set(TABLE) == commands


@ROWS
def test_row_is_as_written_by_hand(kind: type[c.Command]) -> None:
    assert LAW[kind].when == allowed(kind)
    assert (LAW[kind].then or {S.REPORTED}) == targets(kind, S.REPORTED)


def test_every_event_tells_of_one_command() -> None:
    events = [rule.event for rule in LAW.values()]
    assert sorted(events) == sorted(set(EventName) - {EventName.REPORTED})


def test_names_are_the_commands_of_people() -> None:
    of_people = {kind for kind in LAW if capable(kind, S.HANDLING) - {ENGINE}}
    assert of_people == set(c.NAMES.values())
    assert len(c.NAMES) == len(of_people)


@pytest.mark.parametrize(("kind", "state"), [p for p in LAWFUL if p != NOTHING_TO_BREACH])
def test_lawful_pair_leads_where_it_should(kind: type[c.Command], state: IssueState) -> None:
    for actor in capable(kind, state) - ({cast.B_POST} if kind is c.ClaimIssue else set()):
        here = scene(kind, state)
        before = here.life.issue
        after = here.life.give(actor, kind, **here.fields)
        assert after.state in targets(kind, state)
        assert after.version == before.version + 1
        assert after.origin == before.origin
        assert after.pinned == before.pinned


@pytest.mark.parametrize(("kind", "state"), UNLAWFUL)
def test_unlawful_pair_is_refused_to_everybody(kind: type[c.Command], state: IssueState) -> None:
    here = scene(kind, state)
    for actor in cast.CAST:
        refusal = here.life.refused(actor, kind, **here.fields)
        if actor in capable(kind, state) | seeing(state):
            assert refusal.code is MORE_EXACT.get((kind, state), RefusalCode.WRONG_STATE)
        else:
            assert refusal.code is RefusalCode.NOT_ALLOWED


@pytest.mark.parametrize(("kind", "state"), LAWFUL)
def test_lawful_pair_is_refused_to_others(kind: type[c.Command], state: IssueState) -> None:
    here = scene(kind, state)
    for actor in set(cast.CAST) - capable(kind, state):
        refusal = here.life.refused(actor, kind, **here.fields)
        assert refusal.code is RefusalCode.NOT_ALLOWED
        assert refusal.params["allowed"] == ",".join(LAW[kind].who)


def test_wrong_state_names_the_right_ones() -> None:
    refusal = a_life(S.RESOLVED).refused(cast.A_POST, c.ResolveIssue)
    assert refusal.params == {"state": "resolved", "allowed": "handling"}
    assert str(refusal) == "wrong_state: state=resolved, allowed=handling"


def test_resolved_issue_owes_nothing_to_breach() -> None:
    here = scene(*NOTHING_TO_BREACH)
    assert here.life.why_not(ENGINE, c.BreachDeadline, **here.fields) is RefusalCode.FACT_GONE


def test_unknown_command_gets_a_typed_refusal() -> None:
    life = a_life()
    unknown = c.Command(actor=cast.DISPATCHER, id=life.command(ENGINE, c.ReckonAgain).id)
    with pytest.raises(Refusal) as caught:
        life.issue.handle(unknown, life.now)
    assert caught.value.code is RefusalCode.WRONG_STATE


def test_check_alone_changes_nothing() -> None:
    life = a_life()
    before = life.issue
    life.issue.check(life.command(cast.A_POST, c.ClaimIssue), life.now)
    assert life.issue is before
    assert life.issue.version == 1
