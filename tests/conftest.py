"""What all tests share: where the repository is, how figures are drawn, what a skip is.

A test that needs a browser may be skipped where there is none. Where nothing may be
skipped (in ``.ci/run`` and the workflows) the environment says ``GD_NO_SKIPS=1``, and
a skip is then a failure.

A browser that stands still is ended (`browsing.patience`). The run then ends with the
exit status `STOOD_STILL`: ``pytest --last-failed`` tries again what failed.
"""

import os
import socket
from collections import Counter
from functools import partial
from pathlib import Path

import matplotlib
import pytest
from browsing import CHROMIUM, FLAGS, WIDE, call, patience, serving
from building import Project
from playwright.sync_api import sync_playwright

SITE_URL = "https://example.org/gd/"
STOOD_STILL = 75  # what sysexits.h calls a temporary failure
ROOT = Path(__file__).resolve().parent.parent

# Not through the environment: notebooks started by a test would draw nothing.
matplotlib.use("agg")


@pytest.fixture(scope="session")
def root():
    """The top folder of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The whole site, built strictly and from nothing, once for all tests."""
    project = Project(tmp_path_factory.mktemp("whole"), site_url=SITE_URL)
    said = project.build("--strict")
    assert said.returncode == 0, said.stderr
    return project


@pytest.fixture(scope="session")
def address(site):
    """Where the whole site is served, below a sub-path as on GitHub Pages."""
    with serving(site.site, "/gd/") as address:
        yield address


@pytest.fixture(scope="module")
def browser():
    """A Chromium for the tests of one file: Playwright's event loop ends with them."""
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser):
    """Open an address in a context of its own; ``faults`` keeps what went wrong."""
    contexts = []

    def open_page(address, **options):
        assert browser.is_connected(), "the browser stood still in a test before this"
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.faults, page.answers = [], []
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on("requestfailed", lambda one: page.faults.append(f"failed {one.url}"))
        page.on("response", lambda answer: page.answers.append(answer))
        page.goto(address, wait_until="load")
        if options.get("java_script_enabled", True):
            page.wait_for_load_state("networkidle")
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def visit(open_page, address):
    """Open a page of the whole site, by its path."""
    return lambda path="", **options: open_page(address + path, **options)


@pytest.fixture(scope="session")
def core():
    """The folder of Pyodide's core, as the pinned npm package holds it."""
    folder = os.environ.get("GD_PYODIDE")
    if not folder or not (Path(folder) / "pyodide.mjs").exists():
        pytest.skip(
            "no core of Pyodide: GD_PYODIDE must name the folder of the unpacked npm"
            " package pyodide (.ci/pyodide fetches it)"
        )
    return Path(folder)


@pytest.fixture
def elsewhere(server):
    """Where Python comes from: the file's own server, with nothing wrong there."""
    server.faults.clear()
    server.asked.clear()
    return server


@pytest.fixture(scope="module")
def open_once(browser, address):
    """Open a page of the whole site once, for all tests of a file."""
    pages = []

    def open_once(path):
        page = browser.new_page(viewport=WIDE)
        pages.append(page)
        page.faults = []
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on("requestfailed", lambda one: page.faults.append(f"failed {one.url}"))
        page.goto(address + path, wait_until="networkidle")
        return page

    yield open_once
    for page in pages:
        page.close()


@pytest.fixture(scope="session")
def workshop(root, tmp_path_factory):
    """Where an empty page is served, and the site's scripts beside it: ``/js/….js``.

    For tests of what scripts compute: the site need not be built for them.
    """
    folder = tmp_path_factory.mktemp("workshop")
    (folder / "index.html").write_text("<!doctype html><title>empty</title>")
    for name in ("js", "vendor"):
        (folder / name).symlink_to(root / "docs" / "assets" / name)
    with serving(folder) as address:
        yield address


@pytest.fixture
def at_home(visit, site, address):
    """Visit the site as if its own address were this one: navigation is instant."""

    def at_home(path, **options):
        page = visit(path, **options)
        page.route(
            "**/sitemap.xml",
            lambda route: route.fulfill(
                content_type="application/xml",
                body=(site.site / "sitemap.xml")
                .read_text(encoding="utf-8")
                .replace(site.site_url, address),
            ),
        )
        page.reload(wait_until="networkidle")
        page.evaluate("window.stayed = true")
        return page

    return at_home


@pytest.fixture
def modules(open_page, workshop):
    """An empty page from which the site's scripts can be imported: ``/js/….js``."""
    return open_page(workshop)


@pytest.fixture(scope="module")
def port(browser, workshop):
    """Call a function of JavaScript's where the scripts can be imported."""
    page = browser.new_page()
    page.goto(workshop)
    yield partial(call, page)
    page.close()


@pytest.fixture
def free_port():
    """A port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


CENSUS = Counter()
STILL = []  # the tests in which a browser stood still
LOST = []  # the processes that ended before their tests did


@pytest.fixture(scope="session")
def census():
    """How many snippets the pages show and how many the tests have run."""
    return CENSUS


def pytest_sessionfinish(session):
    """Where several processes share the tests, each hands over what it counted."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["census"] = dict(CENSUS)
        session.config.workeroutput["still"] = STILL
    elif STILL and not LOST and session.exitstatus == pytest.ExitCode.TESTS_FAILED:
        session.exitstatus = STOOD_STILL


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node, error):
    if error:
        LOST.append(node)
    output = getattr(node, "workeroutput", {})
    CENSUS.update(output.get("census", {}))
    STILL.extend(output.get("still", []))


def pytest_terminal_summary(terminalreporter):
    if CENSUS:
        terminalreporter.write_line(
            f"snippets of the documentation: {CENSUS['shown']} shown as Python,"
            f" {CENSUS['run']} run"
        )
    for test in STILL:
        terminalreporter.write_line(f"a browser stood still and was ended: {test}")


def watched(item):
    if "browser" not in item.fixturenames:
        return (yield)
    with patience() as ended:
        try:
            return (yield)
        finally:
            if ended:
                STILL.append(item.nodeid)


pytest_runtest_setup = pytest.hookimpl(wrapper=True)(watched)
pytest_runtest_call = pytest.hookimpl(wrapper=True)(watched)
pytest_runtest_teardown = pytest.hookimpl(wrapper=True)(watched)


def refuse_skip(report):
    refused = report.skipped and os.environ.get("GD_NO_SKIPS") == "1"
    if refused and not hasattr(report, "wasxfail"):
        _, _, reason = report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{reason}\nGD_NO_SKIPS=1: nothing may be skipped here."
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    return refuse_skip((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report():
    return refuse_skip((yield))
