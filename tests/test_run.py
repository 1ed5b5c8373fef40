"""Run, in a real browser: from the button to the result, and all that may go wrong.

The core of Pyodide is the real one; NumPy and Matplotlib are stand-ins (`stand_ins`).
"""

import ast
import hashlib
import html
import json
import re
import sys

import pytest
import stand_ins
from axe_playwright_python.sync_playwright import Axe
from browsing import NARROW, WIDE
from building import ROOT
from elsewhere import offering
from playwright.sync_api import TimeoutError
from test_browser import SETTLED, SIGHTS
from test_site import PAGES

import page_python
from pages import CODE_BLOCK
from snippets import find_snippets, read_page

PINNED = json.loads(page_python.PINNED.read_text(encoding="utf-8"))
SOURCES = [
    path for path in sorted((ROOT / "docs").rglob("*.md")) if "vendor" not in path.parts
]
FIGURE = """import matplotlib.pyplot as plt

plt.plot([0, 3, 1, 4])
plt.title("A zigzag")
plt.ylabel("y")
plt.show()
"""
FRAMES = """seconds => new Promise(done => {
    const times = [];
    const started = performance.now();
    const tick = now => {
        times.push(now);
        if (now - started < 1000 * seconds) return requestAnimationFrame(tick);
        const gaps = times.slice(1).map((one, n) => one - times[n]);
        done(gaps.sort((a, b) => a - b)[Math.floor(gaps.length / 2)]);
    };
    requestAnimationFrame(tick);
})"""


@pytest.fixture(scope="module")
def server(core):
    with offering(core) as elsewhere:
        yield elsewhere


def python_from(page, site, elsewhere):
    """Let a page fetch Python from the tests' own server, with the stand-ins."""
    published = (site.site / page_python.PLAN).read_text(encoding="utf-8")
    plan = stand_ins.plan(published, elsewhere.address)
    page.route("**/assets/python.json", lambda route: route.fulfill(json=plan))


@pytest.fixture
def learn(visit, site, elsewhere):
    """Open a page of the site; its Python comes from the tests' own server."""

    def learn(path="learn/loop/", **options):
        page = visit(path, **({"viewport": WIDE} | options))
        python_from(page, site, elsewhere)
        return page

    return learn


class Program:
    """The n-th program of a page, and what belongs to it."""

    def __init__(self, page, number=1):
        self.page = page
        self.bar = page.locator(f'gd-run[program="{number}"]')
        self.bar.scroll_into_view_if_needed()
        self.result = page.locator(f'gd-run[program="{number}"] ~ .gd-result').first

    def button(self, name):
        return self.bar.get_by_role("button", name=name)

    @property
    def status(self):
        return self.bar.get_by_role("status").inner_text()

    @property
    def printed(self):
        return self.result.locator("pre").inner_text().rstrip()

    def wait(self, words, seconds=20):
        status = self.bar.get_by_role("status").filter(has_text=re.compile(words))
        try:
            status.wait_for(timeout=1000 * seconds)
        except TimeoutError:
            result = self.result.inner_text() if self.result.is_visible() else ""
            pytest.fail(f"no «{words}» but «{self.status}» {result}")
        return self.status

    def become(self, code):
        """Let the program be another one, as an editor would."""
        self.bar.evaluate("(bar, code) => { bar.original = code }", code)
        return self

    def run(self, words="after"):
        self.button("Run").click()
        return self.wait(words)


@pytest.fixture(scope="module")
def booted(browser, server, site, address):
    """A page on which Python runs already, for tests of many programs."""
    server.faults.clear()
    page = browser.new_page(viewport=WIDE)
    python_from(page, site, server)
    page.goto(address + "learn/loop/", wait_until="networkidle")
    Program(page).run()
    yield page
    page.close()


# ------------------------------------------------------------------ what is published


