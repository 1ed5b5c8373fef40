"""The built site in Chromium: what a reader meets, by eye, keyboard, paper and ear."""

import json
import subprocess
import sys
import venv

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import NARROW, WIDE, open_all, see_all, serving, wire_size
from test_site import PAGES

WEIGHT_LIMIT = 150_000
WEIGHT_LIMIT_TO_PLAY = 175_000  # where there is something to play with
SETTLED = """async () => {
    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
    await Promise.allSettled(document.getAnimations().map(one => one.finished));
}"""
# A page holds thousands of words of code in a dozen colours, and formulas of as many
# parts: those are looked at that show a kind of word, or stand in a kind of place, for
# the first time.
MARK_SEEN = """() => {
    const seen = new Set();
    for (const code of document.querySelectorAll(".highlight code")) {
        const kinds = [...code.querySelectorAll("span")].map(one => one.className);
        code.classList.toggle("seen", kinds.every(kind => seen.has(kind)));
        kinds.forEach(kind => seen.add(kind));
    }
    for (const formula of document.querySelectorAll(".gd-formula")) {
        const around = formula.parentElement;
        const kind = [formula.tagName, around.tagName, around.className].join();
        formula.classList.toggle("seen", seen.has(kind));
        seen.add(kind);
    }
}"""
NOTHING_TWICE = {"exclude": [[".seen"]]}
SIGHTS = [("light", WIDE), ("dark", WIDE), ("light", NARROW), ("dark", NARROW)]


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(visit, path):
    page = visit(path)
    open_all(page)
    see_all(page)
    page.evaluate(MARK_SEEN)
    for scheme, viewport in SIGHTS:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size(viewport)
        name = {"light": "default", "dark": "slate"}[scheme]
        page.wait_for_selector(f"body[data-md-color-scheme={name}]")
        page.evaluate(SETTLED)
        found = Axe().run(page, context=NOTHING_TWICE).response["violations"]
        assert [
            (one["id"], [node["html"][:120] for node in one["nodes"]][:3])
            for one in found
        ] == [], (scheme, viewport)


@pytest.mark.parametrize("path", PAGES)
def test_a_first_visit_is_light_and_asks_no_third_party(visit, address, path):
    page = visit(path, viewport=WIDE)
    sizes = {
        answer.url.removeprefix(address): wire_size(answer.url, answer.body())
        for answer in page.answers
    }
    assert all(answer.url.startswith(address) for answer in page.answers)
    assert all(answer.ok for answer in page.answers)
    assert page.faults == []
    scripts = {answer.url.rpartition("/js/gd-")[2] for answer in page.answers}
    plays = any(one.endswith(".js") for one in scripts - {"run.js", "answer.js"})
    limit = WEIGHT_LIMIT_TO_PLAY if plays else WEIGHT_LIMIT
    assert sum(sizes.values()) <= limit, json.dumps(sizes, indent=1)


@pytest.mark.parametrize("path", PAGES)
def test_scrolling_shifts_nothing_and_shows_every_figure(visit, path):
    shift = """() => new Promise(done => {
        let sum = 0;
        new PerformanceObserver(list => list.getEntries().forEach(e => sum += e.value))
            .observe({type: 'layout-shift', buffered: true});
        setTimeout(() => done(sum), 100);
    })"""
    # A font that arrives just after the first paint may break a line of the navigation
    # elsewhere, on a busy machine without the fallback's own font. What the page itself
    # shifts, it shifts at every visit.
    for _ in range(3):
        page = visit(path, viewport=WIDE)
        see_all(page)
        shifted = page.evaluate(shift)
        if shifted < 0.01:
            break
    assert shifted < 0.01
    open_all(page)
    see_all(page)
    unseen = """() => [...document.querySelectorAll('article img')].filter(i =>
        i.offsetParent && !(i.complete && i.naturalWidth)).map(i => i.src)"""
    assert page.evaluate(unseen) == []
    assert page.faults == []


