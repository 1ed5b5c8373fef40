"""What the page "When to stop" says, found by other ways than the page finds it."""

import math
from fractions import Fraction
from itertools import pairwise

import mpmath
import numpy as np
import pytest
import sympy
from mpmath import mp, mpf

from gd_tutorial import double_well, gradient_descent, log_cosh, parabola, quartic
from gd_tutorial.theory import epochs_for_tolerance

TOL = Fraction(1, 10**6)
RATES = [Fraction(n, 100) for n in (1, 5, 10, 25, 30, 49, 51, 70, 90, 99)]
CURVATURES = [Fraction(1, 10), Fraction(2), Fraction(100)]


@pytest.fixture(autouse=True)
def many_digits():
    before = mp.dps
    mp.dps = 40
    yield
    mp.dps = before


def walk(lr, curvature=Fraction(2), error=Fraction(-5, 2), epochs=40):
    """Signed errors on the parabola L/2 (x − x*)², without rounding."""
    errors = [error]
    for _ in range(epochs):
        errors.append(errors[-1] - lr * curvature * errors[-1])
    return errors


def closed_form(lr, c, rule, tol=TOL):
    """Epoch and error at which a rule stops c (x − 0.5)² from −2, from formulas."""
    q = abs(1 - 2 * lr * c)
    k = 1
    while True:
        old, new = Fraction(5, 2) * q ** (k - 1), Fraction(5, 2) * q**k
        seen = {
            "slope": 2 * c * new,
            "step": 2 * c * lr * old,
            "drop": c * (1 - q * q) * old * old,
        }
        if seen[rule] < tol:
            return k, new
        k += 1


def measured(lr, c, rule, epochs):
    """The same, from the floats of a run."""
    path = gradient_descent(lambda x: c * parabola.df(x), -2.0, lr, epochs)
    seen = {
        "slope": np.abs(c * parabola.df(path[1:])),
        "step": np.abs(np.diff(path)),
        "drop": np.abs(np.diff(c * parabola.f(path))),
    }
    k = np.flatnonzero(seen[rule] < 1e-6)[0] + 1
    return k, abs(path[k] - 0.5)


# ---------------------------------------------------------------- the three rules


@pytest.mark.parametrize("rule", ["slope", "step", "drop"])
@pytest.mark.parametrize("c", [1e-4, 1e-2, 1.0, 1e2, 1e4])
def test_with_lr_over_c_each_rule_stops_where_the_formulas_say(rule, c):
    c_exact = Fraction(c).limit_denominator(10**6)
    k, error = closed_form(Fraction(1, 10) / c_exact, c_exact, rule)
    got, left = measured(0.1 / c, c, rule, epochs=120)
    assert got == k
    assert left == pytest.approx(float(error), rel=1e-4)


@pytest.mark.parametrize("rule", ["slope", "step", "drop"])
def test_with_the_rate_kept_a_flat_parabola_is_left_a_hundred_times_earlier(rule):
    k, error = measured(0.1, 0.01, rule, epochs=6000)
    q, scale = mpf(1) - mpf("0.002"), mpf("0.01")
    e = mpf("2.5") * q**k
    assert error == pytest.approx(float(e), rel=1e-6)
    # The rule holds at this epoch and did not at the one before.
    seen = {
        "slope": lambda e: 2 * scale * e,
        "step": lambda e: 2 * scale * e / q / 10,
        "drop": lambda e: scale * e * e * (1 / (q * q) - 1),
    }[rule]
    assert seen(e) < mpf(10) ** -6 <= seen(e / q)
    assert 90 < error / measured(0.1, 1.0, rule, epochs=120)[1] < 150


def test_dividing_the_rate_by_the_scale_leaves_the_path_as_it_is():
    paths = []
    for c in (Fraction(1, 10**4), Fraction(1), Fraction(10**4)):
        x, path = Fraction(-2), []
        for _ in range(30):
            x = x - Fraction(1, 10) / c * (c * 2 * (x - Fraction(1, 2)))
            path.append(x)
        paths.append(path)
    assert paths[0] == paths[1] == paths[2]