def test_the_core_is_the_pinned_one(core):
    for name, about in PINNED["core"].items():
        content = (core / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == about["sha256"]
        assert len(content) == about["size"]
    lock = json.loads((core / "pyodide-lock.json").read_text(encoding="utf-8"))
    assert lock["info"] == PINNED["lock"]["info"]
    for name, entry in PINNED["lock"]["packages"].items():
        given = lock["packages"][name]
        assert set(entry["depends"]) <= set(given["depends"])
        assert entry | {"depends": given["depends"]} == given


@pytest.mark.parametrize("source", SOURCES, ids=lambda one: one.stem)
def test_a_program_imports_only_what_the_page_has(source):
    here = sys.stdlib_module_names | {"gd_tutorial"}
    for entry in PINNED["lock"]["packages"].values():
        here |= set(entry["imports"])
    for snippet in find_snippets(read_page(source), source.name):
        for node in ast.walk(ast.parse(snippet.code)):
            names = []
            if isinstance(node, ast.Import):
                names = [one.name for one in node.names]
            if isinstance(node, ast.ImportFrom):
                names = [node.module]
            for name in names:
                assert name.partition(".")[0] in here, snippet.place


@pytest.mark.parametrize("source", SOURCES, ids=lambda one: one.stem)
def test_a_page_fetches_all_that_its_programs_import(source, site):
    """The worker goes by the words of a program; the tree of it knows better."""
    plan = json.loads((site.site / page_python.PLAN).read_text(encoding="utf-8"))
    packages = plan["lock"]["packages"]

    def with_all(names):
        for name in names:
            yield name
            yield from with_all(packages[name]["depends"])

    for snippet in find_snippets(read_page(source), source.name):
        words = set(re.findall(r"\w+", snippet.code))
        wanted = [one for word in words for one in plan["needs"].get(word, ())]
        there = {one for name in with_all(wanted) for one in packages[name]["imports"]}
        tree = ast.unparse(ast.parse(snippet.code))
        for name in page_python.SHOWN:
            if re.search(rf"^\s*(import|from) {name}\b", tree, re.MULTILINE):
                assert name in there, snippet.place
        if "gd_tutorial" in words:
            assert "numpy" in there
        if "gd_tutorial.plotting" in tree or "gd_tutorial.tutorial" in tree:
            assert "matplotlib" in there, snippet.place


@pytest.mark.parametrize("path", PAGES)
def test_each_program_of_a_page_can_be_run(path, site):
    text = (site.site / path / "index.html").read_text(encoding="utf-8")
    blocks = list(CODE_BLOCK.finditer(text))
    numbers = [
        re.match(r'\s*<gd-run program="(\d+)"[^>]*></gd-run>', text[block.end() :])[1]
        for block in blocks
    ]
    assert numbers == [str(n) for n in range(1, len(blocks) + 1)]
    assert text.count("<gd-run ") == len(blocks)
    source = ROOT / "docs" / ("index.md" if not path else f"{path[:-1]}.md")
    if source.exists() and path != "use/exercises/":
        shown = [
            html.unescape(re.sub(r"<[^>]*>", "", block.group())) for block in blocks
        ]
        written = [one.code for one in find_snippets(read_page(source), path)]
        assert [one.strip() for one in shown] == [one.strip() for one in written]


def test_the_package_of_the_page_is_the_wheel_that_the_site_publishes(site):
    plan = json.loads((site.site / page_python.PLAN).read_text(encoding="utf-8"))
    (wheel,) = site.site.glob("*.whl")
    for name, about in plan["own"].items():
        content = (site.site / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == about["sha256"]
    assert wheel.name in plan["own"]


# ------------------------------------------------------------------------ Run and Stop


def test_nothing_is_fetched_before_run_is_pressed(learn, elsewhere):
    page = learn()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    Program(page).button("Run").hover()
    page.wait_for_timeout(300)
    assert asked == elsewhere.asked == []
    assert page.workers == []


def test_run_announces_shows_progress_and_ends_with_the_same_output(learn, elsewhere):
    page = learn()
    program = Program(page)
    page.evaluate(
        """() => {
            const [status, bar] = ['.gd-said', 'progress'].map(
                one => document.querySelector(`gd-run ${one}`));
            window.said = [];
            const keep = () => said.push([status.textContent, bar.hidden, bar.value]);
            new MutationObserver(keep).observe(status, {childList: true});
        }"""
    )
    assert program.run() == program.status
    assert re.fullmatch(r"Done after 0\.\d\d s: same as above\.", program.status)
    said = page.evaluate("said")
    words = [one[0] for one in said]
    core = sum(one["packed"] for one in PINNED["core"].values())
    assert f"Fetching Python, {core / 1e6:.1f} MB." in words
    fetching = [
        (re.search(r"Python, ([\d.]+) MB: ([\d.]+) MB are here", one[0]), one[1:])
        for one in said
        if "are here" in one[0]
    ]
    assert fetching
    for numbers, (hidden, share) in fetching:
        total, got = map(float, numbers.groups())
        assert core / 1e6 - 0.1 <= total <= core / 1e6 + 0.5
        assert not hidden
        assert 0 <= share <= 1
        assert share == pytest.approx(got / total, abs=0.02)
    assert program.printed == "0.471177"
    assert sorted(set(elsewhere.asked)) == sorted(PINNED["core"])
    assert page.faults == []


def test_again_takes_no_download_and_hardly_any_time(booted):
    program = Program(booted)
    program.run()
    before = booted.evaluate("performance.now()")
    booted.evaluate(
        """() => new Promise(done => {
            const bar = document.querySelector('gd-run');
            bar.querySelector('button').click();
            const watch = () => bar.stopping ? requestAnimationFrame(watch) : done();
            watch();
        })"""
    )
    assert booted.evaluate("performance.now()") - before < 400
    assert "same as above" in program.status
    assert booted.locator(".gd-result").count() == 1


def test_it_runs_by_keyboard_alone(learn):
    page = learn()
    program = Program(page)
    program.button("Run").focus()
    page.keyboard.press("Enter")
    program.wait("same as above")
    assert program.button("Run").evaluate("one => one === document.activeElement")
    page.keyboard.press("Tab")
    assert program.button("Edit").evaluate("one => one === document.activeElement")


def test_it_runs_by_touch(learn):
    page = learn(viewport=NARROW, has_touch=True, is_mobile=True)
    program = Program(page)
    program.button("Run").tap()
    program.wait("same as above")


def test_a_figure_comes_with_its_words_in_both_palettes(booted):
    program = Program(booted, 2).become(FIGURE)
    program.run()
    light, dark = program.result.locator("img").all()
    for one in (light, dark):
        assert one.get_attribute("alt") == "A figure: A zigzag: y"
        assert one.evaluate("one => one.decode().then(() => one.naturalWidth)") == 461
    for scheme, shown, hidden in (("light", light, dark), ("dark", dark, light)):
        booted.emulate_media(color_scheme=scheme)
        name = {"light": "default", "dark": "slate"}[scheme]
        booted.wait_for_selector(f"body[data-md-color-scheme={name}]")
        assert shown.is_visible()
        assert not hidden.is_visible()
    booted.emulate_media(color_scheme="light")
    program.run()
    assert program.result.locator("img").count() == 2


def test_the_packages_own_code_runs_where_it_needs_no_numpy(booted):
    code = "import gd_tutorial, numpy\nprint(gd_tutorial.__file__, numpy.__version__)\n"
    code += "print(gd_tutorial.parabola.f(0.25), gd_tutorial.double_well.df(2.0))"
    program = Program(booted, 3).become(code)
    program.run()
    file, version, f, df = program.printed.split()
    assert file.endswith("site-packages/gd_tutorial/__init__.py")
    assert version == "stand-in"
    assert (float(f), float(df)) == (0.25 * 0.25, 2.0 * 2.0 * 2.0 - 2.0)


def test_a_cell_of_the_notebook_goes_on_from_those_above_it(learn):
    page = learn("use/notebook/")
    Program(page, 1).become("print('first')\nx = 1")
    program = Program(page, 2).become("x += 1\nprint(x)")
    program.run("Done")
    assert program.printed == "2"
    program.run("Done")
    assert program.printed == "2"
    assert page.locator(".gd-result").count() == 1


def test_programs_wait_for_one_another(learn):
    page = learn()
    first = Program(page, 1).become("import time\nprint(1)\ntime.sleep(1)")
    second = Program(page, 2).become("print(2)")
    first.button("Run").click()
    second.button("Run").click()
    second.wait("Waiting for another program")
    second.wait("Done")
    assert "Done" in first.status
    assert second.printed == "2"


def test_a_program_that_waits_can_be_stopped(learn):
    page = learn()
    first = Program(page, 1).become("while True:\n    pass")
    second = Program(page, 2).become("print(2)")
    first.button("Run").click()
    first.wait("Running")
    second.button("Run").click()
    second.wait("Waiting")
    second.button("Stop").click()
    second.wait("Stopped")
    assert first.status == "Running."
    first.button("Stop").click()
    first.wait("Stopped")
    assert not second.result.is_visible()
    second.run("Done")
    assert second.printed == "2"


def test_stop_ends_a_program_at_once_and_python_is_fresh(learn):
    page = learn()
    program = Program(page).become("print(1)\nwhile True:\n    pass")
    program.button("Run").click()
    program.wait("Running")
    assert page.evaluate(FRAMES, 1) < 25
    took = page.evaluate(
        """() => new Promise(done => {
            const bar = document.querySelector('gd-run');
            const stop = [...bar.querySelectorAll('button')].find(
                one => one.textContent === 'Stop');
            const from = performance.now();
            stop.click();
            const watch = () => bar.stopping ? setTimeout(watch)
                : done(performance.now() - from);
            watch();
        })"""
    )
    assert took < 200
    assert program.status == "Stopped."
    assert not program.button("Stop").is_visible()
    assert program.button("Run").evaluate("one => one === document.activeElement")
    assert program.printed == "1"
    program.become("print('left' in dir(__builtins__))")
    program.run()
    assert program.printed == "False"


def test_a_program_that_takes_long_says_how_to_stop_it(learn):
    page = learn()
    page.clock.install()
    program = Program(page).become("while True:\n    pass")
    program.button("Run").click()
    for _ in range(200):
        page.clock.run_for(100)
        page.wait_for_timeout(20)
        if program.status == "Running.":
            break
    page.clock.run_for(11_000)
    assert program.status == "Still running. Stop ends it."
    program.button("Stop").click()


def test_a_flood_of_output_is_cut_and_the_page_stays_alive(learn):
    page = learn()
    program = Program(page).become("while True:\n    print('x' * 99)")
    program.button("Run").click()
    program.result.get_by_text("left out").wait_for(timeout=20_000)
    assert page.evaluate(FRAMES, 1) < 25
    assert len(program.result.inner_text()) < 210_000
    program.button("Stop").click()
    program.wait("Stopped")


# -------------------------------------------------------------------------- Edit


def write(page, code):
    """Put another program into the editor that has the focus, by keyboard."""
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(code)


def test_a_reader_changes_the_rate_and_sees_the_new_figure(learn):
    page = learn()
    program = Program(page).become(FIGURE)
    program.run("Done")
    first = program.result.locator("img").first.get_attribute("src")
    program.button("Edit").click()
    editor = page.get_by_role("textbox", name="Program 1")
    editor.wait_for()
    assert editor.evaluate("one => one.contains(document.activeElement)")
    write(page, FIGURE.replace("[0, 3, 1, 4]", "[4, 1]").replace("zigzag", "fall"))
    page.keyboard.press("ControlOrMeta+Enter")
    program.wait("Done")
    image = program.result.locator("img").first
    image.wait_for()
    assert image.get_attribute("alt") == "A figure: A fall: y"
    assert image.get_attribute("src") != first
    assert program.result.locator("p").first.inner_text() == "Your version"


def test_the_editor_comes_with_edit_and_not_before(learn):
    page = learn()
    asked = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    program = Program(page)
    assert not any("codemirror" in one for one in asked)
    code = page.locator(".highlight code").first
    before = code.bounding_box()
    program.button("Edit").click()
    page.get_by_role("textbox", name="Program 1").wait_for()
    assert "codemirror.js" in asked
    assert "python.json" not in asked
    after = page.locator(".gd-editor .cm-content").bounding_box()
    assert abs(after["y"] - before["y"]) < 1
    assert abs(after["height"] - before["height"]) < 1


def test_edit_and_reset_by_keyboard_alone(learn):
    page = learn()
    program = Program(page)
    page.keyboard.press("Tab")
    program.button("Edit").focus()
    page.keyboard.press("Enter")
    page.get_by_role("textbox", name="Program 1").wait_for()
    write(page, "print(3)")
    page.keyboard.press("Tab")
    assert program.button("Run").evaluate("one => one === document.activeElement")
    page.keyboard.press("Enter")
    program.wait("Done")
    assert program.printed == "3"
    program.button("Reset").focus()
    page.keyboard.press("Enter")
    assert page.get_by_role("textbox", name="Program 1").count() == 0
    assert page.locator(".gd-result").count() == 0
    assert page.locator(".highlight code").first.is_visible()
    assert program.button("Edit").evaluate("one => one === document.activeElement")
    program.button("Edit").press("Enter")
    page.get_by_role("textbox", name="Program 1").wait_for()
    assert "lr = 0.1" in page.locator(".cm-content").inner_text()


def test_an_edit_survives_going_to_another_page_and_back(at_home):
    page = at_home("learn/loop/", viewport=WIDE)
    program = Program(page, 2)
    program.button("Edit").click()
    page.get_by_role("textbox", name="Program 2").wait_for()
    write(page, "print('mine')")
    page.locator("nav.md-nav--primary a", has_text="Reference").first.click()
    page.wait_for_url("**/use/reference/")
    page.wait_for_function("!document.querySelector('gd-run')")
    page.go_back()
    page.wait_for_url("**/learn/loop/")
    program = Program(page, 2)
    assert Program(page, 1).button("Edit").inner_text() == "Edit"
    assert program.button("Edit").inner_text() == "Edit yours"
    program.button("Edit").click()
    page.get_by_role("textbox", name="Program 2").wait_for()
    assert page.locator(".cm-content").inner_text().strip() == "print('mine')"
    assert page.evaluate("window.stayed") is True
    program.button("Reset").click()
    assert program.button("Edit").inner_text() == "Edit"


def test_an_edit_is_copied_and_shared_and_a_link_runs_nothing(learn, elsewhere):
    page = learn(permissions=["clipboard-read", "clipboard-write"])
    program = Program(page)
    program.button("Edit").click()
    page.get_by_role("textbox", name="Program 1").wait_for()
    write(page, "print('x² is mine')")
    program.button("Copy:").click()
    program.wait("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.rstrip() == "print('x² is mine')"
    program.button("Copy link").click()
    program.wait("A link to your program")
    link = page.evaluate("navigator.clipboard.readText()")
    program.button("Reset").click()
    page.goto(link, wait_until="networkidle")
    page.get_by_role("textbox", name="Program 1").wait_for()
    program = Program(page)
    program.wait("came with the link. Read it before you run it")
    assert page.locator(".cm-content").inner_text().strip() == "print('x² is mine')"
    assert elsewhere.asked == []
    program.run("Done")
    assert program.printed == "x² is mine"
    page.goto(link.replace("code=", "code=AAAA"), wait_until="networkidle")
    Program(page).wait("link is damaged")
    assert page.get_by_role("textbox", name="Program 1").count() == 0


# ---------------------------------------------------------------- what may go wrong


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("def f(x):\n    return 1 / x\n\n\nf(0)", "ZeroDivisionError"),
        ("x = (", "SyntaxError"),
        ("x = input()", "Nobody is asked here"),
        ("import pandas", "There is no pandas here"),
        ("import numpy\nnumpy.huge()", "Make its arrays smaller"),
        ("x = [0] * 2**29", "Make its arrays smaller"),
        (
            "import matplotlib.pyplot as plt\nwhile True:\n    plt.figure()",
            "50 figures are open",
        ),
        ("def f():\n    f()\n\n\nf()", "RecursionError"),
    ],
)
def test_a_program_that_fails_says_why_and_the_next_one_runs(booted, code, words):
    program = Program(booted, 4).become(code)
    assert program.run().startswith("Ended with an error")
    said = program.result.inner_text()
    assert words in said
    assert re.search(r'File "your program", line \d', said)
    assert "in_page" not in said
    program.become("print(2)").run("Done")
    assert program.printed == "2"


@pytest.mark.parametrize(
    ("name", "fault", "words"),
    [
        ("pyodide.mjs", "missing", "does not give out pyodide.mjs: it answers 404"),
        ("pyodide.asm.wasm", "cut", "pyodide.asm.wasm broke off after"),
        ("python_stdlib.zip", "changed", "python_stdlib.zip .* checksum differs"),
        ("pyodide.asm.mjs", "changed", "pyodide.asm.mjs .* checksum differs"),
        ("numpy-0-py3-none-any.whl", "changed", "numpy-0.* checksum differs"),
        ("numpy-0-py3-none-any.whl", "missing", "it answers 404"),
    ],
)
def test_what_cannot_be_fetched_is_said_and_tried_again(
    learn, elsewhere, name, fault, words
):
    page = learn()
    elsewhere.faults[name] = fault
    program = Program(page).become("import numpy\nprint(numpy.__version__)")
    program.button("Run").click()
    program.wait(words)
    assert not program.result.is_visible()
    assert program.bar.evaluate(
        "bar => getComputedStyle(bar.lastElementChild).color"
    ) != (program.bar.evaluate("bar => getComputedStyle(bar).color"))
    elsewhere.faults.clear()
    program.run("Done")
    assert program.printed == "stand-in"
    assert all(one.startswith(f"failed {elsewhere.address}") for one in page.faults)


def test_a_blocked_address_is_said_and_the_page_stays(learn, elsewhere):
    page = learn()
    page.route(f"{elsewhere.address}**", lambda route: route.abort())
    program = Program(page)
    program.button("Run").click()
    said = program.wait("could not be fetched from 127.0.0.1")
    assert "offline" in said
    assert "Press Run to try again" in said
    page.unroute(f"{elsewhere.address}**")
    program.run("same as above")


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("assets/js/python.js", "What starts Python could not be fetched"),
        ("assets/js/python-worker.js", "Python could not be started"),
        ("assets/python.json", "could not be read. Perhaps this machine is offline"),
        ("assets/py/in_page.py", "in_page.py could not be fetched"),
    ],
)
def test_offline_is_said(learn, file, words):
    page = learn()
    page.route(f"**/{file}*", lambda route: route.abort())
    program = Program(page)
    program.button("Run").click()
    program.wait(words)
    assert not program.button("Stop").is_visible()
    page.unroute(f"**/{file}*")
    program.run("same as above")


