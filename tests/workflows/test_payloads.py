"""Validators are built once for the process, not once for every workflow it holds."""

from datetime import UTC, datetime

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from workflows.payloads import PayloadConverter

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Counted:
    """Knows how often a validator of it was built."""

    built = 0

    @classmethod
    def __get_pydantic_core_schema__(cls, _: object, __: GetCoreSchemaHandler) -> CoreSchema:
        cls.built += 1
        return core_schema.no_info_plain_validator_function(lambda _: cls())


def test_converters_of_two_workflows_build_a_validator_once() -> None:
    (payload,) = PayloadConverter().to_payloads([1])
    for _ in range(2):
        (value,) = PayloadConverter().from_payloads([payload], [Counted])
        assert isinstance(value, Counted)
    assert Counted.built == 1


def test_values_come_back_as_they_went() -> None:
    converter = PayloadConverter()
    for value in (NOON, "投诉", None, b"\x00"):
        payloads = converter.to_payloads([value])
        assert converter.from_payloads(payloads, [type(value)]) == [value]
