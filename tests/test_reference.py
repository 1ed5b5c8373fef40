"""The reference names everything that the package offers."""

import importlib
import re

import pytest

MODULES = ["descent", "functions", "theory", "fates", "plotting"]
ROLES = {"plotting.COLORS", "plotting.DARK"}
"""The colours are for the figures of this site; the reference leaves them out."""


@pytest.fixture(scope="module")
def page(site):
    file = site.site / "use" / "reference" / "index.html"
    return file.read_text(encoding="utf-8")


def test_all_that_is_public_has_a_heading(page):
    headings = set(re.findall(r'<h3 id="gd_tutorial\.([^"]*)"', page))
    public = {
        f"{name}.{member}"
        for name in MODULES
        for member in importlib.import_module(f"gd_tutorial.{name}").__all__
    }
    # What is imported from the package itself goes by that name.
    public = {name.replace("descent.gradient", "gradient") for name in public}
    assert headings == public - ROLES


def test_the_asterisk_of_a_minimum_is_no_emphasis(page):
    shown = re.sub(r"<[^>]*>", "", page)
    assert "f″(x*)" in shown
    assert not re.search(r"<em>[^<]*x\b", page)


def test_its_code_is_not_taken_for_snippets_of_the_page(page):
    assert 'class="doc-example highlight"' in page
    assert 'class="doc-signature highlight"' in page
    assert "language-python" not in page


def test_ids_are_unique(page):
    ids = re.findall(r'\bid="([^"]*)"', page)
    assert sorted(ids) == sorted(set(ids))