def changed_script(page, name, before):
    """Let a script of the site begin with another line."""

    def change(route):
        answer = route.fetch()
        route.fulfill(response=answer, body=before + answer.text())

    page.route(f"**/js/{name}", change)


def test_a_browser_without_webassembly_is_told_so(learn):
    page = learn()
    changed_script(page, "python-worker.js", "delete globalThis.WebAssembly;\n")
    program = Program(page)
    program.button("Run").click()
    assert "copy it and run it on your machine" in program.wait("WebAssembly")


@pytest.mark.parametrize("fault", [None, "changed"])
def test_checksums_count_on_a_page_without_https(learn, elsewhere, fault):
    page = learn()
    without = "Object.defineProperty(crypto, 'subtle', { value: undefined });\n"
    changed_script(page, "downloads.js", without)
    if fault:
        elsewhere.faults["python_stdlib.zip"] = fault
    program = Program(page)
    program.button("Run").click()
    program.wait("not the file that this site was made with" if fault else "same as")


def test_python_that_breaks_down_is_replaced(learn):
    page = learn()
    # The program takes away what its Python needs to answer.
    program = Program(page).become("import in_page\nin_page.json = None")
    program.button("Run").click()
    assert program.wait("Python itself").endswith("The next Run starts a new one.")
    assert not program.button("Stop").is_visible()
    program.become("print(1)").run("Done")
    assert program.printed == "1"


