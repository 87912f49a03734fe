"""Who is told what, once, and never what no longer matters."""

from dataclasses import replace
from datetime import datetime

import pytest

from domain import commands as c
from domain.notices import Notice, notices_for
from domain.sla import Promise, Rung, RungAct
from domain.vocabulary import DeadlineKind as K
from domain.vocabulary import IssueState as S
from domain.vocabulary import Level, Satisfaction
from tests.domain.cast import (
    A_POST,
    CO_STAFF,
    DAY,
    DISPATCHER,
    EMERGENCY,
    HOUR,
    MINUTE,
    ORIGIN,
    POLICE,
    RESIDENT,
    SUPERVISOR,
    TO_COUNTY,
    TO_STREET,
    born_under,
    the_policy,
    urgent,
)
from tests.domain.life import Life, a_life, breached_and_closed, disappoint, evaluate, resolve

GRID = "qj.bh.hp.fc.b3"
TO_LEAD, TO_CO = "department:lift", "department:property"
TO_DISPATCHER, TO_RAISER = f"dispatcher:{GRID}", "subject:resident"


def by_clock(life: Life, *, written_at: datetime | None = None) -> list[Notice]:
    """All that the engine's own steps made known, written when they happened or at one instant."""
    return [
        notice
        for step in life.steps
        if isinstance(step.command, c.ClimbRung | c.BreachDeadline)
        for notice in notices_for(step.before, step.after, step.command, written_at or step.at)
    ]


def templates(notices: list[Notice], deadline: K) -> list[str]:
    return [each.template for each in notices if f":{deadline}:" in each.stage]


# --- who is told ---------------------------------------------------------------------------------


def test_called_departments_are_told_at_once() -> None:
    assert a_life(S.DISPATCHED).told() == {
        (TO_LEAD, "assignment_lead"),
        (TO_CO, "assignment_co"),
    }


def test_waiting_issue_is_told_to_who_decides() -> None:
    assert a_life(S.VERIFYING).told() == {(f"grid_worker:{GRID}", "verify_needed")}
    assert a_life(S.DISPATCHING).told() == {(TO_DISPATCHER, "dispatch_needed")}


def test_raiser_hears_of_claim_resolution_and_end() -> None:
    life = a_life(S.DISPATCHED)
    life.give(A_POST, c.ClaimIssue)
    assert life.told() == {(TO_RAISER, "claimed")}
    resolve(life)
    assert life.told() == {(TO_RAISER, "evaluate_please")}
    evaluate(life)
    assert life.told() == {(TO_RAISER, "issue_closed")}


@pytest.mark.parametrize(
    ("kind", "fields", "template"),
    [
        (c.ReturnIssue, {}, "return_asked"),
        (c.RequestExtension, {"by": urgent(4)}, "extension_asked"),
    ],
)
def test_dispatcher_is_told_what_to_decide(
    kind: type[c.Command], fields: dict[str, object], template: str
) -> None:
    life = a_life(S.HANDLING)
    life.give(A_POST, kind, **fields)
    assert life.told() == {(TO_DISPATCHER, template)}
    assert life.notices()[0].about == life.latest(K.DECIDE).id


@pytest.mark.parametrize("accepted", [True, False])
def test_who_asked_hears_the_decision(accepted: bool) -> None:
    life = a_life(S.HANDLING)
    life.give(A_POST, c.ReturnIssue)
    life.give(DISPATCHER, c.DecideReturn, approved=accepted)
    assert (TO_LEAD, "return_decided") in life.told()


def test_departments_hear_that_they_need_not_go_on() -> None:
    life = a_life(S.HANDLING)
    life.give(RESIDENT, c.WithdrawIssue)
    assert {(TO_LEAD, "assignment_ended"), (TO_CO, "assignment_ended")} <= life.told()


