"""All adapters by the name that stands in a source's address."""

from collections.abc import Mapping
from types import MappingProxyType

from intake.adapters.cloudevents import CloudEvents
from intake.adapters.contract import Adapter
from intake.adapters.mapped_json import MappedJson

_ALL: tuple[Adapter, ...] = (CloudEvents(), MappedJson())

ADAPTERS: Mapping[str, Adapter] = MappingProxyType({each.name: each for each in _ALL})
