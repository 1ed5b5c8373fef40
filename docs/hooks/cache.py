"""What snippets printed and drew the last time, kept while nothing they use changes."""

import hashlib
import importlib.metadata
import json
import os
import sys
from pathlib import Path

from runner import HERE, figure_fonts

ROOT = HERE.parent.parent
PACKAGE = ROOT / "gd_tutorial"
LIBRARIES = ("numpy", "matplotlib", "scipy", "sympy", "mpmath", "ipykernel")


def fingerprint():
    """Digest of everything but its own text that a snippet's result depends on.

    Returns
    -------
    str
        Changes with every file of the package (the figure style is one of them), of the
        hooks and of the fonts, with the pinned requirements, and with the versions of
        Python and of the libraries.
    """
    digest = hashlib.sha256(sys.version.encode())
    files = [path for path in PACKAGE.rglob("*") if path.suffix in (".py", ".mplstyle")]
    files += HERE.glob("*.py")
    files += figure_fonts()
    files.append(ROOT / "requirements.txt")
    for path in sorted(files):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    for name in LIBRARIES:
        try:
            digest.update(f"{name}=={importlib.metadata.version(name)}".encode())
        except importlib.metadata.PackageNotFoundError:
            digest.update(f"{name} is missing".encode())
    return digest.hexdigest()


class Cache:
    """A folder of results, one file each; made anew for each build.

    Parameters
    ----------
    folder : path-like
        Where the files lie; made when the first result is kept.
    """

    def __init__(self, folder):
        self.folder = Path(folder)
        self._fingerprint = fingerprint()
        self._used = set()

    def key(self, *parts):
        """Name the result that these texts lead to."""
        digest = hashlib.sha256(self._fingerprint.encode())
        for part in parts:
            digest.update(hashlib.sha256(part.encode()).digest())
        return digest.hexdigest()

    def get(self, key):
        """Return the result of that name, or None."""
        self._used.add(key)
        try:
            return json.loads(self._path(key).read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return None

    def put(self, key, result):
        """Keep a result; a build that reads meanwhile sees all of it or nothing."""
        self._used.add(key)
        self.folder.mkdir(parents=True, exist_ok=True)
        partial = self._path(key).with_suffix(f".{os.getpid()}")
        partial.write_text(json.dumps(result), encoding="utf-8")
        partial.replace(self._path(key))

    def drop_unused(self):
        """Delete the results that this build did not ask for."""
        for path in self.folder.glob("*.json"):
            if path.stem not in self._used:
                path.unlink(missing_ok=True)

    def _path(self, key):
        return self.folder / f"{key}.json"
