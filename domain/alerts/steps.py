"""The small steps that changes of a condition are made of."""

from dataclasses import replace
from datetime import timedelta

from domain.alert import Alert
from domain.alerts.circumstances import Circumstances, decided
from domain.alerts.condition import Condition, ConditionKey
from domain.alerts.consequences import (
    Consequence,
    HearCamera,
    LinkTo,
    NoteCleared,
    NoteFlapping,
    Nothing,
    OpenIssue,
    Outcome,
    TakeBack,
)
from domain.alerts.policy import AlertPolicy
from domain.alerts.words import ConditionState, Decision, Reason, Verdict
from domain.ids import GridCode

S = ConditionState


def begun(
    former: Condition | None, key: ConditionKey, place: GridCode, around: Circumstances
) -> Condition:
    """A new one, which knows the issue of the one before it."""
    return Condition(
        key=key,
        place=place,
        state=S.PENDING,
        first_seen=around.at,
        last_seen=around.at,
        opens_at=around.at + around.policy.debounce,
        former=(former.issue or former.former) if former else None,
    )


def counted(condition: Condition) -> Condition:
    """Whatever else becomes of an alert, it is counted, once."""
    return replace(condition, count=condition.count + 1)


def sighted(condition: Condition, alert: Alert, around: Circumstances) -> Condition:
    """Seen, so it lives on for its time to live; a straggler does not turn time back."""
    at = max(around.at, condition.last_seen)
    lives = timedelta(seconds=alert.ttl_s) if alert.ttl_s else around.policy.ttl
    said = [each for each in (condition.max_confidence, alert.confidence) if each is not None]
    return replace(
        condition,
        sightings=condition.sightings + 1,
        last_seen=at,
        expires_at=at + lives,
        is_seen=True,
        max_confidence=max(said, default=None),
        events=condition.events.began(alert.vendor_event_id),
    )


def flipped(condition: Condition, around: Circumstances) -> Condition:
    """It came or went."""
    at = max(around.at, *condition.flips[-1:], condition.first_seen)
    flips = (*condition.flips, at)[-around.policy.flaps :]
    return replace(condition, transitions=condition.transitions + 1, flips=flips)


def is_unsteady(condition: Condition, policy: AlertPolicy) -> bool:
    flips = condition.flips
    return len(flips) >= policy.flaps and flips[-1] - flips[-policy.flaps] <= policy.flap_window


def flapping(condition: Condition, around: Circumstances) -> Outcome:
    """Told once, here; an issue it has not got yet it gets, to be looked at first."""
    condition = unsteady(replace(condition, state=S.FLAPPING, opens_at=None), around.policy)
    if condition.has_running_issue and condition.issue is not None:
        return Outcome(condition=condition, consequences=(NoteFlapping(issue=condition.issue),))
    return opened(condition, around)


def unsteady(condition: Condition, policy: AlertPolicy) -> Condition:
    """It flaps until it neither came nor went for a while, however it stood last."""
    calm_at = condition.flips[-1] + policy.flap_window
    return replace(condition, expires_at=max(calm_at, condition.expires_at or calm_at))


def opened(condition: Condition, around: Circumstances) -> Outcome:
    """It holds: an issue is born, unless it is not sure enough or its camera not believed."""
    is_flapping = condition.state is S.FLAPPING
    decision, reason = decided(around, condition.max_confidence, is_flapping=is_flapping)
    condition = replace(
        condition,
        state=S.FLAPPING if is_flapping else S.OPEN,
        opens_at=None,
        decision=decision,
        reason=reason,
    )
    if around.is_inhibited:
        return nothing(condition, Reason.INHIBITED)
    if decision is Decision.LOG:
        return nothing(condition, reason)
    policy = around.policy
    issue = OpenIssue(
        category=policy.category,
        whistle_kind=policy.whistle_kind,
        at_once=decision is Decision.AUTO,
    )
    link = (LinkTo(former=condition.former),) if condition.former else ()
    return Outcome(condition=condition, consequences=(issue, *link))


def cleared(condition: Condition, around: Circumstances, why: Reason) -> Outcome:
    """Gone: noted on a running issue, which goes on; remembered for a while without one.

    A policy may say that an issue is taken back that nobody has taken up.
    """
    policy, at = around.policy, around.at
    running = condition.issue if condition.has_running_issue else None
    remembered = at + (policy.flap_window if condition.issue is None else policy.cooldown)
    condition = replace(
        condition,
        state=S.CLEARED,
        is_seen=False,
        opens_at=None,
        expires_at=None,
        cooldown_until=None if running else remembered,
        events=condition.events.forgotten(),
    )
    said: tuple[Consequence, ...] = (NoteCleared(issue=running, reason=why),) if running else ()
    if running and policy.withdraws_unassigned and condition.verdict is not Verdict.TRUE:
        said = (*said, TakeBack(issue=running))
    return Outcome(
        condition=condition, consequences=(*said, *back(condition, around)) or _only(why)
    )


def closed(condition: Condition, around: Circumstances, why: Reason) -> Outcome:
    """The end of its life; what is seen after it is a new condition."""
    condition = replace(
        condition,
        state=S.CLOSED,
        is_seen=False,
        opens_at=None,
        expires_at=None,
        cooldown_until=None,
        reason=condition.reason or why,
    )
    return Outcome(condition=condition, consequences=back(condition, around) or _only(why))


def back(condition: Condition, around: Circumstances) -> tuple[Consequence, ...]:
    """What silenced a camera is over, whatever the policy says of its kind by now."""
    kind = condition.key.kind
    return (HearCamera(kind=kind),) if kind in around.standing.silenced_by else ()


def nothing(condition: Condition | None, reason: Reason) -> Outcome:
    return Outcome(condition=condition, consequences=_only(reason))


def _only(reason: Reason) -> tuple[Consequence, ...]:
    return (Nothing(reason=reason),)
