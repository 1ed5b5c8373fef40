"""From a Matplotlib figure to what a page shows: two SVG drawings and their size.

The build draws with this on the author's machine, and pages draw with it in a reader's
browser (`in_page`), so that a figure is the same in both.
"""

import io
import re

import matplotlib


def draw(figure):
    """Draw a figure for light and for dark paper.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        What to draw. Its layout is settled by this.

    Returns
    -------
    dict
        ``light`` and ``dark``, each the text of an SVG drawing; ``width`` and
        ``height`` in CSS pixels, of which an inch has 96.
    """
    width, height = figure.get_size_inches()
    lay_out_once(figure)
    buffer = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "gd_tutorial"}):
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    svg = buffer.getvalue().decode("utf-8")
    return {
        "light": svg,
        "dark": recolour(svg),
        "width": round(width * 96),
        "height": round(height * 96),
    }


def lay_out_once(figure):
    """Place the axes now; savefig would do it twice, which is a third of its time."""
    engine = figure.get_layout_engine()
    if engine is None:
        return
    engine.execute(figure)
    with matplotlib.rc_context({"figure.constrained_layout.use": False}):
        figure.set_layout_engine("none")
        figure.set_layout_engine(None)


def recolour(svg):
    """The same drawing on dark paper: each colour of the style by its counterpart."""
    from gd_tutorial.plotting import COLORS, DARK

    dark = {light.lower(): DARK[role].lower() for role, light in COLORS.items()}
    pattern = re.compile("|".join(map(re.escape, dark)), re.IGNORECASE)
    return pattern.sub(lambda found: dark[found.group().lower()], svg)
