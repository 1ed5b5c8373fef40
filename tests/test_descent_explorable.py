"""The descent to play with: by mouse, keyboard, touch and link, and what it says."""

import json
import re

import pytest
from browsing import NARROW, WIDE, fingers

from gd_tutorial import GALLERY, gradient_descent, parabola
from gd_tutorial.theory import local_regime, one_step_rate, rate_limit, regime

HOME = "gd-descent"
SETTLED = "() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))"


@pytest.fixture
def home(visit):
    """Home, with its descent ready to play with."""

    def home(**options):
        page = visit("", **{"viewport": WIDE, **options})
        page.locator(f"{HOME}.gd-on").wait_for()
        return page

    return home


def state(page):
    page.evaluate(SETTLED)
    return page.locator(HOME).evaluate("one => one.state")


def change(page, **parts):
    page.locator(HOME).evaluate("(one, parts) => one.set(parts)", parts)
    page.evaluate(SETTLED)


def words(page):
    page.evaluate(SETTLED)
    return page.locator(f"{HOME} .gd-words").inner_text()


def box(page, selector):
    return page.locator(f"{HOME} {selector}").bounding_box()


def middle(rectangle):
    return (
        rectangle["x"] + rectangle["width"] / 2,
        rectangle["y"] + rectangle["height"] / 2,
    )


# ------------------------------------------------------------------------ what it says

SAID = {
    "one side": "is below 1/L = 0.5:",
    "one step": "is 1/L:",
    "overshoot": "is between 1/L = 0.5 and 2/L = 1:",
    "bounce": "is 2/L:",
    "diverge": "is above 2/L = 1:",
}


def test_the_regime_is_that_of_the_theory(home):
    page = home()
    for lr in (0.001, 0.3, 0.4999, 0.5, 0.5001, 0.9, 0.9999, 1.0, 1.0001, 1.1, 9.0):
        change(page, lr=lr)
        said = SAID[regime(lr, curvature=2.0)]
        assert said in words(page), lr
        assert sum(one in words(page) for one in SAID.values()) == 1


@pytest.mark.parametrize("function", GALLERY, ids=lambda function: function.name)
def test_elsewhere_it_says_what_is_true_near_the_minimum(home, function):
    page = home()
    change(page, function=function.name, epochs=40, x0=0.9 * function.domain[1])
    for lr in (0.01, 0.024, 0.03, 0.1, 0.5, 0.9, 1.5, 2.0, 3.0):
        change(page, lr=lr)
        path = gradient_descent(function.df, 0.9 * function.domain[1], lr, 40)
        if not function.minima:
            assert "has no minimum" in words(page)
            continue
        if function is parabola or abs(path[-1]) > 1e6 or path[-1] != path[-1]:
            continue
        nearest = min(function.minima, key=lambda x: abs(x - path[-1]))
        curvature = function.d2f(nearest)
        said = words(page)
        if curvature == float("inf"):
            assert "at no rate do estimates settle" in said
        elif curvature == 0:
            assert "at any rate, but ever more slowly" in said
        elif lr == one_step_rate(curvature):
            assert "land almost on the minimum at once" in said
        else:
            expected = {
                "attracts": "come closer",
                "repels": "drives close estimates away",
                "undecided": "does not say",
            }[local_regime(lr, curvature)]
            assert expected in said
            assert ("on one side" in said) == (lr < one_step_rate(curvature))


@pytest.mark.parametrize(
    ("name", "x0", "lr", "epochs"),
    [
        ("parabola", -2.0, 0.1, 20),
        ("parabola", 1.3, 0.9, 57),
        ("double well", 1.9, 0.3, 12),
        ("quartic", 1.1, 0.1, 1000),
    ],
)
def test_the_end_is_that_of_the_package(home, name, x0, lr, epochs):
    page = home()
    change(page, function=name, x0=x0, lr=lr, epochs=epochs)
    function = next(one for one in GALLERY if one.name == name)
    end = gradient_descent(function.df, x0, lr, epochs)[-1]
    said = re.search(r"x = ([−\de.]+)", words(page)).group(1).rstrip(".")
    assert float(said.replace("−", "-")) == pytest.approx(end, rel=6e-6)
    error = min(abs(end - one) for one in function.minima)
    told = re.search(r"error is ([−\de.]+)\.", words(page)).group(1)
    assert float(told.replace("−", "-")) == pytest.approx(error, rel=6e-3)