@pytest.mark.parametrize("path", PAGES)
def test_a_phone_shows_the_page_without_sideways_scrolling(visit, path):
    page = visit(path, viewport=NARROW)
    open_all(page)
    twice = "html { font-size: 250% !important }"  # of what the theme has
    for style in ("html { }", twice):
        page.add_style_tag(content=style)
        page.wait_for_timeout(100)
        width = page.evaluate("document.scrollingElement.scrollWidth")
        assert width <= NARROW["width"], style


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_complete_without_javascript(visit, path):
    without = visit(path, java_script_enabled=False, viewport=WIDE)
    assert without.locator("article h1").is_visible()
    assert without.locator("nav.md-nav--primary a:visible").count() >= len(PAGES)
    figures = without.locator("figure.gd-figure")
    for number in range(figures.count()):
        figure = figures.nth(number)
        if figure.locator("xpath=ancestor::details").count():
            continue
        assert figure.locator("img:visible").count() == 1
        assert figure.locator("figcaption").is_visible()
    for box in without.locator("details").all():
        if box.get_attribute("open") is None:
            box.locator("summary").first.click()
        assert box.locator("summary + *").first.is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_figures_follow_the_palette(visit, scheme):
    page = visit("learn/rate/", color_scheme=scheme, viewport=WIDE)
    shown = page.locator("figure.gd-figure img:visible").evaluate_all(
        "images => images.map(image => image.src)"
    )
    assert shown
    assert all(source.endswith(f"{scheme}.svg#only-{scheme}") for source in shown)


def test_paper_gets_light_figures_and_open_solutions(visit):
    page = visit("learn/rate/", color_scheme="dark", viewport=WIDE)
    page.emulate_media(media="print", color_scheme="dark")
    shown = page.locator("figure.gd-figure img:visible").evaluate_all(
        "images => images.map(image => image.src)"
    )
    assert shown
    assert all(source.endswith("#only-light") for source in shown)
    closed = page.locator("details:not([open])")
    assert closed.count()
    heights = closed.evaluate_all(
        "boxes => boxes.map(b => b.scrollHeight - b.querySelector('summary')"
        ".offsetHeight)"
    )
    assert min(heights) > 20
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)")
    assert not page.locator(".md-sidebar").first.is_visible()


def test_forced_colours_leave_figures_readable(visit):
    page = visit("learn/rate/", forced_colors="active", color_scheme="dark")
    colours = page.locator("figure.gd-figure img:visible").evaluate_all(
        "images => images.map(image => [getComputedStyle(image).backgroundColor,"
        " image.src.split('#')[1]])"
    )
    assert colours
    for background, palette in colours:
        dark = background in ("rgb(0, 0, 0)", "rgba(0, 0, 0, 0)")
        assert dark == (palette == "only-dark")


def test_reduced_motion_moves_nothing(visit):
    page = visit("learn/rate/", reduced_motion="reduce", viewport=WIDE)
    moving = page.evaluate(
        """() => [...document.querySelectorAll('*')].filter(e => {
            const s = getComputedStyle(e);
            const longest = Math.max(...(s.transitionDuration + ',' +
                s.animationDuration).split(',').map(parseFloat));
            return longest > 0.01;
        }).length"""
    )
    assert moving == 0


def test_the_search_index_is_fetched_when_the_reader_searches(visit):
    page = visit("learn/slope/", viewport=WIDE)
    assert not [a for a in page.answers if "search_index" in a.url]
    page.keyboard.press("/")
    page.locator("input.md-search__input").fill("bounce")
    page.locator(".md-search-result__item a").first.wait_for(timeout=10_000)
    assert [a for a in page.answers if "search_index" in a.url]
    page.locator(".md-search-result__item a").first.click()
    page.wait_for_url("**/learn/**")
    assert page.faults == []


