"""The one runner of snippets: the build and the tests both run them here."""

import concurrent.futures
import json
import os
import queue
import subprocess
import sys
from pathlib import Path

SECONDS = 20.0
"""How long a snippet may run before it is stopped."""

HERE = Path(__file__).resolve().parent
FONTS = HERE.parent / "assets" / "vendor" / "fonts"
STYLE = HERE.parent.parent / "gd_tutorial" / "tutorial.mplstyle"

UNWANTED = ("DISPLAY", "WAYLAND_DISPLAY", "MPLBACKEND", "MATPLOTLIBRC")


class SnippetError(Exception):
    """A snippet failed; the message starts with ``docs/page.md:LINE``.

    Parameters
    ----------
    snippet : Snippet
        The snippet that failed.
    fault : dict
        ``line``, ``message`` and ``traceback``, as the sandbox gives them.
    """

    def __init__(self, snippet, fault):
        self.line = fault["line"]
        self.place = f"{snippet.page}:{self.line}"
        text = f"{self.place}: {fault['message']}"
        shown = fault["traceback"].strip() or source_line(snippet, self.line)
        super().__init__(f"{text}\n{shown}" if shown else text)


def source_line(snippet, line):
    lines = snippet.code.split("\n")
    return "    " + lines[min(max(line - snippet.line, 0), len(lines) - 1)].strip()


class Runner:
    """Runs snippets, each in a fresh process, on all cores.

    Parameters
    ----------
    processes : int, optional
        How many snippets run at once; by default as many as there are cores.
    seconds : float, optional
        How long a snippet may run.

    Notes
    -----
    The servers start with the first snippet and stay until `close`, so that a preview
    pays for importing NumPy and Matplotlib once.
    """

    def __init__(self, processes=None, seconds=SECONDS):
        self.processes = processes or os.cpu_count() or 1
        self.seconds = seconds
        self._idle = queue.LifoQueue()
        self._servers = []

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()

    def run(self, snippet, text=None, image="svg"):
        """Run one snippet.

        Parameters
        ----------
        snippet : Snippet
            What to run.
        text : str, optional
            The text of the whole page, from which tracebacks show source lines; by
            default the snippet's own code stands in for it.
        image : {"svg", "png"}, optional
            The format of the figures.

        Returns
        -------
        dict
            ``output``, what it printed, and ``figures``, what it drew: each with
            ``alt`` and ``light``, ``dark``, ``width`` and ``height`` (CSS pixels), or
            ``alt`` and ``png`` (base64).

        Raises
        ------
        SnippetError
            If the snippet raises, warns, writes to standard error, prints more than a
            page can hold, draws without alt text, or does not end in time.
        """
        job = {
            "code": snippet.code,
            "page": snippet.page,
            "line": snippet.line,
            "source": text or "\n" * (snippet.line - 1) + snippet.code,
            "seconds": self.seconds,
            "image": image,
        }
        result = self._ask(job)
        if result["error"] is not None:
            raise SnippetError(snippet, result["error"])
        return {"output": result["output"], "figures": result["figures"]}

    def run_all(self, jobs):
        """Run many snippets at once.

        Parameters
        ----------
        jobs : list of tuple
            The arguments of `run`, one tuple a snippet.

        Returns
        -------
        list
            For each job its result, or the `SnippetError` it ended with.
        """
        if not jobs:
            return []
        with concurrent.futures.ThreadPoolExecutor(self.processes) as pool:
            return list(pool.map(self._result_or_error, jobs))

    def close(self):
        """End the servers."""
        for server in self._servers:
            server.stdin.close()
        for server in self._servers:
            server.wait(timeout=10)
            server.stdout.close()
        self._servers.clear()
        self._idle = queue.LifoQueue()

    def _result_or_error(self, job):
        try:
            return self.run(*job)
        except SnippetError as error:
            return error

    def _ask(self, job):
        try:
            server = self._idle.get_nowait()
        except queue.Empty:
            server = self._start()
        try:
            server.stdin.write(json.dumps(job) + "\n")
            server.stdin.flush()
            return json.loads(server.stdout.readline())
        finally:
            self._idle.put(server)

    def _start(self):
        environment = {k: v for k, v in os.environ.items() if k not in UNWANTED}
        environment["PYTHONHASHSEED"] = "0"
        environment["OPENBLAS_NUM_THREADS"] = "1"
        environment["SNIPPET_FONTS"] = os.pathsep.join(map(str, figure_fonts()))
        environment["SNIPPET_STYLE"] = str(STYLE)
        server = subprocess.Popen(
            [sys.executable, "-P", str(HERE / "sandbox.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="ascii",
            env=environment,
        )
        self._servers.append(server)
        return server


def figure_fonts():
    """The font files that figures are drawn with."""
    return sorted(FONTS.glob("*.ttf"))
