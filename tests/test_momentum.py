"""What the page "Momentum and Newton" says, found by other ways."""

import math
from fractions import Fraction
from itertools import pairwise

import mpmath
import numpy as np
import pytest
import sympy
from mpmath import mp
from scipy.optimize import brentq

from gd_tutorial import (
    cosine_bowl,
    double_well,
    gradient_descent,
    log_cosh,
    parabola,
    plateau,
    quartic,
)


@pytest.fixture(autouse=True)
def many_digits():
    before = mp.dps
    mp.dps = 50
    yield
    mp.dps = before


# ---------------------------------------------------------------------- the heavy ball

Z, BETA, ETA, L = sympy.symbols("z beta eta L", positive=True)
CHARACTERISTIC = Z**2 - (1 + BETA - ETA * L) * Z + BETA


def test_the_roots_are_equal_at_the_critical_momentum():
    critical = (1 - sympy.sqrt(ETA * L)) ** 2
    discriminant = sympy.discriminant(CHARACTERISTIC, Z)
    assert sympy.simplify(discriminant.subs(BETA, critical)) == 0
    root = 1 - sympy.sqrt(ETA * L)
    both = sympy.expand((Z - root) ** 2 - CHARACTERISTIC.subs(BETA, critical))
    assert sympy.simplify(both) == 0


def eigenvalues(lr, beta, curvature=2.0):
    return np.linalg.eigvals([[1 + beta - lr * curvature, -beta], [1.0, 0.0]])


CRITICAL = (1 - math.sqrt(0.02)) ** 2


@pytest.mark.parametrize("lr", [0.01, 0.1, 0.4])
def test_between_the_two_momenta_the_roots_have_the_size_of_the_square_root(lr):
    first, second = ((1 + sign * math.sqrt(2 * lr)) ** 2 for sign in (-1, 1))
    for beta in np.linspace(first + 1e-3, second - 1e-3, 9):
        values = eigenvalues(lr, beta)
        assert np.abs(values) == pytest.approx(math.sqrt(beta), abs=1e-12)
        assert np.abs(values.imag).min() > 0
    assert np.isreal(eigenvalues(lr, first - 1e-3)).all()
    assert np.isreal(eigenvalues(lr, second + 1e-3)).all()


def test_below_the_critical_momentum_more_of_it_is_faster():
    betas = np.linspace(0, CRITICAL - 1e-6, 50)
    values = [eigenvalues(0.01, beta) for beta in betas]
    assert all(np.isreal(v).all() and (v >= 0).all() and (v < 1).all() for v in values)
    radii = [v.max() for v in values]
    assert np.all(np.diff(radii) < 0)
    assert radii[0] == pytest.approx(0.98)


def heavy_ball(df, x, lr, beta, epochs):
    path, before = [x], x
    for epoch in range(epochs):
        x, before = x - lr * df(x) + beta * (x - before), x
        path.append(x)
    return path


def exact_slope(x):
    return 2 * (x - Fraction(1, 2))


@pytest.mark.parametrize(
    ("beta", "passes"), [("0", False), ("1/2", False), ("11/15", False), ("3/4", True)]
)
def test_the_path_passes_the_minimum_only_above_the_critical_momentum(beta, passes):
    assert (float(Fraction(beta)) > CRITICAL) == passes
    path = heavy_ball(exact_slope, Fraction(-2), Fraction(1, 100), Fraction(beta), 150)
    assert any(x > Fraction(1, 2) for x in path) == passes


def test_the_error_at_the_critical_momentum_has_a_second_factor():
    # lr = 0.02 makes the root the fraction 4/5.
    z = Fraction(4, 5)
    path = heavy_ball(exact_slope, Fraction(-2), Fraction(1, 50), z * z, 40)
    for k, x in enumerate(path):
        assert x - Fraction(1, 2) == Fraction(-5, 2) * z**k * (1 + k * (1 - z))


def epochs_needed(errors, tol=1e-6):
    return max(k for k, error in enumerate(errors) if abs(error) > tol) + 1


