"""What the page "Beyond 2/L" says, found by other ways than the page finds it."""

import contextlib
import io
import math
import re
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path

import matplotlib.pyplot as plt
import mpmath
import numpy as np
import pytest
import sympy
from mpmath import mpf
from scipy.integrate import quad
from scipy.optimize import brentq

from gd_tutorial import double_well, gradient_descent
from snippets import find_snippets, read_page

NAME = "docs/further/beyond.md"
TEXT = read_page(Path(__file__).resolve().parent.parent / NAME)
NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?:\.\d+)?")

X, LR = sympy.symbols("x lr", positive=True)
STEP = (1 + LR) * X - LR * X**3
FOUR = sympy.sqrt(5) - 1
MERGE = 3 * sympy.sqrt(3) / 2 - 1
TOP = sympy.sqrt((1 + LR) / (3 * LR))
EDGE = sympy.sqrt((2 + LR) / LR)

SLOPES = {  # f' and f'' of the functions that end on a two-cycle
    "ln cosh": (np.tanh, lambda x: 1 / np.cosh(x) ** 2),
    "root": (lambda x: x / np.sqrt(1 + x * x), lambda x: (1 + x * x) ** -1.5),
}


@pytest.fixture(autouse=True)
def many_digits():
    with mpmath.workdps(60):
        yield


@pytest.fixture(scope="module")
def numbers():
    """The numbers in each line that a snippet prints: of the one with a given text."""
    snippets = find_snippets(TEXT, NAME)

    @cache
    def rows_of(text):
        (found,) = [one for one in snippets if text in one.code]
        printed = io.StringIO()
        with plt.rc_context(), pytest.MonkeyPatch.context() as patch:
            patch.setattr(plt, "show", lambda: None)  # run it, draw nothing
            with contextlib.redirect_stdout(printed):
                exec(compile(found.code, found.place, "exec"), {})
            plt.close("all")
        lines = printed.getvalue().splitlines()
        return [[float(n) for n in NUMBER.findall(line)] for line in lines]

    return rows_of


def step(x, lr):
    return (1 + lr) * x - lr * x * x * x


def run(x, lr, epochs):
    for _ in range(epochs):
        x = step(x, lr)
    return x


def slope_of_map(x, lr):
    return 1 + lr - 3 * lr * x * x


# --------------------------------------------------------------- chords and two-cycles


@pytest.mark.parametrize("lr", [2.05, 2.3])
def test_on_a_cycle_that_is_not_symmetric_the_mean_curvature_is_2_over_lr(lr):
    x, y = gradient_descent(lambda x: np.exp(x) - 1, 0.01, lr, 3000)[-2:]
    assert abs(x + y) > 0.01
    mean = quad(np.exp, y, x)[0] / (x - y)
    assert mean == pytest.approx(2 / lr, rel=1e-9)


@pytest.mark.parametrize("name", SLOPES)
@pytest.mark.parametrize("lr", [2.01, 2.5, 3.0, 6.0])
def test_every_start_ends_on_the_symmetric_cycle(name, lr):
    df, d2f = SLOPES[name]
    a = brentq(lambda x: df(x) - 2 * x / lr, 1e-3, lr)
    assert abs(1 - lr * d2f(a)) < 1
    x = np.linspace(-3 * lr, 3 * lr, 498)  # 0 is not among the starts
    for _ in range(2000):
        last, x = x, x - lr * df(x)
    assert np.abs(x) == pytest.approx(a, abs=1e-6)
    assert (x * last < 0).all()


def test_at_a_rate_of_40_a_run_on_ln_cosh_hardly_moves_to_its_cycle():
    a = mpmath.findroot(lambda x: 40 * mpmath.tanh(x) - 2 * x, 20)
    assert abs(a - 20) < 1e-6
    with mpmath.workdps(30):
        x = mpf(25)
        for _ in range(1000):
            x = x - 40 * mpmath.tanh(x)
    assert abs(x - 25) < 1e-6
    path = gradient_descent(np.tanh, 25.0, 40.0, 1000)
    assert path[-2:] == pytest.approx([-15, 25], abs=1e-6)


