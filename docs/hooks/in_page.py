"""Run one program in a reader's page: in Pyodide, inside a web worker.

The worker (`docs/assets/js/python-worker.js`) puts this module, `figures` and
`tracebacks` where its Python finds them and calls `run` for each program. Everything
else here is what a program may meet that a terminal would do differently: figures go
to the page, output comes in pieces and ends at a limit, there is nobody to ask.
"""

import builtins
import importlib.util
import io
import itertools
import json
import linecache
import sys
import time
import types
import warnings

import tracebacks

PROGRAM = "your program"
ABOVE = "the cells above"
OUTPUT_LIMIT = 200_000
FIGURE_LIMIT = 50
PIECE_SECONDS = 0.1
PIECE_SIZE = 8192
NOTICE = f"\n[Output beyond {OUTPUT_LIMIT:_} characters is left out.]\n".replace(
    "_", "\u00a0"
)
IMPORTS = (
    "Programs in this page can import what comes with Python, NumPy, Matplotlib, SciPy,"
    " SymPy, mpmath and gd_tutorial."
)
MEMORY = (
    "The program asked for more memory than a page has. Make its arrays smaller, or run"
    " it on your machine."
)
KEYBOARD = "Nobody is asked here. Write the value into the program instead of input()."
FONT = "/home/pyodide/slope-sans-regular.ttf"

page = None
"""The page that the program under way belongs to: its `print` and `draw`."""


def run(code, to_page, before="", font=FONT):
    """Run a program in a fresh namespace.

    Parameters
    ----------
    code : str
        The program.
    to_page : object
        ``to_page.print(text, stream)`` is called with output as it comes, where
        `stream` is "out" or "err"; ``to_page.draw(figure)`` with each figure that is
        shown: JSON with ``light``, ``dark``, ``alt``, ``width`` and ``height``.
    before : str, optional
        What runs first, in the same namespace, and shows nothing: in a notebook, the
        cells above.
    font : path-like
        The font file of the figures.

    Returns
    -------
    str
        JSON: ``{"error": null}``, or an error with ``line`` (or null),
        ``message``, ``traceback`` and ``advice``, a sentence that may be empty.
    """
    global page
    page = Page(to_page, font)
    usual = sys.stdout, sys.stderr, builtins.input, sys.modules.get("__main__")
    main = types.ModuleType("__main__")
    sys.modules["__main__"] = main
    sys.stdout, sys.stderr = Stream(page, "out"), Stream(page, "err")
    builtins.input = no_input
    error = None
    try:
        with warnings.catch_warnings():
            fresh_libraries()
            page.silent = True
            execute(before, ABOVE, main)
            page.silent = False
            execute(code, PROGRAM, main)
    except SystemExit as end:
        show()
        if end.code not in (None, 0):
            print(end.code, file=sys.stderr)
    except BaseException as fault:
        error = describe(fault)
        close_figures()
    finally:
        page.flush()
        sys.stdout, sys.stderr, builtins.input, sys.modules["__main__"] = usual
    return json.dumps({"error": error})


def execute(code, name, main):
    lines = code.splitlines(keepends=True)
    linecache.cache[name] = (len(code), None, lines, name)
    exec(compile(code, name, "exec"), main.__dict__)
    show()


def describe(fault):
    own = ABOVE if page.silent else PROGRAM
    try:
        line, text = tracebacks.from_own_line(fault, own, __file__)
    except MemoryError:
        line, text = None, ""
    return {
        "line": line,
        "message": tracebacks.last_line(fault),
        "traceback": text,
        "advice": advice(fault),
    }


def advice(fault):
    """What to do about an error that a page has where a machine would have none."""
    if isinstance(fault, ModuleNotFoundError) and fault.name:
        return f"There is no {fault.name} here. {IMPORTS}"
    if isinstance(fault, MemoryError):
        return MEMORY
    return KEYBOARD if isinstance(fault, EOFError) else ""


def fresh_libraries():
    """Leave nothing of an earlier program: its figures, settings and random state."""
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
    if "random" in sys.modules:
        sys.modules["random"].seed()
    if importlib.util.find_spec("matplotlib") is None:
        return
    import matplotlib

    close_figures()
    matplotlib.rcdefaults()
    matplotlib.use("module://in_page")


