"""What the page "Rates that adapt" says, found by other ways than the page finds it."""

import math
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import mpmath
import numpy as np
import pytest
import sympy
from mpmath import mp
from scipy.optimize import minimize_scalar, root_scalar

from gd_tutorial import (
    absolute,
    double_well,
    log_cosh,
    parabola,
    plateau,
    power_kink,
    quartic,
)
from gd_tutorial.theory import epochs_for_tolerance
from runner import Runner
from snippets import find_snippets, read_page

PAGE = Path(__file__).parents[1] / "docs/further/adaptive.md"

SQRT2 = sympy.sqrt(2)
S = 1 + SQRT2


@pytest.fixture(autouse=True)
def many_digits():
    before = mp.dps
    mp.dps = 50
    yield
    mp.dps = before


# --------------------------------------------------------------------- falling rates


def test_a_rate_that_falls_like_1_over_k_leaves_the_central_binomial():
    error = Fraction(1)
    for k in range(1, 301):
        error *= 1 - 2 * Fraction(1, 4) / k
        assert error == Fraction(math.comb(2 * k, k), 4**k)
    limit = float(error) * math.sqrt(math.pi * 300)
    assert abs(limit - 1) < 1 / 300


def test_on_the_kink_the_error_is_at_most_the_rate_after_ten_epochs():
    x = Fraction(73, 100)
    for k in range(1, 201):
        rate = Fraction(1, 4 * k)
        x = abs(x) - rate
        if k > 10:
            assert abs(x) <= rate


def test_rates_with_a_finite_sum_stop_short_at_the_infinite_product():
    product = mpmath.nprod(
        lambda k: 1 - mpmath.mpf(9) ** k / mpmath.mpf(10) ** k / 5, [0, mpmath.inf]
    )
    x, lr = -2.0, 0.1
    for epoch in range(1000):
        x, lr = x - lr * parabola.df(x), 0.9 * lr
    assert x == pytest.approx(float(0.5 - 2.5 * product), abs=1e-12)
    assert product < mpmath.exp(-2)


# --------------------------------------------------------------- the worst convex f


def huber_slope(x, t, curvature=1):
    return curvature * max(-t, min(x, t))


def huber(x, t, curvature=1):
    x = abs(x)
    return curvature * (x * x / 2 if x <= t else t * x - t * t / 2)


@pytest.mark.parametrize("n", [1, 2, 7, 10, 15, 40])
@pytest.mark.parametrize("curvature", [Fraction(1), Fraction(7, 3)])
@pytest.mark.parametrize("distance", [Fraction(1), Fraction(5, 2)])
def test_the_huber_function_leaves_exactly_what_is_proved(n, curvature, distance):
    t, x = distance / (2 * n + 1), distance
    for epoch in range(n):
        x -= huber_slope(x, t, curvature) / curvature
    loss = huber(x, t, curvature)
    assert loss == curvature * distance * distance / (4 * n + 2)


def convex_losses(rates, functions=20_000, pieces=12, seed=3):
    """Losses from 1 on random convex functions with minimum 0 and f'' of at most 1.

    Each has a slope that is a broken line: random kinks, random curvatures between.
    The curve goes on to the left of 0, where long steps lead.
    """
    rng = np.random.default_rng(seed)
    inner = np.sort(rng.random((functions, pieces)) ** 3, axis=1)
    one = np.ones((functions, 1))
    right = np.hstack([0 * one, inner, 30 * one])
    kinks = np.hstack([-right[:, :0:-1], right])
    curvature = (
        np.round(rng.random((functions, 2 * pieces + 2)))
        * rng.random((functions, 1)) ** 0.2
    )
    widths = np.diff(kinks, axis=1)
    middle = pieces + 1
    slopes = np.cumsum(np.hstack([0 * one, curvature * widths]), axis=1)
    slopes -= slopes[:, middle : middle + 1]
    areas = np.cumsum(
        np.hstack([0 * one, (slopes[:, 1:] + slopes[:, :-1]) / 2 * widths]), axis=1
    )
    areas -= areas[:, middle : middle + 1]
    row = np.arange(functions)

    def place(x):
        i = np.clip((kinks <= x[:, None]).sum(axis=1) - 1, 0, widths.shape[1] - 1)
        return i, x - kinks[row, i]

    x = np.ones(functions)
    for rate in rates:
        i, far = place(x)
        x = x - rate * (slopes[row, i] + curvature[row, i] * far)
    i, far = place(x)
    return areas[row, i] + far * (slopes[row, i] + curvature[row, i] * far / 2)


