"""All adapters by the name that stands in a source's address."""

from collections.abc import Mapping
from types import MappingProxyType

from intake.adapters.alertmanager import Alertmanager
from intake.adapters.cloudevents import CloudEvents
from intake.adapters.contract import Adapter
from intake.adapters.dahua_icc import DahuaICC
from intake.adapters.frigate import Frigate
from intake.adapters.hik_isapi import HikISAPI
from intake.adapters.hik_isc import HikISC
from intake.adapters.mapped_json import MappedJson
from intake.adapters.safe_json import LARGEST, LARGEST_WITH_PICTURES

_ALL: tuple[Adapter, ...] = (
    CloudEvents(),
    MappedJson(),
    HikISC(),
    DahuaICC(),
    Frigate(),
    HikISAPI(),
    Alertmanager(),
)

ADAPTERS: Mapping[str, Adapter] = MappingProxyType({each.name: each for each in _ALL})

READS_UP_TO: Mapping[str, int] = MappingProxyType(
    {
        CloudEvents.name: LARGEST_WITH_PICTURES,
        MappedJson.name: LARGEST_WITH_PICTURES,
        Frigate.name: 8 * LARGEST,
        Alertmanager.name: 4 * LARGEST,
    }
)
"""Bytes of a message outside parts, by adapter, where that is more than an alert without pictures:
pictures in base64, or many alerts at once. What is longer would be quarantined anyway."""
