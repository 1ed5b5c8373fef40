"""Every figure of the tutorial.

The functions draw on the Axes they are given, or make one, and return it. They never
call ``show`` and never change a setting: type, sizes and the colours of several lines
come from the style that ``plt.style.use("gd_tutorial.tutorial")`` switches on.
"""

import math

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

    Say what the curve does, not that there is one. In a script and in a notebook the
    text stays with the figure as its label, ``ax.figure.get_label()``; on the site it
    becomes the ``alt`` of the picture.

    Parameters
    ----------
    ax : Axes, array of Axes, or Figure
        What a function of this module returned, or the figure itself.
    text : str
        One or a few sentences.

    Raises
    ------
    TypeError, ValueError
        `text` is not a string or is blank, or `ax` is none of the three.

    Examples
    --------
    ```python
    from gd_tutorial import parabola
    from gd_tutorial.plotting import describe, plot_function

    ax = plot_function(parabola)
    describe(ax, "A bowl, open upwards, with its lowest point at x = 0.5.")
    print(ax.figure.get_label())
    ```
    """
    if not isinstance(text, str):
        raise TypeError(f"text must be a string, got {text!r}")
    if not text.strip():
        raise ValueError(f"text must say what the figure shows, got {text!r}")
    if isinstance(ax, np.ndarray) and ax.size:
        ax = ax.flat[0]
    if not isinstance(ax, (Axes, FigureBase)):
        raise TypeError(f"ax must be Axes or a Figure, got {ax!r}")
    ax.figure.figure.set_label(text)  # of a part of a figure, the whole one


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
        An argument is not as described here.

    Examples
    --------
    ```python
    from gd_tutorial import double_well
    from gd_tutorial.plotting import plot_function

    ax = plot_function(double_well, domain=(-1.8, 1.8))
    print(ax.get_xlabel(), ax.get_ylabel())
    ```
    """
    low, high = _view(function, domain)
    ax = _axes(ax)
    _curve(ax, function, low, high, room=0.16)
    return ax


def plot_path(function, path, ax=None, domain=None):
    """Draw the curve of f with a path on it: the start, each step, the last estimate.

    The picture widens, up to three times the domain, to hold the path. A path that goes
    farther is not cut off in silence: words above the picture say which estimate leaves
    it. Of more than 200 steps those are left out that would cover each other.

    Parameters
    ----------
    function : Function
    path : array of shape (epochs + 1,)
        What `gradient_descent` returned; it may end in inf and nan.
    ax : Axes, optional
        Where to draw; without it a new figure is made.
    domain : tuple of two floats, optional
        What the picture shows at least; without it the function's own domain.

    Returns
    -------
    Axes

    Raises
    ------
    TypeError, ValueError
        An argument is not as described here.

    Examples
    --------
    ```python
    from gd_tutorial import gradient_descent, parabola
    from gd_tutorial.plotting import plot_path

    path = gradient_descent(parabola.df, x0=-2.0, lr=0.9, epochs=20)
    ax = plot_path(parabola, path)
    print([text.get_text() for text in ax.texts])
    ```
    """
    path = _path("path", path)
    low, high = _view(function, domain, path)
    width, first, last = high - low, path[0], path[-1]
    by_start = abs(last - first) < 0.05 * width
    near = [m for m in function.minima if abs(last - m) < 0.2 * width]
    ax = _axes(ax)
    _curve(ax, function, low, high, room=0.32 if near else 0.16)

    x = np.clip(path, low - width, high + width)
    if len(x) > 200:
        cell = np.round(x / width * 300)
        x = x[np.append(True, cell[1:] != cell[:-1])]
    with np.errstate(all="ignore"):
        y, ends = function.f(x), function.f(path[[0, -1]])
        uphill = function.df(path[[0, -1]]) > 0
    ax.plot(x, y, "-", color=COLORS["path"], linewidth=0.7, alpha=0.6)
    ax.plot(x, y, "o", color=COLORS["path"], markersize=3.5)

    start, end = (first, ends[0]), (last, ends[1])
    text, end_text = _name(0, first), _name(len(path) - 1, last)
    if low <= last <= high:
        _dot(ax, end, "o", "path")
        if by_start:
            text = f"{text}, {end_text}"
        elif near:
            below = (last, function.f(min(near, key=lambda m: abs(last - m))))
            _note(ax, end_text, below, "path", (0, -23), va="top")
        else:
            _beside(ax, end_text, end, "path", uphill[1])
    if low <= first <= high:
        _dot(ax, start, "s", "start")
        _beside(ax, text, start, "start", uphill[0])
    _leaves(ax, path, low, high)
    return ax


