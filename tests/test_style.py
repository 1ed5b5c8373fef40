"""ruff has nothing to say of the package, hooks, tests, notebook and snippets."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from snippets import find_snippets, read_page

ROOT = Path(__file__).resolve().parent.parent
PLACES = ["gd_tutorial", "docs/hooks", "docs/use/notebook.py", "tests"]
PAGES = [
    ROOT / "README.md",
    *sorted(
        page
        for page in (ROOT / "docs").rglob("*.md")
        if "vendor" not in page.relative_to(ROOT).parts
    ),
]


def name_of(page):
    return page.relative_to(ROOT).as_posix()


def ruff(*arguments, cwd=ROOT):
    return subprocess.run(
        [sys.executable, "-m", "ruff", *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def lint_snippets(pages, folder):
    """What ruff finds in the snippets of the pages, as ``page:line:column: rule text``.

    Each snippet becomes a file whose code stands on the line that it has on its page.
    """
    files = {}
    for name, text in pages.items():
        for snippet in find_snippets(text, name):
            file = folder / f"snippet_{len(files)}.py"
            blank = "\n" * (snippet.line - 1)
            file.write_text(blank + snippet.code, encoding="utf-8")
            files[file.name] = name
    config = ROOT / "pyproject.toml"
    done = ruff("check", "--output-format=json", "--config", config, ".", cwd=folder)
    assert done.returncode in (0, 1), done.stderr
    found = []
    for one in json.loads(done.stdout):
        name, place = files[Path(one["filename"]).name], one["location"]
        where = f"{name}:{place['row']}:{place['column']}"
        found.append(f"{where}: {one['code']} {one['message']}")
    return found


def assert_silent(done):
    if done.returncode != 0:
        pytest.fail(done.stdout + done.stderr, pytrace=False)


def check_format_of(pages):
    """ruff formats the Python fences of Markdown files where they stand."""
    return ruff("format", "--check", "--output-format=concise", *pages)


@pytest.mark.parametrize("place", PLACES)
def test_lint(place):
    done = ruff("check", "--output-format=concise", place)
    assert_silent(done)


@pytest.mark.parametrize("place", PLACES)
def test_format(place):
    done = ruff("format", "--check", "--diff", place)
    assert_silent(done)


def test_lint_of_snippets(tmp_path):
    found = lint_snippets({name_of(page): read_page(page) for page in PAGES}, tmp_path)
    if found:
        pytest.fail("\n".join(found), pytrace=False)


def test_format_of_snippets():
    done = check_format_of(PAGES)
    assert_silent(done)


# ------------------------------------------ the checks on the snippets see a fault

PAGE = """# A page

```python
print("Good.")
```

!!! tip "Inside a list, a tab, an admonition"

    Text.

    ```python
    import math
    import sys
    print( sys.argv )
    ```
"""


def test_fault_in_a_snippet_is_named_with_page_and_line(tmp_path):
    found = lint_snippets({"docs/a.md": PAGE}, tmp_path)
    assert [line for line in found if "F401" in line] == [
        "docs/a.md:12:8: F401 `math` imported but unused"
    ]


def test_snippet_that_is_no_python_is_named_with_page_and_line(tmp_path):
    page = PAGE.replace("print( sys.argv )", "print)")
    found = lint_snippets({"docs/a.md": page}, tmp_path)
    assert any(one.startswith("docs/a.md:14:6: invalid-syntax") for one in found)


def test_unformatted_snippet_is_named_with_page_and_line(tmp_path):
    (tmp_path / "a.md").write_text(PAGE, encoding="utf-8")
    done = check_format_of([tmp_path / "a.md"])
    assert done.returncode == 1
    assert "a.md:14:1: unformatted" in done.stdout
