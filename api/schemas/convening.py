"""The body of the command that calls several parties together."""

from collections.abc import Mapping
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator
from typing_extensions import override

from api.schemas.command import Reasoned, example, faulty
from api.schemas.text import (
    MOST_CO,
    MOST_PROPOSED,
    Code,
    Instant,
    Number,
    Place,
)
from domain import commands as c
from domain.actor import Actor
from domain.ids import CommandId, DepartmentCode, MeetingNumber, TextId
from domain.vocabulary import Level


class Convene(Reasoned):
    """Why a meeting is needed; at which level, when, where and with whom, or which one it joins."""

    model_config = example(
        level="street",
        proposed=["2026-12-03T09:00:00+08:00", "2026-12-04T14:30:00+08:00"],
        place="街道办三楼会议室",
        invites=["water"],
        text="涉及多个部门，须共同商议",
    )
    departments: ClassVar[tuple[str, ...]] = ("invites",)
    level: Literal[Level.COMMUNITY, Level.STREET, Level.COUNTY] | None = None
    joins: Number | None = None
    """A meeting that was convened before; it has its time and its place already."""
    proposed: list[Instant] = Field(default=[], max_length=MOST_PROPOSED)
    """When it could sit. It is planned for the first; without any, as the policy says."""
    place: Place | None = None
    """Where it sits; kept like a text, and erased like one."""
    invites: list[Code] = Field(default=[], max_length=MOST_CO)
    """Departments to invite beside the standing parties and those concerned."""

    @model_validator(mode="after")
    def _joins_as_it_is(self) -> Self:
        if self.joins is not None:
            for field in ("proposed", "place"):
                if getattr(self, field):
                    raise faulty(type(self), field, "joined_as_it_is")
        return self

    @override
    def texts(self, name: TextId) -> Mapping[TextId, str]:
        place = {_of_place(name): self.place} if self.place else {}
        return {**super().texts(name), **place}

    @override
    def to_command(
        self, kind: type[c.Command], actor: Actor, id_: CommandId, name: TextId
    ) -> c.Command:
        return c.ConveneMeeting(
            actor=actor,
            id=id_,
            text=name,
            level=self.level,
            joins=None if self.joins is None else MeetingNumber(self.joins),
            proposed=tuple(self.proposed),
            place=_of_place(name) if self.place else None,
            invites=tuple(map(DepartmentCode, dict.fromkeys(self.invites))),
        )


def _of_place(name: TextId) -> TextId:
    return TextId(f"{name}/place")
