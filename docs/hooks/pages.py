"""From results to the page: outputs, figures, captions, tables."""

import html
import re
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parent.parent / "assets" / "js"
CODE_BLOCK = re.compile(
    r'<div class="language-python highlight">.*?</code></pre></div>', re.DOTALL
)
LANGUAGE = re.compile(r'<div class="language-(\S+) highlight">')
CAPTION = re.compile(r"\s*<p((?: [\w-]+=\"[^\"]*\")*)>Figure: (.*?)</p>", re.DOTALL)
KIND = re.compile(r' explorable="([\w-]+)"')
ABOVE = ' place="above"'
ELEMENT = re.compile(r"<gd-([\w-]+)")
NO_FIGURE = ("run", "answer", "function", "progress")
"""Kinds of our own elements that are not explorables."""
TABLE = re.compile(r"<table>.*?</table>", re.DOTALL)
DOCSTRING_CODE = re.compile(r'<div class="language-\w+ (doc-signature )?highlight">')


class PageError(ValueError):
    """A page and the results of its snippets do not fit together."""


def figure_name(page_uri, number, palette):
    """Where a figure is published: ``learn/rate-2-dark.svg`` for ``learn/rate.md``."""
    return f"{page_uri.rpartition('.')[0]}-{number}-{palette}.svg"


def figures_of(results):
    """All figures of a page, in the order of the page."""
    return [figure for result in results for figure in result["figures"]]


def add_results(content, results, page, url, continues=False):
    """Put behind each Python block of a page what it printed and drew.

    Parameters
    ----------
    content : str
        The page's HTML as MkDocs rendered it.
    results : list of dict
        The results of the page's snippets, in the order of the page.
    page : str
        The page's name for messages, for example ``docs/learn/rate.md``.
    url : callable
        ``url(number, palette)`` is the address of a figure as seen from the page.
    continues : bool, optional
        Whether each block goes on from where the one above it ended, as in a notebook.

    Returns
    -------
    str
        The page's HTML with outputs, numbered figures and captions.

    Raises
    ------
    PageError
        If the page shows another number of Python blocks than were run, or a block in
        a language other than Python, text and console; if a figure has no caption, or a
        caption no figure.
    """
    for language in LANGUAGE.findall(content):
        if language not in ("python", "text", "console"):
            raise PageError(
                f"{page}: a block is shown as Python or another language that nothing"
                f" runs, «{language}»; use python, text or console"
            )
    blocks = list(CODE_BLOCK.finditer(content))
    if len(blocks) != len(results):
        raise PageError(
            f"{page}: {len(blocks)} blocks are shown as Python, {len(results)} were run"
        )
    done = []
    position = 0
    number = 0
    pairs = zip(blocks, results, strict=True)
    for program, (block, result) in enumerate(pairs, start=1):
        done.append(content[position : block.start()])
        position = block.end()
        above = " continues" if continues else ""
        run = f'\n<gd-run program="{program}"{above}></gd-run>'
        shown = [block.group(), run]
        if result["output"].strip():
            shown.append(output_html(result["output"]))
        for figure in result["figures"]:
            number += 1
            caption = CAPTION.match(content, position)
            if caption is None:
                raise PageError(
                    f"{page}: figure {number} has no caption; write a paragraph that"
                    " starts with «Figure: » below its fence"
                )
            position = caption.end()
            attributes, words = caption.groups()
            made = figure_html(figure, number, words, url)
            made = explorable_html(made, attributes.replace(ABOVE, ""), page)
            (done if ABOVE in attributes else shown).append(made)
        done += shown
    done.append(content[position:])
    whole = "".join(done)
    if CAPTION.search(whole):
        raise PageError(f"{page}: a caption («Figure: …») has no figure above it")
    return whole


def output_html(output):
    text = html.escape(output.rstrip("\n"), quote=False)
    return (
        '<div class="gd-output" data-search-exclude><p class="gd-output__label">Output'
        f'</p><pre tabindex="0">{text}\n</pre></div>'
    )


def figure_html(figure, number, caption, url):
    images = "".join(
        f'<img src="{url(number, palette)}#only-{palette}" loading="lazy"'
        f' width="{figure["width"]}" height="{figure["height"]}"'
        f' alt="{html.escape(figure["alt"])}">'
        for palette in ("light", "dark")
    )
    return (
        f'\n<figure class="gd-figure" id="figure-{number}">{images}<figcaption>'
        f"<b>Figure {number}.</b> {caption}</figcaption></figure>"
    )


def explorable_html(figure, attributes, page):
    """Make a figure one to play with, where the caption's attributes ask for it.

    The paragraph `Figure: …` ends with a line such as
    ``{: explorable="descent" x0="-2" lr="0.1" }``. The figure then stands inside an
    element ``<gd-descent x0="-2" lr="0.1">``, whose script lets the reader play with
    it. Without scripts, and on paper, it is the figure that it is. With
    ``place="above"`` it stands above the program that drew it.
    """
    kind = KIND.search(attributes)
    if kind is None:
        return figure
    rest = KIND.sub("", attributes)
    name = f"gd-{kind.group(1)}"
    if not (SCRIPTS / f"{name}.js").exists():
        raise PageError(f"{page}: there is no explorable «{kind.group(1)}»")
    staged = re.sub(r"((?:<img [^>]*>)+)", r'<div class="gd-stage">\1</div>', figure)
    return f"\n<{name}{rest}>{staged.strip()}</{name}>\n"


def live_elements(content):
    """The kinds of our own elements on a page, each once: a script goes with each."""
    return list(dict.fromkeys(ELEMENT.findall(content)))


def explorables_of(content):
    """The kinds of explorables on a page, each once."""
    return [kind for kind in live_elements(content) if kind not in NO_FIGURE]


def scripts_html(content, url):
    """The scripts of a page's own elements; `url` turns a file into an address.

    They stand in the article, because instant navigation runs what it finds there.
    """
    return "".join(
        f'\n<script type="module" src="{url(f"assets/js/gd-{kind}.js")}"></script>'
        for kind in live_elements(content)
    )


def shows_docstrings(content):
    """Whether a page shows what mkdocstrings makes of docstrings."""
    return 'class="doc doc-object' in content


def set_apart_docstrings(content):
    """Tell the code that mkdocstrings shows from the snippets of a page.

    A signature is no program, and an example in a docstring is run by the tests of the
    package, not for the page: neither is marked as Python that the page has run.
    """
    if not shows_docstrings(content):
        return content
    return DOCSTRING_CODE.sub(
        lambda found: f'<div class="{found.group(1) or "doc-example "}highlight">',
        content,
    )


def download_html(links):
    """The line of links below a page; `links` maps addresses to names."""
    shown = " · ".join(
        f'<a href="{url}" download>{name}</a>' for url, name in links.items()
    )
    return f'\n<p class="gd-download" data-search-exclude>{shown}</p>'


def error_html(error):
    """What a preview shows below a snippet that failed; a build stops instead."""
    text = html.escape(str(error), quote=False)
    return f'<div class="gd-output gd-output--error"><pre>{text}</pre></div>'


def wrap_tables(content):
    """Put each table into a box of its own that scrolls, by keyboard too."""
    number = 0

    def wrap(table):
        nonlocal number
        number += 1
        quiet = table.group().replace("<table>", '<table class="gd">', 1)
        return (
            '<div class="gd-table" role="region" tabindex="0"'
            f' aria-label="Table {number}">{quiet}</div>'
        )

    return TABLE.sub(wrap, content)
