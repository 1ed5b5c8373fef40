"""What the page Against exact methods says of mathematics, by independent ways."""

import itertools
import math
import re
from fractions import Fraction
from pathlib import Path

import mpmath
import numpy as np
import pytest
import sympy
from scipy.optimize import brentq, minimize, minimize_scalar

from gd_tutorial import cosine_bowl, double_well, parabola
from gd_tutorial.theory import epochs_for_tolerance
from runner import Runner
from snippets import find_snippets, read_page

NAME = "docs/explore/exact-methods.md"
TEXT = read_page(Path(__file__).resolve().parent.parent / NAME)
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]\d+)?")
EPS = Fraction(1, 2**52)
with mpmath.workdps(40):
    OMEGA = float(mpmath.lambertw(1))


@pytest.fixture(scope="module")
def lines():
    """The lines that a snippet prints: of the one that contains a given text."""
    snippets = find_snippets(TEXT, NAME)

    def lines_of(text):
        (found,) = [one for one in snippets if text in one.code]
        return runner.run(found, TEXT)["output"].splitlines()

    with Runner(processes=1) as runner:
        yield lines_of


@pytest.fixture(scope="module")
def table(lines):
    """The race: for each function and method, evaluations of f and f', the error."""
    rows, name = {}, None
    for line in lines("def race"):
        if line.startswith(" "):
            method, _, rest = line.strip().partition("  ")
            rows[name, method] = rest.split()
        else:
            name = line.partition(",")[0]
    return rows


def numbers(line):
    return [float(number) for number in NUMBER.findall(line)]


def exponential(x):
    return math.exp(-x) + x * x / 2


def exponential_slope(x):
    return x - math.exp(-x)


def half_slope(x):
    """Half the slope of the cosine bowl, in mpmath's numbers."""
    return x - mpmath.pi * mpmath.sin(2 * mpmath.pi * x)


# f, f', start, other end, minimum
PROBLEMS = {
    "parabola": (parabola.f, parabola.df, -2.0, 2.0, 0.5),
    "double well": (double_well.f, double_well.df, 2.0, 0.5, 1.0),
    "exponential bowl": (exponential, exponential_slope, 0.0, 2.0, OMEGA),
    "cosine bowl": (cosine_bowl.f, cosine_bowl.df, 0.1, 0.9, cosine_bowl.minima[3]),
}


# ------------------------------------------------------------------ calculus and roots


def test_the_three_critical_points_of_the_double_well_are_all_there_are(lines):
    x = sympy.symbols("x")
    f = x**4 / 4 - x**2 / 2
    printed = lines("bottom.axhline(0")
    roots = sympy.real_roots(sympy.diff(f, x))
    assert len(printed) == len(roots) == 3
    for line, root in zip(printed, roots, strict=True):
        bend = sympy.diff(f, x, 2).subs(x, root)
        assert line.endswith("minimum" if bend > 0 else "maximum")
        assert numbers(line)[0] == float(root)


def test_the_sextic_has_the_roots_that_are_printed(lines):
    printed = lines("np.polyder")
    with mpmath.workdps(40):
        p = [1, 0, -3, 0, 1, mpmath.mpf(3) / 10]
        roots = mpmath.polyroots(p, maxsteps=200, extraprec=200)
    real = [root.real for root in roots if abs(root.imag) < 1e-30]
    assert sum("not a real number" in line for line in printed) == 5 - len(real) == 2
    for line in printed:
        if "not a real" in line:
            continue
        x, f, bend = NUMBER.findall(line.replace("f''", ""))[:3]
        (root,) = [root for root in real if abs(root - float(x)) < 1e-5]
        assert float(x) == pytest.approx(float(root), abs=6e-7)
        exact = root**6 / 6 - 3 * root**4 / 4 + root**2 / 2 + 0.3 * root
        assert float(f) == pytest.approx(float(exact), abs=6e-5)
        assert float(bend) == pytest.approx(
            float(5 * root**4 - 9 * root**2 + 1), abs=6e-3
        )
        assert line.endswith("minimum" if float(bend) > 0 else "maximum")


