"""What theory.py says, against exact arithmetic and against walks that are run."""

import itertools
import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest

from gd_tutorial import (
    absolute,
    cosine_bowl,
    cubic,
    double_well,
    gradient_descent,
    log_cosh,
    parabola,
    plateau,
    quartic,
)
from gd_tutorial.theory import (
    epochs_for_tolerance,
    epochs_per_decade,
    error,
    factor,
    local_regime,
    one_step_rate,
    rate_limit,
    regime,
)

SEED = 20240229
CURVATURES = [0.02, 0.1, 1 / 3, 1.0, 2.0, 3.7, 10.0, 49.0, 100.0, 12345.678]
# Rates as parts of 1/L, one in each open regime, and near the thresholds.
PARTS = [0.002, 0.02, 0.2, 0.5, 0.999, 1.001, 1.5, 1.8, 1.999, 2.001, 2.2, 3.0]

UNIT = 2.0**-53


def random_curvatures(n=300):
    return 10.0 ** np.random.default_rng(SEED).uniform(-6, 6, n)


def random_cases(n=300, most=1.99):
    """Random lr and curvature, with lr·curvature between 0 and `most`."""
    rng = np.random.default_rng(SEED)
    curvature = 10.0 ** rng.uniform(-4, 4, n)
    lr = rng.uniform(0.01, most, n) / curvature
    return list(zip(lr.tolist(), curvature.tolist(), strict=True))


def walk(curvature, error0, lr, epochs):
    """The errors of a walk on the parabola curvature·x²/2, whose minimum is 0."""
    return gradient_descent(lambda x: curvature * x, error0, lr, epochs)


def exact_factor(lr, curvature):
    return 1 - Fraction(lr) * Fraction(curvature)


# factor and error


def test_factor_is_the_exact_one_to_rounding():
    for lr, curvature in random_cases(most=3.0):
        exact = exact_factor(lr, curvature)
        allowed = (Fraction(lr) * Fraction(curvature) + abs(exact)) * Fraction(UNIT)
        assert abs(Fraction(float(factor(lr, curvature))) - exact) <= allowed


@pytest.mark.parametrize("k", [0, 1, 2, 3, 10, 77, 500])
def test_error_is_the_exact_one_to_the_rounding_that_is_promised(k):
    for lr, curvature in random_cases(100, most=2.2):
        exact = exact_factor(lr, curvature) ** k * Fraction(-2.5)
        growth = 1 + lr * curvature / abs(float(exact_factor(lr, curvature)))
        allowed = abs(exact) * Fraction(1.2e-16 * (k * growth + 10))
        found = Fraction(float(error(k, -2.5, lr, curvature)))
        assert abs(found - exact) <= allowed + Fraction(5e-324)


@pytest.mark.parametrize("curvature", CURVATURES)
@pytest.mark.parametrize("part", PARTS)
def test_error_is_that_of_a_walk(curvature, part):
    lr = part / curvature
    k = np.arange(101)
    predicted = error(k, -2.5, lr, curvature)
    np.testing.assert_allclose(
        predicted, walk(curvature, -2.5, lr, 100), rtol=1e-12 / abs(1 - part), atol=0
    )


def test_error_is_that_of_the_parabola_of_the_lecture():
    k, lr = np.arange(1001), np.array([[0.1], [0.01], [0.001], [0.9]])
    predicted = 0.5 + error(k, -2.0 - 0.5, lr, 2.0)
    path = gradient_descent(parabola.df, -2.0, lr[:, 0], 1000)
    np.testing.assert_allclose(predicted, path.T, rtol=0, atol=2e-13)


def test_error_at_no_epochs_is_that_of_the_start():
    for part in PARTS:
        assert error(0, 0.3, part / 7.0, 7.0) == 0.3


def test_error_of_a_start_on_the_minimum_is_0_even_where_others_overflow():
    assert error(10**6, 0.0, 3.0, 2.0) == 0
    errors = error(np.arange(5), np.array([[0.0], [1.0]]), 1e300, 1e300)
    assert np.all(errors[0] == 0)


