"""Makes sure that the namespace knows the engine's search attributes."""

from temporalio.api.operatorservice.v1 import (
    AddSearchAttributesRequest,
    ListSearchAttributesRequest,
)
from temporalio.client import Client

from workflows.contracts import SEARCH_ATTRIBUTES


async def ensure_search_attributes(client: Client) -> tuple[str, ...]:
    """Register what is missing; answers the names that were.

    Where operators keep this right to themselves (Temporal Cloud), register the names of
    `workflows.contracts.SEARCH_ATTRIBUTES` beforehand and nothing is left to do here.

    Raises:
        RPCError: some are missing and may not be added.
    """
    known = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace)
    )
    missing = {
        key.name: key.indexed_value_type
        for key in SEARCH_ATTRIBUTES
        if key.name not in known.custom_attributes
    }
    if missing:
        await client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(
                namespace=client.namespace,
                search_attributes={name: int(kind) for name, kind in missing.items()},  # type: ignore[misc]  # the stub wants the enum's alias
            )
        )
    return tuple(sorted(missing))
