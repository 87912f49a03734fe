"""What cameras said of an issue, and how often each of them was right."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.dependencies import Caller, Locale, PartsOf, who_may
from api.documentation import READ, SEE_CAMERAS, responses
from api.routes.commands import NumberInPath
from api.schemas.cameras import (
    AlertNoteRead,
    CameraPage,
    CameraRead,
    ConditionLineRead,
    ConditionRead,
    IssueAlerts,
)
from api.schemas.text import Code, Name
from api.sight import seen
from catalogue import label, say
from domain.actor import Actor
from domain.alerts.condition import Condition
from domain.ids import IssueNumber
from domain.rights import Act, grids_of
from storage.alerts.conditions import ConditionRepository
from storage.alerts.notes import Note, Notes
from storage.alerts.outcomes import ConditionLine
from storage.alerts.standings import Standings

router = APIRouter(prefix="/api/v1", tags=["alerts of cameras"])
Watcher = Annotated[Actor, Depends(who_may(Act.SEE_ALERTS))]
"""Who sees what cameras of their grids sent."""


@router.get("/issues/{number}/alerts", summary="Read what cameras said", responses=responses(READ))
async def read_alerts(
    number: NumberInPath, caller: Caller, parts: PartsOf, locale: Locale
) -> IssueAlerts:
    """The condition the issue was raised for: how often it was seen, and what was noted of it.

    That it is seen no more is a note. It never closes the issue.
    """
    wanted = IssueNumber(number)
    async with parts.database.read() as session:
        await seen(session, wanted, caller)
        condition = await ConditionRepository(session).behind(wanted)
        notes = await Notes(session).of_issue(wanted)
    return IssueAlerts(
        condition=_shown(condition, locale) if condition else None,
        notes=[_line(note, locale) for note in notes],
    )


@router.get("/cameras", summary="List cameras of a source", responses=responses(SEE_CAMERAS))
async def list_cameras(
    source: Code,
    caller: Watcher,
    parts: PartsOf,
    after: Annotated[Name | None, Query(description="`next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> CameraPage:
    """How often each camera in the caller's grids was right, and which are not believed now.

    For dispatchers, supervisors and administrators.
    """
    async with parts.database.read() as session:
        found = await Standings(session).of_source(
            source, grids_of(caller, Act.SEE_ALERTS), after=after or "", limit=limit + 1
        )
    items = [CameraRead.model_validate(each) for each in found[:limit]]
    return CameraPage(items=items, next=items[-1].camera if len(found) > limit else None)


def _shown(condition: Condition, locale: str) -> ConditionRead:
    return ConditionRead(
        camera=condition.key.camera,
        zone=condition.key.zone,
        kind=condition.key.kind,
        kind_label=label("alert_kind", condition.key.kind, locale),
        state=condition.state,
        state_label=label("condition_state", condition.state, locale),
        first_seen=condition.first_seen,
        last_seen=condition.last_seen,
        alerts=condition.count,
        transitions=condition.transitions,
        max_confidence=condition.max_confidence,
        decision=condition.decision,
        verdict=condition.verdict,
        former=condition.former,
    )


def condition_line(line: ConditionLine, locale: str) -> ConditionLineRead:
    """With its words in the caller's language."""
    decision, reason = line.decision, line.reason
    return ConditionLineRead.model_validate(
        {
            **asdict(line),
            "kind_label": label("alert_kind", line.kind, locale),
            "state_label": label("condition_state", line.state, locale),
            "decision_label": decision and label("alert_decision", decision, locale),
            "reason_label": reason and label("alert_reason", reason, locale),
        }
    )


def _line(note: Note, locale: str) -> AlertNoteRead:
    said = say(f"alert_note.{note.word}", locale, alerts=note.alerts, former=note.former)
    return AlertNoteRead(
        at=note.at, word=note.word, label=said, alerts=note.alerts, former=note.former
    )
