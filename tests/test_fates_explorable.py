"""The map of fates: true in each pixel; moved by mouse, keys, fingers and link."""

import numpy as np
import pytest
from browsing import NARROW, WIDE, fingers

from gd_tutorial import cosine_bowl, double_well
from gd_tutorial.fates import fates

MAP = "gd-fates"
DONE = f"document.querySelector('{MAP}')?.map?.open === 0"
WHOLE = "{ view: [0, 2.4, -3, 3], lr: 1.2, x0: 0.6, epochs: 60 }"
PAGE = "explore/start/"


@pytest.fixture
def beyond(visit):
    """The page with the map, its map complete and in view."""

    def beyond(query="", **options):
        page = visit(PAGE + query, **{"viewport": WIDE, **options})
        page.locator(MAP).scroll_into_view_if_needed()
        page.locator(f"{MAP}.gd-on").wait_for()
        page.locator(MAP).evaluate("one => one.set(" + WHOLE + ")")
        page.wait_for_timeout(100)
        page.wait_for_function(DONE, timeout=30_000)
        page.locator(f"{MAP} .gd-picture").scroll_into_view_if_needed()
        return page

    return beyond


def state(page):
    page.evaluate("() => new Promise(d => requestAnimationFrame(() => setTimeout(d)))")
    return page.locator(MAP).evaluate("one => one.state")


def view(page):
    page.evaluate("() => new Promise(d => requestAnimationFrame(() => setTimeout(d)))")
    return page.locator(MAP).evaluate("one => one.map.view")


def at(page, lr, x0):
    """Where a rate and a start are on the screen."""
    return page.locator(MAP).evaluate(
        """(one, [lr, x0]) => {
            const { canvas, view: [left, right, low, high] } = one.map
            const box = canvas.getBoundingClientRect()
            return [
                box.left + (lr - left) / (right - left) * box.width,
                box.top + (high - x0) / (high - low) * box.height,
            ]
        }""",
        [lr, x0],
    )


@pytest.mark.parametrize("function", [double_well, cosine_bowl], ids=lambda f: f.name)
def test_each_pixel_is_the_fate_that_the_package_finds(beyond, function):
    page = beyond()
    if function is cosine_bowl:
        page.locator(MAP).evaluate(
            "one => one.set({ function: 'cosine bowl', view: [0, 0.1, -3, 3] })"
        )
        page.wait_for_timeout(100)
        page.wait_for_function(DONE, timeout=60_000)
    seen = page.locator(MAP).evaluate(
        """async one => {
            const { unpack } = await import(
                new URL("assets/js/fates.js", document.querySelector(
                "script[src*='gd-fates']").src.replace(/assets.*/, "")))
            const { fates, canvas: { width, height }, view } = one.map
            const found = []
            for (let i = 0; i < fates.length; i += 499) {
                const { kind, number, epoch } = unpack(fates[i])
                found.push([i % width, Math.floor(i / width), kind, number, epoch])
            }
            return { found, width, height, view }
        }"""
    )
    left, right, low, high = seen["view"]
    column, row = np.array([one[:2] for one in seen["found"]]).T
    lr = left + (right - left) * (column + 0.5) / seen["width"]
    x0 = high + (low - high) * (row + 0.5) / seen["height"]
    expected = fates(function, x0, lr, epochs=300)
    same = [
        one[2:] == [str(kind), int(number), int(epoch)]
        for one, kind, number, epoch in zip(seen["found"], *expected, strict=True)
    ]
    assert len(same) > 400
    if function is double_well:
        assert all(same)
    else:
        assert np.mean(same) > 0.99


def test_a_click_picks_the_descent_of_that_pixel(beyond):
    page = beyond()
    page.mouse.click(*at(page, 0.31, 2.4))
    seen = state(page)
    assert seen["lr"] == pytest.approx(0.31, abs=0.01)
    assert seen["x0"] == pytest.approx(2.4, abs=0.02)
    kind, number, epoch = fates(double_well, seen["x0"], seen["lr"], seen["epochs"])
    assert kind == "arrives"
    words = page.locator(f"{MAP} .gd-words").inner_text()
    ending = f"{double_well.minima[number]:g}".replace("-", "−")
    assert f"at epoch {epoch} it is within 10⁻⁶ of {ending}." in words


def test_the_keyboard_moves_the_point_and_the_view(beyond):
    page = beyond()
    picture = page.locator(f"{MAP} .gd-picture svg")
    assert "Arrow keys" in picture.get_attribute("aria-label")
    picture.focus()
    before = state(page)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    after = state(page)
    assert before["lr"] < after["lr"] < before["lr"] + 0.05
    assert before["x0"] < after["x0"] < before["x0"] + 0.1
    whole = view(page)
    page.keyboard.press("+")
    closer = view(page)
    assert closer[1] - closer[0] == pytest.approx((whole[1] - whole[0]) / 2)
    assert closer[0] < after["lr"] < closer[1]
    page.keyboard.press("Shift+ArrowRight")
    assert view(page)[0] > closer[0]
    page.keyboard.press("-")
    page.keyboard.press("0")
    assert view(page) == [0, 2.4, -3, 3]


