"""Who reported, for those who handle the matter without having to reach them."""

from collections.abc import Callable

from api.schemas.issues import MaskedReporter
from domain.actor import Actor
from domain.ids import IssueNumber
from domain.masking import mask_address, mask_name, mask_phone
from domain.rights import Act, may
from storage.queries import Queries
from storage.session import Session


async def masked_reporter(
    session: Session, number: IssueNumber, viewer: Actor
) -> MaskedReporter | None:
    """None for everybody else, and when nothing is known or it was erased."""
    if not may(viewer, Act.SEE_MASKED_REPORTER):
        return None
    reporter = await Queries(session).reporter(number)
    if reporter is None or reporter.erased_at is not None:
        return None
    return MaskedReporter(
        name=_masked(mask_name, reporter.name),
        phone=_masked(mask_phone, reporter.phone),
        address=_masked(mask_address, reporter.address),
    )


def _masked(mask: Callable[[str], str], said: str | None) -> str | None:
    return None if said is None else mask(said)
