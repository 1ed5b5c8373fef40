"""Every figure of the tutorial.

The functions draw on the Axes they are given, or make one, and return it. They never
call ``show`` and never change a setting: type, sizes and the colours of several lines
come from the style that ``plt.style.use("gd_tutorial.tutorial")`` switches on.
"""

import reprlib
import textwrap

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import FigureBase
from matplotlib.patheffects import withStroke

from gd_tutorial.descent import gradient_descent
from gd_tutorial.functions import Function

__all__ = [
    "COLORS",
    "DARK",
    "describe",
    "plot_cobweb",
    "plot_errors",
    "plot_estimates",
    "plot_function",
    "plot_path",
    "plot_scenarios",
]

# The same colour for the same thing in every figure, on light and on dark paper. No
# colour stands twice: a dark figure is a light one with each colour replaced.
_PAIRS = {
    "function": ("#4a5668", "#b3bfd1"),
    "path": ("#0067a5", "#5ab4f2"),
    "start": ("#5b0aa0", "#ab7dfa"),
    "minimum": ("#00795a", "#3ccf9f"),
    "divergence": ("#c43c0c", "#ff8a5e"),
    "ink": ("#23272e", "#e8e6e1"),
    "muted": ("#646b76", "#9aa3b0"),
    "grid": ("#e7e4dc", "#2b313a"),
    "paper": ("#fdfcf9", "#14171c"),
    "series1": ("#0072b2", "#62b5ee"),
    "series2": ("#b04000", "#e07b45"),
    "series3": ("#1d8465", "#8fe8c0"),
    "series4": ("#8c2f6b", "#d873a6"),
    "series5": ("#b08a1a", "#f5d247"),
    "series6": ("#352a80", "#8d84f2"),
}
COLORS = {role: light for role, (light, _) in _PAIRS.items()}
DARK = {role: dark for role, (_, dark) in _PAIRS.items()}


def describe(ax, text):
    """Give a figure its alt text: what is read to someone who cannot see it.

    Parameters
    ----------
    ax : Axes, array of Axes, or Figure
        What a function of this module returned, or the figure itself.
    text : str
        What the curve does, in a few sentences. It becomes the label of the figure.

    Raises
    ------
    TypeError, ValueError
        `ax` is none of the three, or `text` is not a string, or is blank.

    Examples
    --------
    ```python
    from gd_tutorial import parabola
    from gd_tutorial.plotting import describe, plot_function

    describe(plot_function(parabola), "A bowl with its lowest point at x = 0.5.")
    ```
    """
    parts = np.ravel(np.asarray(ax, dtype=object))
    drawn = parts.size and all(isinstance(part, (Axes, FigureBase)) for part in parts)
    _check(drawn, "ax", "Axes or a Figure", ax)
    _check(isinstance(text, str), "text", "a string", text)
    _check(text.strip(), "text", "what the figure shows", text, ValueError)
    parts[0].figure.figure.set_label(text)  # of a part of a figure, the whole one


def plot_function(function, ax=None, domain=None):
    """Draw the curve of f with its known minima.

    Parameters
    ----------
    function : Function
    ax : Axes, optional
        Where to draw; without it a new figure is made.
    domain : tuple of two floats, optional
        From where to where; without it the function's own domain.

    Returns
    -------
    Axes

    Raises
    ------
    TypeError, ValueError
        An argument is not as described, or f has no finite value in the domain.

    Examples
    --------
    ```python
    from gd_tutorial import double_well
    from gd_tutorial.plotting import plot_function

    ax = plot_function(double_well, domain=(-1.8, 1.8))
    ```
    """
    return _curve(ax, function, *_view(function, domain))


