"""What holds for everything on the site that can be played with."""

import pytest
from browsing import WIDE, see_all
from test_site import PAGES

from pages import explorables_of

# Counts what scripts of the site start outside their own elements, and what they end.
COUNTING = """
window.going = { listeners: 0, workers: 0, observers: 0, frames: 0 };
const ours = () => /\\/assets\\/js\\//.test(new Error().stack);
const outside = one => !(one instanceof Node) || one === document ||
    one === document.documentElement || one === document.body;
const add = EventTarget.prototype.addEventListener;
EventTarget.prototype.addEventListener = function (type, act, options) {
    if (ours() && outside(this) && !(this instanceof Worker) &&
        !(this instanceof AbortSignal) && !(this instanceof MessagePort)) {
        going.listeners++;
        options?.signal?.addEventListener("abort", () => going.listeners--);
    }
    return add.call(this, type, act, options);
};
const remove = EventTarget.prototype.removeEventListener;
EventTarget.prototype.removeEventListener = function (type, act, options) {
    if (ours() && outside(this) && !(this instanceof Worker)) going.listeners--;
    return remove.call(this, type, act, options);
};
window.Worker = class extends Worker {
    constructor(...all) {
        super(...all);
        this.ours = ours();
        going.workers += this.ours;
    }
    terminate() { going.workers -= this.ours; this.ours = false; super.terminate() }
};
for (const kind of ["MutationObserver", "ResizeObserver", "IntersectionObserver"])
    window[kind] = class extends window[kind] {
        observe(...all) {
            if (!this.on && ours()) { this.on = true; going.observers++ }
            super.observe(...all);
        }
        disconnect() {
            if (this.on) going.observers--;
            this.on = false;
            super.disconnect();
        }
    };
const request = window.requestAnimationFrame;
window.requestAnimationFrame = act => {
    if (!ours()) return request(act);
    going.frames++;
    const id = request(now => { going.frames--; waiting.delete(id); act(now) });
    waiting.add(id);
    return id;
};
const waiting = new Set();
const cancel = window.cancelAnimationFrame;
window.cancelAnimationFrame = id => {
    if (waiting.delete(id)) going.frames--;
    cancel(id);
};
"""
NOTHING = {"listeners": 0, "workers": 0, "observers": 0, "frames": 0}


@pytest.fixture(scope="module")
def playgrounds(site):
    """The pages with something to play with, and the kinds of it."""
    found = {
        path: explorables_of(
            (site.site / path / "index.html").read_text(encoding="utf-8")
        )
        for path in PAGES
    }
    return {path: kinds for path, kinds in found.items() if kinds}


def test_they_stand_where_they_should(playgrounds):
    assert "" in playgrounds
    assert len(playgrounds) >= 8


def test_when_the_reader_leaves_everything_ends(at_home, playgrounds):
    page = at_home("use/reference/", viewport=WIDE)
    page.add_init_script(COUNTING)
    page.reload(wait_until="networkidle")
    page.evaluate("window.stayed = true")
    assert page.evaluate("going") == NOTHING
    started = dict.fromkeys(NOTHING, 0)
    for path in playgrounds:
        page.evaluate(
            """path => [...document.querySelectorAll('nav.md-nav--primary a')].find(
            a => new URL(a.href).pathname === `/gd/${path}`).click()""",
            path,
        )
        page.wait_for_url(f"**/gd/{path}")
        page.locator("article :is(.gd-stage)").first.wait_for()
        see_all(page)
        count = page.locator("article .gd-stage").count()
        page.wait_for_function(
            "n => document.querySelectorAll('.gd-on .gd-live').length === n", arg=count
        )
        for button in page.get_by_role("button", name="Play", exact=True).all():
            button.click()
        going = page.evaluate("going")
        started = {name: max(started[name], going[name]) for name in going}
        page.locator("nav.md-nav--primary a", has_text="Reference").click()
        page.wait_for_url("**/use/reference/")
        page.wait_for_function("!document.querySelector('.gd-live')")
        assert page.evaluate("going") == NOTHING, path
    assert started["frames"] > 0
    assert page.evaluate("window.stayed") is True
    assert page.faults == []
