"""What was said, sealed into rows of texts and read out of them again."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ids import TextId
from storage.models import TextRow
from storage.sealing import seals
from storage.sealing.cipher import Place
from storage.session import AnyRow, Unstorable

SAID = (
    TextRow.id.label("said_id"),
    TextRow.body,
    TextRow.body_sealed,
    TextRow.erased_at,
)
"""What `said` reads."""


def storable(name: str, text: str, most: int) -> str:
    """What may be sealed: what the plain column took, as SQL no longer sees to it.

    Raises:
        Unstorable: it is too long, or no text.
    """
    if len(text) > most:
        raise Unstorable(f"{name}_size")
    if "\x00" in text:
        raise Unstorable(f"{name}: 0x00")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Unstorable(f"{name}: surrogates") from None
    return text


def place_of(text_id: TextId | str) -> Place:
    return Place("texts", "body", text_id)


async def said(session: AsyncConnection, rows: Sequence[AnyRow]) -> list[str | None]:
    """Of each row in turn; None where nothing was said, or it was erased, or does not open.

    A process from before there were seals erases what it knows of, so the instant counts.
    """
    opener = await seals.opener(session, (row.body_sealed for row in rows))
    return [
        None
        if row.erased_at is not None
        else opener.text(place_of(row.said_id), row.body_sealed, row.body)
        for row in rows
    ]
