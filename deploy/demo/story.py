"""Stories and their verdicts: all are played at once, each for itself."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from deploy.demo.scene import Scene

Play = Callable[[Scene], Awaitable[None]]
LONGEST = 150.0


@dataclass(frozen=True, slots=True)
class Story:
    """What is played, under the name of its function."""

    code: str
    title: str
    title_en: str
    play: Play


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a story; good without failures."""

    story: Story
    numbers: Sequence[str]
    failures: Sequence[str]

    @property
    def is_good(self) -> bool:
        return not self.failures


def story(title: str, title_en: str) -> Callable[[Play], Story]:
    """Makes a story of an async function."""

    def told(play: Play) -> Story:
        return Story(getattr(play, "__name__", ""), title, title_en, play)

    return told


async def play_all(stories: Sequence[Story], scene: Callable[[Story], Scene]) -> Sequence[Verdict]:
    """Plays all stories at once, each in a scene of its own, and waits for the last."""
    return await asyncio.gather(*(_played(each, scene(each)) for each in stories))


async def _played(told: Story, scene: Scene) -> Verdict:
    try:
        async with asyncio.timeout(LONGEST):
            await told.play(scene)
    except TimeoutError:
        scene.failures.append(f"{_numbers(scene)}: not over after {LONGEST:g} s")
    except Exception as failure:  # noqa: BLE001 - it is told of its story, and the others go on
        scene.failures.append(f"{_numbers(scene)}: {type(failure).__name__}: {failure}")
    return Verdict(told, [each.number for each in scene.reports], tuple(scene.failures))


def _numbers(scene: Scene) -> str:
    return ", ".join(each.number for each in scene.reports) or "no issue"