def test_error_that_is_too_large_is_infinite_with_its_sign():
    assert error(5000, 1.0, 1.1, 2.0) == np.inf
    assert error(5001, 1.0, 1.1, 2.0) == -np.inf


@pytest.mark.parametrize("whole", [int, np.int64, np.int8])
def test_error_of_whole_arguments_is_not_computed_in_integers(whole):
    assert error(30, whole(1), whole(2), whole(2)) == 3**30


def test_arguments_broadcast():
    k = np.arange(4)[:, np.newaxis, np.newaxis]
    errors = error(k, 1.0, np.array([[0.1], [0.2]]), np.array([1.0, 2.0, 3.0]))
    assert errors.shape == (4, 2, 3)
    assert errors[3, 1, 2] == error(3, 1.0, 0.2, 3.0)
    assert factor(np.array([[0.1], [0.2]]), np.ones(3)).shape == (2, 3)
    assert epochs_per_decade(np.array([[0.1], [0.2]]), np.ones(3)).shape == (2, 3)
    assert one_step_rate(np.ones((2, 3))).shape == (2, 3)
    assert rate_limit(np.ones((2, 3))).shape == (2, 3)


def test_numbers_give_numbers():
    for value in (
        factor(0.1, 2.0),
        error(3, 1.0, 0.1, 2.0),
        one_step_rate(2.0),
        rate_limit(2.0),
        epochs_per_decade(0.1, 2.0),
    ):
        assert isinstance(value, float)


# epochs_for_tolerance


def count_exactly(tol, error0, lr, curvature):
    """Count epochs in exact arithmetic until the error is at most tol."""
    now, k = abs(Fraction(error0)), 0
    each = abs(exact_factor(lr, curvature))
    while now > Fraction(tol):
        now, k = now * each, k + 1
    return k


def test_epochs_for_tolerance_are_those_counted_in_exact_arithmetic():
    rng = np.random.default_rng(SEED)
    for lr, curvature in random_cases(200, most=1.9):
        tol, error0 = 10.0 ** rng.uniform(-12, 0), rng.normal()
        expected = count_exactly(tol, error0, lr, curvature)
        assert epochs_for_tolerance(tol, error0, lr, curvature) == expected


@pytest.mark.parametrize("part", [0.02, 0.2, 0.5, 1.5, 1.8, 1.98])
@pytest.mark.parametrize("curvature", CURVATURES)
def test_epochs_for_tolerance_are_those_counted_in_a_walk(curvature, part):
    lr = part / curvature
    errors = np.abs(walk(curvature, 2.5, lr, 2000))
    for tol in (0.3, 1e-3, 1e-6):
        counted = int(np.argmax(errors <= tol))
        assert epochs_for_tolerance(tol, 2.5, lr, curvature) == counted


@pytest.mark.parametrize(
    ("part", "base"), [(0.5, 0.5), (1.5, 0.5), (0.75, 0.25), (0.25, 0.75)]
)
@pytest.mark.parametrize("k", [0, 1, 2, 3, 10, 17])
def test_a_tolerance_that_is_met_exactly_is_met(part, base, k):
    tol = base**k  # exact in floats
    assert epochs_for_tolerance(tol, 1.0, part / 4, 4.0) == k
    assert epochs_for_tolerance(np.nextafter(tol, 0), 1.0, part / 4, 4.0) == k + 1
    assert epochs_for_tolerance(np.nextafter(tol, 9), 1.0, part / 4, 4.0) == k


@pytest.mark.parametrize("lr", [0.001, 0.01, 0.1, 0.3, 0.7, 0.9, 0.999])
def test_the_error_after_k_epochs_as_tolerance_takes_k_epochs(lr):
    for k in range(60):
        tol = abs(float(error(k, -2.5, lr, 2.0)))
        assert epochs_for_tolerance(tol, -2.5, lr, 2.0) == k


