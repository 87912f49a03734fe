"""The one table from the reason of a no to its HTTP status, and the problem that carries it.

Problem
├── raised anywhere in `api` with a code of `ApiCode`
└── made of a `Refusal` of the law, whose `RefusalCode` is the code
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from types import MappingProxyType
from typing import Self

from catalogue import DEFAULT, TEXTS, say
from domain.refusals import Refusal, RefusalCode

MEDIA_TYPE = "application/problem+json"
_OF_MEETING = "meeting_problem"


class ApiCode(StrEnum):
    """Reasons the API itself has for a no; stable, beside those of the law."""

    BAD_REQUEST = "bad_request"
    UNAUTHENTICATED = "unauthenticated"
    TOKEN_EXPIRED = "token_expired"  # noqa: S105 - a code
    FORBIDDEN = "forbidden"
    OUT_OF_SCOPE = "out_of_scope"
    MAY_NOT_BLOW = "may_not_blow"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    STALE_VERSION = "stale_version"
    IN_USE = "in_use"
    OWN_ISSUE = "own_issue"
    WORK_DONE = "work_done"
    CONFLICT = "conflict"
    TOO_LARGE = "too_large"
    TOO_MANY_REQUESTS = "too_many_requests"
    TOO_SLOW = "too_slow"
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type"
    INVALID_INPUT = "invalid_input"
    TOO_MANY_PICTURES = "too_many_pictures"
    LINK_EXPIRED = "link_expired"
    IDEMPOTENCY_KEY_REUSED = "idempotency_key_reused"
    INTERNAL_ERROR = "internal_error"
    NOT_YET_STARTED = "not_yet_started"
    ENGINE_UNAVAILABLE = "engine_unavailable"
    OUTCOME_UNKNOWN = "outcome_unknown"
    OVERLOADED = "overloaded"
    DATABASE_UNAVAILABLE = "database_unavailable"
    KEYS_UNAVAILABLE = "keys_unavailable"
    BAD_SIGNATURE = "bad_signature"
    CANNOT_SIGN = "cannot_sign"
    CANNOT_LINK = "cannot_link"
    NO_AUDIT_KEY = "no_audit_key"
    TOO_MANY_MESSAGES = "too_many_messages"
    SOURCE_BUSY = "source_busy"
    PICTURES_UNAVAILABLE = "pictures_unavailable"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGN_IN_LOCKED = "sign_in_locked"
    TOO_MANY_ATTEMPTS = "too_many_attempts"
    NO_APPOINTMENT = "no_appointment"
    SESSION_OVER = "session_over"
    NO_SESSION = "no_session"
    PASSWORD_CHANGE_NEEDED = "password_change_needed"  # noqa: S105 - a code
    ACCOUNT_TAKEN = "account_taken"
    OWN_ACCOUNT = "own_account"
    PROVIDER_UNAVAILABLE = "provider_unavailable"
    PROVIDER_REFUSED = "provider_refused"
    SIGN_IN_STALE = "sign_in_stale"
    NOT_LINKED = "not_linked"


Code = RefusalCode | ApiCode

STATUS: Mapping[Code, HTTPStatus] = {
    **dict.fromkeys(RefusalCode, HTTPStatus.CONFLICT),
    RefusalCode.NOT_ALLOWED: HTTPStatus.FORBIDDEN,
    ApiCode.BAD_REQUEST: HTTPStatus.BAD_REQUEST,
    ApiCode.UNAUTHENTICATED: HTTPStatus.UNAUTHORIZED,
    ApiCode.TOKEN_EXPIRED: HTTPStatus.UNAUTHORIZED,
    ApiCode.FORBIDDEN: HTTPStatus.FORBIDDEN,
    ApiCode.OUT_OF_SCOPE: HTTPStatus.FORBIDDEN,
    ApiCode.MAY_NOT_BLOW: HTTPStatus.FORBIDDEN,
    ApiCode.NOT_FOUND: HTTPStatus.NOT_FOUND,
    ApiCode.METHOD_NOT_ALLOWED: HTTPStatus.METHOD_NOT_ALLOWED,
    ApiCode.STALE_VERSION: HTTPStatus.CONFLICT,
    ApiCode.IN_USE: HTTPStatus.CONFLICT,
    ApiCode.OWN_ISSUE: HTTPStatus.CONFLICT,
    ApiCode.WORK_DONE: HTTPStatus.CONFLICT,
    ApiCode.CONFLICT: HTTPStatus.CONFLICT,
    ApiCode.TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    ApiCode.TOO_MANY_REQUESTS: HTTPStatus.TOO_MANY_REQUESTS,
    ApiCode.TOO_SLOW: HTTPStatus.SERVICE_UNAVAILABLE,
    ApiCode.UNSUPPORTED_MEDIA_TYPE: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    ApiCode.INVALID_INPUT: HTTPStatus.UNPROCESSABLE_ENTITY,
    ApiCode.TOO_MANY_PICTURES: HTTPStatus.CONFLICT,
    ApiCode.LINK_EXPIRED: HTTPStatus.FORBIDDEN,
    ApiCode.IDEMPOTENCY_KEY_REUSED: HTTPStatus.UNPROCESSABLE_ENTITY,
    ApiCode.INTERNAL_ERROR: HTTPStatus.INTERNAL_SERVER_ERROR,
    ApiCode.NOT_YET_STARTED: HTTPStatus.SERVICE_UNAVAILABLE,
    ApiCode.ENGINE_UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
    ApiCode.OUTCOME_UNKNOWN: HTTPStatus.SERVICE_UNAVAILABLE,
    ApiCode.OVERLOADED: HTTPStatus.SERVICE_UNAVAILABLE,
    ApiCode.DATABASE_UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
    ApiCode.KEYS_UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
    ApiCode.CANNOT_SIGN: HTTPStatus.CONFLICT,
    ApiCode.CANNOT_LINK: HTTPStatus.CONFLICT,
    ApiCode.NO_AUDIT_KEY: HTTPStatus.CONFLICT,
    ApiCode.BAD_SIGNATURE: HTTPStatus.UNAUTHORIZED,
    ApiCode.TOO_MANY_MESSAGES: HTTPStatus.TOO_MANY_REQUESTS,
    ApiCode.SOURCE_BUSY: HTTPStatus.SERVICE_UNAVAILABLE,
    ApiCode.PICTURES_UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
    ApiCode.SIGN_IN_FAILED: HTTPStatus.UNAUTHORIZED,
    ApiCode.SIGN_IN_LOCKED: HTTPStatus.TOO_MANY_REQUESTS,
    ApiCode.TOO_MANY_ATTEMPTS: HTTPStatus.TOO_MANY_REQUESTS,
    ApiCode.NO_APPOINTMENT: HTTPStatus.FORBIDDEN,
    ApiCode.SESSION_OVER: HTTPStatus.UNAUTHORIZED,
    ApiCode.NO_SESSION: HTTPStatus.CONFLICT,
    ApiCode.PASSWORD_CHANGE_NEEDED: HTTPStatus.FORBIDDEN,
    ApiCode.ACCOUNT_TAKEN: HTTPStatus.CONFLICT,
    ApiCode.OWN_ACCOUNT: HTTPStatus.CONFLICT,
    ApiCode.PROVIDER_UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
    ApiCode.PROVIDER_REFUSED: HTTPStatus.UNAUTHORIZED,
    ApiCode.SIGN_IN_STALE: HTTPStatus.BAD_REQUEST,
    ApiCode.NOT_LINKED: HTTPStatus.FORBIDDEN,
}

RETRY_AFTER: Mapping[Code, int] = {
    ApiCode.NOT_YET_STARTED: 1,
    ApiCode.OUTCOME_UNKNOWN: 1,
    ApiCode.OVERLOADED: 2,
    ApiCode.TOO_SLOW: 3,
    ApiCode.SOURCE_BUSY: 2,
    ApiCode.ENGINE_UNAVAILABLE: 3,
    ApiCode.DATABASE_UNAVAILABLE: 3,
    ApiCode.KEYS_UNAVAILABLE: 5,
    ApiCode.PICTURES_UNAVAILABLE: 3,
    ApiCode.PROVIDER_UNAVAILABLE: 5,
}
"""Seconds after which asking again makes sense; exactly the codes of status 503."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldError:
    """One field that is not as required: where, by which rule, and the rule's own numbers."""

    field: str
    rule: str
    params: Mapping[str, object]
    wording: str = ""
    """The key of a sentence that says more than that of the rule."""

    @classmethod
    def of(cls, field: str, rule: str, **params: object) -> Self:
        return cls(field=field, rule=rule, params=params)

    def worded(self, locale: str) -> dict[str, str]:
        keys = (self.wording, f"rule.{self.rule}", "rule.other")
        key = next(key for key in keys if key in TEXTS[DEFAULT])
        message = say(key, locale, **self.params)
        return {"field": self.field, "rule": self.rule, "message": message}


