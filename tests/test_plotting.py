"""The figures: what is drawn is the data, in the words and colours of the tutorial."""

import functools
import io
import itertools
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgb

from gd_tutorial import (
    GALLERY,
    cosine_bowl,
    cubic,
    double_well,
    gradient_descent,
    parabola,
    plateau,
)
from gd_tutorial.plotting import (
    COLORS,
    DARK,
    describe,
    plot_cobweb,
    plot_errors,
    plot_estimates,
    plot_function,
    plot_path,
    plot_scenarios,
)

STYLE = Path(__file__).resolve().parent.parent / "gd_tutorial" / "tutorial.mplstyle"
SERIES = [role for role in COLORS if role.startswith("series")]
ROLES = ["function", "path", "start", "minimum", "divergence"]
WORDS = [*ROLES, "ink", "muted", "series1", "series2", "series3"]
SUB = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
TWO_PATHS = [[-2.0, 0.0, 0.4], [2.0, 1.0, 0.6]]


@pytest.fixture(autouse=True)
def own_figures():
    """Each test has the style of the site and figures of its own."""
    with plt.style.context("gd_tutorial.tutorial"):
        yield
    plt.close("all")


def walk(lr, epochs, function=parabola, x0=-2.0):
    return gradient_descent(function.df, x0, lr, epochs)


def line(ax, role, style="-"):
    """The one line of this colour and line style."""
    (found,) = [
        one
        for one in ax.lines
        if to_hex(one.get_color()) == COLORS[role] and one.get_linestyle() == style
    ]
    return found


def dots(ax, role, marker):
    """The points marked in this colour, as an array of (x, y)."""
    return [
        one.get_xydata()
        for one in ax.lines
        if to_hex(one.get_color()) == COLORS[role] and one.get_marker() == marker
    ]


def words(ax):
    return [text.get_text() for text in ax.texts]


def colour_of(ax, words):
    (text,) = [text for text in ax.texts if text.get_text() == words]
    return to_hex(text.get_color())


def legend_of(ax):
    """The entries of the legend, each on one line."""
    return [" ".join(text.get_text().split()) for text in ax.get_legend().get_texts()]


def named(ax, start):
    """The one text that starts so."""
    (text,) = [text for text in ax.texts if text.get_text().startswith(start)]
    return text


def box(text):
    """Where the words stand in the laid out figure, in pixels."""
    text.axes.figure.draw_without_rendering()
    return text.get_window_extent()


def crosses(one, text):
    """Whether a drawn line runs through the words."""
    frame = box(text)
    drawn = one.get_path().transformed(one.axes.transData)
    return drawn.intersects_bbox(frame, filled=False)


def svg(figure):
    file = io.BytesIO()
    figure.savefig(file, format="svg", metadata={"Date": None})
    return file.getvalue().decode()


@functools.cache
def first_svg(draw):
    """The figure as it was drawn for the first test that asked."""
    draw()
    drawn = svg(plt.gcf())
    plt.close("all")
    return drawn


# Each figure once, with everything on it: for the rules that hold for all of them.
FIGURES = {
    "function": lambda ax=None: plot_function(cosine_bowl, ax=ax),
    "path": lambda ax=None: plot_path(parabola, walk(0.1, 20), ax=ax),
    "path that leaves": lambda ax=None: plot_path(parabola, walk(1.1, 5000), ax=ax),
    "estimates": lambda ax=None: plot_estimates(
        [walk(lr, n) for lr in (0.1, 0.01, 0.001) for n in (10, 50, 100)],
        [f"LR: {lr}, Epochs: {n}" for lr in (0.1, 0.01, 0.001) for n in (10, 50, 100)],
        minimum=0.5,
        ax=ax,
    ),
    "estimates that overflow": lambda ax=None: plot_estimates(
        [walk(0.1, 5000), walk(1.1, 5000)], ["small", "large"], ax=ax
    ),
    "errors": lambda ax=None: plot_errors(
        [walk(lr, 4000) for lr in (0.01, 0.5, 1.1)], 0.5, ["a", "b", "c"], ax=ax
    ),
    "cobweb": lambda ax=None: plot_cobweb(parabola, 1.1, -0.5, 40, ax=ax),
}
ALL = {
    **FIGURES,
    "scenarios": lambda: plot_scenarios(parabola, -2.0, [0.1, 1.1], [10, 5000]),
}
each_figure = pytest.mark.parametrize("draw", ALL.values(), ids=ALL)
each_on_axes = pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES)


# The function


@pytest.mark.parametrize("function", GALLERY, ids=lambda f: f.name)
def test_curve_is_the_function_over_its_domain(function):
    curve = line(plot_function(function), "function")
    x, y = curve.get_data()
    assert (x[0], x[-1]) == function.domain
    np.testing.assert_array_equal(y, function.f(x))


def test_curve_is_drawn_over_a_given_domain():
    x = line(plot_function(parabola, domain=(-1, 7)), "function").get_xdata()
    assert (x[0], x[-1]) == (-1, 7)


def test_rings_lie_on_the_minima():
    (rings,) = dots(plot_function(double_well), "minimum", "o")
    np.testing.assert_array_equal(rings, [(-1, -0.25), (1, -0.25)])


def test_minima_outside_the_domain_do_not_widen_the_picture():
    low, high = plot_function(double_well, domain=(0.5, 2)).get_xlim()
    assert (low, high) == pytest.approx((0.5, 2), abs=0.1)


def test_minimum_is_named_in_words():
    assert words(plot_function(parabola)) == ["x* = 0.5"]


def test_many_minima_are_named_by_their_numbers():
    assert words(plot_function(cosine_bowl))[:2] == ["−2.36", "−1.43"]


def test_function_axes_are_named():
    ax = plot_function(parabola)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("x", "f(x)")


def test_no_tick_stands_where_the_function_has_no_value():
    assert min(plot_function(parabola).get_yticks()) >= 0


def test_constant_function_can_be_drawn():
    flat = replace(parabola, f=lambda x: 0 * x + 3, minima=())
    low, high = plot_function(flat).get_ylim()
    assert low < 3 < high


@pytest.mark.parametrize("f", [lambda x: 1 / x, np.log], ids=["pole", "nan"])
def test_function_that_is_not_finite_everywhere_can_be_drawn(f):
    ax = plot_function(replace(parabola, f=f, minima=(), domain=(-1, 1)))
    assert np.isfinite(ax.get_ylim()).all()


# The path


def test_path_lies_on_the_curve_point_by_point():
    path = walk(0.9, 20)
    ax = plot_path(parabola, path)
    expected = np.column_stack([path, parabola.f(path)])
    np.testing.assert_array_equal(dots(ax, "path", "o")[0], expected)
    np.testing.assert_array_equal(line(ax, "path").get_xydata(), expected)


