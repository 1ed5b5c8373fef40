"""The functions of the tutorial, each with its two derivatives and its minima.

Powers are written as products, so that every language that can multiply gets the same
bits. Nothing is lost to a type: float32 in is float32 out.

Examples
--------
```python
from gd_tutorial import GALLERY

for function in GALLERY:
    print(function.name, function.domain, function.minima)

assert len(GALLERY) == 10
```
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

__all__ = [
    "GALLERY",
    "Function",
    "absolute",
    "cosine_bowl",
    "cubic",
    "decay",
    "double_well",
    "log_cosh",
    "parabola",
    "plateau",
    "power_kink",
    "quartic",
]


@dataclass(frozen=True)
class Function:
    """A function of one real number, with what the tutorial needs to know of it.

    Parameters
    ----------
    name : str
        What it is called in text and figures.
    f, df, d2f : callable
        The function and its first two derivatives. Each takes a float or an array of
        floats and returns the same shape; float32 stays float32.
    domain : tuple of two floats
        The interval the tutorial looks at. The functions are defined beyond it.
    minima : tuple of floats
        The known local minimisers, from left to right; empty if there is none.

    Examples
    --------
    Your own function, ready for every figure of the tutorial:

    ```python
    from gd_tutorial import Function, gradient_descent

    shallow = Function(
        name="shallow",
        f=lambda x: x * x / 20,
        df=lambda x: x / 10,
        d2f=lambda x: 0 * x + 0.1,
        domain=(-5.0, 5.0),
        minima=(0.0,),
    )
    path = gradient_descent(shallow.df, x0=4.0, lr=15.0, epochs=50)
    print(path[-1])

    assert abs(path[-1] - shallow.minima[0]) < 1e-6
    ```
    """

    name: str
    f: Callable = field(repr=False)
    df: Callable = field(repr=False)
    d2f: Callable = field(repr=False)
    domain: tuple[float, float]
    minima: tuple[float, ...]


def _constant(value, x):
    """Return the value in the shape of x, and in its type of floats."""
    return np.full(np.shape(x), value, np.result_type(x, 0.0))[()]


parabola = Function(
    name="parabola",
    f=lambda x: (x - 0.5) * (x - 0.5),
    df=lambda x: 2 * (x - 0.5),
    d2f=lambda x: _constant(2.0, x),
    domain=(-2.0, 2.0),
    minima=(0.5,),
)
"""(x − 0.5)², the function of the lecture. Its curvature is 2 everywhere."""

cosine_bowl = Function(
    name="cosine bowl",
    f=lambda x: np.cos(2 * np.pi * x) + x * x,
    df=lambda x: 2 * x - 2 * np.pi * np.sin(2 * np.pi * x),
    d2f=lambda x: 2 - 4 * np.pi * np.pi * np.cos(2 * np.pi * x),
    domain=(-3.0, 3.0),
    minima=(
        -2.364397065603045,
        -1.4250674148261984,
        -0.47580245102422114,
        0.47580245102422114,
        1.4250674148261984,
        2.364397065603045,
    ),
)
"""cos(2πx) + x²: a bowl with six local minima, two of them the lowest."""

double_well = Function(
    name="double well",
    f=lambda x: x * x * x * x / 4 - x * x / 2,
    df=lambda x: x * x * x - x,
    d2f=lambda x: 3 * x * x - 1,
    domain=(-2.0, 2.0),
    minima=(-1.0, 1.0),
)
"""x⁴/4 − x²/2: two equal minima, and a maximum at 0 between them."""

quartic = Function(
    name="quartic",
    f=lambda x: x * x * x * x,
    df=lambda x: 4 * x * x * x,
    d2f=lambda x: 12 * x * x,
    domain=(-2.0, 2.0),
    minima=(0.0,),
)
"""x⁴: flat at its minimum, and steeper the farther away, without bound."""

cubic = Function(
    name="cubic",
    f=lambda x: x * x * x,
    df=lambda x: 3 * x * x,
    d2f=lambda x: 6 * x,
    domain=(-2.0, 2.0),
    minima=(),
)
"""x³: a slope of 0 at 0, and yet no minimum there or anywhere."""

plateau = Function(
    name="plateau",
    f=lambda x: 1 - np.exp(-x * x),
    df=lambda x: 2 * x * np.exp(-x * x),
    d2f=lambda x: (2 - 4 * x * x) * np.exp(-x * x),
    domain=(-4.0, 4.0),
    minima=(0.0,),
)
"""1 − exp(−x²): a pit in a plain that is all but flat."""

decay = Function(
    name="decay",
    f=lambda x: np.exp(-x),
    df=lambda x: -np.exp(-x),
    d2f=lambda x: np.exp(-x),
    domain=(-1.0, 5.0),
    minima=(),
)
"""exp(−x): falls for ever towards 0, which it never reaches."""

absolute = Function(
    name="absolute",
    f=lambda x: np.abs(x),
    df=lambda x: np.sign(x),
    d2f=lambda x: np.where(x == 0, _constant(np.inf, x), _constant(0.0, x))[()],
    domain=(-2.0, 2.0),
    minima=(0.0,),
)
"""|x|: a kink at its minimum, where neither derivative exists.

What stands there in their place are the limits of central differences, 0 and ∞.
"""


def _power_kink_d2f(x):
    with np.errstate(divide="ignore"):
        return 0.75 / np.sqrt(np.abs(x))


power_kink = Function(
    name="power kink",
    f=lambda x: np.abs(x) * np.sqrt(np.abs(x)),
    df=lambda x: 1.5 * np.sqrt(np.abs(x)) * np.sign(x),
    d2f=_power_kink_d2f,
    domain=(-2.0, 2.0),
    minima=(0.0,),
)
"""|x|^1.5: a slope of 0 at its minimum, and infinite curvature."""


def _log_cosh_d2f(x):
    e = np.exp(-2 * np.abs(x))
    return 4 * e / ((1 + e) * (1 + e))


log_cosh = Function(
    name="log cosh",
    f=lambda x: np.logaddexp(x, -x) - math.log(2),
    df=lambda x: np.tanh(x),
    d2f=_log_cosh_d2f,
    domain=(-4.0, 4.0),
    minima=(0.0,),
)
"""ln cosh x: like x²/2 near its minimum and like |x| far away."""

GALLERY = (
    parabola,
    cosine_bowl,
    double_well,
    quartic,
    cubic,
    plateau,
    decay,
    absolute,
    power_kink,
    log_cosh,
)
"""Every function of this module."""
