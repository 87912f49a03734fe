"""Reads from the source in which order a workflow asks Temporal for things."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tests.house.workflow_source import Function, Module, methods_of, workflow_modules

COMMANDS: Mapping[str, str] = {
    **dict.fromkeys(
        (f"{verb}_activity{kind}" for verb in ("execute", "start") for kind in ("", "_method")),
        "activity",
    ),
    **dict.fromkeys(
        (f"{v}_local_activity{kind}" for v in ("execute", "start") for kind in ("", "_method")),
        "local activity",
    ),
    **dict.fromkeys(("execute_child_workflow", "start_child_workflow"), "child"),
    **dict.fromkeys(("continue_as_new", "patched", "deprecate_patch"), ""),
    **dict.fromkeys(("upsert_search_attributes", "upsert_memo"), ""),
    "sleep": "timer",
    "wait_condition": "wait",
}
"""Functions of `temporalio.workflow` that leave something in the history, or wait for it."""
ON_HANDLES = frozenset({"signal", "cancel"})
"""Methods of handles of other workflows that do."""
_ENTRIES = ("run", "signal", "update", "query", "init")


@dataclass(frozen=True)
class Order:
    """The walk from the entry points of one workflow class."""

    name: str
    home: str
    known: Mapping[str, Module]
    methods: Mapping[str, tuple[Function, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, workflow_class: type) -> "Order":
        home = workflow_class.__module__
        return cls.within(workflow_class.__name__, home, workflow_modules())

    @classmethod
    def within(cls, name: str, home: str, known: Mapping[str, Module]) -> "Order":
        return cls(name, home, known, dict(methods_of(name, home, known)))

    def entries(self) -> dict[str, list[str]]:
        """The commands of each entry point, helpers written out; without those that have none."""
        found = {
            name: list(self._lines(function.body, home, (name,)))
            for name, (function, home) in self.methods.items()
            if _is_entry(function)
        }
        for factory in self._factories():
            function, home = self._function(factory, self.home) or (None, "")
            if function is not None:
                found[f"{factory}(...)"] = list(self._lines([function], home, (factory,)))
        return {name: lines for name, lines in sorted(found.items()) if lines}

    def _factories(self) -> set[str]:
        """Functions that make handlers: `claim = lawful(c.ClaimIssue)`."""
        made = (
            each.value
            for each in self.known[self.home].classes[self.name].body
            if isinstance(each, ast.Assign)
        )
        return {
            each.func.id
            for each in made
            if isinstance(each, ast.Call) and isinstance(each.func, ast.Name)
        }

    def _lines(self, nodes: Sequence[ast.AST], home: str, path: tuple[str, ...]) -> Iterator[str]:
        for node in nodes:
            yield from self._of(node, home, path)

    def _of(self, node: ast.AST, home: str, path: tuple[str, ...]) -> Iterator[str]:
        if isinstance(node, ast.If | ast.While | ast.For | ast.AsyncFor | ast.Try):
            yield from self._of_block(node, home, path)
            return
        yield from self._lines(list(ast.iter_child_nodes(node)), home, path)
        if isinstance(node, ast.Call):
            yield from self._of_call(node, home, path)

    def _of_block(self, node: ast.AST, home: str, path: tuple[str, ...]) -> Iterator[str]:
        """A branch or loop that leads to nothing is left out."""
        for name, part in ast.iter_fields(node):
            nodes = part if isinstance(part, list) else [part]
            inner = list(
                self._lines([each for each in nodes if isinstance(each, ast.AST)], home, path)
            )
            if not inner:
                continue
            yield from [*_indented(_headline(node, name), inner)]

    def _of_call(self, call: ast.Call, home: str, path: tuple[str, ...]) -> Iterator[str]:
        if command := _command(call):
            yield command
            return
        target = self._target(call.func, home)
        if target is None or target[0].name in path:
            return
        function, there = target
        inner = list(self._lines(function.body, there, (*path, function.name)))
        if inner:
            yield from _indented(f"{function.name}()", inner)

    def _target(self, called: ast.expr, home: str) -> tuple[Function, str] | None:
        if isinstance(called, ast.Name):
            return self._function(called.id, home)
        if not isinstance(called, ast.Attribute):
            return None
        if isinstance(called.value, ast.Name) and called.value.id in ("self", "cls"):
            return self.methods.get(called.attr) or self._of_object(called.attr, home)
        return self._of_object(called.attr, home)

    def _function(self, name: str, home: str) -> tuple[Function, str] | None:
        there = self.known[home].imported.get(name, home)
        module = self.known.get(there)
        return (module.functions[name], there) if module and name in module.functions else None

    def _of_object(self, method: str, home: str) -> tuple[Function, str] | None:
        """A method of a class that this file has, or has imported, from `workflows/`."""
        imported = self.known[home].imported.items()
        owners = [(name, home) for name in self.known[home].classes if name != self.name]
        owners += [(name, there) for name, there in imported if there in self.known]
        for name, there in owners:
            for found, (function, place) in methods_of(name, there, self.known):
                if found == method:
                    return function, place
        return None


def _is_entry(function: Function) -> bool:
    return any(
        isinstance(part, ast.Attribute)
        and isinstance(part.value, ast.Name)
        and part.value.id == "workflow"
        and part.attr in _ENTRIES
        for decorator in function.decorator_list
        for part in ast.walk(decorator)
    )


def _command(call: ast.Call) -> str | None:
    if not isinstance(call.func, ast.Attribute):
        return None
    owner, name = ast.unparse(call.func.value), call.func.attr
    asked = ast.unparse(call.args[0]) if call.args else ""
    if name in ON_HANDLES and owner not in ("workflow", "asyncio"):
        return f"{name} {asked}".strip()
    if (owner == "workflow" and name in COMMANDS) or (owner, name) == ("asyncio", "sleep"):
        timed = any(each.arg == "timeout" for each in call.keywords)
        label = "timer" if timed else COMMANDS[name] or name
        shown = "" if label in ("timer", "wait", "continue_as_new") else asked
        return f"{label} {shown}".strip()
    return None


def _headline(node: ast.AST, part: str) -> str:
    match node, part:
        case (ast.If() | ast.While(), "body"):
            return f"{type(node).__name__.lower()} {ast.unparse(node.test)}"
        case (ast.For() | ast.AsyncFor(), "body"):
            return f"for {ast.unparse(node.target)} in {ast.unparse(node.iter)}"
        case (_, "test" | "iter"):
            return "condition"
        case (ast.Try(), "body"):
            return "try"
        case _:
            return {"orelse": "else", "handlers": "except", "finalbody": "finally"}.get(part, part)


def _indented(headline: str, inner: Sequence[str]) -> Iterator[str]:
    yield headline
    yield from (f"  {line}" for line in inner)
