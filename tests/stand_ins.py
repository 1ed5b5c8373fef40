"""Stand-ins for NumPy and Matplotlib in the page's Python: plumbing, not arithmetic.

The real wheels for the browser come from where a site's readers fetch them, which tests
do not. These have the same names and are found, verified, unpacked and imported in the
same way, and all they can do is what the tests of that way ask for. What programs
compute is tested elsewhere: `tests/online` runs every program in the real thing.
"""

import hashlib
import io
import json
import zipfile

NUMPY = {
    "numpy/__init__.py": '''
"""A stand-in: it says what it is, and divides by zero as NumPy would."""
from contextlib import ContextDecorator, nullcontext
from . import random
class errstate(ContextDecorator, nullcontext):
    def __init__(self, **named): super().__init__()
__version__ = "stand-in"
float64 = float
nan, inf = float("nan"), float("inf")
class ndarray: pass
def array(values): return list(values)
def linspace(low, high, count):
    return [low + (high - low) * n / (count - 1) for n in range(count)]
def huge(): raise MemoryError("Unable to allocate 8.00 TiB")
def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return lambda *all, **named: None
''',
    "numpy/random.py": "def seed(*all): pass\n",
    "numpy/typing.py": "ArrayLike = NDArray = object\n",
}
MATPLOTLIB = {
    "matplotlib/__init__.py": """
from contextlib import contextmanager
rcParams = {"backend": None}
def rcdefaults(): rcParams.update(style="classic")
def use(name): rcParams["backend"] = name
@contextmanager
def rc_context(*all, **named): yield
""",
    "matplotlib/_pylab_helpers.py": """
class Gcf:
    figs = {}
    @classmethod
    def get_all_fig_managers(cls): return list(cls.figs.values())
    @classmethod
    def destroy_all(cls): cls.figs.clear()
""",
    "matplotlib/backend_bases.py": """
class FigureManagerBase:
    def __init__(self, canvas, num): self.canvas, self.num = canvas, num
""",
    "matplotlib/backends/__init__.py": "",
    "matplotlib/backends/backend_svg.py": """
class FigureCanvasSVG:
    def __init__(self, figure): self.figure = figure
""",
    "matplotlib/font_manager.py": """
import os
class fontManager:
    @staticmethod
    def addfont(path): assert os.path.getsize(path) > 20_000
""",
    "matplotlib/style.py": "def use(name): pass\n",
    "matplotlib/axes.py": "class Axes: pass\n",
    "matplotlib/figure.py": "class FigureBase: pass\n",
    "matplotlib/patheffects.py": "def withStroke(**named): pass\n",
    "matplotlib/pyplot.py": '''
import importlib
import matplotlib
from matplotlib import style
from matplotlib._pylab_helpers import Gcf
SVG = """<?xml version="1.0" encoding="utf-8"?>
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 461 288" width="461" height="288">
<path d="M 20 20 {line}" fill="none" stroke="#0067a5" stroke-width="3"/></svg>"""
class Axes:
    def __init__(self): self.points, self.words = [], {}
    def plot(self, *values): self.points += values[-1]
    def get_title(self, loc): return self.words.get("title", "") * (loc == "left")
    def get_xlabel(self): return self.words.get("xlabel", "")
    def get_ylabel(self): return self.words.get("ylabel", "")
class Figure:
    def __init__(self): self.axes, self.label = [Axes()], ""
    def get_label(self): return self.label
    def get_suptitle(self): return ""
    def get_size_inches(self): return 4.8, 3.0
    def get_layout_engine(self): return None
    def savefig(self, file, **named):
        line = "".join(f"L {20 + 40 * n} {20 + 20 * y} " for n, y in
                       enumerate(self.axes[0].points))
        file.write(SVG.format(line=line).encode())
def figure():
    backend = importlib.import_module(matplotlib.rcParams["backend"].split("://")[1])
    canvas = backend.FigureCanvas(Figure())
    number = len(Gcf.figs) + 1
    Gcf.figs[number] = backend.FigureCanvas.manager_class(canvas, number)
    return canvas.figure
def axes():
    if not Gcf.figs: figure()
    return Gcf.get_all_fig_managers()[-1].canvas.figure.axes[0]
def plot(*values): axes().plot(*values)
def title(text): axes().words["title"] = text
def xlabel(text): axes().words["xlabel"] = text
def ylabel(text): axes().words["ylabel"] = text
def show():
    importlib.import_module(matplotlib.rcParams["backend"].split("://")[1]).show()
''',
}


def wheel(name, files):
    """A wheel of these files, the same bytes each time."""
    info = f"{name}-0.dist-info"
    files = files | {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\n"
        "Tag: py3-none-any\n",
        f"{info}/RECORD": "",
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, content in files.items():
            archive.writestr(zipfile.ZipInfo(place), content)
    return made.getvalue()


def file_name(name):
    return f"{name}-0-py3-none-any.whl"


WHEELS = {"numpy": wheel("numpy", NUMPY), "matplotlib": wheel("matplotlib", MATPLOTLIB)}


def plan(published, base):
    """The site's list of what Python consists of, with the stand-ins in it.

    Parameters
    ----------
    published : str
        The list as the site publishes it.
    base : str
        Where the core and the stand-ins are served.

    Returns
    -------
    dict
        The same, but for the packages: NumPy and Matplotlib are the stand-ins, and
        depend on nothing but, as in the real list, one on the other.
    """
    plan = json.loads(published) | {"base": base}
    packages = plan["lock"]["packages"]
    assert "numpy" in packages["matplotlib"]["depends"]
    plan["lock"]["packages"] = {
        name: packages[name]
        | {
            "file_name": file_name(name),
            "sha256": hashlib.sha256(content).hexdigest(),
            "depends": ["numpy"] if name == "matplotlib" else [],
        }
        for name, content in WHEELS.items()
    }
    plan["needs"] = {
        word: [one for one in names if one in WHEELS]
        for word, names in plan["needs"].items()
    }
    return plan
