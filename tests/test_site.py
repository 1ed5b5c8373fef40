"""The built site, read as files: valid, complete, with nothing left over."""

import html
import json
import re
import xml.etree.ElementTree as ElementTree
from collections import Counter

import html5lib
import pytest
from building import ROOT
from mkdocs.config import load_config

WORDLESS = re.compile(r"<(script|style|pre|code|math|annotation)\b.*?</\1>", re.DOTALL)


def flat(nav):
    for entry in nav:
        target = next(iter(entry.values())) if isinstance(entry, dict) else entry
        yield from flat(target) if isinstance(target, list) else [target]


def page_path(source):
    """Where a page of the navigation is published, relative to the site."""
    stem = source.rpartition(".")[0]
    return "" if stem == "index" else f"{stem}/"


PAGES = [page_path(one) for one in flat(load_config(str(ROOT / "mkdocs.yml")).nav)]


@pytest.fixture(scope="module")
def read(site):
    def read(path):
        return (site.site / path / "index.html").read_text(encoding="utf-8")

    return read


def article(page):
    return re.search(r"<article.*?</article>", page, re.DOTALL).group()


def test_every_published_page_is_in_the_navigation(site):
    built = {
        path.parent.relative_to(site.site).as_posix().replace(".", "", 1)
        for path in site.site.rglob("index.html")
        if "http-equiv=" not in path.read_text(encoding="utf-8")
    }
    assert built == {path.rstrip("/") for path in PAGES}


@pytest.mark.parametrize("path", [*PAGES, "404.html"])
def test_html_is_valid(site, path):
    file = (
        site.site / path if path.endswith("html") else site.site / path / "index.html"
    )
    page = file.read_text(encoding="utf-8")
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(page)
    faults = [(position, code) for position, code, _ in parser.errors]
    assert faults == []


@pytest.mark.parametrize("path", PAGES)
def test_ids_are_unique_and_anchors_exist(read, path):
    page = read(path)
    ids = re.findall(r'\sid="([^"]+)"', re.sub(r"<svg.*?</svg>", "", page, flags=re.S))
    assert [one for one, count in Counter(ids).items() if count > 1] == []
    anchors = re.findall(r'href="#([^"]+)"', page)
    assert {html.unescape(one) for one in anchors} <= {html.unescape(i) for i in ids}


@pytest.mark.parametrize("path", PAGES)
def test_every_internal_link_leads_to_a_file(site, path):
    page = (site.site / path / "index.html").read_text(encoding="utf-8")
    missing = []
    for address in re.findall(r'(?:href|src)="([^"]+)"', page):
        target = html.unescape(address).partition("#")[0].partition("?")[0]
        if not target or re.match(r"[a-z]+:", target):
            continue
        file = (site.site / path / target).resolve()
        if not (file.is_file() or (file / "index.html").is_file()):
            missing.append(address)
    assert missing == []


@pytest.mark.parametrize("path", PAGES)
def test_no_formula_is_left_as_tex(read, path):
    text = WORDLESS.sub("", article(read(path)))
    assert "$" not in text
    assert "\\(" not in text
    assert "arithmatex" not in text


def test_the_search_index_holds_words_not_tex(site):
    index = json.loads((site.site / "search" / "search_index.json").read_bytes())
    for entry in index["docs"]:
        text = re.sub(r"<(pre|code)\b.*?</\1>", "", entry["text"], flags=re.DOTALL)
        assert "$" not in text, entry["location"]
        assert "\\" not in text, entry["location"]
        assert "katex" not in text, entry["location"]


@pytest.mark.parametrize("path", PAGES)
def test_figures_say_what_they_show(read, path):
    page = article(read(path))
    images = re.findall(r"<img[^>]*>", page)
    for image in images:
        alt = re.search(r'\balt="([^"]*)"', image)
        assert alt, image
        assert len(alt.group(1)) >= 40, image
        assert re.search(r'width="\d+" height="\d+"', image), image
        assert 'loading="lazy"' in image
    light = [image for image in images if "#only-light" in image]
    assert len(images) == 2 * len(light)


LESSONS = [
    path for path in PAGES if path.startswith(("learn/", "explore/", "further/"))
]


@pytest.mark.parametrize("path", LESSONS)
def test_a_lesson_has_all_its_parts(read, path):
    page = article(read(path))
    assert "You will be able to" in page
    assert page.count('<figure class="gd-figure"') >= 3
    headings = re.findall(r"<h2[^>]*>(.*?)<a", page, re.DOTALL)
    assert headings[-3:] == ["Exercises", "Sources", "The next question"]
    exercises = page[page.index('id="exercises"') : page.index('id="sources"')]
    count = len(re.findall(r"<h3", exercises))
    assert count >= 3
    assert exercises.count("<summary>Hint</summary>") >= count
    solutions = re.findall(
        r"<summary>Solution</summary>(.*?)</details>", exercises, re.DOTALL
    )
    assert len(solutions) == count
    assert all("language-python highlight" in one for one in solutions)


@pytest.mark.parametrize("path", LESSONS)
def test_page_names_itself_its_neighbours_and_its_place(read, site, path):
    page = read(path)
    assert f'<link rel="canonical" href="{site.site_url}{path}">' in page
    assert 'rel="next"' in page
    assert 'rel="prev"' in page
    assert f'content="{site.site_url}assets/social.png"' in page


def test_the_sitemap_names_every_page(site):
    tree = ElementTree.parse(site.site / "sitemap.xml")
    found = {element.text for element in tree.iter() if element.tag.endswith("loc")}
    assert {site.site_url + path for path in PAGES} <= found


def test_build_machinery_is_not_published(site):
    names = {path.relative_to(site.site).as_posix() for path in site.site.rglob("*")}
    assert not [n for n in names if "hooks" in n or "overrides" in n]
    for_readers = ("use/notebook/", "assets/py/")
    python = [n for n in names if n.endswith((".py", ".ttf"))]
    assert not [n for n in python if not n.startswith(for_readers)]
    assert not [n for n in names if n.endswith("katex.min.js")]


def test_pages_that_moved_lead_on(site):
    page = (site.site / "learn" / "index.html").read_text(encoding="utf-8")
    assert 'content="0; url=slope/"' in page.replace("./", "")
