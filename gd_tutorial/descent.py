"""Gradient descent: walk downhill, one step an epoch, and keep every estimate.

Numbers give one walk. Arrays of starts and of rates that broadcast together give
every walk of an experiment in one call.

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

# The largest path in bytes. It is fourteen times the whole experiment of the tutorial
# (2001 starts, 9 rates, 1000 epochs), a quarter of a small laptop's memory, and what
# Python in a browser can hold. NumPy cannot be asked instead: most systems promise
# memory they do not have, and stop the program only once it is written to.
LARGEST_PATH = 2 * 2**30


def gradient_descent(df, x0, lr, epochs):
    """Repeat `x - lr * df(x)` and return every estimate on the way.

    Parameters
    ----------
    df : callable
        The derivative: takes x, returns the slope there, in the shape of x. It is
        called once an epoch. An array x is read-only: the path lives in it.
    x0 : float or array
        Where to start: finite.
    lr : float or array
        The learning rate: finite and positive. Broadcasts with `x0`.
    epochs : int
        The number of updates, 0 or more.

    Returns
    -------
    path : array of shape (epochs + 1, *shape)
        `path[0]` is the start and `path[k]` the estimate after k epochs; `shape` is
        that of `x0` and `lr` together, `()` for two numbers. So is the dtype, where
        Python's numbers follow NumPy's, and whole numbers become floats. A walk that
        diverges goes on to inf and nan, without a warning.

    Raises
    ------
    TypeError, ValueError
        An argument, or what `df` returns, is not as described here.
    MemoryError
        The path would fill more than 2 GiB.

    References
    ----------
    A. Cauchy, "Méthode générale pour la résolution des systèmes d'équations
    simultanées", Comptes rendus 25 (1847), 536-538.

    Examples
    --------
    >>> gradient_descent(lambda x: 2 * (x - 0.5), x0=-2.0, lr=0.25, epochs=2)
    array([-2.   , -0.75 , -0.125])
    """
    df, lr, path = _checked(df, x0, lr, epochs)
    with np.errstate(all="ignore"):
        for k in range(epochs):
            x = path[k]
            path[k + 1] = x - lr * df(x)
    return path


def _checked(df, x0, lr, epochs):
    """Refuse bad arguments; return a checked df, lr, and the path with its start."""
    if not callable(df):
        raise TypeError(f"df must be a function of x, got {df!r}")
    start, rate = _real("x0", x0), _real("lr", lr)

    # A Python number is weak: beside a float32 it is a float32. An array is not.
    dtype = np.result_type(
        x0 if type(x0) in (int, float) else start,
        lr if type(lr) in (int, float) else rate,
    )
    if dtype.kind != "f":
        dtype = np.dtype(float)
    with np.errstate(all="ignore"):
        start, rate = start.astype(dtype), rate.astype(dtype)
    _all("x0 must be finite", np.isfinite(start), x0)
    _all("lr must be finite and positive", np.isfinite(rate) & (rate > 0), lr)

    try:
        shape = np.broadcast_shapes(start.shape, rate.shape)
    except ValueError:
        raise ValueError(
            "x0 and lr must broadcast together, "
            f"got the shapes {start.shape} and {rate.shape}"
        ) from None

    if isinstance(epochs, (bool, np.bool)):
        raise TypeError(f"epochs must be a whole number, got {epochs!r}")
    try:
        count = operator.index(epochs)
    except TypeError:
        raise TypeError(f"epochs must be a whole number, got {epochs!r}") from None
    if count < 0:
        raise ValueError(f"epochs must be 0 or more, got {epochs!r}")
    size = (count + 1) * math.prod(shape) * dtype.itemsize
    if size > LARGEST_PATH:
        raise MemoryError(
            f"epochs={epochs!r} with estimates of shape {shape} needs a path of "
            f"{size} bytes, more than {LARGEST_PATH}: run fewer at once"
        )

    path = np.empty((count + 1, *shape), dtype)
    path[0] = start
    if rate.ndim == 0:
        rate = rate.item()
    else:
        rate = np.broadcast_to(rate, shape).copy()

    def checked_df(x):
        if shape:
            x.flags.writeable = False
        slope = df(x)
        if type(slope) is float or type(slope) is dtype.type:
            if not shape:
                return slope
        slope = np.asarray(slope)
        if slope.dtype.kind not in "iuf":
            raise TypeError(f"df must return real numbers, got {slope!r}")
        if slope.shape != shape:
            raise ValueError(
                f"df must return the shape of x, {shape}, got {slope.shape}"
            )
        return slope

    return checked_df, rate, path


def _real(name, value):
    """The value as an array of real numbers, or a refusal."""
    try:
        array = np.asarray(value)
    except (TypeError, ValueError):
        array = np.array(None)
    if array.dtype.kind not in "iuf":
        raise TypeError(
            f"{name} must be a real number or an array of them, got {value!r}"
        )
    return array


def _all(sentence, good, value):
    """Refuse the value unless all of it is good, and show what is not."""
    if not np.all(good):
        raise ValueError(f"{sentence}, got {np.asarray(value)[~good].flat[0]}")