def test_start_and_last_estimate_are_marked_and_named():
    path = walk(0.1, 20)
    ax = plot_path(parabola, path)
    np.testing.assert_array_equal(dots(ax, "start", "s"), [[(-2, 6.25)]])
    np.testing.assert_array_equal(dots(ax, "path", "o")[1][0][0], path[-1])
    assert colour_of(ax, "x₀ = −2") == COLORS["start"]
    assert colour_of(ax, "x₂₀ = 0.471") == COLORS["path"]


ENDS = {
    "near": (parabola, walk(0.01, 100)),
    "from the right": (parabola, walk(0.02, 50, x0=2.0)),
    "at the minimum": (parabola, walk(0.5, 1)),
    "among minima": (cosine_bowl, walk(0.01, 60, cosine_bowl)),
    "no minimum": (cubic, walk(0.01, 20, cubic, 1.5)),
}
each_end = pytest.mark.parametrize(("function", "path"), ENDS.values(), ids=ENDS)


@each_end
def test_last_estimate_is_named_beside_its_dot(function, path):
    ax = plot_path(function, path)
    words = box(named(ax, f"x{str(len(path) - 1).translate(SUB)}"))
    x, y = ax.transData.transform((path[-1], function.f(path[-1])))
    points = 72 / ax.figure.dpi
    right_or_left = max(words.x0 - x, x - words.x1)
    above_or_below = max(words.y0 - y, y - words.y1)
    assert 0 < right_or_left * points < 10
    assert 0 < above_or_below * points < 12


@each_end
def test_names_on_a_curve_do_not_cover_each_other(function, path):
    boxes = [box(text) for text in plot_path(function, path).texts]
    assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))


@each_end
def test_name_of_the_last_estimate_does_not_touch_the_curve(function, path):
    ax = plot_path(function, path)
    text = named(ax, f"x{str(len(path) - 1).translate(SUB)}")
    assert not crosses(line(ax, "function"), text)


@pytest.mark.parametrize("lr", [1.05, 1.1, 1.2])
def test_start_of_a_path_that_grows_is_named_off_its_lines(lr):
    ax = plot_path(parabola, walk(lr, 4, x0=-1.0), domain=(-4, 5))
    assert not crosses(line(ax, "path"), named(ax, "x₀"))


def test_names_stay_above_the_foot_of_a_small_panel():
    figure, grid = plt.subplots(2, 2, figsize=(4.8, 4.0))
    for ax, lr in zip(grid.flat, (0.01, 0.1, 0.5, 0.9), strict=True):
        plot_path(parabola, walk(lr, 100), ax=ax)
    figure.draw_without_rendering()
    for ax in grid.flat:
        assert min(box(text).y0 for text in ax.texts) > ax.get_window_extent().y0


def test_last_estimate_away_from_start_and_minimum_is_named():
    path = walk(0.01, 20, cubic, 1.5)
    assert f"x₂₀ = {path[-1]:.3g}" in words(plot_path(cubic, path))


def test_start_that_stays_is_named_once():
    path = gradient_descent(double_well.df, 0.0, 0.1, 50)
    assert "x₀ = 0, x₅₀ = 0" in words(plot_path(double_well, path))


def test_start_alone_can_be_drawn():
    ax = plot_path(parabola, walk(0.1, 0))
    np.testing.assert_array_equal(dots(ax, "start", "s"), [[(-2, 6.25)]])


def test_picture_widens_to_hold_the_path():
    ax = plot_path(parabola, [-2.0, 3.0, -2.0, 3.0], domain=(-2, 2))
    low, high = line(ax, "function").get_xdata()[[0, -1]]
    assert (low, high) == (-2, 3)
    assert ax.get_xlim()[1] > 3


def test_start_outside_the_domain_is_drawn():
    ax = plot_path(parabola, walk(0.1, 20, x0=5.0))
    np.testing.assert_array_equal(dots(ax, "start", "s"), [[(5, 20.25)]])
    assert ax.get_xlim()[1] > 5


def test_whole_picture_has_no_note_that_the_path_leaves():
    assert not [
        text for text in words(plot_path(parabola, walk(1.0, 9))) if "leav" in text
    ]


@pytest.mark.parametrize(
    ("path", "note"),
    [
        ([-2.0, 1.0, 4.2e12], "leaves the picture: x₂ = 4.2e12"),
        ([-2.0, -1e7, 0.5], "leaves the picture: x₁ = −1e7"),
        ([-2.0, np.inf, np.nan], "leaves the picture: x₁ = inf"),
        ([-2.0, np.nan], "leaves the picture: x₁ = nan"),
        ([50.0, 0.5], "starts outside the picture: x₀ = 50"),
    ],
)
def test_path_that_leaves_the_picture_says_so_in_words(path, note):
    assert colour_of(plot_path(parabola, path), note) == COLORS["divergence"]


@pytest.mark.parametrize("function", GALLERY, ids=lambda f: f.name)
def test_path_that_overflows_can_be_drawn_on_every_function(function):
    svg(plot_path(function, [0.7, -1e300, np.inf, np.nan]).figure)


def test_step_out_of_the_picture_is_drawn_beyond_its_edge():
    ax = plot_path(parabola, [-2.0, 1.0, 4e12], domain=(-2, 2))
    assert line(ax, "path").get_xdata()[-1] > ax.get_xlim()[1]


def test_estimate_outside_the_picture_has_no_name_on_the_curve():
    told = words(plot_path(parabola, [-2.0, 1.0, 4e12]))
    assert told == ["x* = 0.5", "leaves the picture: x₂ = 4e12", "x₀ = −2"]


def test_last_estimate_outside_the_picture_has_no_dot_inside():
    assert len(dots(plot_path(parabola, [-2.0, 1.0, 4e12]), "path", "o")) == 1


# The estimates


def test_estimates_are_the_paths_against_their_epochs():
    paths = [walk(0.1, 30), walk(0.01, 10)]
    ax = plot_estimates(paths)
    for drawn, path in zip(ax.lines, paths, strict=True):
        np.testing.assert_array_equal(drawn.get_xdata(), np.arange(len(path)))
        np.testing.assert_array_equal(drawn.get_ydata(), path)


def test_columns_of_an_array_are_paths():
    paths = gradient_descent(parabola.df, -2.0, np.array([0.1, 0.01, 0.3]), 10)
    drawn = [one.get_ydata() for one in plot_estimates(paths).lines]
    np.testing.assert_array_equal(np.transpose(drawn), paths)


