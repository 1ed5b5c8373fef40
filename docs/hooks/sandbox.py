"""Run one snippet in a process of its own and say what it printed and drew.

This file is a program. ``runner.py`` starts it and speaks JSON with it, a line a
message: a job goes in on standard input, its result comes back on standard output.
NumPy and Matplotlib are imported once, here, and other large libraries with the first
job that asks for them; each job then runs in a fork, which takes some 20 ms and shares
nothing with the next one. Where the system cannot fork, each job
starts a new interpreter instead.

A job is ``{"code", "page", "line", "source", "seconds", "image"}``; a result is
``{"output", "figures", "error"}``, where ``error`` is None or ``{"line", "message",
"traceback"}``. The package ``gd_tutorial`` is not imported in advance: an edit of it
takes effect in the next job.
"""

import base64
import contextlib
import functools
import gc
import importlib.util
import io
import json
import linecache
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import types
import warnings
from pathlib import Path

import matplotlib
import numpy
from matplotlib import font_manager
from matplotlib._pylab_helpers import Gcf
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.image import AxesImage


def beside(name):
    """Load a module that lies beside this file, but is nothing a snippet can import."""
    place = Path(__file__).with_name(f"{name}.py")
    spec = importlib.util.spec_from_file_location(name, place)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


figures, tracebacks = beside("figures"), beside("tracebacks")

OUTPUT_LIMIT = 200_000
GRACE_SECONDS = 2.0
CAN_FORK = hasattr(os, "fork")
LARGE = re.compile(r"^(?:import|from) ((?:scipy|sympy|mpmath)[.\w]*)", re.MULTILINE)


class TimeLimit(BaseException):
    """Raised inside a snippet that has used up its time."""


class SnippetFault(Exception):
    """The snippet ran, but a page cannot show what it left behind."""


# ---------------------------------------------------------------- Matplotlib's backend
# A snippet's plt.show() hands its figures over, as a window would show them, and closes
# them, as closing the window would.

FigureCanvas = FigureCanvasSVG
captured = []
image_format = "svg"


def show(*args, **kwargs):
    for manager in Gcf.get_all_fig_managers():
        captured.append(render(manager.canvas.figure, len(captured) + 1))
    Gcf.destroy_all()


def render(figure, number):
    text = figure.get_label()
    if not isinstance(text, str) or not text.strip():
        raise SnippetFault(
            f"figure {number} has no alt text; call"
            " gd_tutorial.plotting.describe(ax, ...) before plt.show()"
        )
    for image in figure.findobj(AxesImage):
        if numpy.ndim(image.get_alpha()) and image.get_interpolation() == "none":
            raise SnippetFault(
                f"figure {number} has an image with an array as alpha, which Matplotlib"
                " leaves out of SVG; make it part of the colours"
            )
    alt = " ".join(text.split())
    if image_format == "svg":
        return {"alt": alt} | figures.draw(figure)
    figures.lay_out_once(figure)
    buffer = io.BytesIO()
    nothing = {"Software": None}
    figure.savefig(buffer, format="png", dpi=100, transparent=False, metadata=nothing)
    return {"alt": alt, "png": base64.b64encode(buffer.getvalue()).decode("ascii")}


# ------------------------------------------------------------------------ one snippet


def execute(job):
    """Run the snippet of a job here; this process is of no use afterwards."""
    global image_format
    captured.clear()
    image_format = job.get("image", "svg")
    matplotlib.rcdefaults()
    matplotlib.use("module://snippet_backend")
    page, line = job["page"], job["line"]
    source = [one + "\n" for one in job["source"].split("\n")]
    linecache.cache[page] = (len(job["source"]), None, source, page)
    main = types.ModuleType("__main__")
    sys.modules["__main__"] = main
    try:
        with as_strict_as_a_reader(), time_limit(job["seconds"]):
            exec(compile("\n" * (line - 1) + job["code"], page, "exec"), main.__dict__)
            show()
    except TimeLimit:
        return failure(page, line, unfinished(job))
    except SystemExit as end:
        if end.code not in (None, 0):
            return failure(page, line, f"SystemExit: {end.code}")
        show()
    except SnippetFault as fault:
        return failure(page, line, str(fault))
    except BaseException as error:
        return failure(page, line, tracebacks.last_line(error))
    return {"output": None, "figures": captured, "error": None}


@contextlib.contextmanager
def as_strict_as_a_reader():
    """What Python would print as a warning is an error; what it hides stays hidden."""
    with warnings.catch_warnings():
        warnings.resetwarnings()
        warnings.simplefilter("error")
        for hidden in (
            DeprecationWarning,
            PendingDeprecationWarning,
            ImportWarning,
            ResourceWarning,
        ):
            warnings.simplefilter("ignore", hidden)
        warnings.filterwarnings("error", category=DeprecationWarning, module="__main__")
        yield


@contextlib.contextmanager
def time_limit(seconds):
    if not CAN_FORK:
        yield
        return

    def stop(signum, frame):
        raise TimeLimit

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def failure(page, line, message):
    """Describe the exception being handled, from the reader's own line on."""
    own, text = tracebacks.from_own_line(sys.exception(), page, __file__)
    return no_result({"line": own or line}, message, text)


