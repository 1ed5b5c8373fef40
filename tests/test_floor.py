"""What the page "The floor" says, found by other ways than the page finds it.

Rounding is done here in fractions: the result of each operation, exactly, and then
the nearest number of the grid, ties to the even one.
"""

from fractions import Fraction

import mpmath
import numpy as np
import pytest

from gd_tutorial import double_well, gradient_descent, parabola

HALF = Fraction(1, 2)
BITS = {np.float16: 11, np.float32: 24, np.float64: 53}
RATES = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.24]


def nearest(x, bits):
    """The nearest number of so many significant bits (no limit to the exponent)."""
    if x == 0:
        return x
    size, exponent = abs(x), 0
    exponent = size.numerator.bit_length() - size.denominator.bit_length() - bits
    gap = Fraction(2) ** exponent
    while size / gap >= 2**bits:
        gap *= 2
    while size / gap < 2 ** (bits - 1):
        gap /= 2
    return round(x / gap) * gap  # Python rounds fractions to even


def epoch(x, lr, bits):
    slope = nearest(2 * nearest(x - HALF, bits), bits)
    return nearest(x - nearest(lr * slope, bits), bits)


def rest(kind, lr, start=-2, epochs=17_500):
    return float(gradient_descent(parabola.df, kind(start), lr, epochs)[-1])


def units(kind, x):
    """How many gaps below 0.5 an x lies."""
    return (HALF - Fraction(x)) / Fraction(2) ** (-BITS[kind] - 1)


# ----------------------------------------------------------------------- the law


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("lr", [0.01, 0.1, 0.3, 0.9])
def test_the_loop_rounds_as_the_fractions_do(kind, lr):
    path = gradient_descent(parabola.df, kind(-2), lr, 60)
    x, rate = Fraction(-2), Fraction(float(kind(lr)))
    for value in path:
        assert Fraction(float(value)) == x
        x = epoch(x, rate, BITS[kind])


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("lr", RATES)
def test_from_below_the_run_rests_at_the_law_or_at_most_a_unit_nearer(kind, lr):
    law = 1 / (4 * Fraction(str(lr)))
    assert law - 1 <= units(kind, rest(kind, lr)) <= law


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("lr", RATES)
def test_from_above_the_floor_is_twice_as_high(kind, lr):
    law = 2 / (4 * Fraction(str(lr)))
    assert law - 2 <= -units(kind, rest(kind, lr, start=2)) <= law


@pytest.mark.parametrize("start", [-2, 2])
def test_any_rate_ends_at_the_law_or_less_than_two_floats_nearer(start):
    rates = np.random.default_rng(7).uniform(0.005, 0.995, 400).astype(np.float32)
    path = gradient_descent(
        parabola.df, np.full(400, start, np.float32), rates, epochs=4000
    )
    for rate, x in zip(rates, path[-1], strict=True):
        rate = Fraction(float(rate))
        law = 1 / (4 * min(rate, 1 - rate))
        wide = 2 if start > 0 and rate < HALF else 1  # floats above 0.5: two units
        assert wide * (law - 2) < abs(units(np.float32, float(x))) <= wide * law


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("lr", [0.26, 0.3, 0.5, 0.7, 0.74])
def test_between_a_quarter_and_three_quarters_the_last_bit_falls(kind, lr):
    assert rest(kind, lr) == 0.5


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("lr", [0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999])
def test_near_the_rate_one_its_distance_from_one_counts(kind, lr):
    law = 1 / (4 * (1 - Fraction(str(lr))))
    assert law - 2 < abs(units(kind, rest(kind, lr))) <= law


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("lr", [*RATES, 0.26, 0.5, 0.74, 0.8, 0.9, 0.98, 0.999])
def test_a_start_nearby_ends_as_far_from_the_minimum_as_minus_two(kind, lr):
    start = 0.5 - 16384 * 2.0 ** (-BITS[kind] - 1)
    assert abs(rest(kind, lr, start, 2500) - 0.5) == abs(rest(kind, lr) - 0.5)


@pytest.mark.parametrize("star", [1000.0, 1e6])
def test_the_gap_at_the_minimum_sets_the_floor(star):
    path = gradient_descent(lambda x: 2 * (x - star), star - 2.5, 0.1, 400)
    gap = np.spacing(star)
    assert path[-1] == path[-2] == star - 2 * gap


def test_around_zero_the_floor_is_the_smallest_float():
    path = gradient_descent(lambda x: 2 * x, -2.5, 0.1, 4000)
    smallest = np.nextafter(0.0, 1.0)
    assert path[-1] == path[-2] == -2 * smallest


@pytest.mark.parametrize("lr", [0.001, 0.01, 0.05])
def test_the_law_holds_on_the_double_well(lr):
    path = gradient_descent(double_well.df, 0.5, lr, 30_000)
    law = 2.0**-53 / (2 * lr * 2)
    assert path[-1] == path[-2]
    assert law - 2 * 2.0**-53 < 1 - path[-1] <= law * (1 + 1e-9)


def test_one_epoch_of_one_half_takes_the_double_well_off_its_floor():
    x = gradient_descent(double_well.df, 0.5, 0.001, 30_000)[-1]
    with mpmath.workdps(50):
        exact = mpmath.mpf(float(x)) - (mpmath.mpf(float(x)) ** 3 - float(x)) / 2
        assert abs(exact - 1) < 1e-26  # about 3/2 of the error, squared
    assert abs(gradient_descent(double_well.df, x, 0.5, 1)[-1] - 1) <= 2.0**-52
    assert gradient_descent(double_well.df, x, 0.0001, 1)[-1] == x