def test_estimates_have_the_lectures_labels():
    ax = plot_estimates([walk(0.1, 5)])
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("Epochs", "Estimate of Local Minimum")


def test_legend_holds_the_labels_in_order():
    labels = [f"LR: {lr}, Epochs: {n}" for lr in (0.1, 0.01) for n in (100, 500)]
    legend = plot_estimates([walk(0.1, 5)] * 4, labels).get_legend()
    shown = [text.get_text().replace("\n", " ") for text in legend.get_texts()]
    assert shown == labels


def test_shorter_runs_lie_on_top():
    short, long = plot_estimates([walk(0.1, 10), walk(0.1, 100)]).lines
    assert short.get_zorder() > long.get_zorder()


def test_power_of_large_estimates_stands_in_every_label():
    ax = plot_estimates([walk(1.1, 100)])
    ax.figure.draw_without_rendering()
    assert not ax.yaxis.get_offset_text().get_text()
    assert "2e8" in [label.get_text() for label in ax.get_yticklabels()]


def test_unlabelled_estimates_have_no_legend():
    assert plot_estimates([walk(0.1, 5)]).get_legend() is None


@pytest.mark.parametrize("count", [2, 3, 4, 5, 6])
def test_up_to_six_lines_have_a_colour_each(count):
    lines = plot_estimates([walk(0.1, 5)] * count).lines
    assert len({to_hex(one.get_color()) for one in lines}) == count


@pytest.mark.parametrize("count", [7, 9, 12])
def test_of_more_lines_three_in_a_row_share_a_colour(count):
    lines = plot_estimates([walk(0.1, 5)] * count).lines
    colours = [to_hex(one.get_color()) for one in lines]
    assert colours == [COLORS[SERIES[i // 3]] for i in range(count)]


@pytest.mark.parametrize("count", [7, 9, 12])
def test_lines_of_one_colour_differ_in_their_dashes(count):
    lines = plot_estimates([walk(0.1, 5)] * count).lines
    looks = {(to_hex(one.get_color()), one.get_linestyle()) for one in lines}
    assert len(looks) == count


def test_nine_legend_entries_are_three_columns_of_one_colour_each():
    ax = ALL["estimates"]()
    ax.figure.draw_without_rendering()
    texts = ax.get_legend().get_texts()
    left = [round(text.get_window_extent().x0) for text in texts]
    foot = [round(text.get_window_extent().y0) for text in texts]
    assert len(set(left)) == len(set(foot)) == 3
    assert left == sorted(left)
    assert foot[:3] == foot[3:6] == foot[6:] == sorted(foot[:3], reverse=True)


def test_nine_legend_entries_fit_into_the_figure():
    ax = ALL["estimates"]()
    ax.figure.draw_without_rendering()
    box, paper = ax.get_legend().get_window_extent(), ax.figure.bbox
    assert paper.x0 <= box.x0
    assert box.x1 <= paper.x1
    assert box.y1 <= paper.y1


def test_legend_does_not_take_the_room_of_the_plot():
    heights = []
    for draw in (lambda: plot_estimates([walk(0.1, 5)] * 9), ALL["estimates"]):
        ax = draw()
        ax.figure.draw_without_rendering()
        heights.append(ax.get_window_extent().height)
    assert heights[1] == pytest.approx(heights[0], rel=0.15)


def test_minimum_is_a_named_line_across():
    ax = plot_estimates([walk(0.1, 5)], minimum=0.5)
    assert line(ax, "minimum").get_ydata() == [0.5, 0.5]
    assert colour_of(ax, "x* = 0.5") == COLORS["minimum"]


def test_divergence_is_not_clipped():
    path = walk(1.1, 100)
    low, high = plot_estimates([path]).get_ylim()
    assert low < path.min()
    assert path.max() < high


@pytest.mark.parametrize("plot", [plot_estimates, lambda p: plot_errors(p, 0.5)])
def test_line_ends_where_a_path_is_too_large_to_draw(plot):
    ax = plot([walk(1.1, 5000)])
    drawn = np.isfinite(ax.lines[0].get_ydata())
    assert 3000 < np.count_nonzero(drawn) < 3885
    assert drawn.argmin() == np.count_nonzero(drawn)
    svg(ax.figure)


@pytest.mark.parametrize(
    ("tail", "note"),
    [
        ([3.0, np.inf, np.nan], "inf at epoch 3"),
        ([-np.inf, np.nan, np.nan], "−inf at epoch 2"),
        ([np.nan, np.nan], "nan at epoch 2"),
        ([1e260, -1e280, np.inf], "inf at epoch 4"),
        ([3.0, -2.5e260], "−2.5e260 at epoch 3"),
    ],
)
def test_path_that_cannot_be_drawn_to_its_end_is_noted_in_the_legend(tail, note):
    ax = plot_estimates([[1.0, 2.0, *tail], [1.0, 0.5]], ["large", "small"])
    assert legend_of(ax) == [f"large, {note}", "small"]


def test_error_that_overflows_is_noted_in_the_legend():
    paths = [walk(0.1, 4000), walk(1.1, 4000)]
    first = np.flatnonzero(~np.isfinite(paths[1]))[0]
    ax = plot_errors(paths, 0.5, ["a", "b"])
    assert legend_of(ax) == ["a", f"b, inf at epoch {first}"]


@pytest.mark.parametrize(
    "plot", [plot_estimates, lambda paths, labels: plot_errors(paths, 0.5, labels)]
)
@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 6, 9])
def test_notes_fit_into_the_figure_and_cover_nothing(plot, count):
    rates = 1.1 + np.arange(count) / 10
    ax = plot([walk(lr, 5000) for lr in rates], [f"lr {lr:g}" for lr in rates])
    ax.figure.draw_without_rendering()
    legend, paper = ax.get_legend().get_window_extent(), ax.figure.bbox
    assert len(legend_of(ax)) == count
    assert legend.y0 >= ax.bbox.y1
    assert legend.x1 <= paper.x1
    assert legend.y1 <= paper.y1


def test_estimate_of_exactly_zero_needs_no_note():
    ax = plot_estimates([[1.0, 0.0, 0.0]], ["a"])
    assert legend_of(ax) == ["a"]


def test_notes_do_not_take_the_room_of_the_plot():
    heights = []
    for large in (5, 5000):
        paths = [walk(0.1, 5), walk(1.1, large)] * 3
        ax = plot_estimates(paths, [f"LR: 0.1, Epochs: {i}00" for i in range(6)])
        ax.figure.draw_without_rendering()
        heights.append(ax.get_window_extent().height)
    assert heights[1] == pytest.approx(heights[0], rel=0.05)


def test_legend_of_four_is_two_by_two():
    ax = plot_estimates([walk(0.1, 5)] * 4, list("abcd"))
    ax.figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in ax.get_legend().get_texts()]
    assert len({round(one.x0) for one in boxes}) == 2


