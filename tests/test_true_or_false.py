"""What the page "True or false?" says, found by other ways than the page finds it."""

import math
import re
from fractions import Fraction
from pathlib import Path

import mpmath
import numpy as np
import pytest
import sympy
from mpmath import mpf
from scipy.optimize import brentq

from gd_tutorial import GALLERY, double_well, gradient_descent, log_cosh
from runner import Runner
from snippets import find_snippets, read_page

NAME = "docs/further/true-or-false.md"
TEXT = read_page(Path(__file__).resolve().parent.parent / NAME)
QUIZ, EXERCISES = TEXT.split("## What the wrong ones have in common")
NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?")
HALF = Fraction(1, 2)


def boxes():
    """The sentences by their number, each with what its box holds."""
    parts = re.split(r"^### (\d+)\. (.+)\n", QUIZ, flags=re.MULTILINE)[1:]
    numbers, titles, bodies = parts[::3], parts[1::3], parts[2::3]
    return dict(zip(map(int, numbers), zip(titles, bodies, strict=True), strict=True))


@pytest.fixture(autouse=True)
def many_digits():
    with mpmath.workdps(50):
        yield


@pytest.fixture(scope="module")
def printed():
    """What the program of a sentence prints, as rows of numbers."""
    snippets = find_snippets(TEXT, NAME)

    def rows(number):
        _, body = boxes()[number]
        (found,) = [one for one in snippets if one.fence in body]
        lines = runner.run(found, TEXT)["output"].splitlines()
        return [[float(n) for n in NUMBER.findall(one)] for one in lines]

    with Runner(processes=1) as runner:
        yield rows


# ---------------------------------------------------------------------- the page


def test_the_sentences_are_numbered_and_there_are_twenty_at_least():
    assert list(boxes()) == list(range(1, len(boxes()) + 1))
    assert len(boxes()) >= 20


@pytest.mark.parametrize("number", boxes())
def test_each_sentence_hides_a_verdict_a_program_and_the_right_sentence(number):
    _, body = boxes()[number]
    before, inside = body.split('??? success "Verdict"\n')
    assert before.strip() == ""
    assert re.match(r"\n    \*\*(True|False|True only if)\b", inside)
    assert inside.count("```python") == 1
    assert inside.count("**Right:**") == 1
    shown = [one for one in inside.splitlines() if one and not one.startswith("    ")]
    assert [one for one in shown if not one.startswith("## ")] == []


def test_the_verdicts_are_counted_right():
    words = "zero one two three four five six seven eight nine ten eleven twelve"
    words = f"{words} thirteen fourteen fifteen sixteen".split()
    found = re.findall(r"^    \*\*(True only if|True|False)\b", QUIZ, re.MULTILINE)
    count = {verdict: words[found.count(verdict)] for verdict in set(found)}
    assert (
        f"Of the {len(found)} sentences {count['True']} are true,"
        f" {count['False']} are false, and {count['True only if']} lack a condition"
    ) in EXERCISES
    assert "Thirty-one" in TEXT.splitlines()[0]
    assert len(found) == 31


# ------------------------------------------------------------ the loop, the ends


def test_2_the_rate_has_the_unit_of_x_squared_over_that_of_f():
    x, lr, a, b = sympy.symbols("x lr a b", positive=True)
    f = sympy.Function("f")
    t = sympy.Symbol("t", positive=True)
    g = b * f(t / a)  # x measured in units 1/a, f in units 1/b
    slope = sympy.diff(g, t).subs(t, a * x).doit()
    step = sympy.diff(f(x), x) * lr
    assert sympy.simplify(a * a / b * lr * slope - a * step) == 0


def test_5_the_share_of_wrong_orders_in_whole_numbers(printed):
    distances = [abs(n - 1250) for n in range(2001)]  # in steps of 0.002
    better, worse = 490**100, 499**100  # 0.98 and 0.998 are these over 500
    near = sorted(worse * d for d in distances)
    wrong, k = 0, 0
    for d in sorted(distances):
        while k < 2001 and near[k] < better * d:
            k += 1
        wrong += k
    assert printed(5)[0][0] == round(100 * wrong / 2001**2, 2)
    assert printed(5)[1][0] == 0


def test_7_on_the_plateau_the_step_is_shorter_than_half_a_gap():
    x = mpf(6)
    step = mpf("0.1") * 2 * x * mpmath.exp(-x * x)
    assert 0 < step < (6 - np.nextafter(6.0, 0.0)) / 2


