"""What the page lr × epochs says of mathematics, by other ways than the page's own."""

import itertools
import math
import re
from fractions import Fraction
from pathlib import Path

import mpmath
import numpy as np
import pytest
import sympy
from scipy.integrate import solve_ivp
from scipy.optimize import brentq, minimize, minimize_scalar

from gd_tutorial import double_well, gradient_descent, log_cosh, parabola
from runner import Runner
from snippets import find_snippets, read_page

NAME = "docs/explore/sweep.md"
TEXT = read_page(Path(__file__).resolve().parent.parent / NAME)
HALF = Fraction(1, 2)
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]\d+)?")


@pytest.fixture(scope="module")
def lines():
    """The lines that a snippet prints: of the one that contains a given text."""
    snippets = find_snippets(TEXT, NAME)

    def lines_of(text):
        (found,) = [one for one in snippets if text in one.code]
        return runner.run(found, TEXT)["output"].splitlines()

    with Runner(processes=1) as runner:
        yield lines_of


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


def test_the_epochs_on_an_iso_error_line_are_exact(lines):
    rows = table(lines("lr  epochs  lr × epochs"), 3)
    assert len(rows) > 5
    for lr, epochs, _ in rows:
        lr, epochs, aim = Fraction(str(lr)), int(epochs), Fraction(1, 2500)
        assert share(lr, epochs) <= aim < share(lr, epochs - 1)


def test_the_product_on_an_iso_error_line_is_two_percent_constant_up_to_0_02():
    for lr in (0.005, 0.01, 0.02):
        epochs = math.log(1 / 2500) / math.log(1 - 2 * lr)
        assert lr * epochs == pytest.approx(math.log(2500) / 2, rel=0.021)


def test_one_unit_of_the_product_buys_2_again_where_lambert_says(lines):
    with mpmath.workdps(40):
        w = mpmath.lambertw(mpmath.exp(-1))
        root = mpmath.findroot(lambda u: mpmath.log(u - 1) + u, 1.3)
        assert abs(root - 1 - w) < mpmath.mpf(10) ** -35
    (line,) = [line for line in lines("Halve an interval") if "again" in line]
    assert numbers(line)[-1] == pytest.approx(float(root) / 2, abs=6e-7)


def test_the_size_of_the_deviation_at_small_rates():
    for lr, percent in [(0.01, 1), (0.05, 5), (0.1, 12)]:
        bought = -math.log(1 - 2 * lr) / lr
        assert round(100 * (bought / 2 - 1)) == percent


# ------------------------------------------------------------------------- the flow

X0 = {parabola: -2.0, log_cosh: 3.0, double_well: -2.0}
STAR = {parabola: 0.5, log_cosh: 0.0, double_well: -1.0}


def symbolic_flow(function, t):
    return {
        parabola: HALF + sympy.exp(-2 * t) * (-2 - HALF),
        log_cosh: sympy.asinh(sympy.exp(-t) * sympy.sinh(3)),
        double_well: -2 / sympy.sqrt(4 - 3 * sympy.exp(-2 * t)),
    }[function]


def symbolic_slope(function, x):
    return {
        parabola: 2 * (x - HALF),
        log_cosh: sympy.tanh(x),
        double_well: x**3 - x,
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
        rtol=1e-11,
        atol=1e-13,
    )
    flow = float(symbolic_flow(function, t).subs(t, 1))
    assert solved.y[0, -1] == pytest.approx(flow, abs=1e-9)


def test_the_gap_on_the_parabola_is_of_first_order_with_the_factor_2t():
    t, lr = sympy.symbols("t lr", positive=True)
    left = sympy.exp(t / lr * sympy.log(1 - 2 * lr))
    factor = sympy.limit((sympy.exp(-2 * t) - left) / lr, lr, 0, "+")
    assert sympy.simplify(factor - 2 * t * sympy.exp(-2 * t)) == 0


def leading_error(function):
    """The flow at t = 1, and the factor of lr in the error of Euler's method there.

    With x' = -f'(x), that factor e(t) has e' = -f''(x) e - x''/2, x'' = f''(x) f'(x).
    """

    def sides(_, both):
        x, e = both
        curvature = function.d2f(x)
        return [-function.df(x), -curvature * e - curvature * function.df(x) / 2]

    solved = solve_ivp(sides, (0, 1), [X0[function], 0.0], rtol=1e-11, atol=1e-13)
    return solved.y[:, -1]


@pytest.mark.parametrize("function", X0, ids=lambda function: function.name)
def test_the_gap_over_lr_tends_to_what_the_theory_of_euler_says(function):
    x, factor = leading_error(function)
    end = gradient_descent(function.df, X0[function], 1e-4, 10_000)[-1]
    assert (end - x) / 1e-4 == pytest.approx(factor, rel=1e-3)
    assert abs(end - STAR[function]) < abs(x - STAR[function])