def test_legend_fits_the_width_of_a_panel():
    figure, (ax, other) = plt.subplots(1, 2)
    plot_errors([walk(0.25, 90), walk(0.3, 90)], 0.5, ["lr 0.25", "lr 0.3"], ax=ax)
    figure.draw_without_rendering()
    legend = ax.get_legend().get_window_extent()
    assert legend.x1 < other.get_tightbbox().x0
    assert ax.bbox.width == pytest.approx(other.bbox.width, rel=0.05)
    lines = [text.get_text().count("\n") for text in ax.get_legend().get_texts()]
    assert max(lines) == 1


def test_legend_of_a_tiny_panel_breaks_no_words():
    ax = plt.subplots(1, 9)[1][0]
    plot_errors([walk(0.25, 90)], 0.5, ax=ax)
    assert legend_of(ax)[0].startswith("exactly 0 at epoch ")


# The errors


def test_errors_are_distances_from_the_minimum():
    path = walk(0.9, 30)
    (drawn,) = plot_errors([path], 0.5).lines
    np.testing.assert_array_equal(drawn.get_ydata(), np.abs(path - 0.5))


def test_error_axis_is_logarithmic_and_named():
    ax = plot_errors([walk(0.1, 30)], 0.5)
    assert ax.get_yscale() == "log"
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("Epochs", "Error |x − x*|")


def test_three_lines_are_named_at_their_ends():
    labels = ["lr 0.1", "lr 0.11", "lr 0.105"]
    paths = [walk(lr, 60) for lr in (0.1, 0.11, 0.105)]
    ax = plot_errors(paths, 0.5, labels)
    assert ax.get_legend() is None
    assert sorted(words(ax)) == sorted(labels)
    for drawn, label in zip(ax.lines, labels, strict=True):
        assert colour_of(ax, label) == to_hex(drawn.get_color())


def test_names_at_the_ends_do_not_cover_each_other():
    ax = plot_errors([walk(0.1, 60)] * 3, 0.5, ["one", "two", "three"])
    ax.figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in ax.texts]
    assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))


def test_more_than_three_lines_have_a_legend():
    labels = list("abcd")
    legend = plot_errors([walk(0.1, 60)] * 4, 0.5, labels).get_legend()
    assert [text.get_text() for text in legend.get_texts()] == labels


def test_line_of_an_error_of_exactly_zero_drops_out_of_the_picture():
    ax = plot_errors([walk(0.25, 100)], 0.5, ["lr 0.25"])
    ax.figure.draw_without_rendering()
    first = np.flatnonzero(walk(0.25, 100) == 0.5)[0]
    inside = ax.transData.transform(ax.lines[0].get_xydata())[:, 1] > ax.bbox.y0
    assert inside[:first].all()
    assert not inside[first:].any()


def test_lines_that_do_not_end_in_the_picture_have_a_legend():
    labels = ["lr 0.1", "lr 0.25", "lr 0.5"]
    ax = plot_errors([walk(lr, 100) for lr in (0.1, 0.25, 0.5)], 0.5, labels)
    first = np.flatnonzero(walk(0.25, 100) == 0.5)[0]
    told = [
        "lr 0.1",
        f"lr 0.25, exactly 0 at epoch {first}",
        "lr 0.5, exactly 0 at epoch 1",
    ]
    assert legend_of(ax) == told
    assert not words(ax)


def test_line_that_comes_back_from_zero_is_noted():
    ax = plot_errors([[1.0, 0.5, 0.75]], 0.5, ["back"])
    assert legend_of(ax) == ["back, exactly 0 at epoch 1"]


def test_unlabelled_line_that_is_lost_is_noted():
    ax = plot_errors([walk(0.1, 9), walk(0.5, 9)], 0.5)
    assert legend_of(ax) == ["exactly 0 at epoch 1"]
    (sample,) = ax.get_legend().get_lines()
    assert sample.get_color() == ax.lines[1].get_color()


def test_error_that_vanishes_and_overflows_is_noted_for_both():
    ax = plot_errors([[0.5, 9.0, np.inf, np.nan]], 0.5)
    assert legend_of(ax) == ["exactly 0 at epoch 0, inf at epoch 2"]


@pytest.mark.parametrize(
    "tail", [[], [0.5, 0.5], [np.inf, np.nan], [np.nan]], ids=["", "0", "inf", "nan"]
)
def test_path_of_which_nothing_can_be_drawn_is_noted(tail):
    ax = plot_errors([[0.5, *tail]], 0.5, ["a"])
    svg(ax.figure)
    assert legend_of(ax)[0].startswith("a, exactly 0 at epoch 0")


def test_path_of_which_nothing_can_be_drawn_leaves_the_limits_alone():
    ax = plot_errors([[1.5, 0.75]], 0.5)
    before = ax.get_ylim()
    plot_errors([[0.5, 0.5]], 0.5, ax=ax)
    assert ax.get_ylim() == before


def test_lines_that_end_at_different_epochs_have_a_legend():
    ax = plot_errors([walk(0.1, 20), walk(0.01, 40)], 0.5, ["short", "long"])
    assert ax.get_legend() is not None
    assert not words(ax)


def test_unlabelled_errors_have_no_words():
    ax = plot_errors([walk(0.1, 50)], 0.5)
    assert not words(ax)
    assert ax.get_legend() is None


def test_path_that_starts_at_the_minimum_can_be_drawn_with_another():
    paths = [walk(0.1, 5, x0=0.5), walk(0.1, 5)]
    svg(plot_errors(paths, 0.5, ["lucky", "not"]).figure)


# The cobweb


def test_cobweb_holds_map_diagonal_and_staircase():
    path = walk(0.9, 3)
    ax = plot_cobweb(parabola, 0.9, -2.0, 3)
    x, y = line(ax, "function").get_data()
    np.testing.assert_array_equal(y, x - 0.9 * parabola.df(x))
    np.testing.assert_array_equal(*line(ax, "muted", "--").get_data())
    a, b, c, d = path
    stairs = [(a, a), (a, b), (b, b), (b, c), (c, c), (c, d), (d, d)]
    np.testing.assert_array_equal(line(ax, "path").get_xydata(), stairs)


