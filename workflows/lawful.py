"""An Update for a command: its validator asks the law, its handler carries it out.

One factory instead of two dozen look-alike method pairs; a test holds every command of the law
against the Updates that exist.
"""

from typing import Any, Protocol, TypeVar, cast

from temporalio import workflow

from domain.commands import NAMES, Command
from workflows.contracts import Answer

C = TypeVar("C", bound=Command)


class Executive(Protocol):
    """A workflow that can be asked whether a command is lawful, and to carry it out."""

    def refuse_unlawful(self, command: Command) -> None:
        """Raises the refusal; changes nothing."""

    async def carry_out(self, command: Command) -> Answer:
        """Applies and records the command; the answer of a repeated one is the first one's."""


def lawful(kind: type[C]) -> workflow.UpdateMethodMultiParam[[Any, C], Answer]:
    """The Update of a command, under the name it has in `NAMES`."""
    name = next(name for name, command in NAMES.items() if command is kind)

    async def handler(self: Executive, command: C) -> Answer:
        return await self.carry_out(command)

    def validator(self: Executive, command: C) -> None:
        self.refuse_unlawful(command)

    handler.__name__ = handler.__qualname__ = name
    handler.__annotations__ = {"command": kind, "return": Answer}
    validator.__annotations__ = {"command": kind, "return": None}
    update = workflow.update(name=name)(handler)
    update.validator(validator)
    return cast("workflow.UpdateMethodMultiParam[[Any, C], Answer]", update)
