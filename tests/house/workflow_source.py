"""The files of `workflows/` as syntax trees: their functions, classes and imports of each other."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from tests.house.tree import modules, text

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """The functions and classes of a file of `workflows/`, and what it imports from others."""

    functions: Mapping[str, Function]
    classes: Mapping[str, ast.ClassDef]
    imported: Mapping[str, str]
    """Name here to module it comes from."""


@cache
def workflow_modules() -> Mapping[str, Module]:
    paths = [path for path in modules("workflows") if path.name != "__init__.py"]
    return {".".join(path.with_suffix("").parts): read(text(path)) for path in paths}


def read(source: str) -> Module:
    """A file from its text."""
    body = ast.parse(source).body
    return Module(
        functions={each.name: each for each in body if isinstance(each, Function)},
        classes={each.name: each for each in body if isinstance(each, ast.ClassDef)},
        imported={
            alias.asname or alias.name: each.module or ""
            for each in body
            if isinstance(each, ast.ImportFrom)
            for alias in each.names
        },
    )


def methods_of(
    name: str, home: str, known: Mapping[str, Module]
) -> Iterator[tuple[str, tuple[Function, str]]]:
    """Own methods and inherited ones, own ones last."""
    definition = known[home].classes.get(name)
    if definition is None:
        return
    for base in definition.bases:
        if isinstance(base, ast.Name):
            there = known[home].imported.get(base.id, home)
            if there in known:
                yield from methods_of(base.id, there, known)
    for each in definition.body:
        if isinstance(each, Function):
            yield each.name, (each, home)