# --------------------------------------------------------- another place to fetch from


def test_a_site_can_hold_python_itself(learn, site, elsewhere, core):
    """With `python: python/` the address is a folder of the site."""
    page = learn()
    plan = stand_ins.plan((site.site / page_python.PLAN).read_text("utf-8"), "python/")
    page.unroute("**/assets/python.json")
    page.route("**/assets/python.json", lambda route: route.fulfill(json=plan))
    own = []

    def answer(route):
        name = route.request.url.rpartition("/")[2]
        own.append(route.request.url)
        content = elsewhere.files[name]
        body = content if isinstance(content, bytes) else content.read_bytes()
        route.fulfill(body=body)

    page.route("**/gd/python/**", answer)
    program = Program(page).become(FIGURE)
    program.run("Done")
    assert len(own) == len(PINNED["core"]) + 2
    assert elsewhere.asked == []


# --------------------------------------------------------------- around the programs


def test_leaving_the_page_ends_python(at_home, site, elsewhere):
    page = at_home("learn/loop/", viewport=WIDE)
    python_from(page, site, elsewhere)
    program = Program(page).become("while True:\n    pass")
    program.button("Run").click()
    program.wait("Running")
    assert len(page.workers) == 1
    page.locator("nav.md-nav--primary a", has_text="Reference").first.click()
    page.wait_for_url("**/use/reference/")
    page.wait_for_function("!document.querySelector('gd-run')")
    for _ in range(50):  # Chromium takes some 2 s to end a worker that computes
        if not page.workers:
            break
        page.wait_for_timeout(100)
    assert page.workers == []
    page.go_back()
    page.wait_for_url("**/learn/loop/")
    Program(page).run("same as above")
    assert page.evaluate("window.stayed") is True


