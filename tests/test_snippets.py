"""Snippets are found where they stand, and they are those that mktestdocs runs."""

import mktestdocs
import pytest

from snippets import UnreadableFence, find_snippets

PAGE = """# Title

```python
a = 1
```

- item

    ```python
    if a:
        b = 2

    ```

```text
no code
```
"""


@pytest.mark.parametrize("text", [PAGE, PAGE.replace("\n", "\r\n")], ids=["LF", "CRLF"])
def test_code_line_and_fence(text):
    first, second = find_snippets(text, "docs/a.md")
    assert (first.place, first.code) == ("docs/a.md:4", "a = 1\n")
    assert (second.place, second.code) == ("docs/a.md:10", "if a:\n    b = 2\n\n")
    assert second.fence.startswith("    ```python\n")


def test_they_are_the_blocks_of_mktestdocs():
    found = [snippet.code for snippet in find_snippets(PAGE, "docs/a.md")]
    assert found == mktestdocs.grab_code_blocks(PAGE)


def test_a_page_read_otherwise_by_mktestdocs_is_refused(monkeypatch):
    monkeypatch.setattr(mktestdocs, "grab_code_blocks", lambda text: ["other\n"])
    with pytest.raises(UnreadableFence, match=r"^docs/a.md: "):
        find_snippets(PAGE, "docs/a.md")


def test_a_page_without_code_has_no_snippets():
    assert find_snippets("# Title\n\nText.\n", "docs/a.md") == []
