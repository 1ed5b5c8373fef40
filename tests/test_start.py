"""What the page "The start" says, found by other ways than the page finds it."""

from fractions import Fraction
from functools import cache
from itertools import groupby, pairwise

import mpmath
import numpy as np
import pytest
import sympy
from mpmath import iv, mp

from gd_tutorial import cosine_bowl, double_well, gradient_descent

STARTS = np.linspace(-2, 2, 2001)
RATES = [Fraction(1, 10), Fraction(1, 4), Fraction(1, 2), Fraction(1)]


@pytest.fixture(autouse=True)
def many_digits():
    before = mp.dps, iv.dps
    mp.dps, iv.dps = 60, 30
    yield
    mp.dps, iv.dps = before


def slope(x):
    """The slope of cos(2πx) + x² as an interval that holds the true one."""
    return 2 * x - 2 * iv.pi * iv.sin(2 * iv.pi * x)


def curvature(x):
    return 2 - 4 * iv.pi * iv.pi * iv.cos(2 * iv.pi * x)


def sign(interval):
    """The sign of all numbers of an interval; None if they have several."""
    if interval.a > 0:
        return 1
    if interval.b < 0:
        return -1
    return 0 if interval.a == interval.b == 0 else None


# ------------------------------------------------------------------- the cosine bowl


@cache
def certified_valleys():
    """How many of the starts i/500 lie in each valley, from proven signs of slopes."""
    right = [sign(slope(iv.mpf(i) / 500)) for i in range(1, 1001)]
    assert None not in right
    signs = [-one for one in reversed(right)] + [0, *right]  # the slope is odd
    blocks = [(key, len(list(group))) for key, group in groupby(signs)]
    down = [size for key, size in blocks if key < 0]
    up = [size for key, size in blocks if key > 0]
    still = [size for key, size in blocks if key == 0]
    assert [key for key, _ in blocks] == [-1, 1, -1, 1, 0, -1, 1, -1, 1]
    return [a + b for a, b in zip(down, up, strict=True)], still


def test_the_counts_of_the_simulation_are_those_of_the_proven_signs():
    valleys, still = certified_valleys()
    ends = gradient_descent(cosine_bowl.df, STARTS, 0.01, 200)[-1]
    reached = [int((np.abs(ends - m) < 1e-6).sum()) for m in cosine_bowl.minima[1:-1]]
    assert reached == valleys
    assert still == [1]
    assert sum(valleys) + sum(still) == 2001


def test_there_are_eleven_critical_points():
    # Halve [0, 3.25] until on each piece the slope has one sign or the curvature has.
    # Where the curvature has, the slope is 0 at most once: compare its two ends.
    points, pieces = 0, [(0, 3.25)]
    while pieces:
        left, right = pieces.pop()
        piece = iv.mpf([left, right])
        if sign(slope(piece)) is not None:
            continue
        if sign(curvature(piece)) is None:
            assert right - left > 1e-3
            middle = (left + right) / 2  # a float, without rounding
            pieces += [(left, middle), (middle, right)]
        elif left == 0:
            points += 1  # 0 itself, the only one where the slope is monotonic
        else:
            ends = {sign(slope(iv.mpf(left))), sign(slope(iv.mpf(right)))}
            assert None not in ends
            points += len(ends) - 1
    assert sign(iv.mpf([3.25, 4]) - iv.pi) == 1  # beyond π there is none
    assert 2 * points - 1 == 11 == 2 * len(cosine_bowl.minima) - 1


def test_the_largest_curvature_is_the_one_at_a_half():
    x = sympy.symbols("x", real=True)
    second = sympy.diff(sympy.cos(2 * sympy.pi * x) + x**2, x, 2)
    largest = second.subs(x, sympy.Rational(1, 2))
    assert sympy.expand(largest - (2 + 4 * sympy.pi**2)) == 0
    # What is missing to it is a square.
    missing = largest - second - 8 * sympy.pi**2 * sympy.cos(sympy.pi * x) ** 2
    assert sympy.expand(missing.rewrite(sympy.exp)) == 0
    assert float(1 / largest) == pytest.approx(0.0241, abs=5e-5)


