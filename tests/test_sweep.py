"""What the page lr × epochs says of mathematics, by other ways than the page's own."""

import math
import re
from contextlib import redirect_stdout
from fractions import Fraction
from functools import cache
from io import StringIO
from pathlib import Path

import matplotlib.pyplot as plt
import mpmath
import numpy as np
import pytest
import sympy
from scipy.integrate import solve_ivp
from scipy.optimize import brentq, minimize, minimize_scalar

from gd_tutorial import gradient_descent, log_cosh, parabola
from snippets import find_snippets, read_page

NAME = "docs/explore/sweep.md"
TEXT = read_page(Path(__file__).resolve().parent.parent / NAME)
HALF = Fraction(1, 2)
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]\d+)?")


@cache
def lines(text):
    """The lines that a snippet prints: of the one that contains a given text.

    The snippet runs here, and nobody looks at what it draws: that is for other tests.
    """
    (found,) = [one for one in find_snippets(TEXT, NAME) if text in one.code]
    printed = StringIO()
    with plt.rc_context(), redirect_stdout(printed):
        exec(compile(found.code, found.place, "exec"), {"__name__": "__main__"})
        plt.close("all")
    return printed.getvalue().splitlines()


def numbers(line):
    return [float(number) for number in NUMBER.findall(line)]


def table(lines, columns):
    """The rows of numbers that have the given number of columns."""
    rows = [numbers(line) for line in lines if NUMBER.match(line.strip())]
    return [row for row in rows if len(row) == columns]


def share(lr, epochs):
    """What the run leaves of the error on the lecture's parabola, exactly."""
    return abs(1 - 2 * Fraction(lr)) ** epochs


# ----------------------------------------------------------------- only the product


def test_the_epochs_on_an_iso_error_line_are_exact():
    rows = table(lines("lr  epochs  lr × epochs"), 3)
    assert len(rows) > 5
    for lr, epochs, _ in rows:
        lr, epochs, aim = Fraction(str(lr)), int(epochs), Fraction(1, 2500)
        assert share(lr, epochs) <= aim < share(lr, epochs - 1)


def test_the_product_on_an_iso_error_line_is_two_percent_constant_up_to_0_02():
    for lr in (0.005, 0.01, 0.02):
        epochs = math.log(1 / 2500) / math.log(1 - 2 * lr)
        assert lr * epochs == pytest.approx(math.log(2500) / 2, rel=0.021)


def test_one_unit_of_the_product_buys_2_again_where_lambert_says():
    with mpmath.workdps(40):
        w = mpmath.lambertw(mpmath.exp(-1))
        root = mpmath.findroot(lambda u: mpmath.log(u - 1) + u, 1.3)
        assert abs(root - 1 - w) < mpmath.mpf(10) ** -35
    (line,) = [line for line in lines("brentq(lambda lr: c(lr)") if "again" in line]
    assert numbers(line)[-1] == pytest.approx(float(root) / 2, abs=6e-7)


def test_the_size_of_the_deviation_at_small_rates():
    for lr, percent in [(0.01, 1), (0.05, 5), (0.1, 12)]:
        bought = -math.log(1 - 2 * lr) / lr
        assert round(100 * (bought / 2 - 1)) == percent


# ------------------------------------------------------------------------- the flow

X0 = {parabola: -2.0, log_cosh: 3.0}
STAR = {parabola: 0.5, log_cosh: 0.0}


def symbolic_flow(function, t):
    return {
        parabola: HALF + sympy.exp(-2 * t) * (-2 - HALF),
        log_cosh: sympy.asinh(sympy.exp(-t) * sympy.sinh(3)),
    }[function]


def symbolic_slope(function, x):
    return {
        parabola: 2 * (x - HALF),
        log_cosh: sympy.tanh(x),
    }[function]


@pytest.mark.parametrize("function", X0, ids=lambda function: function.name)
def test_the_flow_solves_its_equation(function):
    t = sympy.symbols("t", positive=True)
    flow = symbolic_flow(function, t)
    assert float(flow.subs(t, 0)) == X0[function]
    rest = sympy.diff(flow, t) + symbolic_slope(function, flow)
    for at in (Fraction(1, 10), 1, 3):
        assert abs(sympy.N(rest.subs(t, at), 30)) < 1e-25


