"""What becomes of a run: the fate of each start at each rate.

A run can end in few ways. It arrives at a minimum, it diverges, it goes round a cycle
for ever, it wanders in chaos, or it stays at a point that is no minimum. A program sees
a run for a number of epochs only, so there is a sixth answer: undecided.

Examples
--------
Five rates on the double well, from the same start:

```python
from gd_tutorial import double_well
from gd_tutorial.fates import fates

for lr in (0.1, 1.1, 1.25, 1.9, 2.3):
    kind, number, epoch = fates(double_well, x0=0.6, lr=lr)
    print(f"lr {lr:4}: {kind} {number}, seen at epoch {epoch}")

assert fates(double_well, x0=0.6, lr=1.1).kind == "cycles"
```

A fate map: starts down the rows, rates across the columns.

```python
import numpy as np

from gd_tutorial import double_well
from gd_tutorial.fates import fates

starts = np.linspace(0, 3, 61)[:, np.newaxis]
rates = np.linspace(0.1, 2.3, 45)
found = fates(double_well, starts, rates, epochs=300)
for kind, count in zip(*np.unique(found.kind, return_counts=True)):
    print(f"{kind:9} {count:4}")

assert found.kind.shape == (61, 45)
```
"""

from collections import namedtuple

import numpy as np

from gd_tutorial.descent import _checked, _count, _real
from gd_tutorial.functions import Function

__all__ = ["fates"]

TOLERANCE = 1e-6  # a run that is so close to a minimum has arrived
FAR = 1e9  # beyond this a run is said to diverge
LONGEST = 64  # the longest period looked for
MUCH = 1e6  # in chaos, small distances are stretched more than this
HIDDEN = 2.0**-50  # the part of a number that rounding may hide in an epoch


_Fates = namedtuple("Fates", ["kind", "number", "epoch"])


