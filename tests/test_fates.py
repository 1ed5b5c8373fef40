"""The fates of runs, against what is proved, exact arithmetic and longer runs."""

import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from mpmath import mpf
from scipy.optimize import brentq

from gd_tutorial import (
    GALLERY,
    Function,
    absolute,
    cosine_bowl,
    cubic,
    decay,
    double_well,
    gradient_descent,
    log_cosh,
    parabola,
    plateau,
    power_kink,
    quartic,
)
from gd_tutorial.fates import fates
from gd_tutorial.theory import epochs_for_tolerance, rate_limit

SEED = 20240229
FOUR = math.sqrt(5) - 1  # where the two-cycle of the double well splits


def kinds(found):
    return set(np.unique(found.kind).tolist())


def counts(found):
    return dict(zip(*np.unique(found.kind, return_counts=True), strict=True))


def odd(power):
    """x²/2 − x^(power + 1)/(power + 1), whose minimum is 0 with f″ = 1."""

    def df(x):
        return x * (1 - np.prod([x] * (power - 1), axis=0))

    def d2f(x):
        return 1 - power * np.prod([x] * (power - 1), axis=0)

    return Function("odd", lambda x: x, df, d2f, (-1.0, 1.0), (0.0,))


# ------------------------------------------------------------------------ the parabola


@pytest.mark.parametrize("x0", [-2.0, 2.0, 0.7, 1e8])
@pytest.mark.parametrize("lr", [0.03, 0.1, 0.3, 0.49, 0.5, 0.51, 0.7, 0.9, 0.97])
def test_the_epoch_of_arrival_is_the_one_of_the_formula(x0, lr):
    exact = epochs_for_tolerance(1e-6, x0 - 0.5, lr, curvature=2.0)
    assert fates(parabola, x0, lr, epochs=2000) == ("arrives", 0, exact)


@pytest.mark.parametrize("lr", [1.1, 1.5, 7.0])
def test_the_epoch_of_divergence_is_the_first_beyond_the_bound(lr):
    x, k = Fraction(-2), 0
    while abs(x) <= 10**9:
        x, k = x - Fraction(lr) * 2 * (x - Fraction(1, 2)), k + 1
    assert fates(parabola, -2.0, lr) == ("diverges", 0, k)


def test_at_the_limit_every_start_bounces_but_those_at_the_minimum():
    starts = np.random.default_rng(SEED).uniform(-1e3, 1e3, 1000)
    found = fates(parabola, starts, 1.0)
    assert kinds(found) == {"cycles"}
    assert (found.number == 2).all()
    assert fates(parabola, 0.5, 1.0) == ("arrives", 0, 0)


def test_the_rates_next_to_the_limit_do_not_bounce_for_ever():
    starts = np.random.default_rng(SEED).uniform(-2, 2, 200)[:, np.newaxis]
    lr = np.array([np.nextafter(1, 0), np.nextafter(1, 2)])
    path = gradient_descent(parabola.df, starts, lr, 5000)
    assert (path[-1] == path[-3]).any()  # in floats some do
    assert kinds(fates(parabola, starts, lr, epochs=5000)) == {"undecided"}


@pytest.mark.parametrize("curvature", [0.1, 0.3, 1 / 3, 0.7, 1.1, 3.7, 49.0, 1234.5])
def test_a_rate_that_is_the_float_of_the_limit_is_the_limit(curvature):
    one = Function(
        name="one",
        f=lambda x: curvature * x * x / 2,
        df=lambda x: curvature * x,
        d2f=lambda x: curvature + 0 * x,
        domain=(-1.0, 1.0),
        minima=(0.0,),
    )
    assert fates(one, 0.7, rate_limit(curvature))[:2] == ("cycles", 2)


# --------------------------------------------------------------------- the double well


def next_estimate(x, lr):
    return (1 + lr) * x - lr * x * x * x


def back(lr, p, sign):
    """Where the run from the top of the map is after p epochs, less sign · start."""
    top = x = math.sqrt((1 + lr) / (3 * lr))
    for _ in range(p):
        x = next_estimate(x, lr)
    return x - sign * top


