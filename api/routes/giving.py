"""From a table of commands to routes: one for each command people may give."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends

from api.commanding import Desk, Order
from api.dependencies import AskingOf, EngineOf, Locale, PartsOf
from api.documentation import COMMAND, responses
from api.matters import Matter
from api.problems import Code
from api.schemas.commands import CommandBody
from api.schemas.issues import Read
from catalogue import label
from domain.commands import Command
from domain.rule import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The commands of one kind of matter, and the words for them."""

    names: Mapping[str, type[Command]]
    bodies: Mapping[type[Command], type[CommandBody]]
    refusals: Mapping[type[Command], tuple[Code, ...]]
    law: Mapping[type[Command], Rule[Any, Any, Any]]
    matter: Callable[[str], Matter]
    number: Any
    """The type of the number in the path."""
    answered: type[Read]
    who: str
    """The section of the catalogue that names capacities."""
    told: Callable[[str, Mapping[str, Any], str], str]
    """What people call an event of such details, in their language."""
    path: str = ""
    """From the router's own address to that of a matter."""
    prefix: str = ""
    """Of the names of operations, which are unique in the whole document."""


async def _desk(parts: PartsOf, engine: EngineOf) -> Desk:
    return Desk(parts, engine)


DeskOf = Annotated[Desk, Depends(_desk)]


def path_of(name: str) -> str:
    """The last part of a command's address."""
    return name.replace("_", "-")


def add_commands(router: APIRouter, table: Table) -> None:
    """One POST for each command of the table."""
    for name, kind in table.names.items():
        router.add_api_route(
            f"{table.path}/{path_of(name)}",
            _endpoint(table, kind),
            methods=["POST"],
            name=table.prefix + name,
            operation_id=table.prefix + name,
            summary=path_of(name).replace("-", " ").capitalize(),
            description=_description(table, kind),
            response_description="The command was accepted and recorded.",
            responses=responses((*COMMAND, *table.refusals[kind])),
        )


def _endpoint(table: Table, kind: type[Command]) -> Callable[..., Awaitable[Read]]:
    model = table.bodies[kind]
    may_be_empty = not any(field.is_required() for field in model.model_fields.values())
    default = Body(default_factory=model) if may_be_empty else Body()

    async def give(
        number: str, body: CommandBody, asking: AskingOf, desk: DeskOf, locale: Locale
    ) -> Read:
        order = Order(asking=asking, matter=table.matter(number), kind=kind, body=body)
        reply = await desk.give(order)
        said = table.told(str(reply.body["event"]), body.details(), locale)
        return table.answered.model_validate({**reply.body, "label": said})

    annotated: Any = Annotated[model, default]
    give.__annotations__ |= {"number": table.number, "body": annotated, "return": table.answered}
    return give


def _description(table: Table, kind: type[Command]) -> str:
    rule = table.law[kind]
    who = ", ".join(label(table.who, each, "en") for each in rule.who)
    when = ", ".join(f"`{state}`" for state in sorted(rule.when))
    return f"{(kind.__doc__ or '').strip()}\n\nBy: {who}. While: {when}. Event: `{rule.event}`."
