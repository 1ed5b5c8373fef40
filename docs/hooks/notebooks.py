"""Every page as a notebook, made from the page's own Markdown."""

import json
import re
import textwrap
from posixpath import dirname, join, normpath
from urllib.parse import urljoin

FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
REFERENCE = re.compile(r"^::: (\S+)\n(?: +.*\n)*", re.MULTILINE)
BOX = re.compile(r'^( *)(?:!!!|\?\?\?\+?) \w+(?: "(.*?)")?\s*$')
METADATA = {
    "kernelspec": {
        "display_name": "Python 3",
        "language": "python",
        "name": "python3",
    },
    "language_info": {"name": "python"},
}
ONLY_ON_THE_PAGE = ("{: .gd-try }", "{: answer=", "{: .gd-mistakes }", "{: function=")
"""Below a paragraph that speaks of what only the page has."""
TRIED = re.compile(r' ?<span class="gd-try">.*?</span>')
CHECKED = re.compile(r"\{: \.gd-check \}")
LINK = re.compile(r"(\]\()([^)\s#]+\.(?:md|py))?(#[^)\s]*)?(\))")


def notebook(text, page_uri, title, site_url, wheel_url):
    """Turn a page into a notebook.

    Parameters
    ----------
    text : str
        The page's Markdown.
    page_uri : str
        The page's file within ``docs``; links are resolved against it.
    title : str
        The page's title, for the note that goes first.
    site_url : str
        Where the site is published; links between pages lead there.
    wheel_url : str
        What ``pip install`` needs.

    Returns
    -------
    str
        A notebook of format 4.5: a cell for each Python fence, the text between them as
        Markdown cells. The same page gives the same bytes.
    """
    text = FRONT_MATTER.sub("", text.replace("\r\n", "\n"))
    text = REFERENCE.sub(r'```python\nhelp("\1")\n```\n', text)
    address = page_address(page_uri, site_url)
    pieces = [("markdown", first_note(title, address, wheel_url))]
    prose, code, indent = [], None, ""
    for line in text.split("\n"):
        if code is not None:
            if line.strip() == "```":
                pieces.append(("code", textwrap.dedent("\n".join(code))))
                code = None
            else:
                code.append(line)
        elif line.strip() == "```python":
            pieces.append(("markdown", "\n".join(prose)))
            prose, code = [], []
        else:
            opened = BOX.match(line)
            if opened:
                indent = opened.group(1) + "    "
                if opened.group(2):
                    prose.append(f"**{opened.group(2)}**")
                continue
            if line.startswith(indent):
                line = line[len(indent) :]
            elif line.strip():
                indent = ""
            if line.startswith(("{: explorable=", "<gd-")):
                continue
            if line.startswith(ONLY_ON_THE_PAGE):
                while prose and prose.pop().strip():
                    pass
                continue
            if line.startswith("Figure: "):
                line = f"*Figure.* {line.removeprefix('Figure: ')}"
            line = CHECKED.sub("", TRIED.sub("", line))
            prose.append(absolute(line, page_uri, site_url))
    pieces.append(("markdown", "\n".join(prose)))
    cells = [
        cell(kind, source.strip("\n"), number)
        for number, (kind, source) in enumerate(pieces)
        if source.strip()
    ]
    return json.dumps(
        {
            "cells": cells,
            "metadata": METADATA,
            "nbformat": 4,
            "nbformat_minor": 5,
        },
        ensure_ascii=False,
        indent=1,
    )


def first_note(title, address, wheel_url):
    return (
        f"This notebook is the page [{title}]({address}). Its code needs the tutorial's"
        f" package; install it once: `pip install {wheel_url}`"
    )


def cell(kind, source, number):
    made = {
        "cell_type": kind,
        "id": f"cell-{number}",
        "metadata": {},
        "source": source.splitlines(keepends=True),
    }
    return made | ({"execution_count": None, "outputs": []} if kind == "code" else {})


def page_address(page_uri, site_url):
    """Where a page is published."""
    path = page_uri.rpartition(".")[0]
    folder = path.removesuffix("index") if path.endswith("index") else f"{path}/"
    return urljoin(site_url, folder)


def absolute(line, page_uri, site_url):
    """The links of a line to other pages, as addresses on the published site."""

    def resolve(link):
        start, target, anchor, end = link.groups()
        if target is None or "://" in target:
            return link.group()
        address = page_address(normpath(join(dirname(page_uri), target)), site_url)
        return f"{start}{address}{anchor or ''}{end}"

    return LINK.sub(resolve, line)