@pytest.mark.parametrize("name", SLOPES)
@pytest.mark.parametrize("lr", [2.2, 3.0, 5.0, 20.0])
def test_the_map_of_sizes_exchanges_no_two_points(name, lr):
    df, _ = SLOPES[name]

    def twice(x):
        once = abs(x - lr * df(x))
        return abs(once - lr * df(once))

    x = np.linspace(1e-3, lr, 20_001)
    change = np.flatnonzero(np.diff(np.sign(twice(x) - x)))
    a = brentq(lambda x: df(x) - 2 * x / lr, 1e-3, lr)
    assert x[change] == pytest.approx([a], abs=2 * lr / 20_000)


def test_the_cycle_of_the_root_has_its_formula_and_its_factor():
    f = sympy.sqrt(1 + X * X)
    a = sympy.sqrt(LR**2 / 4 - 1)
    at = {LR: sympy.Rational(7, 2)}
    there = a.subs(at)
    assert sympy.simplify(there - LR.subs(at) * f.diff(X).subs(X, there) + there) == 0
    factor = 1 - LR.subs(at) * f.diff(X, 2).subs(X, there)
    assert sympy.simplify(factor - (1 - 8 / LR.subs(at) ** 2)) == 0


# ------------------------------------------------------- what is born at the limit


def sign_number(f, x, low):
    d2, d3, d4 = (sympy.diff(f, x, n).subs(x, low) for n in (2, 3, 4))
    return 3 * d3**2 - d2 * d4, d2


CASES = {  # f, its minimum
    "ln cosh": (sympy.log(sympy.cosh(X)), 0),
    "root": (sympy.sqrt(1 + X * X), 0),
    "exp": (sympy.exp(X) - X, 0),
    "double well": (X**4 / 4 - X**2 / 2, 1),
    "quartic": (X**2 / 2 + X**4 / 4, 0),
    "cosh": (sympy.cosh(X), 0),
    "cos": (1 - sympy.cos(X), 0),
    "log": (X - sympy.log(1 + X), 0),
    "sextic": (X**2 / 2 + X**4 / 4 - 2 * X**6 / 3, 0),
    "lopsided": (X**2 / 2 + X**3 / 6 + X**4 / 4, 0),  # 3 - 6 < 0, with f''' not 0
}


@pytest.mark.parametrize("name", CASES)
def test_the_sign_decides_side_and_stability_and_the_root_law_holds(name):
    # Solve for the cycle itself, in 60 digits, on the side that the sign foretells.
    f, low = CASES[name]
    number, d2 = sign_number(f, X, low)
    big_d = mpf(int(number)) / int(3 * d2**2)
    df = sympy.lambdify(X, f.diff(X), "mpmath")
    d2f = sympy.lambdify(X, f.diff(X, 2), "mpmath")
    for size in ("1e-4", "1e-6"):
        m = mpf(size) * mpmath.sign(big_d)
        lr, guess = (2 + m) / int(d2), mpmath.sqrt(m / big_d)

        def closes(x, y, lr=lr):
            return x - lr * df(x) - y, y - lr * df(y) - x

        x, y = mpmath.findroot(closes, (low + guess, low - guess))
        half = (x - y) / 2
        assert abs(half / guess - 1) < 30 * abs(m) ** mpf("0.5")
        factor = (1 - lr * d2f(x)) * (1 - lr * d2f(y))
        assert (factor < 1) == (number > 0)
        assert abs((factor - 1) / (-4 * m) - 1) < 100 * abs(m) ** mpf("0.5")


def test_the_numbers_of_the_page_and_of_its_exercise(numbers):
    rows = [row[-1] for row in numbers("sp.symbols") if row]
    names = ["ln cosh", "root", "exp", "double well", "quartic"]
    expected = [int(sign_number(CASES[n][0], X, CASES[n][1])[0]) for n in names]
    assert rows[-6:] == [*expected, 0]
    exercise = [int(sign_number(CASES[n][0], X, 0)[0]) for n in ("cosh", "cos", "log")]
    assert exercise == [-1, 1, 6]


def test_two_steps_at_the_limit_have_the_normal_form():
    a, b, c, z = sympy.symbols("a b c z")
    once = z - 2 / a * (a * z + b * z**2 / 2 + c * z**3 / 6)
    first, second, third = (once.diff(z, n).subs(z, 0) for n in (1, 2, 3))
    # The derivatives of a map applied twice, at a fixed point, by the chain rule.
    assert sympy.simplify(first * first) == 1
    assert sympy.simplify(second * (first + first * first)) == 0
    cubic = third * (first + first**3) + 3 * first * second**2
    claim = -2 * (3 * b**2 - a * c) / (3 * a**2)
    assert sympy.simplify(cubic / 6 - claim) == 0