@pytest.mark.parametrize("function", X0, ids=lambda function: function.name)
def test_the_flow_is_what_scipy_integrates(function):
    t = sympy.symbols("t", positive=True)
    solved = solve_ivp(
        lambda _, x: -function.df(x),
        (0, 1),
        [X0[function]],
        method="DOP853",
        rtol=1e-11,
        atol=1e-13,
    )
    flow = float(symbolic_flow(function, t).subs(t, 1))
    assert solved.y[0, -1] == pytest.approx(flow, abs=1e-9)


def test_the_gap_on_the_parabola_is_of_first_order_with_the_factor_2t():
    with mpmath.workdps(60):
        lr = mpmath.mpf(10) ** -20
        for t in (mpmath.mpf(1) / 3, 1, 2, 7):
            left = (1 - 2 * lr) ** (t / lr)
            factor = (mpmath.exp(-2 * t) - left) / lr
            assert abs(factor - 2 * t * mpmath.exp(-2 * t)) < mpmath.mpf(10) ** -18


@cache
def leading_error(function):
    """The flow at t = 1, and the factor of lr in the error of Euler's method there.

    With x' = -f'(x), that factor e(t) has e' = -f''(x) e - x''/2, x'' = f''(x) f'(x).
    """

    def sides(_, both):
        x, e = both
        curvature = function.d2f(x)
        return [-function.df(x), -curvature * e - curvature * function.df(x) / 2]

    solved = solve_ivp(
        sides, (0, 1), [X0[function], 0.0], method="DOP853", rtol=1e-11, atol=1e-13
    )
    return solved.y[:, -1]


@pytest.mark.parametrize("function", X0, ids=lambda function: function.name)
def test_the_gap_over_lr_tends_to_what_the_theory_of_euler_says(function):
    x, factor = leading_error(function)
    end = gradient_descent(function.df, X0[function], 1e-4, 10_000)[-1]
    assert (end - x) / 1e-4 == pytest.approx(factor, rel=1e-3)
    assert abs(end - STAR[function]) < abs(x - STAR[function])


def test_the_printed_gaps_over_lr_agree_with_the_theory():
    settled = numbers(lines("how far ahead of the flow")[-1])[-1]
    assert settled == pytest.approx(abs(leading_error(log_cosh)[1]), abs=2e-4)


def test_the_combination_of_two_runs_is_of_second_order():
    with mpmath.workdps(80):

        def gap(lr):
            once, halved = (1 - 2 * lr) ** (1 / lr), (1 - lr) ** (2 / lr)
            return (2 * halved - once - mpmath.exp(-2)) / lr**2

        first, second = gap(mpmath.mpf(10) ** -15), gap(mpmath.mpf(10) ** -20)
        assert abs(second) > 0.01
        assert abs(first / second - 1) < mpmath.mpf(10) ** -12


# ----------------------------------------------------------- twice epochs, twice rate


def test_the_borders_of_doubling():
    lr = sympy.symbols("lr", positive=True)
    borders = sympy.solve(4 * lr - 1 - (1 - 2 * lr) ** 2, lr)
    assert 1 - 1 / sympy.sqrt(2) in [sympy.nsimplify(one) for one in borders]
    assert sympy.solve(4 * lr - 1 - (1 - 2 * lr), lr) == [sympy.Rational(1, 3)]


def test_doubling_the_rate_wins_up_to_the_first_border_and_harms_beyond_the_second():
    for i in range(1, 1000):
        lr = Fraction(i, 2000)
        twice_rate, twice_epochs = share(2 * lr, 1), share(lr, 2)
        assert (twice_rate < twice_epochs) == (2 * (1 - lr) ** 2 > 1)
        assert (twice_rate > share(lr, 1)) == (lr > Fraction(1, 3))


# ---------------------------------------------------------- the best rate for a budget


