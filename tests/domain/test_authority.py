"""Who acts in which capacity."""

from dataclasses import replace

import pytest

from domain import commands as c
from domain.actor import ENGINE, Actor, lies_in
from domain.authority import may_act, may_see
from domain.ids import GridCode, Subject
from domain.refusals import RefusalCode as No
from domain.rights import Who
from domain.vocabulary import IssueState as S
from domain.vocabulary import Role
from tests.domain.cast import (
    A_POST,
    ADMINISTRATOR,
    CAST,
    CO_STAFF,
    DISPATCHER,
    HERE,
    LIFT,
    OFFICER,
    OUTSIDER,
    POLICE,
    RESIDENT,
    STRANGER,
    official,
)
from tests.domain.life import a_life, breached_and_closed
from tests.domain.table import WHO


@pytest.mark.parametrize("who", Who)
def test_capacity_is_held_by_these_alone(who: Who) -> None:
    issue = (breached_and_closed() if who is Who.LATE else a_life(S.HANDLING)).issue
    assert {actor for actor in CAST if may_act(actor, issue, (who,))} == WHO[who]


@pytest.mark.parametrize(
    ("grid", "scope", "lies"),
    [
        ("qj.bh", "qj.bh", True),
        ("qj.bh.hp", "qj.bh", True),
        ("qj.bhx", "qj.bh", False),
        ("qj", "qj.bh", False),
        ("qj.bh", "", False),
    ],
)
def test_scope_covers_itself_and_below(grid: str, scope: str, lies: bool) -> None:
    assert lies_in(GridCode(grid), GridCode(scope)) is lies


@pytest.mark.parametrize("scope", ["qj", "qj.bh", "qj.bh.hp.fc", HERE])
def test_official_of_a_higher_grid_may_act(scope: str) -> None:
    above = official(Role.DISPATCHER, GridCode(scope))
    assert may_act(above, a_life(S.HANDLING).issue, (Who.DISPATCHER,))


def test_official_without_grids_serves_nowhere() -> None:
    nowhere = replace(DISPATCHER, grids=())
    assert not may_act(nowhere, a_life(S.HANDLING).issue, (Who.DISPATCHER, Who.PARTY))


def test_member_without_role_is_no_staff() -> None:
    resident = Actor(subject=Subject("x"), roles=(Role.RESIDENT,), department=LIFT)
    capacities = (Who.LEAD, Who.CALLED, Who.LATE, Who.PARTY)
    assert not may_act(resident, a_life(S.HANDLING).issue, capacities)


def test_staff_without_department_is_nobodys() -> None:
    nobody = replace(A_POST, department=None)
    capacities = (Who.LEAD, Who.CO, Who.CALLED, Who.LATE, Who.PARTY)
    assert not may_act(nobody, a_life(S.DISPATCHING).issue, capacities)
    assert not may_act(nobody, a_life(S.HANDLING).issue, capacities)


def test_leader_counts_as_staff() -> None:
    leader = replace(A_POST, roles=(Role.LEADER,))
    assert may_act(leader, a_life(S.HANDLING).issue, (Who.LEAD,))


def test_several_roles_add_up() -> None:
    both = replace(A_POST, roles=(Role.STAFF, Role.DISPATCHER), grids=(HERE,))
    issue = a_life(S.HANDLING).issue
    assert may_act(both, issue, (Who.LEAD,))
    assert may_act(both, issue, (Who.DISPATCHER,))


def test_department_let_go_may_still_read() -> None:
    life = a_life(S.HANDLING)
    life.give(DISPATCHER, c.DispatchIssue, lead=POLICE)
    assert may_see(A_POST, life.issue)
    assert not may_act(A_POST, life.issue, (Who.LEAD, Who.CALLED))
    assert life.why_not(A_POST, c.ClaimIssue) is No.NOT_ALLOWED


def test_others_are_not_told_the_state() -> None:
    life = a_life(S.CLOSED)
    for actor in (STRANGER, OUTSIDER):
        assert not may_see(actor, life.issue)
        assert life.why_not(actor, c.ClaimIssue) is No.NOT_ALLOWED


def test_parties_and_administrators_may_read() -> None:
    seeing = {actor for actor in CAST if may_see(actor, a_life(S.HANDLING).issue)}
    assert seeing == WHO[Who.PARTY] | {ADMINISTRATOR}
    assert {OFFICER, RESIDENT, CO_STAFF} < seeing
    assert ENGINE not in seeing