def silver(n):
    return [float(1 + S ** (v_of(k) - 1)) for k in range(1, n + 1)]


def v_of(k):
    return next(v for v in range(64) if k % 2 ** (v + 1))


def test_no_random_convex_function_is_worse_than_the_huber_function():
    losses = convex_losses([1.0] * 10)
    assert losses.min() >= -1e-12
    assert losses.max() <= 1 / 42 + 1e-12
    assert losses.max() > 0.8 / 42  # the search comes near it


def test_between_the_minimum_and_the_start_only_the_huber_function_is_as_bad():
    # Two slopes that leave the Huber function of threshold t a little: below the
    # border of the parabola, and on the line.
    def loss(bends):
        xs, slopes = zip(*bends, strict=True)
        x = 1.0
        for epoch in range(10):
            x -= np.interp(x, xs, slopes)
        inside = [(a, s) for a, s in bends if a < x] + [(x, np.interp(x, xs, slopes))]
        return sum((b - a) * (s + r) / 2 for (a, s), (b, r) in pairwise(inside))

    t = 1 / 21
    assert loss([(0, 0), (t, t), (1, t)]) == pytest.approx(1 / 42, rel=1e-12)
    for h in (1e-3, 1e-2):
        assert loss([(0, 0), (t - h, t - h), (t + h, t), (1, t)]) < (1 - 1e-6) / 42
        assert loss([(0, 0), (t, t), (0.8, t), (1, t + h)]) < (1 - 1e-6) / 42


def test_the_bound_for_ten_steps_follows_from_the_area_under_the_slope():
    g, x, curvature, distance = sympy.symbols("g x L R", positive=True)
    area = g * x - g * g / (2 * curvature)  # under min(g, Lx), from 0 to x
    under = sympy.integrate(curvature * sympy.Symbol("u"), ("u", 0, g / curvature))
    assert sympy.simplify(under + g * (x - g / curvature) - area) == 0
    loss = area.subs(x, distance - 10 * g / curvature)
    (best,) = sympy.solve(sympy.diff(loss, g), g)
    assert sympy.simplify(best - curvature * distance / 21) == 0
    assert sympy.simplify(loss.subs(g, best) - curvature * distance**2 / 42) == 0


# ----------------------------------------------------------------------- silver steps


@pytest.mark.parametrize("k", [1, 2, 3, 4, 5])
def test_sum_and_product_of_the_silver_steps(k):
    rates = [1 + S ** (v_of(i) - 1) for i in range(1, 2**k)]
    assert sympy.simplify(sympy.expand(sum(rates) - (S**k - 1))) == 0
    product = sympy.prod([sympy.radsimp(1 - rate) for rate in rates])
    assert sympy.expand(sympy.expand(product) ** 2 * S ** (2 * k)) == 1


@pytest.mark.parametrize("k", [2, 3, 4, 5])
def test_the_worst_huber_function_of_silver_steps(k):
    rates = silver(2**k - 1)
    total = sum(rates)

    def loss(t):
        x = 1.0
        for rate in rates:
            x -= rate * huber_slope(x, t)
        return huber(x, t)

    grid = np.geomspace(1e-3, 1, 3000)
    start = grid[np.argmax([loss(t) for t in grid])]
    best = minimize_scalar(
        lambda t: -loss(t), bounds=(start * 0.99, start * 1.01), method="bounded"
    )
    assert best.x == pytest.approx(1 / (2 * total + 1), rel=1e-3)
    assert -best.fun == pytest.approx(1 / (4 * total + 2), rel=1e-9)


@pytest.mark.parametrize("k", [2, 3, 4])
def test_the_proved_bound_of_silver_steps_holds_on_random_convex_functions(k):
    n = 2**k - 1
    bound = float(1 / (1 + sympy.sqrt(4 * S ** (2 * k) - 3)))
    worst_huber = 1 / (4 * sum(silver(n)) + 2)
    assert worst_huber < bound
    assert convex_losses(silver(n)).max() <= bound