def test_the_left_valley_of_the_sextic_is_the_lowest_point(lines):
    x = np.linspace(-10, 10, 200_001)
    f = x**6 / 6 - 3 * x**4 / 4 + x**2 / 2 + 0.3 * x
    minima = [line for line in lines("np.polyder") if line.endswith("minimum")]
    left, right = (numbers(line)[:2] for line in minima)
    assert left[0] < right[0]
    assert left[1] < right[1]
    assert left[0] == pytest.approx(x[np.argmin(f)], abs=1e-4)
    assert left[1] == pytest.approx(f.min(), abs=6e-5)


def test_thirty_digits_by_another_library(lines):
    printed = lines("import sympy")
    with mpmath.workdps(40):
        omega = mpmath.lambertw(1)
        root = mpmath.findroot(half_slope, 0.5)
        assert abs(omega - mpmath.exp(-omega)) < mpmath.mpf(10) ** -38
    for start, value in (("LambertW(1) =", omega), ("near 0.5", root)):
        (line,) = [line for line in printed if line.startswith(start)]
        digits = line.rpartition("= ")[2]
        with mpmath.workdps(40):
            assert abs(mpmath.mpf(digits) - value) < mpmath.mpf(10) ** -29
        assert len(digits.partition(".")[2]) == 30


def test_the_minima_of_the_race_are_the_nearest_floats():
    with mpmath.workdps(40):
        root = mpmath.findroot(half_slope, 0.5)
        assert float(root) == cosine_bowl.minima[3]
    assert TEXT.count(repr(OMEGA)) == 3
    assert repr(cosine_bowl.minima[3]) in TEXT


# ---------------------------------------------------------------------------- brackets


def test_the_brackets_of_bisection_hold_the_minimum_and_halve(lines):
    with mpmath.workdps(40):
        omega = Fraction(str(mpmath.lambertw(1)))
    for line in lines("brackets = [(left, right)]"):
        k, left, right = (Fraction(number) for number in NUMBER.findall(line))
        step = Fraction(2, 2 ** int(k))
        exact = omega // step * step
        assert abs(left - exact) <= Fraction(1, 10**9)
        assert abs(right - exact - step) <= Fraction(1, 10**9)


def test_the_line_through_the_ends_meets_the_maximum_exactly():
    a, b = Fraction(-2), Fraction(2)
    slope = lambda x: x**3 - x  # noqa: E731
    assert a - slope(a) * (b - a) / (slope(b) - slope(a)) == 0
    c = Fraction(19, 10)
    assert a - slope(a) * (c - a) / (slope(c) - slope(a)) != 0


def test_brentq_ends_as_the_page_says(lines):
    printed = lines("evaluations += info")
    first, second = [line for line in printed if line.startswith("double well")]
    assert "x = 0.000000, f'' = -1" in first
    assert "x = 1.000000, f'' = 2" in second
    rows = [numbers(line) for line in printed if line.startswith("cosine bowl")]
    assert len(rows) == 6
    for (x, f), near in zip(rows, cosine_bowl.minima, strict=True):
        with mpmath.workdps(30):
            root = mpmath.findroot(half_slope, near)
            value = mpmath.cos(2 * mpmath.pi * root) + root * root
        assert x == pytest.approx(float(root), abs=6e-7)
        assert f == pytest.approx(float(value), abs=6e-7)


def test_the_cosine_bowl_has_six_upward_and_five_downward_crossings():
    x = np.linspace(-4, 4, 80_002)  # beyond pi there is no point of slope 0
    sign = np.sign(cosine_bowl.df(x))
    crossings = np.diff(sign)[np.diff(sign) != 0]
    assert sorted(crossings) == [-2] * 5 + [2] * 6


# ------------------------------------------------------------------------------- floor


