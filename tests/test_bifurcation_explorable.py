"""The bifurcation diagram to play with: its numbers, its picture, and every way in."""

import math
import re
from functools import partial

import mpmath
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import NARROW, WIDE, call
from mpmath import mpf

from gd_tutorial import double_well, gradient_descent
from gd_tutorial.fates import fates

PAGE = "further/beyond/"
WHOLE = [0.9, 2.1, -1.5, 1.5]
CLOSE = [1.44, 1.48, 0.2, 1.3]
CHAOS, THREE, FOUR = "≈ 1.302", "≈ 1.453", "≈ 1.831"
IMPORT = 'const b = await import("/js/bifurcation.js")'


def top(lr):
    return np.sqrt((1 + lr) / (3 * lr))


def rates_of(view, columns):
    return view[0] + (np.arange(columns) + 0.5) * (view[1] - view[0]) / columns


def settled(rates, settle, watch):
    """Where runs from c are in the epochs watched: shape (watch, len(rates))."""
    settle, watch = int(settle), int(watch)
    x = gradient_descent(double_well.df, top(rates), rates, settle)[-1]
    finite = np.isfinite(x)
    path = np.full((watch + 1, len(rates)), np.nan)
    path[:, finite] = gradient_descent(double_well.df, x[finite], rates[finite], watch)
    return path[1:]


def counted(path, view, rows):
    """How often runs and their mirror images came to each row: (columns, rows)."""
    low, high = view[2:]
    hits = np.zeros((path.shape[1], rows))
    for x in (path, -path):
        row = (high - x) * (rows / (high - low))
        ok = (row >= 0) & (row < rows)
        columns = np.broadcast_to(np.arange(path.shape[1]), path.shape)[ok]
        np.add.at(hits, (columns, row[ok].astype(int)), 1)
    return hits


# ------------------------------------------------------------------------- its numbers


DIAGRAM = f"""async (view, columns, rows) => {{
  {IMPORT}
  const one = new b.Diagram(view, columns, rows)
  const pieces = [...one.work()]
  const {{ rates, x, hits, exponents, rounds }} = one
  const firsts = pieces.filter(Boolean).map(([first]) => first)
  return {{
    ...{{ rates, x, hits, exponents, firsts }},
    rounds: rounds.flat(),
    pieces: pieces.length,
  }}
}}"""


@pytest.mark.parametrize("view", [WHOLE, CLOSE], ids=["whole", "close"])
def test_the_diagram_is_what_python_counts(port, view):
    columns, rows = 50, 70
    got = port(DIAGRAM, [float(one) for one in view], columns, rows)
    rates = rates_of(view, columns)
    assert np.array_equal(got["rates"], rates)
    *before, settle, watch = got["rounds"]
    path = settled(rates, sum(before) + settle, watch)
    assert np.array_equal(got["x"], path[-1], equal_nan=True)
    hits = counted(path, view, rows)
    assert hits.sum() > 1e5
    assert np.array_equal(got["hits"].reshape(columns, rows), hits)
    exponent = np.log(np.abs(1 - rates * double_well.d2f(path))).mean(axis=0)
    stays = np.isfinite(exponent)
    assert stays.any()
    assert np.array_equal(np.isfinite(got["exponents"]), stays)
    assert got["exponents"][stays] == pytest.approx(exponent[stays], abs=1e-9)


@pytest.mark.parametrize("width", [1.2, 1e-3, 1e-6])
def test_the_work_comes_in_small_pieces_and_first_all_columns(port, width):
    columns = 100
    view = [1.3, 1.3 + width, -1.5, 1.5] if width < 1 else [float(o) for o in WHOLE]
    got = port(DIAGRAM, view, columns, 20)
    rounds = got["rounds"].reshape(-1, 2)
    steps = rounds.sum() * columns
    assert steps / got["pieces"] <= 1 << 16
    firsts = list(got["firsts"])
    assert firsts == sorted(set(firsts)) * len(rounds)
    # The first round is a small part of the whole, so that there is soon a picture.
    assert rounds[0].sum() <= rounds.sum() / 15


