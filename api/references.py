"""Whether the codes that a request names exist."""

from collections.abc import Iterable, Iterator

from api.problems import FieldError, Problem
from domain.reference import ReferenceKind
from storage.reference import ReferenceRepository
from storage.session import Session

Named = tuple[str, ReferenceKind, str]
"""A field, the kind it refers to and the code it names."""


async def require(session: Session, named: Iterable[Named]) -> None:
    """Returns when everything named exists and is not retired.

    Raises:
        Problem: `invalid_input` with every field that names nothing.
    """
    reference = ReferenceRepository(session)
    missing = []
    for field, kind, code in dict.fromkeys(named):
        entry = await reference.current(kind, code)
        if entry is None or entry.retired:
            missing.append(FieldError.of(field, "unknown_code"))
    if missing:
        raise Problem.invalid(*missing)


def named_by(
    owner: object, fields: Iterable[tuple[str, ReferenceKind]], root: str = ""
) -> Iterator[Named]:
    """The codes in some fields of an object, of which each may hold none, one or several."""
    for field, kind in fields:
        value = getattr(owner, field)
        if isinstance(value, str):
            yield root + field, kind, value
        else:
            for index, code in enumerate(value or ()):
                yield f"{root}{field}.{index}", kind, code
