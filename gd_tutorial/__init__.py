"""Gradient descent in one dimension: a small package to read in one sitting.

`gd_tutorial.functions` holds the functions of the tutorial, `gd_tutorial.descent` the
algorithm, `gd_tutorial.theory` what can be known without running it,
`gd_tutorial.fates` what becomes of a run, and `gd_tutorial.plotting` the figures.
Matplotlib is imported by `plotting` alone.

Examples
--------
```python
from gd_tutorial import gradient_descent, parabola

path = gradient_descent(parabola.df, x0=-2.0, lr=0.1, epochs=20)
print(path[-1])

assert abs(path[-1] - parabola.minima[0]) < 0.03
```
"""

from gd_tutorial.descent import gradient_descent
from gd_tutorial.functions import (
    GALLERY,
    Function,
    absolute,
    cosine_bowl,
    cubic,
    decay,
    double_well,
    log_cosh,
    parabola,
    plateau,
    power_kink,
    quartic,
)

__all__ = [
    "GALLERY",
    "Function",
    "absolute",
    "cosine_bowl",
    "cubic",
    "decay",
    "double_well",
    "gradient_descent",
    "log_cosh",
    "parabola",
    "plateau",
    "power_kink",
    "quartic",
]
