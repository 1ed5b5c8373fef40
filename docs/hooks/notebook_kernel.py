"""The kernel in which the notebook runs while the site is built.

IPython as Jupyter starts it, with one difference: what a cell printed and drew goes
back in one piece, as `sandbox` would give it for a snippet of a page, and by the same
rules. A warning is an error, a figure has alt text, a cell has a limited time.
"""

import base64
import contextlib
import io
import json
import os
import sys
from pathlib import Path

UNWANTED = ("DISPLAY", "WAYLAND_DISPLAY", "MPLBACKEND", "MATPLOTLIBRC")
for name in UNWANTED:
    os.environ.pop(name, None)

sys.path.insert(0, str(Path(__file__).resolve().parent))
import sandbox  # noqa: E402

del sys.path[0]

import matplotlib  # noqa: E402
from ipykernel.kernelapp import IPKernelApp  # noqa: E402
from IPython.display import publish_display_data  # noqa: E402
from matplotlib import font_manager  # noqa: E402
from traitlets.config import Config  # noqa: E402


class Cell:
    """Stands around each cell: what `sandbox` does around a snippet."""

    def __init__(self, shell, seconds):
        self.shell = shell
        self.seconds = seconds
        self.around = contextlib.ExitStack()
        shell.events.register("pre_run_cell", self.before)
        shell.events.register("post_run_cell", self.after)

    def before(self, info):
        self.out, self.err = io.StringIO(), io.StringIO()
        self.around.enter_context(contextlib.redirect_stdout(self.out))
        self.around.enter_context(contextlib.redirect_stderr(self.err))
        self.around.enter_context(sandbox.as_strict_as_a_reader())
        self.around.enter_context(sandbox.time_limit(self.seconds))

    def after(self, result):
        error = ""
        try:
            sandbox.show()
        except sandbox.SnippetFault as fault:
            error = str(fault)
        finally:
            self.around.close()
        output = self.out.getvalue()
        if result.result is not None:
            shown, _ = self.shell.display_formatter.format(result.result)
            output += shown["text/plain"]
        if self.err.getvalue().strip():
            error = f"wrote to standard error: {self.err.getvalue().strip()}"
        said = {"output": output, "figures": list(sandbox.captured), "error": error}
        sandbox.captured.clear()
        coded = base64.b64encode(json.dumps(said).encode()).decode("ascii")
        publish_display_data({"text/html": f'<div data-cell="{coded}"></div>'})


def main():
    for font in os.environ.get("SNIPPET_FONTS", "").split(os.pathsep):
        if font:
            font_manager.fontManager.addfont(font)
    sys.modules["snippet_backend"] = sandbox
    matplotlib.rcdefaults()
    matplotlib.use("module://snippet_backend")
    settings = Config()
    settings.HistoryManager.enabled = False
    settings.Application.log_level = "ERROR"
    app = IPKernelApp.instance(config=settings)
    app.initialize(sys.argv[1:])
    Cell(app.shell, float(os.environ["SNIPPET_SECONDS"]))
    app.start()


if __name__ == "__main__":
    main()
