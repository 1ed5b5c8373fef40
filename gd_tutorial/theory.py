"""What can be known of gradient descent without running it.

On a parabola of curvature L = f″ the slope is f′(x) = L (x − x*). One epoch therefore
turns the signed error x − x* into

    x − lr L (x − x*) − x* = (1 − lr L) (x − x*):

it multiplies it by the same factor, every time. All of this module follows from that
line, but for `local_regime`, which says what is left of it for other functions.

The numbers here are float64, and in floats (1/L) L need not be 1. What is promised:
`one_step_rate` and `rate_limit` are the floats nearest to 1/L and 2/L. A rate that
equals one of them is taken for the threshold itself; every other rate is on the side
of the threshold on which it is as a real number, for rounding keeps the order.

Examples
--------
```python
from gd_tutorial.theory import epochs_for_tolerance, regime

for lr in (0.1, 0.5, 0.9, 1.0, 1.1):
    name = regime(lr, curvature=2.0)
    epochs = epochs_for_tolerance(1e-6, error0=-2.5, lr=lr, curvature=2.0)
    print(f"lr = {lr}: {name}, {epochs} epochs")

assert regime(0.9, curvature=2.0) == "overshoot"
```
"""

import math

import numpy as np

from gd_tutorial.descent import _real

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
    """Return what multiplies the signed error each epoch, 1 − lr·curvature.

    The walk converges if the factor lies between −1 and 1. A negative factor changes
    the side of the minimum each epoch.

    Parameters
    ----------
    lr : float or array
        The learning rate: finite and positive.
    curvature : float or array
        The curvature L of the parabola: finite and positive.

    Returns
    -------
    float or array
        The factor, in the shape of `lr` and `curvature` together.

    Raises
    ------
    TypeError
        An argument is not a real number.
    ValueError
        An argument is not finite or not positive.

    References
    ----------
    B. T. Polyak, Introduction to Optimization, Optimization Software, New York 1987,
    chapter 1.

    Examples
    --------
    ```python
    from gd_tutorial.theory import factor

    print(factor(lr=0.1, curvature=2.0))

    assert factor(lr=0.25, curvature=2.0) == 0.5
    ```
    """
    lr, curvature = _positive("lr", lr), _positive("curvature", curvature)
    with np.errstate(over="ignore"):
        return 1 - lr * curvature


def error(k, error0, lr, curvature):
    """Return the signed error x_k − x* after k epochs, factor**k · error0.

    Proof: each epoch multiplies the error by the factor, and k epochs do so k times.

    Rounding the factor leaves a relative error of up to about
    k · (1 + lr·curvature / |factor|) · 10⁻¹⁶.

    Parameters
    ----------
    k : int or array of int
        The number of epochs: 0 or more.
    error0 : float or array
        The signed error of the start, x0 − x*: finite.
    lr : float or array
        The learning rate: finite and positive.
    curvature : float or array
        The curvature L of the parabola: finite and positive.

    Returns
    -------
    float or array
        The error, in the shape of all arguments together; ±inf where it is too large.

    Raises
    ------
    TypeError
        An argument is not a real number, or `k` not a whole one.
    ValueError
        An argument is out of range.

    References
    ----------
    B. T. Polyak, Introduction to Optimization, Optimization Software, New York 1987,
    chapter 1.

    Examples
    --------
    The estimate after three epochs on the parabola (x − 0.5)², from −2:

    ```python
    from gd_tutorial import gradient_descent, parabola
    from gd_tutorial.theory import error

    predicted = 0.5 + error(3, error0=-2.5, lr=0.1, curvature=2.0)
    measured = gradient_descent(parabola.df, x0=-2.0, lr=0.1, epochs=3)[3]
    print(predicted, measured)

    assert abs(predicted - measured) < 1e-15
    ```
    """
    if np.asarray(k).dtype.kind not in "iu":
        raise TypeError(f"k must be a whole number, got {k!r}")
    if np.any(np.asarray(k) < 0):
        raise ValueError(f"k must be 0 or more, got {k!r}")
    return _error(k, _finite("error0", error0), factor(lr, curvature))