def test_inf_and_nan_are_shown_as_what_they_are(home):
    page = home()
    change(page, lr=1.5, epochs=1100)
    path = gradient_descent(parabola.df, -2.0, 1.5, 1100)
    lost = int((abs(path) == float("inf")).argmax())
    undefined = int((path != path).argmax())
    assert f"nan from epoch {undefined} on" in words(page)
    notes = page.locator(f"{HOME} .gd-note").all_text_contents()
    assert f"inf at epoch {lost}, nan from {undefined}" in notes
    assert any(note == "leaves the picture: x₂ = −9.5" for note in notes)


def test_marks_stand_at_the_thresholds(home):
    page = home()
    for name, curvature in (("parabola", 2.0), ("log cosh", 1.0), ("double well", 2.0)):
        change(page, function=name)
        slider = page.locator(f"{HOME} .gd-dial input[type=range]").first
        marks = page.locator(f"{HOME} .gd-scale span").evaluate_all(
            "all => all.slice(0, 2).map(m => +m.style.getPropertyValue('--at'))"
        )
        for at, lr in zip(
            marks, (one_step_rate(curvature), rate_limit(curvature)), strict=True
        ):
            change(page, lr=lr)
            share = slider.evaluate("one => one.value / one.max")
            assert share == pytest.approx(at, abs=0.003)


# ------------------------------------------------------------------------------- hands


def test_the_mouse_drags_the_start(home):
    page = home()
    x, y = middle(box(page, ".gd-handle rect"))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 40, steps=4)
    seen = state(page)["x0"]
    assert -1.9 < seen < -0.8
    page.mouse.up()
    assert state(page)["x0"] == seen
    end = gradient_descent(parabola.df, seen, 0.1, 20)[-1]
    assert f"{end:.4f}"[:5] in words(page).replace("−", "-")
    page.mouse.move(x + 120, y)
    assert state(page)["x0"] == seen


def test_a_click_on_the_picture_puts_the_start_there(home):
    page = home()
    picture = box(page, ".gd-panel:first-child .gd-plot")
    page.mouse.click(
        picture["x"] + 0.75 * picture["width"], picture["y"] + picture["height"] / 2
    )
    assert 0.7 < state(page)["x0"] < 1.7


def test_the_keyboard_moves_the_start_and_the_sliders(home):
    page = home()
    handle = page.locator(f"{HOME} .gd-handle")
    assert handle.get_attribute("role") == "slider"
    assert handle.get_attribute("aria-label") == "Start"
    handle.focus()
    for key, expected in [
        ("ArrowRight", -1.98),
        ("ArrowUp", -1.96),
        ("ArrowLeft", -1.98),
        ("PageUp", -1.78),
        ("Shift+ArrowRight", -1.58),
        ("End", 2),
        ("PageDown", 1.8),
        ("Home", -2),
    ]:
        page.keyboard.press(key)
        assert state(page)["x0"] == pytest.approx(expected), key
        assert float(handle.get_attribute("aria-valuenow")) == state(page)["x0"]
    assert "x0 = −2" in handle.get_attribute("aria-valuetext")
    for label, part in (("Learning rate", "lr"), ("Epochs", "epochs")):
        page.get_by_label(label, exact=True).first.focus()
        before = state(page)[part]
        for _ in range(10):
            page.keyboard.press("ArrowRight")
        assert state(page)[part] > before


def test_sliders_stop_exactly_at_the_thresholds(home):
    page = home()
    change(page, function="cosine bowl", x0=-0.4)
    limit = rate_limit(
        next(one for one in GALLERY if one.name == "cosine bowl").d2f(-0.475802451)
    )
    slider = page.get_by_label("Learning rate", exact=True).first
    slider.focus()
    page.keyboard.press("Home")
    seen = []
    for _ in range(slider.evaluate("one => Number(one.max)")):
        page.keyboard.press("ArrowRight")
        seen.append(page.locator(HOME).evaluate("one => one.state.lr"))
    assert min(abs(lr / limit - 1) for lr in seen) < 1e-6
    assert seen == sorted(seen)


