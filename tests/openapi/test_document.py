"""The whole OpenAPI document is asked, and everything answered is what the document promises."""

from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase
from hypothesis.errors import Unsatisfiable
from pydantic import TypeAdapter
from schemathesis.config import GenerationConfig

from deploy.demo import town
from deploy.local.product import Product
from storage.reference import MODELS
from tests.openapi.asking import ASKED, Asker
from tests.openapi.kinds import Case, Document, Operation
from tests.openapi.odd import odd_cases, spelt, spoilt
from tests.openapi.world import a_turn

pytestmark = [pytest.mark.openapi, pytest.mark.timeout(900)]
MODES = list(schemathesis.GenerationMode)
_EXAMPLES = 25
"""Of every operation so many valid and so many invalid requests, beside the ends of all ranges."""

BEYOND_REPROACH = ("/intake/v1/{adapter}/{source_token}", "/healthz", "/readyz")
"""Addresses of which no request is invalid."""


def the_ends(operation: Operation) -> Iterator[Case]:
    """The least and the most of everything, what is missing, what is too much."""
    yield from operation.schema.iter_coverage_cases(
        operation, generation_modes=MODES, generation_config=GenerationConfig()
    )


def at_random(operation: Operation, mode: schemathesis.GenerationMode, seed: int) -> list[Case]:
    """The same ones whenever the seed is the same."""
    made: list[Case] = []

    @hypothesis.seed(a_turn(seed, operation.label, mode.value))
    @hypothesis.settings(
        max_examples=_EXAMPLES,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    def collect(case: Case) -> None:
        made.append(case)

    try:
        collect()
    except Unsatisfiable:  # of what takes nothing, or takes anything, nothing is invalid
        assert mode is schemathesis.GenerationMode.NEGATIVE
        assert operation.path in BEYOND_REPROACH
    return made


def test_every_answer_is_as_promised(
    operations: list[Operation],
    asker: Asker,
    subtests: pytest.Subtests,
    pytestconfig: pytest.Config,
) -> None:
    seed: int = pytestconfig.getoption("openapi_seed")
    for operation in operations:
        with subtests.test(operation.label):
            for mode in MODES:
                asker.ask_all(at_random(operation, mode, seed))
            asker.ask_all(the_ends(operation))
            asker.raise_found()


def test_odd_values_are_refused_or_kept(
    operations: list[Operation], asker: Asker, subtests: pytest.Subtests
) -> None:
    for operation in operations:
        with subtests.test(operation.label):
            for case, body in odd_cases(operation):
                asker.ask(case, body)
            asker.raise_found()


def test_odd_reference_data_are_refused_or_kept(
    document: Document, asker: Asker, subtests: pytest.Subtests
) -> None:
    """The document calls an entry an object; what has to be in it is known by its kind."""
    operation = document["/api/v1/reference/{kind}/{code}"]["POST"]
    for kind, entry in longest_entries().items():
        with subtests.test(kind):
            for turn, body in enumerate(spoilt({"entry": entry})):
                code = f"odd-{turn}"
                case = operation.Case(
                    path_parameters={"kind": kind, "code": code},
                    headers={"Idempotency-Key": f"{kind}-{turn}"},
                    body=body,
                    media_type="application/json",
                )
                asker.ask_as_administrator(case, spelt(body))
            asker.raise_found()


def longest_entries() -> dict[str, dict[str, Any]]:
    """Of every kind that the town has, the entry that says most; under no code of its own."""
    found: dict[str, dict[str, Any]] = {}
    for each in town.reference():
        entry = TypeAdapter(MODELS[each.kind]).dump_python(each.body, mode="json")
        del entry["code"]
        if len(repr(entry)) > len(repr(found.get(each.kind, ""))):
            found[each.kind] = entry
    return found


def test_every_operation_was_asked(operations: list[Operation]) -> None:
    assert set(ASKED) == {each.label for each in operations}


def test_nothing_surprised_the_product(product: Product) -> None:
    """What only the database refused, what nobody foresaw, an adapter that broke."""
    for process in (product.api, product.worker):
        lines = process.log.read_text(encoding="utf-8").splitlines()
        assert not [line for line in lines if '"level":"error"' in line.replace(" ", "")]
