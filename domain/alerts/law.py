"""The law of conditions: what an alert, a verdict, an ended issue and time make of them.

One function for each input. Each takes the latest condition of a key and answers with the next
one and with what follows from it. At most one condition of a key is not closed, and a condition
has at most one issue in its life.
"""

from dataclasses import replace

from domain.alert import Alert, Phase
from domain.alerts.circumstances import Circumstances, lateness
from domain.alerts.condition import Condition, ConditionKey
from domain.alerts.consequences import (
    CountOnIssue,
    JudgeCamera,
    Nothing,
    Outcome,
    ReopenOrComment,
    SilenceCamera,
)
from domain.alerts.steps import (
    back,
    begun,
    cleared,
    closed,
    counted,
    flapping,
    flipped,
    is_unsteady,
    nothing,
    opened,
    sighted,
    unsteady,
)
from domain.alerts.words import ConditionState, Reason, Verdict
from domain.ids import GridCode

S = ConditionState
_SAYS_NOTHING = {Phase.HEARTBEAT: Reason.HEARTBEAT, Phase.MEDIA: Reason.MEDIA}


def meets(
    latest: Condition | None,
    alert: Alert,
    key: ConditionKey,
    place: GridCode,
    around: Circumstances,
) -> Outcome:
    """An alert comes in. What time alone had to change by then has been changed before."""
    if alert.phase in _SAYS_NOTHING:
        return nothing(latest, _SAYS_NOTHING[alert.phase])
    outcome = _met(latest, alert, key, place, around)
    return replace(outcome, is_new=latest is None or _is_another(latest, outcome.condition))


def _is_another(latest: Condition, now: Condition | None) -> bool:
    """Nothing opens a closed condition again; what is open after one is a new one."""
    return latest.is_closed and now is not None and not now.is_closed


def _met(
    latest: Condition | None,
    alert: Alert,
    key: ConditionKey,
    place: GridCode,
    around: Circumstances,
) -> Outcome:
    late = lateness(alert, around)
    if late is not None:
        return _kept(latest or _record(key, place, around, late), late)
    if alert.phase is Phase.CLOSE:
        record = latest or _record(key, place, around, Reason.NOT_OPEN)
        return _ends(counted(record), alert, around)
    if latest is not None and latest.events.is_over(alert.vendor_event_id):
        return nothing(counted(latest), Reason.AFTER_ITS_END)
    if latest is None or latest.is_closed:
        latest = flipped(begun(latest, key, place, around), around)
    seen = sighted(counted(latest), alert, around)
    return _silencing(_seen(latest, seen, around), around)


def _record(key: ConditionKey, place: GridCode, around: Circumstances, reason: Reason) -> Condition:
    """Of what was over before we heard of it."""
    condition = begun(None, key, place, around)
    return replace(condition, state=S.CLOSED, opens_at=None, is_seen=False, reason=reason)


def _kept(condition: Condition, late: Reason) -> Outcome:
    """Too late to call anybody; attached to the issue that runs, unless it is history."""
    condition = counted(condition)
    if late is Reason.LATE and condition.has_running_issue and condition.issue is not None:
        return Outcome(condition=condition, consequences=(CountOnIssue(issue=condition.issue),))
    return nothing(condition, late)


def _silencing(outcome: Outcome, around: Circumstances) -> Outcome:
    if not around.policy.silences:
        return outcome
    silence = SilenceCamera(kind=around.policy.kind)
    return replace(outcome, consequences=(*outcome.consequences, silence))


# --- sightings -----------------------------------------------------------------------------------


def _seen(before: Condition, condition: Condition, around: Circumstances) -> Outcome:
    match before.state:
        case S.CLEARED:
            return _seen_again(condition, around)
        case S.PENDING | S.SUPPRESSED:
            return _seen_early(before.state, condition, around)
        case S.FLAPPING:
            return _seen_flapping(before, condition, around)
        case _:
            return _counted_on(condition, around)


def _seen_early(was: ConditionState, condition: Condition, around: Circumstances) -> Outcome:
    """Not open yet: it goes on holding, begins to hold anew, or is not believed."""
    if around.is_inhibited:
        return nothing(replace(condition, state=S.SUPPRESSED, opens_at=None), Reason.INHIBITED)
    if was is S.SUPPRESSED:
        condition = replace(condition, state=S.PENDING, opens_at=around.at + around.policy.debounce)
    return _held(condition, around)


def _held(condition: Condition, around: Circumstances) -> Outcome:
    """Opens when it was seen for long enough, or often enough."""
    policy = around.policy
    enough = policy.enough_sightings
    often = enough is not None and condition.sightings >= enough
    if often or _has_held(condition, around):
        return opened(condition, around)
    return nothing(condition, Reason.DEBOUNCE)


def _has_held(condition: Condition, around: Circumstances) -> bool:
    long = condition.opens_at is None or condition.opens_at <= around.at
    return long and condition.sightings >= around.policy.least_sightings


