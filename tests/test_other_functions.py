"""What the page "Other functions" says, found by other ways than the page finds it."""

import math
import random
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy
from mpmath import mp

import gd_tutorial as gd
from gd_tutorial import gradient_descent

x, u, s, lr, q, c, L = sympy.symbols("x u s lr q c L", positive=True)


@pytest.fixture(autouse=True)
def many_digits():
    before = mp.dps
    mp.dps = 40
    yield
    mp.dps = before


# -------------------------------------------------------------------- the gallery

real = sympy.symbols("z", real=True)
ROWS = [
    (gd.absolute, sympy.Abs(real)),
    (gd.power_kink, sympy.Abs(real) ** sympy.Rational(3, 2)),
    (gd.cosine_bowl, sympy.cos(2 * sympy.pi * real) + real**2),
    (gd.quartic, real**4),
    (gd.double_well, real**4 / 4 - real**2 / 2),
    (gd.parabola, (real - sympy.Rational(1, 2)) ** 2),
    (gd.plateau, 1 - sympy.exp(-(real**2))),
    (gd.log_cosh, sympy.log(sympy.cosh(real))),
    (gd.cubic, real**3),
    (gd.decay, sympy.exp(-real)),
]


@pytest.mark.parametrize(("function", "f"), ROWS, ids=[row[0].name for row in ROWS])
def test_the_slopes_are_the_derivatives_of_the_functions_in_the_table(function, f):
    points = np.array([-1.7, -0.9, -0.2, 0.3, 1.1, 1.9])
    slope = sympy.diff(f, real)
    exact = [float(slope.subs(real, sympy.Float(point, 30))) for point in points]
    assert function.df(points) == pytest.approx(exact, rel=1e-12, abs=1e-13)


@pytest.mark.parametrize(
    ("f", "at", "largest"),
    [
        (ROWS[2][1], sympy.Rational(1, 2), 2 + 4 * sympy.pi**2),
        (ROWS[5][1], sympy.Integer(0), 2),
        (ROWS[6][1], sympy.Integer(0), 2),
        (ROWS[7][1], sympy.Integer(0), 1),
    ],
    ids=["cosine bowl", "parabola", "plateau", "log cosh"],
)
def test_the_largest_curvature_of_the_table(f, at, largest):
    second = sympy.diff(f, real, 2)
    assert sympy.simplify(second.subs(real, at) - largest) == 0
    values = sympy.lambdify(real, second, "numpy")(np.linspace(-6, 6, 4001))
    assert np.max(values) <= float(largest) + 1e-12