def test_lead_that_transfers_is_not_told_of_it() -> None:
    life = a_life(S.HANDLING)
    life.give(A_POST, c.TransferIssue, to=POLICE)
    assert (TO_LEAD, "assignment_ended") not in life.told()


def test_reopened_work_is_called_for_again() -> None:
    life = a_life(S.DISPATCHED)
    disappoint(life)
    assert (TO_LEAD, "assignment_again") in life.told()


def test_department_hears_what_became_of_its_appeal() -> None:
    life = breached_and_closed()
    life.give(A_POST, c.AppealBreach)
    life.give(SUPERVISOR, c.DecideAppeal, approved=False)
    assert (TO_LEAD, "appeal_decided") in life.told()


def test_urging_reaches_whoever_has_the_issue() -> None:
    life = a_life(S.DISPATCHING)
    life.give(RESIDENT, c.UrgeIssue)
    assert life.told() == {(TO_DISPATCHER, "urged")}
    life.give(DISPATCHER, c.DispatchIssue, lead=POLICE)
    life.give(RESIDENT, c.UrgeIssue)
    assert life.told() == {("department:police", "urged")}


def test_lead_is_told_when_supervised_or_helped() -> None:
    life = a_life(S.HANDLING)
    life.give(SUPERVISOR, c.SuperviseIssue)
    assert life.told() == {(TO_LEAD, "supervised")}
    life.give(CO_STAFF, c.CompletePart)
    assert life.told() == {(TO_LEAD, "part_completed")}


def test_b_post_is_told_it_may_claim() -> None:
    life = a_life(S.DISPATCHED)
    life.wait(54 * MINUTE)
    assert life.told() == {("b_post:lift", "handed_to_b")}


def test_supervisor_is_told_of_an_appeal() -> None:
    life = breached_and_closed()
    life.give(A_POST, c.AppealBreach)
    assert life.told() == {(f"supervisor:{GRID}", "appeal_asked")}
    life.wait(9 * HOUR)
    assert (f"supervisor:{GRID}", "breached") in life.told()


def test_warning_goes_to_who_owes() -> None:
    owners = {
        K.VERIFY: (a_life(S.VERIFYING), f"grid_worker:{GRID}"),
        K.DISPATCH: (a_life(S.DISPATCHING), TO_DISPATCHER),
        K.REPORT_IN: (a_life(S.DISPATCHED), TO_CO),
        K.OVERALL: (a_life(S.HANDLING), TO_LEAD),
        K.EVALUATE: (a_life(S.RESOLVED), TO_RAISER),
        K.APPEAL: (breached_and_closed(), TO_LEAD),
    }
    for kind, (life, owner) in owners.items():
        life.wait(life.left(kind))
        warned = [each for each in by_clock(life) if each.template == "warned"]
        assert owner in {each.recipient for each in warned if f":{kind}:" in each.stage}


def test_notes_disturb_nobody() -> None:
    life = a_life(S.HANDLING)
    life.give(RESIDENT, c.AddNote)
    assert life.notices() == ()


# --- the ladder ----------------------------------------------------------------------------------


def test_each_level_is_told_as_it_is_reached() -> None:
    life = a_life(S.DISPATCHED)
    life.wait(4 * HOUR)
    claim = [each for each in by_clock(life) if f":{K.CLAIM}:" in each.stage]
    assert [(each.recipient, each.template) for each in claim] == [
        (TO_LEAD, "warned"),
        (TO_LEAD, "breached"),
        ("level:qj.bh.hp", "breach_seen"),
        ("level:qj.bh", "escalated"),
        ("level:qj", "escalated"),
    ]


def test_after_an_outage_only_the_highest_is_told() -> None:
    life = a_life(S.DISPATCHED)
    life.wait(DAY)
    late = by_clock(life, written_at=life.now)
    assert templates(late, K.CLAIM) == ["breached", "breach_seen", "escalated"]
    assert [each.recipient for each in late if each.template == "escalated"] == ["level:qj"]


