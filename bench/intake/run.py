"""The parts of `make bench-intake`, in order; the last one leaves more work than it waits for."""

import asyncio
import dataclasses
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from bench.figures import Figures, Keep, compared, measured, spread
from bench.intake import door
from bench.intake.broker import MISSING, Mosquitto, Speakers
from bench.intake.cameras import CONTENT_TYPE, Said, connected, said
from bench.intake.city import Report, reports
from bench.intake.counting import Reports, balance
from bench.intake.ledger import Ledger
from bench.intake.person import Person
from bench.intake.storm import Say, Storm
from bench.rounds import Load, interleaved, run
from bench.stage import Stage
from bench.town import API, Cast, administrator_of, key_of_request, token_of
from bench.wire import Json, Line
from deploy.demo import town
from deploy.local.processes import Process
from deploy.local.product import DATABASE, Product
from domain.vocabulary import Role
from storage.sealing.ring import KeyRing

_KILLS = "kills"
_DRAINED_S = 45.0
"""In which a listener has heard what the broker still has; what that forgot never comes."""
_SUBJECTS = {Role.RESIDENT: "resident_b3", Role.GRID_WORKER: "hupan_grid_worker"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How much is measured. Medians need five rounds or more."""

    rounds: int = 7
    accepted: int = 2_000
    alerts: int = 100_000
    killed: int = 20_000
    reports: int = 10_000
    quiet_s: float = 60.0
    whistle_every_s: float = 0.5
    callers: int = 16
    settle_s: float = 180.0


FULL = Sizes()
QUICK = Sizes(accepted=300, alerts=6_000, killed=3_000, reports=600, quiet_s=15, callers=8)


@dataclass(frozen=True, slots=True)
class Bench:
    """What every part needs."""

    stage: Stage
    cast: Cast
    broker: Mosquitto | None
    sizes: Sizes
    ledger: Ledger
    addresses: tuple[str, ...]

    @property
    def product(self) -> Product:
        return self.stage.product

    @property
    def port(self) -> int:
        return self.product.ports.api

    def person(self) -> Person:
        return Person(self.port, self.cast.raises, self.sizes.whistle_every_s)

    def storm(self, tag: str, count: int) -> Storm:
        sizes = self.sizes
        return Storm(self.port, said(tag, count), count, sizes.callers, sizes.settle_s)

    async def tells(self, line: Line, alert: Said) -> None:
        await line.tell(self.addresses[alert.source], CONTENT_TYPE, alert.body)


Part = Callable[[Bench], Awaitable[Figures]]


async def measure(
    stage: Stage, broker: Mosquitto | None, sizes: Sizes, only: set[str], keep: Keep
) -> Figures:
    """What was asked for, on this stage."""
    product = stage.product
    ring = KeyRing.parse(product.home.seal_keys)
    ledger = await Ledger.at(product.postgres.url(DATABASE), ring)
    addresses = await connected(product.ports.api, administrator_of(product))
    bench = Bench(stage, Cast.of(product), broker, sizes, ledger, tuple(addresses))
    try:
        return await measured(PARTS, bench, sizes, only, keep)
    finally:
        await ledger.close()


async def acceptance(bench: Bench) -> Figures:
    """Alerts answered per second beside an endpoint that only inserts; nothing is sorted there."""
    with bench.stage.raising_apart(door.__name__) as (product, bare_port):
        addresses = await connected(product.ports.api, administrator_of(product))
        # As many as will ever be asked for: a round, a warm-up and one round more.
        alerts = said("accepted", bench.sizes.accepted * (bench.sizes.rounds + 2) * 2)

        async def ours(line: Line) -> None:
            alert = next(alerts)
            await line.tell(addresses[alert.source], CONTENT_TYPE, alert.body)

        async def bare(line: Line) -> None:
            await line.tell("/raw", CONTENT_TYPE, next(alerts).body)

        engine = Load(product.ports.api, ours, bench.sizes.accepted, bench.sizes.callers)
        loads = {"engine": engine, "bare": dataclasses.replace(engine, port=bare_port, job=bare)}
        return compared(await interleaved(loads, bench.sizes.rounds))


async def quiet(bench: Bench) -> Figures:
    """A person's whistle while nothing else goes on."""
    warm = bench.person()
    await warm.blows(lambda: len(warm.took) > 2)  # noqa: PLR2004
    person, ends = bench.person(), time.monotonic() + bench.sizes.quiet_s
    await person.blows(lambda: time.monotonic() > ends)
    return {"asked": len(person.took), **spread(person.took)}


async def storm_over_http(bench: Bench) -> Figures:
    """All that cameras can say to the API while a person whistles."""
    storm = bench.storm("http", bench.sizes.alerts)
    return await _rages(bench, storm, bench.tells)


async def storm_over_mqtt(bench: Bench) -> Figures:
    """The same through the broker, whose listener is the worker."""
    if bench.broker is None:
        return {"missing": MISSING}
    storm = bench.storm("mqtt", bench.sizes.alerts)
    async with Speakers.to(bench.broker.port, bench.sizes.callers) as speakers:

        async def speaks(_: Line, alert: Said) -> None:
            await speakers.say(alert)

        return await _rages(bench, storm, speaks)


async def _rages(bench: Bench, storm: Storm, say: Say) -> Figures:
    return await storm.rages(bench.ledger, say, bench.person())


async def kills(bench: Bench) -> Figures:
    """Worker and broker are killed while cameras speak by both ways."""
    if bench.broker is None:
        return {"missing": MISSING}
    broker = bench.broker
    broker.saves_after(1)
    broker.process.stop()
    broker.process.start()
    page, count = await bench.ledger.page(), bench.sizes.killed
    async with Speakers.to(broker.port, bench.sizes.callers) as speakers:

        async def by_turns(line: Line, alert: Said) -> None:
            await (bench.tells(line, alert) if alert.is_even else speakers.say(alert))

        storm = bench.storm(_KILLS, count)
        unsaved: set[str] = set()
        killing = asyncio.create_task(_kills(bench.product.worker, broker, storm, unsaved))
        await storm.said(by_turns)
        killed = await killing
    await bench.ledger.kept(page, count, _DRAINED_S)
    await bench.ledger.all_sorted(bench.sizes.settle_s)
    found = await bench.ledger.found(page)
    return {"killed": killed, "counted": balance(storm.acknowledged.names, found, unsaved)}


async def _kills(
    worker: Process, broker: Mosquitto, storm: Storm, unsaved: set[str]
) -> Mapping[str, int]:
    """Each of them twice, at shares of what is said; what a dead broker had not saved is added."""
    for number, process in enumerate((worker, broker.process) * 2, 1):
        await storm.acknowledged.reach(storm.count * number // 5)
        process.kill()
        saved = broker.saved(_KILLS)
        await asyncio.to_thread(process.start)
        if process is broker.process:
            unsaved |= storm.acknowledged.names - saved
    return {"worker": 2, "broker": 2}


async def city(bench: Bench) -> Figures:
    """Real reports, as fast as they are taken, while the engine takes up what was raised."""
    secret, people = bench.product.home.jwt_secret, town.people()
    tokens = {role: token_of(secret, people[code]) for role, code in _SUBJECTS.items()}
    coming, answers = reports(bench.sizes.reports), list[Json]()

    async def raises(line: Line) -> None:
        report: Report = next(coming)
        token = tokens[report.role]
        answers.append(await line.post(f"{API}/issues", token, key_of_request(), report.body))

    page = await bench.ledger.page()
    load = Load(bench.port, raises, bench.sizes.reports, bench.sizes.callers)
    done = await run(load)
    kept = await bench.ledger.reported(page)
    counted = Reports([answer["number"] for answer in answers], [number for number, _ in kept])
    return {
        "per_second": round(done.per_second, 1),
        **spread(done.took),
        "accepted": len(answers),
        "issues": len(kept),
        "offered_as_duplicate": sum(bool(answer["near"]) for answer in answers),
        "taken_up_meanwhile": sum(state != "reported" for _, state in kept),
        "faults": list(counted.faults()),
    }


PARTS: Mapping[str, Part] = {
    "acceptance": acceptance,
    "quiet": quiet,
    "storm_over_http": storm_over_http,
    "storm_over_mqtt": storm_over_mqtt,
    "kills": kills,
    "city": city,
}