def test_a_view_stays_within_the_whole(port):
    fit = f"""async view => {{
      {IMPORT}
      return [...b.fit(view), b.fit(view) === b.WHOLE]
    }}"""
    for view, expected in (
        ([1.0, 1.2, 0.0, 1.0], [1.0, 1.2, 0.0, 1.0]),
        ([0.7, 0.9, 0.0, 1.0], [0.9, 1.1, 0.0, 1.0]),
        ([2.0, 2.5, 1.0, 2.0], [1.6, 2.1, 0.5, 1.5]),
        ([0.0, 5.0, -2.0, 1.0], WHOLE),
        ([-1e9, 1e9, -1e9, 1e9], WHOLE),
    ):
        *got, whole = port(fit, view)
        assert got == pytest.approx(expected)
        assert whole == (expected == WHOLE)


def test_the_fate_of_the_run_from_c_is_the_one_that_python_finds(port):
    rates = rates_of(WHOLE, 150)
    kinds, numbers, points = port(
        f"""async rates => {{
          {IMPORT}
          const found = Array.from(rates, b.fateOf)
          return [
            found.map(one => one.kind),
            found.map(one => one.points?.length ?? 0),
            found.map(one => [...(one.points ?? [])]),
          ]
        }}""",
        rates,
    )
    expected = fates(double_well, top(rates), rates, epochs=20_000)
    assert kinds == list(expected.kind)
    assert {"arrives", "cycles", "chaos", "diverges"} <= set(kinds)
    cycles = expected.kind == "cycles"
    assert np.array_equal(numbers[cycles], expected.number[cycles])
    for lr, kind, got in zip(rates, kinds, points, strict=True):
        if kind in ("arrives", "cycles"):
            path = gradient_descent(double_well.df, top(lr), lr, 20_000 + len(got))
            assert np.array_equal(got, path[20_000:-1])


def back(lr, n, aim=1):
    """How far a run from c is from aim times c after n epochs, in many digits."""
    c = mpmath.sqrt((1 + lr) / (3 * lr))
    x = c
    for _ in range(n):
        x = x - lr * (x**3 - x)
    return x - aim * c


def returns(n, near, aim=1):
    return mpmath.findroot(partial(back, n=n, aim=aim), mpf(near))


def test_the_landmarks_are_where_theory_says(port):
    got = port(f"async () => {{ {IMPORT}; return b.LANDMARKS.map(one => one.at.lr) }}")
    one, second, merge, end, onset, three, four = got
    with mpmath.workdps(40):
        # The limit of the rates at which c lies on cycles of 2, 4, 8, … points.
        rates = [mpf(1) / 2, 3 / mpmath.sqrt(2) - 1]
        for n in range(2, 9):
            near = rates[-1] + (rates[-1] - rates[-2]) / mpf("4.6692")
            rates.append(returns(2**n, near))
        ratio = (rates[-2] - rates[-3]) / (rates[-1] - rates[-2])
        limit = rates[-1] + (rates[-1] - rates[-2]) / (ratio - 1)
        assert abs(ratio - mpf("4.669201609")) < 1e-4
        assert abs(onset - limit) < 1e-9
        assert abs(three - returns(3, three)) < 1e-12
        assert onset < three < merge
        assert abs(back(mpf(three), 1)) > 0.1  # not the minimum itself
        assert abs(four - returns(2, four, aim=-1)) < 1e-15
        assert (
            abs(back(mpf(merge), 2) + mpmath.sqrt((1 + mpf(merge)) / 3 / merge)) < 1e-15
        )
        edge = mpmath.sqrt((2 + mpf(end)) / end)
        assert abs(back(mpf(end), 1) + mpf(1) / mpmath.sqrt(2) - edge) < 1e-15
    assert one == 1 == 2 / double_well.d2f(1.0)
    assert 9 - 2 * (1 + second) ** 2 == pytest.approx(-1, abs=1e-14)


# ------------------------------------------------------------------------- on the page