def test_the_wheel_scrolls_and_with_ctrl_it_zooms(beyond):
    page = beyond()
    page.mouse.move(*at(page, 1.0, 1.0))
    before, top = view(page), page.evaluate("scrollY")
    page.mouse.wheel(0, 60)
    page.wait_for_timeout(200)
    assert page.evaluate("scrollY") > top
    assert view(page) == before
    page.keyboard.down("Control")
    page.mouse.move(*at(page, 1.0, 1.0))
    page.mouse.wheel(0, -70)
    page.keyboard.up("Control")
    page.wait_for_timeout(100)
    after = view(page)
    assert after[1] - after[0] < 0.7 * (before[1] - before[0])
    assert after[0] < 1.0 < after[1]
    share = (1.0 - after[0]) / (after[1] - after[0])
    assert share == pytest.approx(1.0 / 2.4, abs=0.01)


def test_a_mouse_that_drags_moves_the_view_and_picks_nothing(beyond):
    page = beyond()
    before = state(page)
    page.get_by_role("button", name="Zoom in").last.click()
    x, y = at(page, before["lr"], before["x0"])
    old = view(page)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 100, y + 50, steps=5)
    page.mouse.up()
    new = view(page)
    assert new[0] > old[0]
    assert new[3] > old[3]
    assert new[1] - new[0] == pytest.approx(old[1] - old[0])
    after = state(page)
    assert (after["lr"], after["x0"]) == (before["lr"], before["x0"])
    page.get_by_role("button", name="Show the whole picture").last.click()
    assert view(page) == [0, 2.4, -3, 3]


def test_two_fingers_zoom_and_one_scrolls(beyond):
    page = beyond(viewport=NARROW, has_touch=True, is_mobile=True)
    touch = fingers(page)
    x, y = at(page, 1.2, 0)
    before = view(page)
    touch("touchStart", (x - 30, y), (x + 30, y))
    for i in range(1, 7):
        touch("touchMove", (x - 30 - 10 * i, y), (x + 30 + 10 * i, y))
    touch("touchEnd")
    after = view(page)
    assert after[1] - after[0] == pytest.approx((before[1] - before[0]) / 3, rel=0.1)
    assert after[0] < 1.2 < after[1]
    top = page.evaluate("scrollY")
    touch("touchStart", (x, y))
    for i in range(1, 9):
        touch("touchMove", (x, y - 15 * i))
    touch("touchEnd")
    page.wait_for_timeout(200)
    assert page.evaluate("scrollY") > top + 50
    assert view(page) == after


def test_a_link_carries_the_view(beyond, open_page):
    page = beyond()
    page.locator(MAP).evaluate("one => one.set({ view: [1.2, 1.4, 0.5, 1], lr: 1.3 })")
    link = page.locator(MAP).evaluate("one => one.link")
    again = open_page(link, viewport=WIDE)
    again.locator(MAP).scroll_into_view_if_needed()
    again.locator(f"{MAP}.gd-on").wait_for()
    assert view(again) == [1.2, 1.4, 0.5, 1]
    assert state(again)["lr"] == 1.3


@pytest.mark.parametrize(
    "wrong",
    ["", "1", "1,2,3", "2,1,0,1", "0,1,1,1", "a,b,c,d", "-1,1,0,1", "0,1,0,1e999"],
)
def test_a_wrong_view_gets_a_sentence(visit, wrong):
    page = visit(PAGE, viewport=WIDE)
    page.locator(MAP).scroll_into_view_if_needed()
    page.locator(f"{MAP}.gd-on").wait_for()
    taken = page.locator(MAP).evaluate("(one, text) => one.type('view', text)", wrong)
    assert taken is False
    assert "A view is" in page.locator(f"{MAP} .gd-message").inner_text()
    assert page.faults == []


def test_the_view_stays_where_floats_tell_pixels_apart(beyond):
    page = beyond()
    for _ in range(60):
        page.locator(MAP).evaluate("one => one.map.gestures.zoom(1 / 4)")
    left, right, low, high = view(page)
    assert right - left > 0.99e-9
    assert high - low > 0.99e-9
    for _ in range(80):
        page.locator(MAP).evaluate("one => one.map.gestures.zoom(4)")
    left, right, low, high = view(page)
    assert left >= 0
    assert right <= 1000
    assert -1e6 <= low < high <= 1e6


def test_another_palette_gives_other_colours_and_the_same_fates(beyond):
    page = beyond()
    look = """one => {
        const { canvas, fates } = one.map
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, 1)
        return [[...data.slice(0, 4)], fates.length, one.map.legend.innerText]
    }"""
    light = page.locator(MAP).evaluate(look)
    page.emulate_media(color_scheme="dark")
    page.wait_for_selector("body[data-md-color-scheme=slate]")
    page.wait_for_timeout(100)
    dark = page.locator(MAP).evaluate(look)
    assert light[0] != dark[0]
    assert light[1:] == dark[1:]
    swatches = page.locator(f"{MAP} .gd-swatch").evaluate_all(
        "all => all.map(one => getComputedStyle(one).backgroundColor)"
    )
    assert len(set(swatches)) == len(swatches)
    assert all(one.startswith("rgb(") for one in swatches)
    for name in ("ends at 1", "ends at −1", "diverges", "a cycle of 2", "chaos"):
        assert name in light[2]
