"""The published stylesheets are lighter and say the same about every page."""

import re

import pytest

from styles import slim_styles, without_unused_properties, without_unused_rules

NAMES = {"here", "also-here"}


@pytest.mark.parametrize(
    "rule",
    [
        ".here{color:red}",
        "p{color:red}",
        ".here .also-here>p{color:red}",
        "#here:hover{color:red}",
        ".here:not(.gone){color:red}",
        ":is(.here,.gone){color:red}",
        "p[class~=gone]{color:red}",
        '.here:before{content:"}.gone{"}',
        "@media print{.here{color:red}}",
        "@font-face{font-family:gone;src:url(gone.woff2)}",
        "@keyframes gone{0%{color:red}to{color:blue}}",
        "@import url(gone.css);",
        ".here{mask:url(\"data:image/svg+xml;charset=utf-8,<svg xmlns='.gone'/>\")}",
    ],
)
def test_rule_that_may_match_stays(rule):
    assert without_unused_rules(rule, NAMES) == rule


@pytest.mark.parametrize(
    "rule",
    [
        ".gone{color:red}",
        ".here .gone{color:red}",
        ".here.gone{color:red}",
        "#gone{color:red}",
        "@media print{.gone{color:red}}",
        "@supports (display:grid){@media print{.gone{color:red}}}",
        "/* .here{} */",
    ],
)
def test_rule_that_matches_nothing_goes(rule):
    assert without_unused_rules(rule, NAMES) == ""


def test_selectors_of_one_rule_are_judged_one_by_one():
    rule = ".here,.gone,p:is(.here,.gone){color:red}"
    assert without_unused_rules(rule, NAMES) == ".here,p:is(.here,.gone){color:red}"


def test_rules_that_stay_keep_their_order():
    text = ".here{a:1}.gone{a:2}p{a:3}@media print{.gone{a:4}p{a:5}}.also-here{a:6}"
    found = re.findall(r"a:(\d)", without_unused_rules(text, NAMES))
    assert found == ["1", "3", "5", "6"]


def test_custom_property_goes_when_nothing_reads_it():
    text = ':root{--a:1;--b:url("x;}");--c:2}p{color:var(--a)}'
    assert without_unused_properties(text, {"--a"}) == ":root{--a:1}p{color:var(--a)}"


@pytest.fixture
def folder(tmp_path):
    """A site of one page, one script and two stylesheets."""
    scripts = tmp_path / "assets" / "javascripts"
    scripts.mkdir(parents=True)
    (scripts / "bundle.0.min.js").write_text(
        'x("a",{class:"by-script"});x("b",{class:"md-tooltip"});get("--by-script")'
    )
    (tmp_path / "index.html").write_text('<p class="here" id=also-here>gone</p>')
    (tmp_path / "a.css").write_text(
        ".here,.by-script{color:var(--in-b)}.gone,.md-tooltip{x:1}"
    )
    (tmp_path / "b.css").write_text("p{--in-b:1;--by-script:2;--gone:3}")
    return tmp_path


def test_names_come_from_pages_and_from_the_script(folder):
    slim_styles(folder)
    assert (folder / "a.css").read_text() == ".here,.by-script{color:var(--in-b)}"


def test_properties_are_read_across_stylesheets_and_by_the_script(folder):
    slim_styles(folder)
    assert (folder / "b.css").read_text() == "p{--in-b:1;--by-script:2}"


def test_a_second_time_changes_nothing(folder):
    slim_styles(folder)
    once = [sheet.read_text() for sheet in sorted(folder.glob("*.css"))]
    slim_styles(folder)
    assert [sheet.read_text() for sheet in sorted(folder.glob("*.css"))] == once
