"""Whether an explorable ever holds the page up: no task of its page's over 50 ms.

Run on request, on a machine that does nothing else: `pytest tests/benchmarks -s`. Once
a page has loaded (its first layout is a task of its own, with or without explorables),
each explorable is taken out and put back, so that it builds itself anew, and every
control is moved. The calmest of three visits counts: the machine's own pauses are no
fault of the page.
"""

import pytest
from browsing import WIDE, see_all

LONG_TASKS = """
    window.longTasks = []
    new PerformanceObserver(list => {
        for (const { startTime, duration } of list.getEntries())
            longTasks.push([Math.round(startTime), Math.round(duration)])
    }).observe({ type: "longtask", buffered: true })
"""

# Every range from end to end and back to where it was, every choice, every button that
# asks for nothing of the system, and the start by keys.
PLAY = """async live => {
    const pause = () => new Promise(done => setTimeout(done, 60))
    const tell = (node, type) => node.dispatchEvent(new Event(type, { bubbles: true }))
    live.scrollIntoView({ block: "center" })
    const place = document.createComment("")
    live.replaceWith(place)
    await pause()
    place.replaceWith(live)
    await new Promise(done => setTimeout(done, 1500))
    for (const range of live.querySelectorAll("input[type=range]"))
        for (const part of [0, 0.25, 0.5, 0.75, 1, 0.5]) {
            range.value = Number(range.min) + part * (range.max - range.min)
            tell(range, "input")
            await pause()
        }
    for (const select of live.querySelectorAll("select"))
        for (const option of [...select.options].concat(select.options[0])) {
            select.value = option.value
            tell(select, "input")
            tell(select, "change")
            await pause()
        }
    for (const node of live.querySelectorAll("[role=slider], [role=application]"))
        for (const key of ["ArrowLeft", "ArrowRight", "Home", "End", "+", "-", "0"]) {
            node.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }))
            await pause()
        }
    for (const button of live.querySelectorAll("button"))
        if (!/link|copy/i.test(button.textContent)) {
            button.click()
            await pause()
        }
    await new Promise(done => setTimeout(done, 1500))
}"""


@pytest.mark.parametrize(
    "path",
    [
        "",
        "learn/slope/",
        "learn/epochs/",
        "learn/scenarios/",
        "explore/start/",
        "further/beyond/",
        "use/playground/",
    ],
)
def test_no_task_lasts_longer_than_50_ms(browser, address, path):
    visits = []
    for _ in range(3):
        context = browser.new_context(viewport=WIDE)
        context.add_init_script(LONG_TASKS)
        page = context.new_page()
        page.goto(address + path, wait_until="networkidle")
        page.evaluate("longTasks.splice(0)")
        see_all(page)
        for live in page.locator("article .gd-on").all():
            live.evaluate(PLAY)
        visits.append(page.evaluate("longTasks"))
        context.close()
    calmest = min(visits, key=len)
    print(f"\n{path or 'Home'}: tasks over 50 ms as (start, duration): {visits}")
    assert calmest == []