def plot_estimates(paths, labels=None, minimum=None, ax=None):
    """Draw estimates against epochs: the lecture's plot.

    Parameters
    ----------
    paths : list of arrays of shape (epochs + 1,), or array of shape (epochs + 1, n)
        The paths; those of a list may differ in length.
    labels : list of str, optional
        One for each path: they make the legend.
    minimum : float, optional
        A known minimum, drawn as a line across.
    ax : Axes, optional
        Where to draw; without it a new figure is made.

    Returns
    -------
    Axes

    Raises
    ------
    TypeError, ValueError
        An argument is not as described here.

    Examples
    --------
    ```python
    from gd_tutorial import gradient_descent, parabola
    from gd_tutorial.plotting import plot_estimates

    rates = [0.1, 0.01]
    paths = [gradient_descent(parabola.df, -2.0, lr, 100) for lr in rates]
    ax = plot_estimates(paths, [f"LR: {lr}" for lr in rates], minimum=0.5)
    print([text.get_text() for text in ax.get_legend().get_texts()])
    ```
    """
    paths, labels = _paths(paths, labels)
    minimum = None if minimum is None else _number("minimum", minimum)
    own, ax = ax is None, _axes(ax)
    if minimum is not None:
        ax.axhline(minimum, color=COLORS["minimum"], linewidth=0.8, zorder=1.5)
        text, at = f"x* = {_text(minimum)}", (1, minimum)
        place, style = ("axes fraction", "data"), {"ha": "left", "va": "center"}
        _note(ax, text, at, "minimum", (4, 0), place, **style)
    for path, label in zip(paths, labels, strict=True):
        _overflow(ax, path, _line(ax, path, label=label))
    ax.set_xlabel("Epochs")
    ax.set_ylabel("Estimate of Local Minimum")
    if np.max(np.abs(ax.get_ylim())) > 1e5:  # no "1e5" apart, where the legend stands
        ax.yaxis.set_major_formatter(lambda y, _: _text(y))
    _legend(ax, labels, own)
    return ax


def plot_errors(paths, minimum, labels=None, ax=None):
    """Draw the errors |x_k - x*| against epochs on a log axis.

    A log axis has no place for 0: a line stops where its error is exactly 0, and a mark
    at the bottom says at which epoch.

    Parameters
    ----------
    paths : list of arrays of shape (epochs + 1,), or array of shape (epochs + 1, n)
        The paths; those of a list may differ in length.
    minimum : float
        The minimum x* from which the errors are measured.
    labels : list of str, optional
        One for each path. Up to three stand at the ends of their lines, more in a
        legend.
    ax : Axes, optional
        Where to draw; without it a new figure is made.

    Returns
    -------
    Axes

    Raises
    ------
    TypeError, ValueError
        An argument is not as described here.

    Examples
    --------
    ```python
    from gd_tutorial import gradient_descent, parabola
    from gd_tutorial.plotting import plot_errors

    path = gradient_descent(parabola.df, x0=-2.0, lr=0.1, epochs=50)
    ax = plot_errors([path], minimum=0.5)
    print(ax.get_yscale())
    ```
    """
    paths, labels = _paths(paths, labels)
    minimum = _number("minimum", minimum)
    own, ax = ax is None, _axes(ax)
    ax.set_yscale("log")
    ax.yaxis.set_major_formatter(lambda y, _: _power(y))
    direct = len(paths) <= 3 and len({len(path) for path in paths}) == 1
    ends, zeros = [], []
    for path, label in zip(paths, labels, strict=True):
        error = np.abs(path - minimum)
        line = _line(ax, np.where(error > 0, error, np.nan), label=label)
        _overflow(ax, path, line)
        if (error == 0).any():
            zeros.append(
                (np.flatnonzero(error == 0)[0], line, label if direct else None)
            )
        elif label is not None:
            ends.append((line, label))
    ax.set_xlabel("Epochs")
    ax.set_ylabel("Error |x − x*|")
    _zeros(ax, zeros)
    if direct:
        _end_labels(ax, ends)
    else:
        _legend(ax, labels, own)
    return ax


