"""The numerics of the scripts against those of the package, in a browser.

Sums, products, quotients and square roots are rounded alike everywhere: what is made of
them must have the same bits. The sine, exponential, power and their like are as good as
the library behind them, of NumPy here and of the browser there: so they are compared in
units in the last place (ulp), and paths of them step by step, for a chaotic path parts
company from its twin within a few dozen epochs.
"""

import math
import re
from functools import partial

import numpy as np
import pytest
from browsing import call

from gd_tutorial import GALLERY, double_well, functions, gradient_descent, theory

SEED = 20240229
ULPS = 4

EXACT = ("parabola", "double well", "quartic", "cubic", "absolute", "power kink")
of_each_function = pytest.mark.parametrize("function", GALLERY, ids=lambda g: g.name)
of_exact_functions = pytest.mark.parametrize(
    "function", [g for g in GALLERY if g.name in EXACT], ids=lambda g: g.name
)
of_inexact_functions = pytest.mark.parametrize(
    "function", [g for g in GALLERY if g.name not in EXACT], ids=lambda g: g.name
)

RATES = [0.001, 0.01, 0.05, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 0.9, 1.0, 1.1]
RATES += [1.25, 1.3, 1.5, 1.9, 2.0, 2.5, 3.0, 30.0]
SIZES = [5e-324, 1e-310, 2.3e-308, 1e-200, 1e-160, 1e-9, 1e16, 1e103, 1e154, 1e200]
SIZES += [1.7e308, 26.6, 354.9, 709.7, 709.9, 744.9, 745.3]
SPECIAL = np.array([0.0, np.inf, *SIZES])
SPECIAL = np.concatenate([SPECIAL, -SPECIAL, [np.nan]])

VALUES = """async (i, x) => {
  const { GALLERY } = await import("/js/functions.js")
  return ["f", "df", "d2f"].map(which => x.map(GALLERY[i][which]))
}"""

PATHS = """async (i, x0, lr, epochs) => {
  const { GALLERY } = await import("/js/functions.js")
  const { gradientDescent } = await import("/js/descent.js")
  const path = n => gradientDescent(GALLERY[i].df, x0[n], lr[n], epochs)
  return Float64Array.from(Array.from(x0.keys(), path).flatMap(one => [...one]))
}"""

# The function with this name in theory.js, number by number.
THEORY = """async (name, ...columns) => {
  const one = (await import("/js/theory.js"))[name]
  return Array.from(columns[0], (_, n) => one(...columns.map(column => column[n])))
}"""


def bits(values):
    """The bits of floats, those of every nan alike."""
    return np.where(np.isnan(values), np.nan, values).view(np.int64)


def assert_same_bits(found, expected, *at):
    assert_close(found, expected, np.full(np.shape(expected), np.nan), *at)


def assert_close(found, expected, scale, *at):
    """Same bits, or both finite and at most `ULPS` ulp of scale apart."""
    with np.errstate(invalid="ignore"):
        ulps = np.abs(found - expected) / np.spacing(np.abs(scale))
    wrong = np.flatnonzero((bits(found) != bits(expected)) & ~(ulps <= ULPS))
    assert wrong.size == 0, "\n".join(
        f"at {[float(one[n]) for one in at]}: {found[n]!r} instead of {expected[n]!r},"
        f" {ulps[n]} ulp off"
        for n in wrong[:5]
    )


# functions.js


def test_the_gallery_is_the_same(port):
    found = port(
        """async () => (await import("/js/functions.js")).GALLERY.map(
            ({ name, domain, minima }) => ({ name, domain, minima }))"""
    )
    expected = [(g.name, list(g.domain), list(g.minima)) for g in GALLERY]
    assert expected == [
        (one["name"], one["domain"].tolist(), list(one["minima"])) for one in found
    ]


SIGNS = {"−": "-", "²": "**2", "³": "**3", "⁴": "**4", "π": "*pi*", "^": "**"}


