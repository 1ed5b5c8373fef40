"""The gallery against SymPy, central differences, root finders and itself."""

import ast
import dataclasses
import subprocess
import sys
from pathlib import Path

import mpmath
import numpy as np
import pytest
import sympy
from scipy.optimize import bisect

import gd_tutorial
from gd_tutorial import GALLERY, functions

X = sympy.Symbol("x", real=True)

FORMULAS = {
    "parabola": (X - sympy.Rational(1, 2)) ** 2,
    "cosine bowl": sympy.cos(2 * sympy.pi * X) + X**2,
    "double well": X**4 / 4 - X**2 / 2,
    "quartic": X**4,
    "cubic": X**3,
    "plateau": 1 - sympy.exp(-(X**2)),
    "decay": sympy.exp(-X),
    "absolute": sympy.Abs(X),
    "power kink": sympy.Abs(X) ** sympy.Rational(3, 2),
    "log cosh": sympy.log(sympy.cosh(X)),
}
KINKS = ("absolute", "power kink")

of_each_function = pytest.mark.parametrize("function", GALLERY, ids=lambda g: g.name)
of_each_derivative = pytest.mark.parametrize("order", [0, 1, 2], ids=["f", "df", "d2f"])


def derivative(function, order):
    return (function.f, function.df, function.d2f)[order]


def points(function):
    """Points all over the domain, none of them a kink or a zero of a derivative."""
    low, high = function.domain
    x = np.linspace(low, high, 100)
    return x[np.abs(x) > 0.01]


def test_the_gallery_holds_every_function_once():
    assert [function.name for function in GALLERY] == list(FORMULAS)


@of_each_function
def test_the_package_exports_each_function_under_its_name(function):
    assert getattr(gd_tutorial, function.name.replace(" ", "_")) is function
    assert function.name.replace(" ", "_") in gd_tutorial.__all__


@of_each_derivative
@of_each_function
def test_values_are_those_of_the_formula_and_its_derivatives(function, order):
    x = points(function)
    formula = FORMULAS[function.name].diff(X, order)
    expected = [float(formula.subs(X, sympy.Float(a, 40)).evalf(30)) for a in x]
    computed = derivative(function, order)(x)
    scale = np.max(np.abs(expected))
    np.testing.assert_allclose(computed, expected, rtol=1e-14, atol=2e-15 * scale)


@of_each_function
def test_df_is_the_slope_of_central_differences_of_f(function):
    x, h = points(function), 1e-5
    slope = (function.f(x + h) - function.f(x - h)) / (2 * h)
    scale = np.max(np.abs(function.df(x)))
    np.testing.assert_allclose(function.df(x), slope, rtol=1e-6, atol=1e-8 * scale)


@of_each_function
def test_d2f_is_the_slope_of_central_differences_of_df(function):
    x, h = points(function), 1e-5
    slope = (function.df(x + h) - function.df(x - h)) / (2 * h)
    scale = np.max(np.abs(function.d2f(x)))
    np.testing.assert_allclose(function.d2f(x), slope, rtol=1e-6, atol=1e-8 * scale)


@pytest.mark.parametrize("name", KINKS)
def test_df_at_a_kink_is_the_limit_of_central_differences(name):
    function = next(g for g in GALLERY if g.name == name)
    h = np.array([1e-2, 1e-4, 1e-8])
    slopes = (function.f(h) - function.f(-h)) / (2 * h)
    assert np.all(slopes == function.df(0.0))


@pytest.mark.parametrize("name", KINKS)
def test_d2f_at_a_kink_is_the_limit_of_central_differences(name):
    function = next(g for g in GALLERY if g.name == name)
    h = np.array([1e-2, 1e-4, 1e-8])
    curvatures = (function.f(h) - 2 * function.f(0.0) + function.f(-h)) / (h * h)
    assert np.all(np.diff(curvatures) > 5)
    assert function.d2f(0.0) == np.inf
    assert np.array_equal(function.d2f(np.array([0.0, 1.0])) == np.inf, [True, False])


def minima_by_bracketing(function):
    """Where df goes from below zero to above it on the domain, found by bisection."""
    low, high = function.domain
    grid = np.linspace(low, high, 997) + 1e-4  # no grid point is a minimum
    slope = function.df(grid)
    rising = np.flatnonzero((slope[:-1] < 0) & (slope[1:] > 0))
    return [bisect(function.df, grid[i], grid[i + 1], xtol=1e-15) for i in rising]


@of_each_function
def test_minima_are_those_that_a_bracketing_root_finder_finds(function):
    found = minima_by_bracketing(function)
    assert len(found) == len(function.minima)
    np.testing.assert_allclose(function.minima, found, rtol=2e-15, atol=1e-12)