def epochs_for_tolerance(tol, error0, lr, curvature):
    """Return the smallest whole k with |error(k, error0, lr, curvature)| ≤ tol.

    In real numbers, k = ⌈log(tol / |error0|) / log|factor|⌉ if the start is farther off
    than tol and the factor is neither 0 nor as large as 1. Logarithms are rounded,
    and where the quotient is close to a whole number the formula can be one off. So k
    is found by halving an interval instead, and is exact for `error` as computed.

    Parameters
    ----------
    tol : float
        The largest error that will do: finite and positive.
    error0 : float
        The signed error of the start, x0 − x*: finite.
    lr : float
        The learning rate: finite and positive.
    curvature : float
        The curvature L of the parabola: finite and positive.

    Returns
    -------
    int or math.inf
        The number of epochs. `math.inf` if the walk starts outside the tolerance and
        does not converge, or so slowly that its factor is ±1 when rounded.

    Raises
    ------
    TypeError
        An argument is not a real number.
    ValueError
        An argument is out of range.

    References
    ----------
    B. T. Polyak, Introduction to Optimization, Optimization Software, New York 1987,
    chapter 1. The formula is |factor|**k · |error0| ≤ tol, solved for k.

    Examples
    --------
    ```python
    import math

    from gd_tutorial.theory import epochs_for_tolerance

    print(epochs_for_tolerance(1e-6, error0=-2.5, lr=0.1, curvature=2.0))

    assert epochs_for_tolerance(0.125, error0=1.0, lr=0.25, curvature=2.0) == 3
    assert epochs_for_tolerance(1e-6, error0=1.0, lr=1.0, curvature=2.0) == math.inf
    ```
    """
    tol, error0 = _single(_positive, "tol", tol), _single(_finite, "error0", error0)
    shrinks = regime(lr, curvature) in ("one side", "one step", "overshoot")
    multiplier = factor(lr, curvature)

    def reached(k):
        return abs(_error(k, error0, multiplier)) <= tol

    if reached(0):
        return 0
    if not shrinks or abs(multiplier) == 1:
        return math.inf
    enough = 1
    while not reached(enough):
        enough *= 2
    too_few = enough // 2
    while enough - too_few > 1:
        middle = (too_few + enough) // 2
        if reached(middle):
            enough = middle
        else:
            too_few = middle
    return enough


def one_step_rate(curvature):
    """Return 1/L, the rate that lands on the minimum in one epoch.

    Proof: it makes the factor 1 − lr L zero. Below it the walk stays on one side of
    the minimum, above it the walk changes sides.

    Parameters
    ----------
    curvature : float or array
        The curvature L of the parabola: finite and positive.

    Returns
    -------
    float or array
        The float nearest to 1/L, in the shape of `curvature`.

    Raises
    ------
    TypeError
        `curvature` is not a real number.
    ValueError
        `curvature` is not finite or not positive.

    References
    ----------
    Y. Nesterov, Introductory Lectures on Convex Optimization, Kluwer, Boston 2004,
    section 1.2.3, where 1/L is the rate that promises the largest decrease of f.

    Examples
    --------
    ```python
    from gd_tutorial.theory import one_step_rate

    assert one_step_rate(curvature=2.0) == 0.5
    ```
    """
    with np.errstate(over="ignore"):
        return 1 / _positive("curvature", curvature)


def rate_limit(curvature):
    """Return 2/L, the rate from which on the walk no longer converges.

    Proof: |1 − lr L| < 1 if and only if 0 < lr < 2/L.

    Parameters
    ----------
    curvature : float or array
        The curvature L of the parabola: finite and positive.

    Returns
    -------
    float or array
        The float nearest to 2/L, in the shape of `curvature`.

    Raises
    ------
    TypeError
        `curvature` is not a real number.
    ValueError
        `curvature` is not finite or not positive.

    References
    ----------
    B. T. Polyak, Introduction to Optimization, Optimization Software, New York 1987,
    chapter 1.

    Examples
    --------
    ```python
    from gd_tutorial.theory import rate_limit

    print(rate_limit(curvature=0.1), rate_limit(curvature=100.0))

    assert rate_limit(curvature=2.0) == 1.0
    ```
    """
    with np.errstate(over="ignore"):
        return 2 / _positive("curvature", curvature)


