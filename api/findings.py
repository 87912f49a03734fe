"""Pydantic's findings as ours: where and by which rule, never what was sent."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from api.problems import FieldError
from api.schemas import text
from api.schemas.pictures import PICTURE
from domain.vocabulary import Role

_CONTEXT = ("min_length", "max_length", "gt", "ge", "lt", "le")
"""Numbers of the rule."""
_EXPECTED = re.compile(r"'([^']*)'|\b(\d+)\b")
_NOBODY = frozenset({str(Role.ENGINE)})
"""Words of the law that no caller may say."""
_GRID = "grid"

_FORMS: Mapping[str, str] = {
    text.CODE: "code",
    text.PHONE: "phone",
    text.NUMBER: "number",
    r"^[A-Za-z0-9-]{1,60}$": "number",
    text.VISIBLE: "visible",
    PICTURE: "picture",
}
"""What a pattern asks for, in words."""
_CURSORS = frozenset({"after", "cursor"})
_SHAPES: tuple[tuple[str, str], ...] = (
    ("datetime_", "instant"),
    ("timezone_", "instant"),
    ("date_", "date"),
    ("time_delta_", "span"),
    ("time_", "time"),
    ("float_", "amount"),
    ("finite_", "amount"),
    ("int_", "whole_number"),
    ("bool_", "bool"),
    ("string_type", "text"),
    ("string_sub", "text"),
    ("string_unicode", "text"),
    ("list_", "list"),
    ("tuple_", "list"),
    ("dict_", "object"),
    ("model_", "object"),
    ("dataclass_", "object"),
    ("mapping_", "object"),
)
"""Beginnings of pydantic's types, and the shape that is asked for."""


def field_errors(found: Sequence[Any], root: str = "") -> Iterator[FieldError]:
    for each in found:
        context = each.get("ctx", {})
        params = {name: context[name] for name in _CONTEXT if name in context}
        field = _field(each["loc"], root)
        if "expected" in context:
            params["expected"] = ",".join(_expected(str(context["expected"])))
        yield FieldError(
            field=field, rule=each["type"], params=params, wording=_wording(each, field)
        )


def reason_key(reason: str) -> str:
    """Where the catalogues keep a rule of the domain that was broken."""
    return "reason." + re.sub(r"[^a-z0-9]+", "_", reason.lower()).strip("_")


def _expected(said: str) -> list[str]:
    words = [quoted or number for quoted, number in _EXPECTED.findall(said)]
    return [word for word in words if word not in _NOBODY]


def _wording(found: Mapping[str, Any], field: str) -> str:
    """The key of a sentence that says more than the type does; empty when there is none."""
    kind = str(found["type"])
    if kind == "value_error":  # a rule of the domain, in its own words
        return reason_key(str(found["ctx"]["error"]))
    if kind == "string_pattern_mismatch":
        return _form(found.get("ctx", {}).get("pattern", ""), field.rpartition(".")[2])
    return next((f"form.{shape}" for start, shape in _SHAPES if kind.startswith(start)), "")


def _form(pattern: str, name: str) -> str:
    if name in _CURSORS:
        return "form.cursor"
    form = _FORMS.get(pattern, "")
    return f"form.{_GRID if form == 'code' and name == _GRID else form}"


def _field(where: Sequence[str | int], root: str) -> str:
    """As the caller wrote it: a repeated parameter has no index."""
    path = [str(step) for step in where]
    if path and path[0] == "query":
        path = [str(step) for step in where if not isinstance(step, int)]
    if path and path[0] in {"body", "query", "path", "header"}:
        path = path[1:] or path
    return ".".join([root, *path] if root else path) or "body"
