"""`POST /issues/{number}/{command}`: one route for each command people may give."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Path

from api.commanding import Desk, Order
from api.dependencies import AskingOf, EngineOf, Locale, PartsOf
from api.documentation import COMMAND, REFUSALS, responses
from api.schemas.commands import BODIES, CommandBody
from api.schemas.issues import Answered
from api.schemas.text import Number
from catalogue import label
from domain.commands import NAMES, Command
from domain.ids import IssueNumber
from domain.issue import LAW

router = APIRouter(prefix="/api/v1/issues/{number}", tags=["commands"])
NumberInPath = Annotated[Number, Path(description="The number the issue was given when raised.")]


def _desk(parts: PartsOf, engine: EngineOf) -> Desk:
    return Desk(parts, engine)


DeskOf = Annotated[Desk, Depends(_desk)]


def path_of(name: str) -> str:
    """The last part of a command's address."""
    return name.replace("_", "-")


def _endpoint(kind: type[Command], model: type[CommandBody]) -> Callable[..., Awaitable[Answered]]:
    may_be_empty = not any(field.is_required() for field in model.model_fields.values())
    default = Body(default_factory=model) if may_be_empty else Body()

    async def give(
        number: NumberInPath, body: CommandBody, asking: AskingOf, desk: DeskOf, locale: Locale
    ) -> Answered:
        order = Order(asking=asking, number=IssueNumber(number), kind=kind, body=body)
        reply = await desk.give(order)
        event = str(reply.body["event"])
        return Answered.model_validate({**reply.body, "label": label("event", event, locale)})

    annotated: Any = Annotated[model, default]
    give.__annotations__["body"] = annotated
    return give


def _who(kind: type[Command]) -> str:
    rule = LAW[kind]
    who = ", ".join(label("who", each, "en") for each in rule.who)
    when = ", ".join(f"`{state}`" for state in sorted(rule.when))
    return f"{(kind.__doc__ or '').strip()}\n\nBy: {who}. While: {when}. Event: `{rule.event}`."


for _name, _kind in NAMES.items():
    router.add_api_route(
        f"/{path_of(_name)}",
        _endpoint(_kind, BODIES[_kind]),
        methods=["POST"],
        name=_name,
        operation_id=_name,
        summary=path_of(_name).replace("-", " ").capitalize(),
        description=_who(_kind),
        response_description="The command was accepted and recorded.",
        responses=responses((*COMMAND, *REFUSALS[_kind])),
    )
