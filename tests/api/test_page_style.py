"""Whether people of eighty with an old phone can read and use the pages: counted, not guessed."""

from collections.abc import Iterator

import pytest

from api.pages.forms import EvaluationForm
from api.pages.public import PublicStep
from api.pages.rendering import STYLE, rendered
from api.pages.visiting import Page
from tests.api.residents import Attributes, Html, rules_of

RULES = rules_of(STYLE)
BODY_PX = 16 * 1.25
"""What browsers begin with, and what our first rule makes of it."""
_PAGE = Page(
    number="QJ-2026-0000001",
    matter="积水",
    state="已办结",
    outcome=None,
    steps=(PublicStep(said="已受理", at="2026-11-23T04:00:00+00:00", when="2026-11-23 12:00"),),
    works_until="2026-12-07 12:00",
    is_own=True,
    is_resolved=True,
    is_closed=False,
    was_evaluated=False,
    takes_codes=True,
    has_no_contact=False,
    takes_withdrawal=True,
    sends_links=True,
)
FAULTS = dict.fromkeys(("satisfaction", "solved", "words", "pictures", "code", "sure"), "请看")


def whole_page(locale: str = "zh", faults: dict[str, str] = FAULTS) -> Html:
    """The page with everything that can be on it at once."""
    answer = rendered(
        "progress.html",
        locale,
        title="evaluate_title",
        page=_PAGE,
        notes=("谢谢",),
        faults=faults,
        form=EvaluationForm(),
        home="/r/token",
        longest=1000,
        most_pictures=3,
        personal=({"title": "上报的内容", "said": "漏水"},),
    )
    return Html(bytes(answer.body).decode())


def luminance(colour: str) -> float:
    """Of WCAG 2."""

    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def colours() -> Iterator[tuple[str, str, str]]:
    """Each colour of text on what lies behind it."""
    behind = RULES["body"]["background"]
    for selector, rule in RULES.items():
        if "color" in rule:
            yield selector, rule["color"], rule.get("background", behind)


def test_contrast_is_counted_right() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_every_text_stands_out() -> None:
    found = {selector: contrast(text, ground) for selector, text, ground in colours()}
    assert len(found) >= 6
    assert {selector for selector, ratio in found.items() if ratio < 4.5} == set()


def test_frames_and_fields_stand_out_without_their_text() -> None:
    borders = [
        each["border"].split()[-1] for each in RULES.values() if "solid" in each.get("border", "")
    ]
    assert borders
    assert all(contrast(each, RULES["body"]["background"]) >= 3 for each in borders)


def test_text_is_large_airy_and_grows_with_the_reader_s_choice() -> None:
    assert RULES["html"]["font-size"] == "125%"
    assert BODY_PX >= 20
    lines = [float(each["line-height"]) for each in RULES.values() if "line-height" in each]
    assert min(lines) >= 1.5
    sizes = [each["font-size"] for each in RULES.values() if "font-size" in each]
    assert all(each.endswith(("%", "rem")) for each in sizes)
    assert all(float(each[:-3]) >= 1 for each in sizes if each.endswith("rem"))
    assert "max-height" not in STYLE
    assert "overflow:hidden" not in STYLE


def test_whatever_is_touched_is_large_enough() -> None:
    touched = ("button", ".choice", "textarea", ".text", "input[type=file]", "a")
    heights = {each: RULES[each]["min-height"] for each in touched}
    in_px = {
        each: float(said[:-3]) * BODY_PX if said.endswith("rem") else float(said[:-2])
        for each, said in heights.items()
    }
    assert {each for each, height in in_px.items() if height < 60} == set()


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_a_page_needs_no_script_no_picture_and_nothing_from_elsewhere(locale: str) -> None:
    page = whole_page(locale)
    assert page.all("script", "img", "iframe", "link", "object") == []
    every = [each for _, each in page.elements]
    assert [
        name for each in every for name in each if name.startswith("on") or name == "style"
    ] == []
    addresses = [each.get(name) for each in every for name in ("href", "src", "action")]
    assert all(str(each).startswith(("#", "?", "/r/")) for each in addresses if each)


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_a_page_is_one_document_in_order(locale: str) -> None:
    page = whole_page(locale)
    assert page.all("html")[0]["lang"] == {"zh": "zh-CN", "en": "en"}[locale]
    assert [tag for tag, _ in page.elements if tag in ("h1", "h2", "h3")] == [
        *("h1", "h2", "h2", "h2", "h2", "h2")
    ]
    assert len(page.all("main")) == 1
    assert [each["content"] for each in page.all("meta") if each.get("name") == "viewport"] == [
        "width=device-width, initial-scale=1"
    ]
    ids = [each["id"] for _, each in page.elements if "id" in each]
    assert len(ids) == len(set(ids))
    assert [said for tag, said in page.texts if tag == "title"]


def labelled(page: Html) -> set[str | None]:
    return {each.get("for") for each in page.all("label")}


def fields_of(page: Html) -> list[Attributes]:
    return [
        each for each in page.all("input", "textarea", "select") if each.get("type") != "hidden"
    ]


def test_every_field_has_a_label_and_every_group_a_legend() -> None:
    page = whole_page()
    fields = fields_of(page)
    assert len(fields) == 9
    assert {each.get("id") for each in fields} == labelled(page)
    assert len(page.all("legend")) == len(page.all("fieldset")) == 2
    assert all(said for tag, said in page.texts if tag in ("label", "legend", "button"))


def test_faults_are_told_in_words_where_they_are_and_at_the_top() -> None:
    page = whole_page()
    ids = {each.get("id") for _, each in page.elements}
    jumps = [str(each["href"])[1:] for each in page.all("a") if str(each["href"]).startswith("#")]
    assert sorted(jumps) == sorted(FAULTS)
    assert set(jumps) <= ids
    assert page.all("div")[0].get("role") == "alert"
    assert [said for tag, said in page.texts if tag == "p"].count("请看") == len(FAULTS)
    assert whole_page(faults={}).all("div") == []
