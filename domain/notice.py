"""A notice, and how its usual recipients are named."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from domain.facts import IssueFacts
from domain.ids import Subject
from domain.vocabulary import Level, Role

_CLOSED, _JOINED = "issue_closed", "issue_joined"
_FOR_FOLLOWERS = frozenset({"evaluate_please", _CLOSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing to tell one recipient.

    `recipient` is `department:<code>`, `subject:<id>`, `b_post:<department>`,
    `<role>:<grid>` or `level:<grid>`. `stage` names the fact, so that the same fact is told once.
    `about` names what makes the notice pointless once it is settled.
    """

    recipient: str
    template: str
    stage: str
    level: Level
    urgent: bool = False
    about: str | None = None


def is_urgent(issue: IssueFacts) -> bool:
    return issue.origin.emergency


def raiser(issue: IssueFacts) -> str:
    return f"subject:{issue.origin.resident or issue.origin.raised_by}"


def office(role: Role, issue: IssueFacts) -> str:
    return f"{role}:{issue.origin.grid}"


def is_for_followers(notice: Notice) -> bool:
    """Whether those who said "me too" hear it as well as who raised it."""
    return notice.template in _FOR_FOLLOWERS


def also_told(
    notices: Iterable[Notice], followers: Iterable[Subject], *, have_moved: bool = False
) -> tuple[Notice, ...]:
    """The same for each follower; what becomes pointless for one does for all.

    Who has moved on with a duplicate hears under which number it goes on, not that it is over.
    """
    told, shared = tuple(followers), [each for each in notices if is_for_followers(each)]
    if have_moved:
        shared = [
            replace(each, template=_JOINED) if each.template == _CLOSED else each for each in shared
        ]
    return tuple(
        replace(each, recipient=f"subject:{follower}") for each in shared for follower in told
    )
