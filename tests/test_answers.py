"""Exercises that check themselves: keys, mistakes, what readers type, progress."""

import ast
import json
import math
import re
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import NARROW, WIDE
from building import ROOT
from scipy.special import expi
from test_docs import NAMES, TEXTS

import answers
import notebooks
from exercises import checked, find_exercises
from gd_tutorial import cosine_bowl, double_well, gradient_descent, log_cosh, parabola
from runner import Runner
from snippets import Snippet, find_snippets

PAGE = """---
title: A page
---
# A page

## Exercises

### 1. Count

*Warm-up.* How many?

How many
epochs?
{: answer="count: (\\d+)" within="0" }

- `first: (\\d+)`: That is the first.
- `7`: Seven is
  not it.
{: .gd-mistakes }

??? tip "Hint"

    Count.

??? success "Solution"

    ```python
    print("first: 3")
    print("count: 12")
    print("share 0.250")
    ```

### 2. Measure

*Practice.* How much?

How much?
{: answer="share (\\S+)" within="1%" }

??? tip "Hint"

    Measure.

??? success "Solution"

    ```python
    print("share 0.250")
    ```

## Sources
"""
FIRST = "first: 3\ncount: 12\nshare 0.250\n"
SECOND = "share 0.250\n"


def find(page=PAGE, first=FIRST, second=SECOND):
    snippets = find_snippets(page, "docs/a.md")
    results = [{"output": one} for one in (first, second)]
    return answers.find_answers(page, snippets, results, "docs/a.md")


# --------------------------------------------------------------------- the build's side


def test_a_key_is_what_the_solution_printed():
    count, share = find()
    assert (count.key, count.within, count.question) == (
        "12",
        "0",
        "How many\nepochs?\n",
    )
    assert [one.key for one in count.mistakes] == ["3", "7"]
    assert count.mistakes[1].sentence == "Seven is not it."
    assert (share.key, share.mistakes) == ("0.250", ())
    assert (count.place, share.exercise) == ("docs/a.md:12", "2. Measure")


def test_a_changed_output_changes_key_and_mistake():
    count, _ = find(first=FIRST.replace("12", "13").replace("3\n", "4\n", 1))
    assert (count.key, count.mistakes[0].key) == ("13", "4")


def test_only_the_exercises_own_programs_are_looked_at():
    with pytest.raises(
        answers.AnswerError, match=r"docs/a.md:37: .* it occurs 0 times"
    ):
        find(second="")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("count: (", "total: (", "12: the pattern .* exactly once .* occurs 0 times"),
        ("first: (", "firth: (", "16: the pattern .* exactly once .* occurs 0 times"),
        ("count: (\\d+)", "(\\d)$", "12: the pattern .* occurs 3 times"),
        ("count: (\\d+)", "count: \\d+", "12: the pattern .* must have one group"),
        ("count: (\\d+)", "(c)ount: (\\d+)", "12: the pattern .* must have one group"),
        ("count: (\\d+)", "count: (\\d+", "12: .* is no pattern"),
        ("count: (\\d+)", "(cou)nt", "12: «cou», .*, is no number"),
        ('within="0"', 'within="some"', "12: «some» is no tolerance"),
        ('within="1%"', 'within="0.0001"', "37: the tolerance 0.0001 is narrower"),
        ("- `7`: Seven", "- 7: Seven", "17: write a mistake as"),
        ("`7`", "`12`", "17: 12 cannot be told from the key, 12"),
        ("`7`", "`3`", "17: 3 cannot be told from another mistake, 3"),
        ("## Exercises", "## Things", "14: this line belongs to no answer"),
        (' within="0" }', " }", "14: this line belongs to no answer"),
        ("(\\d+)`: That is", "(\\d+)`: That is\n\n", "21: this line belongs"),
        ('??? tip "Hint"', '??? note "Note"', "12: an answer must stand before a hint"),
    ],
)
def test_what_does_not_fit_is_named_with_page_and_line(old, new, said):
    page = PAGE.replace(old, new, 1)
    assert page != PAGE
    with pytest.raises(answers.AnswerError, match=r"^docs/a\.md:" + said):
        find(page)


def test_an_answer_below_the_hint_is_refused():
    asked = PAGE[PAGE.index("How much?\n{") : PAGE.index('??? tip "Hint"\n\n    Meas')]
    page = PAGE.replace(asked, "").replace("## Sources", f"{asked}## Sources")
    with pytest.raises(answers.AnswerError, match="must stand before a hint"):
        find(page)


def test_a_question_becomes_a_box_and_then_an_element():
    made = answers.put_in(PAGE, find())
    assert '<div class="gd-answer" key="12" within="0" markdown="block">' in made
    assert "How many\nepochs? <small>A whole number.</small>\n" in made
    assert 'That is the first.\n{: hidden="hidden" data-key="3" }\n' in made
    assert "How much? <small>To within 1 per cent.</small>" in made
    assert "answer=" not in made
    assert "gd-mistakes" not in made
    element = answers.to_elements(
        '<p>a</p>\n<div class="gd-answer" key="1"><p></p></div>'
    )
    assert element.endswith(
        '<gd-answer key="1" data-search-exclude><p></p></gd-answer>'
    )


def test_where_no_key_was_found_the_page_has_no_question():
    made = answers.put_in(PAGE, [])
    assert "How many\nepochs?" not in made
    assert "*Warm-up.* How many?\n\n\n??? tip" in made


def test_the_notebook_has_no_question():
    made = json.loads(notebooks.notebook(PAGE, "a.md", "A", "https://site.org/", "x"))
    text = "".join(line for cell in made["cells"] for line in cell["source"])
    assert "*Warm-up.* How many?" in text
    for gone in ("epochs?", "answer=", "That is the first", "How much?\n{"):
        assert gone not in text