def test_nothing_shifts_but_what_the_reader_asked_for(learn):
    page = learn("learn/rate/")
    tops = page.evaluate(
        """() => new Promise(done => {
            let sum = 0;
            const add = list => list.getEntries().forEach(one => sum += one.value);
            const watch = new PerformanceObserver(add);
            watch.observe({type: 'layout-shift', buffered: true});
            setTimeout(() => done(sum), 200);
        })"""
    )
    assert tops < 0.01


EDITED = {"include": [["gd-run"], [".gd-result"], [".gd-editor"]]}


def test_axe_finds_nothing_beside_a_result(learn):
    page = learn()
    Program(page, 5).become(FIGURE + "\nprint(1)").run("Done")
    Program(page, 6).become("1 / 0").run("error")
    Program(page, 7).button("Edit").click()
    page.get_by_role("textbox", name="Program 7").wait_for()
    for scheme, viewport in SIGHTS:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size(viewport)
        page.evaluate(SETTLED)
        found = Axe().run(page, context=EDITED)
        assert [
            (one["id"], one["nodes"][0]["html"][:120])
            for one in found.response["violations"]
        ] == []


def test_on_paper_there_are_no_buttons(booted):
    bar = Program(booted).bar
    assert bar.is_visible()
    booted.emulate_media(media="print")
    assert not bar.is_visible()
    booted.emulate_media(media="screen")