def test_the_formulas_are_those_of_the_functions(port):
    formulas = port(
        """async () => (await import("/js/functions.js")).GALLERY.map(g => g.formula)"""
    )
    for function, formula in zip(GALLERY, formulas, strict=True):
        code = re.sub(r"(cos|cosh) (\S+)", r"\1(\2)", formula)
        code = re.sub(r"ln (\S+)", r"log(\1)", re.sub(r"\|(.*?)\|", r"abs(\1)", code))
        code = re.sub("|".join(map(re.escape, SIGNS)), lambda m: SIGNS[m[0]], code)
        x = np.linspace(*function.domain, 101)
        values = [eval(code, vars(math) | {"abs": abs, "x": a}) for a in x.tolist()]
        np.testing.assert_allclose(function.f(x), values, rtol=1e-12, atol=1e-14)


def test_a_function_is_found_by_its_name_and_only_by_that(port):
    names = [g.name for g in GALLERY] + ["", "Parabola", "__proto__", "constructor"]
    found = port(
        """async names => {
            const { named } = await import("/js/functions.js")
            return [...names, undefined].map(name => named(name).name)
        }""",
        names,
    )
    assert found == [g.name for g in GALLERY] + 5 * ["parabola"]


def points(function):
    """Points all over the domain, far beyond it, and where floats are peculiar."""
    low, high = function.domain
    rng = np.random.default_rng(SEED)
    anywhere = rng.choice([-1, 1], 2000) * 10.0 ** rng.uniform(-320, 308, 2000)
    inside, around = np.linspace(low, high, 10001), np.linspace(9 * low, 9 * high, 3001)
    return np.concatenate([inside, around, anywhere, function.minima, SPECIAL])


def values(function, x):
    with np.errstate(all="ignore"):
        return [function.f(x), function.df(x), function.d2f(x)]


@of_exact_functions
def test_f_df_d2f_have_the_same_bits(port, function):
    x = points(function)
    found = port(VALUES, GALLERY.index(function), x)
    for one, expected in zip(found, values(function, x), strict=True):
        assert_same_bits(one, expected, x)


# The largest of the terms that f, df and d2f add: where they cancel, an ulp of the sum
# can be as small as you like. None: nothing is added but what has one sign.
TERMS = {
    "cosine bowl": (
        lambda x: 1 + x * x,
        lambda x: 2 * np.pi + 2 * np.abs(x),
        lambda x: 4 * np.pi * np.pi + 0 * x,
    ),
    "plateau": (lambda x: 1 + 0 * x, None, None),
    "decay": (None, None, None),
    "log cosh": (lambda x: 1 + np.abs(x), None, None),
}


@of_inexact_functions
def test_f_df_d2f_are_as_close_as_libraries_are(port, function):
    x = points(function)
    found = port(VALUES, GALLERY.index(function), x)
    expected = values(function, x)
    for one, other, terms in zip(found, expected, TERMS[function.name], strict=True):
        with np.errstate(all="ignore"):
            scale = other if terms is None else terms(x)
        assert_close(one, other, scale, x)


# Formulas that are the same text in Python and in JavaScript.
STAND_INS = {
    "sin": "x / (1 + x * x)",
    "cos": "1 / (1 + x * x) - 0.3",
    "exp": "1 / (2 + x * x) + x / 3",
    "log1p": "x / (3 + x * x)",
    "tanh": "x / (2 + x * x)",
}


@pytest.fixture(scope="module")
def port_with_stand_ins(browser, workshop):
    page = browser.new_page()
    page.goto(workshop)
    for name, formula in STAND_INS.items():
        page.evaluate(f"() => {{ Math.{name} = x => {formula} }}")
    yield partial(call, page)
    page.close()