@pytest.mark.parametrize("lr", [0.001, 0.01, 0.024])
def test_a_small_rate_keeps_the_order_of_all_starts(lr):
    path = gradient_descent(cosine_bowl.df, np.linspace(-3, 3, 601), lr, 3)
    assert (np.diff(path, axis=1) > 0).all()


def test_a_rate_of_004_does_not_keep_order_but_no_path_leaves_its_valley():
    path = gradient_descent(cosine_bowl.df, STARTS, 0.04, 200)
    assert (np.diff(path[1]) < 0).any()
    tops = [0, *(float(t) for t in maxima())]
    borders = sorted({-x for x in tops} | set(tops))
    valley = np.searchsorted(borders, path)
    moving = STARTS != 0
    assert (valley[:, moving] == valley[0, moving]).all()


def test_at_004_the_map_falls_from_035_to_065_and_stays_between_the_maxima():
    turn = mp.acos((2 - 1 / mp.mpf("0.04")) / (4 * mp.pi * mp.pi)) / (2 * mp.pi)
    assert abs(turn - mp.mpf("0.35")) < 0.005
    for x in (turn, 1 - turn):  # cos 2πx is the same at both
        assert abs(1 - mp.mpf("0.04") * curvature_in_digits(x)) < mp.mpf(10) ** -40
        following = x - mp.mpf("0.04") * (2 * x - 2 * mp.pi * mp.sin(2 * mp.pi * x))
        assert 0 < following < maxima()[0]


def curvature_in_digits(x):
    return 2 - 4 * mp.pi * mp.pi * mp.cos(2 * mp.pi * x)


def maxima():
    """The two maxima on the right of 0, in many digits."""
    return [
        mp.findroot(lambda x: x - mp.pi * mp.sin(2 * mp.pi * x), guess)
        for guess in (1.05, 2.1)
    ]


def test_zero_never_moves_and_its_neighbours_do():
    assert STARTS[1000] == 0
    path = gradient_descent(cosine_bowl.df, STARTS[999:1002], 0.01, 100)
    assert (path[:, 1] == 0).all()
    lowest = cosine_bowl.minima[2:4]
    assert path[-1, [0, 2]] == pytest.approx(lowest, abs=1e-9)


# --------------------------------------------------------------------------- the waits


def wait(df, lr, x, level):
    """Epochs until a path in many digits has passed the level."""
    mp.dps = 130
    x, lr, epochs = mp.mpf(x), mp.mpf(lr), 0
    while x <= level:
        x, epochs = x - lr * df(x), epochs + 1
    return epochs


@pytest.mark.parametrize("start", ["1e-2", "1e-8", "1e-50", "1e-100"])
def test_the_waits_in_many_digits(start):
    runs = [
        (double_well, "0.1", 0.5, lambda x: x**3 - x),
        (
            cosine_bowl,
            "0.01",
            0.475802 / 2,
            lambda x: 2 * x - 2 * mp.pi * mp.sin(2 * mp.pi * x),
        ),
    ]
    for function, lr, level, df in runs:
        path = gradient_descent(function.df, float(start), float(lr), 3000)
        assert (path > level).argmax() == wait(df, lr, start, level)


@pytest.mark.parametrize(("function", "lr"), [(double_well, 0.1), (cosine_bowl, 0.01)])
def test_a_decade_costs_what_the_formula_says(function, lr):
    path = gradient_descent(function.df, np.array([1e-100, 1e-300]), lr, 16_000)
    near, far = (path > 0.2).argmax(axis=0)
    cost = mpmath.log(10) / mpmath.log(1 - lr * function.d2f(0.0))
    assert abs((far - near) - 200 * cost) < 1.001


# --------------------------------------------------------------------- the double well


def borders(lr, number):
    """The borders b1, b2, … by the closed form, and the edge."""
    lr = mp.mpf(lr.numerator) / lr.denominator
    c = mp.sqrt((1 + lr) / (3 * lr))
    m = 2 * (1 + lr) * c / 3
    found = [mp.sqrt((1 + lr) / lr)]
    while len(found) < number:
        found.append(2 * c * mp.cosh(mp.acosh(found[-1] / m) / 3))
    return found, mp.sqrt((2 + lr) / lr)


