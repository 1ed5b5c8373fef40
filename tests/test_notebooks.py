"""Every page becomes a valid notebook that holds the page's snippets and text."""

import json

import mktestdocs
import nbformat

import notebooks

PAGE = """---
title: A page
---
# A page

See [the loop](loop.md#why) and [home](../index.md) and [this](https://example.org).

```python
print(1)
```

Figure: The caption.
{: explorable="descent" x0="-2" }

Drag the square,
then let go.
{: .gd-try }

??? success "Solution"
    Do this:

    ```python
    if True:
        print(2)
    ```

After the box.

```text
print(3)
```
"""


def make():
    made = notebooks.notebook(
        PAGE,
        "learn/a.md",
        "A page",
        "https://site.org/gd/",
        "https://site.org/gd/x.whl",
    )
    return nbformat.reads(made, as_version=4)


def code_of(notebook):
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def text_of(notebook):
    return "\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")


def test_it_is_valid():
    nbformat.validate(make())


def test_its_code_cells_are_the_snippets_of_the_page():
    snippets = mktestdocs.grab_code_blocks(PAGE)
    assert code_of(make()) == [snippet.strip("\n") for snippet in snippets]


def test_its_text_is_the_text_of_the_page():
    text = text_of(make())
    assert "# A page" in text
    assert "*Figure.* The caption." in text
    assert "Drag" not in text
    assert "let go" not in text
    assert "{:" not in text
    assert "**Solution**\nDo this:" in text
    assert "\nAfter the box." in text
    assert "```text\nprint(3)\n```" in text
    assert "title: A page" not in text


def test_links_between_pages_lead_to_the_site():
    text = text_of(make())
    assert "[the loop](https://site.org/gd/learn/loop/#why)" in text
    assert "[home](https://site.org/gd/)" in text
    assert "[this](https://example.org)" in text


def test_it_says_how_to_install_the_package():
    assert "pip install https://site.org/gd/x.whl" in make().cells[0].source


def test_the_same_page_gives_the_same_bytes():
    arguments = (PAGE, "a.md", "A", "https://site.org/", "x")
    assert notebooks.notebook(*arguments) == notebooks.notebook(*arguments)
    assert json.loads(notebooks.notebook(*arguments))["nbformat"] == 4


def test_a_reference_to_a_docstring_becomes_a_call_of_help():
    page = "# R\n\n::: gd.a\n    options:\n      show: true\n\nText.\n\n::: gd.b\n"
    made = notebooks.notebook(page, "use/r.md", "R", "https://site.org/", "x")
    assert code_of(nbformat.reads(made, as_version=4)) == [
        'help("gd.a")',
        'help("gd.b")',
    ]