@np.errstate(all="ignore")
def plot_path(function, path, ax=None, domain=None):
    """Draw the curve of f with a path on it: the start, each step, the last estimate.

    The picture widens, up to three times the domain, to hold the path. If a path goes
    farther, words above the picture say which estimate leaves it.

    Parameters
    ----------
    function : Function
    path : array of shape (epochs + 1,)
        What `gradient_descent` returned; it may end in inf and nan.
    ax, domain
        As for `plot_function`.

    Returns
    -------
    Axes

    Raises
    ------
    TypeError, ValueError
        `path` is not as described, or as for `plot_function`.

    Examples
    --------
    ```python
    from gd_tutorial import gradient_descent, parabola
    from gd_tutorial.plotting import plot_path

    path = gradient_descent(parabola.df, x0=-2.0, lr=0.9, epochs=20)
    ax = plot_path(parabola, path)
    ```
    """
    path = _real("path", path, ndim=1)
    low, high = _view(function, domain, path)
    first, last = path[0], path[-1]
    ax = _curve(ax, function, low, high, last)
    x = np.clip(path, 2 * low - high, 2 * high - low)
    ax.plot(x, function.f(x), "o-", color=COLORS["path"], markersize=3.5, linewidth=0.6)
    _marks(ax, path, function.f)
    start, end = _name(0, first), _name(len(path) - 1, last)
    if abs(last - first) < 0.05 * (high - low):
        start, end = f"{start}, {end}", ""
    _beside(ax, function, first, start, "start")
    _beside(ax, function, last, end, "path")
    return ax


def plot_estimates(paths, labels=None, minimum=None, ax=None):
    """Draw estimates against epochs: the lecture's plot.

    Up to six lines have a colour each. Of more, three in a row share a colour and
    differ in their dashes: the lecture's nine runs get a colour for each rate. Where a
    line ends because its path overflows, the legend says at which epoch it is inf.

    Parameters
    ----------
    paths : list of arrays of shape (epochs + 1,), or array of shape (epochs + 1, n)
        The paths; those of a list may differ in length, an array may be one path.
    labels : list of str, optional
        One for each path: they make the legend.
    minimum : float, optional
        A known minimum, drawn as a line across.
    ax : Axes, optional

    Returns
    -------
    Axes

    Raises
    ------
    TypeError, ValueError
        An argument is not as described, or there is no path.

    Examples
    --------
    ```python
    from gd_tutorial import gradient_descent, parabola
    from gd_tutorial.plotting import plot_estimates

    paths = [gradient_descent(parabola.df, -2.0, lr, 100) for lr in (0.1, 0.01)]
    ax = plot_estimates(paths, ["LR: 0.1", "LR: 0.01"], minimum=0.5)
    ```
    """
    paths, labels = _paths(paths, labels)
    minimum = None if minimum is None else _real("minimum", minimum)
    new, ax = ax is None, _axes(ax)
    if minimum is not None:
        ax.axhline(minimum, color=COLORS["minimum"], linewidth=0.8, zorder=1.5)
        place = ("axes fraction", "data")
        _note(ax, f"x* = {_text(minimum)}", (1, minimum), "minimum", (4, 0), place)
    _lines(ax, paths, labels, "Estimate of Local Minimum")
    if np.max(np.abs(ax.get_ylim())) > 1e5:  # no "1e5" apart, where the legend stands
        ax.yaxis.set_major_formatter(lambda y, _: _text(y))
    _legend(ax, new)
    return ax


def plot_errors(paths, minimum, labels=None, ax=None):
    """Draw the errors |x_k - x*| against epochs on a log axis.

    A log axis has no place for 0: where its error is exactly 0, a line drops out of
    the picture, and the legend says at which epoch. Up to three lines of equal length
    that stay in the picture are named at their ends.

    Parameters
    ----------
    paths, minimum, labels, ax
        As for `plot_estimates`; the errors are measured from the minimum.

    Returns
    -------
    Axes

    Raises
    ------
    TypeError, ValueError
        As for `plot_estimates`.

    Examples
    --------
    ```python
    from gd_tutorial import gradient_descent, parabola
    from gd_tutorial.plotting import plot_errors

    path = gradient_descent(parabola.df, x0=-2.0, lr=0.1, epochs=50)
    ax = plot_errors([path], minimum=0.5)
    ```
    """
    paths, labels = _paths(paths, labels)
    minimum = _real("minimum", minimum)
    errors = [np.abs(path - minimum) for path in paths]
    new, ax = ax is None, _axes(ax)
    ax.set_yscale("log")
    drawn = [line.get_ydata() for line in _lines(ax, errors, labels, "Error |x − x*|")]
    if len(drawn) <= 3 and len(set(map(len, drawn))) == 1 and np.min(drawn) > 0:
        _end_labels(ax)
    else:
        _legend(ax, new)
    return ax