# ------------------------------------------------------------------ the last bits


@pytest.mark.parametrize(
    "lr", [0.01, 0.1, 0.24, 0.25, 0.5, 0.75, 0.87, 0.88, 0.9, 0.95, 0.99]
)
def test_the_law_tells_which_floats_rest_and_which_swing(lr):
    unit, rate = Fraction(2) ** -54, Fraction(lr)
    places = [*range(-60, 0), *range(0, 60, 2)]
    after = {n: (epoch(HALF + n * unit, rate, 53) - HALF) / unit for n in places}
    law = 1 / (4 * min(rate, 1 - rate))
    still = {n for n in places if -law < n < 2 * law} if rate < HALF else {0}
    right = {n for n in places if 0 < n < law} if rate > HALF else set()
    assert {n for n in places if after[n] == n} == still
    assert {n for n in places if n > 0 and after[n] == -n == -after[-n]} == right
    ends = {*still, *right, *(-n for n in right)}
    for x in places:
        for _ in range(400):
            x = after[x]
        assert x in ends


# --------------------------------------------------------------- f, slope, carry


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_one_plus_a_square_is_one_up_to_the_root_of_half_eps(kind):
    bits = BITS[kind]
    border = mpmath.sqrt(mpmath.mpf(2) ** (1 - bits) / 2)
    for share, blind in ((0.999, True), (1.001, False)):
        d = nearest(Fraction(float(border * share)), bits)
        assert (nearest(1 + nearest(d * d, bits), bits) == 1) is blind


def test_the_coarse_slope_is_zero_exactly_within_half_a_gap_at_1000():
    half = Fraction(2) ** -44  # floats from 512 to 1024 are 2^-43 apart
    for share, zero in ((Fraction(99, 100), True), (Fraction(101, 100), False)):
        for side in (-1, 1):
            x = nearest(HALF + side * share * half, 53)
            slope = nearest(x + 1000, 53) - Fraction(2001, 2)
            assert (slope == 0) is zero


@pytest.mark.parametrize("lr", [0.1, 0.01, 0.001])
def test_the_floor_of_the_slope_does_not_depend_on_the_rate(lr):
    path = gradient_descent(lambda x: 2 * ((x + 1000) - 1000.5), -2.0, lr, 20_000)
    assert path[-1] == path[-2]
    # The run rests with its first estimate on the middle stair.
    stair, first = 2.0**-44, 2 * 2.0**-43 * lr
    assert stair - 2 * first < abs(path[-1] - 0.5) <= stair


@pytest.mark.parametrize("lr", [0.1, 0.001, 1e-4, 3e-5])
def test_two_floors_leave_at_most_their_sum(lr):
    path = gradient_descent(
        lambda x: 2 * ((x + 1000) - 1000.5), 0.5 - 2.0**-41, lr, 9000
    )
    step, slope = 2.0**-54 / (4 * lr), 2.0**-44
    assert path[-1] == path[-2]
    assert abs(path[-1] - 0.5) <= step + slope
    if lr == 1e-4:
        assert abs(path[-1] - 0.5) > max(step, slope)


def test_compensated_steps_follow_the_exact_answer_below_the_floor():
    x, dropped, lr = np.float32(-2), np.float32(0), np.float32(0.001)
    q = 1 - 2 * mpmath.mpf(float(lr))
    for k in range(1, 10_001):
        step = lr * parabola.df(x) + dropped
        new = x - step
        x, dropped = new, step - (x - new)
        if k >= 2000 and k % 500 == 0:
            exact = mpmath.mpf("0.5") - mpmath.mpf("2.5") * q**k
            assert abs(mpmath.mpf(float(x)) - exact) < mpmath.mpf(2) ** -25
    assert x == 0.5


# ------------------------------------------------------ tolerances and exercises


@pytest.mark.parametrize("lr", [0.001, 0.01, 0.1])
def test_twice_the_floor_can_be_reached_and_half_of_it_cannot(lr):
    floor = 2.0**-54 / (4 * lr)
    path = gradient_descent(parabola.df, -2.0, lr, 20_000)
    reached = [
        np.any((path - times * floor < 0.5) & (path + times * floor > 0.5))
        for times in (2, 0.5)
    ]
    assert reached == [True, False]


def test_the_largest_float32_rate_that_never_leaves_is_eps_over_ten():
    low, high = np.float32(1e-9), np.float32(1e-7)  # stays, moves
    while np.nextafter(low, high) < high:
        middle = np.float32((low + high) / 2)
        moves = gradient_descent(parabola.df, np.float32(-2), middle, 1)[1] != -2
        low, high = (low, middle) if moves else (middle, high)
    assert float(low) == pytest.approx(2.0**-23 / 10, rel=1e-6)


def test_in_float16_one_rate_stops_on_the_way():
    for lr, near in ((0.1, True), (0.01, True), (0.001, True), (0.0001, False)):
        law = 1 / (4 * Fraction(float(np.float16(lr))))
        got = units(np.float16, rest(np.float16, lr, epochs=9000))
        assert (law - 2 < got <= law + 1) is near
