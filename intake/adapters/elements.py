"""A message of many elements: one that cannot be read becomes a fault beside the others' alerts."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from domain.alert import Alert
from intake.adapters.contract import Fault, Reading, VendorVerdict
from intake.adapters.safe_json import check
from intake.adapters.values import Unreadable

MOST_ELEMENTS = 1000
WHOLE = "message"
"""What a fault calls the message itself."""


def unreadable(broken: Unreadable, element: str = WHOLE) -> Reading:
    """A reading of nothing but this fault."""
    return Reading(faults=(Fault(element=element, rule=broken.rule),))


def read_each(elements: Sequence[object], read: Callable[[object], Reading]) -> Reading:
    """Every element on its own."""
    readings = [
        _read_one(f"[{at}]", element, read) for at, element in enumerate(elements[:MOST_ELEMENTS])
    ]
    if len(elements) > MOST_ELEMENTS:
        readings.append(unreadable(Unreadable("too_many_elements"), f"[{MOST_ELEMENTS}]"))
    return joined(readings)


def joined(readings: Iterable[Reading]) -> Reading:
    """Several readings as one, in order."""
    alerts: list[Alert] = []
    faults: list[Fault] = []
    verdicts: list[VendorVerdict] = []
    for each in readings:
        alerts.extend(each.alerts)
        faults.extend(each.faults)
        verdicts.extend(each.verdicts)
    return Reading(alerts=tuple(alerts), faults=tuple(faults), verdicts=tuple(verdicts))


def _read_one(at: str, element: object, read: Callable[[object], Reading]) -> Reading:
    try:
        check(element)
        found = read(element)
    except Unreadable as broken:
        return unreadable(broken, at)
    faults = tuple(Fault(element=f"{at}.{each.element}", rule=each.rule) for each in found.faults)
    return replace(found, faults=faults)
