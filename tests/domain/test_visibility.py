"""A scope finds just the issues that its actor may see one by one."""

from hypothesis import given
from hypothesis import strategies as st

from domain.actor import Actor, lies_in
from domain.authority import may_see
from domain.ids import GridCode, Subject
from domain.issue import Issue
from domain.visibility import Scope, scope_of
from domain.vocabulary import IssueState, Role
from tests.domain.cast import ADMINISTRATOR, LIFT, POLICE, PROPERTY, RESIDENT
from tests.domain.life import a_life

ISSUES = [a_life(state).issue for state in IssueState]
GRIDS = ["qj", "qj.bh", "qj.bh.hp.fc.b3", "qj.bh.hp.fc.b4", "q"]
ACTORS = st.builds(
    Actor,
    subject=st.sampled_from(["officer", "resident", "x"]).map(Subject),
    roles=st.lists(st.sampled_from(Role), max_size=3).map(tuple),
    department=st.sampled_from([None, LIFT, PROPERTY, POLICE]),
    grids=st.lists(st.sampled_from(GRIDS).map(GridCode), max_size=2).map(tuple),
)


def finds(scope: Scope, issue: Issue) -> bool:
    """What the query of the issues does with a scope."""
    return (
        scope.subject in (issue.origin.raised_by, issue.origin.resident)
        or scope.department in {each.department for each in issue.assignments}
        or any(lies_in(issue.origin.grid, grid) for grid in scope.grids)
    )


@given(actor=ACTORS, issue=st.sampled_from(ISSUES))
def test_list_and_detail_never_disagree(actor: Actor, issue: Issue) -> None:
    assert finds(scope_of(actor), issue) is may_see(actor, issue)


def test_resident_sees_only_own_issues() -> None:
    assert scope_of(RESIDENT) == Scope(subject=RESIDENT.subject)


def test_administrator_sees_the_own_grids() -> None:
    assert scope_of(ADMINISTRATOR).grids == ADMINISTRATOR.grids
