"""What schemathesis calls an operation and a request, whatever it parametrises them with."""

from typing import Any, TypeAlias

import schemathesis

Case: TypeAlias = "schemathesis.Case[Any]"
Operation: TypeAlias = "schemathesis.APIOperation[Any, Any, Any, Any]"
Document: TypeAlias = schemathesis.BaseSchema