def level_rates(p, sign, low, high):
    """Rates at which the top comes back to itself, or to its mirror image, after p."""
    grid = np.linspace(low, high, 1500)
    value = np.array([back(lr, p, sign) for lr in grid])
    change = np.flatnonzero(np.sign(value[:-1]) != np.sign(value[1:]))
    roots = [brentq(back, grid[i], grid[i + 1], (p, sign), 1e-15) for i in change]
    shorter = [q for q in range(1, p) if p % q == 0]
    return [
        lr
        for lr in roots
        if all(abs(abs(back(lr, q, 0)) - abs(back(lr, 0, 0))) > 1e-4 for q in shorter)
    ]


# On a cycle through the top the map is level: it attracts, and there is no other.
LEVEL = [(p, lr) for p in (2, 3, 4, 5, 6) for lr in level_rates(p, 1, 1.01, 1.98)]
LEVEL += [(2 * p, lr) for p in (2, 3, 4, 5) for lr in level_rates(p, -1, 1.6, 1.98)]


def test_windows_of_many_periods_are_found():
    assert {p for p, _ in LEVEL} == {2, 3, 4, 5, 6, 8, 10}
    assert len(LEVEL) > 40


def test_in_a_window_most_runs_find_the_cycle_and_none_another():
    period, lr = np.transpose(LEVEL)
    found = fates(double_well, np.arange(40)[:, np.newaxis] / 33 + 0.01, lr, 2000)
    assert kinds(found) == {"cycles", "chaos"}
    cycles = found.kind == "cycles"
    assert (found.number[cycles] == (period + 0 * cycles)[cycles]).all()
    assert (cycles.mean(axis=0) > 0.1).all()
    assert cycles.mean() > 0.7


def test_periods_are_told_up_to_64():
    lr, gap = 3 / math.sqrt(2) - 1, 0.145
    for p in (4, 8, 16, 32, 64):
        lr = brentq(back, lr + 0.85 * gap, lr + 1.15 * gap, (p, 1), 1e-15)
        gap /= 4.67
        assert fates(double_well, 0.8, lr, epochs=2000)[:2] == ("cycles", p)


@pytest.mark.parametrize(
    ("low", "high", "p"), [(1.02, FOUR - 0.01, 2), (FOUR + 0.005, 1.284, 4)]
)
def test_between_the_landmarks_every_run_finds_the_cycle(low, high, p):
    starts = np.linspace(0.01, 1.25, 40)[:, np.newaxis]
    found = fates(double_well, starts, np.linspace(low, high, 40), epochs=2000)
    assert kinds(found) == {"cycles"}
    assert (found.number == p).all()


def test_a_cycle_that_was_found_is_one_in_many_digits():
    rng = np.random.default_rng(SEED)
    lr, x0 = rng.uniform(1, 2, 250), rng.uniform(0.05, 1.4, 250)
    found = fates(double_well, x0, lr)
    cycles = np.flatnonzero(found.kind == "cycles")
    assert len(cycles) > 50
    with mpmath.workdps(50):
        for i in cycles:
            x, rate = mpf(x0[i]), mpf(lr[i])
            for _ in range(3000):
                x = next_estimate(x, rate)
            y = next_estimate(x, rate)
            p = 1
            while abs(y - x) > mpf(10) ** -12 and p < 100:
                y, p = next_estimate(y, rate), p + 1
            assert p == found.number[i], (x0[i], lr[i])


@pytest.mark.parametrize(("count", "epochs"), [(20_000, 300), (400, 4000)])
def test_at_rate_2_where_no_cycle_attracts_none_is_found(count, epochs):
    starts = np.random.default_rng(SEED).uniform(-1.414, 1.414, count)
    assert kinds(fates(double_well, starts, 2.0, epochs)) == {"chaos"}


def test_beyond_2_almost_all_starts_diverge():
    starts = np.random.default_rng(SEED).uniform(-1.34, 1.34, 10_000)
    stays = fates(double_well, starts, 2.5).kind != "diverges"
    stretch = math.sqrt(9 + 0.5 * 6.5 / 10)
    assert stays.mean() <= math.pi / 2 * (3 / stretch) ** 300


def test_up_to_rate_2_a_start_diverges_if_and_only_if_it_is_beyond_the_edge():
    lr = np.linspace(0.05, 2, 60)
    edge = np.sqrt((2 + lr) / lr)
    beyond = np.array([0.3, 0.9, 0.999, 1.001, 1.1, 3])[:, np.newaxis]
    found = fates(double_well, edge * beyond, lr, epochs=500)
    assert np.array_equal(found.kind == "diverges", (beyond > 1) & (lr > 0))