def plot_cobweb(function, lr, x0, epochs, ax=None, domain=None):
    """Draw the map x -> x - lr f'(x), the diagonal, and the staircase of a path.

    Each step goes up or down to the map, to the next estimate, and then across to the
    dashed diagonal, which makes it the current one. Where the two cross, x stays.

    Parameters
    ----------
    function : Function
    lr, x0, epochs
        As for `gradient_descent`: one start and one rate.
    ax : Axes, optional
        Where to draw; without it a new, square figure is made.
    domain : tuple of two floats, optional
        What the picture shows at least; without it the function's own domain.

    Returns
    -------
    Axes

    Raises
    ------
    TypeError, ValueError
        An argument is not as described here.

    References
    ----------
    S. H. Strogatz, "Nonlinear Dynamics and Chaos", section 10.1.

    Examples
    --------
    ```python
    from gd_tutorial import parabola
    from gd_tutorial.plotting import plot_cobweb

    ax = plot_cobweb(parabola, lr=0.9, x0=-2.0, epochs=10)
    print(ax.get_xlabel())
    ```
    """
    _view(function, domain)
    path = _path("the path of x0 and lr", gradient_descent(function.df, x0, lr, epochs))
    low, high = _view(function, domain, path)
    width, first, last = high - low, path[0], path[-1]
    ax = plt.subplots(figsize=(4.8, 4.4))[1] if ax is None else _axes(ax)

    x = np.linspace(low, high, 401)
    with np.errstate(all="ignore"):
        ax.plot(x, x - lr * function.df(x), "-", color=COLORS["function"])
    ax.plot([low, high], [low, high], "--", color=COLORS["muted"], linewidth=0.8)
    stairs = np.repeat(np.clip(path, low - width, high + width), 2)
    ax.plot(stairs[:-1], stairs[1:], "-", color=COLORS["path"], linewidth=1)
    minima = [m for m in function.minima if low <= m <= high]
    ax.plot(minima, minima, "o", color=COLORS["minimum"], **_RING)
    if low <= last <= high:
        _dot(ax, (last, last), "o", "path")
    if low <= first <= high:
        _dot(ax, (first, first), "s", "start")
        left = first > (low + high) / 2
        offset, side = ((-9, 1), "right") if left else ((9, -6), "left")
        _note(ax, _name(0, first), (first, first), "start", offset, ha=side)
    _leaves(ax, path, low, high)

    limits = (low - 0.03 * width, high + 0.03 * width)
    ax.set(xlim=limits, ylim=limits, aspect="equal")
    ax.set_xlabel("Estimate x")
    ax.set_ylabel("Next estimate x − lr · f′(x)")
    return ax


def plot_scenarios(function, x0, rates, epochs):
    """Draw a grid of estimates against epochs, all from one start.

    Parameters
    ----------
    function : Function
    x0 : float
        The start of every run.
    rates : list of float
        The learning rates, down the rows.
    epochs : list of int
        The numbers of epochs, across the columns.

    Returns
    -------
    array of Axes, of shape (len(rates), len(epochs))

    Raises
    ------
    TypeError, ValueError
        An argument is not as described here.

    Examples
    --------
    ```python
    from gd_tutorial import parabola
    from gd_tutorial.plotting import plot_scenarios

    grid = plot_scenarios(parabola, -2.0, [0.1, 0.01, 0.001], [100, 500, 1000])
    print(grid.shape)
    ```
    """
    _view(function, None)
    for name, values in (("rates", rates), ("epochs", epochs)):
        if np.ndim(values) != 1 or len(values) == 0:
            raise ValueError(f"{name} must be a list of numbers, got {values!r}")
    runs = [
        (lr, n, _path("the path of x0", gradient_descent(function.df, x0, lr, n)))
        for lr in rates
        for n in epochs
    ]
    figure, grid = plt.subplots(
        len(rates),
        len(epochs),
        sharex="col",
        sharey=True,
        squeeze=False,
        figsize=(4.8, 0.6 + 1.4 * len(rates)),
        layout="none",  # the margins are known; to find them takes as long as to draw
        gridspec_kw={"left": 0.13, "right": 0.98, "wspace": 0.14, "hspace": 0.72},
    )
    edge = 0.54 / figure.get_figheight()
    figure.subplots_adjust(bottom=edge, top=1 - edge)
    for ax, (lr, n, path) in zip(grid.flat, runs, strict=True):
        for minimum in function.minima:
            ax.axhline(minimum, color=COLORS["minimum"], linewidth=0.8)
        _overflow(ax, path, _line(ax, path, color=COLORS["path"]))
        ax.set_title(f"lr {lr:g}\n{n} epochs")
    middle = np.mean(grid[0, 0].get_ylim())
    for ax, (_, n, path) in zip(grid.flat, runs, strict=True):
        at = (0.97, 0.06 if path[-1] > middle else 0.66)
        _note(ax, _name(n, path[-1]), at, "path", (0, 0), "axes fraction", ha="right")
    figure.supxlabel("Epochs", y=0.01)
    figure.supylabel("Estimate of Local Minimum", x=0.01)
    return grid


