"""The parts of a run, in order; each answers plain numbers under the name it has in the results."""

import dataclasses
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from temporalio.client import Client

from bench import bare, rounds
from bench.figures import Keep, compared, measured, shown, spread
from bench.histories import Cost, cost_of
from bench.holding import held
from bench.rounds import Load, interleaved
from bench.spending import pids, spent
from bench.stage import Stage
from bench.town import WHISTLE, Cast
from bench.ways import WAYS, Way
from bench.ways import life as life_by_way
from bench.wire import Line
from deploy.local.temporal import NAMESPACE
from domain.ids import IssueNumber
from workflows.connection import connect
from workflows.contracts import issue_workflow_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How much is measured. Medians need five rounds or more."""

    rounds: int = 5
    lives: int = 60
    raises: int = 400
    asked: int = 200
    callers: int = 16
    workers: tuple[int, ...] = (1, 2, 4)
    worker_rounds: int = 5
    open: tuple[int, ...] = (1_000, 10_000)
    open_within_s: float = 1_800.0

    def with_open(self, numbers: list[int]) -> "Sizes":
        return dataclasses.replace(self, open=tuple(sorted(numbers)))


FULL = Sizes()
QUICK = Sizes(
    lives=12, raises=100, asked=40, callers=8, worker_rounds=2, open=(300, 1_000), open_within_s=240
)


@dataclass(frozen=True, slots=True)
class Bench:
    """What every part needs."""

    stage: Stage
    cast: Cast
    client: Client
    sizes: Sizes

    @property
    def port(self) -> int:
        return self.stage.product.ports.api

    def lives(self) -> Load:
        return Load(self.port, self.cast.lives, self.sizes.lives, self.sizes.callers)


Part = Callable[[Bench], Awaitable[Mapping[str, object]]]


async def measure(stage: Stage, sizes: Sizes, only: set[str], keep: Keep) -> Mapping[str, object]:
    """What was asked for, on this stage."""
    address = stage.product.temporal.address
    client = await connect(address, NAMESPACE)
    bench = Bench(stage, Cast.of(stage.product), client, sizes)
    return await measured(PARTS, bench, sizes, only, keep)


async def lives(bench: Bench) -> Mapping[str, object]:
    """Whole lives per second beside bare ones."""

    async def bare_life(_: Line) -> str:
        return await bare.life(bench.client)

    loads = {"engine": bench.lives(), "bare": dataclasses.replace(bench.lives(), job=bare_life)}
    product = bench.stage.product
    with bench.stage.worker_of(bare.__name__) as worker:
        found = await interleaved(loads, bench.sizes.rounds)
        who = worker.identity()
        assert who is not None
        processes = {**pids(product), "bare_worker": who.pid}
        spending = {name: await spent(load, processes, product) for name, load in loads.items()}
    return {**compared(found), "spent_per_life": spending}


async def raises(bench: Bench) -> Mapping[str, object]:
    """Raises per second beside a bare endpoint with the same inserts."""
    with bench.stage.raising_apart() as (product, bare_port):
        cast = Cast.of(product)

        async def bare_raise(line: Line) -> object:
            return await line.post("/raise", "none", "none", WHISTLE)

        ours = Load(product.ports.api, cast.raises, bench.sizes.raises, bench.sizes.callers)
        loads = {"engine": ours, "bare": dataclasses.replace(ours, port=bare_port, job=bare_raise)}
        return compared(await interleaved(loads, bench.sizes.rounds))


async def waits(bench: Bench) -> Mapping[str, object]:
    """How long one caller waits, alone and among a few."""
    found: dict[str, object] = {}
    for name, callers in (("alone", 1), ("among_8", 8)):
        born: list[str] = []

        async def raise_one(line: Line, born: list[str] = born) -> None:
            born.append(await bench.cast.raises(line))

        raised = await rounds.run(Load(bench.port, raise_one, bench.sizes.asked, callers))
        await bench.cast.arrivals.of_all()
        waiting = list(born)

        async def claim_one(line: Line, waiting: list[str] = waiting) -> None:
            await bench.cast.claims(line, waiting.pop())

        claimed = await rounds.run(Load(bench.port, claim_one, len(born), callers))
        found[name] = {"raise": spread(raised.took), "claim": spread(claimed.took)}
    return found


async def history(bench: Bench) -> Mapping[str, object]:
    """What one happy path costs Temporal, ours and the bare one."""
    line = Line(bench.port)
    number = await bench.cast.lives(line)
    line.close()
    with bench.stage.worker_of(bare.__name__):
        bare_id = await bare.life(bench.client)
        await bench.client.get_workflow_handle(bare_id).result()
    ours_id = issue_workflow_id(IssueNumber(number))
    await bench.client.get_workflow_handle(ours_id).result()
    return {
        "engine": _told(await cost_of(bench.client, ours_id)),
        "bare": _told(await cost_of(bench.client, bare_id)),
    }


async def ways(bench: Bench) -> Mapping[str, object]:
    """What other ways to build the same life would cost."""

    def by(way: Way) -> Load:
        async def live(_: Line) -> str:
            return await life_by_way(bench.client, way)

        return dataclasses.replace(bench.lives(), job=live)

    found: dict[str, Mapping[str, object]] = {}
    with bench.stage.worker_of(life_by_way.__module__):
        for name, way in WAYS.items():
            lived = await life_by_way(bench.client, way)
            await bench.client.get_workflow_handle(lived).result()
            found[name] = _told(await cost_of(bench.client, lived))
        speeds = await interleaved(
            {name: by(way) for name, way in WAYS.items()}, bench.sizes.rounds
        )
    return {name: {**found[name], "per_second": shown(speeds[name])} for name in WAYS}


async def workers(bench: Bench) -> Mapping[str, object]:
    """Lives per second with more worker processes, round after round."""
    found: dict[str, list[float]] = {str(count): [] for count in bench.sizes.workers}
    for number in range(bench.sizes.worker_rounds):
        counts = bench.sizes.workers if number % 2 else tuple(reversed(bench.sizes.workers))
        for count in counts:
            with bench.stage.workers(count):
                warm = dataclasses.replace(bench.lives(), jobs=bench.sizes.callers)
                await rounds.run(warm)
                found[str(count)].append((await rounds.run(bench.lives())).per_second)
    return {"per_second": {count: shown(values) for count, values in found.items()}}


async def holding(bench: Bench) -> Mapping[str, object]:
    """Memory and recovery with many open issues."""
    return await held(bench.stage, bench.cast, bench.sizes.open, bench.sizes.open_within_s)


PARTS: Mapping[str, Part] = {
    "history": history,
    "lives": lives,
    "raises": raises,
    "waits": waits,
    "ways": ways,
    "workers": workers,
    "holding": holding,
}


def _told(cost: Cost) -> Mapping[str, object]:
    return {
        "actions": cost.total,
        "actions_by_kind": cost.actions,
        "events": cost.events,
        "bytes": cost.bytes,
    }