def test_golden_section_by_hand_is_scipys(lines):
    printed = lines("share = (math.sqrt(5) - 1) / 2")
    share = (mpmath.sqrt(5) - 1) / 2
    for line in printed[:5]:
        evaluations, length, error = numbers(line)
        assert length == pytest.approx(
            1.5 * float(share) ** (evaluations - 2), rel=0.35
        )
        assert error < 2 * max(length, 1e-8)
    assert numbers(printed[5])[-1] == pytest.approx(float(share), abs=6e-4)
    found = minimize_scalar(double_well.f, bracket=(0.5, 1.1, 2), method="golden")
    assert 1e-10 < abs(found.x - 1) < 2e-8


def golden(f, number, evaluations):
    """Golden section as on the page; the first evaluation that loses the minimum."""
    share = (number(5) ** number("0.5") - 1) / 2
    left, right = number("0.5"), number(2)
    p, q = right - share * (right - left), left + share * (right - left)
    fp, fq = f(p), f(q)
    for evaluation in range(3, evaluations + 1):
        if fp < fq:
            right, q, fq = q, p, fp
            p = right - share * (right - left)
            fp = f(p)
        else:
            left, p, fp = p, q, fq
            q = left + share * (right - left)
            fq = f(q)
        if not left <= 1 <= right:
            return evaluation
    return None


def test_golden_section_loses_the_minimum_by_rounding_alone(lines):
    lost = numbers(lines("share = (math.sqrt(5) - 1) / 2")[6])[-1]
    assert golden(double_well.f, float, 60) == lost
    with mpmath.workdps(60):
        assert golden(double_well.f, mpmath.mpf, 60) is None


def blind(c):
    """Half the interval about 1 in which x^4/4 - x^2/2 + c, exact, is one float."""
    bottom = Fraction(c) - Fraction(1, 4)
    low, high = Fraction(0), Fraction(1, 10)
    for _ in range(200):
        middle = (low + high) / 2
        x = 1 + middle
        if float(x**4 / 4 - x**2 / 2 + Fraction(c)) == float(bottom):
            low = middle
        else:
            high = middle
    return low


@pytest.mark.parametrize("c", [0, 1, 7, 100, 10**4, 10**6, 10**8, 123_456_789])
def test_the_floor_is_the_size_of_the_blind_zone(c):
    floor = math.sqrt(EPS * abs(Fraction(c) - Fraction(1, 4)) / 2)
    assert 0.5 * floor < blind(c) < 1.01 * floor


def test_no_run_ends_above_twice_the_floor(lines):
    printed = lines("for every c")
    for line, method in zip(printed, ("golden", "brent"), strict=False):
        assert line.startswith(method)
        median, largest = numbers(line)
        assert 0 < median < largest < 2
    assert 0.5 < numbers(printed[0])[0] < 1
    assert printed[2].endswith("True")


def test_over_other_brackets_only_brent_and_rarely_leaves_the_floor_behind():
    rng = np.random.default_rng(0)
    ratios = {"golden": [], "brent": []}
    for c in 10 ** rng.uniform(0, 12, 300):
        ends = rng.uniform((0.4, 0.85, 1.35), (0.75, 1.15, 2))

        def f(x, c=c):
            return double_well.f(x) + c

        for method in ratios:
            error = abs(minimize_scalar(f, ends, method=method, tol=1e-12).x - 1)
            floor = math.sqrt(EPS * (Fraction(c) - Fraction(1, 4)) / 2)
            ratios[method].append(error / floor)
    assert 0.9 < max(ratios["golden"]) < 1.2
    assert 2 < max(ratios["brent"]) < 20
    assert np.mean(np.array(ratios["brent"]) > 2) < 0.02


@pytest.mark.parametrize("method", ["golden", "brent"])
def test_the_floor_holds_on_a_function_that_is_not_on_the_page(method):
    for c in (1.0, 1e4, 1e8):

        def f(x, c=c):
            return math.log(math.cosh(x - 1 / 3)) + c

        floor = math.sqrt(EPS * Fraction(c))
        errors = [
            abs(minimize_scalar(f, (-1 + 0.03 * i, 0.2, 2), method=method).x - 1 / 3)
            for i in range(10)
        ]
        assert max(errors) < 2 * floor
        assert max(errors) > floor / 100


