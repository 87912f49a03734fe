"""One table of rights: which role may see or do what, and how far its word reaches.

The laws name capacities, lists and routes name acts; both are rows here and nowhere else.
`docs/rights.md` is drawn from the table, and a test asks every route in every role.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from domain.actor import Actor
from domain.ids import DepartmentCode, GridCode
from domain.vocabulary import Role


class Who(StrEnum):
    """The capacities in which somebody may act on an issue."""

    ENGINE = "engine"
    RAISER = "raiser"
    EVALUATOR = "evaluator"
    GRID_WORKER = "grid_worker"
    DISPATCHER = "dispatcher"
    SUPERVISOR = "supervisor"
    LEAD = "lead"
    CO = "co"
    CALLED = "called"
    LATE = "late"
    PARTY = "party"
    CAMERA = "camera"
    """The engine in the name of the camera that raised it, until a person has to do with it."""


class MeetingWho(StrEnum):
    """The capacities in which somebody may act in a meeting."""

    ENGINE = "engine"
    CONVENOR = "convenor"
    INVITED = "invited"
    SUPERVISOR = "supervisor"
    TASKED = "tasked"
    REVIEWER = "reviewer"


class Act(StrEnum):
    """What is asked for beside the commands of the laws; most of it is reading."""

    RAISE = "raise"
    LIST_ISSUES = "list_issues"
    """Also what a command may be about at all: who does not see the issue is told of none."""
    READ_ISSUE = "read_issue"
    """Its page, for who talks about it in a meeting as well."""
    SEE_PRIORITY_OF_BIRTH = "see_priority_of_birth"
    REACH_REPORTER = "reach_reporter"
    SEE_MASKED_REPORTER = "see_masked_reporter"
    """For who handles the matter without reaching them; see `domain/masking.py`."""
    HOST_VISITORS = "host_visitors"
    """To make links for who has no account."""
    ERASE_ISSUE = "erase_issue"
    ASK_WHAT_IS_NEAR = "ask_what_is_near"
    JOIN = "join"
    FOLLOW = "follow"
    UPLOAD_PICTURE = "upload_picture"
    SEE_MEETING = "see_meeting"
    OWE_MEETINGS = "owe_meetings"
    SEE_ALERTS = "see_alerts"
    READ_MESSAGE = "read_message"
    REPLAY_MESSAGES = "replay_messages"
    GIVE_TOKENS = "give_tokens"
    READ_REFERENCE = "read_reference"
    READ_STAFF_NAMES = "read_staff_names"
    READ_ABSENCES = "read_absences"
    READ_NOTICE_POLICIES = "read_notice_policies"
    READ_ALERT_SOURCES = "read_alert_sources"
    WRITE_REFERENCE = "write_reference"
    TRY_POLICY = "try_policy"
    ERASE_STAFF_NAME = "erase_staff_name"
    COLOUR_HOUSEHOLD = "colour_household"
    KEEP_ACCOUNTS = "keep_accounts"
    EXPORT_PERSON = "export_person"
    ERASE_PERSON = "erase_person"
    READ_AUDIT = "read_audit"
    """Also to export it."""


class Within(StrEnum):
    """How far a right reaches: the things it holds for."""

    ANYWHERE = "anywhere"
    GRID = "grid"
    """In the subtree of one of the actor's grids."""
    OWN = "own"
    """Raised by or for the actor."""
    NEAR = "near"
    """Near the position that is asked from."""
    FOLLOWED = "followed"
    DEPARTMENT = "department"
    """The actor's department was ever called to it; of reference data, it is about its people."""
    CALLED = "called"
    LEAD = "lead"
    CO = "co"
    LATE = "late"
    RATED = "rated"
    """In the grid, and the whistle kind lets the role rate; a camera's is rated by grid workers."""
    UNTOUCHED = "untouched"
    """Raised by a camera, and no person has had to do with it."""
    MEETING = "meeting"
    """The actor's own person is in the meeting."""
    DELEGATE = "delegate"
    """The actor's department is in the meeting."""
    INVITED = "invited"
    SENT = "sent"
    """The actor's department is invited."""
    CONVENOR = "convenor"
    UNLED = "unled"
    """In the grid, and the meeting has no convenor."""
    TASKED = "tasked"
    REVIEWS = "reviews"
    """The actor's own person reviews a task of another department."""
    REVIEWS_FOR = "reviews_for"
    """The actor's department reviews a task of another one, named so or because it convened."""
    REVIEWS_UNLED = "reviews_unled"
    """In the grid: a task that names no reviewer, in a meeting that has no convenor."""