class Problem(Exception):
    """A no of the API, on its way to becoming problem+json."""

    def __init__(
        self,
        code: Code,
        params: Mapping[str, object] = MappingProxyType({}),
        *,
        errors: Iterable[FieldError] = (),
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.code = code
        self.params = {name: str(value) for name, value in params.items()}
        self.errors = tuple(errors)
        self.headers = dict(headers)
        self.section = "problem"
        super().__init__(str(code))

    @classmethod
    def of_refusal(cls, refusal: Refusal) -> Self:
        return cls(refusal.code, refusal.params)

    @classmethod
    def invalid(cls, *errors: FieldError) -> Self:
        fields = ", ".join(dict.fromkeys(error.field for error in errors))
        return cls(ApiCode.INVALID_INPUT, {"fields": fields}, errors=errors)

    def of_meeting(self) -> Self:
        """Said of a meeting, where the catalogue has a sentence of its own for that."""
        if f"{_OF_MEETING}.{self.code}.detail" in TEXTS[DEFAULT]:
            self.section = _OF_MEETING
        return self

    @property
    def is_of_meeting(self) -> bool:
        return self.section == _OF_MEETING

    @property
    def status(self) -> HTTPStatus:
        return STATUS[self.code]

    def body(
        self, locale: str, request_id: str, said: Mapping[str, str] = MappingProxyType({})
    ) -> dict[str, object]:
        """RFC 9457, with our code, its parameters and the fields that are wrong.

        `said` is what the sentence says instead of some parameters.
        """
        sentence = f"{self.section}.{self.code}"
        body: dict[str, object] = {
            "type": f"urn:dispatch:problem:{self.code}",
            "title": say(f"{sentence}.title", locale),
            "status": int(self.status),
            "detail": say(f"{sentence}.detail", locale, **{**self.params, **said}),
            "code": str(self.code),
            "params": self.params,
            "request_id": request_id,
        }
        if self.errors:
            body["errors"] = [error.worded(locale) for error in self.errors]
        return body
