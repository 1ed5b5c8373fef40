"""gradient_descent against the closed form, the bare loop, and all that is refused."""

import contextlib
import inspect
import warnings
from fractions import Fraction

import numpy as np
import pytest

from gd_tutorial import GALLERY, descent, gradient_descent, parabola

RATES = (0.1, 0.01, 0.001)


def slope(x):
    """The derivative of the parabola (x − 0.5)², apart from the package."""
    return 2 * (x - 0.5)


def bare_loop(df, x0, lr, epochs):
    """The textbook's loop: NumPy numbers, appended to a list."""
    x = np.float64(x0)
    estimates = [x]
    with np.errstate(all="ignore"):
        for _ in range(epochs):
            x = x - lr * df(x)
            estimates.append(x)
    return np.array(estimates)


def exact_walk(x0, lr, epochs):
    """The walk on the parabola in exact arithmetic, rounded once at the end."""
    x, estimates = Fraction(x0), [x0]
    for _ in range(epochs):
        x = x - Fraction(lr) * 2 * (x - Fraction(1, 2))
        estimates.append(float(x))
    return np.array(estimates)


# What it computes


@pytest.mark.parametrize("lr", [0.001, 0.01, 0.1, 0.3, 0.5, 0.9, 1.0, 1.1])
def test_walk_is_the_closed_form(lr):
    k = np.arange(101)
    expected = 0.5 + (1 - 2 * lr) ** k * (-2.0 - 0.5)
    path = gradient_descent(slope, -2.0, lr, 100)
    np.testing.assert_allclose(path, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("lr", [0.25, 0.5, 0.75, 1.0])
def test_walk_is_exact_where_floats_are(lr):
    assert np.array_equal(
        gradient_descent(slope, -2.0, lr, 40), exact_walk(-2.0, lr, 40)
    )


@pytest.mark.parametrize("function", GALLERY, ids=lambda g: g.name)
def test_walk_is_the_bare_loop_to_the_last_bit(function):
    for x0 in (-1.7, 0.0, 0.3, 1.0):
        path = gradient_descent(function.df, x0, 0.1, 50)
        assert np.array_equal(path, bare_loop(function.df, x0, 0.1, 50), equal_nan=True)


def test_an_array_of_starts_and_rates_is_every_walk_at_once():
    starts, rates = np.linspace(-2, 2, 11), np.array([0.01, 0.1, 0.9, 1.0, 1.1])
    path = gradient_descent(slope, starts[:, np.newaxis], rates, 60)
    for i, x0 in enumerate(starts):
        for j, lr in enumerate(rates):
            assert np.array_equal(path[:, i, j], bare_loop(slope, x0, lr, 60))


def test_lecture_of_nine_runs_is_a_part_of_one_call():
    starts = np.linspace(-2, 2, 2001)
    path = gradient_descent(parabola.df, starts[:, np.newaxis], np.array(RATES), 1000)
    for epochs in (100, 500, 1000):
        for j, lr in enumerate(RATES):
            expected = bare_loop(slope, starts[7], lr, epochs)[-1]
            assert path[epochs, 7, j] == expected


def test_start_comes_first():
    assert gradient_descent(slope, 1.25, 0.1, 3)[0] == 1.25


@pytest.mark.parametrize("x0", [-2.0, np.array([[1.0], [2.0]])], ids=["one", "array"])
def test_no_epochs_give_the_start_alone(x0):
    path = gradient_descent(slope, x0, 0.1, 0)
    assert path.shape == (1, *np.shape(x0))
    assert np.array_equal(path[0], x0)


def test_start_on_the_minimum_stays():
    assert np.all(gradient_descent(slope, 0.5, 0.1, 20) == 0.5)


def test_function_fits_one_screen():
    lines = inspect.getsource(gradient_descent).splitlines()
    assert len(lines) <= 50
    assert sum("x - lr * df(x)" in line for line in lines[-8:]) == 1


# Shapes


@pytest.mark.parametrize(
    ("x0_shape", "lr_shape", "shape"),
    [
        ((), (), ()),
        ((3,), (), (3,)),
        ((), (4,), (4,)),
        ((3,), (3,), (3,)),
        ((1,), (), (1,)),
        ((3, 1), (4,), (3, 4)),
        ((4,), (3, 1), (3, 4)),
        ((2, 1, 3), (4, 1), (2, 4, 3)),
        ((0,), (), (0,)),
        ((0, 1), (3,), (0, 3)),
    ],
)
@pytest.mark.parametrize("epochs", [0, 1, 5])
def test_shape_is_epochs_and_then_that_of_start_and_rate(
    x0_shape, lr_shape, shape, epochs
):
    path = gradient_descent(slope, np.ones(x0_shape), np.full(lr_shape, 0.1), epochs)
    assert path.shape == (epochs + 1, *shape)


def test_df_is_given_the_shape_of_the_path():
    shapes = []

    def df(x):
        shapes.append(np.shape(x))
        return x

    gradient_descent(df, np.ones((3, 1)), np.full(4, 0.1), 2)
    assert shapes == [(3, 4), (3, 4)]


def test_lists_are_taken_for_arrays():
    expected = gradient_descent(slope, np.array([0.0, 1.0]), np.array([0.1, 0.2]), 5)
    assert np.array_equal(gradient_descent(slope, [0, 1.0], [0.1, 0.2], 5), expected)


# Types


@pytest.mark.parametrize(
    ("x0", "lr", "dtype"),
    [
        (1.0, 0.1, np.float64),
        (1, 1, np.float64),
        (np.int64(1), 0.1, np.float64),
        (np.int8(1), np.int8(1), np.float64),
        (np.uint8(1), 0.1, np.float64),
        (np.float32(1), 0.1, np.float32),
        (np.float32(1), 1, np.float32),
        (1.0, np.float32(0.1), np.float32),
        (1, np.float32(0.1), np.float32),
        (np.float32(1), np.float32(0.1), np.float32),
        (np.float32(1), np.float64(0.1), np.float64),
        (np.float64(1), np.float32(0.1), np.float64),
        (np.int64(1), np.float32(0.1), np.float64),
        (np.float16(1), 0.1, np.float16),
        (np.float16(1), np.float32(0.1), np.float32),
        (np.longdouble(1), 0.1, np.longdouble),
    ],
    ids=lambda value: f"{type(value).__name__}" if not isinstance(value, type) else "",
)
def test_dtype_is_that_of_start_and_rate(x0, lr, dtype):
    assert gradient_descent(slope, x0, lr, 3).dtype == dtype
    x0 = x0 if type(x0) in (int, float) else np.array([x0, x0])
    lr = lr if type(lr) in (int, float) else np.array([[lr], [lr]])
    assert gradient_descent(slope, x0, lr, 3).dtype == dtype


def test_a_list_of_numbers_has_a_type_of_its_own():
    assert gradient_descent(slope, np.float32(1), [0.1], 1).dtype == np.float64


def test_float32_is_computed_in_float32():
    x, estimates = np.float32(-2), [np.float32(-2)]
    for _ in range(50):
        x = x - np.float32(0.1) * slope(x)
        estimates.append(x)
    path = gradient_descent(slope, np.float32(-2), 0.1, 50)
    assert np.array_equal(path, np.array(estimates, np.float32))


@pytest.mark.parametrize("x0", [-2, [-2, 2]], ids=["one", "array"])
def test_whole_starts_are_not_truncated(x0):
    path = gradient_descent(slope, x0, 0.1, 5)
    assert np.array_equal(path, gradient_descent(slope, np.array(x0, float), 0.1, 5))
    assert np.any(path % 1 != 0)


def test_a_whole_start_too_large_for_an_integer_is_a_float():
    path = gradient_descent(slope, 10**30, 0.5, 1)
    assert path.tolist() == [1e30, 0.0]


@pytest.mark.parametrize(
    "make", [lambda g: g, np.float32, np.longdouble, np.array, lambda g: int(4 * g)]
)
def test_type_of_what_df_returns_does_not_matter(make):
    path = gradient_descent(lambda x: make(0.25), 1.0, 0.5, 4)
    assert path.dtype == np.float64
    assert np.array_equal(path, 1.0 - 0.5 * float(make(0.25)) * np.arange(5))


def test_df_of_an_array_may_return_whole_numbers():
    path = gradient_descent(lambda x: np.array([1, 2]), [0.0, 0.0], 0.5, 2)
    assert path.tolist() == [[0.0, 0.0], [-0.5, -1.0], [-1.0, -2.0]]


def test_df_of_an_array_may_return_a_list():
    path = gradient_descent(lambda x: [1, 2.0], [0.0, 0.0], 0.5, 1)
    assert path.tolist() == [[0.0, 0.0], [-0.5, -1.0]]


def test_df_of_float32_may_return_float64():
    def wide(x):
        return np.asarray(2 * (np.asarray(x, float) - 0.5))

    assert gradient_descent(wide, np.float32([1, 2]), 0.1, 3).dtype == np.float32
    assert gradient_descent(wide, np.float32(1), 0.1, 3).dtype == np.float32


def test_an_estimate_is_rounded_to_float32_before_the_next_epoch():
    types = []

    def wide(x):
        types.append(x.dtype)
        return np.asarray(2 * (np.asarray(x, float) - 0.5))

    gradient_descent(wide, np.float32([1, 2]), 0.1, 3)
    gradient_descent(wide, np.float32(1), 0.1, 3)
    assert types == [np.float32] * 6


# Divergence


@pytest.mark.parametrize("x0", [-2.0, [-2.0, 2.0]], ids=["one", "array"])
def test_divergence_ends_in_inf_and_nan(x0):
    path = gradient_descent(slope, x0, 1.1, 5000)
    end = np.asarray(path[-1])
    assert np.all(np.isnan(end))
    assert np.any(np.isinf(path))
    first = path if path.ndim == 1 else path[:, 0]
    assert np.array_equal(first, bare_loop(slope, -2.0, 1.1, 5000), equal_nan=True)


def test_divergence_of_one_walk_leaves_the_others():
    path = gradient_descent(slope, -2.0, np.array([0.1, 1.1]), 5000)
    assert np.isnan(path[-1, 1])
    assert path[-1, 0] == gradient_descent(slope, -2.0, 0.1, 5000)[-1]


def test_divergence_of_products_of_numbers_is_no_error():
    path = gradient_descent(lambda x: 4 * x * x * x, 10.0, 1.0, 10)
    assert path[0] == 10.0
    assert np.isnan(path[-1])


def test_overflow_in_float32_is_no_error():
    path = gradient_descent(lambda x: np.float64(1e300), np.float32(0), 1.0, 2)
    assert path.tolist() == [0.0, -np.inf, -np.inf]


def test_division_by_zero_in_numpy_is_no_error():
    assert np.isinf(gradient_descent(lambda x: 1 / x, 0.0, 0.1, 1)[-1])


@pytest.mark.parametrize("df", [slope, lambda x: [][0]], ids=["well", "raising"])
def test_settings_of_numpy_are_as_before(df):
    with np.errstate(over="raise", invalid="print"):
        before = np.geterr()
        with contextlib.suppress(IndexError):
            gradient_descent(df, 1.0, 0.1, 2)
        assert np.geterr() == before


# What df gets


def test_df_is_called_once_an_epoch_with_each_estimate_but_the_last():
    given = []

    def df(x):
        given.append(x)
        return slope(x)

    path = gradient_descent(df, -2.0, 0.1, 7)
    assert given == path[:-1].tolist()


def test_an_array_that_df_keeps_stays_as_it_was():
    given = []

    def df(x):
        given.append(x)
        return slope(x)

    path = gradient_descent(df, [-2.0, 2.0], 0.1, 7)
    assert np.array_equal(given, path[:-1])


def test_df_may_return_the_very_x_it_got():
    path = gradient_descent(lambda x: x, [1.0, 2.0], 0.5, 2)
    assert path.tolist() == [[1.0, 2.0], [0.5, 1.0], [0.25, 0.5]]


def test_df_may_return_the_same_array_each_time():
    buffer = np.empty(2)

    def df(x):
        return np.multiply(x, 2, out=buffer)

    path = gradient_descent(df, [1.0, 2.0], 0.25, 2)
    assert path.tolist() == [[1.0, 2.0], [0.5, 1.0], [0.25, 0.5]]


@pytest.mark.parametrize("late", [0, 3])
def test_df_cannot_change_the_array_it_gets(late):
    calls = []

    def df(x):
        calls.append(x)
        if len(calls) > late:
            x -= 0.5
        return 2 * x

    with pytest.raises(ValueError, match="read-only"):
        gradient_descent(df, [-2.0, 2.0], 0.1, 5)


def test_df_that_changes_its_own_number_does_no_harm():
    def df(x):
        x -= 0.5
        return 2 * x

    expected = gradient_descent(slope, -2.0, 0.1, 5)
    assert np.array_equal(gradient_descent(df, -2.0, 0.1, 5), expected)


# What is the caller's


@pytest.mark.parametrize("dtype", [float, np.float32, int])
def test_arrays_of_the_caller_are_not_changed(dtype):
    x0, lr = np.array([[-2], [2]], dtype), np.array([1, 2], dtype)
    x0.flags.writeable = lr.flags.writeable = False
    gradient_descent(slope, x0, lr, 5)
    assert x0.tolist() == [[-2], [2]]
    assert lr.tolist() == [1, 2]
    assert not x0.flags.writeable


def test_path_is_an_array_of_its_own():
    x0, lr = np.array([-2.0, 2.0]), np.array([0.1, 0.2])
    path = gradient_descent(slope, x0, lr, 0)
    assert not np.shares_memory(path, x0)
    assert path.flags.writeable
    assert path.flags.owndata
    x0 += 1
    assert path.tolist() == [[-2.0, 2.0]]


def test_arrays_of_the_caller_stay_writeable():
    x0, lr = np.array([-2.0, 2.0]), np.array([0.1, 0.2])
    gradient_descent(slope, x0, lr, 3)
    assert x0.flags.writeable
    assert lr.flags.writeable


# What is refused


def refuses(error, words, **changed):
    arguments = {"df": slope, "x0": -2.0, "lr": 0.1, "epochs": 5} | changed
    with pytest.raises(error) as caught:
        gradient_descent(**arguments)
    said = str(caught.value)
    for word in words:
        assert word in said


NO_NUMBERS = {
    "text": "0.5",
    "bytes": b"0.5",
    "texts": ["0.5", "1"],
    "complex": 0.5 + 0j,
    "complex of NumPy": np.complex128(0.5),
    "complexes": np.array([0.5j, 1.0]),
    "bool": True,
    "bool of NumPy": np.True_,
    "bools": [True, False],
    "None": None,
    "function": abs,
    "fraction": Fraction(1, 2),
    "set": {0.5},
    "dates": np.array(["2000-01-01"], "datetime64[D]"),
    "ragged": [[0.5], [0.5, 1.0]],
    "objects": np.array([0.5, None]),
}
of_no_numbers = pytest.mark.parametrize("value", NO_NUMBERS.values(), ids=NO_NUMBERS)


@of_no_numbers
def test_a_start_that_is_no_number_is_refused(value):
    refuses(TypeError, ["x0 must be a real number", repr(value)], x0=value)


@of_no_numbers
def test_a_rate_that_is_no_number_is_refused(value):
    refuses(TypeError, ["lr must be a real number", repr(value)], lr=value)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_start_that_is_not_finite_is_refused(value):
    refuses(ValueError, ["x0 must be finite", str(value)], x0=value)


@pytest.mark.parametrize("value", [0, 0.0, -0.0, -0.1, -3, np.nan, np.inf, -np.inf])
def test_a_rate_that_is_not_finite_and_positive_is_refused(value):
    refuses(ValueError, ["lr must be finite and positive", str(value)], lr=value)


@pytest.mark.parametrize("name", ["x0", "lr"])
def test_one_bad_number_among_good_ones_is_refused_and_named(name):
    values = np.linspace(1, 2, 12).reshape(3, 4)
    values[1, 2] = -np.inf
    refuses(ValueError, [f"{name} must be finite", "-inf"], **{name: values})


def test_a_start_that_is_too_large_for_its_type_is_refused():
    words = ["x0 must be finite in float32", "1e+300"]
    refuses(ValueError, words, x0=1e300, lr=np.float32(0.1))


@pytest.mark.parametrize(("lr", "word"), [(1e-50, "1e-50"), (1e50, "1e+50")])
def test_a_rate_that_is_0_or_inf_in_the_type_of_the_start_is_refused(lr, word):
    words = ["lr must be finite and positive in float32", word]
    refuses(ValueError, words, x0=np.float32(1), lr=lr)


def test_a_whole_start_too_large_for_a_float_is_refused():
    refuses(TypeError, ["x0 must be a real number", "1" + 400 * "0"], x0=10**400)


def test_shapes_that_do_not_go_together_are_refused():
    words = ["x0 and lr", "(3,)", "(4,)"]
    refuses(ValueError, words, x0=np.ones(3), lr=np.ones(4))


@pytest.mark.parametrize(
    "value",
    [3.0, 3.5, np.float64(3), np.nan, np.inf, "3", None, 3j, [3], np.array([3])],
    ids=repr,
)
def test_epochs_that_are_no_whole_number_are_refused(value):
    refuses(TypeError, ["epochs must be a whole number", repr(value)], epochs=value)


@pytest.mark.parametrize("value", [True, False, np.True_], ids=repr)
def test_epochs_that_are_true_or_false_are_refused(value):
    refuses(TypeError, ["epochs must be a whole number", repr(value)], epochs=value)


@pytest.mark.parametrize("value", [-1, -100, np.int64(-1)], ids=repr)
def test_negative_epochs_are_refused(value):
    refuses(ValueError, ["epochs must be 0 or more", repr(value)], epochs=value)


@pytest.mark.parametrize(
    "kind", [int, np.int8, np.uint8, np.int64, np.uint64, np.array]
)
def test_whole_epochs_of_any_type_are_taken(kind):
    path = gradient_descent(slope, -2.0, 0.1, kind(127))
    assert np.array_equal(path, gradient_descent(slope, -2.0, 0.1, 127))


def test_epochs_at_the_end_of_their_type_do_not_overflow():
    assert gradient_descent(slope, -2.0, 0.1, np.uint8(255)).shape == (256,)


def never(x):
    raise AssertionError("the run has begun")


@pytest.mark.parametrize("epochs", [10**9, 10**12, 10**30, np.int64(2**62)], ids=repr)
def test_huge_epochs_are_refused_by_number_and_size_before_the_run(epochs):
    words = [f"epochs={epochs}", str(8 * (int(epochs) + 1))]
    refuses(MemoryError, words, df=never, epochs=epochs)


def test_huge_epochs_of_many_walks_are_refused_by_number_and_size():
    words = ["epochs=20000", str(20001 * 2001 * 9 * 8), "(2001, 9)"]
    x0, lr = np.ones((2001, 1)), np.full(9, 0.1)
    refuses(MemoryError, words, df=never, x0=x0, lr=lr, epochs=20000)


@pytest.mark.parametrize(
    ("x0", "epochs"), [(1.0, 9), (np.ones(5), 1), (np.ones(20, np.float32), 0)]
)
def test_path_may_be_as_large_as_the_largest_and_no_larger(monkeypatch, x0, epochs):
    monkeypatch.setattr(descent, "LARGEST_PATH", 80)
    assert gradient_descent(slope, x0, 0.1, epochs).nbytes == 80
    refuses(MemoryError, [f"epochs={epochs + 1}"], x0=x0, epochs=epochs + 1)


def test_largest_path_leaves_room_for_ten_times_the_largest_experiment():
    assert descent.LARGEST_PATH > 10 * 1001 * 2001 * 9 * 8


@pytest.mark.parametrize(
    "df", [None, 3.0, "2 * x", parabola], ids=lambda df: str(df)[:8]
)
def test_a_df_that_cannot_be_called_is_refused(df):
    refuses(TypeError, ["df must be a function", repr(df)], df=df)


def test_a_df_that_raises_is_heard():
    mine = KeyError("mine")

    def df(x):
        raise mine

    with pytest.raises(KeyError) as caught:
        gradient_descent(df, -2.0, 0.1, 5)
    assert caught.value is mine


def test_a_df_that_raises_later_is_heard():
    with pytest.raises(ZeroDivisionError):
        gradient_descent(lambda x: 1 / int(x), 3.0, 1.0, 50)


def test_a_df_that_warns_is_heard():
    def df(x):
        warnings.warn("mine", UserWarning, stacklevel=1)
        return slope(x)

    with pytest.warns(UserWarning, match="mine"):
        gradient_descent(df, -2.0, 0.1, 5)


@pytest.mark.parametrize(
    ("x0", "returned"),
    [
        (np.ones(3), 1.0),
        (np.ones(3), np.float64(1)),
        (np.ones(3), np.ones(())),
        (np.ones(3), np.ones(1)),
        (np.ones(3), np.ones(4)),
        (np.ones(3), np.ones((3, 1))),
        (np.ones((3, 1)), np.ones(3)),
        (1.0, np.ones(1)),
        (1.0, [1.0]),
        (1.0, np.ones(3)),
        (np.ones(1), 1.0),
    ],
    ids=lambda value: str(np.shape(value)),
)
def test_a_df_that_returns_another_shape_is_refused(x0, returned):
    words = [
        "df must return the shape of x",
        str(np.shape(x0)),
        str(np.shape(returned)),
    ]
    refuses(ValueError, words, df=lambda x: returned, x0=x0)


def test_a_df_that_returns_the_shape_of_the_start_alone_is_refused():
    words = ["df must return the shape of x", "(2, 3)", "(2, 1)"]
    x0, lr = np.ones((2, 1)), np.full(3, 0.1)
    refuses(ValueError, words, df=lambda x: x[:, :1], x0=x0, lr=lr)


@pytest.mark.parametrize(
    "returned", [None, "1", 1j, True, {}, Fraction(1, 2)], ids=repr
)
def test_a_df_that_returns_no_number_is_refused(returned):
    words = ["df must return real numbers", repr(returned)]
    refuses(TypeError, words, df=lambda x: returned)


def test_a_df_that_returns_complex_numbers_is_refused():
    words = ["df must return real numbers"]
    refuses(TypeError, words, df=lambda x: x + 0j, x0=np.ones(3))


def test_a_df_that_goes_wrong_later_is_refused():
    slopes = iter([np.ones(3), np.ones(3), 1.0])
    words = ["df must return the shape of x"]
    refuses(ValueError, words, df=lambda x: next(slopes), x0=np.ones(3))