def test_in_a_long_run_silver_steps_promise_more_than_any_constant_rate():
    n = 2**10 - 1
    bound = 1 / (1 + sympy.sqrt(4 * S**20 - 3))
    t = Fraction(1, 4 * n + 1)  # the Huber function for the rate 2/L
    for rate in (Fraction(2), Fraction(3, 2), Fraction(1)):
        x = Fraction(1)
        for epoch in range(n):
            x -= rate * huber_slope(x, t)
        assert huber(x, t) >= Fraction(1, 8 * n + 2)
    assert bound < sympy.Rational(1, 8 * n + 2)


# ----------------------------------------------------------------------- backtracking


def test_on_a_parabola_exactly_the_rates_up_to_1_over_L_pass():
    x, lr, curvature = sympy.symbols("x lr L", positive=True)

    def f(x):
        return curvature * x * x / 2

    slope = sympy.diff(f(x), x)
    spare = f(x) - lr * slope**2 / 2 - f(x - lr * slope)
    assert (
        sympy.factor(spare / (curvature**2 * x**2 * lr / 2) - 1 + lr * curvature) == 0
    )


def test_what_backtracking_accepts_on_the_quartic():
    # With t = 4 lr x^2 a step leaves 1 - t of x, and passes up to a root of a cubic.
    t = sympy.Symbol("t")
    spare = sympy.expand(1 - 2 * t - (1 - t) ** 4)
    top = max(root for root in sympy.Poly(spare, t).nroots() if root.is_real)
    x, lr, value, scaled = 3.0, 0.1, quartic.f(3.0), []
    for epoch in range(40):
        slope, lr = quartic.df(x), 2 * lr
        while quartic.f(x - lr * slope) > value - lr * slope * slope / 2:
            lr /= 2
        scaled.append(lr * x * x)
        x -= lr * slope
        value = quartic.f(x)
    assert max(scaled) <= top / 4
    assert min(scaled) > top / 8
    assert x < 1e-5


# ------------------------------------------------------------------------------ Polyak


@pytest.mark.parametrize(
    ("function", "power"),
    [(absolute, 1), (power_kink, 1.5), (parabola, 2), (quartic, 4)],
)
def test_polyaks_step_leaves_1_minus_1_over_p_of_the_error(function, power):
    x = function.minima[0] + 1.2
    new = x - function.f(x) / function.df(x)
    left = (new - function.minima[0]) / 1.2
    assert left == pytest.approx(1 - 1 / power, abs=1e-14)


@pytest.mark.parametrize("function", [absolute, power_kink, parabola, quartic])
def test_polyaks_step_never_overshoots_on_a_convex_function(function):
    minimum = function.minima[0]
    for x in np.linspace(-2, 2, 401):
        slope = function.df(x)
        if slope:
            new = x - function.f(x) / slope
            assert min(x, minimum) - 1e-12 <= new <= max(x, minimum) + 1e-12


def test_a_guess_too_high_on_the_parabola_is_herons_method_for_the_square_root():
    half, delta, x = Fraction(1, 2), Fraction(1, 100), Fraction(-2)
    for epoch in range(9):
        heron = half + ((x - half) + delta / (x - half)) / 2
        x -= ((x - half) * (x - half) - delta) / (2 * (x - half))
        assert x == heron
    assert abs(float(x) - 0.4) < 1e-15


@pytest.mark.parametrize("function", [parabola, quartic, log_cosh])
@pytest.mark.parametrize("delta", [0.1, 0.01])
def test_with_a_guess_too_low_the_distance_shrinks_while_f_is_above_it(function, delta):
    minimum, x = function.minima[0], -2.0
    for epoch in range(60):
        gap = function.f(x)
        new = x - (gap + delta) / function.df(x)
        if gap > delta * (1 + 1e-9):
            assert abs(new - minimum) < abs(x - minimum)
        x = new


# --------------------------------------------------------------------- Barzilai-Borwein


def test_the_step_is_the_secant_step_for_any_slopes():
    a, b, ga, gb = sympy.symbols("a b g_a g_b")
    step = b - (b - a) / (gb - ga) * gb
    assert sympy.simplify(step - (a * gb - b * ga) / (gb - ga)) == 0


