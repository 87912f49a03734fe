"""A notice, and how its usual recipients are named."""

from dataclasses import dataclass

from domain.facts import IssueFacts
from domain.vocabulary import Level, Role


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
