"""What holds between policies: somebody promises something for every issue, and only one does."""

from typing import Any

from api.problems import FieldError, Problem
from domain.sla import SLAPolicy
from storage.reference import ReferenceRepository
from storage.session import Session
from storage.views import Entry


async def require_clear_promises(
    session: Session, present: Entry[Any] | None, entry: object | None
) -> None:
    """Returns when policies stay clear with this entry, or none, instead of the present one.

    Raises:
        Problem: `invalid_input`; the last policy for everything would go, or two be as exact.
    """
    policy = entry if isinstance(entry, SLAPolicy) else None
    changed = {each.code for each in (present and present.body, policy) if each is not None}
    in_force = [entry.body for entry in await ReferenceRepository(session).policies()]
    others = [each for each in in_force if each.code not in changed]
    held = present is not None and not present.retired and _holds_for_all(present.body)
    holds = any(map(_holds_for_all, (*others, *((policy,) if policy else ()))))
    if held and not holds:
        raise Problem.invalid(FieldError.of("entry", "last_policy_for_all"))
    twin = next(
        (each for each in others if policy and _exactness(each) == _exactness(policy)), None
    )
    if twin is not None:
        raise Problem.invalid(FieldError.of("entry", "policy_as_exact", policy=twin.code))


def _holds_for_all(policy: SLAPolicy) -> bool:
    return _exactness(policy) == (None, None)


def _exactness(policy: SLAPolicy) -> tuple[str | None, str | None]:
    return policy.category, policy.whistle_kind
