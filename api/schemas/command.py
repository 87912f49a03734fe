"""What the bodies of all commands have in common."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import ConfigDict, JsonValue, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from api.schemas.text import (
    Body,
    Text,
)
from domain import commands as c
from domain.actor import Actor
from domain.ids import CommandId, EvidenceId, TextId
from storage.pictures.views import PictureRole


def example(**fields: JsonValue) -> ConfigDict:
    """What the documentation shows."""
    return ConfigDict(json_schema_extra={"examples": [fields]})


@dataclass(frozen=True, slots=True)
class Shown:
    """Pictures that come with a command: in which field, which, and what they show."""

    field: str = ""
    ids: tuple[EvidenceId, ...] = ()
    role: PictureRole = PictureRole.DURING


class CommandBody(Body):
    """What comes with a command beside its actor and key; `text` is kept where it can be erased."""

    model_config = example()
    text: Text | None = None
    """A remark for the record: what was found, said or done."""

    departments: ClassVar[tuple[str, ...]] = ()
    """Fields that name departments, which have to exist."""

    def fields(self) -> Mapping[str, Any]:
        """The command's own fields, in the words of the domain."""
        return self.model_dump(exclude={"text"})

    def details(self) -> Mapping[str, Any]:
        """What of the command tells how people call what it made happen."""
        return {}

    def named(self) -> Iterator[tuple[str, str]]:
        """Every department in the body: in which field, and its code."""
        for field in self.departments:
            value = getattr(self, field)
            if isinstance(value, str):
                yield field, value
            else:
                yield from ((f"{field}.{at}", code) for at, code in enumerate(value or ()))

    def persons(self) -> Iterator[tuple[str, str]]:
        """Every person in the body, likewise."""
        yield from ()

    def texts(self, name: TextId) -> Mapping[TextId, str]:
        """What was said, by the ids under which it is kept."""
        return {name: self.text} if self.text else {}

    @property
    def shown(self) -> Shown:
        """The pictures that come with it."""
        return Shown()

    def to_command(
        self, kind: type[c.Command], actor: Actor, id_: CommandId, name: TextId
    ) -> c.Command:
        """The command; its text goes by `name`, should there be one."""
        return kind(actor=actor, id=id_, text=name if self.text else None, **self.fields())


class Plain(CommandBody):
    """A command that needs no more than who asks."""

    model_config = example(text="已到现场")


class Reasoned(CommandBody):
    """A command that is refused without a reason."""

    model_config = example(text="非本部门职责，应由物业处理")
    text: Text
    """The reason."""


def require_reason(body: CommandBody) -> None:
    """Of a command that needs a reason only for some of its words.

    Raises:
        ValidationError: `text` is missing, told like that of a body that always needs it.
    """
    if body.text is None:
        missing = InitErrorDetails(type="missing", loc=("text",), input=None)
        raise ValidationError.from_exception_data(type(body).__name__, [missing])


def faulty(model: type[CommandBody], field: str, rule: str) -> ValidationError:
    """What a field that does not go with the others is refused with."""
    fault = InitErrorDetails(type=PydanticCustomError(rule, rule), loc=(field,), input=None)
    return ValidationError.from_exception_data(model.__name__, [fault])