def test_the_printed_gaps_over_lr_agree_with_the_theory(lines):
    printed = lines("def double_well_flow")
    for function in (log_cosh, double_well):
        (head,) = [i for i, one in enumerate(printed) if one.startswith(function.name)]
        settled = numbers(printed[head + 5])[-1]
        assert settled == pytest.approx(abs(leading_error(function)[1]), abs=2e-4)


def test_the_combination_of_two_runs_is_of_second_order():
    lr = sympy.symbols("lr", positive=True)
    left = sympy.exp(sympy.log(1 - 2 * lr) / lr)
    halved = sympy.exp(sympy.log(1 - lr) / (lr / 2))
    gap = sympy.series(2 * halved - left - sympy.exp(-2), lr, 0, 3).removeO()
    assert sympy.expand(gap).coeff(lr, 1) == 0
    assert sympy.expand(gap).coeff(lr, 2) != 0


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


def test_the_counts_of_good_rates_are_exact(lines):
    rows = table(lines("rates that leave at most 1e-6"), 6)
    assert len(rows) == 4
    for budget, _, _, count, first, last in rows:
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
    assert curvature.subs(x, 0) == 10
    assert sympy.limit(curvature, x, sympy.oo) == 1
    slope = sympy.lambdify(x, sympy.diff(curvature, x))
    assert (slope(np.linspace(0.01, 10, 1000)) < 0).all()


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


def test_the_best_rates_for_ln_cosh_are_those_of_an_optimizer(lines):
    def worst(lr, budget):
        largest = 0.0
        for i in range(31):
            x = i / 10
            for _ in range(budget):
                x -= lr * math.tanh(x)
            largest = max(largest, abs(x))
        return largest

    rows = table(lines("start 3 alone"), 6)
    assert len(rows) == 6
    for budget, _, _, rate, error, _ in rows[:4]:
        found = minimize_scalar(
            worst,
            args=(int(budget),),
            bounds=(rate - 0.1, rate + 0.1),
            method="bounded",
            options={"xatol": 1e-7},
        )
        assert rate == pytest.approx(found.x, abs=0.0101)
        assert error == pytest.approx(worst(rate, int(budget)), rel=0.05)
        grid = [worst(i / 50, int(budget)) for i in range(1, 176)]
        assert min(grid) > 0.9 * found.fun  # no better valley elsewhere


def test_the_best_rate_for_one_epoch_from_3_is_the_nearest_to_the_exact_hit(lines):
    rows = table(lines("start 3 alone"), 6)
    with mpmath.workdps(30):
        hit = 3 / mpmath.tanh(3)
        assert rows[0][1] == float(mpmath.nint(100 * hit)) / 100


def test_two_rates_above_a_quarter_are_no_best_pair():
    # At the curvature 10 both shares are then above 1.5, and so is their product.
    assert abs(1 - Fraction(251, 1000) * 10) ** 2 > 1


# ------------------------------------------------------------- ln cosh beyond the wall


def test_the_hop_of_ln_cosh_solves_its_equation_and_attracts(lines):
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


# ------------------------------------------------------------------------- the stripes


def ends_at(lr):
    """Where the run on the double well from -2 ends, in 60 digits."""
    with mpmath.workdps(60):
        x, lr = mpmath.mpf(-2), mpmath.mpf(lr.numerator) / lr.denominator
        for _ in range(2000):
            x -= lr * (x * x * x - x)
            if abs(x) > 10:
                return "gone"
            for well in (-1, 1):
                if abs(x - well) < 1e-3:  # attracted, for lr f'' is at most 4/3
                    return str(well)
    return "other"


def test_the_printed_stripes_are_those_of_60_digits(lines):
    printed = [line for line in lines("double_well.df, -2.0") if "from" in line]
    parts = [re.fullmatch(r"from lr (\S+): (\S+)", line).groups() for line in printed]
    assert len(parts) == 6
    for lr, place in parts:
        assert ends_at(Fraction(lr)) == place
    for (_, before), (lr, _) in itertools.pairwise(parts):
        assert ends_at(Fraction(lr) - Fraction(1, 1000)) == before


def test_the_stripes_begin_at_one_third_and_end_at_two_thirds():
    lr = sympy.symbols("lr", positive=True)
    first = -2 - lr * symbolic_slope(double_well, sympy.Integer(-2))
    assert sympy.expand(first - (6 * lr - 2)) == 0
    assert sympy.solve(first, lr) == [sympy.Rational(1, 3)]
    edge = sympy.sqrt((2 + lr) / lr)
    assert sympy.solve(first - edge, lr) == [sympy.Rational(2, 3)]


def test_the_stripes_become_narrower():
    rates = [Fraction(i, 100_000) for i in range(33_400, 66_667)]
    floats = np.array([float(rate) for rate in rates])
    end = gradient_descent(double_well.df, -2.0, floats, epochs=400)[-1]
    turns = floats[1:][np.sign(end[1:]) != np.sign(end[:-1])]
    widths = np.diff([1 / 3, *turns])
    assert len(widths) >= 5
    assert (widths[1:5] < widths[:4] / 4).all()