def test_cobweb_marks_start_last_estimate_and_fixed_point():
    ax = plot_cobweb(parabola, 0.1, -2.0, 3)
    last = walk(0.1, 3)[-1]
    np.testing.assert_array_equal(dots(ax, "start", "s"), [[(-2, -2)]])
    np.testing.assert_array_equal(dots(ax, "path", "o"), [[(last, last)]])
    np.testing.assert_array_equal(dots(ax, "minimum", "o"), [[(0.5, 0.5)]])
    assert words(ax) == ["x₀ = −2"]


@pytest.mark.parametrize("x0", [-2.0, 3.0])
@pytest.mark.parametrize("lr", [0.1, 0.5, 0.9, 1.0, 1.1])
def test_cobweb_names_its_start_off_the_staircase_and_the_diagonal(lr, x0):
    ax = plot_cobweb(parabola, lr, x0, 4, domain=(-4, 5))
    text = named(ax, "x₀")
    assert not crosses(line(ax, "path"), text)
    assert not crosses(line(ax, "muted", "--"), text)


def test_cobweb_axes_are_alike_and_named():
    ax = plot_cobweb(parabola, 0.1, -2.0, 3)
    assert ax.get_xlim() == ax.get_ylim()
    assert ax.get_aspect() == 1
    assert ax.get_xlabel() == "Estimate x"
    assert ax.get_ylabel() == "Next estimate x − lr · f′(x)"


def test_cobweb_that_leaves_the_picture_says_so():
    ax = plot_cobweb(parabola, 1.1, -2.0, 9, domain=(-2, 3))
    path = walk(1.1, 9)
    k = np.flatnonzero((path < -7) | (path > 8))[0]
    told = f"leaves the picture: x{str(k).translate(SUB)} = {path[k]:.3g}"
    assert colour_of(ax, told) == COLORS["divergence"]


# The scenarios


def test_scenarios_are_rates_down_and_epochs_across():
    rates, epochs = [0.1, 0.01, 0.001], [100, 500, 1000]
    grid = plot_scenarios(parabola, -2.0, rates, epochs)
    assert grid.shape == (3, 3)
    for row, lr in enumerate(rates):
        for column, n in enumerate(epochs):
            drawn = line(grid[row, column], "path")
            np.testing.assert_array_equal(drawn.get_ydata(), walk(lr, n))
            assert (
                grid[row, column]
                .get_title("left")
                .startswith(f"x{str(n).translate(SUB)} = ")
            )
        assert grid[row, 0].get_ylabel() == f"lr {lr}"


def test_scenarios_tell_the_final_estimates_in_six_digits():
    grid = plot_scenarios(parabola, -2.0, [0.1, 0.01, 0.001], [500])
    told = [ax.get_title("left") for ax in grid.flat]
    assert told == ["x₅₀₀ = 0.500000", "x₅₀₀ = 0.499897", "x₅₀₀ = −0.418778"]


def test_scenarios_share_their_axes():
    grid = plot_scenarios(parabola, -2.0, [0.1, 1.1], [10, 20])
    assert len({ax.get_ylim() for ax in grid.flat}) == 1
    assert len({ax.get_xlim() for ax in grid[:, 0]}) == 1


def test_scenarios_show_the_minima():
    grid = plot_scenarios(double_well, 1.5, [0.1], [10])
    lines = [one for one in grid[0, 0].lines if one.get_color() == COLORS["minimum"]]
    assert [one.get_ydata() for one in lines] == [[-1, -1], [1, 1]]


def test_scenarios_write_nothing_into_the_panels():
    grid = plot_scenarios(parabola, -2.0, [0.1, 0.001], [20, 1000])
    assert not [text for ax in grid.flat for text in ax.texts]


def test_scenarios_name_the_epochs_below_and_the_estimates_at_the_side():
    grid = plot_scenarios(parabola, -2.0, [0.1, 0.01], [10, 20])
    below = [[ax.get_xlabel() for ax in row] for row in grid]
    assert below == [["", ""], ["Epochs", "Epochs"]]
    assert grid[0, 0].figure.get_supylabel() == "Estimate of Local Minimum"


def test_scenario_titles_fit_above_their_panels():
    grid = plot_scenarios(parabola, -2.0, [0.1, 0.01, 0.001], [100, 500, 1000])
    grid[0, 0].figure.draw_without_rendering()
    for row in grid:
        titles = [ax._left_title.get_window_extent() for ax in row]
        assert not any(a.overlaps(b) for a, b in itertools.pairwise(titles))


def test_scenario_titles_do_not_touch_the_panels_above():
    grid = plot_scenarios(parabola, -2.0, [0.1, 0.01, 0.001], [100, 500, 1000])
    grid[0, 0].figure.draw_without_rendering()
    for above, below in itertools.pairwise(grid):
        ticks = above[0].get_tightbbox().y0
        assert below[0]._left_title.get_window_extent().y1 < ticks


# What holds for all figures


@each_on_axes
def test_given_axes_are_used_and_returned(draw):
    figure, ax = plt.subplots()
    assert draw(ax) is ax
    assert plt.get_fignums() == [figure.number]


@each_on_axes
def test_given_figure_keeps_its_size(draw):
    figure, ax = plt.subplots(figsize=(4, 2))
    draw(ax)
    assert figure.get_size_inches().tolist() == [4, 2]


@each_figure
def test_without_axes_one_figure_is_made(draw):
    draw()
    assert len(plt.get_fignums()) == 1


@each_figure
def test_figures_are_at_most_as_wide_as_a_phone_shows_well(draw):
    draw()
    assert plt.gcf().get_figwidth() <= 4.8


@each_figure
def test_settings_stay_as_they_were(draw):
    before = dict(mpl.rcParams)
    draw()
    assert dict(mpl.rcParams) == before


@each_figure
def test_show_is_never_called(draw, monkeypatch):
    def show(*args, **kwargs):
        raise AssertionError("show was called")

    monkeypatch.setattr(plt, "show", show)
    draw()


@each_figure
def test_every_colour_is_one_of_the_tutorials(draw):
    found = set(re.findall(r"#[0-9A-Fa-f]{6}\b", first_svg(draw)))
    assert found <= set(COLORS.values())


@each_figure
def test_drawing_is_the_same_to_the_byte(draw):
    first = first_svg(draw)
    draw()
    assert svg(plt.gcf()) == first


@each_figure
def test_saved_figure_is_transparent(draw):
    ground = r'<g id="patch_1">\s*<path [^>]*style="([^"]*)"'
    assert re.search(ground, first_svg(draw))[1].startswith("fill: none")


@each_figure
def test_nothing_written_is_cut_off(draw):
    draw()
    figure = plt.gcf()
    figure.draw_without_rendering()
    box, width, height = figure.get_tightbbox(), *figure.get_size_inches()
    assert box.x0 >= -0.02
    assert box.y0 >= -0.02
    assert box.x1 <= width + 0.02
    assert box.y1 <= height + 0.02