def tilted(sign):
    return sorted(float(mpmath.re(r)) for r in mpmath.polyroots([1, 0, -1, sign / 10]))


def test_8_the_start_is_nearer_to_the_minimum_at_which_it_does_not_end(printed):
    left, top, right = tilted(1)
    x0, end = printed(8)[2]
    assert right - x0 < x0 - left
    assert x0 < top
    assert end == pytest.approx(left, abs=5e-5)
    assert 0.01 * max(3 * x0 * x0 - 1, 3 * left * left - 1) < 1  # a small rate


def test_8_below_1_over_l_each_run_stays_between_the_maxima():
    left, top, right = tilted(1)

    def df(x):
        return x**3 - x + 0.1

    starts = np.linspace(-2, 2, 401)
    ends = gradient_descent(df, starts, 0.99 / (3 * 4 - 1), epochs=1000)[-1]
    assert np.array_equal(np.abs(ends - left) < 1e-6, starts < top)
    assert np.array_equal(np.abs(ends - right) < 1e-6, starts > top)


def test_8_a_point_of_inflection_is_a_border_too():
    def df(x):
        return x * x * (x + 1)  # 0 at the minimum -1 and, with no maximum, at 0

    starts = np.array([-0.1, 0.1])
    low, high = gradient_descent(df, starts, 0.01, epochs=20_000)[-1]
    assert low == pytest.approx(-1)
    assert 0 < high < 0.01


@pytest.mark.parametrize("sign", [1, -1])
def test_9_the_longer_step_ends_on_the_left_whichever_side_is_lower(sign):
    left, _, right = tilted(sign)

    def f(x):
        return x**4 / 4 - x * x / 2 + sign * x / 10

    assert (f(left) < f(right)) is (sign == 1)
    for lr, place in ((mpf("0.1"), right), (mpf("0.5"), left)):
        x = mpf(2)
        for _ in range(200):
            x -= lr * (x**3 - x + mpf(sign) / 10)
        assert abs(x - place) < 1e-6


@pytest.fixture
def bottom():
    return mpmath.findroot(pit, (1.846, 1.847))


def pit(x):
    z = 10 * (x - mpf("1.85"))
    return 2 * (x - mpf("0.5")) + 80 * z * mpmath.exp(-z * z)


def test_10_the_starts_beyond_the_maximum_end_in_the_pit(printed, bottom):
    bend = mpmath.diff(pit, bottom)
    assert printed(10)[0] == [round(float(bottom), 4), round(float(bend))]
    assert float(2 / bend) == pytest.approx(0.0025, abs=5e-5)

    def df(x):
        return float(pit(mpf(x)))

    starts = np.linspace(-2, 2, 2001)
    inside = int((starts > brentq(df, 1.55, 1.75)).sum())  # the only maximum there
    assert printed(10)[1:3] == [[0.1, 0, 2001], [0.002, inside, 2001]]
    for n, row in zip((1, 10, 50), printed(10)[3:], strict=True):
        missed = Fraction(2001 - inside, 2001) ** n
        assert row[-1] == pytest.approx(float(missed), abs=5e-5)


def test_10_the_pit_is_deeper_than_the_old_minimum(bottom):
    z = 10 * (bottom - mpf("1.85"))
    assert (bottom - mpf("0.5")) ** 2 - 4 * mpmath.exp(-z * z) < -2


# --------------------------------------------------------------------- the rate


def test_11_the_two_cycle_is_where_the_chord_has_the_slope_two_thirds(printed):
    a = mpmath.findroot(lambda a: mpmath.tanh(a) - 2 * a / 3, 1.3)
    for row in printed(11):
        assert [abs(x) for x in row[1:]] == pytest.approx([float(a)] * 3, abs=1e-6)


def test_12_the_three_starts_lie_before_between_and_beyond_two_borders(printed):
    lr = mpf("0.1")
    border, edge = mpmath.sqrt((1 + lr) / lr), mpmath.sqrt((2 + lr) / lr)
    near, between, beyond = printed(12)
    assert near[0] < border < between[0] < edge < beyond[0]
    assert (near[1:], between[1:], beyond[1:]) == ([1], [-1], [])


