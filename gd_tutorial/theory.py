"""What can be known of gradient descent without running it.

On a parabola of curvature L = f″ every epoch multiplies the signed error x − x* by the
same number: f′(x) = L (x − x*), so x − lr f′(x) − x* = (1 − lr L)(x − x*). All of this
module follows from that line, but for `local_regime`, which says what is left of it
elsewhere.

The thresholds 1/L and 2/L are rounded to floats like every number, and in floats
(1/L)·L need not be 1. What is promised: `regime` compares `lr` with the floats
`one_step_rate(curvature)` and `rate_limit(curvature)`. A rate equal to such a float is
taken for the threshold itself; any other rate, below or above, is judged as real
numbers would judge it.

Examples
--------
```python
from gd_tutorial.theory import rate_limit, regime

for lr in (0.1, 0.5, 0.9, 1.0, 1.1):
    print(lr, regime(lr, curvature=2.0))

assert rate_limit(curvature=2.0) == 1.0
```
"""

import math

import numpy as np

__all__ = [
    "epochs_for_tolerance",
    "epochs_per_decade",
    "error",
    "factor",
    "local_regime",
    "one_step_rate",
    "rate_limit",
    "regime",
]


def factor(lr, curvature):
    """What multiplies the signed error each epoch: 1 − lr·curvature.

    Parameters
    ----------
    lr, curvature : float or array
        Learning rate and curvature: finite and positive.

    Returns
    -------
    float or array
        Of the shape of `lr` and `curvature` together; below 1.

    Raises
    ------
    TypeError, ValueError
        An argument is not a finite positive number.

    References
    ----------
    B. T. Polyak, Introduction to Optimization (1987), section 1.4.

    Examples
    --------
    ```python
    from gd_tutorial.theory import factor

    assert factor(lr=0.25, curvature=2.0) == 0.5
    ```
    """
    lr = _positive("lr", lr)
    curvature = _positive("curvature", curvature)
    with np.errstate(over="ignore", under="ignore"):
        return 1 - lr * curvature


def error(k, error0, lr, curvature):
    """The signed error x_k − x* after k epochs: factor**k · error0.

    Parameters
    ----------
    k : int or array of int
        Epochs, 0 or more.
    error0 : float or array
        The error of the start, x0 − x*: finite.
    lr, curvature : float or array
        Learning rate and curvature: finite and positive.

    Returns
    -------
    float or array
        Of the shape of all arguments together.
    """
    k = _real("k", k)
    if np.any(k < 0) or np.any(k != np.floor(k)):
        raise ValueError(f"k must be a whole number, 0 or more, got {k!r}")
    error0 = _finite("error0", error0)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        return np.power(factor(lr, curvature), k) * error0


def epochs_for_tolerance(tol, error0, lr, curvature):
    """The smallest whole k with |error(k, …)| ≤ tol; `math.inf` if there is none."""
    tol = float(_positive("tol", tol))
    error0 = float(_finite("error0", error0))

    def reached(k):
        return abs(error(k, error0, lr, curvature)) <= tol

    if reached(0):
        return 0
    if (
        regime(lr, curvature) in ("bounce", "diverge")
        or abs(factor(lr, curvature)) >= 1
    ):
        return math.inf
    high = 1
    while not reached(high):
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        if reached(middle):
            high = middle
        else:
            low = middle
    return high


def one_step_rate(curvature):
    """The rate that lands on the minimum in one epoch: 1/L."""
    return 1 / _positive("curvature", curvature)


def rate_limit(curvature):
    """The rate from which on nothing converges: 2/L."""
    return 2 / _positive("curvature", curvature)


def regime(lr, curvature):
    """The name of what happens: one of five."""
    lr = float(_positive("lr", lr))
    if lr < one_step_rate(curvature):
        return "one side"
    if lr == one_step_rate(curvature):
        return "one step"
    if lr < rate_limit(curvature):
        return "overshoot"
    if lr == rate_limit(curvature):
        return "bounce"
    return "diverge"


def epochs_per_decade(lr, curvature):
    """Epochs for each further decimal digit: −1 / log10|1 − lr·curvature|."""
    lr = _positive("lr", lr)
    curvature = _positive("curvature", curvature)
    product = lr * curvature
    with np.errstate(divide="ignore", invalid="ignore"):
        epochs = -math.log(10) / np.log1p(-np.minimum(product, 2 - product))
    epochs = np.where(lr == one_step_rate(curvature), 0.0, epochs)
    return np.where(lr >= rate_limit(curvature), np.inf, epochs)[()]


def local_regime(lr, d2f):
    """What f″(x*) alone says of a critical point: attracts, repels, undecided."""
    d2f = float(_finite("d2f", d2f))
    lr = float(_positive("lr", lr))
    if d2f == 0 or (d2f > 0 and lr == rate_limit(d2f)):
        return "undecided"
    if d2f > 0 and lr < rate_limit(d2f):
        return "attracts"
    return "repels"


def _real(name, value):
    array = np.asarray(value)
    if array.dtype.kind not in "iuf":
        raise TypeError(f"{name} must be a real number, got {value!r}")
    return array[()]


def _finite(name, value):
    value = _real(name, value)
    if not np.all(np.isfinite(value)):
        raise ValueError(f"{name} must be finite, got {value!r}")
    return value


def _positive(name, value):
    value = _finite(name, value)
    if not np.all(value > 0):
        raise ValueError(f"{name} must be positive, got {value!r}")
    return value