def test_fonts_are_found_without_a_word():
    """In a new process, since Matplotlib complains of a font only once."""
    program = """
import matplotlib.pyplot as plt
from gd_tutorial import gradient_descent, parabola
from gd_tutorial.plotting import plot_errors
plt.style.use("gd_tutorial.tutorial")
ax = plot_errors([gradient_descent(parabola.df, -2.0, 0.25, 100)], 0.5, ["lr"])
ax.set_title(r"$\\alpha + x_k^2 + \\mathbf{x} + \\mathcal{O} + \\mathrm{d}$ − f′ x₂ ⁻¹")
ax.figure.savefig("figure.svg")
"""
    with tempfile.TemporaryDirectory() as folder:
        said = subprocess.run(
            [sys.executable, "-W", "error", "-c", program],
            cwd=folder,
            env=os.environ | {"MPLBACKEND": "agg"},
            capture_output=True,
            text=True,
        )
    assert (said.returncode, said.stderr) == (0, "")


# Alt text


@pytest.mark.parametrize("where", ["axes", "array", "figure"])
def test_alt_text_is_the_label_of_the_figure(where):
    figure, grid = plt.subplots(2, 2)
    describe({"axes": grid[0, 0], "array": grid, "figure": figure}[where], "A bowl.")
    assert figure.get_label() == "A bowl."


def test_alt_text_of_a_part_is_that_of_the_whole_figure():
    figure = plt.figure()
    part = figure.subfigures(1, 2)[0]
    describe(part.subplots(), "A bowl.")
    assert figure.get_label() == "A bowl."


@pytest.mark.parametrize("text", ["", "  ", "\n"])
def test_empty_alt_text_is_refused(text):
    said = f"text must be what the figure shows, got {text!r}"
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        describe(plot_function(parabola), text)


@pytest.mark.parametrize("text", [None, 3, b"A bowl."])
def test_alt_text_that_is_no_text_is_refused(text):
    with pytest.raises(TypeError, match=f"^text must be a string, got {text!r}$"):
        describe(plot_function(parabola), text)


# What is refused

P, PATH = parabola, [-2.0, 0.0, 0.4]
FLAT = replace(P, f=lambda x: 3.0)
NOWHERE = replace(P, f=lambda x: np.nan * x)
FUNCTION_IS = "function must be a Function, got"
AX_IS = "ax must be an Axes, got"
PART_IS = "ax must be Axes or a Figure, got"
DOMAIN_IS = "domain must be two numbers, low < high, got"
F_IS = "function.f(x) must be an array like x, somewhere finite, got"
STRINGS_ARE = "labels must be a list of strings, got"
LABELS_ARE = "labels must be one for each of 2 paths, got"
PATH_IS = "must be real numbers of shape (epochs + 1,), got"
NUMBER_IS = "must be one finite number, got"
LIST_IS = "must be a list or tuple, got"
LISTED_IS = "must be a list or tuple of one or more, got"

