"""The drawn rights are those of the table, and roles are asked for nowhere else."""

from domain.rights import Act, MeetingWho, Row, Who, grants
from domain.vocabulary import Role
from tests.house.tree import modules, text
from tests.house.write_rights import PATH, document

_PRODUCT = ("domain", "storage", "activities", "workflows", "intake", "api")
_ROWS: tuple[Row, ...] = (*Who, *MeetingWho, *Act)


def _modules_with(*words: str) -> set[str]:
    return {str(path) for path in modules(*_PRODUCT) if any(word in text(path) for word in words)}


def test_drawn_rights_are_those_of_the_table() -> None:
    drawn = PATH.read_text(encoding="utf-8") if PATH.exists() else ""
    assert drawn == document(), "rights have changed: run `make states` and commit docs/rights.md"


def test_roles_are_asked_for_in_the_table_alone() -> None:
    by_data = {
        "domain/authority.py",  # whom the whistle kind lets rate
        "api/raising.py",  # in which of their own roles somebody raises
    }
    assert _modules_with("actor.has(", "caller.has(", "viewer.has(") == {
        "domain/rights.py",
        *by_data,
    }


def test_the_grids_of_who_asks_are_read_through_the_table() -> None:
    told = {"api/ways_in/sessions.py", "api/ways_in/showing.py"}  # in tokens, and to oneself
    assert _modules_with("actor.grids", "caller.grids") == {"domain/rights.py", *told}


def test_every_row_is_for_somebody_and_the_engine_is_given_nothing_over_people() -> None:
    assert [row for row in _ROWS if not grants(row)] == []
    of_engine = {row for row in _ROWS for each in grants(row) if Role.ENGINE in each.roles}
    assert of_engine == {Who.ENGINE, Who.CAMERA, MeetingWho.ENGINE, Act.SEE_MEETING}
