"""Which policy holds and who is called."""

from dataclasses import replace

import pytest

from domain.ids import CategoryCode, DepartmentCode, GridCode, PolicyCode, WhistleKindCode
from domain.parts import Proposal
from domain.reference import RoutingRule
from domain.routing import NoPolicy, choose_policy, propose
from domain.sla import SLAPolicy
from tests.domain.cast import LIFT, ORIGIN, POLICE, PROPERTY, the_policy

LIGHT, GAS, ORDINARY = ORIGIN.category, CategoryCode("gas"), ORIGIN.whistle_kind
KNOWN = {LIFT, PROPERTY, POLICE}


def a_policy_for(
    code: str, category: CategoryCode | None = None, kind: WhistleKindCode | None = None
) -> SLAPolicy:
    return replace(
        the_policy(),
        code=PolicyCode(code),
        category=category,
        whistle_kind=kind,
    )


def a_rule(code: str, order: int = 1, lead: DepartmentCode = LIFT, **when: object) -> RoutingRule:
    rule = RoutingRule(code=code, order=order, lead=lead)
    return replace(rule, **when)  # type: ignore[arg-type]  # names are those of the rule


BOTH = a_policy_for("both", LIGHT, ORDINARY)
CATEGORY, KIND = a_policy_for("category", LIGHT), a_policy_for("kind", None, ORDINARY)
NEITHER, FOREIGN = a_policy_for("neither"), a_policy_for("foreign", GAS, ORDINARY)


@pytest.mark.parametrize("left_out", range(4))
def test_most_exact_policy_holds(left_out: int) -> None:
    in_order = [BOTH, CATEGORY, KIND, NEITHER][left_out:]
    for policies in (in_order, in_order[::-1]):
        assert choose_policy([FOREIGN, *policies], LIGHT, ORDINARY) == in_order[0]


def test_missing_default_policy_is_said() -> None:
    with pytest.raises(NoPolicy, match="lift_light/ordinary"):
        choose_policy([FOREIGN], LIGHT, ORDINARY)


def test_policy_of_another_kind_does_not_hold() -> None:
    hard = a_policy_for("hard", LIGHT, WhistleKindCode("hard"))
    assert choose_policy([hard, NEITHER], LIGHT, ORDINARY) == NEITHER


def test_equally_exact_policies_are_chosen_by_code() -> None:
    twins = [a_policy_for("b", LIGHT), a_policy_for("a", LIGHT)]
    assert choose_policy(twins, LIGHT, ORDINARY).code == "a"


def test_first_rule_that_fits_is_followed() -> None:
    rules = [a_rule("late", 9), a_rule("b", 2, POLICE), a_rule("a", 2, PROPERTY, co=(LIFT,))]
    proposal, broken = propose(rules, ORIGIN, KNOWN)
    assert proposal == Proposal(rule="a", lead=PROPERTY, co=(LIFT,))
    assert broken == ()


@pytest.mark.parametrize(
    ("when", "fits"),
    [
        ({}, True),
        ({"category": LIGHT}, True),
        ({"category": GAS}, False),
        ({"whistle_kind": ORDINARY}, True),
        ({"whistle_kind": WhistleKindCode("hard")}, False),
        ({"grid": GridCode("qj.bh")}, True),
        ({"grid": ORIGIN.grid}, True),
        ({"grid": GridCode("qj.b")}, False),
        ({"grid": GridCode("qj.bh.hp.fc.b3.x")}, False),
    ],
)
def test_rule_fits_by_category_kind_and_place(when: dict[str, object], fits: bool) -> None:
    rule = replace(a_rule("r"), **when)  # type: ignore[arg-type]  # as written by hand
    proposal, _ = propose([rule], ORIGIN, KNOWN)
    assert (proposal is not None) is fits


@pytest.mark.parametrize("names", [{"lead": "gone"}, {"co": ("gone",)}])
def test_broken_rule_is_passed_over_and_named(names: dict[str, object]) -> None:
    rules = [replace(a_rule("broken"), **names), a_rule("whole", 2, POLICE)]  # type: ignore[arg-type]  # as written by hand
    proposal, broken = propose(rules, ORIGIN, KNOWN)
    assert (proposal and proposal.rule, broken) == ("whole", ("broken",))


def test_every_broken_rule_is_named() -> None:
    gone = DepartmentCode("gone")
    assert propose([a_rule("a", 1, gone), a_rule("b", 2, gone)], ORIGIN, KNOWN) == (
        None,
        ("a", "b"),
    )


def test_broken_rule_for_other_places_is_no_matter() -> None:
    elsewhere = a_rule("broken", 1, DepartmentCode("gone"), grid=GridCode("qj.xx"))
    assert propose([elsewhere], ORIGIN, KNOWN) == (None, ())


def test_no_rule_proposes_nothing() -> None:
    assert propose([], ORIGIN, KNOWN) == (None, ())