@pytest.mark.parametrize(("lr", "larger"), [("0.01", "0.742"), ("0.1", "0.315")])
def test_to_a_tolerance_a_larger_momentum_than_the_critical_is_first(lr, larger):
    lr, larger = mp.mpf(lr), mp.mpf(larger)
    z = 1 - mpmath.sqrt(2 * lr)
    assert larger > z * z
    closed = {z * z: [2.5 * z**k * (1 + k * (1 - z)) for k in range(300)]}
    a, b = mpmath.polyroots([1, -(1 + larger - 2 * lr), larger])
    share = (1 - 2 * lr - b) / (a - b)
    closed[larger] = [
        2.5 * mpmath.re(share * a**k + (1 - share) * b**k) for k in range(300)
    ]
    needed = []
    for beta, errors in closed.items():
        path = heavy_ball(parabola.df, -2.0, float(lr), float(beta), 299)
        needed.append(epochs_needed([x - 0.5 for x in path]))
        assert needed[-1] == epochs_needed(errors)
    assert needed[1] < needed[0]


@pytest.mark.parametrize("beta", [0, 0.5, 0.9])
def test_the_largest_rate_is_two_times_one_plus_momentum_over_L(beta):
    limit = 2 * (1 + beta) / 2
    assert np.abs(eigenvalues(limit * 0.999, beta)).max() < 1
    assert np.abs(eigenvalues(limit * 1.001, beta)).max() > 1
    assert np.abs(eigenvalues(limit, beta) + 1).min() < 1e-9


def test_polyaks_choice_has_equal_roots_for_both_curvatures():
    s = sympy.Symbol("s", positive=True)  # the root of L; the other curvature is 1
    eta, beta = 4 / (s + 1) ** 2, ((s - 1) / (s + 1)) ** 2
    for curvature, sign in ((1, 1), (s * s, -1)):
        root = sign * (s - 1) / (s + 1)
        polynomial = CHARACTERISTIC.subs({L: curvature, ETA: eta, BETA: beta})
        assert sympy.simplify(polynomial - sympy.expand((Z - root) ** 2)) == 0


def polyak(ratio, curvature):
    """Epochs to 1e-6 from 1, by the closed form and by the method itself."""
    s = mpmath.sqrt(ratio)
    root = (s - 1) / (s + 1) * (1 if curvature == 1 else -1)
    lr = 4 / (s + 1) ** 2
    growth = (1 - lr * curvature) / root - 1
    closed = [root**k * (1 + k * growth) for k in range(600)]
    path = heavy_ball(lambda x: curvature * x, 1.0, float(lr), float(root) ** 2, 599)
    return epochs_needed(closed), epochs_needed(path)


def test_a_hundred_times_the_ratio_costs_the_heavy_ball_about_twelve_times():
    slowest = []
    for ratio in (10, 1000):
        counts = [polyak(ratio, curvature) for curvature in (1, ratio)]
        assert all(closed == run for closed, run in counts)
        slowest.append(max(closed for closed, run in counts))
    assert round(slowest[1] / slowest[0]) == 12
    plain = [math.ceil(math.log(1e-6, (L - 1) / (L + 1))) for L in (10, 1000)]
    assert round(plain[1] / plain[0]) == 100


def test_with_momentum_more_starts_of_the_cosine_bowl_end_lowest():
    hill = brentq(cosine_bowl.df, 0.9, 1.2)
    starts = np.linspace(-2, 2, 2001)
    lowest = []
    for beta in (0, 0.8, 0.9):
        ends = heavy_ball(cosine_bowl.df, starts, 0.01, beta, 600)[-1]
        inner = (np.abs(ends) < hill) & (ends != 0)  # start 0 never moves
        near = np.abs(np.abs(ends[inner]) - cosine_bowl.minima[3])
        assert near.max() < 1e-5
        lowest.append(inner.mean())
    assert lowest[0] < lowest[1] < lowest[2] < 1
    assert 1 - lowest[2] == pytest.approx(1 / 3, abs=0.01)


# ------------------------------------------- the function of Lessard, Recht and Packard


def bent_slope(x):
    if x < 1:
        return 25 * x
    return x + 24 if x < 2 else 25 * x - 24


def test_the_bent_slope_rises_by_1_to_25_for_each_unit():
    x = [Fraction(i, 50) for i in range(-100, 201)]
    for a, b in pairwise(x):
        assert 1 <= (bent_slope(b) - bent_slope(a)) / (b - a) <= 25


def test_the_cycle_of_three_is_exact_and_attracts():
    p, q, r = (Fraction(n, 1225) for n in (792, -2208, 2592))
    for before, x, after in ((r, p, q), (p, q, r), (q, r, p)):
        step = -bent_slope(x) / 9 + Fraction(4, 9) * (x - before)
        assert x + step == after
    # Each point lies inside a piece of curvature 25: the linear part decides.
    assert p < 1
    assert q < 1
    assert r > 2
    assert np.abs(eigenvalues(1 / 9, 4 / 9, 25.0)).max() == pytest.approx(2 / 3)