def test_the_list_of_exercises_knows_which_check_themselves():
    assert checked(PAGE) == {"1", "2"}
    second = PAGE.index("How much?\n{")
    assert checked(PAGE[:second] + PAGE[second:].replace("{: answer", "{: x")) == {"1"}


@pytest.mark.parametrize(
    ("typed", "key", "within", "counts"),
    [
        ("12", "12", "0", True),
        ("12.1", "12", "0", False),
        ("0.2525", "0.250", "1%", True),
        ("0.253", "0.250", "1%", False),
        ("-6/25", "-0.24", "0", True),
        ("inf", "inf", "0", True),
        ("-inf", "inf", "1%", False),
        ("nan", "nan", "0", True),
        ("1", "nan", "5", False),
        ("nan", "1", "5", False),
    ],
)
def test_the_build_compares_as_the_page_does(port, typed, key, within, counts):
    assert answers.close(answers.number(typed), answers.number(key), within) == counts
    assert says(port, typed, key, within) == counts


# ------------------------------------------------------------ the mistakes of the pages


def decays(start, factor, tol):
    """The first epoch at which an error has come down to a tolerance."""
    return math.ceil(math.log(tol / start) / math.log(factor))


EPOCH_60, EPOCH_80 = (
    abs(math.tanh(gradient_descent(np.tanh, 3.0, 0.1, epochs)[-1]))
    for epochs in (60, 80)
)
LEFT = math.ceil(20 / math.log10(EPOCH_60 / EPOCH_80) * math.log10(EPOCH_80 / 1e-6))
EPS, EPS32 = 2.0**-52, 2.0**-23
UNITS = 0.005 * 4
DISTANCES = abs(np.arange(2001) - 1250) * 0.002
A, B = 0.98**100, 0.998**1000
EQUAL = math.floor(100 * math.log(0.98) / math.log(0.998))
PAIR = DISTANCES.std() / (DISTANCES.mean() * (B - A))
STARTS = np.linspace(-2, 2, 2001)
SLOPES = np.sign(cosine_bowl.df(STARTS))
TOP = np.sort(np.roots([1, 0, -1, 0.1]).real)[1]
DEEPER = np.roots([1, 0, -1, 0.1]).real.min()
LINE = np.sign(cosine_bowl.df(np.linspace(-4, 4.0001, 80_001)))
BEYOND = gradient_descent(parabola.df, -2.0, 1.5, 1100)
FIRST_INF = int(np.isinf(BEYOND).argmax())
FIRST_NAN = int(np.isnan(BEYOND).argmax())

