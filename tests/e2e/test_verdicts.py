"""A story that does not end as it says is told so, with its issue."""

import asyncio
from typing import cast

import pytest

from deploy.demo import story as stories
from deploy.demo.cast import NeverHappened, Report
from deploy.demo.client import Api, Json, Refused
from deploy.demo.scene import Ending, Scene
from deploy.demo.story import Play, Story, Verdict, play_all
from deploy.demo.town import people
from deploy.demo.words import standing

NUMBER = "QJ-2026-0000001"
CLOSED: Json = {
    "state": "closed",
    "outcome": "solved",
    "satisfaction": "satisfied",
    "level": "street",
    "reopened": 0,
    "exempt": False,
    "emergency": False,
    "duplicate_of": None,
}
LATE: Json = {"kind": "claim", "breached_at": "x", "met_at": "x", "ended_at": None}


class Told:
    """An API that always tells the same issue."""

    async def get(self, _: object, path: str, **__: object) -> Json:
        if path.endswith("/deadlines"):
            return {"items": [LATE]}
        if path.endswith("/timeline"):
            events = [{"name": "issue_reported"}, {"name": "issue_resolved"}]
            return {"items": events, "next": None}
        return CLOSED


def scene() -> Scene:
    return Scene(cast("Api", Told()), people())


def report(of: Scene) -> Report:
    made = Report(of.api, of.people["command_centre_supervisor"], NUMBER)
    of.reports.append(made)
    return made


async def verdict(play: Play) -> Verdict:
    found = await play_all([Story("x", "某事", "a matter", play)], lambda _: scene())
    return found[0]


async def test_whatever_is_not_as_it_should_be_is_told_with_its_issue() -> None:
    async def play(playing: Scene) -> None:
        ending = Ending(
            outcome="unsolved", met=["claim"], events=["issue_resolved", "issue_reported"]
        )
        await playing.ends(report(playing), ending)

    failures = (await verdict(play)).failures
    assert [each.partition(" is ")[0] for each in failures] == [
        f"{NUMBER}: {what}"
        for what in ("outcome", "satisfaction", "level", "breached", "not met in time", "timeline")
    ]


async def test_an_ending_as_it_says_is_good() -> None:
    async def play(playing: Scene) -> None:
        ending = Ending(
            outcome="solved",
            satisfaction="satisfied",
            level="street",
            breached=["claim"],
            events=["issue_reported", "issue_resolved"],
        )
        await playing.ends(report(playing), ending)

    assert (await verdict(play)).is_good


async def test_a_refusal_nobody_expected_fails_the_story_alone() -> None:
    async def play(playing: Scene) -> None:
        report(playing)
        raise Refused(409, {"code": "wrong_state", "detail": "no"})

    assert (await verdict(play)).failures == (f"{NUMBER}: Refused: 409 wrong_state: no",)


async def test_a_refusal_that_does_not_come_fails_the_story() -> None:
    async def wish() -> Json:
        return {"event": "issue_claimed"}

    async def play(playing: Scene) -> None:
        await playing.refused(report(playing), wish(), "a_post_present")

    assert "refused with a_post_present" in (await verdict(play)).failures[0]


async def test_what_never_happens_fails_the_story(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.demo.cast.WITHIN", 0.01)

    async def play(playing: Scene) -> None:
        await report(playing).becomes(state="handling")

    assert NeverHappened.__name__ in (await verdict(play)).failures[0]


async def test_a_story_without_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stories, "LONGEST", 0.01)

    async def play(_: Scene) -> None:
        await asyncio.sleep(60)

    assert (await verdict(play)).failures == ("no issue: not over after 0.01 s",)


@pytest.mark.parametrize(
    ("met", "breached", "ended", "word"),
    [
        ("x", None, None, "met"),
        ("x", "x", None, "late"),
        (None, "x", "x", "breached"),
        (None, None, "x", "ended"),
        (None, None, None, "running"),
    ],
)
def test_a_deadline_stands_as_its_facts_say(
    met: str | None, breached: str | None, ended: str | None, word: str
) -> None:
    assert standing({"met_at": met, "breached_at": breached, "ended_at": ended}) == word
