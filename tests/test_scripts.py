"""The site's own scripts, read as text: what they may not do, and what a page loads.

They are read token by token, so that a comment or a sentence in quotes is not taken for
code.
"""

import re
from functools import cache
from html.parser import HTMLParser
from urllib.parse import urljoin

import pytest
from browsing import call, wire_size
from building import ROOT
from pygments.lexers import JavascriptLexer
from pygments.token import Comment, String, Whitespace
from test_site import PAGES

from pages import NO_FIGURE
from slim import slim_script

SCRIPTS = sorted((ROOT / "docs" / "assets" / "js").rglob("*.js"))
WEIGHT_LIMIT = 25 * 1024
# What reads, differentiates, surveys and writes formulas is loaded on the Playground
# alone, and weighed apart.
LIBRARY = ("expression.js", "minima.js", "opening.js", "program.js")
LIBRARY_LIMIT = 10 * 1024

# A name that runs text as code or reads text as HTML: none has a place here. Elements
# are made one by one, so that what a reader typed stays text.
FORBIDDEN = {
    *("eval", "Function", "GeneratorFunction", "AsyncFunction", "importScripts"),
    *("innerHTML", "outerHTML", "insertAdjacentHTML", "setHTMLUnsafe", "srcdoc"),
    *("createContextualFragment", "DOMParser", "parseFromString", "parseHTMLUnsafe"),
}
HOST = re.compile(r"(?:\b[a-z][a-z0-9+.-]*:|^.?)//\w|\bjavascript:", re.IGNORECASE)
NAMESPACE = re.compile(r"http://www\.w3\.org/[\w/.]+")

WORKERS = ("Worker", "SharedWorker")

# What can be run or answered on a page may weigh this until the reader presses Run.
RUN_LIMIT = 8 * 1024
RUN = tuple(f"gd-{kind}.js" for kind in NO_FIGURE)
# Here alone, what is imported has been fetched and compared with its checksum before.
VERIFIES = "python-worker.js"

of_each_script = pytest.mark.parametrize("script", SCRIPTS, ids=lambda one: one.name)
of_each_page = pytest.mark.parametrize("path", [*PAGES, "404.html"])


def tokens(code):
    """The kind and the text of each token that is neither a comment nor a blank."""
    for kind, text in JavascriptLexer().get_tokens(code):
        if kind not in Comment and kind not in Whitespace and text.strip():
            yield kind, text


def faults(code):
    """What a script does that none of ours may do."""
    read = list(tokens(code))
    texts = ["", "", *(text for _, text in read), ""]
    for n, (kind, text) in enumerate(read, start=2):
        before, after = texts[n - 2 : n], texts[n + 1]
        if kind in String:
            if HOST.search(NAMESPACE.sub("", text)):
                yield f"an address with a host: {text}"
            if before in (["setTimeout", "("], ["setInterval", "("]):
                yield f"text run as code: {text}"
            # element["innerHTML"] is element.innerHTML
            text = text[1:-1] if before[1] == "[" and after == "]" else ""
        if text in FORBIDDEN:
            yield text
        if before == ["document", "."] and text in ("write", "writeln"):
            yield f"document.{text}"


def imports(code, at_once=False):
    """The addresses of what a script imports or starts as a worker, as it writes them.

    One that is not written down but computed comes as None. What is imported `at_once`
    comes with the script itself, before anybody has asked for anything.
    """
    read = list(tokens(code))
    texts = [text for _, text in read]
    for n, text in enumerate(texts):
        after = texts[n + 1 : n + 6]
        if text == "from" and read[n + 1][0] in String:
            yield literal(*read[n + 1])
        elif text == "import" and after[0] == "(" and not at_once:
            yield literal(*read[n + 2]) if texts[n + 3] in (")", ",") else None
        elif text == "import" and read[n + 1][0] in String:
            yield literal(*read[n + 1])
        elif not at_once and text in WORKERS and texts[n - 1] == "new":
            seen = after[:4] == ["(", "new", "URL", "("] and texts[n + 6] == ","
            here = texts[n + 7 : n + 12] == ["import", ".", "meta", ".", "url"]
            yield literal(*read[n + 5]) if seen and here else None


def literal(kind, text):
    """The value of a string in quotes, None for anything else."""
    return text[1:-1] if kind in String.Double or kind in String.Single else None


def loaded(script, into=None, at_once=False):
    """A script and all that it imports or starts, directly or not.

    At once or later; or only what comes with it `at_once`. Third-party scripts
    import nothing: tests/test_vendor.py sees to it.
    """
    into = {} if into is None else into
    if script not in into:
        into[script] = script.read_text(encoding="utf-8")
        ours = "vendor" not in script.parts
        for address in imports(into[script], at_once) if ours else ():
            loaded((script.parent / address).resolve(), into, at_once)
    return into


def test_there_are_scripts():
    assert {"descent.js", "functions.js", "theory.js"} <= {one.name for one in SCRIPTS}


@of_each_script
def test_a_script_runs_no_text_as_code_or_html_and_calls_no_host(script):
    assert list(faults(script.read_text(encoding="utf-8"))) == []


@of_each_script
def test_a_script_that_is_sent_says_what_is_written(script):
    code = script.read_text(encoding="utf-8")
    sent = slim_script(code)
    assert list(tokens(sent)) == list(tokens(code))
    assert len(sent) < 0.9 * len(code)