def test_the_cycle_stays_where_its_corners_are_rounded():
    width = Fraction(1, 10)

    def rounded(x):  # the mean over x - width to x + width, exact where it is linear
        points = [x + width * i / 50 for i in range(-50, 51)]
        return sum(map(bent_slope, points)) / len(points)

    assert rounded(Fraction(1)) != bent_slope(Fraction(1))
    for x in (Fraction(n, 1225) for n in (792, -2208, 2592)):
        assert rounded(x) == bent_slope(x)


def test_plain_gradient_descent_converges_on_the_bent_slope():
    starts = np.linspace(-4, 4, 41)
    for start in starts:
        path = gradient_descent(lambda x: float(bent_slope(x)), start, 1 / 25, 300)
        assert abs(path[-1]) < 1e-9


# ------------------------------------------------------------------------------- Newton


def newton_series(f, x, at, order=5):
    step = sympy.diff(f, x) / sympy.diff(f, x, 2)
    e = sympy.Symbol("e")
    return sympy.series((x - step).subs(x, at + e) - at, e, 0, order).removeO(), e


def test_orders_and_constants_of_newtons_method():
    x = sympy.Symbol("x", real=True)
    well, e = newton_series(x**4 / 4 - x**2 / 2, x, 1, 3)
    assert sympy.expand(well) == sympy.Rational(3, 2) * e**2
    cosh, e = newton_series(sympy.log(sympy.cosh(x)), x, 0)
    assert sympy.expand(cosh) == -sympy.Rational(2, 3) * e**3
    f = x**4
    step = sympy.diff(f, x) / sympy.diff(f, x, 2)
    assert sympy.simplify((x - step) / x) == sympy.Rational(2, 3)


def test_newtons_step_on_ln_cosh_is_half_a_sinh():
    x = sympy.Symbol("x", real=True)
    f = sympy.log(sympy.cosh(x))
    step = sympy.diff(f, x) / sympy.diff(f, x, 2)
    assert sympy.simplify((step - sympy.sinh(2 * x) / 2).rewrite(sympy.exp)) == 0
    for start in (0.3, 1.0, 2.0):
        step = log_cosh.df(start) / log_cosh.d2f(start)
        assert step == pytest.approx(math.sinh(2 * start) / 2, rel=1e-12)


def converges(x):
    for epoch in range(400):
        if abs(x) < 1e-3:
            return True
        if abs(x) > 100:
            return False
        x = x - mpmath.tanh(x) * mpmath.cosh(x) ** 2
    raise AssertionError("undecided")


def test_the_radius_is_where_halving_between_fates_finds_it():
    low, high = mp.mpf(1), mp.mpf(2)
    while high - low > mp.mpf(10) ** -25:
        middle = (low + high) / 2
        low, high = (middle, high) if converges(middle) else (low, middle)
    assert abs(mpmath.sinh(2 * low) - 4 * low) < mp.mpf(10) ** -23


def test_from_either_side_of_the_radius_the_factors_grow_with_the_distance():
    r = sympy.Symbol("r", positive=True)
    factor = sympy.sinh(2 * r) / (2 * r) - 1  # of the distance, for one epoch
    terms = sympy.Poly(sympy.series(factor, r, 0, 13).removeO(), r)
    assert terms.degree() == 12
    assert all(coefficient > 0 for coefficient in terms.coeffs())


def test_gradient_descent_at_the_rate_1_converges_on_ln_cosh():
    starts = np.linspace(-60, 60, 121)
    assert np.abs(gradient_descent(log_cosh.df, starts, 1.0, 100)[-1]).max() < 1e-6


def test_newton_on_the_double_well_goes_to_the_maximum_up_to_1_over_root_5():
    x = sympy.Symbol("x", real=True)
    f = x**4 / 4 - x**2 / 2
    new = x - sympy.diff(f, x) / sympy.diff(f, x, 2)
    assert sympy.simplify(new - 2 * x**3 / (3 * x**2 - 1)) == 0
    edge = 1 / sympy.sqrt(5)
    assert sympy.simplify(new.subs(x, edge) + edge) == 0
    for start, end in ((0.4472, 0), (-0.4472, 0), (0.5774, 1), (-0.5774, -1)):
        v = mp.mpf(start)
        for epoch in range(100):
            v = 2 * v * v * v / (3 * v * v - 1)
        assert abs(v - end) < 1e-30


