"""The notebook runs as a script, in a kernel, and becomes a page like any other."""

import html
import json
import os
import re
import subprocess
import sys

import html5lib
import nbformat
import pytest
from building import ROOT, Project
from mkdocs.utils.yaml import yaml_load

import notebook_page

NOTEBOOK = ROOT / "docs" / notebook_page.PAGE
SITE = "https://example.org/gd/"
SETTINGS = next(
    plugin["mkdocs-jupyter"]
    for plugin in yaml_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))[
        "plugins"
    ]
    if "mkdocs-jupyter" in plugin
)
SMALL = """# %% [markdown]
# # A notebook
#
# The square $x^2$.

# %%
import matplotlib.pyplot as plt
print("forty", "two")

# %%
def draw():
    fig, ax = plt.subplots()
    ax.plot([1, 3, 2])
    fig.set_label("A line up and down")
    plt.show()

# %%
draw()
1 + 1

# %% [markdown]
# Figure: It goes *up*.
"""


def project(folder, notebook):
    pages = {"index.md": "# Home\n", notebook_page.PAGE: notebook}
    return Project(folder, pages, plugins=["search", {"mkdocs-jupyter": SETTINGS}])


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A small site with a notebook, built once."""
    made = project(tmp_path_factory.mktemp("notebook"), SMALL)
    made.said = made.build("--strict")
    assert made.said.returncode == 0, made.said.stderr
    return made


@pytest.fixture(scope="module")
def page(site):
    return page_of(site)


def page_of(made):
    return (made.site / "use" / "notebook" / "index.html").read_text(encoding="utf-8")


def outputs(page):
    """What a page shows as printed."""
    found = re.findall(
        r'<div class="gd-output".*?<pre[^>]*>(.*?)</pre>', page, re.DOTALL
    )
    return "".join(map(html.unescape, found))


# ------------------------------------------------------------------ the notebook itself


@pytest.fixture(scope="module")
def script(tmp_path_factory):
    """The notebook, run as a script in a fresh process, warnings being errors."""
    hidden = ("DISPLAY", "WAYLAND_DISPLAY")
    environment = {k: v for k, v in os.environ.items() if k not in hidden}
    show = "ignore:FigureCanvasAgg is non-interactive:UserWarning"
    return subprocess.run(
        [sys.executable, "-W", "error", "-W", show, str(NOTEBOOK)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=tmp_path_factory.mktemp("script"),
        env=environment | {"MPLBACKEND": "agg", "PYTHONUTF8": "1"},
    )


def test_it_runs_as_a_script(script):
    assert script.returncode == 0, script.stderr
    assert script.stderr == ""


def test_it_becomes_a_valid_notebook_with_the_same_code():
    made = nbformat.reads(notebook_page.as_ipynb(NOTEBOOK, SITE, "x.whl"), as_version=4)
    nbformat.validate(made)
    code = "\n".join(cell.source for cell in made.cells if cell.cell_type == "code")
    assert code.split() == code_of(NOTEBOOK.read_text(encoding="utf-8")).split()
    assert all(cell.outputs == [] for cell in made.cells if cell.cell_type == "code")


def code_of(text):
    """The lines of a percent script that are code."""
    lines = text.split("# %%", 1)[1].split("\n")[1:]
    return "\n".join(line for line in lines if line != "#" and line[:2] != "# ")


def test_its_links_lead_to_the_site_when_it_is_taken_away():
    text = notebook_page.as_ipynb(NOTEBOOK, SITE, "https://example.org/gd/x.whl")
    assert "pip install https://example.org/gd/x.whl" in text
    assert "](https://example.org/gd/learn/loop/)" in text
    assert "](../" not in text


def test_the_same_notebook_gives_the_same_bytes():
    first, second = (notebook_page.as_ipynb(NOTEBOOK, SITE, "x.whl") for _ in range(2))
    assert first == second


# ------------------------------------------------------------------------- its own page


def test_the_page_shows_what_the_script_prints(page, script):
    assert outputs(page) == script.stdout


def test_the_page_is_light(page):
    assert len(page.encode()) < 60_000


def test_the_page_is_valid_html(page):
    parser = html5lib.HTMLParser(strict=True)
    parser.parse(page)


def test_ids_are_unique_and_headings_are_in_the_table_of_contents(page):
    ids = re.findall(r'\bid="([^"]*)"', page)
    assert sorted(ids) == sorted(set(ids))
    sections = re.findall(r'<h2 id="([^"]*)"', page)
    assert len(sections) > 5
    for section in sections:
        assert f'href="#{section}" class="md-nav__link"' in page


def test_mathematics_is_rendered(page):
    assert page.count('class="katex"') == 4
    assert "$" not in re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)


def test_nothing_is_left_of_the_stock_page(page):
    article = page[page.index("<article") : page.index("</article>")]
    for stock in ("jp-", "<style", "data-cell", "mathjax"):
        assert stock not in article
    scripts = re.findall(r'<script[^>]* src="[^"]*/([^/"]*)"', article)
    assert scripts == ["gd-run.js"]
    assert article.count("<script") == 1


def test_every_figure_is_there_in_both_palettes_with_alt_text(site, page):
    figures = re.findall(r"<figure.*?</figure>", page, re.DOTALL)
    assert len(figures) == NOTEBOOK.read_text(encoding="utf-8").count("# Figure: ")
    for figure in figures:
        alts = re.findall(r' alt="([^"]+)"', figure)
        assert len(alts) == 2
        assert len(alts[0]) > 80
        assert alts[0] == alts[1]
        for palette in ("light", "dark"):
            (name,) = re.findall(rf'src="\.\./([^"]*)#only-{palette}"', figure)
            svg = (site.site / "use" / name).read_text(encoding="utf-8")
            assert svg.startswith("<?xml")


def test_notebook_and_script_can_be_downloaded(site, page):
    folder = site.site / "use" / "notebook"
    for link in ("../notebook.ipynb", "notebook.py"):
        assert f'href="{link}" download' in page
        assert (folder / link).is_file()
    assert (folder / "notebook.py").read_bytes() == NOTEBOOK.read_bytes()
    nbformat.validate(nbformat.read(folder / "../notebook.ipynb", as_version=4))


def test_the_search_finds_its_text_and_not_its_markup(site):
    index = (site.site / "search" / "search_index.json").read_text(encoding="utf-8")
    entries = [
        entry["text"]
        for entry in json.loads(index)["docs"]
        if entry["location"].startswith("use/notebook/")
    ]
    assert any("One epoch moves the estimate" in text for text in entries)
    assert not any("katex" in text or "data-cell" in text for text in entries)


# ----------------------------------------------------------------------- how it is made


def test_output_values_figure_and_caption_are_shown(small):
    page = page_of(small)
    assert outputs(page) == "forty two\n2\n"
    assert "<b>Figure 1.</b> It goes <em>up</em>." in page
    assert page.count('alt="A line up and down"') == 2


def test_an_unchanged_notebook_is_not_run_again(small):
    assert "Converting notebook" in small.said.stderr
    before = small.digests()
    said = small.build("--strict")
    assert "Cache hit" in said.stderr
    assert "Converting notebook" not in said.stderr
    assert small.digests() == before


def test_nothing_is_written_outside_site_and_cache(small):
    here = {path.name for path in small.folder.iterdir()}
    assert here == {".cache", "docs", "mkdocs.yml", "site"}
    (notebook,) = (small.folder / "docs" / "use").iterdir()
    assert notebook.name == "notebook.py"


def test_results_are_forgotten_when_the_package_changes(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "environ", os.environ.copy())
    first = notebook_page.prepare(tmp_path)
    assert notebook_page.prepare(tmp_path) == first
    (tmp_path / first).mkdir()
    (tmp_path / first / "result.json").touch()
    monkeypatch.setattr(notebook_page, "fingerprint", lambda: "another package")
    assert notebook_page.prepare(tmp_path) != first
    assert not (tmp_path / first).exists()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("1 + 1", "1 / 0", "docs/use/notebook.py:19: ZeroDivisionError: division"),
        ("1 + 1", "plt.np.log(0)", "docs/use/notebook.py:19: RuntimeWarning: divide"),
        ("fig.set_label", "str", "docs/use/notebook.py:15: SnippetFault: figure 1 has"),
    ],
    ids=["raises", "warns", "has no alt text"],
)
def test_the_build_stops_where_a_cell(tmp_path, old, new, said):
    assert old in SMALL
    made = project(tmp_path, SMALL.replace(old, new)).build("--strict")
    assert made.returncode != 0
    assert said in made.stderr