def step(lr, x):
    return x - (x * x * x - x) * lr.numerator / lr.denominator


def test_the_edge_the_first_border_and_the_slope_there():
    lr = sympy.symbols("lr", positive=True)
    x, u = sympy.symbols("x u", real=True)
    following = x - lr * sympy.diff(x**4 / 4 - x**2 / 2, x)
    first, edge = sympy.sqrt((1 + lr) / lr), sympy.sqrt((2 + lr) / lr)
    assert sympy.simplify(following.subs(x, first)) == 0
    assert sympy.simplify(following.subs(x, edge) + edge) == 0
    at_edge = sympy.diff(following, x).subs(x, edge)
    assert sympy.simplify(at_edge + 5 + 2 * lr) == 0
    c = sympy.sqrt((1 + lr) / (3 * lr))
    m = sympy.Rational(2, 3) * (1 + lr) * c
    assert sympy.simplify(following.subs(x, c) - m) == 0
    difference = following.subs(x, 2 * c * sympy.cosh(u)) + m * (
        4 * sympy.cosh(u) ** 3 - 3 * sympy.cosh(u)
    )
    assert sympy.simplify(sympy.expand(difference)) == 0
    safe = 1 / (x**2 - 1)
    assert sympy.simplify((first**2).subs(lr, safe) - x**2) == 0
    limit = sympy.Rational(3, 2) * sympy.sqrt(3) - 1
    assert sympy.simplify((m / first).subs(lr, limit)) == 1


@pytest.mark.parametrize("lr", RATES, ids=str)
def test_border_n_reaches_the_maximum_in_n_epochs(lr):
    found, edge = borders(lr, 8)
    assert found == sorted(found)
    assert found[-1] < edge
    for n, x in enumerate(found, start=1):
        for _ in range(n - 1):
            x = step(lr, x)
            assert abs(x) > mp.mpf("0.1")
        assert abs(step(lr, x)) < mp.mpf(10) ** -45


@pytest.mark.parametrize("lr", RATES, ids=str)
def test_the_stripes_alternate_in_floats_and_in_many_digits(lr):
    found, _ = borders(lr, 8)
    for n, (left, right) in enumerate(pairwise([mp.mpf(0), *found])):
        for share in (0.01, 0.3, 0.99):
            x = x0 = left + share * (right - left)
            for _ in range(n + 2):
                x = step(lr, x)
            end = gradient_descent(double_well.df, float(x0), float(lr), 40)[-1]
            assert mp.sign(x) == (-1) ** n == np.sign(end)


@pytest.mark.parametrize("lr", RATES[:3], ids=str)
def test_each_stripe_arrives_at_its_minimum(lr):
    found, _ = borders(lr, 6)
    middles = [float(a + b) / 2 for a, b in pairwise([mp.mpf(0), *found])]
    ends = gradient_descent(double_well.df, np.array(middles), float(lr), 500)[-1]
    assert ends == pytest.approx([1, -1] * 3, abs=1e-9)


@pytest.mark.parametrize("lr", RATES, ids=str)
def test_the_widths_shrink_by_five_and_twice_the_rate(lr):
    found, edge = borders(lr, 30)
    widths = [b - a for a, b in pairwise(found)]
    target = 5 + 2 * mp.mpf(lr.numerator) / lr.denominator
    assert abs(widths[-2] / widths[-1] - target) < mp.mpf(10) ** -15
    assert abs((edge - found[-2]) / (edge - found[-1]) - target) < mp.mpf(10) ** -15


def test_all_borders_and_the_edge_move_inward_as_the_rate_grows():
    rows = []
    for k in range(10, 101):
        found, edge = borders(Fraction(k, 100), 7)
        rows.append([*found, edge])
    for before, after in pairwise(rows):
        assert all(b > a for b, a in zip(before, after, strict=True))