def no_input(prompt="", /):
    raise EOFError("input() has nobody to ask")


class Page:
    """Where output and figures go; both come to an end."""

    def __init__(self, to_page, font):
        self.to_page = to_page
        self.font = font
        self.left = OUTPUT_LIMIT
        self.kept = []
        self.size = 0
        self.last = -PIECE_SECONDS
        self.drawn = 0
        self.silent = False

    def write(self, text, stream):
        if self.silent or self.left <= 0:
            return
        cut, self.left = text[: self.left], self.left - len(text)
        self.kept.append((cut, stream))
        self.size += len(cut)
        full = self.left <= 0
        if full:
            self.kept.append((NOTICE, "err"))
        late = time.monotonic() - self.last > PIECE_SECONDS
        if full or late or self.size > PIECE_SIZE:
            self.flush()

    def flush(self):
        kept, self.kept, self.size = self.kept, [], 0
        self.last = time.monotonic()
        for stream, pieces in itertools.groupby(kept, key=lambda piece: piece[1]):
            self.to_page.print("".join(text for text, _ in pieces), stream)

    def draw(self, figure):
        import figures

        if self.silent:
            return
        if self.drawn == FIGURE_LIMIT:
            raise RuntimeError(f"a program here shows at most {FIGURE_LIMIT} figures")
        self.drawn += 1
        drawn = figures.draw(figure) | {"alt": words_for(figure)}
        self.flush()
        self.to_page.draw(json.dumps(drawn))


class Stream(io.TextIOBase):
    encoding = "utf-8"

    def __init__(self, page, name):
        self.page = page
        self.name = name

    def writable(self):
        return True

    def write(self, text):
        if not isinstance(text, str):
            raise TypeError(f"write() takes text, not {type(text).__name__}")
        self.page.write(text, self.name)
        return len(text)


# ---------------------------------------------------------------- Matplotlib's backend


def __getattr__(name):
    """Make the canvas when Matplotlib asks for it: many programs draw nothing."""
    if name != "FigureCanvas":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals().update(FigureCanvas=make_canvas())
    return FigureCanvas  # noqa: F821


def make_canvas():
    from matplotlib import font_manager
    from matplotlib._pylab_helpers import Gcf
    from matplotlib.backend_bases import FigureManagerBase
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    font_manager.fontManager.addfont(page.font)

    class FigureManager(FigureManagerBase):
        """Refuses one figure too many: a page has less memory than a machine."""

        def __init__(self, canvas, num):
            if len(Gcf.figs) >= FIGURE_LIMIT:
                raise RuntimeError(
                    f"{FIGURE_LIMIT} figures are open; call plt.show() or plt.close()"
                    " before the next one"
                )
            super().__init__(canvas, num)

    class FigureCanvas(FigureCanvasSVG):
        manager_class = FigureManager

    return FigureCanvas


def show(*args, **kwargs):
    """Hand the open figures to the page and close them, as closing a window would."""
    helpers = sys.modules.get("matplotlib._pylab_helpers")
    if helpers is None:
        return
    for manager in helpers.Gcf.get_all_fig_managers():
        page.draw(manager.canvas.figure)
    close_figures()


def close_figures():
    helpers = sys.modules.get("matplotlib._pylab_helpers")
    if helpers is not None:
        helpers.Gcf.destroy_all()


def words_for(figure):
    """The alternative text: what `describe` was told, or titles and labels."""
    label = figure.get_label()
    if isinstance(label, str) and label.strip():
        return " ".join(label.split())
    parts = [figure.get_suptitle()]
    for axes in figure.axes:
        across, up = axes.get_xlabel(), axes.get_ylabel()
        against = f"{up} against {across}" if across and up else across or up
        titles = map(axes.get_title, ("left", "center", "right"))
        parts.append(": ".join(filter(None, (*titles, against))))
    said = "; ".join(filter(None, parts))
    return f"A figure: {' '.join(said.split())}" if said else "A figure without a title"
