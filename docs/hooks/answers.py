"""Exercises that check themselves: an answer's key is what the solution printed."""

import ast
import html
import math
import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

EXERCISE = re.compile(r"^### (\d+\. [^\n]+)\n(.*?)(?=^##|\Z)", re.DOTALL | re.MULTILINE)
PART = re.compile(r"^## Exercises\n(.*?)(?=^## |\Z)", re.DOTALL | re.MULTILINE)
QUESTION = re.compile(
    r"^((?:[^\n]+\n)+?)\{: answer=\"(.*)\" within=\"([^\"]*)\" \}\n"
    r"(?:\n((?:[^\n]+\n)+)\{: \.gd-mistakes \}\n)?",
    re.MULTILINE,
)
MISTAKE = re.compile(r"- `(.+?)`: (.+(?:\n {2,}.+)*)\n")
FUNCTION = re.compile(
    r"^((?:[^\n]+\n)+?)\{: function=\"(\w+)\"(?: theirs=\"(\w+)\")?"
    r" cases=\"([^\"\n]*)\" within=\"([^\"\n]*)\" \}\n",
    re.MULTILINE,
)
MARK = re.compile(r"^\{: (?:answer=|function=|\.gd-mistakes)", re.MULTILINE)
FOLDED = re.compile(r"^\?\?\?", re.MULTILINE)
HINT = '??? tip "Hint"'
NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?|[-+]?inf|nan")
ELEMENT = re.compile(
    r'<div((?: [\w-]+="[^"]*")*) class="(gd-answer|gd-function)"([^>]*)>(.*?)</div>',
    re.DOTALL,
)