@np.errstate(all="ignore")
def plot_cobweb(function, lr, x0, epochs, ax=None, domain=None):
    """Draw the map x -> x - lr f'(x), the diagonal, and the staircase of a path.

    A step goes up or down to the map, then across to the diagonal, where y is x.

    Parameters
    ----------
    function : Function
    lr, x0, epochs
        As for `gradient_descent`: one start and one rate.
    ax, domain
        As for `plot_path`.

    Returns
    -------
    Axes

    Raises
    ------
    TypeError, ValueError, MemoryError
        As for `gradient_descent` and `plot_function`; or `x0` or `lr` is not one.

    Examples
    --------
    ```python
    from gd_tutorial import parabola
    from gd_tutorial.plotting import plot_cobweb

    ax = plot_cobweb(parabola, lr=0.9, x0=-2.0, epochs=10)
    ```
    """
    path = _walk(function, x0, lr, epochs)
    low, high = _view(function, domain, path)
    ax = _axes(ax, figsize=(4.8, 4.4))
    x = np.linspace(1.08 * low - 0.08 * high, 1.08 * high - 0.08 * low, 401)
    ax.plot(x, x - lr * function.df(x), "-", color=COLORS["function"])
    ax.plot(x, x, "--", color=COLORS["muted"], linewidth=0.8)
    ax.plot(function.minima, function.minima, "o", **_RING)
    ax.set(xlim=x[[0, -1]], ylim=x[[0, -1]], aspect="equal")
    ax.set(xlabel="Estimate x", ylabel="Next estimate x − lr · f′(x)")
    stairs = np.repeat(np.clip(path, 2 * low - high, 2 * high - low), 2)
    ax.plot(stairs[:-1], stairs[1:], "-", color=COLORS["path"], linewidth=1)
    _marks(ax, path, lambda x: x)
    # A walk from the left stays above its start, one from the right below it.
    offset = (6, -0.1) if path[0] < (low + high) / 2 else (-6, 0.1)
    _note(ax, _name(0, path[0]), (path[0], path[0]), "start", offset)
    return ax


def plot_scenarios(function, x0, rates, epochs):
    """Draw a grid of estimates against epochs, all from one start.

    Parameters
    ----------
    function : Function
    x0 : float
        The start of every run.
    rates, epochs : list of float, list of int
        The learning rates, down the rows; the numbers of epochs, across the columns.

    Returns
    -------
    array of Axes, of shape (len(rates), len(epochs))

    Raises
    ------
    TypeError, ValueError, MemoryError
        As for `plot_cobweb`; or `rates` or `epochs` is not a list, or is empty.

    Examples
    --------
    ```python
    from gd_tutorial import parabola
    from gd_tutorial.plotting import plot_scenarios

    grid = plot_scenarios(parabola, -2.0, [0.1, 0.01, 0.001], [100, 500, 1000])
    ```
    """
    rates, epochs = _list("rates", rates), _list("epochs", epochs)
    runs = [(lr, n) for lr in rates for n in epochs]
    paths = [_walk(function, x0, lr, n, "each of rates") for lr, n in runs]
    shape = {"nrows": len(rates), "ncols": len(epochs), "squeeze": False}
    size = (4.8, 0.6 + 1.2 * len(rates))
    figure, grid = plt.subplots(**shape, sharex="col", sharey=True, figsize=size)
    for ax, (lr, n), path in zip(grid.flat, runs, paths, strict=True):
        for minimum in function.minima:
            ax.axhline(minimum, color=COLORS["minimum"], linewidth=0.8)
        _lines(ax, [path], [""], f"lr {lr:g}")[0].set_color(COLORS["path"])
        ax.set_title(_name(n, path[-1], "#.6g"), color=COLORS["path"])
        ax.label_outer()
    figure.supylabel("Estimate of Local Minimum")
    return grid


_RING = {"color": COLORS["minimum"], "fillstyle": "none", "ms": 11, "mew": 1.4}
_SUB = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def _view(function, domain, path=()):
    """What the picture shows of x: the domain, and as much of the path as is near."""
    _check(isinstance(function, Function), "function", "a Function", function)
    domain = function.domain if domain is None else domain
    ends = [_real("each of domain", end) for end in _list("domain", domain)]
    right = len(ends) == 2 and ends[0] < ends[1]
    _check(right, "domain", "two numbers, low < high", domain, ValueError)
    low, high = ends
    x = np.append(path, (low, high))
    near = x[(2 * low - high <= x) & (x <= 2 * high - low)]
    return near.min(), near.max()


