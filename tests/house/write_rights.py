"""Draws `docs/rights.md` from the table of rights: `python -m tests.house.write_rights`."""

import sys
from collections.abc import Iterable, Iterator
from typing import Any

from catalogue import label
from domain.rights import Act, Row, Within, grants
from domain.vocabulary import Role
from tests.house.tree import ROOT
from tests.house.write_states import ISSUES, MEETINGS, Drawing

PATH = ROOT / "docs" / "rights.md"
_HEAD = """\
# Rights

<!-- Drawn from `domain/rights.py` by `make states`; a test keeps it so. Do not edit. -->

Who may do what, and how far: a row is an act or a command, a column a role, a cell how far the
role's word reaches. What is in the first column is everybody's who is signed in, whatever their
roles; roles without a column have no more. Who may not see a thing is told that it is not there;
who sees it and may not do the act is told that it is forbidden.
Why it is so: [ADR 0025](adr/0025-one-table-of-rights.md).

谁可以做什么、管到哪里：行是操作，列是角色，格中是范围。第一列是所有已登录者的权限。
范围之外的事项一律答「不存在」，看得到但无权操作的答「禁止」。
"""
_WHO = {
    "grid_worker": (Role.GRID_WORKER,),
    "building_head": (Role.BUILDING_HEAD,),
    "staff": (Role.STAFF, Role.LEADER),
    "dispatcher": (Role.DISPATCHER,),
    "supervisor": (Role.SUPERVISOR,),
    "administrator": (Role.ADMINISTRATOR,),
    "engine": (Role.ENGINE,),
}
"""Roles in a column; the others have no more than everybody."""


def _reach(rows: Iterable[Row], roles: tuple[Role, ...]) -> str:
    """How far these roles are named for; none are everybody."""
    found = (
        each.within
        for row in rows
        for each in grants(row)
        if ({*each.roles} >= {*roles} if roles else not each.roles)
    )
    return ", ".join(dict.fromkeys(found))


def _table(first: str, rows: Iterable[tuple[str, tuple[Row, ...]]]) -> Iterator[str]:
    heads = [label("role", roles[0], "zh") for roles in _WHO.values()]
    names = [f"{name} {zh}" for name, zh in zip(_WHO, heads, strict=True)]
    yield f"| {first} | everybody 所有人 | {' | '.join(names)} |"
    yield "|---" * (len(_WHO) + 2) + "|"
    for name, asked in rows:
        cells = [_reach(asked, roles) for roles in ((), *_WHO.values())]
        yield f"| {name} | {' | '.join(cells)} |"


def _commands(drawing: Drawing) -> Iterator[tuple[str, tuple[Any, ...]]]:
    for kind, rule in drawing.law.items():
        yield f"`{drawing.name_of(kind)}`", rule.who


def _reaches() -> Iterator[str]:
    yield "| Word | 范围 | Reaches to |"
    yield "|---|---|---|"
    for each in Within:
        yield f"| {each} | {label('within', each, 'zh')} | {label('within', each, 'en')} |"


def document() -> str:
    acts = [(f"{each} {label('act', each, 'zh')}", (each,)) for each in Act]
    return "\n".join(
        [
            _HEAD,
            "## Reading, and everything beside the laws\n",
            *_table("Act", acts),
            "\n## Commands of issues\n",
            *_table("Command", _commands(ISSUES)),
            "\n## Commands of meetings\n",
            *_table("Command", _commands(MEETINGS)),
            "\n## How far\n",
            *_reaches(),
            "",
        ]
    )


if __name__ == "__main__":
    PATH.write_text(document(), encoding="utf-8")
    sys.stdout.write(f"{PATH.relative_to(ROOT)}\n")
