"""What the page's Python consists of: one list, which Run reads before it fetches.

The core and the packages come from `base`, the package `gd_tutorial` and what runs a
program from the site itself. Each file is named with its checksum; the page takes no
file that has another.
"""

import hashlib
import json
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENDOR = HERE.parent / "assets" / "vendor"
PINNED = VENDOR / "pyodide" / "pyodide.json"
FOLDER = "assets/py/"
PLAN = "assets/python.json"
OWN = [
    HERE / "in_page.py",
    HERE / "figures.py",
    HERE / "tracebacks.py",
    VENDOR / "fonts" / "slope-sans-regular.ttf",
]
"""What the page's Python needs of the site, besides the wheel."""

SHOWN = {
    "numpy": "NumPy",
    "matplotlib": "Matplotlib",
    "scipy": "SciPy",
    "sympy": "SymPy",
    "mpmath": "mpmath",
}
"""The packages that programs may import, by their names in sentences."""

OURS = {"gd_tutorial": ["numpy"], "plotting": ["matplotlib"]}
"""What the package `gd_tutorial` and its part `plotting` import themselves."""


def pinned_at(base):
    """What is pinned, and the address to which `base` leads for it.

    Raises
    ------
    ValueError
        If `base` does not end with a slash.
    """
    pinned = json.loads(PINNED.read_text(encoding="utf-8"))
    if not base.endswith("/"):
        raise ValueError(f"extra.python: {base!r} must end with a slash")
    return pinned, base.replace("{version}", pinned["version"])


def facts(base):
    """Say of the page's Python what pages tell their readers.

    Parameters
    ----------
    base : str
        Where the core and the packages lie, as for `publish`.

    Returns
    -------
    dict
        Parts of sentences by the names under which pages ask for them.
    """
    pinned, base = pinned_at(base)
    core = pinned["core"].values()
    place = f"<{base}>" if "://" in base else f"here, too, from `{base}`"
    return {
        "python_from": f"Python and the packages come from {place}.",
        "python_version": ".".join(pinned["lock"]["info"]["python"].split(".")[:2]),
        "python_sent": f"{sum(one['packed'] for one in core) / 1e6:.0f} MB",
        "python_size": f"{sum(one['size'] for one in core) / 1e6:.0f} MB",
    }


def publish(base, wheel_name, wheel):
    """Make the files that Run fetches from the site.

    Parameters
    ----------
    base : str
        Where the core and the packages lie: an address, or a folder of the site, which
        ends with a slash. ``{version}`` stands for the pinned version of Pyodide.
    wheel_name : str
        The wheel's name on the site.
    wheel : bytes
        The wheel itself.

    Returns
    -------
    dict
        The content of each file by its place on the site, without the wheel.

    Raises
    ------
    ValueError
        If `base` does not end with a slash.
    """
    pinned, base = pinned_at(base)
    files = {FOLDER + path.name: path.read_bytes() for path in OWN}
    plan = {
        "version": pinned["version"],
        "base": base,
        "core": pinned["core"],
        "lock": pinned["lock"],
        "own": {
            name: {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
            for name, content in ({wheel_name: wheel} | files).items()
        },
        "shown": SHOWN,
        "needs": {name: [name] for name in SHOWN} | OURS,
    }
    return files | {PLAN: json.dumps(plan)}
