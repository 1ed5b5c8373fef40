"""The list of all exercises, gathered from the pages that set them."""

import re
from posixpath import dirname, relpath

from markdown.extensions.toc import slugify

LEVELS = ("Warm-up", "Practice", "Challenge")
TITLE = re.compile(r"^# (.+)$", re.MULTILINE)
PART = re.compile(r"^## Exercises\n(.*?)^## ", re.DOTALL | re.MULTILINE)
EXERCISE = re.compile(r"^### (\d+)\. (.+)\n+(?:\*([\w-]+)\.\*)?", re.MULTILINE)
CHECKED = re.compile(r"^\{: (?:answer|function)=", re.MULTILINE)


class ExerciseError(ValueError):
    """An exercise does not say how difficult it is."""


def find_exercises(text, place):
    """Find the exercises of a page.

    Parameters
    ----------
    text : str
        The page's Markdown.
    place : str
        The page's name for messages, for example ``docs/learn/rate.md``.

    Returns
    -------
    list of tuple
        Number, title and difficulty of each exercise, in the order of the page.

    Raises
    ------
    ExerciseError
        If an exercise does not begin with one of LEVELS, in italics.
    """
    part = PART.search(text)
    if part is None:
        return []
    found = EXERCISE.findall(part.group(1))
    for number, title, level in found:
        if level not in LEVELS:
            raise ExerciseError(
                f"{place}: exercise {number}, «{title}», must begin with one of"
                f" {', '.join(f'*{one}.*' for one in LEVELS)}"
            )
    return found


def checked(text):
    """The numbers of the exercises of a page that check themselves."""
    part = PART.search(text)
    pieces = re.split(r"^### (\d+)\. ", part.group(1) if part else "", flags=re.M)
    return {
        number
        for number, piece in zip(pieces[1::2], pieces[2::2], strict=True)
        if CHECKED.search(piece)
    }


def gather(texts, here):
    """Write the list of the exercises of all pages.

    Parameters
    ----------
    texts : dict of str
        The Markdown of each page by its file within ``docs``, in the order in which
        the pages are read.
    here : str
        The page that shows the list; links lead from there.

    Returns
    -------
    str
        Markdown: for each page with exercises a heading and a table. Links to exercises
        that check themselves have the class ``gd-check``.
    """
    lines = []
    for uri, text in texts.items():
        found = find_exercises(text, f"docs/{uri}") if uri != here else []
        if not found:
            continue
        target = relpath(uri, dirname(here))
        lines += ["", f"### [{TITLE.search(text).group(1)}]({target}#exercises)", ""]
        lines += ["| Exercise | Difficulty |", "| --- | --- |"]
        checks = checked(text)
        for number, title, level in found:
            name = f"{number}. {title}"
            mark = "{: .gd-check }" if number in checks else ""
            anchor = slugify(name.replace("`", ""), "-")
            shown = name.replace("|", r"\|")
            lines.append(f"| [{shown}]({target}#{anchor}){mark} | {level} |")
    return "\n".join(lines).strip()
