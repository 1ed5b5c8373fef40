"""Take out of the site's stylesheets what no page of the site uses.

The theme's stylesheet serves every feature of the theme; half of its weight is for
features that are switched off here. A rule stays if each class and id in one of its
selectors occurs in the HTML of some page, or is a word of a script, which may set it
later.
"""

import re
from pathlib import Path

NAME = re.compile(r"[.#]([A-Za-z_][\w-]*)")
WORD = re.compile(r"[A-Za-z_][\w-]*")
ATTRIBUTE = re.compile(r"\s(?:class|id)=(\"[^\"]*\"|'[^']*'|[^\s>]+)")
INLINE = re.compile(r"<script[^>]*>(.*?)</script>", re.DOTALL)

# Words of the theme's script for features that this site has not switched on.
SWITCHED_OFF = re.compile(
    r"md-(annotation|banner|consent|post|progress|source|status|tag|tooltip|version)"
)


def slim_styles(site):
    """Rewrite every stylesheet below a folder without what is not used there.

    Parameters
    ----------
    site : path
        The folder of a finished site: its pages decide what is used.
    """
    site = Path(site)
    names, scripts = set(), []
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        scripts += INLINE.findall(text)
        for value in ATTRIBUTE.findall(text):
            names.update(WORD.findall(value))
    for file in site.rglob("*.js"):
        if "workers" not in file.parts and "lunr" not in file.parts:
            scripts.append(file.read_text(encoding="utf-8"))
    words = {word for script in scripts for word in WORD.findall(script)}
    names.update(word for word in words if not SWITCHED_OFF.match(word))
    sheets = {
        sheet: without_unused_rules(sheet.read_text(encoding="utf-8"), names)
        for sheet in sorted(site.rglob("*.css"))
    }
    readers = "".join([*sheets.values(), *scripts])
    read = set(re.findall(r"--[\w-]+(?=[,)\"'`])", readers))
    for sheet, text in sheets.items():
        text = without_unused_properties(text, read)
        sheet.write_text(text, encoding="utf-8", newline="\n")


def without_unused_rules(text, names):
    """Return a stylesheet without the rules that match nothing.

    Parameters
    ----------
    text : str
        The stylesheet.
    names : set of str
        The classes and ids that may occur.
    """
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    kept = []
    for head, body in blocks(text):
        if body is None:
            kept.append(head)
        elif head.startswith(("@media", "@supports")):
            inside = without_unused_rules(body, names)
            kept.append(f"{head}{{{inside}}}" if inside else "")
        elif head.startswith("@"):
            kept.append(f"{head}{{{body.strip()}}}")
        else:
            selectors = [
                selector.strip()
                for selector in split_selectors(head)
                if may_match(selector, names)
            ]
            rule = re.sub(r"\s+", " ", body).strip().rstrip(";")
            kept.append(f"{','.join(selectors)}{{{rule}}}" if selectors else "")
    return "".join(kept)


def blocks(text):
    """Yield the head and the body of each rule; a body of None is a bare statement."""
    start = depth = 0
    head = ""
    for match in re.finditer(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|[{};]", text):
        sign = match.group()
        if sign == "{":
            if depth == 0:
                head, start = text[start : match.start()].strip(), match.end()
            depth += 1
        elif sign == "}":
            depth -= 1
            if depth == 0:
                yield head, text[start : match.start()]
                start = match.end()
        elif sign == ";" and depth == 0:
            yield text[start : match.end()].strip(), None
            start = match.end()


def split_selectors(head):
    """Split a list of selectors at its commas, but not at those inside brackets."""
    return re.findall(r"(?:\([^()]*(?:\([^()]*\)[^()]*)*\)|\[[^\]]*\]|[^,(\[])+", head)


def may_match(selector, names):
    """Say whether a selector could match an element that has some of the names."""
    # What stands in :not(), :is() and the like need not be there.
    bare = re.sub(r":[\w-]+\([^()]*(?:\([^()]*\)[^()]*)*\)", "", selector)
    return all(name in names for name in NAME.findall(re.sub(r"\[[^\]]*\]", "", bare)))


def without_unused_properties(text, read):
    """Return a stylesheet without the custom properties that nothing reads."""
    declaration = (
        r"(?<=[{;])\s*(--[\w-]+):((?:\"(?:[^\"\\]|\\.)*\"|[^;}\"])*)(;|(?=\}))"
    )

    def unless_unused(match):
        return match.group() if match[1] in read else ""

    return re.sub(declaration, unless_unused, text).replace(";}", "}")
