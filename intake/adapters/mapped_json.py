"""Any vendor's JSON by a declaration: the source's options say where stands what.

EZVIZ, Huawei IVM, jftech and AI boxes ship as examples of such options.
"""

import json
import re
from collections.abc import Mapping

from pydantic import ValidationError

from intake.adapters.contract import RawMessage, Reading, SourceView, VendorAnswer
from intake.adapters.elements import read_each, unreadable
from intake.adapters.mapped_element import MappedElement
from intake.adapters.mapped_options import MappedOptions
from intake.adapters.paths import Place
from intake.adapters.safe_json import LARGEST_WITH_PICTURES, check, read_json
from intake.adapters.values import LONGEST_URL, Unreadable

PLACEHOLDER = re.compile(r"\$\{([^{}]+)\}")


class MappedJson:
    """Reads what the options of its source describe."""

    name = "mapped_json"

    def read(self, message: RawMessage, source: SourceView) -> Reading:
        try:
            options = options_of(source.options)
            body = read_json(message.body, message.content_type, LARGEST_WITH_PICTURES)
            elements: tuple[object, ...] = (body,)
            if options.elements:
                check(body)
                elements = Place(element=body, message=body).all_at(options.elements)
        except Unreadable as broken:
            return unreadable(broken)
        return read_each(
            elements,
            lambda element: MappedElement(
                place=Place(element=element, message=body),
                options=options,
                message=message,
                source=source,
            ).read(),
        )

    def answer(self, message: RawMessage, source: SourceView) -> VendorAnswer:
        """The template of the options, with values of the message in it."""
        try:
            template = options_of(source.options).answer
        except Unreadable:
            return VendorAnswer()
        body = b""
        if template.body is not None:
            filled = _filled(template.body, _whole(message))
            written = filled if isinstance(filled, str) else json.dumps(filled, ensure_ascii=False)
            body = written.encode("utf-8", "replace")
        return VendorAnswer(status=template.status, body=body, content_type=template.content_type)


def options_of(options: Mapping[str, object]) -> MappedOptions:
    """Also for whoever stores a source: broken options are refused before they are used."""
    try:
        return MappedOptions.model_validate(dict(options))
    except ValidationError as broken:
        raise Unreadable("options_broken") from broken


def _whole(message: RawMessage) -> Place:
    """A message that cannot be read has no values; the sender is answered all the same."""
    try:
        body = read_json(message.body, message.content_type, LARGEST_WITH_PICTURES)
        check(body)
    except Unreadable:
        body = None
    return Place(element=body, message=body)


def _filled(template: object, place: Place) -> object:
    """A text that is nothing but a placeholder becomes the value itself, with its type."""
    if isinstance(template, dict):
        return {key: _filled(value, place) for key, value in template.items()}
    if isinstance(template, list):
        return [_filled(each, place) for each in template]
    if not isinstance(template, str):
        return template
    if alone := PLACEHOLDER.fullmatch(template):
        return _scalar(place.first_at(alone[1]))
    return PLACEHOLDER.sub(lambda found: str(_scalar(place.first_at(found[1])) or ""), template)


def _scalar(value: object) -> object:
    """What is echoed is short and flat."""
    if isinstance(value, str):
        return value if len(value) <= LONGEST_URL else None
    return value if isinstance(value, bool | int | float) else None
