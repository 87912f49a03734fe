"""In whose name a visitor acts, and what they are told when it does not go through."""

from http import HTTPStatus

from api.problems import Problem
from catalogue import say
from domain.actor import Actor
from domain.reference import ReferenceKind
from domain.vocabulary import Role
from storage.reference import ReferenceRepository
from storage.residents.making import PAGES
from storage.residents.views import Link
from storage.session import Session

ROUTE = f"POST {PAGES}"
"""Of all requests through links; an address with its token is kept nowhere."""


async def actor_of(session: Session, link: Link) -> Actor:
    """Who the link speaks for: a resident, with the department they are known to work for.

    So who raised an issue on duty cannot come as a resident to praise their own department.
    """
    staff = await ReferenceRepository(session).current(ReferenceKind.STAFF, link.subject)
    return Actor(
        subject=link.subject,
        roles=(Role.RESIDENT,),
        department=staff.body.department if staff is not None else None,
    )


def sentence_of(problem: Problem, locale: str) -> str:
    """What a resident can do about it; keys and references are nothing to them."""
    if problem.status is HTTPStatus.SERVICE_UNAVAILABLE:
        return say("page.try_again", locale)
    return str(problem.body(locale, "")["detail"])