def test_the_formula_with_logarithms_is_sometimes_one_off_and_the_count_is_not():
    formula, counted = [], []
    for k in range(1, 18):
        tol = 0.75**k  # exact in floats
        formula.append(math.ceil(math.log(tol) / math.log(0.75)))
        counted.append(epochs_for_tolerance(tol, 1.0, 0.125, 2.0))
    assert formula != list(range(1, 18))
    assert counted == list(range(1, 18))


@pytest.mark.parametrize("lr", [1e-6, 1e-9, 1e-12])
def test_long_walks_are_counted_without_running_them(lr):
    expected = math.log(1e-6 / 2.5) / math.log1p(-2 * lr)
    found = epochs_for_tolerance(1e-6, 2.5, lr, 2.0)
    assert found == pytest.approx(expected, rel=1e-3)
    assert abs(error(found, 2.5, lr, 2.0)) <= 1e-6 < abs(error(found - 1, 2.5, lr, 2.0))


def test_longest_walk_of_all_is_counted():
    lr = np.nextafter(2.0, 0)
    found = epochs_for_tolerance(5e-324, 1e308, lr, 1.0)
    assert 10**18 < found < 10**20


@pytest.mark.parametrize("part", PARTS)
def test_a_start_within_the_tolerance_takes_no_epochs(part):
    for error0 in (1e-6, -1e-6, 1e-9, 0.0):
        assert epochs_for_tolerance(1e-6, error0, part / 3.0, 3.0) == 0


@pytest.mark.parametrize("curvature", CURVATURES)
def test_the_one_step_rate_takes_one_epoch(curvature):
    lr = one_step_rate(curvature)
    assert epochs_for_tolerance(1e-6, -2.5, lr, curvature) == 1


def test_bounce_and_divergence_never_meet_a_tolerance():
    for curvature in random_curvatures():
        limit = rate_limit(curvature)
        for lr in (limit, np.nextafter(limit, np.inf), 1.1 * limit, 1e3 * limit):
            assert epochs_for_tolerance(1e-6, 2.5, lr, curvature) == math.inf


@pytest.mark.parametrize("lr", [1e-17, 1e-300])
def test_a_rate_that_floats_cannot_tell_from_0_never_meets_a_tolerance(lr):
    assert factor(lr, 2.0) == 1
    assert epochs_for_tolerance(1e-6, 2.5, lr, 2.0) == math.inf


def test_epochs_for_tolerance_are_whole():
    assert isinstance(epochs_for_tolerance(1e-6, 2.5, 0.1, 2.0), int)


def test_two_rates_equally_far_from_the_one_step_rate_are_equally_fast():
    for lr in (0.0625, 0.125, 0.25, 0.375):
        for tol in (1e-1, 1e-6):
            epochs = [
                epochs_for_tolerance(tol, 2.5, rate, 2.0) for rate in (lr, 1 - lr)
            ]
            assert epochs[0] == epochs[1]


# Thresholds and regimes


@pytest.mark.parametrize(("rate", "top"), [(one_step_rate, 1), (rate_limit, 2)])
def test_thresholds_are_the_nearest_floats(rate, top):
    for curvature in random_curvatures():
        lr, exact = rate(curvature), top / Fraction(curvature)
        gap = abs(Fraction(float(lr)) - exact)
        for other in (np.nextafter(lr, 0), np.nextafter(lr, np.inf)):
            assert gap <= abs(Fraction(float(other)) - exact)


def test_thresholds_of_the_smallest_curvature_are_infinite():
    assert one_step_rate(5e-324) == rate_limit(5e-324) == np.inf
    assert regime(1e308, 5e-324) == "one side"


def exact_regime(lr, curvature):
    product = Fraction(lr) * Fraction(curvature)
    if product < 1:
        return "one side"
    if product == 1:
        return "one step"
    if product < 2:
        return "overshoot"
    return "bounce" if product == 2 else "diverge"