# What a reader gets who makes the mistake, computed in a way of its own.
TYPED = {
    "learn/slope": {
        "1": {"0.3": 3 * 0.1, "0.01": 0.01},
        "2": {"1": 2 / 2, "2": 2 * 1, "0.25": 1 / 4},
        "4": {
            "1.36e-6": math.e * 1e-6 / 2,
            "4.53e-4": math.e * 1e-3 / 6,
            "1.67e-7": 1e-6 / 6,
        },
    },
    "learn/loop": {
        "1": {"200": 100 + 100},
        "2": {"0.2": 0.6 - 0.1 * 4, "0.36": 0.6 * 0.6},
        "4": {"101": len(range(101)), "1": 1, "200": 100 + 100},
        "5": {
            "2.56e-7": 2.5 * 0.2**10,
            "5.24e-5": 0.5 * 0.4**10,
            "0.0537": 0.5 * 0.8**10,
        },
    },
    "learn/rate": {
        "2": {"1022": next(k for k in range(2000) if 15 * 2**k >= 2**1025)},
        "3": {
            "0": 0,
            "-0.5": -0.5,
            "151": math.floor(12 / math.log10(1.2)),
            "290": math.ceil(12 / math.log10(1.1)),
            "12": 12,
        },
        "5": {"1": 2 / 2},
    },
    "learn/epochs": {
        "1": {"178": decays(1.5, 0.9, 1e-8) - 1, "182": decays(2, 0.9, 1e-8)},
        "2": {"75": LEFT, "135": 60 + LEFT},
        "3": {"-1.546": 0.5 - 2.5 * 0.998**100, "0.5": 0.5 - 2.5 * 0.98**1000},
        "4": {"2440": 10 * 244, "0.25": 10 * 24991 / 1e6},
    },
    "learn/exact": {
        "1": {
            "5/2048": 2.5 / 2**10,
            "517/1024": 0.5 + 2.5 / 2**9,
            "515/1024": 0.5 + 3 / 2**10,
            "1/2": 0.5,
        },
        "2": {
            "1": 2 / 2,
            "2/3": 2 / 3,
            "23": decays(5, 0.7, 0.001) - 1,
            "81": decays(5, 0.9, 0.001),
        },
        "3": {
            "0.067": 1 - 0.25**0.05,
            "0.017": (1 - 0.5**0.05) / 2,
            "1.933": 1 + 0.25**0.05,
        },
        "5": {"6/25": 0.4 * 3 * 0.2, "-0.42": (1 - 0.3) * (1 - 2) * (1 - 0.4)},
    },
    "learn/scenarios": {
        "1": {"3": 4 - 1, "5": 4 + 1},
        "2": {"18": math.comb(9, 2) // 2, "1": int((DISTANCES == 0).sum())},
        "3": {"1010": EQUAL + 1, "1008": EQUAL - 1, "1000": 1 / 0.001},
        "4": {
            "9268": (1.96 * PAIR) ** 2 * (A * A + B * B),
            "13055": (1.645 * PAIR) ** 2 * (A + B) ** 2,
            "81": math.ceil(1.645 * PAIR * math.hypot(A, B)),
        },
    },
    "learn/wrong": {
        "1": {"21": 20 + 1, "19": 20 - 1, "10": 2 / 0.2},
        "2": {"5/3": 1 / (2 * 0.3), "0.3": 3 * 0.1, "10": 1 / 0.1},
        "4": {"744449": 1488898 / 2, "2977796": 1488898 * 2},
    },
    "explore/sweep": {
        "1": {"0.8": 1 - 2 * 0.1, "0.349": 0.9**10},
        "2": {"991": math.ceil(math.log(20 / 0.001) / 0.01)},
        "3": {"2": 2**1, "0.25": 1 / 2**2},
        "4": {"2/11": 2 / (1 + 10), "0.2": 2 / 10, "9/11": 1 - 2 / 11},
    },
    "explore/start": {
        "1": {
            "8": np.count_nonzero(np.diff(SLOPES[SLOPES != 0])) + 1,
            "4": (np.diff(SLOPES) == 2).sum(),
            "12": np.count_nonzero(np.diff(LINE)) + 1,
        },
        "2": {"0": 0},
        "3": {
            "10": math.floor(8 * math.log(10) / math.log(5.5)),
            "13": math.ceil(9 * math.log(10) / math.log(5.5)),
            "9": 1 + 8,
        },
        "4": {
            "1000": (STARTS < -1e-12).sum(),
            "950": (STARTS > TOP).sum(),
            "9": math.floor(math.log(0.001) / math.log((STARTS > TOP).mean())),
            "2": math.ceil(0.999 / (STARTS < TOP).mean()),
        },
    },
    "explore/functions": {
        "1": {
            "0.1875": 0.25 - 0.0625,
            "0.25": 0.25,
            "1.0625": 1 + -1.4375 % 0.25,
            "1.1": 1 + 0.1,
        },
        "2": {
            "2.236": (2 / (0.1 * 4)) ** (1 / 2),
            "1.826": (2 / (0.1 * 6)) ** (1 / 2),
            "125": 1 / (8 * 0.1 * 0.1**2),
            "417": 1 / (24 * 0.1 * 0.1**3),
        },
        "3": {
            "1.233e14": expi(36) - expi(1),
            "1.796e16": 5 / (0.1 * 12 * math.exp(-36)),
        },
        "4": {"1": 2 / 2, "1.732": 3**0.5},
    },
    "explore/exact-methods": {
        "1": {
            "21": math.floor(math.log2(3.9e6)),
            "20": math.ceil(math.log2(1e6)),
            "7": math.ceil(math.log10(3.9e6)),
            "0.5": 1 / 2,
        },
        "2": {"1e-8": (EPS / 2) ** (1 / 2), "4.8e-6": (EPS / 2) ** (1 / 3)},
        "4": {"10": 10**1, "1000": 10**3},
    },
    "further/stop": {
        "1": {
            "1e-6": 1e-6,
            "1.67e-5": 1e-6 / 0.06,
            "4.9e-5": 1e-6 * (1 - 0.02) / 0.02,
            "1/6": 1 / 6,
            "0.5": 0.5,
        },
        "2": {"1024": FIRST_NAN, "1023": FIRST_INF},
        "3": {"1000": 1000, "0.001": 1 / 1000, "0.000001": 1 / 1000**2},
        "4": {"0.01": 1e-6 ** (1 / 3), "0.0005": (1e-6 / 4) ** (1 / 2), "1e-6": 1e-6},
        "5": {"134": 2 * 67},
    },
    "further/adaptive": {
        "1": {"1/80": 1 / (2 * 2 * 20), "1/162": 1 / (2 * (2 * 40 + 1))},
        "2": {"0": 0, "0.92": 2.5 * math.exp(-1)},
        "4": {"1": 1, "0.1": 1 / 10},
    },
    "further/momentum": {
        "1": {
            "0.4675": (1 - 0.1**0.5) ** 2,
            "0.4472": 0.2**0.5,
            "25": decays(2.5, 1 - 0.2**0.5, 1e-6),
            "67": decays(2.5, 0.8, 1e-6),
            "29": 30 - 1,
        },
        "2": {"1": 2 / 2, "0.1": 1 - 0.9, "3.8": 2 * (1 + 0.9)},
        "3": {"0.729": 0.9**3, "0": 0, "0.231": 0.9 - 0.9 / 1.81**0.5},
        "4": {"0.03": 0.01 * 6 / 2, "0.005": 0.01 / 2, "0.01": 0.01},
    },
    "further/floor": {
        "1": {"100": 2 / UNITS, "200": 1 / 0.005, "25": 1 / UNITS / 2},
        "2": {"2.384e-8": EPS32 / 5, "2.22e-17": EPS / 10, "5.96e-8": EPS32 / 2},
        "3": {"-0.11": 0.5 - 2.0**-12 / (4 * 0.0001), "-2": -2},
        "4": {
            "5.55e-14": EPS / 2 / (2 * 0.001),
            "1.39e-14": EPS / 4 / (2 * 0.001 * 2),
            "1": 2 / 2,
            "0.001": 0.001,
        },
    },
    "further/beyond": {
        "1": {"3": 4**2 / 4 - 1, "2": 4 / 2, "8": (8**0.5) ** 2},
        "2": {"0.1414": 0.02**0.5, "0.0816": (0.02 / 3) ** 0.5},
        "3": {"0.214": 1 / 4.666, "2": 2},
        "4": {
            "15": math.floor(math.log(1e15) / math.log(9)),
            "32": math.ceil(math.log(1e15) / math.log(3)),
            "17": 16 + 1,
        },
    },
    "further/true-or-false": {
        "1": {"0.0025": 10 / (4 * 10**3), "1/600": 2 / (12 * 10**2), "0.5": 1 / 2},
        "2": {"109": 108 + 1},
        "3": {
            "1e-6": 1e-6,
            "0.01": 1e-6 ** (1 / 3),
            "0.0005": (1e-6 / 4) ** (1 / 2),
        },
        "4": {"2": 2 / log_cosh.d2f(0.0), "0.5": 1 / 2},
    },
    "use/playground": {
        "1": {"0.4373": 1 / double_well.d2f(DEEPER), "1": 2 / double_well.d2f(1.0)},
        "3": {"999": 1000 - 1, "100": 1 / 0.01},
        "4": {"2": 2 / 1, "1": 2 / 2, "1.98": 2 / 1.01},
    },
}


def typed_mistakes():
    """Page, exercise and value of every mistake that a page gives as a number."""
    for name in NAMES:
        part = answers.PART.search(TEXTS[name])
        for exercise in answers.EXERCISE.finditer(part.group(1) if part else ""):
            page = name.removeprefix("docs/").removesuffix(".md")
            for asked in answers.QUESTION.finditer(exercise.group(2)):
                for source, _ in answers.MISTAKE.findall(asked.group(4) or ""):
                    if answers.is_number(source):
                        yield page, exercise.group(1).partition(".")[0], source


def test_every_typed_mistake_is_one_that_was_computed_here():
    listed = {
        (page, exercise, value)
        for page, exercises in TYPED.items()
        for exercise, values in exercises.items()
        for value in values
    }
    assert set(typed_mistakes()) == listed


@pytest.mark.parametrize("page", TYPED)
def test_a_typed_mistake_is_what_the_mistake_leads_to(page):
    wrong = [
        (exercise, typed, value)
        for exercise, values in TYPED[page].items()
        for typed, value in values.items()
        if abs(answers.number(typed) - value) > half_a_unit(typed) + 1e-9 * abs(value)
    ]
    assert wrong == []


def half_a_unit(typed):
    """How far a number may be from its rounded form; a fraction is not rounded."""
    if "/" in typed:
        return 0
    return float(Decimal(1).scaleb(Decimal(typed).as_tuple().exponent)) / 2


# ------------------------------------------------------------------ the questions built

ELEMENT = re.compile(
    r'<gd-answer key="([^"]*)" within="([^"]*)"[^>]*>(.*?)</gd-answer>', re.S
)
WRONG = re.compile(r'<p data-key="([^"]*)" hidden="hidden">(.*?)</p>', re.S)

# Decimal keys that are printed with all their digits.
EXACT = {
    "0.31": Fraction(3, 10) + Fraction(1, 100),
    "0.0001": Fraction(1, 100) ** 2,
    "0.5": Fraction(1, 2),
    "0.6": Fraction(12, 20),
    "0.0625": Fraction(1, 16),
    "1.125": Fraction(9, 8),
    "0.25": Fraction(1, 4),
    "0.005": Fraction(1, 2 * 10**2),
    "1.0": Fraction(1),
    "1.9": 1 + Fraction(9, 10),
}
ROUGH = {"1.0e-04": "25%"}  # an order of magnitude is asked for


@pytest.fixture(scope="module")
def built(site):
    """The questions of all pages: page, key, tolerance, HTML and mistakes."""
    found = []
    for name in NAMES:
        path = name.removeprefix("docs/").removesuffix(".md").removesuffix("index")
        page = (site.site / path / "index.html").read_text(encoding="utf-8")
        for key, within, inside in ELEMENT.findall(page):
            found.append((path, key, within, inside, dict(WRONG.findall(inside))))
    return found


def test_every_page_with_exercises_asks_and_most_exercises_do(built):
    with_exercises = {
        name.removeprefix("docs/").removesuffix(".md")
        for name in NAMES
        if find_exercises(TEXTS[name], name)
    }
    asking = {
        name.removeprefix("docs/").removesuffix(".md")
        for name in NAMES
        if checked(TEXTS[name])
    }
    assert asking == with_exercises
    total = sum(len(find_exercises(TEXTS[name], name)) for name in NAMES)
    assert sum(len(checked(TEXTS[name])) for name in NAMES) >= 0.9 * total
    assert len(built) == sum(
        len(re.findall(r"^\{: answer=", TEXTS[name], re.M)) for name in NAMES
    )


def test_no_mistake_counts_as_right_or_as_another_mistake(built):
    for path, key, within, _, mistakes in built:
        known = [key, *mistakes]
        for one in known:
            for other in set(known) - {one}:
                value, other_value = answers.number(one), answers.number(other)
                assert not answers.close(value, other_value, within), (path, one, other)


def test_tolerances_leave_room_for_rounding_and_no_more(built):
    for path, key, within, _, _ in built:
        value, room = answers.number(key), answers.tolerance(key, within)
        if room == 0:
            exact = "/" in key or key.isdigit() or float(EXACT[key]) == value
            assert exact, (path, key)
        else:
            assert room >= answers.rounding(key) * (1 - 1e-9), (path, key)
            rough = ROUGH.get(key) == within
            assert rough or room <= max(0.05 * abs(value), 1e-3), (path, key, within)


def test_search_finds_neither_questions_nor_mistakes(site, built):
    index = json.loads((site.site / "search" / "search_index.json").read_bytes())
    text = " ".join(entry["text"] for entry in index["docs"])
    asked = re.findall(r"(.{20,}?) <small>(.*?)</small>", built[0][3])
    assert asked
    for words in (*asked[0], *built[0][4].values()):
        assert re.sub("<.*", "", words.removeprefix("<p>")) not in text


# ------------------------------------------------------------------- what readers type

READ = """async typed => (await import("/js/gd-answer.js")).readings(typed)"""
CLOSE = """async (typed, key, within) => {
    const { close, readings } = await import("/js/gd-answer.js")
    return close(readings(typed)[0], readings(key)[0], within)
}"""


def says(port, *arguments):
    return port(CLOSE, *arguments)


@pytest.mark.parametrize(
    ("typed", "values"),
    [
        ("0.25", [0.25]),
        (" .25 ", [0.25]),
        ("3.", [3]),
        ("+3", [3]),
        ("−3", [-3]),
        ("-3", [-3]),
        ("0,25", [0.25]),
        ("2,500", [2.5, 2500]),
        ("1,234,567", [1234567]),
        ("1,234.5", [1234.5]),
        ("24 991", [24991]),
        ("24’991", [24991]),
        ("1_000", [1000]),
        ("1/3", [1 / 3]),
        ("−6 / 25", [-6 / 25]),
        ("1e-3", [1e-3]),
        ("1E−3", [1e-3]),
        ("10^-6", [1e-6]),
        ("2.5·10^6", [2.5e6]),
        ("2.5 × 10**6", [2.5e6]),
        ("12 %", [12]),
        ("inf", [math.inf]),
        ("-∞", [-math.inf]),
        ("Infinity", [math.inf]),
        ("", []),
        ("abc", []),
        ("1/2/3", []),
        ("3 x", []),
        ("--1", []),
        ("1e", []),
    ],
)
def test_a_number_is_read_however_it_is_typed(port, typed, values):
    assert list(port(READ, typed)) == values


def test_nan_may_be_typed(port):
    (value,) = port(READ, "NaN")
    assert math.isnan(value)


ANSWER_ALL = """async boxes => {
    document.body.innerHTML = boxes.join("")
    await import("/js/gd-answer.js")
    const pause = () =>
        new Promise(done => requestAnimationFrame(() => setTimeout(done)))
    const give = async (one, text) => {
        one.box.value = text
        one.check()
        await pause()
        return [one.dataset.state, one.said.textContent]
    }
    const answer = async one => {
        const wrong = [...one.querySelectorAll("[data-key]")]
        const known = []
        for (const { dataset } of wrong) known.push(await give(one, dataset.key))
        return [
            await give(one, one.getAttribute("key")),
            known,
            wrong.map(({ textContent }) => textContent),
        ]
    }
    return Promise.all([...document.querySelectorAll("gd-answer")].map(answer))
}"""


def test_every_key_is_right_and_every_mistake_gets_its_sentence(modules, built):
    boxes = [
        f'<gd-answer key="{key}" within="{within}">{inside}</gd-answer>'
        for _, key, within, inside, _ in built
    ]
    said = modules.evaluate(ANSWER_ALL, boxes)
    assert len(said) == len(built) > 0
    for (right, known, sentences), (path, key, *_) in zip(said, built, strict=True):
        assert right == ["right", "Right."], (path, key)
        assert known == [["wrong", f"Not yet. {one}"] for one in sentences], path
    assert modules.faults == []


# ----------------------------------------------------------------------- in the browser

ASKED = "Which is the first epoch whose estimate is inf?"
OTHER = "And the first whose estimate is nan?"
EXERCISE = "h3[id='2-how-long-until-nan']"
SOLVED = "/gd/learn/rate/#2-how-long-until-nan"


def give(page, question, text):
    """Type an answer, press Enter, and return what is said."""
    box = page.get_by_label(question)
    box.fill(text)
    box.press("Enter")
    return answer_to(page, question)


def answer_to(page, question):
    said = page.locator("gd-answer", has=page.get_by_label(question)).get_by_role(
        "status"
    )
    said.filter(has_text=re.compile(".")).wait_for()
    return said.inner_text()


def kept(page):
    return json.loads(page.evaluate("localStorage.getItem('gd-solved')") or "[]")


def heading(page):
    return page.locator(EXERCISE)


def test_an_answer_is_checked_by_keyboard(visit):
    page = visit("learn/rate/", viewport=WIDE)
    assert "first nan" in give(page, ASKED, "1024")
    assert page.get_by_label(ASKED).get_attribute("aria-invalid") == "true"
    assert "Type a number" in give(page, ASKED, "many")
    assert give(page, ASKED, "5") == "Not yet. Open the hint"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    hint = page.locator(f"{EXERCISE} ~ details.tip").first
    assert hint.get_attribute("open") is not None
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    assert give(page, ASKED, "6") == "Not yet. Read the hint once more."
    assert "1023" not in page.locator("gd-answer").first.inner_text()
    assert give(page, ASKED, "1023") == "Right."
    assert page.get_by_label(ASKED).get_attribute("aria-invalid") == "false"
    assert page.faults == []


def test_an_answer_is_checked_by_touch_on_a_phone(visit):
    page = visit("learn/rate/", viewport=NARROW, has_touch=True, is_mobile=True)
    box = page.get_by_label(ASKED)
    box.tap()
    page.keyboard.type("1024")
    element = page.locator("gd-answer", has=box)
    element.get_by_role("button", name="Check").tap()
    assert "first nan" in answer_to(page, ASKED)
    assert box.get_attribute("inputmode") == "decimal"
    assert page.evaluate("document.scrollingElement.scrollWidth") <= NARROW["width"]
    assert element.get_by_role("button").bounding_box()["height"] >= 24


def test_an_exercise_is_solved_when_all_its_answers_are_right(visit):
    page = visit("learn/rate/", viewport=WIDE)
    assert give(page, ASKED, "1023") == "Right."
    assert "solved" not in heading(page).inner_text()
    assert kept(page) == []
    assert "Compare your way" in give(page, OTHER, "1024")
    assert "✓ solved" in heading(page).inner_text()
    assert kept(page) == [SOLVED]
    page.reload()
    heading(page).locator(".gd-solved").wait_for()
    assert heading(page).inner_text().count("✓ solved") == 1
    assert page.get_by_label(ASKED).input_value() == ""


def test_progress_is_shown_and_erased_after_a_question(visit):
    page = visit("use/exercises/", viewport=WIDE)
    total = page.locator("a.gd-check").count()
    progress = page.locator("gd-progress")
    erase = progress.get_by_role("button", name="Erase my progress")
    assert f"0 of {total} solved" in progress.inner_text()
    assert erase.is_disabled()
    other = "/gd/learn/rate/#a-heading-that-is-gone"
    page.evaluate(
        "one => localStorage.setItem('gd-solved', one)", json.dumps([SOLVED, other])
    )
    page.reload()
    page.locator("gd-progress", has_text=f"1 of {total} solved").wait_for()
    marked = page.locator("td", has=page.locator(".gd-solved"))
    assert marked.all_inner_texts() == ["2. How long until nan? ✓ solved"]
    page.once("dialog", lambda dialog: dialog.dismiss())
    erase.press("Enter")
    assert kept(page) == [SOLVED, other]
    page.once("dialog", lambda dialog: dialog.accept())
    erase.press("Enter")
    assert kept(page) == []
    assert f"0 of {total} solved" in progress.inner_text()
    assert page.locator(".gd-solved").count() == 0


def test_a_visit_from_page_to_page_takes_the_progress_along(at_home):
    page = at_home("learn/rate/", viewport=WIDE)
    give(page, ASKED, "1023")
    give(page, OTHER, "1024")
    page.get_by_role("link", name="Exercises", exact=True).first.click()
    page.locator("gd-progress", has_text=re.compile(r"^1 of \d+ solved")).wait_for()
    page.locator("a.gd-check", has_text="How long until nan?").click()
    page.locator(f"{EXERCISE} .gd-solved").wait_for()
    assert page.evaluate("window.stayed")
    assert page.locator("gd-answer form").count() == page.locator("gd-answer").count()


REFUSE = """Storage.prototype.NAME = () => {
    throw new DOMException("no", "SecurityError")
}; true"""


@pytest.mark.parametrize("refused", [["setItem"], ["setItem", "getItem"]])
def test_a_browser_that_keeps_nothing_breaks_nothing(at_home, refused):
    page = at_home("learn/rate/", viewport=WIDE)
    for name in refused:
        page.evaluate(REFUSE.replace("NAME", name))
    give(page, ASKED, "1023")
    give(page, OTHER, "1024")
    assert "✓ solved" in heading(page).inner_text()
    page.get_by_role("link", name="Exercises", exact=True).first.click()
    page.locator("gd-progress", has_text=re.compile(r"^1 of \d+ solved")).wait_for()
    assert page.evaluate("window.stayed")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Erase my progress").click()
    page.locator("gd-progress", has_text=re.compile(r"^0 of \d+ solved")).wait_for()
    assert page.faults == []


def test_what_was_kept_may_be_broken(visit):
    page = visit("use/exercises/", viewport=WIDE)
    page.evaluate("localStorage.setItem('gd-solved', '{broken')")
    page.reload()
    page.locator("gd-progress", has_text=re.compile(r"^0 of \d+ solved")).wait_for()
    assert page.faults == []


def test_without_javascript_nothing_is_lost_and_nothing_asked(visit):
    page = visit("learn/rate/", java_script_enabled=False)
    assert page.locator("gd-answer").count() > 0
    assert page.locator("gd-answer:visible").count() == 0
    assert page.get_by_text("Predict the first epoch").is_visible()
    page.locator(f"{EXERCISE} ~ details.tip summary").first.click()
    assert page.get_by_text("Follow one epoch").is_visible()
    listed = visit("use/exercises/", java_script_enabled=False)
    assert listed.locator("gd-progress:visible").count() == 0


def test_paper_has_no_question(visit):
    page = visit("learn/rate/", viewport=WIDE)
    assert page.locator("gd-answer:visible").count() > 0
    page.emulate_media(media="print")
    assert page.locator("gd-answer:visible").count() == 0


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_a_question_takes_the_room_that_was_kept_for_it(visit, viewport):
    page = visit("learn/rate/", viewport=viewport)
    heights = page.locator("gd-answer").evaluate_all(
        """all => all.map(one => {
            const live = one.offsetHeight
            one.querySelector("form").remove()
            return [live, one.offsetHeight]
        })"""
    )
    assert len(heights) > 1
    assert all(live == bare for live, bare in heights)


def test_axe_finds_nothing_in_answers_given(visit):
    page = visit("learn/rate/", viewport=NARROW)
    give(page, ASKED, "1023")
    give(page, OTHER, "1")
    give(page, "From which start", "x")
    give(page, "How many epochs until the error", "290")
    for scheme, name in (("light", "default"), ("dark", "slate")):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_selector(f"body[data-md-color-scheme={name}]")
        found = Axe().run(page, context={"include": [["gd-answer"]]}).response
        faults = [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]]
        assert faults == [], scheme


