"""Whoever names what is not theirs, by its number, a cursor, a filter or a body, learns nothing."""

import pytest

from domain.actor import Actor
from domain.meeting.words import MeetingState
from domain.vocabulary import IssueState, Role
from storage.cursors import cursor_after, cursor_behind
from tests.api.rights.ask import asked
from tests.api.rights.asks import ASKS
from tests.api.rights.standings import BESIDE, FOREIGN, OWN, PLACED, Cell, Standing
from tests.api.rights.world import AWAY, CAMERA, SOURCE, TOLD, World
from tests.api.town import Json, a_key, a_token, fields_of

ALL_ROLES = tuple(role for role in Role if role is not Role.ENGINE)
OUTSIDE = (BESIDE, FOREIGN)
_CURSOR = cursor_after(2**62)
"""Forged: behind everything that there will ever be."""
LISTS: dict[str, tuple[dict[str, str], ...]] = {
    "/issues": (
        {"grid": "qj"},
        {"grid": "qj.bh.hp.fc.b3"},
        {"department": "police"},
        {"q": "井盖"},
        {"state": "handling", "source": "resident"},
    ),
    "/meetings": ({"grid": "qj"}, {"convenor": "street_office"}, {"issue": "QJ-2026-0000001"}),
    "/raw-messages": ({"source": SOURCE}, {"state": "quarantined"}),
    "/alert-events": ({"source": SOURCE}, {"camera": CAMERA}, {"fate": "accepted"}),
    "/alert-conditions": ({"source": SOURCE}, {"camera": CAMERA}),
}
NARROWED = [(path, wanted) for path, filters in LISTS.items() for wanted in ({}, *filters)]


def outsider(standing: Standing) -> Actor:
    """With every role there is, and none of the places."""
    return standing.actor(ALL_ROLES)


def names_of(world: World) -> set[str]:
    """What no answer to a stranger may hold."""
    numbers = {f'"{each}"' for each in (*world.issues.values(), *world.meetings.values())}
    return {*numbers, f'"{CAMERA}"', f'"{SOURCE}"', f'"{AWAY}"', f'"{TOLD}"', world.token}


@pytest.mark.parametrize("standing", OUTSIDE, ids=lambda each: each.name)
async def test_no_answer_to_an_outsider_in_every_role_names_what_is_not_theirs(
    world: World, standing: Standing
) -> None:
    asks = [each for each in ASKS if not each.route.endswith("/issues")]
    for ask in asks:
        answer = await asked(world, ask, Cell(ALL_ROLES, standing))
        assert answer.status_code != 500, ask.name
        assert {name for name in names_of(world) if name in answer.text} == set(), ask.name


@pytest.mark.parametrize(("path", "wanted"), NARROWED, ids=str)
async def test_a_filter_that_names_what_is_foreign_finds_nothing(
    world: World, path: str, wanted: dict[str, str]
) -> None:
    inside = await world.town.get(PLACED.actor(ALL_ROLES), path, **wanted)
    assert inside.json()["items"] != [], "the filter has to fit something"
    for standing in OUTSIDE:
        for forged in ({}, {"cursor": _CURSOR}):
            answer = await world.town.get(outsider(standing), path, **wanted, **forged)
            assert answer.json()["items"] == [], answer.text


@pytest.mark.parametrize("path", LISTS)
async def test_the_cursor_of_somebody_else_leads_nowhere(world: World, path: str) -> None:
    page = (await world.town.get(PLACED.actor(ALL_ROLES), path, limit=1)).json()
    assert page["next"] is not None
    for standing in OUTSIDE:
        answer = await world.town.get(outsider(standing), path, cursor=page["next"])
        assert (answer.json()["items"], answer.json()["next"]) == ([], None)


@pytest.mark.parametrize(
    ("path", "cursor"),
    [
        ("/issues", cursor_behind("2026-11-23T04:00:00+00:00", "QJ-2026-0000001-M1", "open", "")),
        ("/meetings/owed", _CURSOR),
        ("/meetings/owed", cursor_behind("x", "' OR true --", "open", "")),
        ("/raw-messages", "aWQ6MSBPUiB0cnVl"),  # id:1 OR true
        ("/alert-conditions", "aWQ6LTE"),  # id:-1
    ],
)
async def test_a_cursor_of_another_list_or_a_forged_one_is_refused(
    world: World, path: str, cursor: str
) -> None:
    answer = await world.town.get(PLACED.actor(ALL_ROLES), path, cursor=cursor)
    assert (answer.status_code, fields_of(answer)) == (422, {"cursor": "bad_cursor"})