def test_the_cycles_of_the_sextic():
    f, _ = CASES["sextic"]
    u = sympy.symbols("u")
    condition = 1 + u - 4 * u**2 - 2 / LR
    assert sympy.simplify(f.diff(X) - X * (condition + 2 / LR).subs(u, X**2)) == 0
    assert sympy.solve(sympy.discriminant(condition, u), LR) == [sympy.Rational(32, 17)]
    for lr in np.linspace(1.89, 2.08, 20):
        roots = np.roots([-4, 1, 1 - 2 / lr])
        outer = 1 - lr * (1 + 3 * roots.max() - 20 * roots.max() ** 2)
        assert abs(outer) < 1  # attracts
        if lr < 2:
            inner = 1 - lr * (1 + 3 * roots.min() - 20 * roots.min() ** 2)
            assert 0 < roots.min() < roots.max()
            assert abs(inner) > 1  # repels


# ------------------------------------------------------------------- the double well


def test_the_map_is_a_step_on_the_double_well():
    f = X**4 / 4 - X**2 / 2
    assert sympy.expand(X - LR * f.diff(X) - STEP) == 0


@pytest.mark.parametrize("lr", ["1.01", "1.1", "1.3", "1.9"])
def test_the_two_cycle_and_its_factor_are_roots_of_two_steps(lr):
    lr = sympy.Rational(lr)
    z = sympy.symbols("z")
    once = (1 + lr) * z - lr * z**3
    twice = (1 + lr) * once - lr * once**3
    rest = sympy.div(sympy.expand(twice - z), sympy.expand(once - z), z)[0]
    roots = sorted(float(r) for r in sympy.Poly(rest, z).nroots(n=30) if r.is_real)
    edge = math.sqrt((2 + lr) / lr)
    assert roots[0] == pytest.approx(-edge)
    assert roots[-1] == pytest.approx(edge)
    x, y = roots[-3:-1]
    assert x * y == pytest.approx(1 / float(lr))
    assert x * x + y * y == pytest.approx(1 + 1 / float(lr))
    product = slope_of_map(x, float(lr)) * slope_of_map(y, float(lr))
    assert product == pytest.approx(9 - 2 * (1 + float(lr)) ** 2)


def test_there_is_no_two_cycle_within_a_well_below_1():
    for lr in np.linspace(0.05, 0.999, 60):
        x = np.linspace(1e-3, math.sqrt((1 + lr) / lr) - 1e-3, 4001)
        gap = np.sign(run(x, lr, 2) - x)
        zeros = x[:-1][np.diff(gap) != 0]
        assert np.abs(zeros - 1).max() < 2e-3


def test_the_four_thresholds_are_exact():
    factor = 9 - 2 * (1 + LR) ** 2
    assert factor.subs(LR, 1) == 1
    assert sympy.expand(factor.subs(LR, FOUR)) == -1
    second = STEP.subs(X, STEP.subs(X, TOP))
    assert sympy.simplify(second.subs(LR, MERGE)) == 0
    assert float(second.subs(LR, MERGE - 0.001)) > 0 > second.subs(LR, MERGE + 0.001)
    assert sympy.simplify((STEP.subs(X, TOP) - EDGE).subs(LR, 2)) == 0
    over = (STEP.subs(X, TOP) - EDGE).subs(LR, 2.001)
    assert (STEP.subs(X, TOP) - EDGE).subs(LR, 1.999) < 0 < over
    assert sympy.simplify(STEP.diff(X).subs(X, TOP)) == 0


def test_the_schwarzian_is_negative_so_that_doublings_attract_and_tops_are_enough():
    # Devaney's expression, times 2 (T')²: 2 T' T''' - 3 T''².
    first, second, third = (STEP.diff(X, n) for n in (1, 2, 3))
    rest = sympy.Poly(sympy.expand(-(2 * first * third - 3 * second**2)), X, LR)
    assert all(coefficient > 0 for coefficient in rest.coeffs())


@pytest.mark.parametrize(("lr", "count"), [(1.2, 2), (1.25, 4), (1.29, 8)])
def test_the_number_of_points_follows_the_doublings(lr, count):
    path = gradient_descent(double_well.df, [0.3, 0.8, 1.1], lr, 20_000)
    for last in path[-64:].T:
        assert len(set(np.round(last, 8))) == count


