"""What every command carries, of issues and of meetings."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from domain.actor import ENGINE, Actor
from domain.ids import CommandId, TextId


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Asked by `actor` under the idempotency key `id`; `text` refers to what was said.

    `asked_at` is when the API took it in: an act in time stays in time while the engine is away.
    """

    actor: Actor
    id: CommandId
    text: TextId | None = None
    asked_at: datetime | None = None

    @classmethod
    def by_engine(cls, fact: str, **fields: object) -> Self:
        """The engine's own command, named for the fact that called for it."""
        return cls(actor=ENGINE, id=CommandId(f"engine:{fact}"), **fields)  # type: ignore[arg-type]  # checked at run time by the class itself
