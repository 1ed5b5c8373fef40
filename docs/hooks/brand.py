"""The site's own pictures, drawn by the package: its icon and its social image."""

from snippets import Snippet

ICON = """
import matplotlib.pyplot as plt
import numpy as np

from gd_tutorial import gradient_descent, parabola
from gd_tutorial.plotting import COLORS, describe

fig, ax = plt.subplots(figsize=(0.5, 0.5))
ax.set_position((0, 0, 1, 1))
ax.axis("off")
x = np.linspace(-1.0, 2.0, 41)
path = gradient_descent(parabola.df, x0=-0.9, lr=0.3, epochs=4)
ax.plot(x, parabola.f(x), color=COLORS["series1"], linewidth=3.4)
ax.plot(path, parabola.f(path), "o", color=COLORS["series2"], markersize=6.5, mew=0)
ax.set(xlim=(-1.25, 2.25), ylim=(-0.45, 2.5))
describe(fig, "A parabola with the steps of a descent on it")
plt.show()
"""

SOCIAL = """
import matplotlib.pyplot as plt
import numpy as np

from gd_tutorial import gradient_descent, parabola
from gd_tutorial.plotting import COLORS, describe

plt.style.use("gd_tutorial.tutorial")
fig, ax = plt.subplots(figsize=(12.0, 6.3), layout="none", facecolor="#fdfcf9")
ax.set_position((0, 0, 1, 1))
ax.axis("off")
x = np.linspace(-2.6, 3.6, 400)
path = gradient_descent(parabola.df, x0=-2.0, lr=0.1, epochs=40)
ax.plot(x, parabola.f(x), color=COLORS["function"], linewidth=3)
ax.plot(path, parabola.f(path), "-o", color=COLORS["path"], markersize=11)
ax.plot(path[0], parabola.f(path[0]), "o", color=COLORS["start"], markersize=17)
ax.plot(0.5, 0.0, "*", color=COLORS["minimum"], markersize=26)
ax.set(xlim=(-2.7, 7.6), ylim=(-1.0, 8.2))
ax.text(3.2, 5.0, "Gradient descent,", fontsize=44, color=COLORS["ink"])
ax.text(3.2, 4.1, "in one dimension", fontsize=44, color=COLORS["ink"])
ax.text(3.2, 2.7, "x  ←  x − lr · f′(x)", fontsize=32, color=COLORS["path"])
ax.text(3.2, 1.5, "Every snippet runs. Every figure is its own.", fontsize=20,
        color=COLORS["muted"])
describe(fig, "The steps of a descent from -2 to the lowest point of a parabola")
plt.show()
"""

PICTURES = {
    "assets/favicon.svg": (Snippet("docs/hooks/brand.py", 1, ICON, ""), "svg"),
    "assets/social.png": (Snippet("docs/hooks/brand.py", 1, SOCIAL, ""), "png"),
}
"""Where each picture is published, the program that draws it, and its format."""