def test_without_scripts_there_are_no_buttons(visit):
    page = visit("learn/loop/", java_script_enabled=False)
    assert page.locator("gd-run").count() > 5
    assert page.locator("gd-run button").count() == 0
    assert not page.locator("gd-run").first.is_visible()
    code = page.locator(".highlight code").first.bounding_box()
    output = page.locator(".gd-output").first.bounding_box()
    assert abs(output["y"] - code["y"] - code["height"]) < 2


@pytest.mark.parametrize(
    ("one", "two", "verdict"),
    [
        ("0.5\n", "0.5", "same"),
        ("x 0.30000000000000004", "x 0.3", "close"),
        ("a 0.123, b −2.50", "a 0.124, b −2.50", "close"),
        ("1.234567890123e-05", "1.234567890124e-05", "close"),
        ("0.123", "0.125", "other"),
        ("epoch 67", "epoch 68", "other"),
        ("lr 0.1: yes", "lr 0.1: no", "other"),
        ("1 2", "1 2 3", "other"),
        ("[0.1  0.2]", "[0.1 0.2]", "close"),
        ("inf", "nan", "other"),
        ("1e-16", "3e-16", "other"),
        ("", "1", "other"),
    ],
)
def test_two_outputs_are_compared(port, one, two, verdict):
    found = port(
        "(one, two) => import('/js/compare.js').then(m => m.compare(one, two))",
        one,
        two,
    )
    assert found == verdict
    assert verdict == port(
        "(one, two) => import('/js/compare.js').then(m => m.compare(two, one))",
        one,
        two,
    )


