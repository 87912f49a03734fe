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
