"""Who somebody is to a provider, said by an administrator."""

from typing import Annotated

from pydantic import ConfigDict, StringConstraints

from api.schemas.text import Body, NoNul

_PROVIDER = r"^[a-z][a-z0-9_.-]{0,63}$"


class LinkIdentity(Body):
    """The id by which a provider knows somebody. Kept as a keyed hash, and never shown again."""

    model_config = ConfigDict(
        hide_input_in_errors=True,
        json_schema_extra={"examples": [{"provider": "oidc", "external_id": "f0a1c2d3"}]},
    )
    provider: Annotated[str, StringConstraints(pattern=_PROVIDER)]
    external_id: Annotated[str, StringConstraints(min_length=1, max_length=255), NoNul]