def test_below_the_merging_no_run_changes_sides_and_above_almost_all_do(numbers):
    rng = np.random.default_rng(1)
    for lr in (0.7, 1.3, 1.59):
        starts = rng.uniform(0, math.sqrt((1 + lr) / lr), 500)
        assert (gradient_descent(double_well.df, starts, lr, 500) > 0).all()
    starts = rng.uniform(0, 1.2, 500)
    assert (gradient_descent(double_well.df, starts, 1.61, 500).min(axis=0) < 0).all()
    rows = numbers("plot_cobweb(")
    assert [row[1] for row in rows[:4]] == [1, 2, 2, 4]
    assert [row[1] for row in rows if len(row) == 3] == [0, 599, 0, 599]


@pytest.mark.parametrize("lr", [0.2, 1.0, 1.7, 1.999])
def test_up_to_2_no_run_leaves_and_every_run_from_outside_diverges(lr):
    edge = math.sqrt((2 + lr) / lr)
    starts = np.linspace(-0.999 * edge, 0.999 * edge, 1001)
    assert np.abs(gradient_descent(double_well.df, starts, lr, 1000)).max() < edge
    outside = edge * np.array([1.000001, 1.01, 2.0])
    ends = gradient_descent(double_well.df, np.append(outside, -outside), lr, 100)[-1]
    assert not np.isfinite(ends).any()


# ---------------------------------------------------------------- exponent and windows


def test_the_exponent_on_known_cycles_is_that_of_their_slopes():
    for lr in (0.95, 1.1, 1.2):
        x = run(0.8, lr, 5000)
        mean = np.mean(
            [math.log(abs(slope_of_map(run(x, lr, k), lr))) for k in range(400)]
        )
        known = (
            math.log(abs(1 - 2 * lr))
            if lr < 1
            else math.log(abs(9 - 2 * (1 + lr) ** 2)) / 2
        )
        assert mean == pytest.approx(known, abs=1e-9)


def superstable(lr, n, aim=1):
    """The rate near lr at which the run from c is at aim times c after n epochs."""

    def gap(lr):
        c = mpmath.sqrt((1 + lr) / (3 * lr))
        return run(c, lr, n) - aim * c

    return mpmath.findroot(gap, mpf(lr))


def test_the_windows_hold_the_cycles_through_the_top(numbers):
    rows = [row for row in numbers("np.split(order") if len(row) == 4]
    assert len(rows) == 5
    for first, last, period, sides in rows:
        inside = []
        for lr in np.linspace(first, last, 9):
            for n, aim in ((period, 1), (period / 2, -1)):
                if n == int(n):
                    try:
                        found = superstable(lr, int(n), aim)
                    except (ValueError, ZeroDivisionError):
                        continue
                    if first < found < last:
                        inside.append(found)
        assert inside, (first, last)
        lr = inside[0]
        c = mpmath.sqrt((1 + lr) / (3 * lr))
        points = [run(c, lr, k) for k in range(int(period))]
        assert abs(step(points[-1], lr) - c) < mpf(10) ** -40
        proper = [n for n in range(1, int(period)) if period % n == 0]
        assert all(abs(points[n] - c) > 0.01 for n in proper)
        assert sides == 1 + (min(points) < 0)


def birth(lr, n, aim):
    """The rate near lr at which a cycle with N^n(x) = aim x is born, by a fold."""

    def fold(x, lr):
        y, slope = x, mpf(1)
        for _ in range(n):
            slope, y = slope * slope_of_map(y, lr), step(y, lr)
        return y - aim * x, slope - aim

    return mpmath.findroot(fold, (math.sqrt((1 + lr) / (3 * lr)), lr))[1]