def test_the_counts_of_good_rates_are_exact():
    rows = table(lines("rates that leave at most 1e-6"), 5)
    assert len(rows) == 4
    for budget, at_half, count, first, last in rows:
        assert at_half == share(HALF, int(budget)) == 0
        good = [
            Fraction(i, 200)
            for i in range(1, 220)
            if share(Fraction(i, 200), int(budget)) * 5 / 2 <= Fraction(1, 10**6)
        ]
        assert (len(good), *map(float, (good[0], good[-1]))) == (count, first, last)


@pytest.mark.parametrize(("m", "largest"), [(1, 10), (0.3, 2), (2, 2.5)])
def test_2_over_m_plus_L_makes_the_worst_factor_smallest(m, largest):
    curvatures = np.linspace(m, largest, 501)
    found = minimize_scalar(
        lambda lr: np.abs(1 - lr * curvatures).max(),
        bounds=(0, 2 / largest),
        method="bounded",
        options={"xatol": 1e-10},
    )
    assert found.x == pytest.approx(2 / (m + largest), abs=1e-6)
    assert found.fun == pytest.approx((largest - m) / (largest + m), abs=1e-6)


def test_the_bound_holds_in_40_digits_for_a_function_that_is_no_parabola():
    with mpmath.workdps(40):
        lr, worst = mpmath.mpf(2) / 11, mpmath.mpf(9) / 11
        for start in (-30, -7, -0.5, 0.01, 1, 3, 20):
            x = mpmath.mpf(start)
            for _ in range(40):
                following = x - lr * (x + 9 * mpmath.tanh(x))
                assert abs(following) <= worst * abs(x)
                x = following


def test_the_curvature_of_that_function_runs_from_1_to_10():
    x = sympy.symbols("x", real=True)
    curvature = sympy.diff(x + 9 * sympy.tanh(x), x)
    # The square of tanh is 0 at 0, below 1 everywhere, and near 1 far out.
    assert sympy.expand(curvature - 10 + 9 * sympy.tanh(x) ** 2) == 0


def test_the_two_rates_of_chebyshev_are_the_best_pair():
    c = np.linspace(1, 10, 2001)

    def worst(pair):
        return np.abs((1 - pair[0] * c) * (1 - pair[1] * c)).max()

    found = minimize(worst, [0.1, 0.4], method="Nelder-Mead", options={"xatol": 1e-9})
    root = math.cos(math.pi / 4)
    formula = [1 / (5.5 + 4.5 * root), 1 / (5.5 - 4.5 * root)]
    assert sorted(found.x) == pytest.approx(formula, abs=1e-4)
    at_center = Fraction(11, 9)
    assert found.fun == pytest.approx(float(1 / (2 * at_center**2 - 1)), abs=1e-5)


def worst_of_starts(lr, budget):
    """The worst error of ln cosh at each rate, over starts from 0 to 3: an own loop."""
    x = np.arange(31)[:, None] / 10
    for _ in range(budget):
        x = x - np.asarray(lr) * np.tanh(x)
    return np.abs(x).max(axis=0)


def test_the_best_rates_for_ln_cosh_are_those_of_an_optimizer():
    rows = table(lines("2/(m + 1)"), 4)
    assert [row[0] for row in rows] == [1, 2, 3, 5]
    for budget, rate, error, _ in rows[:3]:
        budget = int(budget)
        found = minimize_scalar(
            lambda lr, budget=budget: worst_of_starts(lr, budget).item(),
            bounds=(rate - 0.1, rate + 0.1),
            method="bounded",
            options={"xatol": 1e-7},
        )
        assert rate == pytest.approx(found.x, abs=0.0101)
        assert error == pytest.approx(worst_of_starts(rate, budget).item(), rel=0.05)
        grid = worst_of_starts(np.arange(1, 701) / 200, budget)
        assert grid.min() > 0.9 * found.fun  # no better valley elsewhere