class Figure:
    """The explorable on its page, and what a reader does with it."""

    def __init__(self, page):
        self.page = page
        self.element = page.locator("gd-bifurcation")
        self.element.evaluate("one => one.scrollIntoView({ block: 'center' })")
        self.canvas = self.element.locator("canvas")
        self.canvas.wait_for()
        self.handle = self.element.get_by_role("slider", name="Learning rate, in")
        self.slider = self.element.get_by_role(
            "slider", name="Learning rate", exact=True
        )
        self.box = self.element.get_by_label("Learning rate, typed")
        self.words = self.element.locator(".gd-words")
        self.frames()

    def frames(self):
        """Wait until the picture has followed the state."""
        self.page.evaluate(
            "() => new Promise(done => requestAnimationFrame(() => "
            "requestAnimationFrame(done)))"
        )

    def finish(self):
        """Wait until the picture is as fine as it gets."""
        self.frames()
        self.page.wait_for_function(
            "document.querySelector('gd-bifurcation').slice === undefined"
        )

    @property
    def lr(self):
        self.frames()
        return self.element.evaluate("one => one.state.lr")

    @property
    def view(self):
        self.frames()
        return self.element.evaluate("one => one.state.view")

    @property
    def width(self):
        left, right, _, _ = self.view
        return right - left

    def at(self, lr, x=0.0):
        """Where in the window the diagram has a rate and an estimate."""
        left, right, low, high = self.view
        box = self.canvas.bounding_box()
        across, up = (lr - left) / (right - left), (x - low) / (high - low)
        return box["x"] + across * box["width"], box["y"] + (1 - up) * box["height"]

    def point(self, x, y):
        """The rate and the estimate that the diagram has at a place in the window."""
        left, right, low, high = self.view
        box = self.canvas.bounding_box()
        across, down = (x - box["x"]) / box["width"], (y - box["y"]) / box["height"]
        return left + across * (right - left), high - down * (high - low)

    def type(self, text):
        self.box.fill(text)
        self.frames()

    def go_to(self, name):
        options = self.element.locator("select option")
        (label,) = [one for one in options.all_inner_texts() if one.startswith(name)]
        self.element.locator("select").select_option(label=label)
        self.frames()

    def press(self, name, times=1):
        for _ in range(times):
            self.element.get_by_role("button", name=name, exact=True).click()
            self.frames()

    def pixels(self):
        """Colours of the picture: shape (columns, rows, 4)."""
        width, *flat = call(
            self.page,
            """() => {
              const { canvas } = document.querySelector("gd-bifurcation")
              const { width, height } = canvas
              const image = canvas.getContext("2d").getImageData(0, 0, width, height)
              return Float64Array.from([width, ...image.data])
            }""",
        )
        return np.array(flat).reshape(-1, int(width), 4).transpose(1, 0, 2)


@pytest.fixture(scope="module")
def wide(open_once):
    """One page for all tests that do not need one of their own."""
    return open_once(PAGE)


@pytest.fixture
def shown(wide):
    """The explorable as it stands at first; nothing may go wrong in a test."""
    figure = Figure(wide)
    figure.press("Reset")
    yield figure
    assert wide.faults == []


@pytest.fixture
def visit_figure(visit):
    def visit_figure(path=PAGE, viewport=WIDE, **options):
        return Figure(visit(path, viewport=viewport, **options))

    return visit_figure


def numbers(text):
    found = re.findall(r"−?\d+(?:\.\d+)?(?:e−?\d+)?", text)
    return [float(one.replace("−", "-")) for one in found]


def as_text(number, digits=4):
    return float(f"{number:.{digits}g}")


def test_the_picture_shows_where_python_settles(shown):
    shown.finish()
    alpha = shown.pixels()[:, :, 3]
    columns, rows = alpha.shape
    rounds = shown.element.evaluate("one => one.pieces.rounds.flat()")
    *before, settle, watch = rounds
    path = settled(rates_of(WHOLE, columns), sum(before) + settle, watch)
    hits = counted(path, WHOLE, rows)
    strength = 1 - np.exp(-0.6 * hits * rows / (100 + hits.sum(axis=1))[:, np.newaxis])
    assert np.abs(alpha - 255 * strength).max() <= 1
    assert (alpha > 0).mean() > 0.2
    assert (alpha[-30:] == 0).all()  # beyond rate 2 nothing stays


