"""The notebook's page, told in the same way as every other page.

mkdocs-jupyter runs the notebook and remembers the result. What it makes of it is HTML
with a style of its own; this module takes from it what the cells printed and drew, and
turns the notebook into a Markdown page with Python fences. From there on the notebook
goes the way of all pages.
"""

import base64
import json
import os
import re
from pathlib import Path

import notebooks
from cache import fingerprint
from runner import HERE, SECONDS, figure_fonts

PAGE = "use/notebook.py"
IPYNB = "use/notebook.ipynb"
PY = "use/notebook/notebook.py"
KERNEL = "gd-tutorial"
"""The kernel's name, which mkdocs.yml gives to mkdocs-jupyter."""

SAID = re.compile(r'<div data-cell="([A-Za-z0-9+/=]*)">')
FRAME = re.compile(r"Cell In\[(\d+)\], line (\d+)")
ANSI = re.compile(r"\x1b\[[0-9;]*m")
MARKER = re.compile(r"^# %%(?! \[markdown\])")
CAPTION = re.compile(r"^Figure: ")
TITLE = re.compile(r"^# (.+)$", re.MULTILINE)


class NotebookError(Exception):
    """The notebook cannot be published; the message starts with its file and line."""


def prepare(folder):
    """Make the kernel known to Jupyter, and choose where results are kept.

    Parameters
    ----------
    folder : Path
        A folder for the kernel's description and for results.

    Returns
    -------
    str
        The folder for results. Its name changes with all that a result depends on
        besides the notebook, so that none can be stale; older ones are deleted.
    """
    describe_kernel(folder)
    for name, place in (
        ("JUPYTER_PATH", "jupyter"),
        ("JUPYTER_CONFIG_DIR", "jupyter"),
        ("JUPYTER_RUNTIME_DIR", "jupyter/runtime"),
        ("IPYTHONDIR", "ipython"),
    ):
        os.environ[name] = str(folder / place)
    os.environ["JUPYTER_NO_CONFIG"] = "1"
    results = f"results-{fingerprint()[:16]}"
    for old in folder.glob("results-*"):
        if old.name != results:
            for file in old.iterdir():
                file.unlink(missing_ok=True)
            old.rmdir()
    return str(folder / results)


def describe_kernel(folder):
    program = str(HERE / "notebook_kernel.py")
    described = {
        "argv": ["python", "-P", program, "-f", "{connection_file}"],
        "display_name": "Python 3",
        "language": "python",
        "env": {
            "PYTHONHASHSEED": "0",
            "OPENBLAS_NUM_THREADS": "1",
            "SNIPPET_FONTS": os.pathsep.join(map(str, figure_fonts())),
            "SNIPPET_SECONDS": str(SECONDS),
        },
    }
    file = folder / "jupyter" / "kernels" / KERNEL / "kernel.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(described), encoding="utf-8")


def results(html, path, place):
    """Take from mkdocs-jupyter's HTML what each code cell printed and drew.

    Parameters
    ----------
    html : str
        The notebook as mkdocs-jupyter shows it.
    path : path-like
        The notebook.
    place : str
        What messages call it, for example ``docs/use/notebook.py``.

    Returns
    -------
    list of dict
        For each code cell what `runner.Runner.run` gives for a snippet.

    Raises
    ------
    NotebookError
        If a cell is missing, or if it warned or drew without alt text.
    """
    said = [json.loads(base64.b64decode(one)) for one in SAID.findall(html)]
    lines = first_lines(path)
    if len(said) != len(lines):
        raise NotebookError(
            f"{place}:1: {len(lines)} cells hold code, {len(said)} were run"
        )
    for line, one in zip(lines, said, strict=True):
        if one["error"]:
            raise NotebookError(f"{place}:{line}: {one['error']}")
    return said


def failure(error, path, place):
    """Say where in the notebook a cell failed, and why.

    Parameters
    ----------
    error : Exception
        What running the notebook, or reading its results, ended with.
    path, place
        As for `results`.

    Returns
    -------
    NotebookError or None
        Its message starts with ``docs/use/notebook.py:LINE``; None if the error is no
        fault of the notebook.
    """
    from nbclient.exceptions import CellExecutionError

    if isinstance(error, NotebookError):
        return error
    if not isinstance(error, CellExecutionError):
        return None
    trace = ANSI.sub("", error.traceback)
    line, source = 1, ""
    frames = FRAME.findall(trace)
    if frames:
        cell, within = map(int, frames[-1])
        line = first_lines(path)[cell - 1] + within - 1
        source = Path(path).read_text(encoding="utf-8").split("\n")[line - 1].strip()
    reason = f"{error.ename}: {error.evalue}"
    if error.ename == "TimeLimit":
        reason = f"not finished after {SECONDS:g} seconds"
    return NotebookError(f"{place}:{line}: {reason}\n    {source}")


def first_lines(path):
    """The line of the file on which the code of each code cell begins."""
    lines = Path(path).read_text(encoding="utf-8").split("\n")
    return [n for n, line in enumerate(lines, start=2) if MARKER.match(line)]


def as_markdown(path):
    """Write the notebook as a page: its code cells as Python fences."""
    import jupytext

    parts = []
    for cell in jupytext.read(path).cells:
        if cell.cell_type == "code":
            parts.append(f"```python\n{cell.source}\n```")
        else:
            parts.append(cell.source)
    return "\n\n".join(parts) + "\n"


def as_ipynb(path, site_url, wheel_url):
    """Write the notebook for download, without outputs.

    Parameters
    ----------
    path : path-like
        The notebook in percent format.
    site_url, wheel_url : str
        Where the site and the wheel of the package are published.

    Returns
    -------
    str
        A notebook of format 4.5; the same notebook gives the same bytes.
    """
    import jupytext
    import nbformat

    notebook = jupytext.read(path)
    title = TITLE.search(notebook.cells[0].source).group(1)
    address = notebooks.page_address(PAGE, site_url)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = "\n".join(
                notebooks.absolute(CAPTION.sub("*Figure.* ", line), PAGE, site_url)
                for line in cell.source.split("\n")
            )
    note = notebooks.first_note(title, address, wheel_url)
    notebook.cells.insert(0, nbformat.v4.new_markdown_cell(note))
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"
        cell.metadata.clear()
    notebook.metadata = notebooks.METADATA
    nbformat.validate(notebook)
    return nbformat.writes(notebook)