def test_scipys_secant_method_ends_where_the_page_does():
    found = root_scalar(double_well.df, x0=2.0, x1=1.4, method="secant", xtol=1e-14)
    a, b = 2.0, 1.4
    while double_well.df(b) != double_well.df(a):
        lr = (b - a) / (double_well.df(b) - double_well.df(a))
        a, b = b, b - lr * double_well.df(b)
    assert found.root == pytest.approx(b, abs=1e-14)
    assert b == pytest.approx(1, abs=1e-14)


def test_the_errors_multiply_with_the_constant_of_the_secant_method():
    x = sympy.Symbol("x")
    f = x**4 / 4 - x**2 / 2
    third, second = (sympy.diff(f, x, k).subs(x, 1) for k in (3, 2))
    mp.dps = 400
    a, b = mp.mpf(2), mp.mpf(2) - mp.mpf(6) / 10
    errors = [a - 1, b - 1]
    for epoch in range(12):
        ga, gb = (v * v * v - v for v in (a, b))
        a, b = b, (a * gb - b * ga) / (gb - ga)
        errors.append(b - 1)
    constant = errors[-1] / (errors[-2] * errors[-3])
    assert abs(constant - mp.mpf(int(third)) / (2 * int(second))) < 1e-20
    digits = [mpmath.log(abs(e)) for e in errors[2:]]
    growth = [b / a for a, b in pairwise(digits)]
    assert abs(growth[-1] - mp.phi) < 0.01


def test_each_start_ends_where_fifty_digits_end():
    starts = np.linspace(-2, 2, 2001)[::10]
    for start in [*starts, -0.498, -0.472, -0.5, 0.466]:
        ends = []
        for number in (float, mp.mpf):
            x = number(start)
            slope = x * x * x - x
            lr = number(0.1)
            for epoch in range(60):
                new = x - lr * slope
                new_slope = new * new * new - new
                if new_slope == slope:
                    break
                lr = (new - x) / (new_slope - slope)
                x, slope = new, new_slope
            ends.append(float(x))
        assert ends[0] == pytest.approx(ends[1], abs=1e-9)
        assert min(abs(ends[0] - point) for point in (-1, 0, 1)) < 1e-9


# ---------------------------------------------------------------------------- the race


def history(method, function, x, curvature):
    """Pairs of the evaluations spent and the error, written with NumPy's floats."""
    x, lr, epoch = np.float64(x), 0.1, 0
    f, df = function.f, function.df
    lowest = f(function.minima[0])
    before, spent = None, 0
    if method == "backtrack":
        value, spent = f(x), 1
    while spent < 127:
        epoch += 1
        slope, spent = df(x), spent + 1
        if method == "polyak":
            if slope == 0:
                return
            step, spent = (f(x) - lowest) / slope, spent + 1
        elif method == "backtrack":
            lr, passed = 4 * lr, False
            while not passed:
                lr, spent = lr / 2, spent + 1
                trial = f(x - lr * slope)
                passed = value - trial >= lr * slope * slope / 2
            step, value = lr * slope, trial
        elif method == "barzilai":
            if before is not None:
                if slope == before[1]:
                    return
                lr = (x - before[0]) / (slope - before[1])
            before = x, slope
            step = lr * slope
        else:
            if method == "falling":
                lr = 0.1 / np.sqrt(epoch)
            elif method == "fixed 1/L":
                lr = 1 / curvature
            elif method == "silver":
                lr = (1 + SILVER ** (v_of(epoch) - 1)) / curvature
            step = lr * slope
        x = x - step
        yield spent, min(abs(x - m) for m in function.minima)


SILVER = float(S)
METHODS = ("fixed", "falling", "backtrack", "barzilai", "fixed 1/L", "silver", "polyak")
TRACKS = [
    (parabola, -2.0, 2),
    (double_well, 0.3, 2),
    (quartic, 3.0, 108),
    (log_cosh, 2.0, 1),
    (plateau, 2.0, 2),
    (absolute, 0.73, None),
]


def run(method, function, x0, curvature):
    with np.errstate(all="ignore"):
        return [e for e in history(method, function, x0, curvature) if e[0] <= 127]


