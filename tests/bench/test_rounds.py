"""Rounds: how many jobs are done, in which turn, and how two loads compare."""

import asyncio

from bench.rounds import Load, Round, interleaved, paired_ratio, percentile, run
from bench.wire import Line


async def test_every_job_is_done_once_by_all_callers_together() -> None:
    done: list[Line] = []

    async def job(line: Line) -> None:
        done.append(line)
        await asyncio.sleep(0)

    measured = await run(Load(port=0, job=job, jobs=10, callers=3))
    assert len(done) == len(measured.took) == 10
    assert len({id(line) for line in done}) == 3


async def test_loads_take_turns_and_the_warm_up_does_not_count() -> None:
    turns: list[str] = []

    def a_load(name: str) -> Load:
        async def job(_: Line) -> None:
            turns.append(name)

        return Load(port=0, job=job, jobs=1, callers=1)

    found = await interleaved({"ours": a_load("ours"), "bare": a_load("bare")}, 2)
    assert turns == ["bare", "ours", "ours", "bare", "bare", "ours"]
    assert [len(values) for values in found.values()] == [2, 2]


def test_ratio_compares_within_rounds() -> None:
    """A round in which the machine was half as fast was so for both."""
    assert paired_ratio([10.0, 5.0, 10.0], [20.0, 10.0, 20.0]) == 0.5


def test_percentiles_are_values_that_were_seen() -> None:
    took = [float(each) for each in range(1, 101)]
    assert percentile(took, 0.5) == 50.0
    assert percentile(took, 0.99) == 99.0
    assert percentile([3.0], 0.99) == 3.0


def test_speed_is_jobs_over_seconds() -> None:
    assert Round(seconds=2.0, took=[0.1] * 6).per_second == 3.0
