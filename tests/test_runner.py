"""The runner: what a snippet leaves behind touches nothing, what fails is named."""

import sys
import time

import pytest

from runner import Runner, SnippetError
from snippets import Snippet

FORKS = sys.platform != "win32"
LOOK = """
import os, random, sys
import matplotlib, numpy as np
import matplotlib.pyplot as plt

print(plt.get_fignums(), sorted(os.listdir()), sorted(globals())[:3])
print(matplotlib.rcParams["lines.linewidth"], np.cos(0.0), "extra" in sys.modules)
print(random.random() == random.Random(1).random())
print(np.random.random() == np.random.RandomState(1).random())
fig, ax = plt.subplots()
ax.plot([1, 3, 2])
fig.set_label("A line up and down")
plt.show()
"""


def snippet(code, line=1):
    return Snippet("docs/page.md", line, code, f"```python\n{code}```")


@pytest.fixture(scope="module")
def runner():
    with Runner(processes=1) as runner:
        yield runner


@pytest.fixture(scope="module")
def untouched(runner):
    return runner.run(snippet(LOOK))


def fails(runner, code, line=1, text=None):
    with pytest.raises(SnippetError) as caught:
        runner.run(snippet(code, line), text)
    return caught.value


@pytest.mark.parametrize(
    "mess",
    [
        "import matplotlib.pyplot as plt\nplt.figure().set_label('left')",
        "import matplotlib\nmatplotlib.rcParams['lines.linewidth'] = 77",
        "import matplotlib.pyplot as plt\nplt.style.use('ggplot')",
        "import os\nos.chdir('/')",
        "open('left.txt', 'w').write('here')",
        "import numpy as np, random\nnp.random.seed(1)\nrandom.seed(1)",
        "import numpy as np\nnp.cos = lambda x: 'patched'",
        "import sys, types\nsys.modules['extra'] = types.ModuleType('extra')",
        "import sys\nsys.exit()",
        "import os\nos.environ['MPLBACKEND'] = 'nonsense'",
        "left_over = 1",
        "import matplotlib\nmatplotlib.use('agg')",
    ],
    ids=[
        "an open figure",
        "rcParams",
        "a style",
        "the working directory",
        "a file",
        "seeds",
        "a patched module",
        "a new module",
        "sys.exit",
        "the environment",
        "a global name",
        "another backend",
    ],
)
def test_a_snippet_does_not_change_the_next(runner, untouched, mess):
    runner.run(snippet(mess + "\n"))
    assert runner.run(snippet(LOOK)) == untouched


def test_a_library_that_a_snippet_patches_is_whole_for_the_next(runner):
    runner.run(snippet("from scipy import optimize\noptimize.brentq = None"))
    look = "from scipy.optimize import brentq\nprint(brentq(lambda x: x - 2, 0, 3))"
    assert runner.run(snippet(look))["output"] == "2.0\n"


def test_the_same_look_sees_a_mess_within_one_snippet(runner, untouched):
    mess = "import numpy as np\nnp.cos = lambda x: 'patched'\n"
    assert runner.run(snippet(mess + LOOK))["output"] != untouched["output"]


def test_output_and_figures_come_back(runner):
    result = runner.run(snippet("print('a ′ b')\n" + LOOK))
    assert result["output"].startswith("a ′ b\n")
    (figure,) = result["figures"]
    assert figure["alt"] == "A line up and down"
    assert figure["light"].lstrip().startswith("<?xml")
    assert (figure["width"], figure["height"]) == (614, 461)


def test_dark_figures_differ_in_colours_alone(runner):
    from gd_tutorial.plotting import COLORS, DARK

    code = LOOK.replace("[1, 3, 2]", f"[1, 3, 2], color='{COLORS['path']}'")
    (figure,) = runner.run(snippet(code))["figures"]
    assert COLORS["path"] in figure["light"]
    assert COLORS["path"] not in figure["dark"]
    assert DARK["path"] in figure["dark"]
    assert len(figure["light"]) == len(figure["dark"])


def test_a_figure_left_open_at_the_end_is_shown(runner):
    code = LOOK.replace("plt.show()\n", "")
    assert len(runner.run(snippet(code))["figures"]) == 1