@pytest.mark.parametrize(
    "code",
    [
        'eval("1")',
        "const run = globalThis.eval",
        "new Function('x', text)",
        "document.write(text)",
        "node.innerHTML = `<b>${text}</b>`",
        'node["innerHTML"] = text',
        "node.insertAdjacentHTML('beforeend', text)",
        'setTimeout("go()", 10)',
        'fetch("https://example.org/x.json")',
        "import('//example.org/x.js')",
        "const address = `https://example.org/${name}`",
        'link.href = "javascript:go()"',
    ],
)
def test_what_is_forbidden_is_seen(code):
    assert list(faults(code))


@pytest.mark.parametrize(
    "code",
    [
        "// eval, see https://example.org/\nconst evaluate = x => x * x",
        'say("A function of x: eval is not one")',
        'const SVG = "http://www.w3.org/2000/svg"',
        "const half = a / b // c",
        "setTimeout(() => go(), 10)",
    ],
)
def test_what_is_allowed_is_let_pass(code):
    assert list(faults(code)) == []


@of_each_script
def test_imports_are_relative_paths_to_files_that_exist(script):
    written = list(imports(script.read_text(encoding="utf-8")))
    if script.name == VERIFIES:
        written.remove(None)
    for address in written:
        assert address is not None, "an address that no test can follow"
        assert address.startswith(("./", "../")), address
        file = (script.parent / address).resolve()
        assert file.is_relative_to(ROOT / "docs" / "assets"), address
        assert file.name in [one.name for one in file.parent.iterdir()], address


def test_imports_of_every_kind_are_seen():
    code = """
        import { a } from "./a.js"
        import "./b.js"
        export * from './c.js'
        // import "./no.js"
        const lazy = () => import("./d.js")
        const worker = new Worker(new URL("./e.js", import.meta.url), options)
        const computed = [import(name), import("./" + name), new Worker(address)]
        const from = "./no.js", here = import.meta.url
    """
    known = ["./a.js", "./b.js", "./c.js", "./d.js", "./e.js"]
    assert list(imports(code)) == [*known, None, None, None]
    assert list(imports(code, at_once=True)) == known[:3]
    minified = 'import{a}from"./a.js";import"./b.js";export{c}from"./c.js"'
    assert list(imports(minified)) == known[:3]


def test_every_script_finds_what_it_imports(browser, workshop):
    page = browser.new_page()
    page.goto(workshop)
    names = [one.relative_to(SCRIPTS[0].parent).as_posix() for one in SCRIPTS]
    failures = call(
        page,
        """async names => {
            const load = name => import(`/js/${name}`).then(() => "", String)
            const said = await Promise.all(names.map(load))
            return said.map((one, n) => `${names[n]}: ${one}`).filter((_, n) => said[n])
        }""",
        names,
    )
    page.close()
    assert list(failures) == []


class Page(HTMLParser):
    """The kinds of explorables on a page, and the files its tags load."""

    def __init__(self, site, path):
        super().__init__()
        self.kinds, self.scripts, self.modules = set(), [], []
        self.path = "/gd/" + path
        file = site / path if path.endswith(".html") else site / path / "index.html"
        self.site = site.resolve()
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag.startswith("gd-"):
            self.kinds.add(tag)
        if tag == "script" and "src" in attributes:
            self.scripts.append(self.file(attributes["src"]))
            if attributes.get("type") == "module":
                self.modules.append(self.scripts[-1])
        if tag == "link" and "preload" in attributes["rel"]:
            self.scripts.append(self.file(attributes["href"]))

    @property
    def explorables(self):
        return {one for one in self.kinds if f"{one}.js" not in RUN}

    def file(self, address):
        return self.site / urljoin(self.path, address).removeprefix("/gd/")

    def own(self, files):
        return [one for one in files if one.is_relative_to(self.site / "assets" / "js")]


@pytest.fixture(scope="module")
def read(site):
    return cache(lambda path: Page(site.site, path))


@of_each_page
def test_a_page_loads_one_script_for_each_kind_of_explorable_and_no_other(read, path):
    page = read(path)
    names = [one.name for one in page.own(page.scripts)]
    assert sorted(names) == sorted(f"{kind}.js" for kind in page.kinds)
    assert page.modules == page.own(page.scripts)


def weights(page, for_running):
    """What of our scripts a page loads, in bytes as sent, each script once.

    `for_running` are those with which programs can be run and exercises answered; they
    count until Run is pressed. The others count with all that they start later.
    """
    running, playing = {}, {}
    for module in page.modules:
        if module.name in RUN:
            loaded(module, running, at_once=True)
        else:
            loaded(module, playing)
    files = running if for_running else playing.keys() - running
    texts = running | playing
    return {one.name: wire_size(one.name, texts[one].encode()) for one in files}


@of_each_page
def test_our_scripts_on_a_page_are_light(read, path):
    page = read(path)
    sizes = weights(page, for_running=False)
    assert (sum(sizes.values()) > 0) == bool(page.explorables)
    library = [sizes.pop(one, 0) for one in LIBRARY]
    assert sum(sizes.values()) <= WEIGHT_LIMIT, sizes
    assert all(library) if page.explorables == {"gd-playground"} else not any(library)
    assert sum(library) <= LIBRARY_LIMIT


@of_each_page
def test_what_runs_programs_is_light_until_run_is_pressed(read, path):
    page = read(path)
    sizes = weights(page, for_running=True)
    assert ("gd-run" in page.kinds) == ("gd-run.js" in sizes)
    assert sum(sizes.values()) <= RUN_LIMIT, sizes


def test_a_descent_stands_on_home_and_not_everywhere(read):
    found = {path for path in PAGES if "gd-descent" in read(path).kinds}
    assert "" in found
    assert len(found) < len(PAGES)
