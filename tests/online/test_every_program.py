"""Every program of every page, run in a browser in the real Python of a page.

Run on request, with internet and a Chromium: `pytest tests/online`. Python, NumPy and
all other packages come from where the site's readers fetch them, or from the folder's
address that GD_PYTHON_URL names. The times are taken on a copy of the site that holds
Python itself, as `docs/hooks/offline.py` makes it.
"""

import difflib
import json
import os
import shutil

import pytest
from browsing import CHROMIUM, FLAGS, WIDE, serving
from test_site import PAGES

import offline

PATIENCE = 120
"""How many seconds one program may take, downloads included."""

PALETTES = "light", "dark"

PROGRAMS = """() => [...document.querySelectorAll("gd-run")].map(bar => ({
    number: bar.getAttribute("program"),
    code: bar.original,
    before: bar.above.map(one => `${one.original}\\n`).join(""),
    output: bar.nextElementSibling?.matches(".gd-output")
        ? bar.nextElementSibling.querySelector("pre").textContent : "",
}))"""

# What the button does, without the button: a page's own module runs the program.
RUN = """async ({ code, before, output, seconds }) => {
    const scripts = document.querySelector('script[src*="gd-run.js"]').src
    const [{ run }, { compare }] = await Promise.all(
        ["python.js", "compare.js"].map(name => import(new URL(name, scripts))))
    const made = { out: "", err: "", figures: [] }
    try {
        const { error } = await run(code, {
            before,
            signal: AbortSignal.timeout(1000 * seconds),
            print: (text, stream) => { made[stream] += text },
            draw: figure => made.figures.push(figure),
        })
        made.error = error && (error.traceback || error.message)
    } catch (error) {
        made.error = String(error)
    }
    return { ...made, verdict: compare(output, made.out) }
}"""

# From a press on the button to the end, in seconds.
PRESS = """number => new Promise(done => {
    const bar = document.querySelector(`gd-run[program="${number}"]`)
    const status = bar.querySelector("[role=status]")
    const from = performance.now()
    new MutationObserver((_, watch) => {
        if (!/ after [\\d.]+ s/.test(status.textContent) &&
            !bar.matches(".gd-failed")) return
        watch.disconnect()
        const seconds = (performance.now() - from) / 1000
        const result = document.querySelector(".gd-result")
        done({ said: `${status.textContent} ${result?.innerText ?? ""}`, seconds })
    }).observe(bar, { childList: true, subtree: true, attributes: true })
    bar.querySelector("button").click()
})"""


@pytest.fixture(scope="session")
def sources(site):
    """Where Python comes from."""
    plan = json.loads((site.site / offline.PLAN).read_text(encoding="utf-8"))
    return [os.environ.get("GD_PYTHON_URL", plan["base"])]


@pytest.fixture(scope="session")
def whole(site, sources, tmp_path_factory):
    """A copy of the site that holds Python itself."""
    copy = tmp_path_factory.mktemp("copy") / "site"
    shutil.copytree(site.site, copy)
    try:
        offline.make_whole(copy, sources)
    except offline.Missing as error:
        pytest.fail(f"Python cannot be had: {error}", pytrace=False)
    return copy


@pytest.fixture(scope="module")
def reader(browser, site, address, sources, whole, tmp_path_factory):
    """A browser with a cache on disk, as readers have: one download for all pages."""
    plan = json.loads((site.site / offline.PLAN).read_text(encoding="utf-8"))
    (base,) = (one.replace("{version}", plan["version"]) for one in sources)
    reader = browser.browser_type.launch_persistent_context(
        tmp_path_factory.mktemp("profile"),
        executable_path=CHROMIUM,
        args=FLAGS,
        viewport=WIDE,
    )
    reader.route(
        f"{address}{offline.PLAN}",
        lambda route: route.fulfill(json=plan | {"base": f"{base.rstrip('/')}/"}),
    )
    yield reader
    reader.close()


def complaint(program, made):
    """What is wrong with a run of a program; nothing, where nothing is."""
    if made["error"]:
        return made["error"].strip()
    if made["err"]:
        return f"it says beside its output:\n{made['err']}"
    if made["verdict"] == "other":
        texts = program["output"].splitlines(), made["out"].splitlines()
        names = "on the page", "in the page's Python"
        return "\n".join(difflib.unified_diff(*texts, *names, lineterm="", n=1))
    if not all(
        "<svg" in one[key] for one in made["figures"] for key in ("light", "dark")
    ):
        return "a figure is no SVG"
    return ""


@pytest.mark.parametrize("path", PAGES)
def test_every_program_gives_what_the_page_shows(reader, address, path, capsys):
    page = reader.new_page()
    page.goto(address + path, wait_until="networkidle")
    complaints, close, drawn = [], [], []
    programs = page.evaluate(PROGRAMS)
    for program in programs:
        made = page.evaluate(RUN, program | {"seconds": PATIENCE})
        said = complaint(program, made)
        if said:
            complaints.append(f"program {program['number']} of /{path}:\n{said}")
        if made["verdict"] == "close":
            close.append(program["number"])
        drawn.append(len(made["figures"]))
    shown = page.locator(".gd-figure").count()
    page.close()
    with capsys.disabled():
        wrong = f", {len(complaints)} of them wrong" if complaints else ""
        last = f", other last digits: {', '.join(close)}" if close else ""
        print(f"\n/{path}: {len(programs)} programs{wrong}{last}", end=" ")
    if sum(drawn) != shown:
        complaints.append(
            f"/{path} shows {shown} figures, its programs drew {sum(drawn)}:"
            f" {', '.join(map(str, drawn))}"
        )
    if complaints:
        pytest.fail("\n\n".join(complaints), pytrace=False)


# ------------------------------------------------------------------------------- times


@pytest.fixture(scope="module")
def stopwatch(browser, whole):
    """Open Home with an empty cache, and take the times of a program of it."""

    def is_meant(program, draws):
        code = program["code"]
        return "gd_tutorial" in code and ("matplotlib" in code) == draws

    def stopwatch(draws):
        context = browser.new_context(viewport=WIDE)
        page = context.new_page()
        page.goto(home, wait_until="networkidle")
        number = next(
            program["number"]
            for program in page.evaluate(PROGRAMS)
            if is_meant(program, draws)
        )
        times = []
        for _ in range(2):
            pressed = page.evaluate(PRESS, number)
            assert pressed["said"].startswith("Done"), pressed["said"]
            times.append(pressed["seconds"])
        context.close()
        return times

    with serving(whole) as home:
        yield stopwatch


@pytest.mark.parametrize(
    ("what", "draws", "limit"), [("numbers", False, 4.0), ("a figure", True, 8.0)]
)
def test_results_come_in_time(stopwatch, what, draws, limit, capsys):
    # Of three readers the one whose machine was the least busy with something else.
    times = [stopwatch(draws) for _ in range(3)]
    first, again = (min(column) for column in zip(*times, strict=True))
    with capsys.disabled():
        print(f"\nfirst result, {what}: {first:.1f} s; again: {again:.2f} s", end=" ")
    assert first <= limit
    assert again <= 0.4
