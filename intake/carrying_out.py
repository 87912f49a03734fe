"""Carries out what the law of conditions said, in the transaction in which it was asked."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

import structlog

from domain.alert import AlertKind
from domain.alerts.breaker import Buckets, let_through, opens_issue
from domain.alerts.circumstances import Circumstances
from domain.alerts.condition import Condition
from domain.alerts.consequences import (
    Consequence,
    CountOnIssue,
    HearCamera,
    JudgeCamera,
    LinkTo,
    NoteCleared,
    NoteFlapping,
    Nothing,
    OpenIssue,
    Outcome,
    RaiseMaintenance,
    ReopenOrComment,
    SilenceCamera,
    TakeBack,
)
from domain.alerts.standing import EVERY_CAMERA, CameraStanding, in_community
from domain.alerts.words import Decision, Reason
from domain.ids import CameraRef, GridCode, IssueNumber
from intake.camera_births import raise_for
from storage.alerts.conditions import ConditionRepository, Kept
from storage.alerts.notes import Note, Notes, NoteWord
from storage.alerts.standings import Standings
from storage.alerts.withdrawals import Withdrawals
from storage.session import Session

log = structlog.get_logger(__name__)

_ROUND = 10
"""Repeats are noted at every power of this."""


async def carry_out(
    session: Session, row: int | None, outcome: Outcome, around: Circumstances, now: datetime
) -> tuple[Kept, Outcome]:
    """The condition as it is kept now, and what really came of it.

    What time did, it did at its own instant, `around.at`; an issue is raised when that is found
    out, at `now`, because no department owes anything before.

    Maintenance is left to the caller, because it is an alert of its own.
    """
    outcome = await _through_breaker(session, outcome, around)
    condition = outcome.condition
    assert condition is not None  # a consequence without a condition is not carried out
    for each in outcome.consequences:
        if isinstance(each, OpenIssue):
            condition = await _raise(session, condition, each, now)
    kept = Kept(await ConditionRepository(session).save(condition, row), condition)
    await _note(session, kept, outcome.consequences, around)
    for each in outcome.consequences:
        if isinstance(each, TakeBack):
            await Withdrawals(session).ask(each.issue, kept.id, now)
    await _change_standing(session, around, outcome.consequences)
    return kept, replace(outcome, condition=condition)


async def _through_breaker(session: Session, outcome: Outcome, around: Circumstances) -> Outcome:
    """Buckets are locked by births alone, so repeats never wait for one another.

    Nor does what finds no room: whatever others do meanwhile makes a full bucket no emptier.
    """
    if not opens_issue(outcome):
        return outcome
    assert outcome.condition is not None  # only a condition opens an issue
    standings, community = Standings(session), outcome.condition.key.community
    seen = await _buckets(standings.of, around.standing, community)
    passage = let_through(outcome, around.policy, around.at, seen)
    if passage.buckets == seen:
        return passage.outcome
    locked = await _buckets(standings.locked, around.standing, community)
    passage = let_through(outcome, around.policy, around.at, locked)
    for before, after in zip(locked, passage.buckets, strict=True):
        if after != before:
            await standings.save(after)
    return passage.outcome


async def _buckets(
    look: Callable[[str, CameraRef], Awaitable[CameraStanding]],
    camera: CameraStanding,
    community: GridCode,
) -> Buckets:
    return Buckets(
        camera=await look(camera.source, camera.camera),
        source=await look(camera.source, EVERY_CAMERA),
        community=await look(*in_community(community)),
    )


async def _raise(
    session: Session, condition: Condition, asked: OpenIssue, now: datetime
) -> Condition:
    number = await raise_for(session, condition, asked, now)
    if number is None:
        log.error("alert_without_district", source=condition.source, grid=condition.place)
        return replace(condition, decision=Decision.LOG, reason=Reason.NO_DISTRICT)
    log.info("alert_opened_issue", issue=number, kind=condition.key.kind, at_once=asked.at_once)
    return condition.opened_as(number)


async def _note(
    session: Session, kept: Kept, consequences: tuple[Consequence, ...], around: Circumstances
) -> None:
    condition = kept.condition
    if condition.issue is None:
        return
    for each in consequences:
        word = _word(each, condition)
        if word is None:
            continue
        former = each.former if isinstance(each, LinkTo) else None
        note = _line(condition, condition.issue, word, around, former)
        await Notes(session).put(kept.id, note)


def _line(
    condition: Condition,
    issue: IssueNumber,
    word: NoteWord,
    around: Circumstances,
    former: IssueNumber | None,
) -> Note:
    return Note(issue=issue, word=word, alerts=condition.count, at=around.at, former=former)


_WORDS: dict[type[Consequence], NoteWord] = {
    OpenIssue: NoteWord.OPENED,
    LinkTo: NoteWord.LINKED,
    ReopenOrComment: NoteWord.SEEN_AGAIN,
    NoteCleared: NoteWord.CLEARED,
    NoteFlapping: NoteWord.FLAPPING,
}


def _word(consequence: Consequence, condition: Condition) -> NoteWord | None:
    if isinstance(consequence, CountOnIssue):
        return NoteWord.REPEATED if _is_round(condition.count) else None
    return _WORDS.get(type(consequence))


def _is_round(count: int) -> bool:
    while count >= _ROUND and count % _ROUND == 0:
        count //= _ROUND
    return count == 1


async def _change_standing(
    session: Session, around: Circumstances, consequences: tuple[Consequence, ...]
) -> None:
    """A standing that would not change is not locked."""
    if _after(around.standing, consequences, around) == around.standing:
        return
    standings = Standings(session)
    locked = await standings.locked(around.standing.source, around.standing.camera)
    await standings.save(_after(locked, consequences, around))


def _after(
    standing: CameraStanding, consequences: tuple[Consequence, ...], around: Circumstances
) -> CameraStanding:
    for each in consequences:
        match each:
            case SilenceCamera():
                standing = standing.silenced(each.kind, around.at)
            case HearCamera():
                standing = standing.heard(each.kind)
            case JudgeCamera():
                standing = standing.judged_as(each.verdict)
            case _:
                pass
    return standing


def is_quiet(outcome: Outcome) -> bool:
    """Nothing but the count has to be written down."""
    condition = outcome.condition
    return condition is not None and all(
        isinstance(each, Nothing)
        or (isinstance(each, CountOnIssue) and _word(each, condition) is None)
        for each in outcome.consequences
    )


def maintenance_of(outcome: Outcome) -> AlertKind | None:
    """The noise that has to become a condition of its own."""
    asked = (each.kind for each in outcome.consequences if isinstance(each, RaiseMaintenance))
    return next(asked, None)
