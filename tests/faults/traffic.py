"""People of the town at work, over HTTP; who was answered is written into a ledger."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import cycle, islice
from secrets import token_hex

from api.asking import command_id
from deploy.demo import town
from deploy.demo.client import Api, Json, Refused, Unanswered
from observability.clock import now

PATIENCE = 400.0  # seconds; the suite looks for what is lost, not for what a busy machine delays
_LOOK_AGAIN = 1.0
_A_MOMENT = 0.2  # two clocks are never quite in step
_AT_ONCE = 24

REPORTER, HOLDER, CENTRE = "fuchun_b4_officer_1", "property_company_a", "command_centre_dispatcher"
CENTRE_HEAD, CHAIR = "command_centre_supervisor", "command_centre_a"
PARTIES = ("housing_a", "tax_bureau_party_a", "baihetan_party_a", "hupan_party_a")
Move = tuple[str, str, Json]
"""Who, which command, with what; `meeting/` before it where the meeting is told, not the issue."""
CLAIM: Move = (HOLDER, "claim", {})
NOTE: Move = (HOLDER, "note", {"text": "已到现场"})
RESOLVE: Move = (HOLDER, "resolve", {"text": "已处理", "solved": True, "evidence": []})


def _evaluate(satisfaction: str, *, solved: bool) -> Move:
    return (REPORTER, "evaluate", {"satisfaction": satisfaction, "solved": solved, "text": "如实"})


def _suspension() -> Sequence[Move]:
    until = (now() + timedelta(seconds=20)).isoformat()
    ask: Move = (HOLDER, "request-suspension", {"until": until, "text": "等待配件"})
    return (CLAIM, ask, (CENTRE, "decide-suspension", {"approved": True}))


_MEET: Move = (CENTRE_HEAD, "convene", {"text": "须多方共同商议", "level": "county"})


def _comes(who: str) -> Sequence[Move]:
    return ((who, "meeting/acknowledge", {}), (who, "meeting/report-in", {"text": "已到会议室"}))


def _sits() -> Sequence[Move]:
    """Four of the six are a quorum; what they decide is carried out by nobody in time."""
    due_by = (now() + timedelta(seconds=60)).isoformat()
    task = {"department": HOLDER[:-2], "due_by": due_by, "reviewer": None, "text": "换灯"}
    decision = {"text": "一致同意", "outcome": "dispatched", "lead": HOLDER[:-2], "tasks": [task]}
    return (
        _MEET,
        *(move for who in PARTIES for move in _comes(who)),
        (CHAIR, "meeting/open", {}),
        (CHAIR, "meeting/add-minutes", {"text": "物业承诺更换"}),
        (CHAIR, "meeting/decide", decision),
    )


_ALONE: Sequence[Callable[[], Sequence[Move]]] = (
    lambda: (),  # dispatched, and its clocks run out
    lambda: (CLAIM,),
    lambda: (CLAIM, NOTE),
    lambda: (CLAIM, NOTE, RESOLVE),
    lambda: (CLAIM, RESOLVE, _evaluate("satisfied", solved=True)),
    lambda: (CLAIM, RESOLVE, _evaluate("unsatisfied", solved=False)),
    lambda: ((REPORTER, "withdraw", {"text": "已自行解决"}),),
    _suspension,
)
_TOGETHER: Sequence[Callable[[], Sequence[Move]]] = (
    lambda: (_MEET,),  # nobody comes
    lambda: (_MEET, *_comes(PARTIES[0])),
    _sits,
)
LIVES = tuple(life for meeting in _TOGETHER for life in (*_ALONE, meeting))
"""In which states issues are left; one in nine goes before a meeting."""


@dataclass(frozen=True, slots=True)
class Given:
    """A command that was accepted, as its answer says."""

    number: str
    command: str
    version: int


@dataclass(slots=True)
class Ledger:
    """What people were told. What they were not told counts as nothing."""

    raised: dict[str, str] = field(default_factory=dict)  # key: number
    given: list[Given] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    @property
    def numbers(self) -> list[str]:
        return list(self.raised.values())


class Crowd:
    """Gives the same key again until there is an answer."""

    def __init__(self, api: Api, ledger: Ledger) -> None:
        self.api = api
        self.ledger = ledger
        self._people = town.people()

    async def live(self, count: int) -> None:
        """So many issues, each through one of the lives, a dozen at a time."""
        turns = asyncio.Semaphore(_AT_ONCE)

        async def in_turn(life: Callable[[], Sequence[Move]]) -> None:
            async with turns:
                await self.one(life)

        await asyncio.gather(*(in_turn(each) for each in islice(cycle(LIVES), count)))

    async def one(self, life: Callable[[], Sequence[Move]]) -> str | None:
        number = await self.raise_one()
        moves = life()
        if number is None or not moves or not await self._is_dispatched(number):
            return number
        for who, command, body in moves:
            aimed, _, name = command.rpartition("/")
            to = await self._meeting_of(number) if aimed else number
            more = {"issue": number} if name == "decide" else {}
            if name == "open" and to is not None:
                await self._until_it_sits(to)
            if to is None or not await self.give(to, who, command, {**body, **more}):
                break
        return number

    async def raise_one(self, key: str | None = None) -> str | None:
        key = key or token_hex(16)
        body = {
            "category": "lift_lighting",
            "description": "电梯灯坏了",
            "grid": town.grid("b4"),
        }
        answer = await self._ask(REPORTER, "/issues", body, key)
        if answer is None:
            return None
        number: str = answer["number"]
        if self.ledger.raised.setdefault(key, number) != number:
            self.ledger.wrong.append(f"{key}: {self.ledger.raised[key]}, then {number}")
        return number

    async def give(self, number: str, who: str, command: str, body: Json) -> bool:
        key = token_hex(16)
        aimed, _, name = command.rpartition("/")
        kind = "meetings" if aimed else "issues"
        answer = await self._ask(who, f"/{kind}/{number}/{name}", body, key)
        if answer is None:
            return False
        whole = command_id(self._people[who].subject, key)
        self.ledger.given.append(Given(number, whole, answer["version"]))
        return True

    async def _ask(self, who: str, path: str, body: Json, key: str) -> Json | None:
        try:
            return await self.api.post(self._people[who], path, body, key)
        except Refused as refusal:
            self.ledger.refused[refusal.code] += 1
            if refusal.status >= 500 or refusal.status == 422:
                self.ledger.wrong.append(f"{path}: {refusal}")
        except Unanswered as silence:
            self.ledger.wrong.append(f"unanswered {silence}")
        return None

    async def _is_dispatched(self, number: str) -> bool:
        try:
            async with asyncio.timeout(PATIENCE):
                while await self._state(number) == "reported":  # noqa: ASYNC110 - HTTP rings no bell
                    await asyncio.sleep(_LOOK_AGAIN)
        except (TimeoutError, Unanswered):
            self.ledger.wrong.append(f"{number}: never dispatched")
            return False
        return True

    async def _meeting_of(self, number: str) -> str | None:
        """Once it has called its parties; None, and a wrong answer, when that takes for ever."""
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    found = (await self._look("/meetings", issue=number)).get("items", [])
                    if found and found[0]["sits_at"] is not None:
                        called: str = found[0]["number"]
                        return called
                    await asyncio.sleep(_LOOK_AGAIN)
        except (TimeoutError, Unanswered):
            self.ledger.wrong.append(f"{number}: no meeting was called")
            return None

    async def _until_it_sits(self, meeting: str) -> None:
        """A chair opens a sitting when its time has come; where that is unknown, it is refused."""
        sits_at = (await self._look(f"/meetings/{meeting}")).get("sits_at")
        if sits_at is not None:
            left = datetime.fromisoformat(sits_at) - now()
            await asyncio.sleep(max(left.total_seconds(), 0) + _A_MOMENT)

    async def _state(self, number: str) -> str:
        state: str = (await self._look(f"/issues/{number}")).get("state", "reported")
        return state

    async def _look(self, path: str, **params: str) -> Json:
        """Nothing while the API's clock has jumped back, and takes every token for a later one."""
        try:
            return await self.api.get(self._people[CENTRE_HEAD], path, **params)
        except Refused as refusal:
            self.ledger.refused[refusal.code] += 1
            return {}
