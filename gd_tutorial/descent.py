"""Gradient descent: walk downhill, one step an epoch, and keep every estimate.

Numbers give one walk. Arrays of starts and of rates that broadcast together give every
walk of an experiment in one call.

Examples
--------
One walk: the start and three estimates.

```python
from gd_tutorial import gradient_descent, parabola

path = gradient_descent(parabola.df, x0=-2.0, lr=0.25, epochs=3)
print(path)

assert path.tolist() == [-2.0, -0.75, -0.125, 0.1875]
```

Five starts down the rows and three rates across the columns: fifteen walks at once.

```python
import numpy as np

from gd_tutorial import gradient_descent, parabola

starts = np.linspace(-2, 2, 5)[:, np.newaxis]
rates = np.array([0.1, 0.01, 0.001])
path = gradient_descent(parabola.df, starts, rates, epochs=100)
print(path[-1])

assert path.shape == (101, 5, 3)
```
"""

import math
import operator

import numpy as np

__all__ = ["gradient_descent"]

# The largest path, in bytes: two GiB, fourteen times the tutorial's largest experiment
# (2001 starts, 9 rates, 1000 epochs), yet small enough for a small laptop. To ask NumPy
# for the memory and see is no check: most systems promise more than they have, and end
# the program only when it is written to.
LARGEST_PATH = 2 * 2**30


def gradient_descent(df, x0, lr, epochs):
    """Repeat `x - lr * df(x)` and return every estimate on the way.

    Parameters
    ----------
    df : callable
        The derivative: takes x and returns the slope there, in the shape
        of x. It is called once an epoch. The x it gets cannot be changed:
        an array is read-only.
    x0 : float or array
        The start: finite.
    lr : float or array
        The learning rate: finite and positive. Broadcasts with `x0`.
    epochs : int
        The number of updates, 0 or more.

    Returns
    -------
    path : array of shape (epochs + 1, *shape)
        `path[k]` is the estimate after k epochs, `path[0]` the start.
        `shape` is the shape of `x0` and `lr` together, () for two numbers.
        The dtype, too, is that of the two together, but never an integer.
        Divergence ends in inf and nan.

    Raises
    ------
    TypeError
        An argument, or what `df` returns, is of the wrong kind.
    ValueError
        An argument is out of range, or shapes do not match.
    MemoryError
        The path would fill more than 2 GiB.

    References
    ----------
    A. Cauchy, "Méthode générale pour la résolution des systèmes d'équations
    simultanées", Comptes rendus 25 (1847), 536-538.

    Examples
    --------
    >>> gradient_descent(lambda x: 2 * (x - 0.5), -2.0, lr=0.25, epochs=2)
    array([-2.   , -0.75 , -0.125])
    """
    df, x, lr, path = _checked(df, x0, lr, epochs)
    with np.errstate(all="ignore"):
        for k in range(epochs):
            x = x - lr * df(x)
            path[k + 1] = x
    return path


def _checked(df, x0, lr, epochs):
    """Refuse bad arguments; return what the loop needs: df, x, lr and path.

    The df returned also refuses what the given df should not have returned.
    """
    if not callable(df):
        raise TypeError(f"df must be a function of x, got {df!r}")

    start, rate = _real("x0", x0), _real("lr", lr)
    # As in NumPy, Python's own numbers follow the type of the arrays beside them; the
    # 0.0, which is one of them, makes a type of integers one of floats.
    typed = [a for a, v in ((start, x0), (rate, lr)) if type(v) not in (int, float)]
    dtype = np.result_type(*typed, 0.0)
    if start.dtype != dtype or rate.dtype != dtype:
        with np.errstate(over="ignore"):
            start, rate = start.astype(dtype), rate.astype(dtype)
    fine = np.isfinite(start.ravel())
    if np.count_nonzero(fine) < fine.size:
        first = np.ravel(x0)[~fine][0]
        raise ValueError(f"x0 must be finite in {dtype}, got {first}")
    many = rate.ravel()
    fine = (many > 0) & (many < math.inf)
    if np.count_nonzero(fine) < fine.size:
        first = np.ravel(lr)[~fine][0]
        raise ValueError(f"lr must be finite and positive in {dtype}, got {first}")
    try:
        shape = np.broadcast(start, rate).shape
    except ValueError:
        raise ValueError(
            "x0 and lr must broadcast together, "
            f"got the shapes {start.shape} and {rate.shape}"
        ) from None

    length = _count("epochs", epochs) + 1
    size = length * math.prod(shape) * dtype.itemsize
    if size > LARGEST_PATH:
        raise MemoryError(
            f"epochs={epochs} would fill {size} bytes, more than {LARGEST_PATH}: "
            f"each estimate has the shape {shape} and the dtype {dtype}"
        )
    path = np.empty((length, *shape), dtype)
    path[0] = start

    numbers = (dtype.type, float) if shape == () else ()

    def checked_df(x):
        if shape:
            x.flags.writeable = False
        slope = df(x)
        if type(slope) in numbers:
            return slope
        array = np.asarray(slope)
        if array.dtype.kind not in "iuf":
            raise TypeError(f"df must return real numbers, got {slope!r}")
        if array.shape != shape:
            raise ValueError(
                f"df must return the shape of x, {shape}, got {array.shape}"
            )
        return array.astype(dtype, copy=False)

    # One rate is fastest as Python's float, many are fastest laid out like the path.
    rate = rate.item() if rate.ndim == 0 else np.broadcast_to(rate, shape).copy()
    return checked_df, path[0], rate, path


def _real(name, value):
    """Return the value as an array of real numbers."""
    try:
        array = np.asarray(float(value) if type(value) is int else value)
    except (TypeError, ValueError, OverflowError):
        array = np.asarray(None)
    if array.dtype.kind not in "iuf":
        raise TypeError(
            f"{name} must be a real number or an array of them, got {value!r}"
        )
    return array


def _count(name, value):
    """Return the value as a whole number, 0 or more."""
    try:
        number = operator.index(value)
    except TypeError:
        number = None
    if number is None or isinstance(value, bool):
        raise TypeError(f"{name} must be a whole number, got {value!r}")
    if number < 0:
        raise ValueError(f"{name} must be 0 or more, got {value!r}")
    return number