@pytest.mark.parametrize(
    ("function", "limit"),
    [
        (gd.parabola, 1),
        (gd.plateau, 1),
        (gd.log_cosh, 2),
        (gd.cosine_bowl, 2 / (2 + 4 * math.pi**2)),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_a_step_below_2_over_L_lowers_f_by_what_the_note_says(function, limit):
    rng = np.random.default_rng(1)
    point = rng.uniform(*function.domain, 4000)
    rate = limit * rng.uniform(0.01, 1, point.size)
    slope = function.df(point)
    drop = function.f(point) - function.f(point - rate * slope)
    promised = rate * (1 - rate / limit) * slope * slope
    assert np.all(drop >= promised - 1e-12)


@pytest.mark.parametrize("function", [gd.plateau, gd.log_cosh])
def test_plateau_and_log_cosh_are_safe_at_the_limit_itself(function):
    largest = mp.mpf(2) if function is gd.plateau else mp.mpf(1)
    slope = (
        (lambda z: 2 * z * mp.exp(-z * z)) if function is gd.plateau else mpmath.tanh
    )
    for z in mpmath.linspace(mp.mpf("0.01"), 5, 300):
        assert abs(z - 2 / largest * slope(z)) < z


@pytest.mark.parametrize("function", [gd.parabola, gd.plateau, gd.log_cosh])
def test_above_the_limit_a_start_close_to_the_minimum_climbs(function):
    minimum = function.minima[0]
    rate = 1.01 * 2 / function.d2f(minimum)
    path = gradient_descent(function.df, minimum + 0.01, rate, 1)
    assert function.f(path[1]) > function.f(path[0])


def test_from_2_the_double_well_is_safe_below_two_thirds_and_diverges_above():
    # With w = x² − 1 one epoch multiplies w by 1 − lr (1 + w)(2 − lr w), and f falls
    # exactly if that is between −1 and 1.
    w = sympy.symbols("w", real=True)
    following = (1 + w) * (1 - lr * w) ** 2 - 1
    assert sympy.expand(following - w * (1 - lr * (1 + w) * (2 - lr * w))) == 0
    # The product is largest at 1/lr − 1/2, where it is (1 + lr/2)², below 2 here; and
    # it is positive for w from −1 to 3 as long as 3 lr is below 2.
    product = lr * (1 + w) * (2 - lr * w)
    top = sympy.solve(sympy.diff(product, w), w)[0]
    assert sympy.simplify(product.subs(w, top) - (1 + lr / 2) ** 2) == 0
    assert (1 + Fraction(1, 3)) ** 2 < 2
    for rate in (0.3, 0.5, 0.666):
        f = gd.double_well.f(gradient_descent(gd.double_well.df, -2.0, rate, 300))
        assert np.all(np.diff(f) <= 1e-15)
    path = gradient_descent(gd.double_well.df, -2.0, 0.667, 60)
    assert not np.isfinite(path[-1])


@pytest.mark.parametrize("function", [gd.cubic, gd.decay], ids=["cubic", "decay"])
@pytest.mark.parametrize("rate", [0.001, 0.3, 20.0, 1e6])
def test_every_rate_lowers_f_on_the_cubic_and_on_the_decay(function, rate):
    starts = np.random.default_rng(6).uniform(-3, 3, 2000)
    path = gradient_descent(function.df, starts, rate, 1)
    assert np.all(function.f(path[1]) < function.f(path[0]))


@pytest.mark.parametrize("function", [gd.absolute, gd.power_kink], ids=["1", "1.5"])
@pytest.mark.parametrize("rate", [0.013, 0.31, 2.9])
def test_on_the_two_with_infinite_curvature_every_common_start_climbs(function, rate):
    starts = np.random.default_rng(7).uniform(*function.domain, 500)
    f = function.f(gradient_descent(function.df, starts, rate, 400))
    assert np.all(np.any(f[1:] > f[:-1], axis=0))


@pytest.mark.parametrize(
    ("function", "rate"),
    [
        (gd.cosine_bowl, 0.0482),
        (gd.quartic, 0.1249),
        (gd.double_well, 0.666),
        (gd.parabola, 0.999),
        (gd.plateau, 1.0),
        (gd.log_cosh, 2.0),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_no_start_of_the_domain_climbs_at_a_rate_left_of_the_mark(function, rate):
    starts = np.linspace(*function.domain, 1999)
    f = function.f(gradient_descent(function.df, starts, rate, 200))
    assert np.all(f[1:] <= f[:-1] + 1e-14 * (1 + abs(f[:-1])))


# ------------------------------------------------------------------------- powers


def test_a_run_on_x4_diverges_exactly_if_lr_x0_squared_is_above_one_half():
    rng = random.Random(4)
    for _ in range(300):
        start = Fraction(rng.randint(1, 300), rng.randint(1, 100))
        rate = Fraction(rng.randint(490, 510), 1000) / start**2  # close to the border
        following = start - rate * 4 * start**3
        product = rate * start * start
        assert (abs(following) > start) == (product > Fraction(1, 2))
        # What has grown has a larger product, so it grows again: by at least this much.
        if product > Fraction(1, 2):
            assert rate * following**2 > product
    assert Fraction(2) - Fraction(1, 8) * 4 * 8 == -2


def test_on_x4_the_rate_drops_out_in_the_unit_one_over_its_root():
    following = (x - lr * 4 * x**3).subs(x, u / sympy.sqrt(lr)) * sympy.sqrt(lr)
    assert sympy.expand(following - (u - 4 * u**3)) == 0


def test_one_over_x_squared_grows_as_the_note_says():
    following = s / (1 - 4 * lr / s) ** 2
    one = 1 / (x - 4 * lr * x**3) ** 2
    assert sympy.simplify(one.subs(x, 1 / sympy.sqrt(s)) - following) == 0
    v = sympy.symbols("v", positive=True)
    series = sympy.series(following.subs(s, 1 / v), v, 0, 2).removeO()
    assert sympy.simplify(series - (1 / v + 8 * lr + 48 * lr**2 * v)) == 0


@pytest.mark.parametrize("power", [3, 4, 6])
def test_the_law_of_the_slow_approach(power):
    k, rate = 20_000, 0.1
    path = gradient_descent(lambda z: power * z ** (power - 1), 1.0, rate, k)
    law = (power * (power - 2) * rate * k) ** (-1 / (power - 2))
    assert path[-1] / law == pytest.approx(1, abs=2e-3)
    assert path[-1] < law


def test_1e_minus_6_takes_so_many_epochs_on_x4():
    k = sympy.symbols("k", positive=True)
    law = (8 * k / 10) ** sympy.Rational(-1, 2)
    (answer,) = sympy.solve(sympy.Eq(law, sympy.Rational(1, 10**6)), k)
    assert answer == 1_250_000_000_000


def test_on_abs_every_run_hops_between_the_remainder_and_the_remainder_minus_lr():
    rng = random.Random(5)
    for _ in range(300):
        rate = Fraction(rng.randint(1, 60), rng.randint(20, 60))
        place = start = Fraction(rng.randint(-300, 300), rng.randint(1, 90))
        for _ in range(2 * int(abs(start) / rate) + 4):
            sign = (place > 0) - (place < 0)
            before, place = place, place - rate * sign
        rest = start % rate
        assert {before, place} == ({rest, rest - rate} if rest else {0})
        if rest:
            assert min(abs(before), abs(place)) <= rate / 2
            assert max(abs(before), abs(place)) >= rate / 2


def test_the_mirror_distance_solves_its_equation_and_has_the_slope_3_minus_2q():
    distance = (q * lr / 2) ** (1 / (2 - q))
    equation = 2 * c - lr * q * c ** (q - 1)
    slope = 1 - lr * q * (q - 1) * c ** (q - 2)
    for power in map(sympy.Rational, ("11/10", "3/2", "19/10", "5/2", "4", "6")):
        place = {c: distance, q: power}
        for rate in map(sympy.Rational, ("1/10", "1", "7/5")):
            value = equation.subs(c, distance).subs({q: power, lr: rate})
            assert abs(value.evalf(30)) < 1e-25
            value = slope.subs(place).subs({q: power, lr: rate})
            assert abs((value - 3 + 2 * power).evalf(30)) < 1e-25


def test_the_mirror_distance_is_the_hop_for_15_and_the_border_for_4():
    distance = (q * lr / 2) ** (1 / (2 - q))
    hop = distance.subs(q, sympy.Rational(3, 2))
    assert sympy.simplify(hop - (3 * lr / 4) ** 2) == 0
    border = distance.subs(q, 4)
    assert sympy.simplify(lr * border**2 - sympy.Rational(1, 2)) == 0


@pytest.mark.parametrize("power", ["1.1", "1.4", "1.5", "1.8"])
def test_below_2_runs_end_at_the_mirror_distance(power):
    power, rate = mp.mpf(power), mp.mpf("0.7")
    distance = (power * rate / 2) ** (1 / (2 - power))
    for start in ("0.013", "0.4", "3.7"):
        place = mp.mpf(start)
        for _ in range(250):
            place = abs(place - rate * power * place ** (power - 1))
        assert abs(place / distance - 1) < mp.mpf(10) ** -12


@pytest.mark.parametrize("power", [2.3, 3.0, 4.0, 6.0])
def test_above_2_the_mirror_distance_divides_the_starts(power):
    rate = 0.7
    distance = (power * rate / 2) ** (1 / (2 - power))

    def df(z):
        return power * np.abs(z) ** (power - 1) * np.sign(z)

    starts = np.array([0.999, 1.001]) * distance
    inside, outside = gradient_descent(df, starts, rate, 2).T
    assert np.all(np.diff(np.abs(inside)) < 0)
    assert np.all(np.diff(np.abs(outside)) > 0)


def test_on_the_power_15_each_error_is_a_quarter_of_the_square_of_the_last():
    rate, place = mp.mpf("0.4"), mp.mpf("0.3")
    end = (3 * rate / 4) ** 2
    errors = []
    for _ in range(6):
        place = abs(place - rate * mp.mpf("1.5") * mp.sqrt(place))
        errors.append(abs(place - end) / end)
    assert float(errors[-1] / errors[-2] ** 2) == pytest.approx(0.25, abs=1e-6)


# ------------------------------------------------------------------------ the wait


def law_of_the_wait(start, rate):
    def slope(z):
        return 2 * z * mp.exp(-z * z)

    time = mp.quad(lambda z: 1 / (rate * slope(z)), mpmath.linspace(1, start, 9))
    return time, mp.log(slope(mp.mpf(1)) / slope(start)) / 2


def wait(start, rate):
    place, epochs = start, 0
    while place > 1:
        place -= rate * 2 * place * math.exp(-place * place)
        epochs += 1
    return epochs


@pytest.mark.parametrize("start", [1.5, 2.5, 3.5])
def test_the_integral_of_the_wait_is_the_difference_of_two_ei(start):
    time, _ = law_of_the_wait(mp.mpf(start), mp.mpf("0.1"))
    closed = (mp.ei(mp.mpf(start) ** 2) - mp.ei(1)) / mp.mpf("0.4")
    assert abs(time / closed - 1) < mp.mpf(10) ** -20


def test_at_01_the_law_hits_20_of_21_counts_and_misses_one_by_one():
    rate = mp.mpf("0.1")
    off = []
    for start in np.linspace(1.5, 3.5, 21):
        law = sum(law_of_the_wait(mp.mpf(float(start)), rate))
        off.append(abs(int(mp.ceil(law)) - wait(float(start), 0.1)))
    assert sorted(off) == [0] * 20 + [1]


@pytest.mark.parametrize("rate", [0.03, 0.2, 0.5])
@pytest.mark.parametrize("start", [2.2, 2.9, 3.3])
def test_the_logarithm_is_what_the_integral_lacks(start, rate):
    time, more = law_of_the_wait(mp.mpf(start), mp.mpf(rate))
    count = wait(start, rate)
    assert abs(count - 0.5 - float(time + more)) < 1
    assert count - 0.5 - float(time) > 1


def test_from_6_the_plateau_takes_3e14_epochs_and_floats_do_not_move():
    assert float(mp.ei(36) / mp.mpf("0.4")) == pytest.approx(3e14, rel=0.1)
    for start, moves in ((mp.mpf("5.9"), True), (mp.mpf(6), False)):
        step = mp.mpf("0.1") * 2 * start * mp.exp(-start * start)
        assert (step > np.spacing(float(start)) / 2) == moves


# -------------------------------------------------------------------- no minimum


@pytest.mark.parametrize("distance", ["0.1", "0.05", "0.02", "0.001"])
def test_on_the_left_the_cubic_leaves_after_about_one_over_3_lr_d(distance):
    rate, place, epochs = mp.mpf("0.1"), mp.mpf(distance), 0
    expected = 1 / (3 * rate * place)
    while place < 1 / (3 * rate):
        place, epochs = place + 3 * rate * place**2, epochs + 1
    assert expected < epochs < expected + 2 * mp.log(expected)
    for _ in range(6):
        before, place = place, place + 3 * rate * place**2
    assert 1.9 < mp.log10(place) / mp.log10(before) < 2


def test_on_the_decay_x_minus_ln_of_lr_k_goes_to_0_from_every_start():
    rate = 0.1
    for start in (-1.0, 0.0, 2.0):
        path = gradient_descent(gd.decay.df, start, rate, 40_000)
        epochs = np.array([400, 4000, 40_000])
        gap = path[epochs] - np.log(rate * epochs)
        assert np.all(np.diff(np.abs(gap)) < 0)
        assert abs(gap[-1]) < 0.01
        guess = np.log(np.exp(start) + rate * epochs)
        assert np.all(path[epochs] > guess)
        assert path[epochs] == pytest.approx(guess, abs=0.02)
        assert gd.decay.f(path[-1]) * rate * 40_000 == pytest.approx(1, abs=0.01)


def test_the_first_step_from_minus_5_is_worth_188000_epochs():
    rate = mp.mpf("0.1")
    first = -5 + rate * mp.exp(5)
    assert float(first) == pytest.approx(9.84, abs=0.005)
    assert float(mp.exp(first) / rate) == pytest.approx(1.88e5, rel=3e-3)
    # From 0, y = exp(x) has to grow from 1 to this, by lr and a little each epoch.
    y, epochs, goal = 1.0, 0, float(mp.exp(first))
    while y < goal:
        y, epochs = y * math.exp(0.1 / y), epochs + 1
    assert epochs == pytest.approx(1.88e5, rel=3e-3)


# --------------------------------------------------------------- your own function


def test_the_own_function_its_slip_and_its_two_limits():
    f = (sympy.exp(real) - 3) ** 2
    slope = sympy.diff(f, real)
    e = sympy.exp(real)
    assert sympy.expand(slope - (2 * e**2 - 6 * e)) == 0
    assert sympy.solve(e**2 - 6 * e, real) == [sympy.log(6)]
    second = sympy.diff(slope, real)
    assert sympy.simplify(second.subs(real, sympy.log(3)) - 18) == 0
    assert float(2 / second.subs(real, 2)) == pytest.approx(0.0115, abs=5e-5)
    # Left of 2 the curvature is nowhere larger: it falls, then rises for good.
    values = sympy.lambdify(real, second, "numpy")(np.linspace(-30, 2, 9001))
    assert np.max(values) == values[-1]


def test_below_half_of_3_root_3_no_start_of_x_plus_1_over_x_leaves_the_positive():
    f = x + 1 / x
    assert sympy.solve(sympy.diff(f, x), x) == [1]
    assert sympy.diff(f, x, 2).subs(x, 1) == 2
    following = x - lr * sympy.diff(f, x)
    assert sympy.diff(following, x, 2).is_positive  # so its flat point is the lowest
    (lowest,) = sympy.solve(sympy.diff(following, x), lr)
    assert sympy.expand(lowest - x**3 / 2) == 0
    smallest = sympy.factor(following.subs(lr, lowest))
    assert sympy.expand(smallest - x * (3 - x**2) / 2) == 0
    assert sympy.solve(smallest, x) == [sympy.sqrt(3)]
    assert lowest.subs(x, sympy.sqrt(3)) == 3 * sympy.sqrt(3) / 2
    # It falls through 0 there, and the rate rises: below the limit it is positive.
    assert sympy.diff(smallest, x).subs(x, sympy.sqrt(3)) < 0
    assert sympy.diff(lowest, x).is_positive


def test_the_run_from_2_at_the_rate_5_goes_left_while_f_falls():
    place, value = Fraction(2), Fraction(5, 2)
    for _ in range(8):
        place -= 5 * (1 - 1 / place**2)
        before, value = value, place + 1 / place
        assert place < -1  # where the slope is positive, so the next step goes left
        assert value < before
    assert value < 2


def test_the_sixth_power_of_the_exercise():
    distance = mp.root(1 / (6 * mp.mpf("0.1") / 2), 4)
    assert float(distance) == pytest.approx(1.3512, abs=5e-5)
    law = 1 / (24 * mp.mpf("0.1") * mp.mpf("0.1") ** 4)
    assert round(float(law)) == 4167
    place, epochs = 1.0, 0
    while place > 0.1:
        place, epochs = place - 0.1 * 6 * place**5, epochs + 1
    assert 0.99 * float(law) < epochs < float(law)