def test_the_table_of_values_and_slopes_is_rounded_exact_arithmetic(lines):
    for line in lines("f(1+d) - f(1)")[1:]:
        d, gap, square, slope = numbers(line)
        x = Fraction(1 + d)
        exact = x**4 / 4 - x**2 / 2 + Fraction(1, 4)
        assert gap == pytest.approx(float(exact), rel=0.01, abs=1.2e-16)
        assert (gap == 0) == (d < 5e-9)
        assert slope == pytest.approx(float(x**3 - x), rel=0.03)
        assert square == pytest.approx(d * d)


# -------------------------------------------------------------------------------- race


@pytest.mark.parametrize("name", PROBLEMS)
def test_the_counts_are_those_that_scipy_reports(table, name):
    f, df, a, b, minimum = PROBLEMS[name]
    x, info = brentq(df, a, b, xtol=1e-12, rtol=1e-15, full_output=True)
    assert table[name, "brentq on f'"][:2] == ["0", str(info.function_calls)]
    assert abs(x - minimum) < 1e-12
    assert float(table[name, "brentq on f'"][2]) < 1e-12
    found = minimize_scalar(f, (a, (a + b) / 2, b), method="golden", tol=1e-12)
    assert table[name, "golden on f"][:2] == [str(found.nfev), "0"]


@pytest.mark.parametrize("name", [name for name in PROBLEMS if name != "parabola"])
def test_methods_that_compare_values_miss_twelve_digits(table, name):
    f, _, _, _, minimum = PROBLEMS[name]
    with mpmath.workdps(20):
        bend = {
            "double well": mpmath.mpf(2),
            "exponential bowl": 1 + mpmath.exp(-mpmath.mpf(minimum)),
            "cosine bowl": 2
            - 4 * mpmath.pi**2 * mpmath.cos(2 * mpmath.pi * mpmath.mpf(minimum)),
        }[name]
    floor = math.sqrt(EPS * abs(Fraction(float(f(minimum)))) / Fraction(float(bend)))
    assert floor / 4 < float(table[name, "golden on f"][2]) < 2 * floor
    assert 1e-12 < float(table[name, "brent on f"][2]) < 2 * floor


def test_plain_descent_needs_as_many_epochs_as_theory_says(table):
    epochs = epochs_for_tolerance(1e-12, error0=-2.5, lr=0.1, curvature=2.0)
    assert table["parabola", "descent 0.1"][1] == str(epochs)


@pytest.mark.parametrize(
    ("name", "lr"),
    [("double well", "0.1"), ("exponential bowl", "0.1"), ("cosine bowl", "0.01")],
)
def test_plain_descent_needs_as_many_epochs_without_rounding(table, name, lr):
    with mpmath.workdps(40):
        slope = {
            "double well": lambda x: x**3 - x,
            "exponential bowl": lambda x: x - mpmath.exp(-x),
            "cosine bowl": lambda x: 2 * half_slope(x),
        }[name]
        minimum = mpmath.findroot(slope, PROBLEMS[name][4])
        x, epochs = mpmath.mpf(PROBLEMS[name][2]), 0
        while abs(x - minimum) > mpmath.mpf(10) ** -12:
            x, epochs = x - mpmath.mpf(lr) * slope(x), epochs + 1
    assert table[name, f"descent {lr}"][1] == str(epochs)


def test_what_the_page_reads_off_the_table(table):
    brentq_counts = [int(table[name, "brentq on f'"][1]) for name in PROBLEMS]
    a, b, c, d = brentq_counts
    assert f"`brentq` on f′ needs {a}, {b}, {c} and {d} slopes." in TEXT
    golden = [int(table[name, "golden on f"][0]) for name in PROBLEMS]
    assert all(60 < count < 70 for count in golden)
    assert all(int(table[name, "brent on f"][0]) < 45 for name in PROBLEMS)
    plain = [
        int(row[1])
        for (_, method), row in table.items()
        if method.startswith("descent 0")
    ]
    assert f"needs between {min(plain)} and {max(plain)} slopes" in TEXT
    perfect = [int(table[name, "descent 1/f''"][1]) for name in PROBLEMS]
    faster = [p < b for p, b in zip(perfect, brentq_counts, strict=True)]
    assert faster == [True, False, True, True]
    assert [p < g for p, g in zip(plain, golden, strict=True)] == [False] * 3 + [True]
    assert table["double well", "descent 1/f''"][1:] == ["300", "2e+00"]


