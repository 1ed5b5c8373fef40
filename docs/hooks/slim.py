"""Make what is sent lighter without changing how it looks or works.

A third of the HTML of a page with code is markup that shows nothing: blank lines that
templates leave behind, and a tag around every name and every bracket of the code, in
the colour that the text beside it has as well.
"""

import re
from pathlib import Path

from pygments.lexers import JavascriptLexer
from pygments.token import Comment, String

KEEP = re.compile(r"(<pre\b.*?</pre>|<script\b.*?</script>)", re.DOTALL)
CODE = re.compile(r"<pre><span></span><code>.*?</pre>", re.DOTALL)
BREAK = re.compile(r"\s*\n\s*")
PLAIN = re.compile(r'<span class="[nw]">([^<]*)</span>')
NAME = re.compile(r"[\w$]{2}")
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


def slim_script(code):
    """Take out of a script the comments and the blanks that change nothing.

    Parameters
    ----------
    code : str
        A script: an ES module.

    Returns
    -------
    str
        The same script. Lines stay lines, for a line may end a statement.
    """
    made, blank, last = [], "", "{"
    for kind, text in JavascriptLexer(ensurenl=False).get_tokens(code):
        if kind in Comment or (not text.strip() and kind not in String):
            blank = "\n" if "\n" in blank + text else (blank + text) and " "
            continue
        first = text[0]
        if blank == "\n":
            needed = last not in "{[(,;" and first not in "}])"
        else:
            needed = blank and (
                NAME.match(last + first) or last == first or first == "/"
            )
        made += [blank, text] if needed else [text]
        blank, last = "", text[-1]
    return "".join(made)


def slim_scripts(site, cache):
    """Rewrite the site's own scripts without comments and needless blanks.

    Parameters
    ----------
    site : path
        The folder of a finished site.
    cache : Cache
        What knows the scripts that have not changed since the build before.
    """
    for file in sorted((Path(site) / "assets" / "js").glob("*.js")):
        code = file.read_text(encoding="utf-8")
        key = cache.key("slim", code)
        script = cache.get(key)
        if script is None:
            script = slim_script(code)
            cache.put(key, script)
        file.write_text(script, encoding="utf-8")
