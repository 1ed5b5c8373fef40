"""The wheel of the package, published with the site."""

import os
import tempfile
from pathlib import Path

from flit_core.wheel import make_wheel_in

EARLIEST = "315619200"
"""1980-01-02: the first whole day that a zip archive can name."""


def build_wheel(root):
    """Build the package's wheel; nothing is fetched, nothing is left behind.

    Parameters
    ----------
    root : path-like
        The folder that holds ``pyproject.toml``.

    Returns
    -------
    name : str
        The wheel's file name.
    content : bytes
        Its content: the same bytes whenever the package is the same.
    """
    before = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = EARLIEST
    try:
        with tempfile.TemporaryDirectory() as folder:
            made = make_wheel_in(Path(root) / "pyproject.toml", Path(folder)).file
            return made.name, made.read_bytes()
    finally:
        if before is None:
            del os.environ["SOURCE_DATE_EPOCH"]
        else:
            os.environ["SOURCE_DATE_EPOCH"] = before
