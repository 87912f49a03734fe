"""What people found comes back to the camera, and an ended issue to its condition."""

from domain.alerts import consequences as c
from domain.alerts.words import ConditionState, Verdict
from storage.alerts.conditions import ConditionRepository
from storage.alerts.notes import NoteWord
from storage.alerts.standings import Standings
from tests.builders import COUNTY
from tests.domain.alerts.watching import GATE, MINUTE
from tests.intake.gate import Gate, gate

__all__ = ["gate"]


async def judged(gate: Gate) -> tuple[int, int]:
    standing = await gate.standing()
    return standing.judged_true, standing.judged_false


async def test_a_false_alarm_counts_against_the_camera_once(gate: Gate) -> None:
    await gate.alert()
    (number,) = await gate.numbers()
    await gate.looked(number, confirmed=False)
    assert await gate.after(MINUTE) >= 1
    assert await gate.after(MINUTE) == 0
    assert await judged(gate) == (0, 1)
    condition = await gate.condition()
    assert (condition.verdict, condition.state) == (Verdict.FALSE_ALARM, ConditionState.CLEARED)


async def test_a_confirmed_alert_counts_for_the_camera_before_its_issue_ends(gate: Gate) -> None:
    await gate.alert()
    (number,) = await gate.numbers()
    await gate.looked(number, confirmed=True)
    await gate.after(MINUTE)
    assert await gate.after(MINUTE) == 0
    assert (await judged(gate), (await gate.condition()).issue_ended_at) == ((1, 0), None)


async def test_a_withdrawn_issue_says_nothing_about_the_camera(gate: Gate) -> None:
    await gate.alert()
    (number,) = await gate.numbers()
    await gate.looked(number, confirmed=True)
    await gate.withdrawn(number)
    await gate.after(MINUTE)
    assert await judged(gate) == (0, 0)
    assert (await gate.condition()).issue_ended_at == gate.now


async def test_a_repeat_in_the_cooldown_is_noted_and_a_later_one_is_linked(gate: Gate) -> None:
    await gate.alert()
    (number,) = await gate.numbers()
    await gate.looked(number, confirmed=False)
    await gate.after(MINUTE)
    assert (await gate.alert()).consequences == (c.ReopenOrComment(issue=number),)
    await gate.after(31 * MINUTE)
    await gate.alert()
    _, later = await gate.numbers()
    (linked,) = [each for each in await gate.notes(later) if each.word is NoteWord.LINKED]
    assert linked.former == number
    assert [each.word for each in await gate.notes(number)][-1] is NoteWord.SEEN_AGAIN


async def test_a_new_condition_leaves_the_former_one_as_it_was(gate: Gate) -> None:
    for _ in range(2):
        await gate.alert()
        number = (await gate.numbers())[-1]
        await gate.looked(number, confirmed=False)
        await gate.after(MINUTE)
        await gate.after(31 * MINUTE)
    async with gate.database.begin() as session:
        conditions = ConditionRepository(session)
        first, second = [await conditions.behind(each) for each in await gate.numbers()]
    assert first is not None
    assert second is not None
    assert (first.count, second.count) == (1, 1)
    assert second.former == first.issue
    assert await judged(gate) == (0, 2)


async def test_a_camera_that_was_wrong_five_times_is_looked_at_first(gate: Gate) -> None:
    asked = []
    for _ in range(6):
        applied = await gate.alert(confidence=0.99)
        asked += [each.at_once for each in applied.consequences if isinstance(each, c.OpenIssue)]
        assert applied.issue is not None
        await gate.looked(applied.issue, confirmed=False)
        await gate.after(MINUTE)
        await gate.after(60 * MINUTE)
    assert asked == [True] * 5 + [False]


async def test_a_verdict_from_elsewhere_counts_as_the_first_one(gate: Gate) -> None:
    applied = await gate.alert()
    assert applied.issue is not None
    assert applied.condition is not None
    for _ in range(2):
        async with gate.database.begin() as session:
            await gate.conditions.judge(session, applied.condition, Verdict.FALSE_ALARM)
    await gate.looked(applied.issue, confirmed=True)
    await gate.after(MINUTE)
    assert await judged(gate) == (0, 1)


async def test_the_cameras_of_a_source_are_listed_with_their_precision(gate: Gate) -> None:
    await gate.alert()
    (number,) = await gate.numbers()
    await gate.looked(number, confirmed=True)
    await gate.after(MINUTE)
    async with gate.database.read() as session:
        (standing,) = await Standings(session).of_source(gate.source.code, [COUNTY])
    assert (standing.camera, standing.precision) == (GATE, 1.0)