def test_13_between_the_two_rates_there_is_a_two_cycle_that_attracts(printed):
    lr = mpf("0.003")

    def step(x):
        return x - lr * pit(x)

    low, high = printed(13)[1][1:]
    x = mpmath.findroot(lambda x: step(step(x)) - x, mpf(low))
    assert float(x) == pytest.approx(low, abs=5e-5)
    assert float(step(x)) == pytest.approx(high, abs=5e-5)
    assert abs(mpmath.diff(step, x) * mpmath.diff(step, step(x))) < 1


def test_15_the_rate_is_the_same_for_all_starts_on_a_parabola_alone():
    x, star, lr, c = sympy.symbols("x star lr c")
    slope = (x - star) / lr
    f = sympy.integrate(slope, x) + c
    assert sympy.Poly(f, x).degree() == 2
    for function in GALLERY:
        if len(function.minima) == 1 and function.name != "parabola":
            rates = [
                (x0 - function.minima[0]) / function.df(x0) for x0 in (1.0, 2.0, 3.0)
            ]
            assert len({round(rate, 9) for rate in rates}) == 3


def test_16_no_constant_rate_is_faster_for_both_curvatures(printed):
    rates = [Fraction(n, 1300) for n in range(1, 130)]
    factor = {lr: max(abs(1 - lr), abs(1 - 25 * lr)) for lr in rates}
    assert min(factor, key=factor.get) == Fraction(2, 26)
    assert factor[Fraction(2, 26)] == Fraction(24, 26)
    count = math.ceil(math.log(1e-6) / math.log(24 / 26))
    assert [row[-1] for row in printed(16)[1:3]] == [count, count]
    assert [row[-1] for row in printed(16)[4:]] == [1, 2]


def test_17_the_floors_follow_their_laws(printed):
    for lr, parabola_error, kink_error in printed(17)[1:]:
        law = 2.0**-54 / (4 * lr)
        assert law - 2 * 2.0**-54 < parabola_error * 1.05
        assert parabola_error * 0.95 < law
        assert kink_error == pytest.approx((0.75 * lr) ** 2, rel=0.02)


def test_17_above_1_over_l_it_is_the_smaller_rate_that_is_more_accurate():
    def left(lr):
        path = gradient_descent(lambda x: 2 * (x - 0.5), -2.0, lr, 20_000)
        return abs(path[-1] - 0.5)

    assert left(0.9) < left(0.99) < left(0.999)


def test_18_a_constant_rate_leaves_an_infinite_curvature_unless_it_hits():
    x = mpf("1e-20")
    after = x - mpf("0.001") * 3 * mpmath.sqrt(x) / 2  # on |x|^1.5
    assert abs(after) > x


def test_18_the_falling_rate_leaves_a_quotient_of_gamma_functions(printed):
    n = 10_000
    left = mpmath.gamma(n + mpf("0.5")) / mpmath.sqrt(mpmath.pi) / mpmath.gamma(n + 1)
    assert printed(18)[0][1] == pytest.approx(float(left * mpf("1.73")), rel=0.01)
    assert printed(18)[1][1] <= 0.25 / n


# ------------------------------------------------------ epochs, heights, stopping


def test_19_f_falls_from_beyond_the_two_cycle_and_below_the_limit_everywhere(printed):
    starts = np.linspace(0.01, 10, 1000)
    for lr, falls, _ in printed(19):
        if lr < 2:
            assert falls == 1000
        else:
            a = brentq(lambda x, lr=lr: lr * math.tanh(x) - 2 * x, 0.1, 10)
            assert falls == (starts > a).sum()


@pytest.mark.parametrize("lr", ["0.1", "0.5", "1", "1.5", "1.9", "1.99"])
def test_19_the_fall_is_at_least_what_nesterov_says(lr):
    lr = mpf(lr)
    for n in range(1, 60):
        x = mpf(n) / 6
        slope = mpmath.tanh(x)
        fall = mpmath.log(mpmath.cosh(x) / mpmath.cosh(x - lr * slope))
        assert fall >= lr * (1 - lr / 2) * slope**2


def test_21_f_goes_on_falling_and_never_comes_below_lr_over_2():
    lr, x = mpf("2.2"), mpf(3)
    f = mpmath.sqrt(1 + x * x)
    for _ in range(200):
        x -= lr * x / mpmath.sqrt(1 + x * x)
        before, f = f, mpmath.sqrt(1 + x * x)
        assert lr / 2 < f < before
    assert f - lr / 2 < 1e-30


