"""What runs a program in a reader's page, tried here with the real libraries."""

import builtins
import html
import importlib
import json
import re
import sys
import warnings
import xml.etree.ElementTree as ElementTree

import matplotlib
import numpy as np
import pytest
from building import ROOT

import gd_tutorial.plotting
import page_python
from pages import CODE_BLOCK
from snippets import Snippet

FONT = ROOT / "docs" / "assets" / "vendor" / "fonts" / "slope-sans-regular.ttf"
OUTPUT = re.compile(r'<div class="gd-output".*?<pre[^>]*>(.*?)</pre>', re.DOTALL)
HOOKS = ROOT / "docs" / "hooks"


class Page:
    """Keeps what a program prints and draws."""

    def __init__(self):
        self.pieces, self.figures = [], []

    def print(self, text, stream):
        self.pieces.append((text, stream))

    def draw(self, figure):
        self.figures.append(json.loads(figure))

    def said(self, stream="out"):
        return "".join(text for text, one in self.pieces if one == stream)


@pytest.fixture
def page():
    return Page()


def print_warning(message, category, filename, lineno, file=None, line=None):
    sys.stderr.write(warnings.formatwarning(message, category, filename, lineno, line))


@pytest.fixture
def run(page, monkeypatch):
    """Run a program as the page's Python does, and leave this Python as it was."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    backend = matplotlib.rcParams["backend"]
    with matplotlib.rc_context(), warnings.catch_warnings():
        # As in any Python but pytest's.
        warnings.simplefilter("default")
        monkeypatch.setattr(warnings, "showwarning", print_warning)
        module = importlib.import_module("in_page")

        def run(code, before=""):
            return json.loads(module.run(code, page, before, FONT))["error"]

        yield run
        module.close_figures()
    matplotlib.use(backend)
    sys.modules.pop("in_page")


def test_output_comes_in_the_order_in_which_it_was_printed(run, page):
    assert run("import sys\nprint(1)\nprint(2, file=sys.stderr)\nprint(3)") is None
    assert "".join(text for text, _ in page.pieces) == "1\n2\n3\n"
    assert page.said("err") == "2\n"


def test_output_comes_while_the_program_runs(run, page):
    code = "import time\nfor n in range(3):\n    print(n)\n    time.sleep(0.15)"
    assert run(code) is None
    assert len(page.pieces) >= 3
    assert page.said() == "0\n1\n2\n"


def test_a_flood_is_cut_and_comes_in_few_pieces(run, page):
    assert run("for n in range(200_000):\n    print(n)") is None
    limit = importlib.import_module("in_page").OUTPUT_LIMIT
    assert len(page.said()) == limit
    assert page.said("err").count("left out") == 1
    assert len(page.pieces) < 60


def test_each_program_starts_with_nothing(run, page):
    assert run("left = 1\nimport numpy as np\nnp.random.seed(0)") is None
    assert run("print('left' in globals(), __name__)") is None
    assert page.said() == "False __main__\n"
    draw = "import numpy as np\nprint(np.random.rand())"
    run("import numpy as np\nnp.random.seed(0)")
    run(draw)
    assert page.said().split()[-1] != str(np.random.RandomState(0).rand())


def test_settings_and_figures_do_not_stay(run, page):
    first = "import matplotlib.pyplot as plt\nplt.rcParams['lines.linewidth'] = 9\n"
    assert run(first + "plt.figure()\n1 / 0")["line"] == 4
    assert (
        run("import matplotlib.pyplot as plt\nprint(plt.rcParams['lines.linewidth'])")
        is None
    )
    assert page.said() == "1.5\n"
    assert page.figures == []


def test_this_python_is_as_before(run):
    before = sys.stdout, sys.stderr, builtins.input, sys.modules["__main__"]
    run("input = print = None\n1 / 0")
    assert (sys.stdout, sys.stderr, builtins.input, sys.modules["__main__"]) == before


def test_a_traceback_starts_at_the_readers_line(run):
    error = run("def half(x):\n    return 1 / x\n\n\nprint(half(0))\n")
    assert error["line"] == 2
    assert error["message"] == "ZeroDivisionError: division by zero"
    lines = error["traceback"].splitlines()
    assert lines[:3] == [
        "Traceback (most recent call last):",
        '  File "your program", line 5, in <module>',
        "    print(half(0))",
    ]
    assert "in_page" not in error["traceback"]
    assert error["advice"] == ""


def test_a_misspelt_program_is_shown_where_it_is_wrong(run):
    error = run("x = 1\ny = (2\n")
    assert error["line"] == 2
    assert "y = (2" in error["traceback"]
    assert "in_page" not in error["traceback"]


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        ("x = input('x? ')", "EOFError", "Write the value into the program"),
        ("import pandas", "ModuleNotFoundError", "There is no pandas here"),
        ("[0] * 10**15", "MemoryError", "Make its arrays smaller"),
    ],
)
def test_what_a_page_has_not_is_said_with_what_to_do(run, code, kind, words):
    error = run(code)
    assert error["message"].startswith(kind)
    assert words in error["advice"]
    assert "in_page" not in error["traceback"]


def test_the_advice_names_all_packages_that_can_be_imported():
    said = importlib.import_module("in_page").IMPORTS
    assert all(name in said for name in page_python.SHOWN.values())


def test_figures_without_end_are_refused(run, page):
    error = run("import matplotlib.pyplot as plt\nwhile True:\n    plt.figure()")
    assert error["line"] == 3
    assert "50 figures are open" in error["message"]
    error = run(
        "import matplotlib.pyplot as plt\nwhile True:\n    plt.figure()\n    plt.show()"
    )
    assert "at most 50 figures" in error["message"]
    assert len(page.figures) == 50


def test_the_end_of_a_program_by_its_own_hand_is_no_error(run, page):
    assert run("import sys\nprint(1)\nsys.exit('enough')") is None
    assert (page.said(), page.said("err")) == ("1\n", "enough\n")
    assert run("raise SystemExit(0)") is None


def test_a_warning_is_shown_and_ends_nothing(run, page):
    assert run("import numpy as np\nprint(np.array([1.0]) / 0)") is None
    assert page.said() == "[inf]\n"
    assert page.said("err").startswith("your program:2: RuntimeWarning")


def test_a_figure_comes_for_both_palettes_in_the_sites_style(run, page):
    code = """