def test_a_result_that_differs_is_named_so(booted):
    program = Program(booted)
    program.become("print(0.471178)")
    assert "differs in the last digits" in program.run()
    program.become("print('other')")
    assert program.run().endswith(": differs from above.")


# ------------------------------------------------------------ functions of exercises


class Written:
    """A function that a reader writes, on a page whose Python is the real one."""

    def __init__(self, page):
        self.element = page.locator("gd-function")
        self.page = page
        self.element.get_by_role("button", name="Write it here").click()
        self.element.get_by_role("textbox").wait_for()

    def check(self, code, words):
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(code)
        self.page.keyboard.press("Control+Enter")
        return self.wait(words)

    def wait(self, words):
        said = self.element.get_by_role("status")
        said.filter(has_text=re.compile(words)).wait_for(timeout=20_000)
        return said.inner_text()

    @property
    def shown(self):
        return self.element.locator(".gd-output pre").all_inner_texts()


def test_a_readers_function_is_compared_in_the_pages_own_python(learn):
    page = learn("use/checks/")
    function = Written(page)
    function.check("def agrees(f, df, x):\n    print(x)\n    return 1 / 0", "an error")
    trace, printed = function.shown
    assert 'File "your function", line 3, in agrees\n' in trace
    assert trace.endswith("ZeroDivisionError: division by zero\n")
    assert printed == "1.5\n"
    function.check("def agrees(f, df, x):\n    return True", "not what it should be")
    assert "gives:    True\nexpected: False" in function.shown[0]
    function.check("while True: pass", "Checking")
    stop = function.element.get_by_role("button", name="Stop")
    stop.focus()
    page.keyboard.press("Enter")
    function.wait("Stopped")
    assert page.evaluate("document.activeElement.textContent") == "Check"
    assert not stop.is_visible()
    function.element.get_by_role("textbox").focus()
    function.check("print('x' * 300_000)", "printed more than fits")
    function.check(
        "def agrees(f, df, x, h=1e-6):\n"
        "    return abs(f(x + h) - f(x - h) - 2 * h * df(x)) < 1e-4 * h\n",
        "Right in all 6 cases",
    )
    assert page.faults == []


def test_what_a_function_needs_is_fetched_and_a_failure_may_be_tried_again(
    learn, elsewhere
):
    page = learn("learn/rate/")
    function = Written(page)
    numpy = stand_ins.file_name("numpy")
    elsewhere.faults[numpy] = "missing"
    said = function.check("def land(df, x0):\n    return 0", "again")
    assert "Press Run" not in said
    elsewhere.faults.clear()
    # The stand-in computes nothing: that the package was imported is what can be seen.
    function.check("def land(df, x0):\n    return 0", "(Not yet|error|has no)")
    assert numpy in elsewhere.asked