Row: TypeAlias = Who | MeetingWho | Act


@dataclass(frozen=True, slots=True)
class Grant:
    """These roles have the right, so far; no roles are everybody who is signed in."""

    within: Within
    roles: tuple[Role, ...] = ()

    def is_for(self, actor: Actor) -> bool:
        return not self.roles or actor.has(*self.roles)


W = Within
OF_A_DEPARTMENT = (Role.STAFF, Role.LEADER)
_ON_THE_SPOT = (Role.GRID_WORKER, Role.BUILDING_HEAD)
_OVERSEERS = (Role.DISPATCHER, Role.SUPERVISOR)
_ADMINISTRATOR = (Role.ADMINISTRATOR,)
_INSIDE = (*OF_A_DEPARTMENT, *_ON_THE_SPOT, *_OVERSEERS, *_ADMINISTRATOR)

_OWN, _ANYWHERE = Grant(W.OWN), Grant(W.ANYWHERE)
_ENGINE = Grant(W.ANYWHERE, (Role.ENGINE,))
_GRID_OF_ADMINISTRATOR = Grant(W.GRID, _ADMINISTRATOR)
_PARTY = (
    _OWN,
    Grant(W.DEPARTMENT, OF_A_DEPARTMENT),
    Grant(W.GRID, (*_ON_THE_SPOT, *_OVERSEERS)),
)
_SEES_ISSUE = (*_PARTY, _GRID_OF_ADMINISTRATOR)
_IN_MEETING = (Grant(W.MEETING), Grant(W.DELEGATE, OF_A_DEPARTMENT))
_UNLED = Grant(W.UNLED, (Role.SUPERVISOR,))