def test_the_windows_begin_within_one_step_of_the_rates_after_their_folds(numbers):
    rows = [row for row in numbers("np.split(order") if len(row) == 4]
    for first, _, period, sides in rows:
        n, aim = (int(period), 1) if sides == 1 else (int(period) // 2, -1)
        assert 0 < first - birth(first, n, aim) < 0.00025


def test_no_other_window_is_wider_than_the_list_says(numbers):
    rates = np.arange(1.31, 2, 0.00005)
    x, total = np.sqrt((1 + rates) / (3 * rates)), 0.0
    with np.errstate(divide="ignore"):
        for k in range(2500):
            x = step(x, rates)
            if k >= 2000:
                total += np.log(np.abs(slope_of_map(x, rates)))
    order = np.flatnonzero(total < -5)
    pieces = np.split(order, np.flatnonzero(np.diff(order) > 20) + 1)
    wide = [rates[p[0]] for p in pieces if rates[p[-1]] - rates[p[0]] > 0.0024]
    rows = [row for row in numbers("np.split(order") if len(row) == 4]
    assert wide == pytest.approx([row[0] for row in rows], abs=0.0004)


def test_the_formula_of_the_window_at_183():
    lr = sympy.sqrt(9 * (3 + sympy.sqrt(17)) / 8) - 1
    second = (STEP.subs(X, STEP.subs(X, TOP)) + TOP).subs(LR, lr)
    assert abs(sympy.N(second, 50)) < 1e-45
    assert abs(superstable(1.83, 2, -1) - mpf(sympy.N(lr, 60))) < mpf(10) ** -45


def test_chaos_stands_on_both_sides_of_the_widest_window():
    for lr, chaotic in ((1.449, True), (1.455, False), (1.478, True)):
        x, total = run(0.4, lr, 1000), 0.0
        for _ in range(5000):
            total += math.log(abs(slope_of_map(x, lr)))
            x = step(x, lr)
        assert (total > 0) == chaotic


def test_the_splittings_of_the_exercise(numbers):
    rows = numbers("def back(lr, n)")[1:]
    ratios = [row[-1] for row in rows[1:]]
    for n, lr in (row[:2] for row in rows):
        assert float(superstable(lr, int(n))) == pytest.approx(lr, abs=6e-7)
    assert float(superstable(1.12, 2)) == pytest.approx(3 / math.sqrt(2) - 1)
    assert abs(np.array(ratios) - 4.669201609).argmin() == len(ratios) - 1
    assert ratios[-1] == pytest.approx(4.669201609, abs=0.005)
    lr = [row[1] for row in rows]
    limit = lr[-1] + (lr[-1] - lr[-2]) / 3.669201609
    assert round(limit, 3) == 1.302


# ------------------------------------------------------------------------- at rate 2


def test_at_2_a_step_triples_the_angle():
    t = sympy.symbols("t")
    x = sympy.sqrt(2) * sympy.sin(t)
    claim = sympy.sqrt(2) * sympy.expand_trig(sympy.sin(3 * t))
    assert sympy.simplify(3 * x - 2 * x**3 - claim) == 0


def test_the_formula_equals_a_run_in_fractions():
    x, theta = Fraction(3, 10), mpmath.asin(mpf(3) / 10 / mpmath.sqrt(2))
    for k in range(7):
        exact = mpmath.sqrt(2) * mpmath.sin(3**k * theta)
        assert abs(mpf(x.numerator) / x.denominator - exact) < mpf(10) ** -50
        x = 3 * x - 2 * x * x * x


@pytest.mark.parametrize("bits", [53, 80, 160])
def test_a_run_parts_where_its_bits_are_used_up(bits):
    parted = []
    with mpmath.workdps(150):
        for i in range(1, 20):
            x0 = mpf(i) / 17
            theta = mpmath.asin(x0 / mpmath.sqrt(2))
            k, x, exact = 0, x0, x0
            while abs(x - exact) < 0.1:
                with mpmath.workprec(bits):
                    x = x - 2 * (x * x * x - x)
                k += 1
                exact = mpmath.sqrt(2) * mpmath.sin(3**k * theta)
            parted.append(k)
    assert abs(np.median(parted) - bits / math.log2(3)) < 3


def test_the_exponent_at_2_is_ln_3_but_ln_9_on_the_edge():
    for x0 in ("0.3", "0.77", "1.3"):
        theta = mpmath.asin(mpf(x0) / mpmath.sqrt(2))
        n = 60
        total = sum(
            mpmath.log(abs(3 - 12 * mpmath.sin(3**k * theta) ** 2)) for k in range(n)
        )
        rest = mpmath.log(abs(mpmath.cos(3**n * theta) / mpmath.cos(theta)))
        assert abs(total - n * mpmath.log(3) - rest) < mpf(10) ** -20
    assert sympy.expand((STEP.diff(X)).subs({LR: 2, X: sympy.sqrt(2)})) == -9
    for x in (0, 1):  # these two are no exceptions
        assert abs(STEP.diff(X).subs({LR: 2, X: x})) == 3


# -------------------------------------------------------------------------- beyond 2


def test_the_identity_of_the_stretch_and_its_bound():
    z, lr = sympy.symbols("z lr", real=True)
    once = (1 + lr) * z - lr * z**3
    e2 = (2 + lr) / lr
    below = 1 - lr**2 * z**2 + lr**2 * z**4
    left = once.diff(z) ** 2 * (e2 - z**2) / (e2 - once**2)
    right = 9 + (lr - 2) * (lr + 4 + 3 * lr * z**2) / below
    assert sympy.simplify(left - right) == 0
    assert sympy.factor(e2 - once**2 - (e2 - z**2) * below) == 0
    assert sympy.simplify(below.subs(z, sympy.sqrt(e2)) - (5 + 2 * lr)) == 0


def pieces_that_stay(lr, epochs):
    """The intervals of starts that are inside after so many epochs, by pulling back.

    A step maps 2 c sin(t) to N(c) sin(3 t), so each end has three preimages.
    """
    edge = math.sqrt((2 + lr) / lr)
    c = math.sqrt((1 + lr) / (3 * lr))
    ends = np.array([[-edge, edge]])
    for _ in range(epochs):
        t = np.arcsin(ends / step(c, lr)) / 3
        turns = 2 * np.pi / 3 * np.arange(-1, 2)[:, np.newaxis, np.newaxis]
        ends = np.sort(2 * c * np.sin(t + turns).reshape(-1, 2), axis=1)
    return edge, ends


@pytest.mark.parametrize("lr", [2.1, 2.5])
def test_the_share_that_stays_is_the_length_of_its_pieces(lr, numbers):
    shares, weights = [], []
    for epochs in range(9):
        edge, intervals = pieces_that_stay(lr, epochs)
        assert len(intervals) == 3**epochs
        ends = np.clip(intervals / edge, -1, 1)
        shares.append(np.diff(ends).sum() / 2)
        weights.append(np.diff(np.arcsin(ends)).sum() / math.pi)
    bound = 3 / math.sqrt(9 + (lr - 2) * (lr + 4) / (5 + 2 * lr))
    assert all(b <= bound * a for a, b in pairwise(weights))
    assert all(s <= math.pi / 2 * bound**k for k, s in enumerate(shares))
    x = np.linspace(-edge, edge, 40_003)[1:-1]
    for share in shares:
        assert len(x) / 40_001 == pytest.approx(share, rel=0.03)
        x = x - lr * double_well.df(x)
        x = x[np.abs(x) <= edge]
    (row,) = [row for row in numbers("40003") if row and row[0] == lr]
    assert row[4] == pytest.approx(bound, abs=6e-5)
    assert row[3] == pytest.approx(shares[8] / shares[7], abs=0.01)


def test_beyond_2_infinitely_many_cycles_stay():
    # Each of the three pieces holds a fixed point, each of the nine a point of T².
    for epochs in (1, 2, 3):
        edge, intervals = pieces_that_stay(2.5, epochs)
        for low, high in intervals:
            ends = [run(np.clip(x, -edge, edge), 2.5, epochs) - x for x in (low, high)]
            assert ends[0] * ends[1] <= 1e-9


def test_the_map_of_fates_at_25(numbers):
    inside = []
    for epochs in range(5):
        edge, intervals = pieces_that_stay(2.5, epochs)
        inside.append(np.diff(intervals).sum() / (2 * edge))
    left = [now - later for now, later in pairwise(inside)]
    rows = [row for row in numbers("ListedColormap(steps)") if len(row) == 2]
    assert [row[0] for row in rows] == [0, 1, 2, 3, 4]
    assert [row[1] for row in rows] == pytest.approx([*left, inside[4]], abs=0.02)


def test_a_float_beside_the_edge_leaves_it_by_powers_of_9():
    with mpmath.workdps(100):
        root = mpmath.sqrt(2)
        for side in (-1, 1):
            x, k = root + side * mpf(10) ** -16, 0
            while abs(abs(x) - root) < 0.1:
                x, k = step(x, 2), k + 1
            assert abs(k - math.log(1e15) / math.log(9)) < 2
    assert Fraction(math.sqrt(2)) ** 2 > 2  # the float of √2 lies outside
