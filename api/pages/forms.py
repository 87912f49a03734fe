"""What a resident typed, chose and took pictures of, and what is wrong with it."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from api.problems import ApiCode, Problem
from catalogue import say
from domain.vocabulary import Satisfaction

MOST_PICTURES = 3
LONGEST_WORDS = 1_000
_MOST_FIELDS, _MOST_FILES = 12, 20
_LONGEST_PART = 64 * 1024
_BESIDE_PICTURES = 1_000_000
_KEY = re.compile(r"[0-9a-f]{32}")
_SAYABLE = frozenset(Satisfaction) - {Satisfaction.NO_ANSWER}
_SOLVED: Mapping[str, bool] = {"yes": True, "no": False}


def form_limit(picture: int) -> int:
    """How long a whole form may be, when a picture may be so long."""
    return MOST_PICTURES * picture + _BESIDE_PICTURES


def a_key() -> str:
    """Names one rendering of a form: sent twice, it is one request."""
    return secrets.token_hex(16)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationForm:
    """As it was filled in; `files` cannot be shown again, browsers do not take them back."""

    key: str = field(default_factory=a_key)
    satisfaction: str = ""
    solved: str = ""
    words: str = ""
    files: tuple[UploadFile, ...] = ()

    @property
    def is_solved(self) -> bool:
        return _SOLVED[self.solved]

    def faults(self, locale: str, most_bytes: int) -> dict[str, str]:
        """What has to be mended, by field."""
        found = {}
        if self.satisfaction not in _SAYABLE:
            found["satisfaction"] = say("page.satisfaction_missing", locale)
        if self.solved not in _SOLVED:
            found["solved"] = say("page.solved_missing", locale)
        if len(self.words) > LONGEST_WORDS:
            found["words"] = say(
                "page.words_too_long", locale, most=LONGEST_WORDS, count=len(self.words)
            )
        if len(self.files) > MOST_PICTURES:
            found["pictures"] = say("page.too_many_pictures", locale, most=MOST_PICTURES)
        elif any((each.size or 0) > most_bytes for each in self.files):
            found["pictures"] = say("page.picture_too_large", locale, most=most_bytes // 1_000_000)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeForm:
    """A code that was said back, and for what."""

    code: str
    act: str
    sure: bool


async def evaluation_of(request: Request) -> EvaluationForm:
    """The form of an evaluation.

    Raises:
        Problem: it cannot be read, or is too large.
    """
    typed, files = await _form(request)
    key = typed.get("key", "")
    return EvaluationForm(
        key=key if _KEY.fullmatch(key) else a_key(),
        satisfaction=typed.get("satisfaction", ""),
        solved=typed.get("solved", ""),
        words=typed.get("words", "").replace("\r\n", "\n").replace("\x00", "").strip(),
        files=files,
    )


async def code_of(request: Request) -> CodeForm:
    """The form of a code; digits are taken as people write them.

    Raises:
        Problem: as `evaluation_of`.
    """
    typed, _ = await _form(request)
    digits = (each for each in typed.get("code", "") if each.isdecimal())
    return CodeForm(
        code="".join(str(int(each)) for each in digits),
        act=typed.get("act", ""),
        sure=typed.get("sure") == "yes",
    )


async def _form(request: Request) -> tuple[dict[str, str], tuple[UploadFile, ...]]:
    try:
        form = await request.form(
            max_files=_MOST_FILES, max_fields=_MOST_FIELDS, max_part_size=_LONGEST_PART
        )
    except HTTPException as error:
        too_large = error.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        raise Problem(ApiCode.TOO_LARGE if too_large else ApiCode.BAD_REQUEST) from error
    typed = {name: value for name, value in form.items() if isinstance(value, str)}
    files = (each for each in form.getlist("pictures") if isinstance(each, UploadFile))
    return typed, tuple(each for each in files if each.filename and each.size)
