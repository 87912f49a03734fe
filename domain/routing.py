"""Which policy holds and who is called: the most exact policy, the first rule that fits."""

from collections.abc import Collection, Iterable

from domain.actor import lies_in
from domain.facts import Origin
from domain.ids import CategoryCode, DepartmentCode, WhistleKindCode
from domain.parts import Proposal
from domain.reference import RoutingRule
from domain.sla import SLAPolicy


class NoPolicy(LookupError):
    """No policy holds for a category and whistle kind; reference data lacks a default."""


def choose_policy(
    policies: Iterable[SLAPolicy], category: CategoryCode, kind: WhistleKindCode
) -> SLAPolicy:
    """The policy that names both, else the category, else the kind, else neither.

    Raises:
        NoPolicy: none fits.
    """
    fitting = [
        policy
        for policy in policies
        if policy.category in (None, category) and policy.whistle_kind in (None, kind)
    ]
    if not fitting:
        raise NoPolicy(f"{category}/{kind}")
    return min(
        fitting,
        key=lambda policy: (policy.category is None, policy.whistle_kind is None, policy.code),
    )


def _fits(rule: RoutingRule, origin: Origin) -> bool:
    return (
        rule.category in (None, origin.category)
        and rule.whistle_kind in (None, origin.whistle_kind)
        and (rule.grid is None or lies_in(origin.grid, rule.grid))
    )


def propose(
    rules: Iterable[RoutingRule], origin: Origin, departments: Collection[DepartmentCode]
) -> tuple[Proposal | None, tuple[str, ...]]:
    """The first rule that fits, and the codes of rules passed over because they are broken.

    A rule that names a department that does not exist is never followed and never silent.
    """
    broken: list[str] = []
    for rule in sorted(rules, key=lambda each: (each.order, each.code)):
        if not _fits(rule, origin):
            continue
        if not {rule.lead, *rule.co} <= set(departments):
            broken.append(rule.code)
            continue
        return Proposal(rule=rule.code, lead=rule.lead, co=rule.co), tuple(broken)
    return None, tuple(broken)
