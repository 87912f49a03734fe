"""Templates into answers, with the headers that keep a page to itself."""

import base64
import hashlib
from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from catalogue import label, say

_TEMPLATES = Environment(
    loader=PackageLoader("api.pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_loader = _TEMPLATES.loader
assert _loader is not None
STYLE = _loader.get_source(_TEMPLATES, "style.css")[0]
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
"""Nothing is loaded, nothing runs; the one style is known by its hash."""
_HEADERS = MappingProxyType(
    {
        "Content-Security-Policy": POLICY,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex, nofollow",
        "Vary": "Accept-Language",
    }
)


def rendered(
    name: str,
    locale: str,
    status: HTTPStatus = HTTPStatus.OK,
    headers: Mapping[str, str] = MappingProxyType({}),
    **values: Any,  # noqa: ANN401 - what a template shows
) -> HTMLResponse:
    """The page in a language."""

    def said(key: str, **params: object) -> str:
        return say(f"page.{key}", locale, **params)

    def labelled(section: str, word: str) -> str:
        return label(section, word, locale)

    text = _TEMPLATES.get_template(name).render(
        locale=locale,
        t=said,
        label=labelled,
        style=Markup(STYLE),  # noqa: S704 - our own file, from this package
        **values,
    )
    return HTMLResponse(
        text, status_code=status, headers={**_HEADERS, "Content-Language": locale, **headers}
    )


def notice(
    said: str, locale: str, status: HTTPStatus, headers: Mapping[str, str] = MappingProxyType({})
) -> HTMLResponse:
    """A page of one sentence."""
    return rendered("notice.html", locale, status, headers, title=f"{said}_title", said=said)