# What is refused, and how the error begins: with the name of the argument.
WRONG_KIND = [
    (lambda: plot_function(None), f"{FUNCTION_IS} None"),
    (lambda: plot_path(3, PATH), f"{FUNCTION_IS} 3"),
    (lambda: plot_cobweb("P", 0.1, 1, 5), f"{FUNCTION_IS} 'P'"),
    (lambda: plot_scenarios([], 1, [0.1], [5]), f"{FUNCTION_IS} []"),
    (lambda: plot_function(P, ax="ax"), f"{AX_IS} 'ax'"),
    (lambda: plot_path(P, PATH, ax=False), f"{AX_IS} False"),
    (lambda: plot_estimates([PATH], ax=[]), f"{AX_IS} []"),
    (lambda: plot_errors([PATH], 0.5, ax=0), f"{AX_IS} 0"),
    (lambda: plot_cobweb(P, 0.1, 1, 5, ax=plt), f"{AX_IS} <module "),
    (lambda: plot_function(P, domain=3), f"domain {LIST_IS} 3"),
    (lambda: plot_function(P, domain="12"), f"domain {LIST_IS} '12'"),
    (lambda: plot_path(P, PATH, domain=("1", 2)), f"each of domain {NUMBER_IS} '1'"),
    (lambda: plot_path(P, PATH, domain=(1, None)), f"each of domain {NUMBER_IS} None"),
    (lambda: plot_cobweb(P, 0.1, 1, 5, domain=1j), f"domain {LIST_IS} 1j"),
    (lambda: plot_path(P, None), f"path {PATH_IS} None"),
    (lambda: plot_path(P, ["1", "2"]), f"path {PATH_IS} ['1', '2']"),
    (lambda: plot_path(P, [1.0, None]), f"path {PATH_IS} [1.0, None]"),
    (lambda: plot_path(P, [1j]), f"path {PATH_IS} [1j]"),
    (lambda: plot_path(P, [True]), f"path {PATH_IS} [True]"),
    (lambda: plot_path(P, [[1], [1, 2]]), f"path {PATH_IS} [[1], [1, 2]]"),
    (lambda: plot_estimates(None), f"paths {LIST_IS} None"),
    (lambda: plot_estimates("PATH"), f"paths {LIST_IS} 'PATH'"),
    (lambda: plot_estimates([PATH, ["a"]]), f"path 1 of paths {PATH_IS} ['a']"),
    (lambda: plot_errors(0.5, [PATH]), f"paths {LIST_IS} 0.5"),
    (lambda: plot_errors(np.array(3.0), 0.5), f"paths {LIST_IS} array(3.) of shape ()"),
    (lambda: plot_estimates(TWO_PATHS, "ab"), f"labels {LIST_IS} 'ab'"),
    (lambda: plot_estimates([PATH], 5), f"labels {LIST_IS} 5"),
    (lambda: plot_estimates([PATH], [0.1]), f"{STRINGS_ARE} [0.1]"),
    (lambda: plot_errors([PATH], 0, [None]), f"{STRINGS_ARE} [None]"),
    (lambda: plot_estimates([PATH], minimum="0.5"), f"minimum {NUMBER_IS} '0.5'"),
    (lambda: plot_estimates([PATH], minimum=1j), f"minimum {NUMBER_IS} 1j"),
    (lambda: plot_errors([PATH], None), f"minimum {NUMBER_IS} None"),
    (lambda: plot_errors([PATH], "a"), f"minimum {NUMBER_IS} 'a'"),
    (lambda: plot_errors([PATH], True), f"minimum {NUMBER_IS} True"),
    (lambda: plot_errors([PATH], 10**400), f"minimum {NUMBER_IS} 1000"),
    (lambda: plot_cobweb(P, "0.1", 1, 5), f"lr {NUMBER_IS} '0.1'"),
    (lambda: plot_cobweb(P, 0.1, "1", 5), f"x0 {NUMBER_IS} '1'"),
    (lambda: plot_cobweb(P, 0.1, 1, 5.0), "epochs must be a whole number, "),
    (lambda: plot_scenarios(P, None, [0.1], [5]), f"x0 {NUMBER_IS} None"),
    (lambda: plot_scenarios(P, 1, 0.1, [5]), f"rates {LIST_IS} 0.1"),
    (lambda: plot_scenarios(P, 1, ["a"], [5]), f"each of rates {NUMBER_IS} 'a'"),
    (lambda: plot_scenarios(P, 1, [0.1], 5), f"epochs {LIST_IS} 5"),
    (lambda: plot_scenarios(P, 1, [0.1], [5.0]), "epochs must be a whole number, "),
    (lambda: describe(None, "A bowl."), f"{PART_IS} None"),
    (lambda: describe([], "A bowl."), f"{PART_IS} []"),
    (lambda: describe("A bowl.", "ax"), f"{PART_IS} 'A bowl.'"),
    (lambda: describe([[P], []], "A bowl."), f"{PART_IS} [["),
]
OUT_OF_RANGE = [
    (lambda: plot_function(FLAT), F_IS),
    (lambda: plot_function(NOWHERE), F_IS),
    (lambda: plot_path(NOWHERE, PATH), F_IS),
    (lambda: plot_function(P, domain=()), f"domain {LISTED_IS} []"),
    (lambda: plot_function(P, domain=[1]), f"{DOMAIN_IS} [1]"),
    (lambda: plot_function(P, domain=(1, 2, 3)), f"{DOMAIN_IS} (1, 2, 3)"),
    (lambda: plot_function(P, domain=(2, 1)), f"{DOMAIN_IS} (2, 1)"),
    (lambda: plot_path(P, PATH, domain=(1, 1)), f"{DOMAIN_IS} (1, 1)"),
    (lambda: plot_path(P, PATH, domain=(0, np.inf)), f"each of domain {NUMBER_IS} inf"),
    (
        lambda: plot_cobweb(P, 1, 1, 5, domain=(np.nan, 1)),
        f"each of domain {NUMBER_IS} nan",
    ),
    (lambda: plot_path(P, [[1.0, 2.0]]), f"path {PATH_IS} [[1.0, 2.0]]"),
    (lambda: plot_path(P, np.ones((3, 1))), f"path {PATH_IS} array([[1.],"),
    (lambda: plot_path(P, []), f"path {PATH_IS} []"),
    (lambda: plot_path(P, 3.0), f"path {PATH_IS} 3.0"),
    (lambda: plot_estimates([]), f"paths {LISTED_IS} []"),
    (lambda: plot_estimates(np.ones((3, 0))), f"paths {LISTED_IS} []"),
    (
        lambda: plot_estimates(np.ones((2, 4, 3))),
        f"path 0 of paths {PATH_IS} array([[1., ",
    ),
    (lambda: plot_errors([1.0, 2.0], 0.5), f"path 0 of paths {PATH_IS} 1.0"),
    (lambda: plot_errors([PATH, []], 0.5), f"path 1 of paths {PATH_IS} []"),
    (lambda: plot_estimates(TWO_PATHS, ["a"]), LABELS_ARE),
    (lambda: plot_errors([PATH], 0.5, ["a", "b"]), "labels must be one for each of 1 "),
    (lambda: plot_estimates([PATH], minimum=np.nan), f"minimum {NUMBER_IS} nan"),
    (lambda: plot_estimates([PATH], minimum=P.minima), f"minimum {NUMBER_IS} (0.5,)"),
    (lambda: plot_errors([PATH], np.nan), f"minimum {NUMBER_IS} nan"),
    (lambda: plot_errors([PATH], -np.inf), f"minimum {NUMBER_IS} -inf"),
    (lambda: plot_errors(TWO_PATHS, [0.5, 0.5]), f"minimum {NUMBER_IS} [0.5, 0.5]"),
    (lambda: plot_cobweb(P, -0.1, 1.0, 5), "lr must be above 0, got -0.1"),
    (lambda: plot_cobweb(P, [0.1], 1.0, 5), f"lr {NUMBER_IS} [0.1]"),
    (lambda: plot_cobweb(P, 0.1, [1.0, 2.0], 5), f"x0 {NUMBER_IS} [1.0, 2.0]"),
    (lambda: plot_cobweb(P, 0.1, np.nan, 5), f"x0 {NUMBER_IS} nan"),
    (lambda: plot_cobweb(P, 0.1, 1.0, -5), "epochs must be 0 or more, got -5"),
    (lambda: plot_scenarios(P, [1, 2], [0.1], [5]), f"x0 {NUMBER_IS} [1, 2]"),
    (lambda: plot_scenarios(P, 1, [], [5]), f"rates {LISTED_IS} []"),
    (
        lambda: plot_scenarios(P, 1, [0.1, 0.0], [5]),
        "each of rates must be above 0, got 0.0",
    ),
    (lambda: plot_scenarios(P, 1, [0.1], []), f"epochs {LISTED_IS} []"),
    (lambda: plot_scenarios(P, 1, [0.1], [-5]), "epochs must be 0 or more, got -5"),
]


@pytest.mark.parametrize(("draw", "said"), WRONG_KIND, ids=range(len(WRONG_KIND)))
def test_argument_of_the_wrong_kind_is_refused_by_name(draw, said):
    with pytest.raises(TypeError, match=f"^{re.escape(said)}"):
        draw()
    assert not plt.get_fignums(), "an empty figure was left behind"


@pytest.mark.parametrize(("draw", "said"), OUT_OF_RANGE, ids=range(len(OUT_OF_RANGE)))
def test_argument_out_of_range_is_refused_by_name(draw, said):
    with pytest.raises(ValueError, match=f"^{re.escape(said)}"):
        draw()
    assert not plt.get_fignums(), "an empty figure was left behind"


@pytest.mark.parametrize(
    "draw",
    [
        lambda ax: plot_function(NOWHERE, ax),
        lambda ax: plot_path(P, PATH, ax, domain=(2, 1)),
        lambda ax: plot_estimates([PATH], minimum=np.nan, ax=ax),
        lambda ax: plot_errors([PATH], np.nan, ax=ax),
        lambda ax: plot_cobweb(P, 0.1, 1.0, 5, ax, domain=(2, 1)),
    ],
)
def test_nothing_is_drawn_on_given_axes_before_a_refusal(draw):
    ax = plt.subplots()[1]
    with pytest.raises(ValueError, match="must be"):
        draw(ax)
    assert not ax.has_data()
    assert ax.get_yscale() == "linear"