def _seen_again(condition: Condition, around: Circumstances) -> Outcome:
    """After it was gone: the same condition, and the same issue if it has one."""
    if condition.issue is not None and not condition.has_running_issue:
        stays = replace(condition, expires_at=None, is_seen=False)
        return Outcome(condition=stays, consequences=(ReopenOrComment(issue=condition.issue),))
    condition = flipped(condition, around)
    condition = replace(condition, cooldown_until=None)
    if is_unsteady(condition, around.policy) and not around.is_inhibited:
        return flapping(condition, around)
    if condition.issue is not None:
        return Outcome(
            condition=replace(condition, state=S.OPEN),
            consequences=(ReopenOrComment(issue=condition.issue),),
        )
    opens_at = around.at + around.policy.debounce
    return _seen_early(S.PENDING, replace(condition, state=S.PENDING, opens_at=opens_at), around)


def _seen_flapping(before: Condition, condition: Condition, around: Circumstances) -> Outcome:
    """Whether it comes or goes is told no more; one that has stayed for long is steady again."""
    if not before.is_seen:
        condition = flipped(condition, around)
    elif around.at - condition.flips[-1] > around.policy.flap_window:
        return _counted_on(replace(condition, state=S.OPEN), around)
    return _counted_on(unsteady(condition, around.policy), around)


def _counted_on(condition: Condition, around: Circumstances) -> Outcome:
    """Open: counts on its issue, or asks again for the one that it was not given."""
    if condition.issue is not None:
        return Outcome(condition=condition, consequences=(CountOnIssue(issue=condition.issue),))
    return opened(condition, around)


# --- ends ----------------------------------------------------------------------------------------


def _ends(condition: Condition, alert: Alert, around: Circumstances) -> Outcome:
    """The source says that it is over: noted, never more than that."""
    condition = replace(condition, events=condition.events.over(alert.vendor_event_id))
    if condition.state in (S.CLOSED, S.CLEARED):
        said = back(condition, around) or (Nothing(reason=Reason.NOT_OPEN),)
        return Outcome(condition=condition, consequences=said)
    if condition.events.live:
        return nothing(condition, Reason.OTHERS_ARE_THERE)
    if condition.state is S.SUPPRESSED:
        return closed(condition, around, Reason.INHIBITED)
    return _gone(condition, around)


def _gone(condition: Condition, around: Circumstances) -> Outcome:
    was_flapping = condition.state is S.FLAPPING
    if was_flapping and not condition.is_seen:
        return nothing(condition, Reason.IS_FLAPPING)
    condition = flipped(replace(condition, is_seen=False), around)
    if was_flapping:
        return nothing(unsteady(condition, around.policy), Reason.IS_FLAPPING)
    if is_unsteady(condition, around.policy) and not around.is_inhibited:
        return flapping(condition, around)
    return cleared(condition, around, Reason.ENDED_BY_SOURCE)


# --- time, verdicts, ends of issues --------------------------------------------------------------


def passes(condition: Condition, around: Circumstances) -> Outcome:
    """Time alone: the debounce is over, it was not seen for long, the cooldown is over."""
    if condition.due_at is None or condition.due_at > around.at:
        return nothing(condition, Reason.NOTHING_DUE)
    match condition.state:
        case S.PENDING:
            return _debounce_over(condition, around)
        case S.SUPPRESSED:
            return closed(condition, around, Reason.INHIBITED)
        case S.CLEARED:
            return closed(condition, around, Reason.COOLED_DOWN)
        case _:
            if condition.is_seen:
                condition = flipped(condition, around)
            return cleared(condition, around, Reason.NOT_SEEN_FOR_LONG)


def _debounce_over(condition: Condition, around: Circumstances) -> Outcome:
    if around.is_inhibited:
        return nothing(replace(condition, state=S.SUPPRESSED, opens_at=None), Reason.INHIBITED)
    if _is_gone_before_it_held(condition, around):
        return closed(condition, around, Reason.UNCONFIRMED)
    if _has_held(condition, around):
        return opened(condition, around)
    return nothing(replace(condition, opens_at=None), Reason.DEBOUNCE)


def _is_gone_before_it_held(condition: Condition, around: Circumstances) -> bool:
    expires_at, opens_at = condition.expires_at, condition.opens_at
    if expires_at is None or expires_at > around.at:
        return False
    return opens_at is None or expires_at < opens_at


def was_judged(condition: Condition, verdict: Verdict) -> Outcome:
    """People looked: the camera was right, or it was not. The first verdict counts."""
    if condition.verdict is not None:
        return nothing(condition, Reason.JUDGED_BEFORE)
    return Outcome(
        condition=replace(condition, verdict=verdict),
        consequences=(JudgeCamera(verdict=verdict),),
    )


def issue_ended(
    condition: Condition, around: Circumstances, *, taken_back: bool = False
) -> Outcome:
    """Its issue is closed: from here on sightings are comments, until it has cooled down.

    Nobody has looked at one that was taken back, so what is seen after it is new.
    """
    condition = replace(condition, issue_ended_at=around.at)
    if taken_back and not condition.is_closed:
        return closed(condition, around, Reason.ISSUE_ENDED)
    if condition.is_closed:
        return nothing(condition, Reason.NOTHING_DUE)
    condition = replace(
        condition,
        state=S.CLEARED,
        is_seen=False,
        expires_at=None,
        cooldown_until=around.at + around.policy.cooldown,
    )
    said = back(condition, around) or (Nothing(reason=Reason.ISSUE_ENDED),)
    return Outcome(condition=condition, consequences=said)