def fates(function, x0, lr, epochs=300):
    """Follow every run for a number of epochs and say what became of it.

    - "arrives": it came within 10⁻⁶ of a minimum that does not repel at this rate, or
      exactly onto one that does and has a slope of exactly 0.
    - "diverges": it came to inf or nan, or beyond ±10⁹. The bound is a convention, not
      a theorem: on exp(−x) the first step from −25 at lr 0.1 is longer than that, and
      yet the run creeps on from there.
    - "cycles": it goes round 2 to 64 points for ever, or closes in on such a cycle.
      Slow convergence to a minimum is no cycle, however slow: see the notes.
    - "chaos": none of these, and in the second half of the run small distances were
      stretched a millionfold and yet the run stayed together. This speaks of the epochs
      seen: some such runs find a cycle later.
    - "stays": it came to rest where no known minimum is: on a maximum from which it
      started, at a minimum that `function.minima` leaves out, or in a place so flat
      that a step no longer changes the float.
    - "undecided": none of these. More epochs may tell.

    Parameters
    ----------
    function : Function
        Its `df` and `d2f` must take arrays.
    x0 : float or array
        The start: finite.
    lr : float or array
        The learning rate: finite and positive. Broadcasts with `x0`.
    epochs : int
        The number of updates, 0 or more.

    Returns
    -------
    kind : str or array of str
        One of the six names, in the shape of `x0` and `lr` together.
    number : int or array of int
        If it arrives, the index of the minimum in `function.minima`; if it cycles, the
        period. If it is undecided, 1 if the last step was shorter than the one in the
        middle of the run, as in a slow approach. Else 0.
    epoch : int or array of int
        The first epoch at which the fate was known. Chaos and what is undecided are
        judged at the end: the number of epochs.

    Raises
    ------
    TypeError
        An argument, or what `df` returns, is of the wrong kind.
    ValueError
        An argument is out of range, or shapes do not match.

    Notes
    -----
    All is computed in float64. The maps on the pages come from
    `docs/assets/js/fates.js`, which does the same in the same order.

    *Cycles.* Suppose a run comes back close to an estimate r after p epochs. It misses
    r by d, and the slope of p steps at r is m, the product of the p factors 1 − lr f″.
    If |m| < 1 and the slope is nearly the same around r, then p steps have a fixed
    point about d / (1 − m) from r, and the run closes in on it. Two things are asked
    before this is called a cycle of p points:

    - The slope is nearly the same: that of the next p steps, m′, differs from m by at
      most (1 − |m|)² / 4, and they miss by m d, give or take (1 − |m|) d / 4.
    - No fewer than p points: all the estimates between are farther from r than
      16 d / (1 − |m|).

    By a theorem of Newton and Kantorovich there is a fixed point if m changes evenly
    and |m′ − m| is at most (1 − m)² / 2. Slow convergence does not come below this:
    where p steps lead from u to u − c uⁿ, n ≥ 2, as with n = 3 at a rate of 2/f″,
    |m′ − m| is about (n − 1) / n times (1 − m)², no less than a half of it. Nor does
    creeping through a bottleneck, the place at which two cycles are born if the rate
    grows a little. The second condition refuses a run that changes sides around a
    minimum and nears it by a steady factor: for this run the estimate between is
    2 d / (1 − m) away.

    To what is compared is added what rounding may hide: some 10⁻¹⁵ of the estimate in
    each epoch, stretched by the later factors 1 − lr f″. If d is 0, the same floats
    recur for ever. That is a cycle, too, if |m| > 1, for a run can start on a cycle
    that repels, and if |m| = 1 exactly, as on |x| and on the parabola at 2/L. At rates
    next to 2/L floats may recur where the run would converge or diverge if it were not
    for rounding. Such a run is left undecided.

    *Chaos.* The step in the middle of the run is taken for a small distance and
    multiplied by 1 − lr f″ in each later epoch. Leaving a maximum stretches it, too,
    but then the steps of the run itself have grown as much. Here it must become 10⁶
    times as large as the estimates in the middle and at the end together. In 300
    epochs this takes a Lyapunov exponent of about 0.1.

    References
    ----------
    R. P. Brent, "An improved Monte Carlo factorization algorithm", BIT 20 (1980),
    176-184: to compare with one earlier estimate, renewed at powers of two. Here it
    is renewed every 64 epochs later on.

    L. V. Kantorovich and G. P. Akilov, Functional Analysis, 2nd ed., Pergamon, Oxford
    1982, chapter XVIII: when a small residual proves that a solution is near.

    S. H. Strogatz, Nonlinear Dynamics and Chaos, sections 10.4 and 10.5: cycles that
    are about to be born, and the Lyapunov exponent.

    Examples
    --------
    The three results come as a named tuple:

    >>> from gd_tutorial.fates import fates
    >>> kind, number, epoch = fates(parabola, x0=-2.0, lr=0.5)
    >>> print(kind, parabola.minima[number], epoch)
    arrives 0.5 1
    >>> print(fates(parabola, x0=-2.0, lr=1.1).kind)
    diverges

    On the double well, 1.83 lies in a window of order amid chaos:

    ```python
    from gd_tutorial import double_well
    from gd_tutorial.fates import fates

    kind, number, epoch = fates(double_well, x0=0.3, lr=[1.1, 1.83, 2.0])
    print(kind, number, epoch)

    assert kind.tolist() == ["cycles", "cycles", "chaos"]
    assert number.tolist() == [2, 4, 0]
    ```
    """
    if not isinstance(function, Function):
        raise TypeError(f"function must be a Function, got {function!r}")
    epochs = _count("epochs", epochs)
    shape = np.shape(x0), np.shape(lr)
    x0, lr = _real("x0", x0).astype(float), _real("lr", lr).astype(float)
    df, x, lr, _ = _checked(function.df, np.atleast_1d(x0), np.atleast_1d(lr), 0)

    kind, number = np.full(x.shape, "undecided"), np.zeros(x.shape, int)
    epoch, going = np.full(x.shape, epochs), np.ones(x.shape, bool)

    def decide(where, name, which, k):
        where = where & going
        kind[where], number[where], epoch[where] = name, which, k
        going[where] = False

    with np.errstate(all="ignore"):
        minima, reach = np.array(function.minima, float), []
        for minimum in minima:
            limit = 2 / np.abs(function.d2f(minimum))
            exactly = 0.0 if function.df(minimum) == 0 else -1.0
            reach.append(np.where(lr <= limit, TOLERANCE, exactly))

        infinite = np.full(x.shape, np.inf)
        seen, since, gap = infinite, -1, infinite
        for k in range(epochs + 1):
            decide(~(np.abs(x) <= FAR), "diverges", 0, k)
            for i, minimum in enumerate(minima):
                decide(np.abs(x - minimum) <= reach[i], "arrives", i, k)

            # Is this nearer to an estimate seen p epochs ago than all since then?
            p, miss = k - since, np.abs(x - seen)
            near = going & (miss <= TOLERANCE / 4 if p == 1 else 16 * miss < gap)
            if near.any():
                near[near] = _returns(function, seen[near], lr[near], p, gap[near])
                decide(near, "stays" if p == 1 else "cycles", 0 if p == 1 else p, k)
            gap = np.fmin(gap, miss)
            if k == since + max(1, min(since, LONGEST)):
                seen, since, gap = x, k, infinite

            if k == epochs:
                break
            step = lr * df(x)
            if k == epochs // 2:
                middle, first, stretched = x, step, step
            if k >= epochs // 2:
                stretched = stretched * _slope(function, x, lr)
            x = x - step

        if epochs > 0:
            size = np.abs(middle) + np.abs(x)
            decide(np.abs(stretched) > MUCH * size, "chaos", 0, epochs)
            number[going & (np.abs(step) < np.abs(first))] = 1

    shape = np.broadcast_shapes(*shape)
    return _Fates(*(array.reshape(shape)[()] for array in (kind, number, epoch)))


def _slope(function, x, lr):
    """Return what a step multiplies small distances by: −1 where lr is 2/f″."""
    curvature = function.d2f(x)
    return np.where(lr == 2 / curvature, -1.0, 1 - lr * curvature)


def _returns(function, x, lr, p, gap):
    """Say whether x is on a cycle of p points, or so near that the run closes in.

    The estimates between are not as near to x as `gap`. For p = 1 it is a point of
    rest, and it must lie closer than the tolerance.
    """
    y, slope, blur = x, 1.0, 0.0
    for _ in range(p):
        here = _slope(function, y, lr)
        slope = slope * here
        blur = np.abs(here) * blur + HIDDEN * np.abs(y)
        y = y - lr * function.df(y)
    z, again = y, 1.0
    for _ in range(p):
        again = again * _slope(function, z, lr)
        z = z - lr * function.df(z)

    miss, left = np.abs(y - x), 1 - np.abs(slope)
    closes = (
        (left > 0)
        & (np.abs(again - slope) + p * HIDDEN <= left * left / 4)
        & (np.abs(z - y - slope * (y - x)) <= left / 4 * miss + blur)
    )
    if p == 1:
        return (miss == 0) | closes & (miss <= left * (TOLERANCE / 4))
    apart = gap * np.abs(left) > 16 * (miss + blur)
    return apart & (closes | (miss == 0)) | (left == 0) & (miss == 0)