# What several figures have in common.

_RING = {"markerfacecolor": "none", "markersize": 11, "markeredgewidth": 1.4}
_HUGE = 1e250  # beyond this Matplotlib's own sums overflow
_SUB = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_SUPER = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def _curve(ax, function, low, high, room):
    """Draw f from low to high, with a ring around each known minimum."""
    x = np.linspace(low, high, 401)
    minima = np.array([m for m in function.minima if low <= m <= high], dtype=float)
    with np.errstate(all="ignore"):
        y, bottoms = function.f(x), function.f(minima)
    ax.plot(x, y, "-", color=COLORS["function"])
    ax.plot(minima, bottoms, "o", color=COLORS["minimum"], **_RING)
    for at in zip(minima, bottoms, strict=True):
        text = _text(at[0]) if len(minima) > 2 else f"x* = {_text(at[0])}"
        _note(ax, text, at, "minimum", (0, -9), va="top")

    # Below the curve there is room for words, and no tick.
    bottom, top = np.min(y[np.isfinite(y)]), np.max(y[np.isfinite(y)])
    width, height = high - low, (top - bottom) or 1.0
    ax.set_xlim(low - 0.03 * width, high + 0.03 * width)
    ax.set_ylim(bottom - room * height, top + 0.06 * height)
    ticks = ax.get_yticks()
    slack = 0.02 * height
    ax.set_yticks(ticks[(ticks > bottom - slack) & (ticks < top + slack)])
    ax.set_xlabel("x")
    ax.set_ylabel("f(x)")


def _line(ax, values, **style):
    """Draw values against epochs, with a dot on the last; shorter runs lie on top."""
    epochs, zorder = np.arange(len(values)), 2 + 1 / len(values)
    drawn = np.where(np.abs(values) < _HUGE, values, np.nan)
    dot = {"marker": "o", "markersize": 4, "markevery": [len(values) - 1]}
    return ax.plot(epochs, drawn, zorder=zorder, **dot, **style)[0]


def _dot(ax, at, marker, role):
    """Mark one point that has a name of its own."""
    edge = {"markeredgecolor": COLORS["paper"], "markeredgewidth": 0.6}
    ax.plot(*at, marker, color=COLORS[role], markersize=6.5, **edge)


def _note(ax, text, at, role, offset=(0, 0), xycoords="data", **style):
    """Write on a halo of paper, so that no line runs through the words."""
    halo = [withStroke(linewidth=3, foreground=COLORS["paper"])]
    style = {"color": COLORS[role], "ha": "center", "path_effects": halo} | style
    ax.annotate(text, at, offset, xycoords, "offset points", **style)


def _beside(ax, text, at, role, uphill):
    """Write beside a point of the curve: above it, on its downhill side."""
    low, high = ax.get_xlim()
    place = (at[0] - low) / (high - low)
    left = place > 0.8 or (uphill and place > 0.2)
    side = "right" if left else "left"
    _note(ax, text, at, role, (-7 if left else 7, 6), ha=side)


def _leaves(ax, path, low, high):
    """Say in words which estimate is the first outside the picture."""
    outside = np.flatnonzero(~((low <= path) & (path <= high)))
    if outside.size:
        k = outside[0]
        text = f"{'leaves' if k else 'starts outside'} the picture: {_name(k, path[k])}"
        _note(ax, text, (0.5, 1), "divergence", (0, 4), "axes fraction")


def _overflow(ax, path, line):
    """Say in words where a path stops being finite, or drawable."""
    huge = np.flatnonzero(~(np.abs(path) < _HUGE))
    drawn = line.get_xydata()[np.isfinite(line.get_ydata())]
    if huge.size and drawn.size:
        k = [*np.flatnonzero(~np.isfinite(path)), huge[0]][0]
        text, at = f"{_text(path[k])} at epoch {k}", drawn[-1]
        _dot(ax, at, "X", "divergence")
        _note(ax, text, at, "divergence", (-8, 0), ha="right", va="center")