def test_millimetres_need_a_million_times_the_rate():
    x, t = Fraction(-2), Fraction(-2000)
    for _ in range(30):
        x = x - Fraction(1, 10) * 2 * (x - Fraction(1, 2))
        t = t - 10**6 * Fraction(1, 10) * 2 * (t / 1000 - Fraction(1, 2)) / 1000
        assert t == 1000 * x


# ------------------------------------------------------------------- the step rule


@pytest.mark.parametrize("curvature", CURVATURES)
@pytest.mark.parametrize("rate", RATES)
def test_the_step_tells_the_error_exactly(rate, curvature):
    lr = 2 * rate / curvature  # 0.02 to 1.98 over the curvature
    z = lr * curvature
    errors = walk(lr, curvature)
    for old, new in pairwise(errors):
        assert abs(new) == abs(1 - z) / z * abs(new - old)


def test_the_step_rule_is_honest_from_half_of_one_over_the_curvature_on():
    z = sympy.symbols("z", positive=True)
    below = sympy.solve_univariate_inequality((1 - z) / z <= 1, z, relational=False)
    assert below.intersect(sympy.Interval(0, 1)) == sympy.Interval(sympy.S(1) / 2, 1)
    above = sympy.solve_univariate_inequality((z - 1) / z <= 1, z, relational=False)
    assert sympy.Interval(1, 2).is_subset(above)


def test_between_two_curvatures_the_smaller_sets_the_bound():
    # x² + cos x has f″ = 2 − cos x between 1 and 3, and its minimum at 0.
    m, rates = 1.0, np.array([0.01, 0.1, 0.2, 1 / 3])
    for start in (-3.0, -0.5, 2.0, 10.0):
        path = gradient_descent(lambda x: 2 * x - np.sin(x), start, rates, 60)
        step, error = np.abs(np.diff(path, axis=0)), np.abs(path[1:])
        bound = (1 - rates * m) / (rates * m) * step
        assert np.all(error <= bound * (1 + 1e-12))


# ------------------------------------------------------------------- the drop rule


@pytest.mark.parametrize("curvature", CURVATURES)
@pytest.mark.parametrize("rate", RATES)
def test_the_drop_is_half_the_curvature_times_one_minus_q_squared(rate, curvature):
    lr = 2 * rate / curvature
    q = 1 - lr * curvature
    errors = walk(lr, curvature)
    for old, new in pairwise(errors):
        drop = curvature / 2 * (old * old - new * new)
        assert drop == curvature / 2 * (1 - q * q) * old * old
        # The error after the step, squared, is this multiple of the drop.
        assert new * new == q * q * drop / (curvature / 2 * (1 - q * q))


@pytest.mark.parametrize("lr", [Fraction(1, 10**8), 1 - Fraction(1, 10**8)])
def test_at_both_ends_of_the_rates_the_drop_rule_fires_at_once(lr):
    k, error = closed_form(lr, 1, "drop")
    assert k == 1
    assert error > Fraction(249, 100)


def test_at_the_limit_the_drop_is_zero_from_the_first_epoch():
    errors = walk(Fraction(1), epochs=5)
    assert {abs(error) for error in errors} == {Fraction(5, 2)}


# ------------------------------------------------------------------ the slope rule


def test_a_slope_encloses_the_error_between_its_quotients():
    star = -mpmath.lambertw(1).real  # exp(x) + x = 0
    low, high = mpf(-2), mpf("0.5")
    m, largest = 1 + mpmath.exp(low), 1 + mpmath.exp(high)
    for i in range(101):
        x = low + (high - low) * i / 100
        slope, error = abs(mpmath.exp(x) + x), abs(x - star)
        assert slope / largest <= error <= slope / m <= slope
    path = gradient_descent(lambda x: np.exp(x) + x, -2.0, 0.1, 300)
    assert abs(path[-1] - float(star)) < 1e-15