# ---------------------------------------------------------- functions readers write

WRITE = """# A page

## Exercises

### 1. Double

*Warm-up.* Double a number.

Write `double(x)`.
{: function="double" cases="[(1,), (2.5,)]" within="1e-9" }

??? tip "Hint"

    Add.

??? success "Solution"

    ```python
    def double(x):
        return x + x


    print(double(4))
    ```

## Sources
"""


def find_functions(page):
    snippets = find_snippets(page, "docs/a.md")
    return answers.find_answers(page, snippets, [{"output": "8\n"}], "docs/a.md")


def test_a_function_becomes_a_box_and_then_an_element():
    assert find_functions(WRITE) == []
    made = answers.put_in(WRITE, [])
    box = '<div class="gd-function" name="double" cases="[(1,), (2.5,)]" within="1e-9"'
    assert f"{box} markdown=" in made
    assert "Write `double(x)`. <small>To within 1e-9.</small>" in made
    assert checked(WRITE) == {"1"}
    assert "Write" not in notebooks.notebook(WRITE, "a.md", "A", "https://s.org/", "x")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('function="double"', 'function="triple"', "9: no program .* defines triple"),
        ('" cases', '" theirs="twice" cases', "9: no program .* defines twice"),
        ("[(1,), (2.5,)]", "[1, 2]", "9: «.*» is no list of tuples"),
        ("[(1,), (2.5,)]", "[(1,), ", "9: «.*» is no list of tuples"),
        ("[(1,), (2.5,)]", "[]", "9: «.*» is no list of tuples"),
        ('within="1e-9"', 'within="little"', "9: «little» is no tolerance"),
        (' within="1e-9"', "", "10: this line belongs to no answer"),
        ('??? tip "Hint"', '??? note "Note"', "9: an answer must stand before a hint"),
    ],
)
def test_a_function_that_does_not_fit_is_named_with_page_and_line(old, new, said):
    page = WRITE.replace(old, new, 1)
    assert page != WRITE
    with pytest.raises(answers.AnswerError, match=r"^docs/a\.md:" + said):
        find_functions(page)