def test_refusal_of_a_long_path_is_one_short_line():
    with pytest.raises(ValueError, match=r"of shape \(1000, 1\)$") as refusal:
        plot_path(P, np.ones((1000, 1)))
    assert len(str(refusal.value)) < 120
    assert "\n" not in str(refusal.value)


# What is odd, and drawn


def drawn_values(ax):
    return [one.get_ydata().tolist() for one in ax.lines]


def test_one_path_may_be_an_array_alone():
    path = walk(0.1, 5)
    assert drawn_values(plot_estimates(path)) == [path.tolist()]


def test_lists_of_whole_numbers_are_paths_like_arrays():
    assert drawn_values(plot_estimates([[1, 2], (3, 4, 5)])) == [[1, 2], [3, 4, 5]]


def test_paths_may_come_one_by_one():
    paths = (walk(lr, 3) for lr in (0.1, 0.2))
    assert len(plot_estimates(paths).lines) == 2


@pytest.mark.parametrize("minimum", [1, np.int64(1), np.float32(1), np.array(1.0), 1.0])
def test_minimum_may_be_a_number_of_any_type(minimum):
    assert drawn_values(plot_errors([[3.0, 1.5]], minimum)) == [[2.0, 0.5]]
    assert words(plot_estimates([[3.0, 1.5]], minimum=minimum)) == ["x* = 1"]


def test_minimum_may_be_larger_than_the_integers_of_numpy():
    assert drawn_values(plot_errors([[0.0]], 10**30)) == [[1e30]]


def test_path_of_narrow_floats_is_drawn_where_it_is():
    path = gradient_descent(parabola.df, np.float32(-2), np.float32(0.1), 20)
    assert path.dtype == np.float32
    assert drawn_values(plot_estimates([path])) == [path.tolist()]
    drawn = line(plot_path(parabola, path), "path").get_xdata()
    np.testing.assert_array_equal(drawn, path)


def test_cobweb_takes_numbers_of_numpy():
    ax = plot_cobweb(parabola, np.float32(0.1), np.array(-2.0), np.int64(3))
    assert words(ax) == ["x₀ = −2"]


def test_scenarios_take_arrays_and_ranges():
    grid = plot_scenarios(parabola, -2, np.array([0.1, 0.2]), range(1, 4))
    assert grid.shape == (2, 3)


@pytest.mark.parametrize(
    "draw",
    [
        lambda: plot_path(parabola, [-2]),
        lambda: plot_estimates([[-2.0]], ["a"], 0.5),
        lambda: plot_errors([[-2.0]], 0.5, ["a"]),
        lambda: plot_cobweb(parabola, 0.1, -2.0, 0),
        lambda: plot_scenarios(parabola, -2.0, [0.1], [0])[0, 0],
    ],
    ids=["path", "estimates", "errors", "cobweb", "scenarios"],
)
def test_start_alone_is_a_path(draw):
    svg(draw().figure)


def test_constant_function_makes_a_cobweb():
    svg(plot_cobweb(replace(P, df=lambda x: 0 * x), 0.1, 0.0, 3).figure)


def test_paths_are_not_changed():
    path = walk(1.1, 300)
    path.flags.writeable = False
    plot_path(plateau, path)
    plot_estimates([path])
    plot_errors([path], 0.5)


# The colours


def luminance(colour):
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in to_rgb(colour)
    ]
    return np.dot(parts, [0.2126, 0.7152, 0.0722])


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


# Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB.
VISION = {
    "normal": np.eye(3),
    "deuteranopia": [
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ],
    "protanopia": [
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ],
}


def seen(colour, vision):
    """The colour in CIE Lab, as someone with this vision sees it."""
    rgb = np.array(to_rgb(colour))
    rgb = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    xyz = np.array(
        [
            (0.4124564, 0.3575761, 0.1804375),
            (0.2126729, 0.7151522, 0.0721750),
            (0.0193339, 0.1191920, 0.9503041),
        ]
    ) @ np.clip(np.array(VISION[vision]) @ rgb, 0, 1)
    f = np.cbrt(xyz / [0.95047, 1.0, 1.08883])
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def hue(colour):
    _, a, b = seen(colour, "normal")
    return np.degrees(np.arctan2(b, a))


each_paper = pytest.mark.parametrize("colours", [COLORS, DARK], ids=["light", "dark"])


@each_paper
@pytest.mark.parametrize("role", WORDS)
def test_colour_of_words_has_the_contrast_of_text(colours, role):
    assert contrast(colours[role], colours["paper"]) >= 4.5


@each_paper
@pytest.mark.parametrize("role", SERIES)
def test_colour_of_lines_stands_out_from_the_paper(colours, role):
    assert contrast(colours[role], colours["paper"]) >= 3


@each_paper
@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("group", [ROLES, SERIES], ids=["roles", "series"])
def test_colours_can_be_told_apart(colours, vision, group):
    for one, other in itertools.combinations(group, 2):
        distance = np.linalg.norm(
            seen(colours[one], vision) - seen(colours[other], vision)
        )
        assert distance >= 14, f"{one} and {other}"


@pytest.mark.parametrize("role", [*ROLES, *SERIES])
def test_dark_colour_has_the_hue_of_the_light_one(role):
    turn = (hue(DARK[role]) - hue(COLORS[role]) + 180) % 360 - 180
    assert abs(turn) < 30


def test_dark_has_the_same_roles():
    assert list(DARK) == list(COLORS)


def test_no_colour_stands_twice():
    every = [*COLORS.values(), *DARK.values()]
    assert len(set(every)) == len(every)


def test_colours_are_written_alike():
    for colour in [*COLORS.values(), *DARK.values()]:
        assert re.fullmatch(r"#[0-9a-f]{6}", colour)


# The style


def test_style_has_no_colour_of_its_own():
    rules = "\n".join(
        re.sub(r"^#.*", "", rule) for rule in STYLE.read_text().split("\n")
    )
    found = re.findall(r"\b[0-9A-Fa-f]{6}\b", rules)
    assert found
    assert {f"#{colour}" for colour in found} <= set(COLORS.values())


def test_style_cycles_through_the_series():
    cycle = mpl.rcParams["axes.prop_cycle"].by_key()["color"]
    assert [to_hex(colour) for colour in cycle[:6]] == [COLORS[role] for role in SERIES]


def test_style_draws_two_spines():
    ax = plt.subplots()[1]
    assert [side for side, spine in ax.spines.items() if spine.get_visible()] == [
        "left",
        "bottom",
    ]