def test_regime_is_the_exact_one():
    for lr, curvature in random_cases(most=3.0):
        assert regime(lr, curvature) == exact_regime(lr, curvature)


@pytest.mark.parametrize("rate", [one_step_rate, rate_limit])
def test_regime_next_to_a_threshold_is_the_exact_one(rate):
    for curvature in random_curvatures():
        lr = rate(curvature)
        for toward in (0, np.inf):
            beside = float(np.nextafter(lr, toward))
            assert regime(beside, curvature) == exact_regime(beside, curvature)


def test_regime_at_a_threshold_is_that_of_the_threshold():
    for curvature in random_curvatures():
        assert regime(one_step_rate(curvature), curvature) == "one step"
        assert regime(rate_limit(curvature), curvature) == "bounce"


def test_in_floats_a_rate_times_its_curvature_need_not_be_1():
    """The promise of the last test is none that a product could keep."""
    curvatures = random_curvatures()
    assert np.any(one_step_rate(curvatures) * curvatures != 1)


def observed(errors):
    """What a walk of four epochs does, by its errors alone."""
    sizes, start, end = np.abs(errors), abs(errors[0]), abs(errors[-1])
    if sizes[1] <= 4 * UNIT * start:
        return "one step"
    turns = np.all(errors[1:] * errors[:-1] < 0)
    if abs(end - start) <= 16 * UNIT * start:
        return "bounce" if turns else "rests"
    if not turns:
        return "one side" if end < start else "leaves"
    return "overshoot" if end < start else "diverge"


@pytest.mark.parametrize("curvature", CURVATURES)
def test_regime_is_what_a_walk_does(curvature):
    rates = [part / curvature for part in PARTS]
    for lr in [*rates, one_step_rate(curvature), rate_limit(curvature)]:
        assert regime(lr, curvature) == observed(walk(curvature, 2.5, lr, 4))


@pytest.mark.parametrize(
    ("lr", "name"),
    [
        (0.001, "one side"),
        (0.01, "one side"),
        (0.1, "one side"),
        (0.3, "one side"),
        (0.5, "one step"),
        (0.9, "overshoot"),
        (1.0, "bounce"),
        (1.1, "diverge"),
    ],
)
def test_regimes_of_the_parabola_of_the_lecture(lr, name):
    assert regime(lr, 2.0) == name
    assert observed(gradient_descent(parabola.df, -2.0, lr, 4) - 0.5) == name


@pytest.mark.parametrize(
    ("lr", "curvature", "name"), [(15.0, 0.1, "overshoot"), (0.021, 100.0, "diverge")]
)
def test_no_rate_is_small_or_large_by_itself(lr, curvature, name):
    assert regime(lr, curvature) == name


def test_regimes_follow_one_another_as_the_rate_grows():
    rates = np.linspace(0.01, 3, 300) / 2.0
    names = [name for name, _ in itertools.groupby(regime(lr, 2.0) for lr in rates)]
    assert names == ["one side", "one step", "overshoot", "bounce", "diverge"]


# epochs_per_decade


def test_epochs_per_decade_are_the_exact_ones_to_rounding():
    with mpmath.workdps(60):
        for lr, curvature in [*random_cases(), (1e-20, 2.0), (1e-9, 1e-3)]:
            z = mpmath.mpf(lr) * mpmath.mpf(float(curvature))
            exact = float(-1 / mpmath.log10(abs(1 - z)))
            # Near z = 1 the logarithm is steep: there lr·curvature loses digits.
            rel = 1e-15 + 4e-16 / abs(float((1 - z) * mpmath.log(abs(1 - z))))
            rel = min(rel, 1e-13)
            assert epochs_per_decade(lr, curvature) == pytest.approx(exact, rel=rel)