def written():
    """Page, name, theirs, cases, tolerance and solution of each function to write."""
    for name in NAMES:
        part = answers.PART.search(TEXTS[name])
        for exercise in answers.EXERCISE.finditer(part.group(1) if part else ""):
            for asked in answers.FUNCTION.finditer(exercise.group(2)):
                _, function, theirs, cases, within = asked.groups()
                theirs = theirs or function
                codes = [one.code for one in find_snippets(exercise.group(2), name)]
                (solution,) = [one for one in codes if f"def {theirs}(" in one]
                yield name, function, theirs, cases, within, solution


WRITTEN = list(written())
JUDGE = """async (solution, code, name, theirs, cases, within) => {
    const { judge } = await import("/js/judge.js")
    return judge(solution, code, { name, theirs, cases, within })
}"""


def as_in_a_page(program):
    """A snippet for this Python that finds what the page's Python has beside it."""
    path = f"import sys\n\nsys.path.insert(0, {str(ROOT / 'docs' / 'hooks')!r})\n"
    return Snippet("the page", 1, path + program, "")


@pytest.fixture(scope="module")
def judged(port):
    """What the comparison says of a reader's code, in CPython: verdict and output."""
    with Runner(processes=1) as runner:

        def judged(code, solution, name="double", theirs=None, cases="[(1,), (2.5,)]"):
            program = port(JUDGE, solution, code, name, theirs or name, cases, "1e-9")
            output = runner.run(as_in_a_page(program))["output"]
            printed, _, verdict = output.rpartition("\x1e")
            return json.loads(verdict), printed

        yield judged


