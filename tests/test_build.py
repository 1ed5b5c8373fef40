"""The build: what stops it, what it writes, that it repeats itself to the byte."""

import base64
import json
import re
import subprocess
import time
import urllib.request
import zipfile

import pytest
from building import ROOT, Project

DRAW = """import matplotlib.pyplot as plt

fig, ax = plt.subplots()
ax.plot([1, 3, 2])
fig.set_label("A line up and down")
plt.show()
"""
PAGE = f"""# A page

The square $x^2$.

```python
print("forty", "two")
```

```python
{DRAW}```

Figure: It goes *up*.
"""
OTHER = "# Other\n\n```python\nprint(1)\n```\n"


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A small site, built once."""
    project = Project(tmp_path_factory.mktemp("small"), {"index.md": PAGE})
    project.said = project.build("--strict")
    assert project.said.returncode == 0, project.said.stderr
    return project


def test_the_page_holds_output_figure_and_caption(small):
    page = (small.site / "index.html").read_text(encoding="utf-8")
    assert re.search(r"<pre[^>]*>forty two\n</pre>", page)
    assert "<b>Figure 1.</b> It goes <em>up</em>." in page
    for palette in ("light", "dark"):
        assert f'src="index-1-{palette}.svg#only-{palette}"' in page
        assert (small.site / f"index-1-{palette}.svg").read_text().startswith("<?xml")


def test_formulas_are_rendered_and_indexed_as_words(small):
    page = (small.site / "index.html").read_text(encoding="utf-8")
    assert 'class="katex"' in page
    assert "$" not in re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    index = (small.site / "search" / "search_index.json").read_text(encoding="utf-8")
    text = json.loads(index)["docs"][0]["text"]
    assert "The square x².</p>" in text
    assert "katex" not in text


def test_the_build_says_how_many_snippets_it_ran(small):
    assert "2 snippets on 1 pages: 2 run, 0 unchanged" in small.said.stderr


def test_the_page_can_be_downloaded_as_a_notebook(small):
    page = (small.site / "index.html").read_text(encoding="utf-8")
    assert 'href="index.ipynb"' in page
    assert "forty" in (small.site / "index.ipynb").read_text(encoding="utf-8")


def test_the_wheel_holds_the_package_and_nothing_else(small):
    (wheel,) = small.site.glob("gd_tutorial-*.whl")
    names = [n for n in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in n]
    package = ROOT / "gd_tutorial"
    assert sorted(names) == sorted(
        path.relative_to(ROOT).as_posix()
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    )


def test_icon_and_social_image_are_drawn(small):
    assert (small.site / "assets" / "favicon.svg").read_text().startswith("<?xml")
    png = (small.site / "assets" / "social.png").read_bytes()
    assert png.startswith(base64.b64decode("iVBORw0KGgo="))
    assert png[16:24] == (1200).to_bytes(4, "big") + (630).to_bytes(4, "big")


def test_a_second_build_runs_nothing_and_changes_nothing(small):
    before = small.digests()
    said = small.build("--strict")
    assert "2 snippets on 1 pages: 0 run, 2 unchanged" in said.stderr
    assert small.digests() == before


def test_nothing_is_written_outside_site_and_cache(small):
    assert {path.name for path in small.folder.iterdir()} == {
        ".cache",
        "docs",
        "mkdocs.yml",
        "site",
    }
    assert [path.name for path in (small.folder / "docs").iterdir()] == ["index.md"]


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        (
            "# A\n\n```python\nx = 1\nraise ValueError('no')  # here\n```\n",
            "docs/index.md:5: ValueError: no",
            "raise ValueError('no')  # here",
        ),
        (
            "---\ntitle: A\n---\n# A\n\n```python\n1 / 0\n```\n",
            "docs/index.md:7: ZeroDivisionError",
            "1 / 0",
        ),
        (
            "# A\n\n```python\nimport warnings\nwarnings.warn('mind')\n```\n",
            "docs/index.md:5: UserWarning: mind",
            "warnings.warn('mind')",
        ),
        (
            f"# A\n\n```python\n{DRAW.replace('fig.set_label', 'str')}```\n",
            "docs/index.md:9",
            "no alt text",
        ),
        (f"# A\n\n```python\n{DRAW}```\n", "docs/index.md", "has no caption"),
        ("# A\n\nFigure: none.\n", "docs/index.md", "has no figure"),
        ("# A\n\n```py\nx = 1\n```\n", "docs/index.md", "shown as Python"),
        ("# A\n\nThis $\\frac{1}{$ is broken.\n", "docs/index.md", "\\frac{1}{"),
        ("# A\n\n[gone](gone.md)\n", "index.md", "gone.md"),
        ("# A\n\n[gone](#gone)\n", "index.md", "#gone"),
    ],
    ids=[
        "raises",
        "raises below front matter",
        "warns",
        "draws without alt text",
        "has a figure without caption",
        "has a caption without figure",
        "shows Python that does not run",
        "has a formula that does not parse",
        "links to no page",
        "links to no heading",
    ],
)
def test_a_strict_build_stops_where_a_page(tmp_path, text, place, reason):
    said = Project(tmp_path, {"index.md": text}).build("--strict")
    assert said.returncode != 0
    assert place in said.stderr
    assert reason in said.stderr


def test_a_build_that_is_not_strict_publishes_no_traceback(tmp_path):
    project = Project(tmp_path, {"index.md": "# A\n\n```python\n1 / 0\n```\n"})
    assert project.build().returncode != 0
    assert not list(project.site.rglob("*.html"))


def test_two_cold_builds_of_the_whole_site_are_byte_identical(site, tmp_path):
    again = Project(tmp_path, site_url=site.site_url)
    said = again.build("--strict")
    assert said.returncode == 0, said.stderr
    first, second = site.digests(), again.digests()
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []


# --------------------------------------------------------------------- the preview


class Preview:
    """A running ``mkdocs serve`` and what it says."""

    def __init__(self, project, port):
        self.address = f"http://127.0.0.1:{port}/"
        self.log = project.folder / "log.txt"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                project.command("serve", "-a", f"127.0.0.1:{port}"),
                stdout=subprocess.DEVNULL,
                stderr=log,
                env=project.environment(),
            )

    def text(self, path=""):
        with urllib.request.urlopen(self.address + path, timeout=30) as answer:
            return answer.read().decode("utf-8")

    def said(self):
        return self.log.read_text(encoding="utf-8", errors="replace")

    def wait_for(self, text, count=1, seconds=30):
        end = time.monotonic() + seconds
        while self.said().count(text) < count:
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < end, f"no {text!r} in:\n{self.said()}"
            time.sleep(0.05)

    def close(self):
        self.process.terminate()
        self.process.wait(timeout=10)


@pytest.fixture
def preview(tmp_path, free_port):
    project = Project(tmp_path, {"index.md": PAGE, "other.md": OTHER})
    preview = Preview(project, free_port)
    preview.project = project
    try:
        preview.wait_for("Serving on")
        yield preview
    finally:
        preview.close()


def test_preview_runs_only_the_snippet_that_was_edited(preview):
    preview.wait_for("3 snippets on 2 pages: 3 run, 0 unchanged")
    preview.project.write("other.md", OTHER.replace("print(1)", "print(40 + 2)"))
    preview.wait_for("3 snippets on 2 pages: 1 run, 2 unchanged")
    preview.wait_for("Reloading browsers")
    assert re.search(r"<pre[^>]*>42\n</pre>", preview.text("other/"))


def test_preview_survives_a_broken_snippet_and_shows_where(preview):
    preview.project.write("other.md", "# Other\n\n```python\n1 / 0\n```\n")
    preview.wait_for("docs/other.md:4: ZeroDivisionError")
    preview.wait_for("Reloading browsers")
    assert "docs/other.md:4: ZeroDivisionError" in preview.text("other/")
    preview.project.write("other.md", OTHER)
    preview.wait_for("Reloading browsers", count=2)
    assert "ZeroDivisionError" not in preview.text("other/")


def test_preview_does_not_rebuild_by_itself(preview):
    preview.project.write("other.md", OTHER.replace("Other", "Another"))
    preview.wait_for("Reloading browsers")
    time.sleep(2.5)
    assert preview.said().count("Building documentation...") == 2