def test_the_perfect_rate_jumps_into_the_other_well():
    x = Fraction(2)
    first = x - Fraction(1, 2) * (x**3 - x)
    assert first == -1
    assert first**3 - first == 0


# --------------------------------------------------------------------- many dimensions


def test_where_the_curves_of_costs_leave_the_picture():
    top = 10 ** int(re.search(r"ylim=\(-0.5, (\d+)\)", TEXT)[1])
    assert 10**10 < top < 10**20  # the grid, before n is 20
    assert 3**30 < top < 3**40  # the points of slope 0, before n is 40
    assert top > (10**6) ** 2  # the second derivatives never


def test_two_double_wells_have_nine_points_of_slope_0():
    x, y = sympy.symbols("x y")
    f = x**4 / 4 - x**2 / 2 + y**4 / 4 - y**2 / 2
    points = sympy.solve([sympy.diff(f, x), sympy.diff(f, y)], [x, y])
    assert len(set(points)) == 3**2
    assert set(points) == set(itertools.product((-1, 0, 1), repeat=2))


def chain(n, w):
    """The chain of the page: its measured values, f, and its gradient."""
    noise = np.random.default_rng(1).standard_normal(n)
    measured = np.sin(np.arange(n) / 20) + 0.3 * noise

    def f(x):
        data = 0.5 * np.sum((x - measured) ** 2)
        return data + w * np.sum(np.log(np.cosh(np.diff(x))))

    def gradient(x):
        pull = np.concatenate([[0.0], w * np.tanh(np.diff(x)), [0.0]])
        return x - measured - np.diff(pull)

    return measured, f, gradient


def test_the_gradient_of_the_chain_is_the_derivative_of_its_f():
    _, f, gradient = chain(6, 3.0)
    x = np.random.default_rng(2).standard_normal(6)
    for i, slope in enumerate(gradient(x)):
        h = np.zeros(6)
        h[i] = 1e-5
        assert slope == pytest.approx((f(x + h) - f(x - h)) / 2e-5, abs=1e-7)


@pytest.mark.parametrize("w", [1, 10, 100])
def test_the_curvature_of_the_chain_lies_between_1_and_1_plus_4w(w):
    rng = np.random.default_rng(3)
    difference = np.diff(np.eye(40), axis=0)
    for spread in (0.0, 0.1, 1.0, 10.0):
        x = spread * rng.standard_normal(40)
        bend = w / np.cosh(np.diff(x)) ** 2
        table = np.eye(40) + difference.T @ np.diag(bend) @ difference
        curvature = np.linalg.eigvalsh(table)
        assert curvature[0] > 1 - 1e-9
        assert curvature[-1] <= 1 + 4 * w


def test_the_epochs_of_the_chain_stay_below_the_bound(lines):
    rows = [numbers(line) for line in lines("def smooth")[1:]]
    assert len(rows) == 5
    for _, w, epochs in rows:
        bound = math.log(1e-6) / math.log(4 * w / (2 + 4 * w))
        assert 0 < epochs <= math.ceil(bound)
    assert math.ceil(math.log(1e-6) / math.log(2 / 3)) == 35
    assert len({epochs for _, w, epochs in rows if w == 1}) == 1
    assert rows[4][2] / rows[1][2] == pytest.approx(70, abs=2)


def test_the_chain_arrives_where_scipy_does():
    _, f, gradient = chain(50, 1.0)
    x = np.zeros(50)
    for _ in range(60):
        x = x - gradient(x) / 3
    other = minimize(
        f, np.zeros(50), jac=gradient, method="BFGS", options={"gtol": 1e-9}
    )
    assert np.max(np.abs(x - other.x)) < 1e-7


