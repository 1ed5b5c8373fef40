"""The list of all exercises: none is missing, each says how difficult it is."""

import re

import pytest
from test_docs import NAMES, TEXTS

from exercises import ExerciseError, find_exercises, gather

PAGE = """# Slopes: up and down

## Exercises

### 1. The `slope` of x

*Warm-up.* What is it?

### 2. Another one

*Challenge.* And this?

## Sources

### 3. No exercise
"""


def test_number_title_and_difficulty_are_found():
    found = find_exercises(PAGE, "docs/a.md")
    assert found == [
        ("1", "The `slope` of x", "Warm-up"),
        ("2", "Another one", "Challenge"),
    ]


def test_a_page_without_exercises_has_none():
    assert find_exercises("# Title\n\n## Text\n\n### 1. Step\n", "docs/a.md") == []


@pytest.mark.parametrize("start", ["What", "*Hard.* What", "**Warm-up.** What"])
def test_an_exercise_without_a_difficulty_is_refused(start):
    page = PAGE.replace("*Warm-up.* What", start)
    with pytest.raises(ExerciseError, match=r"docs/a.md: exercise 1, «The `slope`"):
        find_exercises(page, "docs/a.md")


def test_the_list_follows_the_order_of_the_pages_and_links_to_each_exercise():
    other = PAGE.replace("Slopes: up and down", "Loops")
    listed = gather({"b/z.md": PAGE, "b/y.md": other}, "use/exercises.md")
    assert listed.index("[Slopes: up and down](../b/z.md#exercises)") < listed.index(
        "[Loops](../b/y.md#exercises)"
    )
    link = "| [1. The `slope` of x](../b/z.md#1-the-slope-of-x) | Warm-up |"
    assert link in listed
    assert listed.count("| Challenge |") == 2


def test_a_bar_in_a_title_does_not_end_a_cell_of_the_table():
    listed = gather({"z.md": PAGE.replace("Another one", "What is |x|?")}, "y.md")
    assert r"| [2. What is \|x\|?](z.md#2-what-is-x) | Challenge |" in listed


def test_the_list_leaves_out_the_page_that_shows_it():
    assert gather({"use/exercises.md": PAGE}, "use/exercises.md") == ""


@pytest.mark.parametrize("name", NAMES)
def test_every_exercise_of_a_page_can_be_found(name):
    part = re.search(r"^## Exercises\n(.*?)^## ", TEXTS[name], re.S | re.M)
    titles = re.findall(r"^### ", part.group(1), re.M) if part else []
    assert len(find_exercises(TEXTS[name], name)) == len(titles)


def test_the_built_list_leads_to_every_exercise_of_the_site(site):
    page = (site.site / "use" / "exercises" / "index.html").read_text(encoding="utf-8")
    for name, text in TEXTS.items():
        if name == "docs/use/exercises.md":
            continue
        folder = name.removeprefix("docs/").removesuffix(".md")
        for number, _, level in find_exercises(text, name):
            folder_name = re.escape(folder.rpartition("/")[2])
            link = (
                rf'<a(?: class="gd-check")? href="[^"]*/{folder_name}/#{number}-[^"]*">'
            )
            row = rf"{link}.*?</a></td>\s*<td>{level}</td>"
            assert re.search(row, page, re.DOTALL), (name, number)


def test_the_page_of_counts_shows_what_this_build_made(site):
    page = (site.site / "use" / "checks" / "index.html").read_text(encoding="utf-8")
    rows = dict(re.findall(r"<td>([A-Z][^<]*)</td>\s*<td>(\d+)</td>", page))
    built = [
        p
        for p in site.site.rglob("index.html")
        if "http-equiv=" not in p.read_text("utf-8")
    ]
    assert int(rows["Pages"]) == len(built)
    pages = [path.read_text(encoding="utf-8") for path in built]
    assert int(rows["Figures drawn by them"]) == sum(
        one.count('<figure class="gd-figure"') for one in pages
    )
    assert int(rows["Formulas typeset"]) == sum(
        len(re.findall(r'class="gd-formula', one)) for one in pages
    )
    assert int(rows["Snippets run, each by itself"]) == sum(
        one.count('class="language-python highlight"') for one in pages
    )
    assert "{{" not in re.sub(r"<pre.*?</pre>", "", page, flags=re.DOTALL)