def test_a_start_on_a_cycle_that_repels_stays_on_it():
    # 3 → 3 − 24/4 = −3 → 3, and every slope on the way is 1 − 26/4.
    assert fates(double_well, 3.0, 0.25)[:2] == ("cycles", 2)
    assert fates(double_well, np.nextafter(3, 4), 0.25).kind == "diverges"
    assert fates(double_well, np.nextafter(3, 2), 0.25).kind == "arrives"


def test_a_start_on_a_minimum_that_repels_arrives_only_if_it_rests_there():
    assert fates(double_well, [1.0, -1.0], 1.9).kind.tolist() == ["arrives"] * 2
    assert fates(double_well, 1 + 1e-9, 1.9).kind == "chaos"
    start = cosine_bowl.minima[3]
    assert cosine_bowl.df(np.float64(start)) != 0
    assert fates(cosine_bowl, start, 0.3).kind == "chaos"
    assert fates(cosine_bowl, start, 0.01) == ("arrives", 3, 0)


# ------------------------------------------------------- the other functions, as proved


def test_from_a_maximum_or_an_inflection_a_run_stays():
    for function in (double_well, cubic, cosine_bowl):
        assert fates(function, 0.0, 0.01)[:2] == ("stays", 0)


def test_where_the_step_is_lost_in_rounding_a_run_stays():
    assert fates(plateau, 7.0, 0.1)[:2] == ("stays", 0)
    assert fates(decay, 40.0, 0.1)[:2] == ("stays", 0)
    assert fates(parabola, -2.0, 1e-20)[:2] == ("stays", 0)


def test_on_the_kink_a_run_arrives_only_if_it_lands_on_it():
    starts = np.arange(1, 40) / 8
    assert fates(absolute, starts, 0.125).epoch.tolist() == list(range(1, 40))
    rng = np.random.default_rng(SEED)
    for x0, lr in zip(rng.uniform(-3, 3, 50), rng.uniform(0.02, 1, 50), strict=True):
        assert Fraction(x0) % Fraction(lr) != 0
        assert fates(absolute, x0, lr)[:2] == ("cycles", 2)


def test_on_the_power_kink_every_run_ends_on_the_two_cycle():
    lr = np.geomspace(1e-4, 3, 40)
    starts = lr * lr * np.array([0.1, 0.5, 0.6, 3, 30, 1000])[:, np.newaxis]
    found = fates(power_kink, starts, lr)
    assert kinds(found) == {"cycles"}
    assert (found.number == 2).all()
    ends = gradient_descent(power_kink.df, starts, lr, 400)[-1]
    np.testing.assert_allclose(np.abs(ends), lr * lr * 9 / 16 + 0 * ends, rtol=1e-12)


def test_on_log_cosh_runs_end_on_the_two_cycle_beyond_rate_2_and_never_below():
    starts = np.linspace(0.1, 4, 30)[:, np.newaxis]
    found = fates(log_cosh, starts, np.linspace(2.05, 6, 30), epochs=1000)
    assert kinds(found) == {"cycles"}
    assert (found.number == 2).all()
    found = fates(log_cosh, starts, np.linspace(0.05, 2, 40), epochs=1000)
    assert kinds(found) == {"arrives", "undecided"}
    assert fates(log_cosh, 25.0, 40.0, epochs=1000).kind == "undecided"


def test_at_the_limit_a_start_within_the_tolerance_has_arrived():
    assert fates(log_cosh, 1e-7, 2.0) == ("arrives", 0, 0)
    assert fates(log_cosh, 1e-7, np.nextafter(2, 3)).kind == "undecided"


def test_on_the_quartic_the_start_decides():
    lr = np.linspace(0.05, 3, 50)
    part = np.array([0.1, 0.5, 0.99, 1.01, 2])[:, np.newaxis]
    found = fates(quartic, np.sqrt(0.5 / lr) * part, lr, epochs=2000)
    assert np.array_equal(found.kind == "diverges", (part > 1) & (lr > 0))
    creeps = found.kind == "undecided"
    assert np.array_equal(creeps, (part < 1) & (lr > 0))
    assert (found.number[creeps] == 1).all()
    assert fates(quartic, 1.0, 0.5)[:2] == ("cycles", 2)  # 1 → −1 → 1