class StandIns:
    """NumPy, but for the functions that other libraries round in another way."""

    def __init__(self):
        for name, formula in STAND_INS.items():
            setattr(self, name, eval(f"lambda x: {formula}"))

    def __getattr__(self, name):
        return getattr(np, name)

    def logaddexp(self, a, b):
        # As in numpy/_core/src/npymath/npy_math_internal.h.src
        above = np.maximum(a, b) + self.log1p(self.exp(-np.abs(a - b)))
        return np.where(a == b, a + math.log(2), above)


@of_each_function
def test_f_df_d2f_are_the_same_operations_in_the_same_order(
    port_with_stand_ins, monkeypatch, function
):
    x = np.linspace(*function.domain, 1001)
    found = port_with_stand_ins(VALUES, GALLERY.index(function), x)
    monkeypatch.setattr(functions, "np", StandIns())
    for one, expected in zip(found, values(function, x), strict=True):
        assert_same_bits(one, expected, x)


# descent.js


def walks(function, epochs, more=()):
    """Starts, rates and paths of a grid: each start with each rate, path by column."""
    starts = np.linspace(*function.domain, 19)
    starts = np.concatenate([starts, function.minima, [0.0, -0.0, 1e-9], more])
    x0, lr = (grid.ravel() for grid in np.meshgrid(starts, RATES))
    return x0, lr, gradient_descent(function.df, x0, lr, epochs)


def fate(path):
    """What a path has come to, crudely: enough to know that a grid holds all kinds."""
    if not np.isfinite(path[-1]):
        return "diverges"
    end = path[-200:]
    for period in (1, 2, 3, 4, 6, 8, 16):
        if np.max(np.abs(end[period:] - end[:-period])) < 1e-9:
            return f"period {period}"
    steps = np.diff(end)
    one_way = np.all(steps > 0) or np.all(steps < 0)
    return "slow" if one_way else "chaos" if np.unique(end).size > 100 else "other"


@pytest.mark.parametrize(
    ("name", "lr", "expected"),
    [
        ("parabola", 0.001, "slow"),
        ("parabola", 1.0, "period 2"),
        ("parabola", 1.3, "diverges"),
        ("cosine bowl", 0.01, "period 1"),
        ("cosine bowl", 0.05, "period 2"),
        ("cosine bowl", 0.2, "period 6"),
        ("cosine bowl", 0.5, "chaos"),
        ("double well", 1.1, "period 2"),
        ("double well", 1.25, "period 4"),
        ("double well", 1.5, "chaos"),
        ("double well", 1.9, "chaos"),
        ("double well", 2.5, "diverges"),
        ("log cosh", 3.0, "period 2"),
    ],
)
def test_the_grid_holds_every_fate(name, lr, expected):
    function = next(g for g in GALLERY if g.name == name)
    _, rates, path = walks(function, 2000)
    assert expected in {fate(one) for one in path[:, rates == lr].T}


def test_the_grid_holds_every_regime():
    regimes = {theory.regime(lr, 2.0) for lr in RATES}
    assert regimes == {"one side", "one step", "overshoot", "bounce", "diverge"}


@of_exact_functions
def test_whole_paths_have_the_same_bits(port, function):
    epochs = 200
    x0, lr, path = walks(function, epochs, more=[*SIZES, -1e200, -5e-324])
    found = port(PATHS, GALLERY.index(function), x0, lr, epochs)
    where = [np.repeat(one, epochs + 1) for one in (x0, lr)]
    assert_same_bits(found, path.T.ravel(), *where)


def test_the_paths_compared_hold_inf_and_nan():
    _, _, path = walks(double_well, 200)
    assert np.isinf(path).any()
    assert np.isnan(path[-1]).any()


