"""Every figure of the tutorial.

The functions draw on the Axes they are given, or make one, and return it. They never
call ``show`` and never change a setting: type, sizes and line colours come from the style
that a program switches on with ``plt.style.use("gd_tutorial.tutorial")``.
"""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gd_tutorial.descent import gradient_descent

# The same colour for the same thing in every figure: on light paper, on dark paper.
COLORS = {
    "function": "#4a5668",
    "path": "#0067a5",
    "start": "#93478c",
    "minimum": "#00795a",
    "divergence": "#c43c0c",
    "ink": "#23272e",
    "muted": "#646b76",
    "grid": "#e7e4dc",
    "paper": "#fdfcf9",
    "series1": "#0072b2",
    "series2": "#c24d00",
    "series3": "#007f5f",
    "series4": "#b3548f",
    "series5": "#9a7200",
    "series6": "#3c3f8f",
}
DARK = {
    "function": "#b3bfd1",
    "path": "#5ab4f2",
    "start": "#dc9bd6",
    "minimum": "#3ccf9f",
    "divergence": "#ff8a5e",
    "ink": "#e8e6e1",
    "muted": "#9aa3b0",
    "grid": "#2b313a",
    "paper": "#14171c",
    "series1": "#56b4e9",
    "series2": "#f08a4b",
    "series3": "#2fbf93",
    "series4": "#e59ac4",
    "series5": "#e3c04a",
    "series6": "#9a9df0",
}


def describe(ax, text):
    """Give a figure its alt text."""
    if not isinstance(text, str):
        raise TypeError(f"text must be a string, got {text!r}")
    if not text.strip():
        raise ValueError(f"text must say what the figure shows, got {text!r}")
    _figure(ax).set_label(text)


def plot_function(function, ax=None, domain=None):
    """Draw the curve of a function with its known minima."""
    low, high = _domain(function, domain)
    ax = _axes(ax)
    x = np.linspace(low, high, 401)
    with np.errstate(all="ignore"):
        ax.plot(x, function.f(x), "-", color=COLORS["function"], label=function.name)
    minima = np.array([m for m in function.minima if low <= m <= high], dtype=float)
    ax.plot(
        minima,
        function.f(minima),
        "o",
        color=COLORS["minimum"],
        markerfacecolor="none",
        markersize=10,
    )
    ax.set_xlabel("x")
    ax.set_ylabel("f(x)")
    return ax


def plot_path(function, path, ax=None, domain=None):
    """Draw the curve of a function and a path on it."""
    path = _path(path)
    ax = plot_function(function, ax=ax, domain=domain)
    with np.errstate(all="ignore"):
        y = function.f(path)
    ax.plot(path, y, "o-", color=COLORS["path"], linewidth=0.8, markersize=4)
    ax.plot(path[:1], y[:1], "o", color=COLORS["start"])
    return ax


def plot_estimates(paths, labels=None, minimum=None, ax=None):
    """Draw estimates against epochs."""
    paths, labels = _paths(paths, labels)
    ax = _axes(ax)
    for path, label in zip(paths, labels, strict=True):
        ax.plot(np.arange(len(path)), path, label=label)
    if minimum is not None:
        ax.axhline(minimum, color=COLORS["minimum"], linewidth=0.8)
    ax.set_xlabel("Epochs")
    ax.set_ylabel("Estimate of Local Minimum")
    if labels[0] is not None:
        ax.legend()
    return ax


def plot_errors(paths, minimum, labels=None, ax=None):
    """Draw errors |x_k - x*| against epochs on a log axis."""
    paths, labels = _paths(paths, labels)
    ax = _axes(ax)
    for path, label in zip(paths, labels, strict=True):
        ax.plot(np.arange(len(path)), np.abs(path - minimum), label=label)
    ax.set_yscale("log")
    ax.set_xlabel("Epochs")
    ax.set_ylabel("Error |x − x*|")
    if labels[0] is not None:
        ax.legend()
    return ax


def plot_cobweb(function, lr, x0, epochs, ax=None, domain=None):
    """Draw the map x -> x - lr f'(x), the diagonal and the staircase of a path."""
    path = gradient_descent(function.df, x0, lr, epochs)
    low, high = _domain(function, domain)
    ax = _axes(ax)
    x = np.linspace(low, high, 401)
    ax.plot(x, x - lr * function.df(x), color=COLORS["function"])
    ax.plot([low, high], [low, high], color=COLORS["muted"], linewidth=0.8)
    ax.plot(
        np.repeat(path, 2)[:-1],
        np.repeat(path, 2)[1:],
        color=COLORS["path"],
        linewidth=1,
    )
    ax.set_xlabel("estimate")
    ax.set_ylabel("next estimate")
    return ax


def plot_scenarios(function, x0, rates, epochs):
    """Draw a grid of estimates against epochs: rates down, epochs across."""
    figure, grid = plt.subplots(
        len(rates),
        len(epochs),
        sharex="col",
        sharey=True,
        squeeze=False,
        figsize=(4.8, 4.8),
    )
    for lr, row in zip(rates, grid, strict=True):
        for n, ax in zip(epochs, row, strict=True):
            path = gradient_descent(function.df, x0, lr, n)
            ax.plot(np.arange(n + 1), path, color=COLORS["path"])
            ax.set_title(f"lr {lr:g}\n{n} epochs")
    figure.supxlabel("Epochs")
    figure.supylabel("Estimate of Local Minimum")
    return grid


def _axes(ax):
    if ax is None:
        return plt.subplots()[1]
    if not isinstance(ax, Axes):
        raise TypeError(f"ax must be a Matplotlib Axes, got {ax!r}")
    return ax


def _figure(ax):
    if isinstance(ax, Figure):
        return ax
    first = np.ravel(ax)[0]
    return _axes(first).get_figure()


def _domain(function, domain):
    low, high = function.domain if domain is None else domain
    return low, high


def _path(path):
    path = np.asarray(path, dtype=float)
    if path.ndim != 1 or not path.size:
        raise ValueError(f"path must be one-dimensional, got shape {path.shape}")
    return path


def _paths(paths, labels):
    paths = list(np.asarray(paths).T if np.ndim(paths) == 2 else paths)
    paths = [_path(path) for path in paths]
    labels = [None] * len(paths) if labels is None else list(labels)
    return paths, labels
