"""Every class of complaint about other systems has its tests."""

import ast

import pytest

from tests.domain.test_complaints_law import COMPLAINTS
from tests.house.tree import ROOT

NAMED = [(complaint, file) for complaint, files in COMPLAINTS.items() for file in files]
CLASSES = 24
"""How many classes of complaint there are."""


def functions_of(file: str) -> set[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in ast.walk(tree) if isinstance(node, kinds)}


def test_table_of_complaints_is_complete() -> None:
    assert len(COMPLAINTS) == CLASSES


@pytest.mark.parametrize(("complaint", "file"), NAMED)
def test_complaint_has_a_test_of_its_name(complaint: str, file: str) -> None:
    name = f"test_{complaint.replace(' ', '_')}"
    assert name in functions_of(file), f"write {name} in {file}, or name its file in COMPLAINTS"