_OF_ISSUES: Mapping[Who, tuple[Grant, ...]] = {
    Who.ENGINE: (_ENGINE,),
    Who.RAISER: (_OWN,),
    Who.EVALUATOR: (_OWN, Grant(W.RATED)),
    Who.GRID_WORKER: (Grant(W.GRID, (Role.GRID_WORKER,)),),
    Who.DISPATCHER: (Grant(W.GRID, (Role.DISPATCHER,)),),
    Who.SUPERVISOR: (Grant(W.GRID, (Role.SUPERVISOR,)),),
    Who.LEAD: (Grant(W.LEAD, OF_A_DEPARTMENT),),
    Who.CO: (Grant(W.CO, OF_A_DEPARTMENT),),
    Who.CALLED: (Grant(W.CALLED, OF_A_DEPARTMENT),),
    Who.LATE: (Grant(W.LATE, OF_A_DEPARTMENT),),
    Who.PARTY: _PARTY,
    Who.CAMERA: (Grant(W.UNTOUCHED, (Role.ENGINE,)),),
}
_OF_MEETINGS: Mapping[MeetingWho, tuple[Grant, ...]] = {
    MeetingWho.ENGINE: (_ENGINE,),
    MeetingWho.CONVENOR: (Grant(W.CONVENOR, OF_A_DEPARTMENT), _UNLED),
    MeetingWho.INVITED: (Grant(W.INVITED), Grant(W.SENT, OF_A_DEPARTMENT)),
    MeetingWho.SUPERVISOR: (Grant(W.GRID, (Role.SUPERVISOR,)),),
    MeetingWho.TASKED: (Grant(W.TASKED, OF_A_DEPARTMENT),),
    MeetingWho.REVIEWER: (
        Grant(W.REVIEWS),
        Grant(W.REVIEWS_FOR, OF_A_DEPARTMENT),
        Grant(W.REVIEWS_UNLED, (Role.SUPERVISOR,)),
    ),
}
_OF_THE_REST: Mapping[Act, tuple[Grant, ...]] = {
    Act.RAISE: (_ANYWHERE,),
    Act.LIST_ISSUES: _SEES_ISSUE,
    Act.READ_ISSUE: (*_SEES_ISSUE, *_IN_MEETING),
    Act.SEE_PRIORITY_OF_BIRTH: (Grant(W.ANYWHERE, _INSIDE),),
    Act.SEE_MASKED_REPORTER: (Grant(W.ANYWHERE, _INSIDE),),
    Act.REACH_REPORTER: (
        _OWN,
        Grant(W.CALLED, OF_A_DEPARTMENT),
        Grant(W.GRID, (Role.DISPATCHER, Role.GRID_WORKER)),
    ),
    Act.HOST_VISITORS: (
        _OWN,
        Grant(W.LEAD, OF_A_DEPARTMENT),
        Grant(W.GRID, (Role.DISPATCHER, Role.GRID_WORKER)),
    ),
    Act.ERASE_ISSUE: (_GRID_OF_ADMINISTRATOR,),
    Act.ASK_WHAT_IS_NEAR: (Grant(W.NEAR),),
    Act.JOIN: (*_SEES_ISSUE, Grant(W.NEAR)),
    Act.FOLLOW: (Grant(W.FOLLOWED),),
    Act.UPLOAD_PICTURE: (_ANYWHERE,),
    Act.SEE_MEETING: (*_IN_MEETING, Grant(W.GRID, (*_OVERSEERS, Role.ADMINISTRATOR)), _ENGINE),
    Act.OWE_MEETINGS: (*_IN_MEETING, _UNLED),
    Act.SEE_ALERTS: (Grant(W.GRID, (*_OVERSEERS, Role.ADMINISTRATOR)),),
    Act.READ_MESSAGE: (_GRID_OF_ADMINISTRATOR,),
    Act.REPLAY_MESSAGES: (_GRID_OF_ADMINISTRATOR,),
    Act.GIVE_TOKENS: (_GRID_OF_ADMINISTRATOR,),
    Act.READ_REFERENCE: (_ANYWHERE,),
    Act.READ_STAFF_NAMES: (Grant(W.ANYWHERE, (*OF_A_DEPARTMENT, Role.ADMINISTRATOR)),),
    Act.READ_ABSENCES: (
        Grant(W.DEPARTMENT, OF_A_DEPARTMENT),
        Grant(W.GRID, (*_OVERSEERS, Role.ADMINISTRATOR)),
    ),
    Act.READ_NOTICE_POLICIES: (_GRID_OF_ADMINISTRATOR,),
    Act.READ_ALERT_SOURCES: (Grant(W.GRID, (Role.DISPATCHER, Role.ADMINISTRATOR)),),
    Act.WRITE_REFERENCE: (_GRID_OF_ADMINISTRATOR,),
    Act.TRY_POLICY: (_GRID_OF_ADMINISTRATOR,),
    Act.ERASE_STAFF_NAME: (_GRID_OF_ADMINISTRATOR,),
    Act.COLOUR_HOUSEHOLD: (_GRID_OF_ADMINISTRATOR,),
    Act.KEEP_ACCOUNTS: (_GRID_OF_ADMINISTRATOR,),
    Act.EXPORT_PERSON: (_OWN, _GRID_OF_ADMINISTRATOR),
    Act.ERASE_PERSON: (_GRID_OF_ADMINISTRATOR,),
    Act.READ_AUDIT: (_GRID_OF_ADMINISTRATOR,),
}


def grants(row: Row) -> tuple[Grant, ...]:
    """To whom the table gives it, and how far."""
    match row:  # words of different lists may be spelt alike, and would be one key of one mapping
        case Who():
            return _OF_ISSUES[row]
        case MeetingWho():
            return _OF_MEETINGS[row]
        case Act():
            return _OF_THE_REST[row]


def reach(actor: Actor, row: Row) -> tuple[Within, ...]:
    """How far the actor's roles carry; nothing if they have no such right at all."""
    return tuple(each.within for each in grants(row) if each.is_for(actor))


def may(actor: Actor, act: Act) -> bool:
    """Whether there is anything that the actor may do this with."""
    return bool(reach(actor, act))


def grids_of(actor: Actor, row: Row, within: Within = Within.GRID) -> tuple[GridCode, ...]:
    """The subtrees in which the actor has the right by office."""
    return actor.grids if within in reach(actor, row) else ()


def department_of(actor: Actor) -> DepartmentCode | None:
    """The department the actor speaks for; being of one is not enough."""
    return actor.department if actor.has(*OF_A_DEPARTMENT) else None