@pytest.mark.parametrize("standing", OUTSIDE, ids=lambda each: each.name)
async def test_a_trial_of_a_policy_counts_no_foreign_issues(
    world: World, standing: Standing
) -> None:
    path = "/reference/sla_policy/plain/dry-run"
    body: Json = {"entry": {"calendar": "cn", "promises": []}, "limit": 1}
    told = (await world.town.post(outsider(standing), path, body)).json()
    assert told == {"examined": 0, "items": [], "next": None}
    ours = (await world.town.post(PLACED.actor(ALL_ROLES), path, body)).json()
    assert (ours["examined"], ours["next"] is None) == (1, False)


@pytest.mark.parametrize(
    ("name", "field", "body"),
    [
        ("mark-duplicate", "of", {"of": "{issue}"}),
        ("convene", "joins", {"joins": "{meeting}", "text": "理由"}),
    ],
)
async def test_what_is_not_theirs_is_named_in_vain_like_what_does_not_exist(
    world: World, name: str, field: str, body: dict[str, str]
) -> None:
    """A stranger has an issue of their own, and names others from there."""
    town, stranger = world.town, outsider(FOREIGN)
    mine = await town.raised(stranger, whistle_kind="any", grid="qj.bh")
    there: dict[str, str] = {
        "issue": world.issues[IssueState.HANDLING],
        "meeting": world.meetings[MeetingState.PROPOSED],
    }
    nowhere = {"issue": "QJ-2026-7777777", "meeting": "QJ-2026-7777777-M1"}
    told = [
        await town.post(
            stranger,
            f"/issues/{mine}/{name}",
            {key: said.format(**names) for key, said in body.items()},
        )
        for names in (there, nowhere)
    ]
    assert fields_of(told[0]) == fields_of(told[1])
    assert [*fields_of(told[0])] == [field]


async def test_a_convenor_decides_nothing_about_what_is_not_on_the_agenda(world: World) -> None:
    convenor = PLACED.actor((Role.STAFF,), in_meeting=MeetingState.DISCUSSING)
    path = f"/meetings/{world.meetings[MeetingState.DISCUSSING]}"
    foreign = world.issues[IssueState.CLOSED]
    bodies: dict[str, Json] = {
        "take-off": {"issue": foreign, "text": "理由"},
        "decide": {"issue": foreign, "outcome": "passed_up", "text": "理由"},
    }
    for name, body in bodies.items():
        answer = await world.town.post(convenor, f"{path}/{name}", body)
        assert (answer.status_code, answer.json()["code"]) == (409, "not_on_agenda")


async def test_the_key_of_somebody_else_opens_nothing(world: World) -> None:
    path, key = f"/issues/{world.issues[IssueState.HANDLING]}/note", a_key()
    mine = await world.town.post(OWN.actor(ALL_ROLES), path, {"text": "记录"}, key)
    assert mine.status_code == 200
    theirs = await world.town.post(outsider(FOREIGN), path, {"text": "记录"}, key)
    assert (theirs.status_code, theirs.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("trick", ["q", "qj.b", "qjx", "qj.", "qj..bh", "qj.bh.", "qj_bh", "qj-bh"])
async def test_grids_that_only_begin_alike_cover_nothing(world: World, trick: str) -> None:
    said = {"grids": [trick, f"{trick}.hp"], "department": "polic", "sub": "x.9"}
    assert await _finds(world, **said) == []


@pytest.mark.parametrize("trick", ["", "%", "*", "qj%", "qj.*", "QJ", "q[j]", "qj OR 1", "巧家"])
async def test_grids_that_are_no_codes_are_no_token(world: World, trick: str) -> None:
    with pytest.raises(PermissionError):
        await _finds(world, grids=[trick])


async def test_a_department_and_grids_without_the_role_that_has_them_are_nothing(
    world: World,
) -> None:
    said = {"roles": ["resident", "rider"], "department": "police", "grids": ["qj"], "sub": "x.8"}
    assert await _finds(world, **said) == []


async def _finds(world: World, **claims: object) -> list[str]:
    """Numbers that a bearer of these claims is shown, whatever they ask for.

    Raises:
        PermissionError: the token is none.
    """
    bearer = {"Authorization": f"Bearer {a_token(outsider(FOREIGN), **claims)}"}
    found = []
    for path in ("/issues", "/meetings", "/alert-conditions", "/reference/alert_source"):
        answer = await world.town.http.get(path, headers=bearer)
        if answer.status_code == 401:
            raise PermissionError
        found += [str(each) for each in answer.json().get("items", [])]
    return found