def test_the_best_rate_for_five_epochs_is_1_to_four_digits():
    assert table(lines("2/(m + 1)"), 4)[3][1] == 1
    near = 1 + np.arange(-200, 201) / 100_000
    best = near[worst_of_starts(near, 5).argmin()]
    assert best == pytest.approx(1, abs=1e-4)
    elsewhere = np.delete(np.arange(1750), [0, 500]) / 500
    assert (worst_of_starts(elsewhere, 5) > worst_of_starts(1, 5)).all()


def test_the_formula_keeps_its_promise_for_ln_cosh_in_40_digits():
    rows = table(lines("2/(m + 1)"), 4)
    with mpmath.workdps(40):
        m = mpmath.tanh(3) / 3
        lr, factor = 2 / (m + 1), (1 - m) / (1 + m)
        paths = [mpmath.mpf(i) / 10 for i in range(31)]
        for budget in range(1, 6):
            paths = [x - lr * mpmath.tanh(x) for x in paths]
            promised = 3 * factor**budget
            # After one epoch the start 3 is as far off as promised, up to rounding.
            assert max(map(abs, paths)) <= promised * (1 + mpmath.mpf(10) ** -35)
            for _, _, error, printed in (row for row in rows if row[0] == budget):
                assert printed == pytest.approx(float(promised), rel=0.05)
                assert error < printed


def test_the_slope_of_ln_cosh_over_x_falls_from_1():
    x = sympy.symbols("x", positive=True)
    assert sympy.limit(sympy.tanh(x) / x, x, 0) == 1
    # Its derivative has the sign of 2x - sinh 2x, a power series of negative terms.
    claim = sympy.diff(sympy.tanh(x) / x, x) * 2 * x**2 * sympy.cosh(x) ** 2
    rest = claim - (2 * x - sympy.sinh(2 * x))
    assert sympy.simplify(rest.rewrite(sympy.exp)) == 0


def test_two_rates_above_a_quarter_are_no_best_pair():
    # At the curvature 10 both shares are then above 1.5, and so is their product.
    assert abs(1 - Fraction(251, 1000) * 10) ** 2 > 1


# ------------------------------------------------------------- ln cosh beyond the wall


def test_the_hop_of_ln_cosh_solves_its_equation_and_attracts():
    printed = lines("2a = lr tanh a")
    rows = [numbers(line) for line in printed if re.match(r"lr \d\.\d:", line)]
    assert len(rows) == 3
    for lr, before, last, a in rows:
        root = brentq(lambda a, lr=lr: lr * math.tanh(a) - 2 * a, 0.1, lr)
        assert [before, last, a] == pytest.approx([root] * 3, abs=1e-6)
        assert abs(1 - lr / math.cosh(root) ** 2) < 1


def test_the_hop_attracts_at_every_rate_beyond_2():
    a = sympy.symbols("a", positive=True)
    lr = 2 * a / sympy.tanh(a)
    claim = lr / sympy.cosh(a) ** 2 - 4 * a / sympy.sinh(2 * a)
    assert sympy.simplify(claim.rewrite(sympy.exp)) == 0
    values = np.linspace(1e-3, 50, 5000)  # 4a / sinh 2a lies between 0 and 2
    assert (4 * values / np.sinh(2 * values) < 2).all()


def test_one_epoch_of_ln_cosh_at_1_leaves_a_third_of_the_cube():
    x = sympy.symbols("x")
    assert sympy.series(x - sympy.tanh(x), x, 0, 5).removeO() == x**3 / 3


def test_from_20_the_flow_asks_for_more_epochs_than_are_needed():
    time = mpmath.log(mpmath.sinh(20) / mpmath.sinh(mpmath.mpf("0.001")))
    too_much = []
    for lr in ("0.1", "0.01"):
        x, epochs = mpmath.mpf(20), 0
        while x > mpmath.mpf("0.001"):
            x, epochs = x - mpmath.mpf(lr) * mpmath.tanh(x), epochs + 1
        foretold = mpmath.ceil(time / mpmath.mpf(lr))
        assert foretold > epochs
        too_much.append((foretold - epochs) / epochs)
    assert too_much[1] < too_much[0]