def test_a_link_that_carries_a_search_still_finds(visit):
    page = visit("?q=bounce", viewport=WIDE)
    page.locator(".md-search-result__item a").first.wait_for(timeout=10_000)


def test_keyboard_reaches_text_code_and_solutions(visit):
    page = visit("learn/rate/", viewport=WIDE)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('.md-skip')")
    page.keyboard.press("Enter")
    summary = page.locator("details > summary").first
    summary.focus()
    assert summary.evaluate("e => getComputedStyle(e).outlineStyle") != "none"
    page.keyboard.press("Enter")
    assert page.locator("details").first.evaluate("box => box.open")


def test_instant_navigation_keeps_figures(at_home):
    page = at_home("learn/slope/", viewport=WIDE)
    page.locator("a.md-footer__link--next").click()
    page.wait_for_url("**/learn/loop/")
    page.locator("figure.gd-figure img:visible").first.wait_for()
    assert page.evaluate("window.stayed") is True
    assert page.faults == []


def test_instant_navigation_brings_the_style_of_formulas(at_home):
    page = at_home("use/reference/", viewport=WIDE)
    page.locator("nav.md-nav--primary a", has_text="The exact answer").click()
    page.wait_for_url("**/learn/exact/")
    formula = page.locator(".katex-mathml").first
    formula.wait_for(state="attached")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.stayed") is True
    assert formula.evaluate("e => getComputedStyle(e).position") == "absolute"


def test_the_404_page_helps_under_a_sub_path(visit):
    page = visit("404.html", viewport=WIDE)
    assert page.locator("article h1").is_visible()
    links = page.locator("article a").evaluate_all("all => all.map(a => a.pathname)")
    assert links
    assert all(link.startswith("/gd/") for link in links)


def test_the_unzipped_site_works_at_the_root_of_any_server(site, browser):
    with serving(site.site) as address:
        page = browser.new_page(viewport=WIDE)
        answers = []
        page.on("response", lambda answer: answers.append(answer))
        page.goto(address, wait_until="networkidle")
        page.locator("nav.md-nav--primary a", has_text="The learning rate").click()
        page.wait_for_url("**/learn/rate/")
        page.wait_for_load_state("networkidle")
        assert all(answer.ok for answer in answers)
        assert page.locator("figure.gd-figure img:visible").first.is_visible()
        page.close()


def test_moved_pages_redirect(visit):
    page = visit("learn/")
    page.wait_for_url("**/learn/slope/")


@pytest.fixture(scope="module")
def reader(site, tmp_path_factory):
    """A fresh environment with nothing but the wheel that the site publishes."""
    folder = tmp_path_factory.mktemp("reader")
    venv.create(folder / "env", with_pip=True)
    python = (
        folder / "env" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    )
    (wheel,) = site.site.glob("*.whl")
    subprocess.run([python, "-m", "pip", "install", "-q", wheel], check=True)

    def run(code):
        return subprocess.run(
            [python, "-W", "error", "-c", code],
            cwd=folder,
            env={"MPLBACKEND": "agg", "PATH": ""},
            capture_output=True,
            text=True,
        )

    return run


@pytest.mark.parametrize("path", ["", "learn/loop/", "learn/rate/", "learn/scenarios/"])
def test_a_copied_snippet_runs_with_the_published_wheel(visit, reader, address, path):
    page = visit(path, viewport=WIDE)
    origin = address.removesuffix("/gd/")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=origin)
    block = page.locator(".language-python.highlight").last
    if block.locator("xpath=ancestor::details").count():
        open_all(page)
    block.scroll_into_view_if_needed()
    block.hover()
    block.locator(
        "[data-clipboard-target], .md-clipboard, .md-code__button"
    ).first.click()
    page.wait_for_timeout(100)
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.strip() == block.locator("code").inner_text().strip()
    done = reader(copied)
    assert done.returncode == 0, done.stderr