DOUBLE = find_snippets(WRITE, "docs/a.md")[0].code


def test_there_are_functions_to_write():
    assert 5 <= len(WRITTEN) <= 8


@pytest.mark.parametrize("exercise", WRITTEN, ids=lambda one: one[1])
def test_the_solution_is_right_and_a_stub_is_not(judged, exercise):
    _, name, theirs, cases, _, solution = exercise
    code = f"{solution}\n{name} = {theirs}\n"
    found, _ = judged(code, solution, name, theirs, cases)
    assert found == {"right": len(ast.parse(cases, mode="eval").body.elts)}
    stub = re.search(rf"def {name}\(.*?\):\n", solution, re.DOTALL).group()
    found, _ = judged(f"{stub}    ...\n", solution, name, theirs, cases)
    assert found["got"] == "None"


def test_the_buggy_function_of_a_page_is_found_wrong(judged):
    for _, name, theirs, cases, _, solution in WRITTEN:
        if theirs != name:
            found, _ = judged(solution, solution, name, theirs, cases)
            assert found["case"] == "descend(np.array([2.0, -2.0]), 0.1, 3)"


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("def double(x):\n    return 2 * x", {"right": 2}),
        ("import math\n\ndouble = lambda x: math.fsum([x, x])", {"right": 2}),
        (
            "def double(x):\n    return x * x + 1",
            {"case": "double(2.5)", "expected": "5.0", "got": "7.25"},
        ),
        (
            "def double(x):\n    print(2 * x)",
            {"case": "double(1)", "expected": "2", "got": "None"},
        ),
        ("def double(x):\n    return '2'", {"got": "'2'"}),
        ("def double(x):\n    return [2]", {"got": "[2]"}),
        ("def double(x):\n    return float('nan')", {"got": "nan"}),
        ("def twice(x):\n    return 2 * x", {"missing": "double"}),
        ("double = 4", {"missing": "double"}),
        ("", {"missing": "double"}),
    ],
)
def test_a_function_is_told_which_case_fails(judged, code, found):
    said, _ = judged(code, DOUBLE)
    assert found.items() <= said.items()