def calls(method, *track):
    """Evaluations until the error is at most 1e-6, as the table of the page says it."""
    if track[-1] is None and method in ("fixed 1/L", "silver"):
        return "no L"
    return next((str(n) for n, error in run(method, *track) if error <= 1e-6), "-")


@pytest.fixture(scope="module")
def tables():
    """The two tables that the race of the page prints: a dict of rows each."""
    text = read_page(PAGE)
    (snippet,) = [one for one in find_snippets(text, "a") if "def race" in one.code]
    with Runner(processes=1) as runner:
        lines = runner.run(snippet, text)["output"].splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("calls"))
    return [
        {
            line[:11].strip(): [line[i : i + 8].strip() for i in range(11, 59, 8)]
            for line in part
        }
        for part in (lines[1:start], lines[start + 1 :])
    ]


@pytest.mark.parametrize("method", METHODS)
def test_the_race_counts_what_another_program_counts(tables, method):
    assert tables[1][method] == [calls(method, *track) for track in TRACKS]


@pytest.mark.parametrize("method", METHODS)
def test_the_errors_at_31_are_those_of_another_program(tables, method):
    for cell, track in zip(tables[0][method], TRACKS, strict=True):
        if cell == "no L":
            continue
        path = run(method, *track)
        error = [error for n, error in path if n <= 31][-1]
        if cell == "done":
            assert any(error <= 1e-6 for n, error in path if n <= 31)
        elif cell == "lost":
            start = min(abs(track[1] - m) for m in track[0].minima)
            assert not error < start
        else:
            assert float(cell) == pytest.approx(error, rel=0.06)


def disturbed(function, seed):
    """The same with other last bits, as of another machine's exp and tanh."""
    rng = np.random.default_rng(seed)
    own = 0 if function in (parabola, quartic) else 1  # their f has its own scale

    def f(x):
        value = function.f(x)
        return value + 4e-16 * rng.uniform(-1, 1) * max(own, abs(value))

    def df(x):
        return function.df(x) * (1 + 4e-16 * rng.uniform(-1, 1))

    return replace(function, f=f, df=df)


@pytest.mark.parametrize("track", TRACKS[:-1], ids=lambda track: track[0].name)
def test_no_count_of_the_race_hangs_on_the_last_bits(track):
    function, x0, curvature = track
    for method in METHODS:
        count = calls(method, *track)
        for seed in range(5):
            assert calls(method, disturbed(function, seed), x0, curvature) == count


def test_only_backtracking_arrives_on_all_six_tracks():
    for method in METHODS:
        found = [calls(method, *track) for track in TRACKS]
        arrives = not {"-", "no L"} & set(found)
        assert arrives == (method == "backtrack")


def test_backtracking_goes_steadily_down():
    for track in TRACKS:
        errors = [error for n, error in run("backtrack", *track)]
        until = next(i for i, error in enumerate(errors) if error <= 1e-6)
        assert all(b <= a for a, b in pairwise(errors[: until + 1]))


def test_barzilai_borweins_rate_leaves_exactly_half_of_the_promise_on_a_parabola():
    curvature, a, b = Fraction(7, 3), Fraction(2), Fraction(-5, 7)

    def f(x):
        return curvature * x * x / 2

    lr = (b - a) / (curvature * b - curvature * a)
    slope = curvature * b
    assert f(b) - f(b - lr * slope) == lr * slope * slope / 2


def test_the_fixed_rate_of_the_race_needs_what_the_theory_says():
    needed = epochs_for_tolerance(1e-6, error0=-2.5, lr=0.1, curvature=2.0)
    spent = [n for n, error in history("fixed", *TRACKS[0]) if error <= 1e-6]
    assert spent[0] == needed


@pytest.mark.parametrize(("function", "x0", "curvature"), TRACKS[:-1])
def test_the_L_of_each_track_is_the_largest_curvature_on_the_way(
    function, x0, curvature
):
    nearest = min(function.minima, key=lambda m: abs(m - x0))
    way = np.linspace(min(x0, nearest), max(x0, nearest), 10_001)
    assert np.abs(function.d2f(way)).max() == pytest.approx(curvature, rel=1e-7)