def swipe(page, start, end):
    touch = fingers(page)
    touch("touchStart", start)
    for step in range(1, 9):
        touch(
            "touchMove",
            [a + (b - a) * step / 8 for a, b in zip(start, end, strict=True)],
        )
        page.wait_for_timeout(16)
    touch("touchEnd")
    page.wait_for_timeout(100)


def test_a_finger_drags_the_start_and_scrolls_the_page_elsewhere(home):
    page = home(viewport=NARROW, has_touch=True, is_mobile=True)
    page.locator(f"{HOME} .gd-plot").first.scroll_into_view_if_needed()
    x, y = middle(box(page, ".gd-handle rect"))
    before = page.evaluate("scrollY")
    swipe(page, (x, y), (x + 80, y + 30))
    assert state(page)["x0"] > -1.5
    assert page.evaluate("scrollY") == before
    chosen = state(page)["x0"]
    picture = box(page, ".gd-panel:first-child .gd-plot")
    at = (picture["x"] + 200, picture["y"] + 200)
    swipe(page, at, (at[0], at[1] - 150))
    assert page.evaluate("scrollY") > before + 50
    assert state(page)["x0"] == chosen


def test_steps_go_one_epoch_at_a_time(home):
    page = home()
    step = page.get_by_role("button", name="Step", exact=True)
    back = page.get_by_role("button", name="Back", exact=True)
    for _ in range(3):
        back.click()
    assert "After 17 epochs" in words(page)
    step.click()
    assert "After 18 epochs" in words(page)
    for _ in range(4):
        step.click()
    assert "After 22 epochs" in words(page)
    assert state(page)["epochs"] == 22
    for _ in range(30):
        back.click()
    assert "After 0 epochs x = −2" in words(page)


def test_play_walks_from_the_start_to_the_end(home):
    page = home()
    page.get_by_role("button", name="Play").click()
    page.get_by_role("button", name="Pause").wait_for()
    assert state(page)["shown"] < 20
    page.wait_for_function(
        "document.querySelector('gd-descent').state.shown === 20", timeout=10_000
    )
    page.get_by_role("button", name="Play").wait_for()


def test_play_steps_once_a_press_under_reduced_motion(home):
    page = home(reduced_motion="reduce")
    play = page.get_by_role("button", name="Play")
    for shown in (0, 1, 2):
        play.click()
        assert state(page)["shown"] == shown
    page.wait_for_timeout(200)
    assert state(page)["shown"] == 2


# --------------------------------------------------------------------- boxes and links

BAD = [
    ("Learning rate, typed", "abc", "is not a number"),
    ("Learning rate, typed", "", "is empty"),
    ("Learning rate, typed", "-0.1", "must be above 0"),
    ("Learning rate, typed", "0", "must be above 0"),
    ("Learning rate, typed", "1e400", "too large for a float"),
    ("Learning rate, typed", "9" * 10_000, "too large for a float"),
    ("Learning rate, typed", "constructor", "is not a number"),
    ("Learning rate, typed", "Infinity", "is not a number"),
    ("Learning rate, typed", "0x10", "is not a number"),
    ("Epochs, typed", "1.5", "must be a whole number"),
    ("Epochs, typed", "-1", "must lie from 0 to 10000"),
    ("Epochs, typed", "1e9", "must lie from 0 to 10000"),
    ("Start, typed", "__proto__", "is not a number"),
    ("Start, typed", "1e7", "must lie from"),
]


def test_what_is_mistyped_gets_a_sentence_and_changes_nothing(home):
    page = home()
    before = state(page)
    for label, typed, said in BAD:
        field = page.get_by_label(label)
        field.fill(typed)
        assert said in page.locator(f"{HOME} .gd-message").inner_text(), typed[:20]
        assert field.get_attribute("aria-invalid") == "true"
        assert state(page) == before
        field.fill("1")
        assert not page.locator(f"{HOME} .gd-message").is_visible()
        assert field.get_attribute("aria-invalid") == "false"
        page.locator(HOME).evaluate("one => one.reset()")
    assert page.faults == []


@pytest.mark.parametrize(
    ("typed", "value"), [("1e-3", 0.001), ("0,25", 0.25), (" 1_0 ", 10), (".5", 0.5)]
)
def test_numbers_may_be_typed_in_several_ways(home, typed, value):
    page = home()
    page.get_by_label("Learning rate, typed").fill(typed)
    assert state(page)["lr"] == value