def test_on_the_edge_a_two_cycle_and_beyond_it_growth_exactly():
    for lr, edge in [(Fraction(1, 4), 3), (Fraction(2, 3), 2)]:
        assert step(lr, Fraction(edge)) == -edge
        x = edge + Fraction(1, 10**9)
        factors = []
        for _ in range(5):
            following = step(lr, x)
            factors.append(abs(following / x))
            x = following
        assert factors[0] > 1
        assert factors == sorted(factors)
    assert step(Fraction(1, 8), Fraction(3)) == 0


@pytest.mark.parametrize("x0", [1.05, 1.3, 2.0, 5.0, 10.0])
def test_a_start_beyond_1_ends_at_1_below_its_own_rate(x0):
    limit = 1 / (x0 * x0 - 1)
    rates = min(limit, 1) * np.linspace(0.05, 0.999, 40)
    ends = gradient_descent(double_well.df, x0, rates, 8000)[-1]
    assert (np.abs(ends - 1) < 0.01).all()
    if 1.01 * limit < 1:  # and a little above the limit it crosses
        assert gradient_descent(double_well.df, x0, 1.01 * limit, 8000)[-1] < 0


def test_up_to_one_half_the_highest_landing_is_not_beyond_the_turn():
    for k in range(1, 21):
        lr = Fraction(k, 20)
        # m / c = (2/3)(1 + lr) is at most 1 exactly up to 1/2.
        assert (Fraction(2, 3) * (1 + lr) <= 1) == (lr <= Fraction(1, 2))


@pytest.mark.parametrize("k", [2, 6, 9, 10, 11])
def test_two_cycles_of_one_sign_exist_only_above_the_rate_1(k):
    x = sympy.symbols("x")
    lr = sympy.Rational(k, 10)
    once = x - lr * (x**3 - x)
    twice = sympy.expand(once.subs(x, once) - x)
    other = sympy.Poly(sympy.quo(twice, sympy.expand(once - x)), x)
    first = sympy.sqrt((1 + lr) / lr)
    inside = [r for r in sympy.real_roots(other) if 0 < r < first and r != 1]
    assert bool(inside) == (k > 10)


# -------------------------------------------------------------------------- restarting


def test_every_pair_of_starts_counted():
    ends = gradient_descent(cosine_bowl.df, STARTS, 0.01, 200)[-1]
    low = cosine_bowl.f(ends) < 0  # only the two lowest minima lie below 0
    valleys, _ = certified_valleys()
    p = Fraction(valleys[1] + valleys[2], 2001)
    pairs = int((low[:, None] | low[None, :]).sum())
    assert Fraction(pairs, 2001**2) == 1 - (1 - p) ** 2
    assert Fraction(int(low.sum()), 2001) == p
    # Three starts: count the triples by the number of hits, one start at a time.
    hits = int(low.sum())
    ways = sum(
        mpmath.binomial(3, k) * hits**k * (2001 - hits) ** (3 - k) for k in (1, 2, 3)
    )
    assert int(ways) == 2001**3 - (2001 - hits) ** 3


def test_the_smallest_number_of_starts_for_a_chance():
    valleys, _ = certified_valleys()
    miss = 1 - Fraction(valleys[1] + valleys[2], 2001)
    for chance, needed in [(Fraction(99, 100), 7), (1 - Fraction(1, 10**6), 19)]:
        assert 1 - miss**needed >= chance > 1 - miss ** (needed - 1)


def test_the_tilted_well_counted_with_whole_numbers():
    # f'(i/500) = (i/500)³ − i/500 + 1/10, times 500³: positive between the left
    # minimum and the maximum, negative between the maximum and the right minimum.
    slopes = [i**3 - i * 500**2 + 500**3 // 10 for i in range(-1000, 1001)]
    blocks = [(key, len(list(g))) for key, g in groupby(slopes, lambda v: v > 0)]
    assert [key for key, _ in blocks] == [False, True, False, True]
    left = blocks[0][1] + blocks[1][1]
    ends = gradient_descent(lambda x: x * x * x - x + 0.1, STARTS, 0.1, 500)[-1]
    assert (ends < 0).sum() == left