@pytest.mark.parametrize(
    ("code", "stopped", "ends"),
    [
        (
            "def double(x):\n    y = 1 / (x - 1)\n    return y",
            "double(1)",
            'File "your function", line 2, in double\n    y = 1 / (x - 1)\n',
        ),
        ("\n\nraise ValueError('no')", "", "line 3, in <module>\n    raise ValueError"),
        ("def double(x)\n    return x", "", 'File "your function", line 1\n'),
        ("def double():\n    return 2", "double(1)", "takes 0 positional arguments"),
        ("import sys\nsys.exit(3)", "", "SystemExit: 3"),
        ("def double(x):\n    return double(x)", "double(1)", "RecursionError"),
    ],
)
def test_an_error_is_shown_from_the_readers_own_line_on(judged, code, stopped, ends):
    said, _ = judged(code, DOUBLE)
    assert said["stopped"] == stopped
    assert ends in said["traceback"]
    assert "the page" not in said["traceback"]
    assert "judge" not in said["traceback"]


def test_what_the_reader_prints_is_kept_and_what_the_solution_prints_is_not(judged):
    _, printed = judged("print('here')\ndef double(x):\n    return 2 * x", DOUBLE)
    assert printed == "here\n"


def test_a_function_may_not_change_what_it_is_given(judged):
    solution = "def double(x):\n    return [2 * one for one in x]\n"
    code = "def double(x):\n    x[:] = [2 * one for one in x]\n    return list(x)\n"
    said, _ = judged(code, solution, cases="[([1, 2],)]")
    assert said == {"case": "double([1, 2])", "changed": "[[2, 4]]"}