def _zeros(ax, zeros):
    """Mark at the bottom of a log axis the errors that it cannot show."""
    place = ("data", "axes fraction")
    for row, (k, line, label) in enumerate(zeros):
        mark = {"transform": ax.get_xaxis_transform(), "clip_on": False}
        ax.plot(k, 0, "v", color=line.get_color(), **mark)
        text = f"exactly 0 at epoch {k}"
        text = text if label is None else f"{label}: {text}"
        left = k > 0.6 * ax.get_xlim()[1]
        offset, side = (-7 if left else 7, 5 + 13 * row), "right" if left else "left"
        _note(ax, text, (k, 0), "ink", offset, place, ha=side)


def _legend(ax, labels, own):
    """Name the lines above the plot; a figure of its own grows by as much."""
    named = [label for label in labels if label is not None]
    if named:
        fitting = max(1, 60 // (max(map(len, named)) + 6))
        rows = math.ceil(len(named) / fitting)
        if own:
            figure = ax.get_figure()
            figure.set_figheight(figure.get_figheight() + 0.18 * rows)
        columns = math.ceil(len(named) / rows)
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=columns)


def _end_labels(ax, ends):
    """Name each line at its end, the names pushed apart where the ends are close."""
    ax.get_ylim()  # settles where the ends are
    points = 72 / ax.get_figure().dpi
    places = []
    for line, label in ends:
        at = line.get_xydata()[np.isfinite(line.get_ydata())][-1]
        places.append((ax.transData.transform(at)[1] * points, tuple(at), line, label))
    below = -np.inf
    for height, at, line, label in sorted(places, key=lambda place: place[0]):
        below = max(height, below + 12)
        style = {"color": line.get_color(), "va": "center"}
        offset = (7, below - height)
        ax.annotate(label, at, offset, textcoords="offset points", **style)


def _name(k, x):
    """A text such as x₇ = 4e12."""
    return f"x{str(k).translate(_SUB)} = {_text(x)}"


def _text(x):
    """A number in three digits, with a true minus sign."""
    digits, _, power = f"{x:.3g}".partition("e")
    return (f"{digits}e{int(power)}" if power else digits).replace("-", "−")


def _power(y):
    """A power of ten such as 10⁻⁶."""
    return "10" + str(round(np.log10(y))).translate(_SUPER)


# What is refused at the door.


def _axes(ax):
    """The given Axes, or new ones."""
    if ax is None:
        return plt.subplots()[1]
    if not isinstance(ax, Axes):
        raise TypeError(f"ax must be a Matplotlib Axes, got {ax!r}")
    return ax


def _view(function, domain, path=()):
    """What the picture shows of x: the domain, and as much of the path as is near."""
    if not isinstance(function, Function):
        raise TypeError(f"function must be a Function of gd_tutorial, got {function!r}")
    view = np.array(function.domain if domain is None else domain, dtype=float)
    if view.shape != (2,) or not np.isfinite(view).all() or not view[0] < view[1]:
        raise ValueError(
            f"domain must be two finite numbers, low < high, got {domain!r}"
        )
    low, high = view.tolist()
    x = np.append(path, view)
    near = x[(2 * low - high <= x) & (x <= 2 * high - low)]
    return near.min(), near.max()


def _number(name, value):
    """A finite float."""
    if not np.isscalar(value) or isinstance(value, str) or not np.isfinite(value):
        raise ValueError(f"{name} must be a finite number, got {value!r}")
    return float(value)


def _path(name, path):
    """A path as a one-dimensional array of floats."""
    path = np.asarray(path)
    if path.dtype.kind not in "iuf":
        raise TypeError(f"{name} must hold real numbers, got {path!r}")
    if path.ndim != 1 or not path.size:
        raise ValueError(f"{name} must be one-dimensional, got shape {path.shape}")
    return path.astype(float)


def _paths(paths, labels):
    """A list of paths, and for each a label or None."""
    if isinstance(paths, np.ndarray):
        if paths.ndim != 2:
            raise ValueError(
                f"paths must have shape (epochs + 1, n), got {paths.shape}"
            )
        paths = paths.T
    paths = [_path(f"paths[{i}]", path) for i, path in enumerate(paths)]
    if not paths:
        raise ValueError("paths must hold at least one path, got none")
    labels = [None] * len(paths) if labels is None else list(labels)
    if len(labels) != len(paths):
        raise ValueError(
            f"labels must be one for each of {len(paths)} paths, got {labels}"
        )
    return paths, labels
