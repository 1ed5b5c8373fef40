"""Make what is sent lighter without changing how it looks or works.

A third of the HTML of a page with code is markup that shows nothing: blank lines that
templates leave behind, and a tag around every name and every bracket of the code, in
the colour that the text beside it has as well.
"""

import re
from pathlib import Path

from rjsmin import jsmin

KEEP = re.compile(r"(<pre\b.*?</pre>|<script\b.*?</script>)", re.DOTALL)
CODE = re.compile(r"<pre><span></span><code>.*?</pre>", re.DOTALL)
BREAK = re.compile(r"\s*\n\s*")
PLAIN = re.compile(r'<span class="[nw]">([^<]*)</span>')
SIGNS = re.compile(r'(<span class=")[op](">[^<]*)</span>( *)<span class="[op]">')


def slim_code(content):
    """Take out of the code of a page the tags that change nothing.

    Parameters
    ----------
    content : str
        The HTML of a page, or of a part of it.

    Returns
    -------
    str
        The same text. Names have no tag of their own, and operators and brackets that
        follow one another share one: the site gives them one colour.
    """

    def slim(block):
        shorter, block = PLAIN.sub(r"\1", block.group()), ""
        while shorter != block:
            block, shorter = shorter, SIGNS.sub(r"\1p\2\3", shorter)
        return block

    return CODE.sub(slim, content)


def slim_page(page):
    """Take out of a whole page the blanks that templates leave behind.

    Parameters
    ----------
    page : str
        The HTML of a whole page.

    Returns
    -------
    str
        The same page: text that counts, scripts and preformatted text are untouched.
    """
    parts = KEEP.split(page)
    parts[::2] = [BREAK.sub("\n", part) for part in parts[::2]]
    return "".join(parts)


def slim_scripts(site):
    """Rewrite the site's own scripts without comments and needless blanks.

    Parameters
    ----------
    site : path
        The folder of a finished site.
    """
    for file in sorted((Path(site) / "assets" / "js").glob("*.js")):
        file.write_text(jsmin(file.read_text(encoding="utf-8")), encoding="utf-8")
