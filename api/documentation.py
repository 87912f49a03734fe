"""Which problems each route may answer with: the one table behind the OpenAPI document."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, Field

from api.problems import MEDIA_TYPE, ApiCode, Code, Problem
from domain import commands as c
from domain.meeting import commands as m
from domain.refusals import RefusalCode as R

A = ApiCode

ALWAYS: tuple[Code, ...] = (
    A.BAD_REQUEST,
    A.METHOD_NOT_ALLOWED,
    A.TOO_MANY_REQUESTS,
    A.TOO_SLOW,
    A.INTERNAL_ERROR,
)
KNOWN: tuple[Code, ...] = (
    *ALWAYS,
    A.UNAUTHENTICATED,
    A.TOKEN_EXPIRED,
    A.SESSION_OVER,
    A.PASSWORD_CHANGE_NEEDED,
    A.KEYS_UNAVAILABLE,
    A.DATABASE_UNAVAILABLE,
)
LIST: tuple[Code, ...] = (*KNOWN, A.INVALID_INPUT)
SEARCH: tuple[Code, ...] = (*LIST, A.TOO_LARGE, A.UNSUPPORTED_MEDIA_TYPE)
READ: tuple[Code, ...] = (*LIST, A.NOT_FOUND)
REPORTER: tuple[Code, ...] = (*READ, A.FORBIDDEN)
SEE_CAMERAS: tuple[Code, ...] = (*LIST, A.FORBIDDEN)
POST: tuple[Code, ...] = (
    *LIST,
    A.TOO_LARGE,
    A.UNSUPPORTED_MEDIA_TYPE,
    A.IDEMPOTENCY_KEY_REUSED,
)
UPLOAD: tuple[Code, ...] = (*POST, A.TOO_MANY_PICTURES, A.OVERLOADED, A.PICTURES_UNAVAILABLE)
LOOK: tuple[Code, ...] = (
    *ALWAYS,
    A.INVALID_INPUT,
    A.NOT_FOUND,
    A.LINK_EXPIRED,
    A.DATABASE_UNAVAILABLE,
    A.PICTURES_UNAVAILABLE,
)
RAISE: tuple[Code, ...] = (*POST, A.MAY_NOT_BLOW)
ME_TOO: tuple[Code, ...] = (*POST, A.NOT_FOUND, A.OWN_ISSUE, A.WORK_DONE, R.LIMIT_REACHED)
LEAVE: tuple[Code, ...] = (*POST, A.NOT_FOUND)
EVALUATE_TOO: tuple[Code, ...] = (*POST, A.NOT_FOUND, R.WRONG_STATE)
WRITE: tuple[Code, ...] = (*POST, A.FORBIDDEN, A.OUT_OF_SCOPE, A.NOT_FOUND, A.STALE_VERSION)
RETIRE: tuple[Code, ...] = (*WRITE, A.IN_USE)
TRY: tuple[Code, ...] = (*LIST, A.TOO_LARGE, A.UNSUPPORTED_MEDIA_TYPE, A.FORBIDDEN)
ERASE: tuple[Code, ...] = (*POST, A.FORBIDDEN, A.OUT_OF_SCOPE, A.NOT_FOUND)
EXPORT: tuple[Code, ...] = (*LIST, A.TOO_LARGE, A.UNSUPPORTED_MEDIA_TYPE, A.FORBIDDEN)
ERASE_PERSON: tuple[Code, ...] = (*POST, A.FORBIDDEN)
READ_LINKS: tuple[Code, ...] = REPORTER
MAKE_LINK: tuple[Code, ...] = (*POST, A.FORBIDDEN, A.NOT_FOUND, A.CANNOT_LINK, R.LIMIT_REACHED)
REVOKE_LINK: tuple[Code, ...] = (*POST, A.FORBIDDEN, A.NOT_FOUND)
DRAW_LINK: tuple[Code, ...] = (*REPORTER, A.CANNOT_LINK)
READ_TOKENS: tuple[Code, ...] = REPORTER
REVOKE_TOKEN: tuple[Code, ...] = (*POST, A.FORBIDDEN, A.NOT_FOUND)
ISSUE_TOKEN: tuple[Code, ...] = (*REVOKE_TOKEN, A.CANNOT_SIGN)
EXPORT_AUDIT: tuple[Code, ...] = (*LIST, A.FORBIDDEN, A.NO_AUDIT_KEY)
LOOK_AT_ONE: tuple[Code, ...] = REPORTER
REPLAY: tuple[Code, ...] = REVOKE_TOKEN
INTAKE: tuple[Code, ...] = (
    *ALWAYS,
    A.NOT_FOUND,
    A.TOO_LARGE,
    A.BAD_SIGNATURE,
    A.TOO_MANY_MESSAGES,
    A.SOURCE_BUSY,
    A.DATABASE_UNAVAILABLE,
)
COMMAND: tuple[Code, ...] = (
    *POST,
    A.NOT_FOUND,
    A.NOT_YET_STARTED,
    A.ENGINE_UNAVAILABLE,
    A.OUTCOME_UNKNOWN,
    A.OVERLOADED,
    R.NOT_ALLOWED,
    R.WRONG_STATE,
)

REFUSALS: Mapping[type[c.Command], tuple[R, ...]] = {
    c.VerifyIssue: (),
    c.DeclineIssue: (),
    c.DispatchIssue: (R.LEAD_AMONG_CO, R.RETURNED_BEFORE),
    c.ClaimIssue: (R.ALREADY_CLAIMED, R.A_POST_PRESENT),
    c.HandToB: (R.FACT_GONE,),
    c.ContactReporter: (R.ALREADY_CONTACTED, R.NOT_CALLED),
    c.ReportIn: (R.ALREADY_REPORTED_IN, R.NOT_CALLED),
    c.ReturnIssue: (R.IN_MEETING, R.RETURN_FINAL, R.RETURN_TOO_LATE, R.REQUEST_PENDING),
    c.DecideReturn: (R.NOTHING_PENDING, R.OWN_REQUEST),
    c.TransferIssue: (R.IN_MEETING, R.SAME_DEPARTMENT, R.RETURNED_BEFORE, R.LIMIT_REACHED),
    c.AddNote: (R.LIMIT_REACHED,),
    c.RequestSuspension: (
        R.IN_MEETING,
        R.ALREADY_SUSPENDED,
        R.REQUEST_PENDING,
        R.LIMIT_REACHED,
        R.SUSPENSION_IN_PAST,
        R.SUSPENSION_TOO_LONG,
    ),
    c.DecideSuspension: (
        R.NOTHING_PENDING,
        R.OWN_REQUEST,
        R.SUSPENSION_IN_PAST,
        R.SUSPENSION_TOO_LONG,
    ),
    c.ResumeIssue: (R.NOT_SUSPENDED,),
    c.RequestExtension: (
        R.IN_MEETING,
        R.NO_DEADLINE,
        R.REQUEST_PENDING,
        R.DEADLINE_PASSED,
        R.LIMIT_REACHED,
        R.EXTENSION_TOO_LONG,
    ),
    c.DecideExtension: (R.NOTHING_PENDING, R.OWN_REQUEST),
    c.CompletePart: (R.NOT_CALLED, R.NOT_A_PART, R.PART_DONE),
    c.WaivePart: (R.NOT_A_PART, R.PART_DONE),
    c.ResolveIssue: (R.PARTS_OPEN, R.EVIDENCE_MISSING),
    c.EvaluateIssue: (R.ALREADY_EVALUATED, R.ANSWER_INCOMPLETE, R.OWN_WORK),
    c.WithdrawIssue: (),
    c.MarkDuplicate: (R.DUPLICATE_OF_ITSELF,),
    c.AppealBreach: (R.NO_BREACH, R.ALREADY_APPEALED, R.APPEAL_TOO_LATE),
    c.DecideAppeal: (R.NOTHING_PENDING, R.OWN_REQUEST),
    c.UrgeIssue: (R.LIMIT_REACHED,),
    c.SuperviseIssue: (),
    c.ConveneMeeting: (R.IN_MEETING, R.PROPOSED_IN_PAST, R.PROPOSED_TOO_FAR),
}
"""What the law may say to each command beside `not_allowed` and `wrong_state`."""

MEETING_REFUSALS: Mapping[type[c.Command], tuple[R, ...]] = {
    m.AcknowledgeInvitation: (R.ALREADY_ACKNOWLEDGED,),
    m.ReportInToMeeting: (R.ALREADY_REPORTED_IN, R.ARRIVED_OUT_OF_TIME),
    m.OpenSitting: (R.NO_QUORUM, R.SITTING_TOO_EARLY),
    m.AddMinutes: (R.LIMIT_REACHED,),
    m.DecideItem: (
        R.NOT_ON_AGENDA,
        R.ITEM_DECIDED,
        R.NOT_A_COUNCIL,
        R.DECISION_INCOMPLETE,
        R.LEAD_AMONG_CO,
        R.TASK_DUE_IN_PAST,
        R.OWN_TASK,
    ),
    m.InviteDepartments: (R.ALREADY_INVITED, R.LIMIT_REACHED),
    m.PostponeMeeting: (R.LIMIT_REACHED, R.POSTPONED_BACKWARDS, R.POSTPONED_TOO_FAR),
    m.AdjournMeeting: (),
    m.TakeOffAgenda: (R.NOT_ON_AGENDA,),
    m.CompleteTask: (R.UNKNOWN_TASK, R.NOT_YOUR_TASK, R.TASK_DONE),
    m.ReviewTask: (R.UNKNOWN_TASK, R.NOT_YOUR_TASK, R.NOTHING_TO_REVIEW),
}
"""The same for the commands of meetings."""


class FieldFault(BaseModel):
    """One field that is not as required."""

    field: str
    rule: str
    message: str


class ProblemBody(BaseModel):
    """A problem as of RFC 9457; `code` is stable, `title` and `detail` are for people."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    params: dict[str, str]
    request_id: str
    errors: list[FieldFault] = Field(default=[])


def responses(codes: Iterable[Code]) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that may answer with these problems."""
    by_status: dict[int, list[Code]] = defaultdict(list)
    for code in dict.fromkeys(codes):
        by_status[int(Problem(code).status)].append(code)
    return {status: _response(found) for status, found in sorted(by_status.items())}


def _response(codes: Iterable[Code]) -> dict[str, Any]:
    examples = {str(code): {"value": Problem(code).body("en", "0b6f4a526c1e")} for code in codes}
    titles = [f"`{code}`: {example['value']['title']}" for code, example in examples.items()]
    return {
        "description": "; ".join(titles),
        "content": {
            MEDIA_TYPE: {
                "schema": {"$ref": "#/components/schemas/ProblemBody"},
                "examples": examples,
            }
        },
    }
