"""What one row of a law says, and how a command is judged by it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

from domain.actor import Actor
from domain.command import Command
from domain.refusals import Refusal, RefusalCode

State = TypeVar("State", bound=StrEnum)
Capacity = TypeVar("Capacity", bound=StrEnum)
Event = TypeVar("Event", bound=StrEnum)


def _nothing(_: Any, __: Any, ___: datetime) -> None:  # noqa: ANN401 - fits every guard
    """Some acts ask no more than their state and actor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Generic[State, Capacity, Event]):
    """One row of a law: from where, to where (empty: unchanged), by whom, what it is called."""

    when: frozenset[State]
    who: tuple[Capacity, ...]
    event: Event
    act: Callable[[Any, Any, datetime], Any]
    then: frozenset[State] = frozenset()
    guard: Callable[[Any, Any, datetime], None] = _nothing
    otherwise: Callable[[Any], None] = lambda _: None
    """May refuse more exactly than `wrong_state` when the state does not fit."""


class Facts(Protocol):
    """Whatever a law is over; where it stands."""

    @property
    def state(self) -> StrEnum: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A law and the two questions about people it needs answered."""

    law: Mapping[type[Command], Rule[Any, Any, Any]]
    may_act: Callable[[Actor, Any, tuple[Any, ...]], bool]
    may_see: Callable[[Actor, Any], bool]

    def check(self, facts: Facts, command: Command, at: datetime) -> None:
        """Ask the law.

        Raises:
            Refusal: the actor may not, the state does not fit, or the facts speak against it.
        """
        rule = self.law.get(type(command))
        if rule is None:
            raise Refusal(RefusalCode.WRONG_STATE, state=facts.state, allowed="")
        fits = facts.state in rule.when
        # Who may see the matter is told first that it has moved on: a lead of yesterday, say.
        if not self.may_act(command.actor, facts, rule.who) and (
            fits or not self.may_see(command.actor, facts)
        ):
            raise Refusal(RefusalCode.NOT_ALLOWED, allowed=",".join(rule.who), state=facts.state)
        if not fits:
            rule.otherwise(facts)
            raise Refusal(
                RefusalCode.WRONG_STATE, state=facts.state, allowed=",".join(sorted(rule.when))
            )
        rule.guard(facts, command, at)