def _check(right, name, what, value, error=TypeError):
    """Refuse an argument in one sentence: its name, what it must be, what it is."""
    if not right:
        shape = f" of shape {value.shape}" if isinstance(value, np.ndarray) else ""
        got = reprlib.repr(value).replace("\n", "")
        raise error(f"{name} must be {what}, got {got}{shape}")


def _real(name, value, ndim=0):
    """Refuse what is not one finite number, or not one path; make it float."""
    what = "real numbers of shape (epochs + 1,)" if ndim else "one finite number"
    try:
        array = np.asarray(float(value) if type(value) is int else value)
    except (OverflowError, ValueError):  # too large, or lists that differ in length
        array = np.asarray(None)
    _check(array.dtype.kind in "iuf", name, what, value)
    right = array.ndim == ndim and (array.size if ndim else np.isfinite(array))
    _check(right, name, what, value, ValueError)
    return array.astype(float) if ndim else float(array)


def _list(name, values):
    """Refuse what is no list, or empty."""
    right, what = np.iterable(values) and not isinstance(values, str), "a list or tuple"
    _check(right, name, what, values)
    values = list(values)
    _check(values, name, f"{what} of one or more", values, ValueError)
    return values


def _paths(paths, labels):
    """The paths as a list of one-dimensional arrays, and a label for each."""
    if isinstance(paths, np.ndarray) and paths.ndim in (1, 2):
        paths = np.atleast_2d(paths.T)
    paths = _list("paths", paths)
    paths = [_real(f"path {i} of paths", path, 1) for i, path in enumerate(paths)]
    labels = [""] * len(paths) if labels is None else _list("labels", labels)
    text = all(isinstance(label, str) for label in labels)
    _check(text, "labels", "a list of strings", labels)
    each = f"one for each of {len(paths)} paths"
    _check(len(labels) == len(paths), "labels", each, labels, ValueError)
    return paths, labels


def _walk(function, x0, lr, epochs, name="lr"):
    """One path, of one start and of one rate with this name."""
    _check(isinstance(function, Function), "function", "a Function", function)
    _real("x0", x0)
    _check(_real(name, lr) > 0, name, "above 0", lr, ValueError)
    return gradient_descent(function.df, x0, lr, epochs).astype(float)


def _axes(ax, **size):
    """The given Axes, or those of a new figure."""
    _check(ax is None or isinstance(ax, Axes), "ax", "an Axes", ax)
    return plt.subplots(**size)[1] if ax is None else ax


@np.errstate(all="ignore")
def _curve(ax, function, low, high, last=np.nan):
    """Draw f from low to high and name its minima, each aside from a near estimate."""
    x, minima = np.linspace(low, high, 401), np.array(function.minima, dtype=float)
    y, bottoms, slope = function.f(x), function.f(minima), function.df(last)
    right = np.shape(y) == x.shape and np.isfinite(y).any()
    _check(right, "function.f(x)", "an array like x, somewhere finite", y, ValueError)
    ax = _axes(ax)
    ax.plot(x, y, "-", color=COLORS["function"])
    ax.plot(minima, bottoms, "o", **_RING)
    for at in zip(minima, bottoms, strict=True):
        near = abs(at[0] - last) < 0.1 * (high - low)
        offset = (0 if not near else 5 if slope < 0 else -5, -9)
        text = _text(at[0]) if len(minima) > 2 else f"x* = {_text(at[0])}"
        _note(ax, text, at, "minimum", offset)
    # Below the curve there is room for words, and no tick.
    finite, margin = y[np.isfinite(y)], 0.03 * (high - low)
    bottom, height = np.min(finite), np.ptp(finite) or 1.0
    room = 26 / (ax.bbox.height * 72 / ax.figure.dpi - 26)
    ax.set(xlim=(low - margin, high + margin), xlabel="x", ylabel="f(x)")
    ax.set_ylim(bottom - room * height, bottom + 1.06 * height)
    ticks = ax.get_yticks()
    ax.set_yticks(ticks[np.abs(ticks - bottom - height / 2) < 0.52 * height])
    return ax


def _marks(ax, path, height):
    """Mark the start and the last estimate; say where the path leaves the picture."""
    low, high = ax.get_xlim()
    inside = (low <= path) & (path <= high)
    style = {"markersize": 6.5, "mec": COLORS["paper"], "mew": 0.6}
    for k, role, marker in ((-1, "path", "o"), (0, "start", "s")):
        if inside[k]:
            ax.plot(path[k], height(path[k]), marker, color=COLORS[role], **style)
    if not inside.all():
        k = np.argmin(inside)
        text = f"{'leaves' if k else 'starts outside'} the picture: {_name(k, path[k])}"
        _note(ax, text, (0.5, 1), "divergence", (0, 4), "axes fraction")