def test_the_words_say_what_the_run_does(shown):
    for lr in (0.95, 1.1, 1.25, 1.29, 1.7, 1.455):
        shown.type(str(lr))
        c = top(lr)
        run = gradient_descent(double_well.df, c, lr, 20_000)
        period = next(n for n in range(1, 65) if abs(run[-1] - run[-1 - n]) < 1e-9)
        points = np.sort(run[-period:])
        factor = np.prod(1 - lr * double_well.d2f(points))
        said = numbers(shown.words.inner_text())
        expected = [lr, *([period] if period > 1 else [])]
        expected += [as_text(x) for x in points]
        assert said == [*expected, as_text(factor, 3)], lr
    for lr, sides in ((1.5, "on one side"), (1.9, "on both sides")):
        shown.type(str(lr))
        assert "chaos" in shown.words.inner_text()
        assert sides in shown.words.inner_text()
        run = gradient_descent(double_well.df, top(lr), lr, 24_000)[20_000:]
        exponent = np.log(np.abs(1 - lr * double_well.d2f(run))).mean()
        low, high, stretch, said = numbers(shown.words.inner_text())[1:]
        assert [low, high] == [as_text(run.min()), as_text(run.max())]
        assert stretch == as_text(math.exp(exponent), 3)
        assert said == as_text(exponent, 2)
    shown.type("2.05")
    first = gradient_descent(double_well.df, top(2.05), 2.05, 1)[-1]
    edge = math.sqrt(4.05 / 2.05)
    assert "diverges" in shown.words.inner_text()
    assert numbers(shown.words.inner_text()) == [2.05, as_text(first), as_text(edge)]
    for rate in ("1", "1.2360679774997898"):
        shown.type(rate)
        assert "too slowly" in shown.words.inner_text()
    said = shown.element.get_by_role("status")
    shown.page.wait_for_function(
        "said => document.querySelector('gd-bifurcation [role=status]').textContent"
        " === said",
        arg=shown.words.inner_text(),
    )
    assert said.count() == 1


def test_the_mouse_moves_the_line_and_the_view(shown):
    mouse = shown.page.mouse
    shown.canvas.scroll_into_view_if_needed()
    mouse.click(*shown.at(1.7))
    assert shown.lr == pytest.approx(1.7, abs=0.003)
    assert "cycle of 6" in shown.words.inner_text()
    grip = shown.handle.locator("rect").bounding_box()
    mouse.move(grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2)
    mouse.down()
    mouse.move(*shown.at(1.4), steps=5)
    assert shown.lr == pytest.approx(1.4, abs=0.006)
    mouse.move(*shown.at(0.2))
    assert shown.lr == 0.9
    mouse.up()
    mouse.move(*shown.at(1.3))
    assert shown.lr == 0.9
    mouse.down()  # beside the line, where the whole is in view: the line comes along
    mouse.move(*shown.at(1.25), steps=4)
    mouse.up()
    assert shown.lr == pytest.approx(1.25, abs=0.003)
    assert shown.view == WHOLE

    before = shown.page.evaluate("scrollY")
    mouse.move(*shown.at(1.5, 0.5))
    mouse.wheel(0, 40)
    shown.page.wait_for_function("y => scrollY > y", arg=before)
    assert shown.view == WHOLE
    shown.canvas.scroll_into_view_if_needed()
    x, y = (round(one) for one in shown.at(1.3, 0.5))
    point = shown.point(x, y)
    mouse.move(x, y)
    shown.page.keyboard.down("Control")
    mouse.wheel(0, -100)
    shown.page.keyboard.up("Control")
    assert shown.width == pytest.approx(1.2 / 1.01**100)
    assert shown.at(*point) == pytest.approx((x, y), abs=0.5)
    assert shown.page.evaluate("devicePixelRatio") == 1

    left, _, low, _ = shown.view
    lr = shown.lr
    mouse.down()
    mouse.move(x + 30, y - 20, steps=4)
    mouse.up()
    assert shown.view[0] < left
    assert shown.view[2] < low
    assert shown.at(*point) == pytest.approx((x + 30, y - 20), abs=1)
    assert shown.lr == lr


