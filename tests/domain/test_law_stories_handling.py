"""Stories of the work itself: report in, contact, parts, evidence, notes, urging."""

import pytest

from domain import commands as c
from domain.actor import Actor
from domain.ids import EvidenceId
from domain.refusals import RefusalCode as No
from domain.vocabulary import DeadlineKind as K
from domain.vocabulary import IssueState as S
from tests.domain.cast import (
    A_POST,
    CO_STAFF,
    COLLEAGUE,
    DISPATCHER,
    GRID_WORKER,
    HOUR,
    LIFT,
    MODEST,
    OFFICER,
    OUTSIDER,
    POLICE,
    PROPERTY,
    RESIDENT,
    SUPERVISOR,
    born_under,
    the_policy,
)
from tests.domain.life import a_life

PHOTO = (EvidenceId("photo-1"),)


def test_each_called_department_reports_in_once() -> None:
    life = a_life(S.DISPATCHED)
    for actor in (A_POST, CO_STAFF):
        life.give(actor, c.ReportIn)
        refusal = life.refused(actor, c.ReportIn)
        assert refusal.code is No.ALREADY_REPORTED_IN
        assert refusal.params == {"at": life.now.isoformat()}
    assert life.why_not(OUTSIDER, c.ReportIn) is No.NOT_ALLOWED


def test_report_in_meets_only_its_own_clock() -> None:
    life = a_life(S.HANDLING)
    life.give(CO_STAFF, c.ReportIn)
    assert life.latest(K.REPORT_IN, PROPERTY).met_at == life.now
    assert life.latest(K.REPORT_IN, LIFT).is_open


def test_late_report_in_keeps_its_breach() -> None:
    life = a_life(S.HANDLING)
    life.wait(4 * HOUR)
    life.give(CO_STAFF, c.ReportIn)
    deadline = life.latest(K.REPORT_IN, PROPERTY)
    assert deadline.breached_at == deadline.due_by
    assert deadline.met_at == life.now


def test_lead_contacts_the_reporter_once() -> None:
    life = a_life(S.DISPATCHED)
    life.give(A_POST, c.ContactReporter)
    assert life.latest(K.CONTACT).met_at == life.now
    assert life.why_not(COLLEAGUE, c.ContactReporter) is No.ALREADY_CONTACTED
    assert life.why_not(CO_STAFF, c.ContactReporter) is No.NOT_ALLOWED


def test_lead_waits_for_open_parts() -> None:
    life = a_life(S.HANDLING)
    refusal = life.refused(A_POST, c.ResolveIssue)
    assert refusal.code is No.PARTS_OPEN
    assert refusal.params == {"departments": "property"}
    life.give(CO_STAFF, c.CompletePart)
    assert life.give(A_POST, c.ResolveIssue).state is S.RESOLVED


def test_finished_part_owes_nothing_more() -> None:
    life = a_life(S.HANDLING)
    life.give(CO_STAFF, c.CompletePart)
    assert life.why_not(CO_STAFF, c.CompletePart) is No.PART_DONE
    assert life.latest(K.ANSWER, PROPERTY).met_at == life.now
    assert life.latest(K.REPORT_IN, PROPERTY).ended_at == life.now


@pytest.mark.parametrize("actor", [A_POST, DISPATCHER])
def test_waived_part_no_longer_holds_up(actor: Actor) -> None:
    life = a_life(S.HANDLING)
    life.give(actor, c.WaivePart, department=PROPERTY)
    assert life.why_not(A_POST, c.WaivePart, department=PROPERTY) is No.PART_DONE
    assert life.latest(K.ANSWER, PROPERTY).ended_at == life.now
    life.give(A_POST, c.ResolveIssue)


@pytest.mark.parametrize("department", [LIFT, POLICE])
def test_only_a_co_part_can_be_waived(department: str) -> None:
    life = a_life(S.HANDLING)
    assert life.why_not(A_POST, c.WaivePart, department=department) is No.NOT_A_PART


def test_evidence_is_shown_where_asked_for() -> None:
    policy = the_policy()
    life = a_life(S.HANDLING, born_under(policy, needs_evidence=True, co=()), policy=policy)
    assert life.why_not(A_POST, c.ResolveIssue) is No.EVIDENCE_MISSING
    life.give(A_POST, c.ResolveIssue, evidence=PHOTO)


def test_resolution_meets_own_and_overall_clock() -> None:
    life = a_life(S.HANDLING, born_under(the_policy(), co=()))
    life.give(A_POST, c.ResolveIssue, solved=False)
    assert life.latest(K.RESOLVE).met_at == life.latest(K.OVERALL).met_at == life.now
    assert [each.kind for each in life.issue.open_deadlines] == [K.EVALUATE]
    assert not life.issue.claimed_solved
    assert [each.completed_at for each in life.issue.active] == [life.now]


def test_resolution_too_late_keeps_both_breaches() -> None:
    life = a_life(S.HANDLING, born_under(the_policy(), co=()))
    life.wait(80 * HOUR)
    life.give(A_POST, c.ResolveIssue)
    for kind in (K.RESOLVE, K.OVERALL):
        deadline = life.latest(kind)
        assert deadline.breached_at == deadline.due_by
        assert deadline.met_at == life.now


def test_parties_write_notes_up_to_a_bound() -> None:
    life = a_life(S.HANDLING, terms=MODEST)
    for actor in (OFFICER, CO_STAFF, GRID_WORKER):
        life.give(actor, c.AddNote)
    assert life.why_not(A_POST, c.AddNote) is No.LIMIT_REACHED
    assert life.why_not(OUTSIDER, c.AddNote) is No.NOT_ALLOWED


def test_note_changes_nothing_but_its_count() -> None:
    life = a_life(S.HANDLING)
    before = life.issue
    after = life.give(RESIDENT, c.AddNote)
    assert (after.notes, after.version) == (1, before.version + 1)
    assert (after.deadlines, after.assignments) == (before.deadlines, before.assignments)


def test_raiser_urges_up_to_a_bound() -> None:
    life = a_life(S.DISPATCHED, terms=MODEST)
    life.give(OFFICER, c.UrgeIssue)
    life.give(RESIDENT, c.UrgeIssue)
    assert life.refused(RESIDENT, c.UrgeIssue).params == {"limit": "2"}
    assert life.issue.urges == 2


def test_supervisor_watches_from_now_on() -> None:
    issue = a_life(S.HANDLING).give(SUPERVISOR, c.SuperviseIssue)
    assert issue.supervised_by == SUPERVISOR.subject