@pytest.mark.parametrize("tol", ["0.5", "1e-2", "1e-6"])
def test_without_a_smallest_curvature_the_inverse_of_the_slope_bounds_the_error(tol):
    tol = mpf(tol)
    for slope, largest in [
        (lambda x: 4 * x**3, mpmath.cbrt(tol / 4)),
        (mpmath.tanh, mpmath.atanh(tol)),
    ]:
        tiny = mpf(10) ** -30
        assert slope(largest - tiny) < tol < slope(largest + tiny)


# ----------------------------------------------------------- too early, and never


def first_epochs(f, df, x, lr, tol, epochs):
    """First epoch of each rule, with 40 digits and a loop of its own."""
    first = {}
    for k in range(1, epochs + 1):
        old, x = x, x - lr * df(x)
        seen = {"slope": df(x), "step": x - old, "drop": f(x) - f(old)}
        for rule, value in seen.items():
            if abs(value) < tol:
                first.setdefault(rule, k)
    return first


@pytest.mark.parametrize(
    ("f", "df", "x0", "expected"),
    [
        # Beside the maximum and on the plateau: at once, all three.
        (
            lambda x: x**4 / 4 - x**2 / 2,
            lambda x: x**3 - x,
            "1e-8",
            {"slope": 1, "step": 1, "drop": 1},
        ),
        (
            lambda x: 1 - mpmath.exp(-x * x),
            lambda x: 2 * x * mpmath.exp(-x * x),
            "4.5",
            {"slope": 1, "step": 1, "drop": 1},
        ),
        # On |x| from 0.73: never; from 0.75 the two heights of the hop are equal.
        (abs, mpmath.sign, "0.73", {}),
        (abs, mpmath.sign, "0.75", {"drop": 8}),
    ],
)
def test_rules_that_fire_at_once_or_never(f, df, x0, expected):
    assert first_epochs(f, df, mpf(x0), mpf("0.1"), mpf("1e-6"), 200) == expected


@pytest.mark.parametrize(
    ("f", "df", "x0"),
    [
        (lambda x: x * x * x, lambda x: 3 * x * x, 1.0),
        (lambda x: x * x * x * x, lambda x: 4 * x * x * x, 1.0),
        (lambda x: np.exp(-x), lambda x: -np.exp(-x), 0.0),
    ],
)
def test_where_the_rules_fire_on_flat_places(f, df, x0):
    # In floats and with 40 digits the same epochs.
    path = gradient_descent(df, x0, 0.1, 10_000)
    seen = {
        "slope": np.abs(df(path[1:])),
        "step": np.abs(np.diff(path)),
        "drop": np.abs(np.diff(f(path))),
    }
    floats = {
        rule: int(np.flatnonzero(values < 1e-6)[0]) + 1
        for rule, values in seen.items()
        if np.any(values < 1e-6)
    }
    if x0 == 0.0:
        digits = first_epochs(
            lambda x: mpmath.exp(-x),
            lambda x: -mpmath.exp(-x),
            mpf(0),
            mpf("0.1"),
            mpf("1e-6"),
            4000,
        )
        assert floats == digits
        assert set(floats) == {"drop"}
    else:
        digits = first_epochs(f, df, mpf(1), mpf("0.1"), mpf("1e-6"), 7000)
        assert floats == digits


# ---------------------------------------------------------------- relative rules


def test_around_zero_step_over_x_and_drop_over_f_never_change():
    errors = walk(Fraction(1, 10), epochs=50)
    for old, new in pairwise(errors):
        assert abs(new - old) / abs(new) == Fraction(1, 4)
        assert (old * old - new * new) / (new * new) == Fraction(9, 16)


@pytest.mark.parametrize("rate", RATES)
def test_the_slope_over_the_first_slope_is_the_error_over_the_first_error(rate):
    errors = walk(rate)
    for error in errors:
        assert abs(2 * error) / abs(2 * errors[0]) == abs(error) / abs(errors[0])


def test_on_the_quartic_a_relative_slope_leaves_its_cube_root():
    path = np.abs(gradient_descent(quartic.df, 2.0, 0.1, 4000))
    slopes = quartic.df(path)
    k = np.flatnonzero(slopes <= 1e-6 * slopes[0])[0]
    border = 2 * math.cbrt(1e-6)
    assert path[k] <= border < path[k - 1]