def test_on_the_cubic_a_run_creeps_up_to_0_from_one_side_and_falls_on_the_other():
    assert fates(cubic, [-1.0, -0.1, 4.0], 0.1).kind.tolist() == ["diverges"] * 3
    found = fates(cubic, np.linspace(0.01, 3, 50), 0.1, epochs=5000)
    assert kinds(found) == {"undecided"}
    assert (found.number == 1).all()


def test_a_run_that_falls_for_ever_is_undecided_however_long():
    for epochs in (50, 500, 5000):
        found = fates(decay, np.linspace(-1, 5, 20)[:, np.newaxis], [0.1, 1, 5], epochs)
        assert kinds(found) == {"undecided"}
        assert (found.number == 1).all()


def test_on_the_plateau_steps_that_grow_are_not_a_slow_approach():
    assert fates(plateau, 3.5, 0.1) == ("undecided", 0, 300)
    steps = np.abs(np.diff(gradient_descent(plateau.df, 2.0, 0.02, 300)))
    assert steps[0] < steps[-1] < steps[150]
    assert fates(plateau, 2.0, 0.02) == ("undecided", 1, 300)


def test_the_bound_can_mislead():
    assert fates(decay, -25.0, 0.1).kind == "diverges"
    assert np.isfinite(gradient_descent(decay.df, -25.0, 0.1, 1000)).all()


def test_a_cycle_below_the_limit_is_found():
    def df(x):
        u = x * x
        return x * (1 + u - 4 * u * u)

    def d2f(x):
        u = x * x
        return 1 + 3 * u - 20 * u * u

    one = Function("page", lambda x: x, df, d2f, (-1.0, 1.0), (0.0,))
    assert fates(one, [0.02, 0.5], 1.95, 1500).kind.tolist() == ["arrives", "cycles"]


# -------------------------------------------------------- slow convergence is no cycle

SMOOTH = [
    (function, minimum)
    for function in GALLERY
    for minimum in function.minima
    if 0 < function.d2f(np.float64(minimum)) < np.inf
]


@pytest.mark.parametrize(
    ("function", "minimum"), SMOOTH, ids=lambda one: getattr(one, "name", one)
)
def test_close_to_the_limit_only_true_cycles_are_called_so(function, minimum):
    """A cycle is one of two points at the distance √(m/D), and only beyond the limit.

    For epochs up to 5000 at once: that it is a cycle is said as soon as it is known.
    """
    tiny = 10.0 ** -np.arange(2, 16.5, 0.5)
    beyond = np.concatenate([-tiny, [-(2.0**-52), 0, 2.0**-52], tiny])
    lr = 2 / function.d2f(np.float64(minimum)) * (1 + beyond)
    off = 10.0 ** -np.arange(1.5, 6, 0.5)
    starts = minimum + np.concatenate([-off, off])[:, np.newaxis]
    found = fates(function, starts, lr, epochs=5000)
    cycles = found.kind == "cycles"
    if function is parabola:  # its one cycle is at the limit itself
        assert np.array_equal(cycles, (lr == 1) & (starts != minimum))
        return
    assert kinds(found) == {"arrives", "undecided", "cycles"}
    assert cycles[:, beyond > 3e-3].all()
    with mpmath.workdps(30):
        names = {"plateau": lambda x: 1 - mpmath.exp(-x * x)}
        names["cosine bowl"] = lambda x: mpmath.cos(2 * mpmath.pi * x) + x * x
        names["double well"] = lambda x: x**4 / 4 - x * x / 2
        names["log cosh"] = lambda x: mpmath.log(mpmath.cosh(x))
        _, _, d2, d3, d4 = mpmath.taylor(names[function.name], mpf(minimum), 4)
        d2, d3, d4 = 2 * d2, 6 * d3, 24 * d4
        big_d = float((3 * d3**2 - d2 * d4) / (3 * d2**2))
    assert big_d > 0
    for i, j in np.argwhere(cycles):
        path = gradient_descent(function.df, starts[i, 0], lr[j], found.epoch[i, j])
        half = abs(path[-1] - path[-2]) / 2
        assert found.number[i, j] == 2
        assert beyond[j] > 0
        assert half == pytest.approx(math.sqrt(2 * beyond[j] / big_d), rel=0.15)