def test_the_same_snippet_draws_the_same_bytes():
    results = []
    for _ in range(2):
        with Runner(processes=1) as runner:
            results.append(runner.run(snippet(LOOK))["figures"])
    assert results[0] == results[1]


@pytest.mark.parametrize(
    ("code", "line", "message"),
    [
        ("x = 1\nraise ValueError('no')\n", 11, "ValueError: no"),
        ("def f():\n    return 1 / 0\n\n\nf()\n", 11, "ZeroDivisionError"),
        ("import warnings\nwarnings.warn('mind')\n", 11, "UserWarning: mind"),
        ("import numpy as np\nnp.float64(1e300) * 1e300\n", 11, "overflow"),
        ("x = 1\ny = (\n", 11, "SyntaxError"),
        ("import sys\nsys.exit('gone')\n", 11, "SystemExit: gone"),
        ("import sys\nprint('x', file=sys.stderr)\n", 10, "wrote to standard error: x"),
        ("print('x' * 200_001)\n", 10, "printed more than 200000 characters"),
        ("import os\nos._exit(0)\n", 10, "ended its own process"),
        ("x = 1\ninput()\n", 11, "EOFError"),
    ],
    ids=lambda value: value if isinstance(value, str) and "\n" not in value else None,
)
def test_a_failure_names_page_line_and_reason(runner, code, line, message):
    error = fails(runner, code, line=10)
    assert str(error).startswith(f"docs/page.md:{line}: ")
    assert message in str(error).split("\n")[0]


def test_a_failure_shows_the_source_line_of_the_page(runner):
    page = "Text.\n\n```python\nx = 1\nraise KeyError(x)  # as on the page\n```\n"
    error = fails(runner, "x = 1\nraise KeyError(x)\n", line=4, text=page)
    assert "raise KeyError(x)  # as on the page" in str(error)
    assert "sandbox.py" not in str(error)


@pytest.mark.parametrize("text", ["", "fig.set_label('  ')"])
def test_a_figure_without_alt_text_fails(runner, text):
    code = f"import matplotlib.pyplot as plt\nfig = plt.figure()\n{text}\nplt.show()\n"
    error = fails(runner, code)
    assert error.place == "docs/page.md:4"
    assert "no alt text" in str(error)


def test_an_image_that_svg_would_show_without_its_alpha_is_refused(runner):
    code = (
        "import matplotlib.pyplot as plt\n"
        "image = plt.imshow([[0.5, 0.5]], alpha=[[0.0, 1.0]], interpolation='none')\n"
        "image.figure.set_label('Half of it can be seen through')\n"
        "plt.show()\n"
    )
    assert "an array as alpha" in str(fails(runner, code))
    assert runner.run(snippet(code.replace("[[0.0, 1.0]]", "0.5")))["figures"]


@pytest.mark.parametrize(
    "code",
    [
        "x = 1\nwhile True:\n    x += 1\n",
        "import time\ntime.sleep(60)\n",
        "from signal import *\nsignal(SIGALRM, SIG_IGN)\nwhile True:\n    pass\n",
    ],
    ids=["a loop", "asleep", "deaf"],
)
@pytest.mark.skipif(not FORKS, reason="SIGALRM is POSIX")
def test_a_snippet_that_never_ends_is_stopped(code):
    with Runner(processes=1, seconds=0.3) as runner:
        runner.run(snippet("print(1)\n"))
        before = time.monotonic()
        error = fails(runner, code, line=5)
        assert time.monotonic() - before < 4
        assert str(error).startswith("docs/page.md:")
        assert "not finished after 0.3 seconds" in str(error)
        assert runner.run(snippet("print(2)\n"))["output"] == "2\n"


def test_many_at_once_keep_their_order(runner):
    with Runner() as runner:
        results = runner.run_all([(snippet(f"print({n})\n"),) for n in range(20)])
    assert [result["output"] for result in results] == [f"{n}\n" for n in range(20)]


def test_a_failure_among_many_is_returned_in_its_place(runner):
    good, bad = snippet("print(1)\n"), snippet("1 / 0\n")
    first, second = runner.run_all([(good,), (bad,)])
    assert first["output"] == "1\n"
    assert isinstance(second, SnippetError)