def no_result(job, message, trace=""):
    fault = {"line": job["line"], "message": message, "traceback": trace}
    return {"output": "", "figures": [], "error": fault}


def unfinished(job):
    return f"not finished after {job['seconds']:g} seconds"


def run_here(job):
    """Run a job in this very process: own working directory, own standard streams."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        os.dup2(out.fileno(), 1)
        os.dup2(err.fileno(), 2)
        sys.stdout = os.fdopen(1, "w", encoding="utf-8", newline="\n", closefd=False)
        sys.stderr = os.fdopen(2, "w", encoding="utf-8", newline="\n", closefd=False)
        sys.stdin = io.StringIO()
        os.chdir(job["folder"])
        result = execute(job)
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(Exception):
                stream.flush()
        output, complaints = read_back(out), read_back(err)
    if result["error"] is None:
        problem = None
        if len(output) > OUTPUT_LIMIT:
            problem = f"printed more than {OUTPUT_LIMIT} characters"
        elif complaints.strip():
            problem = f"wrote to standard error: {complaints.strip()}"
        if problem:
            result = no_result(job, problem)
    return result | {"output": output[:OUTPUT_LIMIT]}


def read_back(stream):
    stream.seek(0)
    read = stream.read(4 * OUTPUT_LIMIT + 4)
    return read.decode("utf-8", "replace").replace("\r\n", "\n")


# ------------------------------------------------------------------------- the server


def run_in_fork(job):
    import select

    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        gc.disable()  # it will not live long enough to need it
        # Each renderer has a reader of formulas, which learns them anew: let all here
        # use one. It holds open font files, so it may not be the one of another fork.
        matplotlib.text.TextToPath = functools.cache(matplotlib.text.TextToPath)
        os.setsid()
        os.close(reader)
        try:
            data = json.dumps(run_here(job)).encode("utf-8") + b"\n"
            with os.fdopen(writer, "wb") as pipe:
                pipe.write(data)
        finally:
            os._exit(0)
    os.close(writer)
    data = bytearray()
    deadline = time.monotonic() + job["seconds"] + GRACE_SECONDS
    late = False
    while not data.endswith(b"\n"):
        ready, _, _ = select.select([reader], [], [], deadline - time.monotonic())
        if not ready:
            late = True
            break
        chunk = os.read(reader, 1 << 20)
        if not chunk:
            break
        data += chunk
        deadline = max(deadline, time.monotonic() + GRACE_SECONDS)
    os.close(reader)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    if data.endswith(b"\n"):
        return json.loads(data)
    if late:
        return no_result(job, unfinished(job))
    return no_result(job, "the snippet ended its own process")


def run_in_new_interpreter(job):
    try:
        done = subprocess.run(
            [sys.executable, "-P", __file__, "--once"],
            input=json.dumps(job).encode("ascii"),
            capture_output=True,
            timeout=job["seconds"] + 10 * GRACE_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return no_result(job, unfinished(job))
    try:
        return json.loads(done.stdout)
    except ValueError:
        return no_result(job, "the snippet ended its own process")


def warm_up(style):
    """Draw once, so that every fork finds fonts and parsers where it looks for them."""
    with matplotlib.rc_context(fname=style):
        figure = Figure(layout="constrained")
        axes = figure.subplots()
        axes.semilogy([1, 10], label="0123456789 −′")
        axes.set(title="x", xlabel="x", ylabel="y")
        axes.legend()
        figure.savefig(io.BytesIO(), format="svg")


def import_libraries(code):
    """Import here, once, a large library that a snippet asks for, not in each fork."""
    for name in LARGE.findall(code):
        with contextlib.suppress(ImportError):  # the snippet will say so itself
            importlib.import_module(name)


def serve():
    """Answer jobs, one after the other, until standard input ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="ascii", newline="\n")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    run = run_in_fork if CAN_FORK else run_in_new_interpreter
    for line in sys.stdin:
        job = json.loads(line)
        import_libraries(job["code"])
        job["folder"] = tempfile.mkdtemp(prefix="snippet-")
        try:
            result = run(job)
        finally:
            shutil.rmtree(job["folder"], ignore_errors=True)
        answers.write(json.dumps(result) + "\n")
        answers.flush()


def once():
    """Answer the one job on standard input, in this process."""
    answers = os.fdopen(os.dup(1), "w", encoding="ascii", newline="\n")
    result = run_here(json.load(sys.stdin))
    answers.write(json.dumps(result))
    answers.flush()
    os._exit(0)


if __name__ == "__main__":
    sys.modules["snippet_backend"] = sys.modules["__main__"]
    for font in filter(None, os.environ.get("SNIPPET_FONTS", "").split(os.pathsep)):
        font_manager.fontManager.addfont(font)
    matplotlib.use("module://snippet_backend")
    import matplotlib.pyplot

    if "--once" in sys.argv:
        once()
    else:
        warm_up(os.environ["SNIPPET_STYLE"])
        serve()