class AnswerError(ValueError):
    """A question and the solution of its exercise do not fit together."""


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that readers give, and what helps them on.

    Parameters
    ----------
    line : int
        Its line on the page.
    source : str
        The number as the page gives it, or the pattern that finds it.
    key : str
        The number, as typed or as the solution printed it.
    sentence : str
        Markdown: what a reader is told who gives it.
    """

    line: int
    source: str
    key: str
    sentence: str


@dataclass(frozen=True)
class Answer:
    """One question of an exercise that is answered with a number.

    Parameters
    ----------
    page : str
        The page as it is named in messages, for example ``docs/learn/rate.md``.
    line : int
        The line of the page on which the question begins.
    exercise : str
        Number and title of the exercise.
    question : str
        Markdown: the paragraph that asks.
    key : str
        The number, as the solution printed it.
    within : str
        How far an answer may be from it: a number, or a share such as ``1%``.
    mistakes : tuple of Mistake
        The wrong answers that the page knows.
    """

    page: str
    line: int
    exercise: str
    question: str
    key: str
    within: str
    mistakes: tuple

    @property
    def place(self):
        return f"{self.page}:{self.line}"

    def accepts(self, typed, key=None):
        """Say whether a number, as text, counts as the key (or as another one)."""
        return close(number(typed), number(key or self.key), self.within)


def find_answers(text, snippets, results, page):
    """Find the questions of a page, and their keys in what its solutions printed.

    Parameters
    ----------
    text : str
        The whole text of the page, front matter included.
    snippets : list of Snippet
        The snippets of the page.
    results : list of dict
        What each of them printed, as ``output``.
    page : str
        The page's name for messages, for example ``docs/learn/rate.md``.

    Returns
    -------
    list of Answer
        In the order of the page.

    Raises
    ------
    AnswerError
        If a question stands elsewhere than in an exercise before its hint; if a
        function that readers are to write is not one of the solution's; if a pattern
        does not occur exactly once in what the exercise's own programs printed; if the
        tolerance is narrower than the rounding of the key; or if two answers of a
        question cannot be told apart. The message starts with ``docs/page.md:LINE``.
    """
    text = text.replace("\r\n", "\n")
    part = PART.search(text)
    found, marks = [], set()
    for exercise in EXERCISE.finditer(text, *part.span(1)) if part else ():
        start, end = exercise.start(2), exercise.end(2)
        first, last = line_of(text, start), line_of(text, end)
        printed = "".join(
            result["output"]
            for snippet, result in zip(snippets, results, strict=True)
            if first <= snippet.line <= last
        )
        codes = [one.code for one in snippets if first <= one.line <= last]
        folded = FOLDED.search(text, start, end)
        hint = folded and text.startswith(HINT, folded.start())
        for kind in (QUESTION, FUNCTION):
            for asked in kind.finditer(text, start, end):
                line = line_of(text, asked.start())
                if not hint or asked.start() > folded.start():
                    raise AnswerError(
                        f"{page}:{line}: an answer must stand before a hint"
                    )
                marks.update(one.start() for one in MARK.finditer(text, *asked.span()))
                if kind is FUNCTION:
                    check_function(asked, codes, f"{page}:{line}")
                else:
                    found.append(read(text, asked, exercise.group(1), printed, page))
    for mark in MARK.finditer(text):
        if mark.start() not in marks:
            raise AnswerError(
                f"{page}:{line_of(text, mark.start())}: this line belongs to no answer"
                " of an exercise; is it written as in the README?"
            )
    return found


def read(text, asked, exercise, printed, page):
    """Make an Answer of one match of QUESTION."""
    question, pattern, within, listed = asked.groups()
    line = line_of(text, asked.start())
    place = f"{page}:{line}"
    check_tolerance(within, place)
    key = look_up(pattern, printed, place)
    mistakes = []
    if listed is not None:
        begin = asked.start(4)
        rest = MISTAKE.sub("", listed)
        if rest:
            at = line_of(text, begin + listed.index(rest.split("\n")[0]))
            raise AnswerError(f"{page}:{at}: write a mistake as «- `1024`: Sentence.»")
        for one in MISTAKE.finditer(listed):
            at = line_of(text, begin + one.start())
            source, sentence = one.groups()
            value = source
            if not is_number(source):
                value = look_up(source, printed, f"{page}:{at}")
            sentence = " ".join(sentence.split())
            mistakes.append(Mistake(at, source, value, sentence))
    answer = Answer(page, line, exercise, question, key, within, tuple(mistakes))
    check(answer)
    return answer


def look_up(pattern, printed, place):
    """Find a number in an output: what the one group of a pattern matches, once."""
    try:
        compiled = re.compile(pattern, re.MULTILINE)
    except re.error as error:
        raise AnswerError(f"{place}: «{pattern}» is no pattern: {error}") from error
    if compiled.groups != 1:
        raise AnswerError(f"{place}: the pattern «{pattern}» must have one group")
    found = [one.group(1) for one in compiled.finditer(printed)]
    if len(found) != 1:
        raise AnswerError(
            f"{place}: the pattern «{pattern}» must occur exactly once in what the"
            f" solution prints; it occurs {len(found)} times"
        )
    if not is_number(found[0]):
        raise AnswerError(f"{place}: «{found[0]}», found by «{pattern}», is no number")
    return found[0]


def check(answer):
    """See that a tolerance leaves room for rounding and tells the answers apart.

    A tolerance of 0 says that the key is printed with all its digits.
    """
    room = tolerance(answer.key, answer.within)
    if room and room < rounding(answer.key) * (1 - 1e-9):
        raise AnswerError(
            f"{answer.place}: the tolerance {answer.within} is narrower than the digits"
            f" of the key {answer.key} are exact"
        )
    known = [("the key", answer.key)]
    for one in answer.mistakes:
        for name, other in known:
            if answer.accepts(one.key, other) or answer.accepts(other, one.key):
                raise AnswerError(
                    f"{answer.page}:{one.line}: {one.key} cannot be told from {name},"
                    f" {other}, with the tolerance {answer.within}"
                )
        known.append(("another mistake", one.key))


def check_function(asked, codes, place):
    """See that a function to be written is one of the solution's, and has cases."""
    _, name, theirs, cases, within = asked.groups()
    check_tolerance(within, place)
    defined = {
        part.name
        for code in codes
        for part in ast.parse(code).body
        if isinstance(part, ast.FunctionDef)
    }
    for one in (name, theirs or name):
        if one not in defined:
            raise AnswerError(f"{place}: no program of the solution defines {one}")
    try:
        listed = ast.parse(cases, mode="eval").body.elts
        good = listed and all(isinstance(one, ast.Tuple) for one in listed)
    except (SyntaxError, AttributeError):
        good = False
    if not good:
        raise AnswerError(f"{place}: «{cases}» is no list of tuples of arguments")