def test_each_start_of_the_double_well_ends_where_fifty_digits_end():
    starts = np.linspace(-2, 2, 2001)
    x = starts
    for epoch in range(60):
        x = x - double_well.df(x) / double_well.d2f(x)
    border = np.abs(np.abs(starts) - 0.5) < 0.08
    for start, end in zip(starts[border], x[border], strict=True):
        v = mp.mpf(start)
        for epoch in range(60):
            v = v - (v * v * v - v) / (3 * v * v - 1)
        assert abs(v - end) < 1e-9


def test_beside_the_line_the_ends_alternate_and_most_starts_cross_over():
    ends = []
    for start in ("0.4475", "0.449", "0.46", "0.5", "0.6"):
        v = mp.mpf(start)
        for epoch in range(60):
            v = v - (v * v * v - v) / (3 * v * v - 1)
        ends.append(int(mpmath.nint(v)))
        assert abs(v - ends[-1]) < 1e-30
    assert ends == [1, -1, 1, -1, 1]
    # From 1/sqrt(3) down to here, the step leads beyond -1/sqrt(3).
    line, pole = 1 / mpmath.sqrt(5), 1 / mpmath.sqrt(3)
    here = mpmath.findroot(lambda x: 2 * x**3 / (3 * x * x - 1) + pole, 0.466)
    assert line < here < line + (pole - line) / 2


def test_one_start_of_gradient_descent_ends_at_the_maximum_of_the_double_well():
    starts = np.linspace(-2, 2, 2001)
    ends = gradient_descent(double_well.df, starts, 0.1, 500)[-1]
    assert starts[np.abs(ends) < 0.5].tolist() == [0]
    assert np.abs(np.abs(ends[starts != 0]) - 1).max() < 1e-9


def test_two_evaluations_of_the_secant_method_multiply_more_digits_than_newtons():
    assert mp.phi**2 > 2
    mp.dps = 1500

    def df(x):
        return x * x * x - x

    x, logs = mp.mpf(2), []
    for epoch in range(11):
        x = x - df(x) / (3 * x * x - 1)
        logs.append(mpmath.log(abs(x - 1)))
    assert abs(logs[-1] / logs[-2] - 2) < 0.01
    a, b, logs = mp.mpf(2), mp.mpf("1.4"), []
    for epoch in range(14):
        a, b = b, b - df(b) * (b - a) / (df(b) - df(a))
        logs.append(mpmath.log(abs(b - 1)))
    assert abs(logs[-1] / logs[-3] - mp.phi**2) < 0.01


# --------------------------------------------------------------------------- the repair


@pytest.mark.parametrize(
    ("function", "x0"),
    [
        (parabola, -2.0),
        (double_well, 0.3),
        (log_cosh, 2.0),
        (log_cosh, 10.0),
        (plateau, 2.0),
        (cosine_bowl, -2.0),
        (quartic, 3.0),
    ],
)
def test_the_repaired_method_finds_a_minimum_and_never_climbs(function, x0):
    x = np.float64(x0)
    for epoch in range(60):
        slope = function.df(x)
        if slope == 0:
            break
        step = slope / abs(function.d2f(x))
        while function.f(x - step) > function.f(x) - step * slope / 10:
            step /= 2
        assert function.f(x - step) <= function.f(x)
        x = x - step
    assert min(abs(x - minimum) for minimum in function.minima) < 1e-6


# ---------------------------------------------------------------------------- exercises


def test_newton_on_the_root_of_1_plus_x_squared_takes_x_to_minus_its_cube():
    x = sympy.Symbol("x", real=True)
    f = sympy.sqrt(1 + x**2)
    new = x - sympy.diff(f, x) / sympy.diff(f, x, 2)
    assert sympy.simplify(new + x**3) == 0


def test_a_fixed_h_leaves_one_and_a_half_h_and_h_equal_to_the_slope_is_quadratic():
    e, h = sympy.symbols("e h", positive=True)

    def slope(x):
        return sympy.expand(x**3 - x)

    at = slope(1 + e)
    fixed = e - at * h / (slope(1 + e + h) - at)
    ratio = sympy.limit(fixed / e, e, 0)
    assert sympy.series(ratio, h, 0, 2).removeO() == sympy.Rational(3, 2) * h
    steffensen = e - at * at / (slope(1 + e + at) - at)
    assert sympy.limit(steffensen / e**2, e, 0) == sympy.Rational(9, 2)
