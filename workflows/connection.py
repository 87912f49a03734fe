"""The way to Temporal, the same for every process of the engine."""

from collections.abc import Sequence

from temporalio.api.operatorservice.v1 import (
    AddSearchAttributesRequest,
    ListSearchAttributesRequest,
)
from temporalio.client import Client, Interceptor
from temporalio.envconfig import ClientConfig
from temporalio.service import RetryConfig

from workflows.contracts import SEARCH_ATTRIBUTES
from workflows.payloads import DATA_CONVERTER


async def connect(
    address: str,
    namespace: str,
    *,
    lazy: bool = False,
    retry: RetryConfig | None = None,
    interceptors: Sequence[Interceptor] = (),
) -> Client:
    """A client; TLS and API key come from Temporal's own variables, as its tools read them.

    Args:
        address: host and port of the frontend.
        namespace: the installation's namespace.
        lazy: connect when first used; a worker cannot.
        retry: how long a call tries again; the SDK's ten seconds if not given.
        interceptors: stand between the caller and every call.
    """
    config = ClientConfig.load_client_connect_config()
    config["target_host"] = address
    config["namespace"] = namespace
    return await Client.connect(
        **config,
        lazy=lazy,
        retry_config=retry,
        data_converter=DATA_CONVERTER,
        interceptors=interceptors,
    )


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