def check_tolerance(within, place):
    if not re.fullmatch(r"\d+(\.\d*)?(e-?\d+)?%?", within):
        raise AnswerError(f"{place}: «{within}» is no tolerance: write 0, 0.01 or 1%")


def put_in(text, answers):
    """Replace the questions of a page by what readers get.

    Parameters
    ----------
    text : str
        The page's Markdown, with or without front matter.
    answers : list of Answer
        What `find_answers` found on it. Where there are none, the questions go.

    Returns
    -------
    str
        Markdown in which each question stands in a box that `to_elements` understands.
    """
    left = iter(answers)

    def box(asked):
        answer = next(left, None)
        if answer is None:
            return ""
        values = f'key="{answer.key}" within="{answer.within}"'
        lines = [
            f'<div class="gd-answer" {values} markdown="block">',
            f"{answer.question.strip()} <small>{in_words(answer)}</small>",
        ]
        for one in answer.mistakes:
            lines.append(f'{one.sentence}\n{{: hidden="hidden" data-key="{one.key}" }}')
        return "\n\n".join([*lines, "</div>"]) + "\n"

    return FUNCTION.sub(function_box, QUESTION.sub(box, text.replace("\r\n", "\n")))


def function_box(asked):
    """The box of a function that readers write."""
    question, name, theirs, cases, within = asked.groups()
    values = f'name="{name}"'
    if theirs:
        values += f' theirs="{theirs}"'
    values += f' cases="{html.escape(cases)}" within="{within}"'
    return (
        f'<div class="gd-function" {values} markdown="block">\n\n{question.strip()}'
        f" <small>{exactness(within)}</small>\n\n</div>\n"
    )


def to_elements(content):
    """Make elements of the boxes in a page's HTML; search finds nothing in them."""
    return ELEMENT.sub(r"<\2\1\3 data-search-exclude>\4</\2>", content)


def in_words(answer):
    """How exact an answer must be, for the reader."""
    whole = answer.key.lstrip("-").isdigit() and not number(answer.within)
    return "A whole number." if whole else exactness(answer.within)


def exactness(within):
    """A tolerance in words."""
    if within.endswith("%"):
        return f"To within {within[:-1]} per cent."
    return f"To within {within}." if number(within) else "Exactly."


def is_number(text):
    top, _, bottom = text.partition("/")
    return all(NUMBER.fullmatch(one) for one in (top, bottom or "1"))


def number(text):
    """The value of a number as it is printed: ``-0.5``, ``1e-06``, ``2/3``, ``inf``."""
    if "/" in text:
        return float(Fraction(text))
    return float(text.removesuffix("%"))


def tolerance(key, within):
    """How far from a key an answer may be, as a number."""
    if within.endswith("%"):
        return abs(number(key)) * number(within) / 100
    return number(within)


def rounding(key):
    """How far the value behind printed digits may be from them."""
    if not math.isfinite(number(key)) or not {".", "e"} & set(key):
        return 0.0
    return float(Decimal(1).scaleb(Decimal(key).as_tuple().exponent)) / 2


def close(value, key, within):
    """Say whether a value counts as a key."""
    if math.isnan(key) or math.isinf(key):
        return str(value) == str(key)
    room = 0.0 if math.isnan(value) else tolerance(repr(key), within)
    return abs(value - key) <= room + 1e-9 * abs(key)


def line_of(text, position):
    return text.count("\n", 0, position) + 1