def test_21_inside_the_bend_the_sizes_fall_to_the_cycle_and_cannot_pass_it():
    lr = mpf("2.2")
    a, bend = mpmath.sqrt(mpf("0.21")), mpmath.sqrt(lr ** (mpf(2) / 3) - 1)

    def size(x):  # of the next estimate
        return abs(lr * x / mpmath.sqrt(1 + x * x) - x)

    assert abs(size(a) - a) < 1e-40
    grid = [a + (bend - a) * n / 100 for n in range(1, 101)]
    assert all(a < size(x) < x for x in grid)
    assert all(mpmath.diff(size, x) > 0 for x in grid[:-1])
    assert a < size(size(mpf(3))) < bend


def test_22_one_plus_a_square_is_one_when_half_of_the_digits_are_right(printed):
    error = [row for row in printed(22) if len(row) > 2][-1]
    *_, half, last = error
    assert half < 2.0**-26.5 < half / 0.8
    assert last < 2e-16


def test_23_the_estimates_lie_between_two_logarithms(printed):
    for k, x, step in printed(23):
        assert math.log(1 + 0.1 * k) <= x <= math.log(1 + 0.1 * k) + 0.05
        assert step == pytest.approx(0.1 * math.exp(-x), rel=0.1)


def test_24_the_three_laws(printed):
    rows = printed(24)
    share = [error / 2.5 for error in rows[0][-3:]]
    assert share[1] == pytest.approx(share[0] ** 2, rel=0.1)
    k = 10_000
    for q, ratio in ((3, 2), (4, math.sqrt(2))):
        x, lr, seen = 1.0, 0.02, []
        for epoch in range(1, 2 * k + 1):
            x -= lr * q * x ** (q - 1)
            if epoch in (k, 2 * k):
                seen.append(x)
        assert seen[0] / seen[1] == pytest.approx(ratio, rel=5e-3)


def test_25_on_convex_functions_the_error_never_rises_up_to_2_over_l():
    rng = np.random.default_rng(1)
    for _ in range(200):
        knots = np.sort(rng.uniform(0, 5, 6))
        bends = rng.uniform(0, 1, 7)  # f'' between the knots, at most L = 1

        def df(x, knots=knots, bends=bends):
            edges = np.concatenate([[0], knots, [100]])
            size = np.clip(abs(x) - edges[:-1], 0, np.diff(edges)) @ bends
            return math.copysign(float(size), x)

        for lr in (0.5, 1.9, 2.0):
            path = np.array([5.0] + [0.0] * 30)
            for k in range(30):
                path[k + 1] = path[k] - lr * df(path[k])
            assert np.all(np.diff(np.abs(path)) <= 1e-12)


def test_26_the_exact_runs_part_at_the_same_time(printed):
    runs = [mpf(0.3), mpf(0.3 + 1e-15)]
    for epoch in range(1, 60):
        runs = [3 * x - 2 * x**3 for x in runs]
        if abs(runs[0] - runs[1]) > 0.1:
            break
    assert abs(printed(26)[1][2] - epoch) <= 1
    assert abs(double_well.d2f(1.0) * 0.1 - 1) < 1  # in the long run, at lr 0.1


def test_26_the_two_starts_share_fourteen_digits():
    text, body = "0.3, 0.3 + 1e-15", boxes()[26][1]
    assert f"[{text}]" in body
    a, b = (f"{eval(one):.15f}" for one in text.split(", "))
    common = next(k for k in range(len(a)) if a[k] != b[k]) - len("0.")
    assert common == 14
    assert "its fourteen common digits" in body


def test_26_beside_the_maximum_two_runs_part_for_a_while():
    path = gradient_descent(double_well.df, np.array([1e-10, 1e-3]), 0.1, 400)
    apart = np.abs(path[:, 0] - path[:, 1])
    assert apart.max() > 0.5
    assert apart[-1] < 1e-9


# ----------------------------------------------- convex functions, other methods


def huber_loss(threshold, epochs):
    x = Fraction(1)
    for _ in range(epochs):
        x -= min(x, threshold)
    return x * x / 2 if x <= threshold else threshold * (x - threshold / 2)


@pytest.mark.parametrize("k", [1, 2, 5, 10, 40])
def test_28_the_worst_huber_function_attains_the_better_bound(k):
    worst = Fraction(1, 2 * k + 1)
    assert huber_loss(worst, k) == Fraction(1, 4 * k + 2)
    for n in range(1, 60):
        assert huber_loss(Fraction(n, 60), k) <= Fraction(1, 4 * k + 2)