@pytest.mark.parametrize("got", ["x[:1]", "[*x, 3]", "(1, 3)", "1"])
def test_a_history_must_be_whole(judged, got):
    solution = "def same(x):\n    return x\n"
    code = f"def same(x):\n    return {got}\n"
    said, _ = judged(code, solution, "same", cases="[([1, 2],)]")
    assert said["expected"] == "[1, 2]"
    said, _ = judged(solution, solution, "same", cases="[([1, 2],)]")
    assert said == {"right": 1}


def test_the_judge_imports_what_both_programs_import(port):
    program = port(
        JUDGE,
        "import math\n",
        "def f():\n    from os.path import join\n",
        "f",
        "f",
        "",
        "0",
    )
    imported = {
        name.name
        for part in ast.walk(ast.parse(program))
        if isinstance(part, ast.Import)
        for name in part.names
    }
    assert {"math", "os.path"} <= imported


# A reader's function in the page: Python is this test's own, all else is the page's.
PYTHON = """export const end = () => {}
export async function run(code, { say, print, signal }) {
    say("Fetching Python.", 0.5)
    if (code.includes("while True")) await new Promise((done, failed) =>
        signal.addEventListener("abort", () => failed(signal.reason)))
    print(await window.cpython(code), "out")
    return { error: null, seconds: 0 }
}"""


@pytest.fixture
def write(visit):
    with Runner(processes=1) as runner:

        def cpython(code):
            return runner.run(as_in_a_page(code))["output"]

        def write(path, **options):
            page = visit(path, **options)
            page.expose_function("cpython", cpython)
            script = {"body": PYTHON, "content_type": "text/javascript"}
            page.route("**/js/python.js", lambda route: route.fulfill(**script))
            return page

        yield write


def say_of(element, words):
    said = element.get_by_role("status").filter(has_text=re.compile(words))
    said.wait_for()
    return said.inner_text()


def test_a_function_is_written_and_checked_by_keyboard(write):
    page = write("use/checks/", viewport=WIDE)
    element = page.locator("gd-function")
    element.get_by_role("button", name="Write it here").press("Enter")
    editor = element.get_by_role("textbox", name="Your function agrees")
    editor.wait_for()
    assert editor.inner_text() == "def agrees(f, df, x):\n    ..."
    page.keyboard.press("Control+Enter")
    say_of(element, "One case is not what it should be")
    case = element.locator(".gd-output pre").inner_text()
    assert case.startswith("agrees(lambda x: x * x, lambda x: 2 * x, 1.5)\n")
    assert "gives:    None\nexpected: True" in case
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("def agrees(f, df, x):\n    return f(x) / 0\n")
    page.keyboard.press("Control+Enter")
    say_of(element, "ends with an error")
    assert "line 2, in agrees" in element.locator(".gd-output pre").inner_text()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(
        "def agrees(f, df, x):\n"
        "    h = 1e-6\n"
        "    return abs((f(x + h) - f(x - h)) / h / 2 - df(x)) < 1e-5\n"
    )
    element.get_by_role("button", name="Check").press("Enter")
    assert say_of(element, "Right").startswith("Right in all 6 cases. Compare")
    assert kept(page) == ["/gd/use/checks/#2-a-test-that-cannot-fail"]
    assert page.faults == []


def test_an_endless_function_is_stopped_and_the_text_is_kept(write, address):
    page = write("use/checks/", viewport=NARROW, has_touch=True)
    element = page.locator("gd-function")
    element.get_by_role("button", name="Write it here").tap()
    element.get_by_role("textbox").wait_for()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("while True:\n    pass\n")
    element.get_by_role("button", name="Check").tap()
    say_of(element, "Fetching Python")
    element.get_by_role("button", name="Stop").tap()
    say_of(element, "Stopped")
    assert not element.get_by_role("button", name="Stop").is_visible()
    assert page.evaluate("document.scrollingElement.scrollWidth") <= NARROW["width"]
    found = Axe().run(page, context={"include": [["gd-function"]]}).response
    assert [one["id"] for one in found["violations"]] == []
    page.reload(wait_until="networkidle")
    element.get_by_role("button", name="Write it here").tap()
    element.get_by_role("textbox").wait_for()
    assert "while True" in element.get_by_role("textbox").inner_text()
    element.get_by_role("button", name="Start again").tap()
    assert "def agrees(f, df, x):" in element.get_by_role("textbox").inner_text()


def test_a_function_to_mend_begins_as_the_page_shows_it(visit):
    page = visit("learn/loop/", viewport=WIDE)
    shown = page.locator("article code", has_text="def descend(x, lr").first
    stub = page.locator("gd-function").evaluate("one => one.stub")
    assert stub.strip() == shown.inner_text().strip()
