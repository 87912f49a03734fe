"""Which problems the ways in and accounts may answer with, beside those of `api.documentation`."""

from api.documentation import ALWAYS, KNOWN, LIST, POST, REPORTER, SEARCH
from api.problems import ApiCode, Code

A = ApiCode

_BODY: tuple[Code, ...] = (A.INVALID_INPUT, A.TOO_LARGE, A.UNSUPPORTED_MEDIA_TYPE)
REFRESH: tuple[Code, ...] = (
    *ALWAYS,
    *_BODY,
    A.SESSION_OVER,
    A.DATABASE_UNAVAILABLE,
)
_PASSWORD: tuple[Code, ...] = (
    A.SIGN_IN_FAILED,
    A.SIGN_IN_LOCKED,
    A.TOO_MANY_ATTEMPTS,
    A.NO_APPOINTMENT,
    A.OVERLOADED,
)
SIGN_IN: tuple[Code, ...] = (*ALWAYS, *_BODY, *_PASSWORD, A.DATABASE_UNAVAILABLE)
ME: tuple[Code, ...] = tuple(code for code in KNOWN if code is not A.PASSWORD_CHANGE_NEEDED)
SIGN_OUT: tuple[Code, ...] = (*ME, A.NO_SESSION)
CHANGE_PASSWORD: tuple[Code, ...] = (*SIGN_OUT, *_BODY, *_PASSWORD)
SWITCH: tuple[Code, ...] = (*SIGN_OUT, *_BODY, A.NO_APPOINTMENT)
_PROVIDER: tuple[Code, ...] = (
    *ALWAYS,
    A.INVALID_INPUT,
    A.NOT_FOUND,
    A.TOO_MANY_ATTEMPTS,
    A.PROVIDER_UNAVAILABLE,
)
TO_PROVIDER: tuple[Code, ...] = _PROVIDER
FROM_PROVIDER: tuple[Code, ...] = (
    *_PROVIDER,
    A.PROVIDER_REFUSED,
    A.SIGN_IN_STALE,
    A.NOT_LINKED,
    A.DATABASE_UNAVAILABLE,
)
SIGN_IN_BY_CODE: tuple[Code, ...] = (
    *ALWAYS,
    *_BODY,
    A.NOT_FOUND,
    A.TOO_MANY_ATTEMPTS,
    A.SIGN_IN_STALE,
    A.SIGN_IN_FAILED,
    A.NO_APPOINTMENT,
    A.DATABASE_UNAVAILABLE,
)
SIGN_IN_BY_WECHAT: tuple[Code, ...] = (
    *ALWAYS,
    *_BODY,
    A.NOT_FOUND,
    A.TOO_MANY_ATTEMPTS,
    A.PROVIDER_REFUSED,
    A.PROVIDER_UNAVAILABLE,
    A.NOT_LINKED,
    A.SIGN_IN_FAILED,
    A.NO_APPOINTMENT,
    A.DATABASE_UNAVAILABLE,
)
BIND_WECHAT: tuple[Code, ...] = (*SIGN_IN_BY_WECHAT, A.SIGN_IN_STALE, A.ACCOUNT_TAKEN)
SIGNED_OUT_THERE: tuple[Code, ...] = (
    *ALWAYS,
    A.NOT_FOUND,
    A.TOO_LARGE,
    A.UNSUPPORTED_MEDIA_TYPE,
    A.PROVIDER_UNAVAILABLE,
    A.DATABASE_UNAVAILABLE,
)
SEE_ACCOUNTS: tuple[Code, ...] = (*LIST, A.FORBIDDEN)
SEE_ACCOUNT: tuple[Code, ...] = REPORTER
CREATE_ACCOUNT: tuple[Code, ...] = (
    *POST,
    A.FORBIDDEN,
    A.OUT_OF_SCOPE,
    A.ACCOUNT_TAKEN,
    A.OWN_ACCOUNT,
    A.OVERLOADED,
)
APPOINT: tuple[Code, ...] = (
    *POST,
    A.FORBIDDEN,
    A.OUT_OF_SCOPE,
    A.NOT_FOUND,
    A.OWN_ACCOUNT,
    A.OVERLOADED,
)
LINK: tuple[Code, ...] = (*APPOINT, A.ACCOUNT_TAKEN)
CHANGE_ACCOUNT: tuple[Code, ...] = (
    *SEARCH,
    A.FORBIDDEN,
    A.OUT_OF_SCOPE,
    A.NOT_FOUND,
    A.ACCOUNT_TAKEN,
    A.OWN_ACCOUNT,
)