def regime(lr, curvature):
    """Name what the walk does on a parabola.

    Parameters
    ----------
    lr : float
        The learning rate: finite and positive.
    curvature : float
        The curvature L of the parabola: finite and positive.

    Returns
    -------
    str
        "one side" (lr < 1/L): it approaches from the side of the start.
        "one step" (lr = 1/L): it is there after one epoch.
        "overshoot" (1/L < lr < 2/L): it changes sides each epoch and converges.
        "bounce" (lr = 2/L): it changes sides each epoch, at the same distance.
        "diverge" (lr > 2/L): it changes sides each epoch and runs away.

    Raises
    ------
    TypeError
        An argument is not one real number.
    ValueError
        An argument is not finite or not positive.

    Notes
    -----
    The thresholds are the floats `one_step_rate(curvature)` and
    `rate_limit(curvature)`; the head of the module says what that promises.

    References
    ----------
    B. T. Polyak, Introduction to Optimization, Optimization Software, New York 1987,
    chapter 1, for the convergence; the names are this tutorial's.

    Examples
    --------
    ```python
    from gd_tutorial.theory import regime

    assert regime(0.1, curvature=2.0) == "one side"
    assert regime(1.1, curvature=2.0) == "diverge"
    assert regime(1.1, curvature=0.1) == "one side"
    ```
    """
    lr = _single(_positive, "lr", lr)
    curvature = _single(_positive, "curvature", curvature)
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
    """Return the epochs that each further decimal digit takes, −1 / log10|factor|.

    Proof: after k epochs the error is |factor|**k times as large, and a tenth of what
    it was if k log10|factor| = −1.

    Parameters
    ----------
    lr : float or array
        The learning rate: finite and positive.
    curvature : float or array
        The curvature L of the parabola: finite and positive.

    Returns
    -------
    float or array
        In the shape of `lr` and `curvature` together: 0 where the walk needs one step,
        `inf` where it bounces or diverges.

    Raises
    ------
    TypeError
        An argument is not a real number.
    ValueError
        An argument is not finite or not positive.

    References
    ----------
    B. T. Polyak, Introduction to Optimization, Optimization Software, New York 1987,
    chapter 1, for the factor.

    Examples
    --------
    On the parabola (x − 0.5)² a tenth of the rate takes ten times the epochs, and
    somewhat more:

    ```python
    import numpy as np

    from gd_tutorial.theory import epochs_per_decade

    epochs = epochs_per_decade(lr=np.array([0.1, 0.01, 0.001]), curvature=2.0)
    print(epochs)

    assert np.all(epochs[1:] / epochs[:-1] > 10)
    ```
    """
    lr, curvature = _positive("lr", lr), _positive("curvature", curvature)
    # log|1 − z| is log1p(−z) up to z = 1 and log1p(z − 2) beyond: exact near 0 and 2.
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        z = lr * curvature
        epochs = -math.log(10) / np.log1p(-np.minimum(z, 2 - z))
    epochs = np.where(lr == one_step_rate(curvature), 0.0, epochs)
    return np.where(lr < rate_limit(curvature), epochs, np.inf)[()]


def local_regime(lr, d2f):
    """Say what f″(x*) alone decides near a critical point x* of any smooth f.

    Near x*, where f′(x*) = 0, one epoch multiplies a small error by nearly
    1 − lr f″(x*). Less than 1 in size, it attracts every start close enough to x*;
    more than 1, it drives every start close to x*, but not on it, away. If it is 1 or
    −1, f″(x*) decides nothing: f‴ and what follows do. How close is close enough, and
    what happens elsewhere, f″(x*) does not say.

    Parameters
    ----------
    lr : float
        The learning rate: finite and positive.
    d2f : float
        The second derivative at the critical point, f″(x*): finite.

    Returns
    -------
    str
        "attracts" (0 < lr f″(x*) < 2): a minimum, and the rate is small enough.
        "repels" (f″(x*) < 0, or lr f″(x*) > 2): a maximum, or the rate is too large.
        "undecided" (lr f″(x*) is 0 or 2).

    Raises
    ------
    TypeError
        An argument is not one real number.
    ValueError
        An argument is not finite, or `lr` not positive.

    Notes
    -----
    As in `regime`, the threshold is the float `rate_limit(d2f)`.

    References
    ----------
    S. H. Strogatz, Nonlinear Dynamics and Chaos, section 10.1, on the stability of a
    fixed point of the map x → x − lr f′(x), whose slope there is 1 − lr f″(x*).

    Examples
    --------
    At lr = 0.1 the double well x⁴/4 − x²/2 attracts to its minima ±1, where f″ is 2,
    and repels from its maximum 0, where f″ is −1:

    ```python
    from gd_tutorial import double_well
    from gd_tutorial.theory import local_regime

    assert local_regime(0.1, double_well.d2f(1.0)) == "attracts"
    assert local_regime(0.1, double_well.d2f(0.0)) == "repels"
    ```
    """
    lr, d2f = _single(_positive, "lr", lr), _single(_finite, "d2f", d2f)
    if d2f < 0:
        return "repels"
    if d2f == 0 or lr == rate_limit(d2f):
        return "undecided"
    return "attracts" if lr < rate_limit(d2f) else "repels"


def _error(k, error0, multiplier):
    """Return multiplier**k · error0, and 0 for a start on the minimum."""
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        return np.where(error0 == 0, 0.0, np.power(multiplier, k) * error0)[()]


def _finite(name, value):
    """Return the value as float64, a number or an array, refusing inf and nan."""
    array = _real(name, value)
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite, got {value!r}")
    return array.astype(float)[()]


def _positive(name, value):
    """Return the value as `_finite` does, refusing zero and negative numbers, too."""
    number = _finite(name, value)
    if not np.all(number > 0):
        raise ValueError(f"{name} must be positive, got {value!r}")
    return number


def _single(check, name, value):
    """Return the value as the check does, refusing an array."""
    number = check(name, value)
    if np.ndim(number) != 0:
        raise TypeError(f"{name} must be one number, got {value!r}")
    return number