import matplotlib.pyplot as plt
from gd_tutorial import parabola
from gd_tutorial.plotting import describe, plot_function
plt.style.use("gd_tutorial.tutorial")
_, ax = plt.subplots()
plot_function(parabola, ax)
describe(ax, "A parabola.")
plt.show()
"""
    assert run(code) is None
    (figure,) = page.figures
    assert figure["alt"] == "A parabola."
    for palette, colours in (
        ("light", gd_tutorial.plotting.COLORS),
        ("dark", gd_tutorial.plotting.DARK),
    ):
        svg = figure[palette]
        ElementTree.fromstring(svg)
        assert colours["function"].lower() in svg.lower()
    assert (figure["width"], figure["height"]) == (461, 288)


def test_a_figure_is_the_one_that_the_build_draws(run, page, root):
    code = """
import matplotlib.pyplot as plt
from gd_tutorial.plotting import describe
plt.style.use("gd_tutorial.tutorial")
plt.plot([0, 1], [0, 1], label="a line")
plt.title("A title with x² in it")
plt.legend()
describe(plt.gca(), "A line.")
plt.show()
"""
    from runner import Runner

    with Runner(processes=1) as runner:
        built = runner.run(Snippet("docs/a.md", 1, code, code), code)["figures"]
    assert run(code) is None
    assert page.figures == built


def test_figures_left_open_at_the_end_are_shown(run, page):
    assert run("import matplotlib.pyplot as plt\nplt.plot([1, 2])") is None
    assert len(page.figures) == 1


@pytest.mark.parametrize(
    ("code", "alt"),
    [
        ("plt.plot([1, 2])", "A figure without a title"),
        ("plt.title('T')", "A figure: T"),
        ("plt.title('T', loc='left')\nplt.xlabel('a')", "A figure: T: a"),
        ("plt.xlabel('a')\nplt.ylabel('b')", "A figure: b against a"),
        (
            "_, a = plt.subplots(1, 2)\nplt.suptitle('S')\na[0].set(title='L')",
            "A figure: S; L",
        ),
    ],
)
def test_a_figure_that_describes_nothing_is_named_by_its_titles(run, page, code, alt):
    assert run(f"import matplotlib.pyplot as plt\n{code}\nplt.show()") is None
    assert [one["alt"] for one in page.figures] == [alt]


def test_what_runs_before_is_there_and_shows_nothing(run, page):
    before = "import matplotlib.pyplot as plt\nx = 2\nprint('above')\nplt.plot([1])\n"
    assert run("print(x)\nx = 3", before) is None
    assert page.said() == "2\n"
    assert page.figures == []
    assert run("print(x)", before) is None
    assert page.said() == "2\n2\n"
    error = run("print(x)", "x = 1\n1 / 0")
    assert 'File "the cells above", line 2' in error["traceback"]


def test_a_cell_of_the_notebook_runs_after_those_above_it(run, page, site):
    text = (site.site / "use" / "notebook" / "index.html").read_text(encoding="utf-8")
    programs = list(CODE_BLOCK.finditer(text))
    assert len(programs) > 5
    before = ""
    for block in programs:
        code = html.unescape(re.sub(r"<[^>]*>", "", block.group()))
        page.pieces.clear()
        page.figures.clear()
        assert run(code, before) is None
        after = text[block.end() :]
        shown = re.match(
            r"\s*<gd-run [^>]*continues[^>]*></gd-run>(.*)", after, re.DOTALL
        )
        output = re.match(
            r'<div class="gd-output".*?<pre[^>]*>(.*?)</pre>', shown[1], re.S
        )
        assert page.said().strip() == html.unescape(output[1] if output else "").strip()
        before += code + "\n"


@pytest.mark.parametrize("module", ["in_page", "figures", "tracebacks"])
def test_it_is_what_the_site_publishes(module, site):
    published = site.site / "assets" / "py" / f"{module}.py"
    assert published.read_bytes() == (HOOKS / f"{module}.py").read_bytes()