@pytest.mark.parametrize("power", [3, 5, 7, 9])
def test_at_the_limit_slow_convergence_of_any_order_is_no_cycle(power):
    function = odd(power)
    starts = np.linspace(0.01, 0.75, 200)
    path = gradient_descent(function.df, starts, 2.0, 5000)
    assert (np.diff(np.abs(path), axis=0) <= 0).all()  # it does converge, in floats
    assert kinds(fates(function, starts, 2.0, epochs=5000)) == {"undecided"}


@pytest.fixture(scope="module")
def tangent():
    """The rate at which two cycles of three are born, where p steps touch x = x."""

    def conditions(x, lr):
        y, slope = x, 1
        for _ in range(3):
            slope *= 1 + lr - 3 * lr * y * y
            y = next_estimate(y, lr)
        return y - x, slope - 1

    with mpmath.workdps(40):
        _, lr = mpmath.findroot(conditions, (mpf("0.77"), mpf("1.4504")))
        return float(lr)


@pytest.mark.parametrize("part", [1e-3, 1e-5, 1e-6, 1e-7, 1e-8, 1e-10])
def test_creeping_through_a_bottleneck_is_no_cycle(tangent, part):
    starts = np.linspace(0.01, 1.3, 100)
    found = fates(double_well, starts, tangent - part, epochs=4000)
    assert kinds(found) <= {"chaos", "undecided"}


def test_past_the_bottleneck_there_is_a_cycle(tangent):
    found = fates(double_well, np.linspace(0.01, 1.3, 100), tangent + 1e-5, epochs=4000)
    assert kinds(found) == {"cycles"}
    assert (found.number == 3).all()


# -------------------------------------------------------------- each kind is what it is

VIEWS = [
    (parabola, (0.01, 1.2), (-2, 2)),
    (cosine_bowl, (0.001, 0.1), (-3, 3)),
    (double_well, (0.05, 2.3), (-2, 2)),
    (plateau, (0.05, 4), (-3, 3)),
    (log_cosh, (0.05, 4), (-4, 4)),
]


@pytest.fixture(
    scope="module", params=VIEWS, ids=[function.name for function, _, _ in VIEWS]
)
def view(request):
    function, rates, starts = request.param
    lr = np.linspace(*rates, 61)
    x0 = np.linspace(*starts, 60)[:, np.newaxis]
    found = fates(function, x0, lr)
    return function, found, gradient_descent(function.df, x0, lr, 2000), lr


def test_what_arrives_arrives_when_it_is_said_and_remains(view):
    function, found, path, _ = view
    here = found.kind == "arrives"
    assert here.mean() > 0.1
    minimum = np.array(function.minima)[found.number[here]]
    error = np.abs(path[:, here] - minimum)
    epoch = found.epoch[here]
    assert (error[epoch, np.arange(epoch.size)] <= 1e-6).all()
    assert (error[np.arange(2001)[:, np.newaxis] < epoch] > 1e-6).all()
    assert (error[300:] <= 1e-6).all()


def test_what_diverges_goes_to_infinity(view):
    function, found, path, _ = view
    gone = found.kind == "diverges"
    assert not (np.abs(path[-1, gone]) < 1e60).any()
    assert (np.abs(path[:301, ~gone]) <= 1e9).all()
    if function in (parabola, double_well):
        assert gone.any()


def test_what_cycles_repeats_after_the_period_and_not_before(view):
    _, found, path, _ = view
    for i, j in np.argwhere(found.kind == "cycles"):
        end = path[-70:, i, j]
        first = np.flatnonzero(np.abs(end[1:] - end[0]) < 1e-6)[0] + 1
        assert first == found.number[i, j]


def test_what_is_chaos_stays_together_and_has_a_positive_exponent(view):
    function, found, path, lr = view
    wild = found.kind == "chaos"
    x, rate = path[150:300, wild], (lr + 0 * path[0])[wild]
    exponent = np.log(np.abs(1 - rate * function.d2f(x))).mean(axis=0)
    assert (exponent > 0.08).all()
    assert wild.any() == (function not in (parabola, log_cosh))