# --------------------------------------------------------------------------- exercises


def test_halving_needs_22_evaluations_and_the_rates_that_beat_it(lines):
    printed = lines("by counting")
    length, count = Fraction(39, 10), 0
    while length > Fraction(1, 10**6):
        length, count = length / 2, count + 1
    assert [line.split()[-1] for line in printed[:2]] == [str(count)] * 2
    for line in printed[2:]:
        lr = Fraction(NUMBER.findall(line)[0])
        assert line.endswith(str(Fraction(1, 4) < lr < Fraction(3, 4)))


def test_the_flat_bottom_hides_a_quarter_of_the_digits(lines):
    printed = lines("floor foretold")
    d = Fraction(0)
    step = Fraction(1, 2**10)
    while step > Fraction(1, 2**40):
        while float(1 + (d + step) ** 4) == 1.0:
            d += step
        step /= 2
    assert numbers(printed[0])[0] == pytest.approx(float(d), rel=0.06)
    assert numbers(printed[1])[0] == pytest.approx(float(d), rel=0.5)


def test_rounded_coefficients_alone_move_the_triple_root(lines):
    with mpmath.workdps(60):
        p = [mpmath.mpf(value) for value in (4, -3.6, 1.08, -0.108)]  # exact floats
        roots = mpmath.polyroots(p, maxsteps=500, extraprec=500)
        moved = max(abs(root - mpmath.mpf(3) / 10) for root in roots)
    assert 5e-7 < moved < 2e-5
    printed = lines("floor foretold")
    assert 5e-7 < numbers(printed[2])[0] < 2e-5
    assert math.isclose(math.cbrt(1e-17), 2e-6, rel_tol=0.1)


def test_the_order_in_which_the_methods_come_in(lines):
    printed = lines("floor foretold")
    golden, roots, descent = (numbers(printed[i])[0] for i in (1, 2, 5))
    assert printed[3].endswith("True")
    assert 1e-12 < roots < golden < descent
    assert numbers(printed[4])[-1] > 100
    # Descent in real numbers: d' = -4 d^3, so d is about 1 / sqrt(8 lr k) in the end.
    assert descent == pytest.approx(1 / math.sqrt(8 * 0.1 * 1000), rel=0.05)


def test_two_programs_one_function(lines):
    x = sympy.symbols("x")
    sums = x**4 / 4 - x**2 / 2 + sympy.Rational(1, 4)
    assert sympy.expand((x**2 - 1) ** 2 / 4 - sums) == 0
    first, second = lines("def product")
    assert first.endswith("above 1e-10: True, below 1e-14: False")
    assert second.endswith("above 1e-10: False, below 1e-14: True")


@pytest.mark.parametrize("h", ["0.1", "0.01", "0.001"])
def test_the_root_of_the_central_difference_is_off_by_h_squared(h):
    with mpmath.workdps(40):
        h = mpmath.mpf(h)

        def f(x):
            return mpmath.exp(-x) + x * x / 2

        omega = mpmath.lambertw(1)
        root = mpmath.findroot(lambda x: (f(x + h) - f(x - h)) / (2 * h), 0.5)
        third, second = -mpmath.exp(-omega), mpmath.exp(-omega) + 1
        predicted = -h * h * third / (6 * second)
        assert abs((root - omega) / predicted - 1) < h


def test_values_far_apart_get_below_the_floor(lines):
    rows = [numbers(line) for line in lines("def central") if line.startswith("h =")]
    with mpmath.workdps(30):
        omega = mpmath.lambertw(1)
        ratio = float(mpmath.exp(-omega) / (6 * (mpmath.exp(-omega) + 1)))
    floor = math.sqrt(float(EPS) * exponential(OMEGA) / (math.exp(-OMEGA) + 1))
    for h, error in rows[:4]:
        assert error == pytest.approx(ratio * h * h, rel=0.15)
    assert rows[4][1] < 1e-10 < floor
    assert rows[4][1] < rows[5][1] < rows[6][1]
    assert math.isclose(math.cbrt(EPS), 6e-6, rel_tol=0.05)