def test_the_keyboard_moves_the_line_and_the_view(shown):
    shown.type("1.5")
    shown.handle.focus()
    press = shown.page.keyboard.press
    values = []
    for key in (
        "ArrowRight",
        "ArrowUp",
        "ArrowLeft",
        "ArrowDown",
        "PageUp",
        "PageDown",
    ):
        press(key)
        values.append(shown.lr)
    assert values == pytest.approx([1.506, 1.512, 1.506, 1.5, 1.56, 1.5])
    press("End")
    assert shown.lr == 2.1
    press("Home")
    assert shown.lr == 0.9
    assert float(shown.handle.get_attribute("aria-valuenow")) == 0.9
    assert shown.handle.get_attribute("aria-valuetext") == "0.9"
    shown.type("1.5")
    shown.handle.focus()
    for _ in range(4):
        press("+")
    assert shown.width == pytest.approx(1.2 / 16)
    assert shown.view[0] < 1.5 < shown.view[1]
    left, _, low, _ = shown.view
    press("Shift+ArrowRight")
    press("Shift+ArrowUp")
    assert shown.view[0] == pytest.approx(left + 1.2 / 64)
    assert shown.view[2] > low
    assert shown.view[0] <= shown.lr <= shown.view[1]
    press("-")
    assert shown.width == pytest.approx(1.2 / 8)
    press("0")
    assert shown.view == WHOLE
    shown.slider.focus()
    press("ArrowRight")
    assert shown.lr == pytest.approx(1.501)
    assert shown.slider.get_attribute("aria-valuetext") == "1.501"
    # A rate that is typed brings the view along, and a view the rate.
    shown.handle.focus()
    for _ in range(3):
        press("+")
    shown.type("1.62")
    assert shown.view[0] < 1.62 < shown.view[1]
    assert shown.width == pytest.approx(1.2 / 8)
    shown.type("1")
    assert shown.view == WHOLE


def test_touch_sets_drags_zooms_and_scrolls(visit_figure):
    shown = visit_figure(viewport=NARROW, has_touch=True, is_mobile=True)
    page = shown.page
    shown.canvas.scroll_into_view_if_needed()
    page.touchscreen.tap(*shown.at(1.7))
    assert shown.lr == pytest.approx(1.7, abs=0.004)
    devtools = page.context.new_cdp_session(page)

    def touch(kind, *places):
        points = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(places)]
        devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    before = page.evaluate("scrollY")
    grip = shown.handle.locator("rect").bounding_box()
    x, y = grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2
    touch("touchStart", (x, y))
    for n in range(1, 9):
        touch("touchMove", (x - 10 * n, y + 8 * n))
    touch("touchEnd")
    assert shown.lr == pytest.approx(
        1.7 - 80 * 1.2 / shown.canvas.bounding_box()["width"], abs=0.02
    )
    assert page.evaluate("scrollY") == before

    x, y = shown.at(1.3, 0.5)
    touch("touchStart", (x - 20, y), (x + 20, y))
    for n in range(1, 9):
        touch("touchMove", (x - 20 - 5 * n, y), (x + 20 + 5 * n, y))
    touch("touchEnd")
    assert shown.width == pytest.approx(1.2 / 3, rel=0.02)
    assert shown.at(1.3, 0.5) == pytest.approx((x, y), abs=2)
    assert page.evaluate("visualViewport.scale") == pytest.approx(1, abs=0.01)
    assert page.evaluate("scrollY") == before

    lr, view = shown.lr, shown.view
    x, y = shown.at(1.3, 0.3)
    touch("touchStart", (x, y))
    for n in range(1, 15):
        touch("touchMove", (x, y - 10 * n))
    touch("touchEnd")
    page.wait_for_function("y => scrollY > y + 50", arg=before)
    assert (shown.lr, shown.view) == (lr, view)
    assert page.faults == []


