"""The page "Run it here" says what the scripts say and do."""

import re

import pytest
from building import ROOT

import in_page
import page_python
from snippets import read_page

PAGE = read_page(ROOT / "docs" / "use" / "run.md")
SCRIPTS = ROOT / "docs" / "assets" / "js"
SAID = "\n".join(
    read_page(path)
    for path in [*SCRIPTS.glob("*.js"), ROOT / "docs" / "hooks" / "in_page.py"]
)


def rows(heading):
    """The first cells of the table below a heading."""
    part = PAGE[PAGE.index(f"\n## {heading}\n") :]
    table = re.search(r"\n\| --- .*\n((?:\|.*\n)+)", part)[1]
    return [line.split("|")[1].strip() for line in table.splitlines()]


def test_the_buttons_are_those_of_the_bar():
    bar = read_page(SCRIPTS / "gd-run.js")
    names = re.findall(r'= button\("([^"]+)"', bar)
    assert rows("The buttons") == names


def test_the_verdicts_are_those_of_the_bar():
    bar = read_page(SCRIPTS / "gd-run.js")
    verdicts = re.search(r"\{\s*(same:.*?)\}\[compare", bar, re.DOTALL)[1]
    names = re.findall(r": [\"`]([a-z ]+)", verdicts)
    assert rows("What the verdict means") == [name.strip() for name in names]


QUOTES = rows("When something goes wrong")


@pytest.mark.parametrize("quote", QUOTES)
def test_a_failure_is_quoted_as_it_is_said(quote):
    assert re.fullmatch('".*"', quote)
    for part in quote.strip('"').split("…"):
        assert part.strip() in SAID


def test_the_limits_are_those_of_the_page():
    assert in_page.OUTPUT_LIMIT == 200_000
    assert "after two hundred thousand characters" in PAGE
    assert in_page.FIGURE_LIMIT == 50
    assert "at most fifty figures" in PAGE
    assert "nine digits or to one unit in the last" in PAGE
    assert "nine digits or to one unit in the last" in SAID


def test_the_packages_are_those_that_can_be_imported():
    named = PAGE[PAGE.index("You can import") :].partition("\n")[0]
    assert set(re.findall("|".join(page_python.SHOWN.values()), named)) == set(
        page_python.SHOWN.values()
    )


@pytest.mark.parametrize(
    ("base", "place"),
    [
        ("https://a.example/py/", "<https://a.example/py/>."),
        ("python/", "here, too, from `python/`."),
    ],
)
def test_the_page_names_where_python_comes_from(base, place):
    assert page_python.facts(base)["python_from"].endswith(f"come from {place}")


def test_each_fact_that_the_page_asks_for_is_known():
    asked = set(re.findall(r"\{\{ (\w+) \}\}", PAGE))
    assert asked == page_python.facts("python/").keys()
