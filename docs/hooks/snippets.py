"""The Python snippets of a Markdown page: what they are and where they stand.

mktestdocs decides what counts as a snippet; this module adds the line of the page on
which each one starts, so that every message can name it.
"""

import textwrap
from dataclasses import dataclass
from pathlib import Path

import mktestdocs


@dataclass(frozen=True)
class Snippet:
    """One Python fence of one page.

    Parameters
    ----------
    page : str
        The page as it is named in messages, for example ``docs/learn/rate.md``.
    line : int
        The line of the page that holds the first line of the code, counted from 1.
    code : str
        The code, without the indentation that the fence has on the page.
    fence : str
        The fence as it stands on the page, from the opening to the closing line.
    """

    page: str
    line: int
    code: str
    fence: str

    @property
    def place(self):
        return f"{self.page}:{self.line}"


class UnreadableFence(ValueError):
    """The fences of a page cannot be told apart as mktestdocs tells them apart."""


def find_snippets(text, page):
    """Find the Python snippets of a page.

    Parameters
    ----------
    text : str
        The whole text of the page, front matter included.
    page : str
        The name of the page, used in messages.

    Returns
    -------
    list of Snippet
        In the order of the page: exactly the blocks that mktestdocs would run.

    Raises
    ------
    UnreadableFence
        If the lines found here are not the blocks that mktestdocs finds.
    """
    snippets = []
    text = text.replace("\r\n", "\n")
    lines = text.split("\n")
    opening = None
    for number, line in enumerate(lines, start=1):
        if "```" not in line:
            continue
        if opening is None:
            opening = number
            continue
        if lines[opening - 1].lstrip() == "```python":
            code = "".join(one + "\n" for one in lines[opening : number - 1])
            fence = "\n".join(lines[opening - 1 : number])
            snippets.append(Snippet(page, opening + 1, textwrap.dedent(code), fence))
        opening = None
    if [one.code for one in snippets] != mktestdocs.grab_code_blocks(text):
        raise UnreadableFence(
            f"{page}: mktestdocs finds other Python blocks on this page than its lines"
            " show; is a fence empty, or does ``` stand inside a line of text?"
        )
    return snippets


def read_page(path):
    """Return the text of a page, whatever the platform's encoding is."""
    return Path(path).read_text(encoding="utf-8")