@pytest.mark.parametrize("part", [0.002, 0.02, 0.2, 1.8, 1.99])
@pytest.mark.parametrize("curvature", CURVATURES)
def test_ten_decades_take_ten_times_the_epochs_per_decade(curvature, part):
    lr = part / curvature
    errors = np.abs(walk(curvature, 1.0, lr, 13000))
    counted = np.argmax(errors <= 1e-10)
    assert counted == math.ceil(10 * epochs_per_decade(lr, curvature) - 1e-9)


def test_epochs_per_decade_at_the_thresholds():
    for curvature in random_curvatures():
        assert epochs_per_decade(one_step_rate(curvature), curvature) == 0
        assert epochs_per_decade(rate_limit(curvature), curvature) == np.inf


@pytest.mark.parametrize("lr", [1.0, 1.1, 50.0, 1e308])
def test_epochs_per_decade_are_infinite_without_convergence(lr):
    assert epochs_per_decade(lr, 2.0) == np.inf


def test_epochs_per_decade_of_many_rates_at_once():
    lr = np.array([0.001, 0.1, 0.5, 0.9, 1.0, 1.1])
    one_by_one = [epochs_per_decade(rate, 2.0) for rate in lr]
    assert np.array_equal(epochs_per_decade(lr, 2.0), one_by_one)


# local_regime


def escapes_or_returns(df, critical, lr):
    """Whether starts close to a critical point come closer or leave."""
    near = 1e-4
    path = gradient_descent(df, critical + np.array([-near, near]), lr, 400)
    distances = np.abs(path - critical)
    if np.all(distances[-1] < 0.9 * near):
        return "attracts"
    if np.all(np.any(~(distances < 10 * near), axis=0)):  # nan is far, too
        return "repels"
    return "neither"


@pytest.mark.parametrize(
    ("function", "critical"),
    [
        (parabola, 0.5),
        (double_well, -1.0),
        (double_well, 0.0),
        (double_well, 1.0),
        (cosine_bowl, 0.0),
        *[(cosine_bowl, minimum) for minimum in cosine_bowl.minima],
        (plateau, 0.0),
        (log_cosh, 0.0),
    ],
    ids=lambda value: getattr(value, "name", str(value)),
)
@pytest.mark.parametrize("lr", [0.01, 0.04, 0.1, 0.9, 1.1, 2.1])
def test_local_regime_is_what_walks_nearby_do(function, critical, lr):
    expected = escapes_or_returns(function.df, critical, lr)
    assert local_regime(lr, function.d2f(critical)) == expected


@pytest.mark.parametrize("lr", [0.01, 0.1, 0.9])
def test_curvature_0_leaves_undecided_what_walks_do(lr):
    """f″(0) is 0 for x⁴, −x⁴ and x³, and each does something else."""
    assert local_regime(lr, quartic.d2f(0.0)) == "undecided"
    assert local_regime(lr, cubic.d2f(0.0)) == "undecided"
    start = np.array([-0.1, 0.1])
    attracted = gradient_descent(quartic.df, start, lr, 50)[-1]
    repelled = gradient_descent(lambda x: -quartic.df(x), start, lr, 50)[-1]
    both = gradient_descent(cubic.df, start, lr, 50)[-1]
    assert np.all(np.abs(attracted) < 0.1)
    assert np.all(np.abs(repelled) > 0.1)
    assert both[0] < -0.1
    assert 0 < both[1] < 0.1


@pytest.mark.parametrize("sign", [1, -1])
def test_a_rate_at_the_limit_leaves_undecided_what_walks_do(sign):
    """f = x² ± x⁴ at lr = 1: f″(0) is 2, and x⁴ decides."""
    assert local_regime(1.0, 2.0) == "undecided"
    path = gradient_descent(lambda x: 2 * x + sign * 4 * x * x * x, 0.1, 1.0, 20)
    assert (abs(path[-1]) > 0.1) == (sign == 1)


