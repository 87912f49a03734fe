"""One question to one route, what the table says to it, and in which words."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import httpx

from domain.meeting.words import MeetingState
from domain.rights import Act, Row, Within, grants
from domain.vocabulary import IssueState
from tests.api.rights.standings import Cell
from tests.api.rights.world import World
from tests.api.town import Json, a_key, a_token

S, M = IssueState, MeetingState
API = "/api/v1"


class Verdict(StrEnum):
    """What a route says to who asks."""

    ALLOWED = "allowed"
    """By rights; the facts may still speak against it."""
    EMPTY = "empty"
    """A list, in which the world's matter is not."""
    NOT_FOUND = "not_found"
    FORBIDDEN = "forbidden"
    UNAUTHENTICATED = "unauthenticated"


V = Verdict


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One question to one route.

    `rows` are what it takes; who has none of them there meets with `beyond`. What the role is given
    nowhere is forbidden at once with `guarded`; who lacks `sight` is told of nothing.
    """

    route: str
    """Method and template, as the application has it."""
    rows: tuple[Row, ...]
    held: Callable[[Cell], set[Within]] = lambda cell: cell.standing.of_place()
    beyond: Verdict = V.FORBIDDEN
    guarded: bool = False
    sight: Act | None = None
    names: Callable[[World], Json] = lambda _: {}
    """What stands in the path."""
    query: str = ""
    body: Callable[[World], Json] | None = None
    marker: Callable[[World], str] | None = None
    """Of a list: what is in it, if it is there for who asks."""
    in_meeting: MeetingState | None = None
    variant: str = ""

    @property
    def name(self) -> str:
        return f"{self.route}{f' ({self.variant})' if self.variant else ''}"

    def expected(self, cell: Cell | None) -> Verdict:
        """What the table says; None is nobody who is signed in."""
        if cell is None:
            return V.UNAUTHENTICATED
        if self.guarded and not any(_given(row, cell) for row in self.rows):
            return V.FORBIDDEN
        held = self.held(cell)
        if self.sight is not None and not _given(self.sight, cell) & held:
            return V.NOT_FOUND
        return V.ALLOWED if any(_given(row, cell) & held for row in self.rows) else self.beyond


def _given(row: Row, cell: Cell) -> set[Within]:
    """How far the table lets any of these roles reach; deliberately not `domain.rights.reach`."""
    return {each.within for each in grants(row) if not each.roles or {*each.roles} & {*cell.roles}}


def of_issue(state: IssueState) -> dict[str, Any]:
    return {
        "held": lambda cell: cell.standing.of_issue(state),
        "names": lambda world: {"number": world.issues[state]},
    }


def of_meeting(state: MeetingState) -> dict[str, Any]:
    return {
        "held": lambda cell: cell.standing.of_meeting(state),
        "names": lambda world: {"number": world.meetings[state]},
        "in_meeting": state,
    }


async def asked(world: World, ask: Ask, cell: Cell | None) -> httpx.Response:
    method, _, path = ask.route.partition(" ")
    headers = {"Idempotency-Key": a_key()}
    if cell is not None:
        actor = cell.standing.actor(cell.roles, in_meeting=ask.in_meeting)
        headers["Authorization"] = f"Bearer {a_token(actor)}"
    body = ask.body(world) if ask.body else None
    address = f"http://test{path.format(**ask.names(world))}{ask.query}"
    return await world.town.http.request(method, address, json=body, headers=headers)
