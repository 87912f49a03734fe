"""One element of a vendor's JSON, read by the declaration of its source."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from domain.alert import Alert, Phase, PictureOf, Seen, TimeQuality
from domain.ids import CameraRef
from intake.adapters.contract import Fault, RawMessage, Reading, SourceView
from intake.adapters.mapped_options import ANY, MappedOptions, Paths
from intake.adapters.paths import Place, word
from intake.adapters.times import DeviceTime, device_time, of_an_end
from intake.adapters.values import (
    Unreadable,
    attributes_of,
    box_of,
    bytes_of,
    fraction,
    key_of,
    listing,
    needed,
    shortened,
    text,
    web_address,
)

MOST_PICTURES = 6
JOINT = "/"


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedElement:
    """An element, the message around it, and how both are to be understood."""

    place: Place
    options: MappedOptions
    message: RawMessage
    source: SourceView

    def read(self) -> Reading:
        """Nothing at all when it is no alert by the options."""
        if not self._is_alert():
            return Reading()
        code, phase = needed(self._joined(self.options.fields.code), "code"), self._phase()
        time = self._first(self.options.fields.time)
        told = device_time(time, self.message, self.source)
        when = of_an_end(told, phase)
        pictures, faults = self._pictures()
        event = self._joined(self.options.fields.event)
        alert = Alert(
            delivery_key=self._delivery(event, phase, told),
            vendor_event_id=event,
            vendor_type=code,
            vendor_type_name=shortened(self.place.first_at(self.options.fields.code_name)),
            kind=self.options.codes.get(code),
            phase=phase,
            camera=CameraRef(needed(self._joined(self.options.fields.camera), "camera")),
            zone=self._joined(self.options.fields.zone),
            severity=self._severity(),
            confidence=self._confidence(),
            seen=self._seen(),
            occurred_at=when.occurred_at,
            device_time=when.written,
            time_quality=when.quality,
            is_late=when.is_late,
            ttl_s=self.options.ttl_s,
            pictures=pictures,
            attributes=attributes_of(
                {name: self.place.first_at(path) for name, path in self.options.keep.items()}
            ),
        )
        return Reading(alerts=(alert,), faults=faults)

    def _is_alert(self) -> bool:
        only, never = self.options.only, self.options.never
        return all(self.place.word_at(path) in words for path, words in only.items()) and not any(
            self.place.word_at(path) in words for path, words in never.items()
        )

    def _phase(self) -> Phase:
        """By the state's word, else by `*`."""
        said = self.place.word_at(self.options.fields.state)
        phase = self.options.states.get(said or ANY) or self.options.states.get(ANY)
        if phase is None:
            raise Unreadable("state_unknown")
        return phase

    def _delivery(self, event: str | None, phase: Phase, told: DeviceTime) -> str:
        """By the options; else event, phase and time; else the very words.

        Without a time that can be read, the same said again later is news (ADR 0022); a sender's
        second try is known at the door.
        """
        parts = [self.place.word_at(path) for path in self.options.fields.delivery]
        if any(parts):
            return key_of(*parts)
        has_time = told.written is not None and told.quality is not TimeQuality.INVALID
        received = None if has_time else self.message.received_at.isoformat()
        if event:
            return key_of(event, phase, told.written if has_time else received)
        words = json.dumps(self.place.element, sort_keys=True)
        return key_of(words, received or "as_sent")

    def _severity(self) -> int | None:
        said = self.place.word_at(self.options.fields.severity)
        return self.options.severities.get(said) if said else None

    def _confidence(self) -> float | None:
        return fraction(
            self.place.first_at(self.options.fields.confidence), self.options.confidence_full
        )

    def _seen(self) -> Seen | None:
        label = shortened(self.place.first_at(self.options.fields.label))
        if label is None:
            return None
        paths = self.options.fields.box
        corners = (
            listing(self.place.first_at(paths[0]))
            if len(paths) == 1
            else [self.place.first_at(path) for path in paths]
        )
        return Seen(label=label, box=box_of(corners, self.options.box_full))

    def _pictures(self) -> tuple[tuple[PictureOf, ...], tuple[Fault, ...]]:
        """An address that is none, and base64 that is none, cost the picture only."""
        pictures = [PictureOf(url=url) for url in self._addresses()]
        faults = []
        for value in self._every(self.options.fields.picture_inline):
            try:
                pictures.append(PictureOf(inline=bytes_of(value)))
            except Unreadable as broken:
                faults.append(Fault(element="picture_inline", rule=broken.rule))
        return tuple(pictures[:MOST_PICTURES]), tuple(faults)

    def _addresses(self) -> Iterator[str]:
        """A picture at two paths is one picture."""
        seen: set[str] = set()
        for value in self._every(self.options.fields.picture):
            url = web_address(value)
            if url is not None and url not in seen:
                seen.add(url)
                yield url

    def _every(self, paths: Paths) -> Iterator[object]:
        return (value for path in paths for value in self.place.all_at(path))

    def _first(self, paths: Paths) -> object:
        return next(self._every(paths), None)

    def _joined(self, paths: Paths) -> str | None:
        """The values with a stroke between; what is missing at the end is left out."""
        words = [word(self.place.first_at(path)) for path in paths]
        return text(JOINT.join(each for each in words if each)) if words and words[0] else None