def test_level_raised_twice_over_is_told_once() -> None:
    life = a_life(S.HANDLING)
    disappoint(life)
    disappoint(life)
    assert life.told() == {(TO_DISPATCHER, "dispatch_needed"), ("level:qj.bh", "escalated")}


def test_emergency_is_urgent_by_day_and_night() -> None:
    life = a_life(S.DISPATCHED, born_under(the_policy(), origin=EMERGENCY))
    assert all(each.urgent for each in life.notices())
    life.give(A_POST, c.ReturnIssue)
    assert all(each.urgent for each in life.notices())
    life.give(A_POST, c.ClaimIssue)
    assert not any(each.urgent for each in life.notices()), "a resident sleeps"
    assert not any(each.urgent for each in a_life(S.DISPATCHED).notices())


def test_rise_is_told_though_a_lower_rung_follows() -> None:
    down = (replace(TO_COUNTY, after=urgent(1)), replace(TO_STREET, after=urgent(2)))
    promise = Promise(kind=K.CLAIM, limit=urgent(1), ladder=down)
    life = a_life(S.DISPATCHED, policy=replace(the_policy(), promises=(promise,)))
    assert life.wait(DAY).level is Level.COUNTY
    late = by_clock(life, written_at=life.now)
    assert [each.recipient for each in late if each.template == "escalated"] == ["level:qj"]


def test_reminder_after_the_deadline_is_still_sent() -> None:
    reminders = tuple(Rung(after=urgent(hours), acts=(RungAct.WARN,)) for hours in (1, 2, 3))
    promise = Promise(kind=K.CLAIM, limit=urgent(1), ladder=reminders)
    life = a_life(S.DISPATCHED, policy=replace(the_policy(), promises=(promise,)))
    life.wait(DAY)
    assert templates(by_clock(life), K.CLAIM).count("warned") == 3
    assert templates(by_clock(life, written_at=life.now), K.CLAIM).count("warned") == 1


def test_raiser_without_resident_is_told() -> None:
    alone = born_under(the_policy(), origin=replace(ORIGIN, resident=None))
    life = a_life(S.DISPATCHED, alone)
    life.give(A_POST, c.ClaimIssue)
    assert life.told() == {("subject:officer", "claimed")}


def test_late_decision_is_told_to_the_dispatcher() -> None:
    life = a_life(S.HANDLING, policy=the_policy(K.REPORT_IN, K.CONTACT, K.RETURN))
    life.give(A_POST, c.ReturnIssue)
    life.wait(8 * HOUR + MINUTE)
    assert (TO_DISPATCHER, "breached") in life.told()


# --- once, and never too late --------------------------------------------------------------------


def test_every_stage_is_told_once() -> None:
    life = a_life(S.DISPATCHED)
    life.wait(2 * HOUR)
    resolve(life)
    evaluate(life, Satisfaction.UNSATISFIED, solved=False)
    life.wait(10 * DAY)
    told = [
        (each.stage, each.recipient)
        for step in life.steps
        for each in notices_for(step.before, step.after, step.command, step.at)
    ]
    assert len(told) == len(set(told)) > 20


def test_late_warnings_of_one_clock_become_one() -> None:
    ladder = tuple(Rung(percent=percent, acts=(RungAct.WARN,)) for percent in (50, 75, 90))
    promise = Promise(kind=K.CLAIM, limit=urgent(10), ladder=ladder)
    life = a_life(S.DISPATCHED, policy=replace(the_policy(), promises=(promise,)))
    life.wait(8 * HOUR)
    assert templates(by_clock(life), K.CLAIM) == ["warned", "warned"]
    life.wait(HOUR + 30 * MINUTE)
    assert templates(by_clock(life, written_at=life.now), K.CLAIM) == ["warned"]
    life.wait(DAY)
    assert templates(by_clock(life, written_at=life.now), K.CLAIM) == ["breached", "breach_seen"]
