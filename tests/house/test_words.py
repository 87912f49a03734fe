"""Words that have no place: open ends, and persons where they could not be erased."""

import ast
import re

from tests.house.tree import modules, text

OPEN_ENDS = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|X" + r"XX|HA" + r"CK)\b")
PERSONAL = {
    "name",
    "names",
    "full_name",
    "phone",
    "phones",
    "mobile",
    "address",
    "email",
    "id_card",
    "description",
    "remark",
    "reason",
    "picture",
    "photo",
    "longitude",
    "latitude",
}
IN_HISTORIES = ("domain/commands.py", "domain/facts.py", "domain/parts.py", "domain/deadline.py")


def fields_of(source: str) -> set[str]:
    """Annotated fields of every class in a module."""
    classes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ClassDef)]
    return {
        field.target.id
        for each in classes
        for field in each.body
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
    }


def test_nothing_is_left_for_later() -> None:
    found = [str(path) for path in modules() if OPEN_ENDS.search(text(path))]
    assert found == [], "open an issue instead"


def test_no_person_enters_a_history() -> None:
    files = [path for path in modules("domain", "workflows") if is_in_histories(str(path))]
    personal = {str(path): fields_of(text(path)) & PERSONAL for path in files}
    assert {path: found for path, found in personal.items() if found} == {}, (
        "histories cannot be erased: keep it in SQL and carry its TextId"
    )


def is_in_histories(path: str) -> bool:
    return path.startswith("workflows/") or path in IN_HISTORIES
