"""How values travel to and from Temporal: one converter for the whole process.

The SDK makes a converter for every workflow it holds, each with a cache of its own; so every issue
would build the validators of everything it reads anew: some 65 ms of processor and half a megabyte
for each, inside the task that the SDK takes for a deadlock after two seconds.
"""

from temporalio.contrib.pydantic import PydanticJSONPlainPayloadConverter
from temporalio.converter import (
    CompositePayloadConverter,
    DataConverter,
    DefaultPayloadConverter,
    JSONPlainPayloadConverter,
)

_KINDS = 256
"""Types whose validators are kept; the engine has a few dozen."""
_JSON = PydanticJSONPlainPayloadConverter(max_cached_type_adapters=_KINDS)


class PayloadConverter(CompositePayloadConverter):
    """The SDK's converter for Pydantic, with validators that all of its instances share."""

    def __init__(self) -> None:
        """As the SDK makes it, without arguments."""
        super().__init__(
            *(
                _JSON if isinstance(each, JSONPlainPayloadConverter) else each
                for each in DefaultPayloadConverter.default_encoding_payload_converters
            )
        )


DATA_CONVERTER = DataConverter(payload_converter_class=PayloadConverter)