def test_a_link_carries_the_whole_state(home, open_page):
    page = home()
    chosen = {
        "function": "double well",
        "x0": 0.4,
        "lr": 1.35,
        "epochs": 123,
        "left": "cobweb",
        "right": "estimate",
    }
    change(page, **chosen)
    page.get_by_role("button", name="Copy link").click()
    link = page.evaluate("location.href")
    assert link.endswith("#figure-1")
    again = open_page(link, viewport=WIDE)
    again.locator(f"{HOME}.gd-on").wait_for()
    seen = state(again)
    assert {name: seen[name] for name in chosen} == chosen
    assert words(again) == words(page)
    again.get_by_role("button", name="Reset").click()
    assert state(again)["lr"] == 0.1
    assert state(again)["function"] == "parabola"


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("lr=-1", "must be above 0"),
        ("lr=1e400", "too large"),
        ("function=constructor", "is none of"),
        ("function=__proto__", "is none of"),
        ("left=%3Cscript%3E", "is none of"),
        ("epochs=99999999", "must lie from"),
    ],
)
def test_a_broken_link_gets_a_sentence(visit, link, said):
    page = visit(f"?figure=figure-1&{link}&__proto__=1&constructor=1", viewport=WIDE)
    page.locator(f"{HOME}.gd-on").wait_for()
    assert said in page.locator(f"{HOME} .gd-message").inner_text()
    seen = state(page)
    assert {"x0": -2, "lr": 0.1, "epochs": 20}.items() <= seen.items()
    assert page.faults == []


# --------------------------------------------------------------------------- the frame


@pytest.mark.parametrize("width", [1280, 1000, 800, 600, 390, 320])
def test_the_live_picture_fits_into_its_room(home, width):
    page = home(viewport={"width": width, "height": 900})
    heights = page.locator(HOME).evaluate(
        """one => ["stage", "live"].map(name => one[name].offsetHeight)"""
    )
    assert heights[1] <= heights[0] <= 1.12 * heights[1] + 20


def test_who_listens_hears_once_what_came_to_rest(home):
    page = home()
    spoken = page.locator(f"{HOME} [role=status]")
    page.wait_for_timeout(900)
    page.evaluate(
        """() => { window.heard = 0; new MutationObserver(list => heard += list.length)
        .observe(document.querySelector("gd-descent [role=status]"),
        { childList: true }) }"""
    )
    page.locator(f"{HOME} .gd-handle").focus()
    for _ in range(25):
        page.keyboard.press("ArrowRight")
    page.wait_for_timeout(1000)
    assert spoken.inner_text() == words(page)
    assert page.evaluate("heard") == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_are_those_of_the_figures(home, scheme):
    from gd_tutorial.plotting import COLORS, DARK

    page = home(color_scheme=scheme)
    colours = {"light": COLORS, "dark": DARK}[scheme]
    for role in ("function", "path", "start", "minimum", "divergence", "ink", "muted"):
        seen = page.evaluate(
            f"getComputedStyle(document.body).getPropertyValue('--gd-{role}')"
        )
        assert seen.strip() == colours[role]


def test_paper_gets_the_figure(home):
    page = home(color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert not page.locator(f"{HOME} .gd-live").is_visible()
    image = page.locator(f"{HOME} img[src$='#only-light']")
    assert image.is_visible()
    assert page.locator(f"{HOME} figcaption").is_visible()


def test_a_thousand_epochs_are_redrawn_in_a_few_milliseconds(home):
    page = home()
    medians = page.locator(HOME).evaluate(
        """async one => {
            const medians = []
            for (const right of ["error", "estimate"]) {
                one.set({ function: "double well", lr: 1.5, epochs: 1000, right })
                const times = []
                for (let i = 0; i < 60; i++) {
                    one.state.x0 = -1.5 + i / 20
                    const before = performance.now()
                    one.draw()
                    times.push(performance.now() - before)
                    await new Promise(requestAnimationFrame)
                }
                medians.push(times.sort((a, b) => a - b)[30])
            }
            return medians
        }"""
    )
    assert max(medians) <= 4, json.dumps(medians)