def test_zoom_goes_down_to_a_millionth_and_the_picture_comes_back(shown):
    shown.go_to(CHAOS)
    assert shown.lr == pytest.approx(1.3022834627)
    shown.press("Zoom in", 16)
    width = shown.width
    assert width < 1e-6
    assert shown.view[0] < shown.lr < shown.view[1]
    lr = shown.lr
    shown.handle.press("ArrowRight")
    assert shown.lr - lr == pytest.approx(width / 200, rel=0.5)
    shown.finish()
    alpha = shown.pixels()[:, :, 3]
    columns = len(alpha)
    # Left of the landmark lines, right of it clouds, in all columns something.
    lit = (alpha > 0).sum(axis=1)
    assert (lit > 0).all()
    assert lit[: columns // 4].mean() < lit[-columns // 4 :].mean() / 3
    ticks = (
        shown.element.locator("svg").nth(1).locator(".gd-axes text").all_text_contents()
    )
    across = [one for one in ticks if one.startswith("1.302")]
    assert len(across) == len(set(across)) >= 2
    shown.press("Zoom in", 8)
    assert 1e-7 <= shown.width < 2e-7
    shown.press("Show the whole picture")
    assert shown.view == WHOLE
    shown.press("Zoom in")
    shown.press("Zoom out")
    assert shown.view == WHOLE


def test_landmarks_are_marked_and_can_be_gone_to(shown):
    names = shown.element.locator(".gd-picture [data-kind=divergence].gd-note").all()
    places = {one.text_content(): one.bounding_box() for one in names}
    rates = {"1": 1, "√5 − 1": math.sqrt(5) - 1, "3√3/2 − 1": 1.5 * math.sqrt(3) - 1}
    rates["2"] = 2
    assert places.keys() == rates.keys()
    for name, place in places.items():
        middle = place["x"] + place["width"] / 2
        assert middle == pytest.approx(shown.at(rates[name])[0], abs=1)
    for name, words in (
        (THREE, "cycle of 3 points"),
        (FOUR, "cycle of 4 points"),
        ("3√3/2", "chaos"),
    ):
        shown.go_to(name)
        assert words in shown.words.inner_text()
        left, right, _, _ = shown.view
        assert left < shown.lr < right
        chosen = shown.element.locator("select").evaluate(
            "one => one.selectedOptions[0].textContent"
        )
        assert chosen.startswith(name)
    assert shown.view == WHOLE
    shown.type("1.5")
    assert shown.element.locator("select").input_value() == ""


def test_a_link_carries_all_and_reset_forgets_it(shown, visit_figure):
    shown.go_to(THREE)
    shown.press("Zoom in")
    link = shown.element.evaluate("one => one.link")
    path = link.partition("/gd/")[2]
    again = visit_figure(path)
    assert again.lr == shown.lr
    assert again.view == shown.view
    again.press("Reset")
    assert (again.lr, again.view) == (1.2, WHOLE)


def test_bad_input_in_a_link_is_answered_in_words(visit_figure):
    shown = visit_figure(f"{PAGE}?figure=figure-6&view=1,2&lr=1.5")
    message = shown.element.locator(".gd-message")
    view = "The view must be two rates and two estimates, each pair in order."
    assert message.inner_text() == view
    assert (shown.lr, shown.view) == (1.2, WHOLE)
    for name, value, words in [
        ("lr", "2.3", "must lie from 0.9 to 2.1"),
        ("lr", "1e400", "too large"),
        ("view", "1.5,1.4,-1,1", view),
        ("view", "1.2,1.20000000000001,0,1", view),
        ("view", "1.2,1.3,0,1,2", view),
        ("view", "a,b,c,__proto__", view),
        ("view", "9" * 10_000, view),
    ]:
        shown.element.evaluate(
            "(one, [name, text]) => one.type(name, text)", [name, value]
        )
        assert words in message.inner_text()
        assert (shown.lr, shown.view) == (1.2, WHOLE)
    assert shown.page.faults == []


def test_bad_input_is_answered_in_words(shown):
    message = shown.element.locator(".gd-message")
    for typed, words in (
        ("", "is empty"),
        ("one", "is not a number"),
        ("0.5", "must lie from 0.9 to 2.1"),
        ("−1", "must lie from 0.9 to 2.1"),
        ("nan", "is not a number"),
    ):
        shown.type(typed)
        shown.finish()
        assert words in message.inner_text()
        assert shown.box.get_attribute("aria-invalid") == "true"
        assert shown.lr == 1.2
    shown.type("1,3")
    assert not message.is_visible()
    assert shown.lr == 1.3


def colour_of(pixels):
    """The colour of the strongest pixels: others are rounded where they are faint."""
    (colour,) = np.unique(pixels[pixels[:, :, 3] == 255][:, :3], axis=0)
    return list(colour)


def test_the_palette_repaints_the_picture(visit_figure):
    shown = visit_figure(color_scheme="light")
    shown.finish()
    light = shown.pixels()
    shown.page.emulate_media(color_scheme="dark")
    shown.page.wait_for_selector("body[data-md-color-scheme=slate]")
    shown.frames()
    dark = shown.pixels()
    assert (dark[:, :, 3] == light[:, :, 3]).all()
    assert colour_of(dark) != colour_of(light)
    colour = shown.canvas.evaluate("one => getComputedStyle(one).color")
    assert colour_of(dark) == numbers(colour)


def test_forced_colours_are_taken(visit_figure):
    shown = visit_figure(forced_colors="active", color_scheme="dark")
    shown.finish()
    text = shown.words.evaluate("one => getComputedStyle(one).color")
    assert colour_of(shown.pixels()) == numbers(text)


def test_when_it_leaves_its_work_and_listeners_end(visit_figure):
    shown = visit_figure()
    shown.element.evaluate(
        """async one => {
          const lr = 1.3022834627
          one.set({ lr, view: [lr - 1e-6, lr + 1e-6, 0.76, 0.77] })
          const frame = () => new Promise(requestAnimationFrame)
          await frame()
          await frame()
          one.remove()
          window.gone = one
        }"""
    )
    assert shown.page.evaluate("gone.pieces.rates[0]") > 1.302
    total = "gone.pieces.x.reduce((sum, x) => sum + x, 0)"
    before = shown.page.evaluate(total)
    pixel = "gone.canvas.getContext('2d').getImageData(0, 0, 400, 200).data.join()"
    painted = shown.page.evaluate(pixel)
    shown.page.emulate_media(color_scheme="dark", forced_colors="active")
    shown.page.set_viewport_size(NARROW)
    shown.frames()
    assert shown.page.evaluate(total) == before
    assert shown.page.evaluate(pixel) == painted
    assert shown.page.evaluate("gone.leaving.signal.aborted") is True
    # And it starts again where it is put back.
    shown.page.evaluate("document.querySelector('article').prepend(gone)")
    again = Figure(shown.page)
    assert again.lr == 1.2
    assert again.page.faults == []


@pytest.mark.parametrize("width", [1280, 800, 600, 390, 320])
def test_it_takes_the_room_that_was_kept_for_it(visit, width):
    page = visit(PAGE, viewport={"width": width, "height": 800}, color_scheme="dark")
    stage = page.locator("gd-bifurcation .gd-stage")
    kept = stage.evaluate("one => one.offsetHeight")
    shown = Figure(page)
    assert shown.element.locator("img:visible").count() == 0
    for lr in ("1.2", "1.29", "1.5", "1.53", "2.05"):
        shown.type(lr)
        assert stage.evaluate("one => one.offsetHeight") == kept
    assert stage.evaluate("one => one.scrollWidth <= one.clientWidth")
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width


def test_paper_gets_the_still_figure(visit_figure):
    shown = visit_figure()
    shown.page.emulate_media(media="print")
    shown.frames()
    assert shown.element.locator("img:visible").count() == 1
    assert not shown.canvas.is_visible()
    assert shown.element.evaluate("one => one.diagram.width") > 300
    shown.page.emulate_media(media="screen")
    shown.frames()
    assert shown.canvas.is_visible()


def test_axe_finds_nothing_in_it(visit_figure):
    shown = visit_figure(reduced_motion="reduce")
    for scheme, viewport in (("light", WIDE), ("dark", NARROW)):
        shown.page.emulate_media(color_scheme=scheme)
        shown.page.set_viewport_size(viewport)
        shown.go_to(THREE if viewport is NARROW else "2")
        found = Axe().run(shown.page, context={"include": [["gd-bifurcation"]]})
        assert found.response["violations"] == []