# ---------------------------------------------------------------- change of sign


def found(df, x, tol):
    return (df(x - tol) < 0) & (df(x + tol) > 0)


@pytest.mark.parametrize("df", [parabola.df, quartic.df, log_cosh.df, np.expm1])
def test_on_convex_functions_the_rule_fires_exactly_within_tol(df):
    star = 0.5 if df is parabola.df else 0.0  # expm1 is the slope of exp(x) − x
    rng = np.random.default_rng(0)
    x = star + rng.uniform(-2, 2, 20_000)
    tol = 10 ** rng.uniform(-3, 0.3, 20_000)
    clear = np.abs(np.abs(x - star) - tol) > 1e-12
    assert np.array_equal(found(df, x, tol)[clear], (np.abs(x - star) < tol)[clear])


def test_on_the_double_well_the_rule_is_never_wrong():
    rng = np.random.default_rng(1)
    x, tol = rng.uniform(-3, 3, 50_000), 10 ** rng.uniform(-3, 0.7, 50_000)
    fires = found(double_well.df, x, tol)
    near = np.minimum(np.abs(x - 1), np.abs(x + 1)) < tol
    assert np.count_nonzero(fires) > 1000
    assert np.all(near[fires])


def test_one_slope_ahead_is_never_wrong_either():
    rng = np.random.default_rng(2)
    x, tol = rng.uniform(-3, 3, 50_000), 10 ** rng.uniform(-3, 0.7, 50_000)
    slope = double_well.df(x)
    left = (slope > 0) & (double_well.df(x - tol) < 0)
    right = (slope < 0) & (double_well.df(x + tol) > 0)
    ahead = [(x - tol < m) & (m < x) for m in (-1, 1)]
    behind = [(x < m) & (m < x + tol) for m in (-1, 1)]
    assert np.count_nonzero(left) > 1000
    assert np.all((ahead[0] | ahead[1])[left])
    assert np.all((behind[0] | behind[1])[right])


@pytest.mark.parametrize("lr", [0.1, 0.7, 0.9])
@pytest.mark.parametrize("tol", [0.03, 1e-3, 1e-6, 1e-9])
def test_the_rule_stops_at_the_epoch_of_the_formula(lr, tol):
    path = gradient_descent(parabola.df, -2.0, lr, 150)
    k = np.argmax(found(parabola.df, path, tol))
    assert k == epochs_for_tolerance(tol, -2.5, lr, 2.0)


@pytest.mark.parametrize("lr", [0.05, 0.2, 1 / 3])
def test_slope_and_smallest_curvature_give_a_budget_that_is_enough(lr):
    # x² + cos x again: curvature from 1 to 3.
    def df(x):
        return 2 * x - np.sin(x)

    budget = epochs_for_tolerance(1e-6, abs(df(3.0)) / 1.0, lr, 1.0) + 1
    assert np.any(found(df, gradient_descent(df, 3.0, lr, budget), 1e-6))


def test_without_the_one_epoch_more_the_budget_can_be_short():
    # Rate 1/4 halves the error of the parabola: after 10 epochs it is tol, not below.
    tol = 2.5 / 2**10
    k = epochs_for_tolerance(tol, -2.5, 0.25, 2.0)
    path = gradient_descent(parabola.df, -2.0, 0.25, k + 1)
    assert np.flatnonzero(found(parabola.df, path, tol)).tolist() == [k + 1]


def test_a_pole_deceives_the_rule_and_is_no_minimum():
    # ln |x| has the slope 1/x, and falls without end towards 0.
    x = Fraction(1)
    while not found(lambda x: 1 / x, x, Fraction(1, 5)):
        x = x - Fraction(1, 10) / x
    assert abs(x) < Fraction(1, 5)
    heights = [mpmath.log(mpf(10) ** -n) for n in range(1, 40)]
    assert all(low < high for high, low in pairwise(heights))


@pytest.mark.parametrize("tol", [1e-17, 2e-17])
def test_below_the_rounding_of_x_the_two_ends_are_x(tol):
    assert 0.5 - tol == 0.5 + tol == 0.5
