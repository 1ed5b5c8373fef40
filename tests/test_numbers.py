"""Every number in the prose of a page is one that the page's own code produced."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

import pytest
from test_docs import NAMES, SNIPPETS, TEXTS

from runner import Runner

# Numbers that no snippet can produce: years, the size of a data type. One line each.
EXCEPTIONS = {
    "docs/use/run.md": ["256"],  # the name of a checksum
}

FENCE = re.compile(r"^( *)```.*?^\1```$", re.DOTALL | re.MULTILINE)
FORMULA = re.compile(r"\$\$.+?\$\$|\$[^$\n]+?\$", re.DOTALL)
SOURCES = re.compile(r"^## Sources\n.*?(?=^## |\Z)", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\([^)]*\)|<[^>]*>|\{\{.*?\}\}|\A---\n.*?\n---\n", re.DOTALL)
ATTRIBUTES = re.compile(r"^\{: .* \}$", re.MULTILINE)
MISTAKE = re.compile(r"^- `[^`]+`:(?= )(?=(?:.+\n)+\{: \.gd-mistakes)", re.MULTILINE)
NUMBER = re.compile(
    r"(?<![\w.])\d+(?:[,\u202f]\d{3})*(?:\.\d+)?(?:e[-+−]?\d+)?(?![\w])"
)


@dataclass(frozen=True)
class Number:
    text: str
    value: Decimal
    step: Decimal
    """The place value of the last digit."""


def numbers(text):
    """The numbers of a text, signs left aside."""
    found = []
    for token in NUMBER.findall(text):
        value = Decimal(re.sub("[,\u202f]", "", token).replace("−", "-"))
        found.append(Number(token, value, Decimal(1).scaleb(value.as_tuple().exponent)))
    return found


def needs_a_source(number):
    """A decimal number, or a whole one of three digits or more."""
    return number.step < 1 or "e" in number.text or number.value >= 100


def prose(text):
    for pattern in (SOURCES, FENCE, FORMULA, LINK, MISTAKE, ATTRIBUTES):
        text = pattern.sub(" ", text)
    return text


def unsourced(prose, sources):
    """The numbers of a text that no number of the sources rounds to."""
    known = {number.value for number in numbers(sources)}
    return [
        number.text
        for number in filter(needs_a_source, numbers(prose))
        if not any(abs(value - number.value) <= number.step / 2 for value in known)
    ]


@cache
def outputs():
    """What the snippets of each page print."""
    with Runner() as runner:
        results = runner.run_all(
            [(snippet, TEXTS[snippet.page]) for snippet in SNIPPETS]
        )
    printed = dict.fromkeys(NAMES, "")
    for snippet, result in zip(SNIPPETS, results, strict=True):
        printed[snippet.page] += result["output"]
    return printed


def sources(name):
    text = TEXTS[name]
    formulas = " ".join(FORMULA.findall(FENCE.sub(" ", text)))
    code = " ".join(one.code for one in SNIPPETS if one.page == name)
    return f"{formulas} {code} {outputs()[name]}"


@pytest.mark.parametrize("name", NAMES)
def test_every_number_in_prose_was_computed(name):
    missing = unsourced(prose(TEXTS[name]), sources(name))
    assert [one for one in missing if one not in EXCEPTIONS.get(name, ())] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_changed_digit_is_noticed(name):
    # Of a number of three digits or more, some other last digit must be unknown to the
    # page; shorter ones (0.1, 0.5) may stand there by chance whatever the digit.
    known = sources(name)
    for number in filter(needs_a_source, numbers(prose(TEXTS[name]))):
        digits, exponent = re.fullmatch(r"(.*?)(e.*)?", number.text).groups("")
        if sum(map(str.isdigit, digits.lstrip("0."))) >= 3:
            others = set("0123456789") - {digits[-1]}
            changed = [digits[:-1] + other + exponent for other in others]
            assert any(unsourced(one, known) for one in changed), number.text


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("ends at 0.1326", []),
        ("ends at 0.1327", ["0.1327"]),
        ("ends at 0.13", []),
        ("after 2001 starts", []),
        ("after 2002 starts", ["2002"]),
        ("after 2,001 starts", []),
        ("about 1.5e-06", []),
        ("about 2.5e-06", ["2.5e-06"]),
        ("in 12 of 99 cases", []),
    ],
)
def test_the_check_itself(text, missing):
    assert unsourced(text, "x = 2001\n0.13262 and 1.4996e-06") == missing


def test_prose_leaves_out_code_formulas_links_and_sources():
    page = (
        "A 1.5 [b](c-2.5.md) $3.5$\n\n```text\n4.5\n```\n\n"  # only 1.5 is prose here
        "## Sources\n\n5.5\n\n## Z\n\n6.5"
    )
    assert [number.text for number in numbers(prose(page))] == ["1.5", "6.5"]