@of_each_function
def test_each_step_is_as_close_as_libraries_are(port, function):
    _, lr, path = walks(function, 100)
    x, after = path[:-1].ravel(), path[1:].ravel()
    lr = np.broadcast_to(lr, path[1:].shape).ravel()
    found = port(PATHS, GALLERY.index(function), x, lr, 1).reshape(-1, 2)
    assert_same_bits(found[:, 0], x, x, lr)
    with np.errstate(all="ignore"):
        scale = np.maximum(np.abs(x), np.abs(lr * function.df(x)))
    assert_close(found[:, 1], after, scale, x, lr)


@pytest.mark.parametrize(
    ("name", "lr"), [("cosine bowl", 0.02), ("plateau", 0.4), ("log cosh", 0.9)]
)
def test_whole_paths_that_converge_stay_together(port, name, lr):
    function = next(g for g in GALLERY if g.name == name)
    starts = np.linspace(-2.9, 2.8, 24)
    path = gradient_descent(function.df, starts, lr, 300)
    rates = np.full(starts.shape, lr)
    found = port(PATHS, GALLERY.index(function), starts, rates, 300)
    np.testing.assert_allclose(found.reshape(-1, 301).T, path, rtol=0, atol=1e-12)


# theory.js


def thresholds():
    """Rates and curvatures: at 1/L and 2/L, one float beside them, and all over."""
    rng = np.random.default_rng(SEED)
    curvature = [1e-300, 1e300, 1.7e308, 8e-309, 1e-310, 5e-324, 2.0, 1 / 3, 49.0]
    curvature = np.concatenate([curvature, 10.0 ** rng.uniform(-8, 8, 300)])
    parts = (1e-17, 1e-16, 1e-9, 0.3, 0.999, 1.5, 1.999, 3.0)
    with np.errstate(over="ignore", under="ignore"):
        rates = [part / curvature for part in parts]
        for limit in (1 / curvature, 2 / curvature):
            rates += [limit, np.nextafter(limit, 0), np.nextafter(limit, np.inf)]
    rates += [np.full(curvature.shape, one) for one in (5e-324, 0.1, 1.7e308)]
    lr, curvature = np.concatenate(rates), np.tile(curvature, len(rates))
    valid = (lr > 0) & (lr < np.inf)
    return lr[valid], curvature[valid]


@pytest.mark.parametrize("name", ["one_step_rate", "rate_limit"])
def test_rates_have_the_same_bits(port, name):
    _, curvature = thresholds()
    found = port(THEORY, camel(name), curvature)
    assert_same_bits(found, getattr(theory, name)(curvature), curvature)


def camel(name):
    return re.sub("_(.)", lambda found: found[1].upper(), name)


def test_factor_has_the_same_bits(port):
    lr, curvature = thresholds()
    found = port(THEORY, "factor", lr, curvature)
    assert_same_bits(found, theory.factor(lr, curvature), lr, curvature)


def test_regime_is_the_same(port):
    lr, curvature = thresholds()
    expected = [theory.regime(*one) for one in zip(lr, curvature, strict=True)]
    assert port(THEORY, "regime", lr, curvature) == expected
    assert len(set(expected)) == 5


def test_local_regime_is_the_same(port):
    lr, d2f = thresholds()
    d2f = np.concatenate([d2f, -d2f, 0 * d2f, -0.0 * d2f])
    lr = np.tile(lr, 4)
    expected = [theory.local_regime(*one) for one in zip(lr, d2f, strict=True)]
    assert port(THEORY, "localRegime", lr, d2f) == expected
    assert len(set(expected)) == 3


def test_infinite_curvature_repels(port):
    # The package refuses it. The gallery has it, at the kinks.
    lr = np.array([5e-324, 1e-300, 0.1, 1e300])
    found = port(THEORY, "localRegime", lr, np.full(lr.shape, np.inf))
    assert found == ["repels"] * lr.size


