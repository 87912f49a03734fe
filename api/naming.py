"""What people call the departments that an answer names by their codes."""

from collections.abc import Iterable, Mapping

from domain.reference import ReferenceKind
from storage.reference import ReferenceRepository
from storage.session import Session


async def department_names(
    session: Session, codes: Iterable[str | None], locale: str
) -> Mapping[str, str]:
    """By code, in one read; a code that nobody has described is left out."""
    wanted = {code for code in codes if code is not None}
    found = await ReferenceRepository(session).named(ReferenceKind.DEPARTMENT, wanted)
    return {
        code: each.name if locale == "zh" else each.name_en for code, each in sorted(found.items())
    }