def test_29_the_error_follows_the_sixth_root(printed):
    for k, loss, bound, error in printed(29)[1:]:
        s, x = mpf(1), None  # 1/x^6 instead of x
        for _ in range(int(k)):
            s /= (1 - 1 / (7 * s)) ** 6
        x = s ** (-mpf(1) / 6)
        assert error == pytest.approx(float(x), abs=5e-4)
        assert loss == pytest.approx(float(x**8 / 8), rel=0.02)
        assert bound == pytest.approx(7 / (4 * k + 2), rel=0.05)
    slow = (6 * k / 7) ** (-1 / 6)
    assert error == pytest.approx(slow, rel=0.01)


def test_30_momentum_is_faster_exactly_below_the_square_of_the_factor():
    for lr in np.linspace(0.01, 0.99, 99):
        q = 1 - 2 * lr
        for momentum in np.linspace(0.005, 0.995, 100):
            roots = np.roots([1, -(1 + momentum - 2 * lr), momentum])
            if abs(momentum - q * q) > 1e-6:
                assert (max(abs(roots)) < abs(q)) == (momentum < q * q)


def test_30_the_counts_agree_with_the_long_run(printed):
    momenta = printed(30)[0]
    for row in printed(30)[1:]:
        lr, counts, bound = row[0], row[1:6], row[-1]
        assert bound == pytest.approx((1 - 2 * lr) ** 2)
        for momentum, count in zip(momenta[1:], counts[1:], strict=True):
            assert (count < counts[0]) == (momentum < bound)


def test_31_at_one_over_the_curvature_descent_is_as_good_as_newton():
    e, a, b = sympy.symbols("e a b")
    slope = a * e + b * e**2 / 2
    newton = sympy.series(e - slope / sympy.diff(slope, e), e, 0, 3).removeO()
    descent = sympy.expand(e - slope / a)
    assert sympy.simplify(newton + descent) == 0
    assert sympy.simplify(newton - b / (2 * a) * e**2) == 0


def test_31_where_newton_fails(printed):
    radius = mpmath.findroot(lambda r: mpmath.sinh(2 * r) - 4 * r, 1.1)
    assert radius < 1.2
    assert 1 / math.sqrt(5) > 0.3
    u = sympy.Symbol("u", positive=True)
    f = 1 - sympy.exp(-u * u)
    after = sympy.simplify(u - sympy.diff(f, u) / sympy.diff(f, u, 2))
    # Beyond the bend Newton's step on the plateau goes outwards.
    assert sympy.simplify(after - 2 * u**3 / (2 * u * u - 1)) == 0
    assert [row[1] for row in printed(31)[:2]] == [1, 0]


# ---------------------------------------------------------------------- exercises


def test_exercise_1_a_steep_slope_and_a_large_curvature_bear_a_large_rate():
    bend = mpmath.diff(pit, mpf("1.9"))
    assert pit(mpf("1.9")) > 30
    lr = 4 / bend  # twice the limit that the curvature at the start would set
    x = mpf("1.9")
    for _ in range(2000):
        x -= lr * pit(x)
    assert abs(x - HALF) < 1e-6


def test_exercise_3_the_wrong_slopes_are_zero_where_the_runs_end():
    m = 1e-6
    assert brentq(lambda x: 2 * (x - 0.5) + m, 0, 1) == pytest.approx(0.5 - m / 2)
    root = brentq(lambda x: 4 * x**3 + m, -1, 1, xtol=1e-14)
    assert root == pytest.approx(-((m / 4) ** (1 / 3)))
    for sign, end in ((1, -1), (-1, 1)):
        x = brentq(lambda x, s=sign: x**3 - x + s * m, end - 0.1, end + 0.1)
        assert x == pytest.approx(end - sign * m / 2, abs=1e-10)


@pytest.mark.parametrize("function", [log_cosh, double_well], ids=lambda f: f.name)
def test_exercise_4_below_1_over_l_the_order_is_kept(function):
    starts = np.linspace(1.0, 1.9, 50)
    largest = function.d2f(np.linspace(0, 2, 401)).max()
    path = gradient_descent(function.df, starts, 0.99 / largest, epochs=20)
    assert np.all(np.diff(path, axis=1) > 0)
    assert np.all(path >= function.minima[-1])


def test_exercise_4_at_1_over_l_a_parabola_brings_both_to_the_minimum():
    path = gradient_descent(lambda x: 2 * x, np.array([1.0, 2.0]), 0.5, epochs=1)
    assert path[-1].tolist() == [0.0, 0.0]