def test_error_is_as_close_as_powers_are(port):
    lr, curvature = thresholds()
    rng = np.random.default_rng(SEED)
    k = rng.choice([0, 1, 2, 3, 10, 77, 500, 12345, 10**6, 2**31 + 1], lr.size)
    error0 = rng.choice([-2.5, 0.3, 0.0, -0.0, 1e300, -5e-324], lr.size)
    found = port(THEORY, "error", k.astype(float), error0, lr, curvature)
    expected = theory.error(k, error0, lr, curvature)
    assert_close(found, expected, expected, k, error0, lr, curvature)


def test_epochs_per_decade_are_as_close_as_logarithms_are(port):
    lr, curvature = thresholds()
    found = port(THEORY, "epochsPerDecade", lr, curvature)
    expected = theory.epochs_per_decade(lr, curvature)
    assert_close(found, expected, expected, lr, curvature)


# In a worker: a loop that does not end is a failure, not a test that does not end.
COUNT = """async (...columns) => {
  const code = `
    import { epochsForTolerance } from "${location.origin}/js/theory.js"
    const one = (columns, n) => epochsForTolerance(...columns.map(column => column[n]))
    onmessage = ({ data }) => postMessage(data[0].map((_, n) => one(data, n)))
  `
  const address = URL.createObjectURL(new Blob([code], { type: "text/javascript" }))
  const worker = new Worker(address, { type: "module" })
  const late = new Promise(done => setTimeout(done, 5000, "it does not end"))
  const counted = new Promise(done => (worker.onmessage = ({ data }) => done(data)))
  worker.postMessage(columns)
  const found = await Promise.race([counted, late])
  worker.terminate()
  return found
}"""


def tolerances():
    """Tolerances, errors, rates and curvatures, some where powers decide by an ulp."""
    rng = np.random.default_rng(SEED)
    lr, curvature = thresholds()
    chosen = rng.permutation(lr.size)[:1500]
    lr, curvature = lr[chosen], curvature[chosen]
    error0 = rng.choice([-1, 1], lr.size) * 10.0 ** rng.uniform(-3, 3, lr.size)
    error0[:20] = 0.0
    tol = 10.0 ** rng.uniform(-12, 1, lr.size)
    k = rng.integers(1, 50, lr.size)
    reached = np.abs(theory.error(k, error0, lr, curvature))
    knife_edge = (reached > 0) & (reached < np.inf) & (rng.random(lr.size) < 0.5)
    tol[knife_edge] = reached[knife_edge]
    return tol, error0, lr, curvature


def test_epochs_for_tolerance_are_the_same_or_an_ulp_of_a_power_decides(port):
    cases = tolerances()
    found = port(COUNT, *cases)
    assert not isinstance(found, str), found
    expected = np.array(
        [float(theory.epochs_for_tolerance(*one)) for one in zip(*cases, strict=True)]
    )
    assert np.count_nonzero(expected > 2**53) > 10
    assert np.count_nonzero((expected > 0) & (expected < np.inf)) > 500
    for n in np.flatnonzero(found != expected):
        tol, *rest = (float(one[n]) for one in cases)
        fewer, more = sorted([found[n], expected[n]])
        assert more < np.inf, (fewer, tol, *rest)
        before = int(min(more - 1, np.nextafter(more, 0)))
        for k in (int(fewer), before):
            error = abs(theory.error(k, *rest))
            assert abs(error - tol) <= ULPS * np.spacing(tol), (fewer, more, tol, *rest)


def test_epochs_for_tolerance_end_for_every_input(port):
    inputs = [
        (1e-6, np.inf, 0.1, 2.0),
        (1e-6, np.nan, 0.1, 2.0),
        (np.nan, 1.0, 0.1, 2.0),
        (-1.0, 1.0, 0.1, 2.0),
        (1e-6, 1.0, -0.1, 2.0),
        (1e-6, 1.0, np.nan, 2.0),
        (1e-6, 1.0, 0.1, np.inf),
        (1e-6, 1.0, 0.1, np.nan),
    ]
    found = port(COUNT, *np.array(inputs).T)
    assert found.tolist() == [np.inf] * len(inputs)