@of_each_function
def test_f_is_larger_on_either_side_of_a_minimum(function):
    for minimum in function.minima:
        for h in (0.1, 0.01, 0.001):
            beside = function.f(np.array([minimum - h, minimum + h]))
            assert np.all(beside > function.f(minimum))


def test_minima_of_the_cosine_bowl_are_the_nearest_floats():
    bowl = gd_tutorial.cosine_bowl
    with mpmath.workdps(40):
        for minimum in bowl.minima:
            exact = mpmath.findroot(
                lambda x: 2 * x - 2 * mpmath.pi * mpmath.sin(2 * mpmath.pi * x),
                (mpmath.mpf(minimum) - 0.01, mpmath.mpf(minimum) + 0.01),
                solver="anderson",
            )
            assert float(exact) == minimum


def test_the_cosine_bowl_has_no_minima_beyond_its_domain():
    # f' = 2x − 2π sin 2πx has the sign of x where |x| > π.
    x = np.concatenate([np.linspace(-10, -3, 20001), np.linspace(3, 10, 20001)])
    slope = gd_tutorial.cosine_bowl.df(x)
    assert np.all(slope[np.abs(x) > np.pi] * x[np.abs(x) > np.pi] > 0)
    near = (np.abs(x) >= 3) & (np.abs(x) <= np.pi)
    assert np.all(slope[near] * x[near] > 0)


@of_each_function
def test_domain_is_an_interval_with_the_minima_inside(function):
    low, high = function.domain
    assert -np.inf < low < high < np.inf
    assert all(low < minimum < high for minimum in function.minima)
    assert list(function.minima) == sorted(function.minima)


@of_each_function
def test_f_and_df_are_finite_on_the_domain(function):
    x = np.linspace(*function.domain, 2001)
    assert np.all(np.isfinite(function.f(x)))
    assert np.all(np.isfinite(function.df(x)))


@of_each_derivative
@of_each_function
def test_an_array_gives_what_its_numbers_give(function, order):
    of = derivative(function, order)
    x = np.append(points(function), 0.0)
    one_by_one = [of(a) for a in x.tolist()]
    np.testing.assert_allclose(of(x), one_by_one, rtol=2e-15, atol=2e-15)


@pytest.mark.parametrize("shape", [(), (0,), (1,), (5,), (2, 3)])
@of_each_derivative
@of_each_function
def test_shape_is_kept(function, order, shape):
    x = np.full(shape, 0.25)
    assert np.shape(derivative(function, order)(x)) == shape


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@of_each_derivative
@of_each_function
def test_dtype_of_an_array_is_kept(function, order, dtype):
    assert derivative(function, order)(np.ones(3, dtype)).dtype == dtype


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@of_each_derivative
@of_each_function
def test_dtype_of_a_number_is_kept(function, order, dtype):
    assert derivative(function, order)(dtype(1)).dtype == dtype


@of_each_derivative
@of_each_function
def test_x_is_not_changed(function, order):
    x = np.linspace(-1, 1, 5)
    x.flags.writeable = False
    derivative(function, order)(x)
    assert np.array_equal(x, np.linspace(-1, 1, 5))


@pytest.mark.parametrize("x", [800.0, 1e8, 1e300])
def test_log_cosh_does_not_overflow(x):
    for sign in (1, -1):
        with mpmath.workdps(40):
            expected = float(abs(mpmath.mpf(x)) - mpmath.log(2))
        assert gd_tutorial.log_cosh.f(sign * x) == expected
        assert gd_tutorial.log_cosh.df(sign * x) == sign
        assert gd_tutorial.log_cosh.d2f(sign * x) == 0


@pytest.mark.parametrize("x", [1.0, 5.0, 20.0, 300.0])
def test_curvature_of_log_cosh_keeps_its_digits_far_out(x):
    with mpmath.workdps(40):
        expected = float(mpmath.sech(mpmath.mpf(x)) ** 2)
    np.testing.assert_allclose(gd_tutorial.log_cosh.d2f(x), expected, rtol=1e-14)


def test_a_function_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        gd_tutorial.parabola.minima = (0.0,)


def test_a_function_says_what_it_is_without_addresses():
    expected = "Function(name='parabola', domain=(-2.0, 2.0), minima=(0.5,))"
    assert repr(gd_tutorial.parabola) == expected


def test_fields_of_a_function_are_those_of_the_design():
    names = [field.name for field in dataclasses.fields(gd_tutorial.Function)]
    assert names == ["name", "f", "df", "d2f", "domain", "minima"]


def test_powers_are_written_as_products():
    tree = ast.parse(Path(functions.__file__).read_text(encoding="utf-8"))
    assert not [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Pow)]
    assert "power(" not in ast.unparse(tree)


def test_importing_the_package_does_not_import_matplotlib():
    program = "import sys, gd_tutorial; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0