def test_local_regime_is_the_regime_of_a_parabola():
    names = {
        "one side": "attracts",
        "one step": "attracts",
        "overshoot": "attracts",
        "bounce": "undecided",
        "diverge": "repels",
    }
    for lr, curvature in random_cases(most=4.0):
        assert local_regime(lr, curvature) == names[regime(lr, curvature)]
    for curvature in random_curvatures():
        for lr in (one_step_rate(curvature), rate_limit(curvature)):
            assert local_regime(lr, curvature) == names[regime(lr, curvature)]


@pytest.mark.parametrize("d2f", [-1e-300, -1.0, -1e300])
@pytest.mark.parametrize("lr", [1e-300, 0.1, 1e300])
def test_a_maximum_repels_at_every_rate(lr, d2f):
    assert local_regime(lr, d2f) == "repels"


def test_a_kink_has_no_curvature_to_judge_by():
    with pytest.raises(ValueError, match="d2f must be finite, got"):
        local_regime(0.1, absolute.d2f(0.0))


# What is refused

CALLS = {
    "factor": (factor, {"lr": 0.1, "curvature": 2.0}),
    "error": (error, {"k": 3, "error0": 1.0, "lr": 0.1, "curvature": 2.0}),
    "epochs_for_tolerance": (
        epochs_for_tolerance,
        {"tol": 1e-6, "error0": 1.0, "lr": 0.1, "curvature": 2.0},
    ),
    "one_step_rate": (one_step_rate, {"curvature": 2.0}),
    "rate_limit": (rate_limit, {"curvature": 2.0}),
    "regime": (regime, {"lr": 0.1, "curvature": 2.0}),
    "epochs_per_decade": (epochs_per_decade, {"lr": 0.1, "curvature": 2.0}),
    "local_regime": (local_regime, {"lr": 0.1, "d2f": 2.0}),
}
PAIRS = [(call, name) for call, (_, given) in CALLS.items() for name in given]
POSITIVE = [pair for pair in PAIRS if pair[1] in ("lr", "curvature", "tol")]
SINGLE = [
    pair
    for pair in PAIRS
    if pair[0] in ("epochs_for_tolerance", "regime", "local_regime")
]


def refuses(kind, call, name, value):
    function, given = CALLS[call]
    with pytest.raises(kind) as caught:
        function(**given | {name: value})
    assert str(caught.value).startswith(f"{name} must be ")
    assert str(caught.value).endswith(f", got {value!r}")


@pytest.mark.parametrize("value", ["0.1", None, 1j, True, [0.1, None]], ids=repr)
@pytest.mark.parametrize(("call", "name"), PAIRS)
def test_what_is_no_number_is_refused(call, name, value):
    refuses(TypeError, call, name, value)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf], ids=repr)
@pytest.mark.parametrize(("call", "name"), [p for p in PAIRS if p[1] != "k"])
def test_what_is_not_finite_is_refused(call, name, value):
    refuses(ValueError, call, name, value)


@pytest.mark.parametrize("value", [0, 0.0, -0.1, -5], ids=repr)
@pytest.mark.parametrize(("call", "name"), POSITIVE)
def test_what_is_not_positive_is_refused(call, name, value):
    refuses(ValueError, call, name, value)


@pytest.mark.parametrize(("call", "name"), SINGLE)
def test_an_array_is_refused_where_one_number_is_meant(call, name):
    refuses(TypeError, call, name, np.array([0.1, 0.2]))


@pytest.mark.parametrize("value", [3.0, 2.5, np.nan, [1.0]], ids=repr)
def test_epochs_that_are_no_whole_number_are_refused(value):
    refuses(TypeError, "error", "k", value)


@pytest.mark.parametrize("value", [-1, [0, -1]], ids=repr)
def test_negative_epochs_are_refused(value):
    refuses(ValueError, "error", "k", value)


def test_one_bad_number_among_good_ones_is_refused():
    with pytest.raises(ValueError, match="lr must be positive"):
        factor([0.1, -0.1], 2.0)