def test_most_of_a_view_is_decided(view):
    function, found, _, _ = view
    share = counts(found).get("undecided", 0) / found.kind.size
    assert share < (0.35 if function is plateau else 0.08)


def test_a_minimum_that_is_left_out_is_where_a_run_stays(view):
    function, found, path, _ = view
    less = Function("less", function.f, function.df, function.d2f, function.domain, ())
    again = fates(less, path[0], view[3])
    here = found.kind == "arrives"
    stays = again.kind == "stays"
    assert np.mean(stays[here]) > 0.9  # the others come near at the end of the run
    known = np.array([*function.minima, 0.0])  # 0 is a maximum or a minimum of all
    ends = path[-1, stays]
    assert (np.abs(ends[:, np.newaxis] - known).min(axis=1) < 1e-6).all()
    assert set(np.unique(again.kind[here])) <= {"stays", "undecided"}
    assert np.array_equal(again.kind[~here & ~stays], found.kind[~here & ~stays])


def test_leaving_a_maximum_or_a_minimum_slowly_is_no_chaos():
    x0 = np.array([1e-300, 1e-17, 1e-12, 1e-9, 1e-6])[:, np.newaxis]
    lr = np.linspace(0.02, 0.9, 30)
    for epochs in (50, 300, 1000):
        assert "chaos" not in kinds(fates(double_well, x0, lr, epochs))
        found = fates(double_well, 1 + x0[2:], np.linspace(1.02, 1.25, 30), epochs)
        assert "chaos" not in kinds(found)


def test_epochs_of_300_are_a_beginning_of_3000(view):
    function, found, path, lr = view
    if function is not double_well:
        return
    more = fates(function, path[0], lr, epochs=3000)
    sure = ~np.isin(found.kind, ["chaos", "undecided"])
    for one, other in zip(found, more, strict=True):
        assert np.array_equal(one[sure], other[sure])


# ---------------------------------------------------------------- what goes in and out


def test_numbers_give_numbers_and_arrays_their_common_shape():
    one = fates(parabola, -2, 0.5)
    assert one == (one.kind, one.number, one.epoch)
    assert [np.shape(part) for part in one] == [(), (), ()]
    assert parabola.minima[one.number] == 0.5
    many = fates(parabola, np.zeros((3, 1)), [0.1, 1.0])
    assert [part.shape for part in many] == [(3, 2)] * 3
    assert fates(parabola, [], 0.1).kind.shape == (0,)
    for i, lr in enumerate((0.1, 1.0)):
        alone = fates(parabola, 0.0, lr)
        assert alone == tuple(part[2, i] for part in many)


def test_single_precision_is_run_in_double():
    x0, lr = np.float32(0.3), np.float32(1.9)
    assert fates(double_well, x0, lr) == fates(double_well, float(x0), float(lr))


def test_without_epochs_only_the_start_is_looked_at():
    found = fates(double_well, [1.0, 2e9, 0.0, 0.3], 0.1, epochs=0)
    assert found.kind.tolist() == ["arrives", "diverges", "undecided", "undecided"]
    assert found.number.tolist() == [1, 0, 0, 0]
    assert fates(double_well, 0.3, 0.1, epochs=1) == ("undecided", 0, 1)


@pytest.mark.parametrize(
    ("changed", "error", "words"),
    [
        ({"function": parabola.df}, TypeError, "function must be a Function, got <"),
        ({"x0": np.nan}, ValueError, "x0 must be finite in float64, got nan"),
        ({"x0": "far"}, TypeError, "x0 must be a real number .* got 'far'"),
        ({"lr": [0.1, -0.2]}, ValueError, "lr must be finite and positive .* got -0.2"),
        ({"lr": 0}, ValueError, "lr must be finite and positive .* got 0"),
        ({"epochs": 2.5}, TypeError, "epochs must be a whole number, got 2.5"),
        ({"epochs": True}, TypeError, "epochs must be a whole number, got True"),
        ({"epochs": -1}, ValueError, "epochs must be 0 or more, got -1"),
        ({"x0": [1, 2], "lr": [0.1] * 3}, ValueError, "x0 and lr must broadcast"),
    ],
)
def test_bad_input_is_named(changed, error, words):
    with pytest.raises(error, match=words):
        fates(**{"function": parabola, "x0": 1.0, "lr": 0.1} | changed)
