"""Every snippet of the documentation runs; no page shows Python that was not run."""

import html
import re
from dataclasses import replace
from functools import partial
from pathlib import Path

import markdown
import mktestdocs
import pytest
from mkdocs.config import load_config
from mktestdocs.__main__ import check_raw_string, exec_python
from pygments.lexers import get_lexer_by_name
from pygments.lexers.python import Python2Lexer, PythonConsoleLexer, PythonLexer
from pygments.util import ClassNotFound

from runner import Runner
from snippets import find_snippets, read_page

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = sorted(
    path
    for path in DOCS.rglob("*.md")
    if not {"vendor", "hooks", "overrides"} & set(path.relative_to(DOCS).parts)
)
NAMES = [path.relative_to(ROOT).as_posix() for path in PAGES]
TEXTS = dict(zip(NAMES, map(read_page, PAGES), strict=True))
SNIPPETS = [one for name in NAMES for one in find_snippets(TEXTS[name], name)]
PYTHON = (PythonLexer, Python2Lexer, PythonConsoleLexer)


@pytest.fixture(scope="module")
def runner():
    with Runner() as runner:
        yield runner


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda snippet: snippet.place)
def test_snippet_runs(snippet, runner, census):
    # mktestdocs takes the block out of its fence and hands it to the executor; the
    # executor runs it where the build runs it, and never reads the build's cache.
    ran = []

    def execute(code):
        assert code == snippet.code
        runner.run(snippet, TEXTS[snippet.page])
        ran.append(code)

    mktestdocs.register_executor("python", execute)
    try:
        check_raw_string(snippet.fence, lang="python")
    finally:
        mktestdocs.register_executor("python", exec_python)
    assert len(ran) == 1, f"{snippet.place}: mktestdocs did not run this snippet"
    census["run"] += 1


def test_each_snippet_broken_at_its_end_is_named_with_its_line(runner):
    broken = [
        replace(snippet, code=f"{snippet.code}raise RuntimeError('broken')\n")
        for snippet in SNIPPETS
    ]
    results = runner.run_all([(snippet,) for snippet in broken])
    for snippet, result in zip(SNIPPETS, results, strict=True):
        last = snippet.line + snippet.code.count("\n")
        expected = f"{snippet.page}:{last}: RuntimeError: broken\n"
        assert str(result).startswith(expected)


# --------------------------------------------------------------------------- the census


@pytest.fixture(scope="module")
def render():
    config = load_config(str(ROOT / "mkdocs.yml"))
    return partial(
        markdown.markdown,
        extensions=config.markdown_extensions,
        extension_configs=config.mdx_configs,
    )


def blocks_shown_as_python(content):
    """The text of each block of a rendered page that is highlighted as Python."""
    found = []
    for block in re.finditer(
        r'<(?:div|table) class="([^"]*\bhighlight[^"]*)">(.*?)</pre>',
        content,
        re.DOTALL,
    ):
        languages = re.findall(r"language-(\S+)", block.group(1))
        if any(map(is_python, languages)):
            code = re.sub(r"<[^>]*>", "", block.group(2))
            found.append(html.unescape(code))
    return found


def is_python(language):
    try:
        return isinstance(get_lexer_by_name(language), PYTHON)
    except ClassNotFound:
        return False


def missed_by_mktestdocs(text, render):
    """The blocks that only one of the two takes for Python: the site, mktestdocs."""
    shown = [code.strip("\n") for code in blocks_shown_as_python(render(body(text)))]
    run = [code.strip("\n") for code in mktestdocs.grab_code_blocks(text)]
    return [code for code in shown if code not in run] + [
        code for code in run if code not in shown
    ] or ([] if len(shown) == len(run) else ["a block is shown or run twice"])


def body(text):
    return re.sub(r"\A---\n.*?\n---\n", "", text.replace("\r\n", "\n"), flags=re.DOTALL)


def test_there_are_pages_and_snippets():
    assert DOCS / "index.md" in PAGES
    assert len(PAGES) > 1
    assert len(SNIPPETS) > len(PAGES)


def test_no_markdown_file_is_left_out(render):
    config = load_config(str(ROOT / "mkdocs.yml"))
    from mkdocs.structure.files import get_files

    published = {
        f"docs/{file.src_uri}"
        for file in get_files(config)
        if file.src_uri.endswith(".md") and file.inclusion.is_included()
    }
    assert published == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_shown_as_python_is_run(name, render, census):
    assert missed_by_mktestdocs(TEXTS[name], render) == []
    census["shown"] += len(blocks_shown_as_python(render(body(TEXTS[name]))))


CODE = "print(1)"
RUN = f"```python\n{CODE}\n```\n"


@pytest.mark.parametrize(
    "text",
    [
        RUN,
        f"Text.\n\n{RUN}\nMore.\n\n```text\nprint(2)\n```\n",
        "!!! note\n\n    ```python\n    print(1)\n    ```\n",
        '=== "Tab"\n\n    ```python\n    print(1)\n    ```\n',
        "1. One\n\n    ```python\n    print(1)\n    ```\n",
        RUN.replace("\n", "\r\n"),
    ],
    ids=["bare", "beside text", "admonition", "tab", "list", "CRLF"],
)
def test_census_passes_what_mktestdocs_runs(text, render, tmp_path):
    (tmp_path / "page.md").write_bytes(text.encode())
    text = read_page(tmp_path / "page.md")
    assert mktestdocs.grab_code_blocks(text) == [CODE + "\n"]
    assert missed_by_mktestdocs(text, render) == []


@pytest.mark.parametrize(
    "text",
    [
        f"```py\n{CODE}\n```\n",
        f"```Python\n{CODE}\n```\n",
        f"```python3\n{CODE}\n```\n",
        "```pycon\n>>> print(1)\n1\n```\n",
        f'```python title="a.py"\n{CODE}\n```\n',
        f'```python hl_lines="1"\n{CODE}\n```\n',
        f'```python linenums="1"\n{CODE}\n```\n',
        f"```{{.python}}\n{CODE}\n```\n",
        f'```{{.python title="a.py"}}\n{CODE}\n```\n',
        f"~~~python\n{CODE}\n~~~\n",
        f"````python\n{CODE}\n````\n",
        f"``` python\n{CODE}\n```\n",
        f"```python \n{CODE}\n```\n",
        f"> ```python\n> {CODE}\n> ```\n",
        f"A stray ``` in prose.\n\n{RUN}",
        f"```python\ns = '```'\n```\n\n{RUN}",
    ],
    ids=[
        "py",
        "Python",
        "python3",
        "pycon",
        "title",
        "hl_lines",
        "linenums",
        "braces",
        "braces and title",
        "tildes",
        "four backticks",
        "blank before",
        "blank after",
        "blockquote",
        "stray fence in prose",
        "fence in a string",
    ],
)
def test_census_fails_on(text, render):
    assert missed_by_mktestdocs(text, render) != []


@pytest.mark.parametrize(
    "text", [f"```python\n{CODE}\n", f"{RUN}\n```python\n{CODE}\n"]
)
def test_census_fails_on_an_unclosed_fence(text, render):
    # Markdown shows an unclosed fence as text, not as code: nothing is highlighted and
    # nothing runs, so the opening line itself must be caught.
    assert missed_by_mktestdocs(text, render) or unclosed(text)


def unclosed(text):
    return sum("```" in line for line in text.split("\n")) % 2 == 1


@pytest.mark.parametrize("name", NAMES)
def test_every_fence_is_closed(name):
    assert not unclosed(TEXTS[name])
