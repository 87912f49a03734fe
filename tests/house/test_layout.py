"""Where files are, how long they may be and what they may be called."""

import ast
from pathlib import Path

from tests.house.tree import PACKAGES, ROOT, modules, text

LONGEST = 300
VAGUE = {"utils", "helpers", "manager", "managers", "service", "services", "common", "base", "misc"}
GIVEN = {"workflows", "activities", "api", "tests", "deploy", "worker.py"}
"""Named by the customer; they stay where they are."""
TAKEN_FROM_LIBRARIES = {Path("storage/models/base.py")}
"""`Base` is SQLAlchemy's word for the class that all rows share."""


def test_every_file_is_short_enough() -> None:
    lengths = {str(path): text(path).count("\n") for path in modules()}
    too_long = {path: lines for path, lines in lengths.items() if lines > LONGEST}
    assert too_long == {}, f"split by duty; {LONGEST} lines at most"


def test_no_name_is_vague() -> None:
    named = {path: {path.stem, *path.parts[:-1]} & VAGUE for path in modules()}
    vague = {path for path, words in named.items() if words} - TAKEN_FROM_LIBRARIES
    assert vague == set(), "call a module by what it does"


def test_no_import_is_relative() -> None:
    relative = {
        f"{path}:{node.lineno}"
        for path in modules()
        for node in ast.walk(ast.parse(text(path)))
        if isinstance(node, ast.ImportFrom) and node.level
    }
    assert relative == set(), "name the package: `from domain import ...`"


def test_every_package_states_its_duty() -> None:
    folders = {path.parent for path in modules() if path.parent != Path()}
    unsaid = {
        str(folder)
        for folder in folders
        if not (ROOT / folder / "__init__.py").exists()
        or not ast.get_docstring(ast.parse(text(folder / "__init__.py")))
    }
    assert unsaid == set(), "give the folder an __init__.py of one sentence"


def test_top_level_is_the_house() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert packages <= set(PACKAGES), "a new top-level package needs a decision in docs/adr"
    assert {path.name for path in ROOT.iterdir()} >= GIVEN