def _beside(ax, function, x, text, role):
    """Write beside a point of the curve: outside a bowl if there is room."""
    low, high = ax.get_xlim()
    if low <= x <= high:
        side = -1 if function.df(x) < 0 else 1
        width = ax.bbox.width * 72 / ax.figure.dpi
        room = width * (high - x if side > 0 else x - low) / (high - low)
        outside = room > 5 * len(text) and function.d2f(x) >= 0
        offset = (5 * side, -9) if outside else (-7 * side, 6)
        _note(ax, text, (x, function.f(x)), role, offset)


def _note(ax, text, at, role, offset, xycoords="data", **style):
    """Write beside a point, on a halo of paper: no line runs through the words."""
    ha = {-1: "right", 0: "center", 1: "left"}[np.sign(offset[0])]
    va = {-1: "top", 0: "center", 1: "bottom"}[np.sign(offset[1])]
    halo = [withStroke(linewidth=3, foreground=COLORS["paper"])]
    style = {"color": COLORS[role], "ha": ha, "va": va, "path_effects": halo} | style
    ax.annotate(text, at, offset, xycoords, "offset points", **style)


def _lines(ax, paths, labels, name):
    """Draw values against epochs, with a dot on the last; shorter runs lie on top."""
    lines = []
    for i, (values, label) in enumerate(zip(paths, labels, strict=True)):
        style = {"marker": "o", "markersize": 4, "markevery": [len(values) - 1]}
        if len(paths) > 6:
            style |= {"color": f"C{i // 3}", "linestyle": (":", "--", "-")[i % 3]}
        # Of larger numbers Matplotlib's own sums overflow; of nothing but 0 it finds no
        # limits for a log axis.
        finite, fits = np.isfinite(values), np.abs(values) < 1e250
        zero = (values == 0) & (ax.get_yscale() == "log")
        drawn = np.where(fits & ~zero[fits].all(), values, np.nan)
        if zero.any():
            label += f", exactly 0 at epoch {np.argmax(zero)}"
        if not fits.all():
            k = np.argmin(fits if finite.all() else finite)
            label += f", {_text(values[k])} at epoch {k}"
        label = label.removeprefix(", ")
        lines += ax.plot(drawn, label=label, zorder=2 + 1 / len(values), **style)
    ax.set(xlabel="Epochs", ylabel=name)
    return lines


def _legend(ax, new):
    """Name the lines above the plot; a new figure grows by as much."""
    lines, labels = ax.get_legend_handles_labels()
    if labels:
        room = round(16 * ax.bbox.width / ax.figure.dpi)  # in characters
        noted = any(" at epoch " in label for label in labels)
        columns = 2 if noted or len(labels) == 4 else 3
        columns = max(1, min(len(labels), columns, room // 20))
        labels = [textwrap.fill(label, max(8, room // columns - 6)) for label in labels]
        if new:
            parts = np.array_split(labels, columns)
            rows = max("\n".join(part).count("\n") + 1 for part in parts)
            ax.figure.set_figheight(ax.figure.get_figheight() + 0.18 * rows)
        ax.legend(lines, labels, loc="lower left", bbox_to_anchor=(0, 1), ncols=columns)


def _end_labels(ax):
    """Name each line at its end, the names pushed apart where the ends are close."""
    ax.get_ylim()  # settles where the ends are
    lines, _ = ax.get_legend_handles_labels()
    below = -np.inf
    for line in sorted(lines, key=lambda line: line.get_ydata()[-1]):
        end, style = line.get_xydata()[-1], {"color": line.get_color(), "va": "center"}
        height = ax.transData.transform(end)[1] * 72 / ax.figure.dpi
        below = max(height, below + 12)
        _note(ax, line.get_label(), end, "ink", (7, below - height), **style)


def _name(k, x, digits=".3g"):
    """A text such as x₇ = 4e12."""
    return f"x{str(k).translate(_SUB)} = {_text(x, digits)}"


def _text(x, digits=".3g"):
    """A short number, with a true minus sign."""
    digits, _, power = f"{x:{digits}}".partition("e")
    return (f"{digits}e{int(power)}" if power else digits).replace("-", "−")
