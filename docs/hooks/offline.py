"""Let a built site hold all that Run fetches, so that its readers need no internet.

    .venv/bin/python docs/hooks/offline.py site

fetches the files that ``site/assets/python.json`` lists from where the site's readers
would fetch them, or from the folders and addresses named with ``--from``, compares
their checksums, puts them into ``site/python/`` and lets the list point there. If one
file cannot be had, the site stays as it was.
"""

import argparse
import hashlib
import http.client
import json
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

FOLDER = "python/"
PLAN = "assets/python.json"
PATIENCE = 60
"""How many seconds to wait for a server that says nothing."""


class Missing(Exception):
    """Which files could not be had, and why."""


class Unreachable(Exception):
    """Why nothing can be had from an address."""


def files_of(plan):
    """Name the files that a list asks for.

    Parameters
    ----------
    plan : dict
        The content of ``assets/python.json``.

    Returns
    -------
    dict
        The SHA-256 of each file, in hexadecimal, by its name.
    """
    files = {name: about["sha256"] for name, about in plan["core"].items()}
    for package in plan["lock"]["packages"].values():
        files[package["file_name"]] = package["sha256"]
    return files


def read(source, name):
    """Read a file from a folder or an address.

    Parameters
    ----------
    source : str
        The folder, or the address of one.
    name : str
        The file's name in it.

    Returns
    -------
    bytes
        What the file holds.

    Raises
    ------
    LookupError
        If the file is not there, or not all of it; the message says why.
    Unreachable
        If there is no answer from the address.
    """
    if "://" not in source:
        try:
            return (Path(source) / name).read_bytes()
        except OSError as error:
            raise LookupError(f"{source}: {error.strerror}") from error
    try:
        url = f"{source.rstrip('/')}/{name}"
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
            try:
                return answer.read()
            except http.client.IncompleteRead as error:
                got = megabytes(len(error.partial)).strip()
                raise LookupError(f"{source} broke off after {got}") from error
            except OSError as error:
                raise LookupError(f"{source} broke off: {error}") from error
    except urllib.error.HTTPError as error:
        raise LookupError(f"{source} answers {error.code} {error.reason}") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise Unreachable(f"{source} cannot be reached: {reason}") from error


def is_right(content, sha256):
    return hashlib.sha256(content).hexdigest() == sha256


def fetch(files, sources, folder):
    """Fetch files into a folder, each from the first source that has the right one.

    Parameters
    ----------
    files : dict
        The SHA-256 of each file by its name.
    sources : list of str
        Folders and addresses.
    folder : Path
        Where the files go.

    Raises
    ------
    Missing
        If there is one that no source has.
    """
    lost, complaints = {}, {}
    for name, sha256 in files.items():
        reasons = []
        for source in sources:
            try:
                if source in lost:
                    raise lost[source]
                content = read(source, name)
            except Unreachable as error:
                lost[source] = error
                reasons.append(str(error))
            except LookupError as error:
                reasons.append(error.args[0])
            else:
                if is_right(content, sha256):
                    (folder / name).write_bytes(content)
                    print(f"  {megabytes(len(content))}  {name}", flush=True)
                    break
                reasons.append(f"{source} has another file: its checksum differs")
        else:
            complaints.setdefault("; ".join(reasons), []).append(name)
    if complaints:
        lines = [
            f"not to be had: {', '.join(names)}\n  {reasons}"
            for reasons, names in complaints.items()
        ]
        raise Missing("\n".join(lines))


def make_whole(site, sources=()):
    """Put all that Run fetches into a built site.

    Parameters
    ----------
    site : Path
        The folder of the site.
    sources : sequence of str, optional
        Folders and addresses to take the files from, ``{version}`` in them being that
        of Pyodide. By default, from where the site's readers would fetch them.

    Returns
    -------
    bool
        Whether anything had to be done.

    Raises
    ------
    Missing
        If the site is no site, or a file cannot be had. The site is as it was then.
    """
    try:
        plan = json.loads((site / PLAN).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Missing(f"{site / PLAN}: {error}. Is {site} a built site?") from error
    folder = site / FOLDER
    wanted = {
        name: sha256
        for name, sha256 in files_of(plan).items()
        if not (folder / name).is_file()
        or not is_right((folder / name).read_bytes(), sha256)
    }
    if not wanted and plan["base"] == FOLDER:
        return False
    if not sources and "://" in plan["base"]:
        sources = [plan["base"]]
    if wanted and not sources:
        raise Missing(
            f"This site was built to fetch Python from {plan['base']}; say with --from"
            f" where its files are: {', '.join(wanted)}"
        )
    sources = [one.replace("{version}", plan["version"]) for one in sources]
    with tempfile.TemporaryDirectory(dir=site, prefix=".python-") as scratch:
        scratch = Path(scratch)
        fetch(wanted, sources, scratch)
        (scratch / "plan").write_text(
            json.dumps(plan | {"base": FOLDER}), encoding="utf-8"
        )
        # All is here: from now on files only change their place.
        folder.mkdir(exist_ok=True)
        for name in wanted:
            (scratch / name).replace(folder / name)
        (scratch / "plan").replace(site / PLAN)
    return True


def weights(site):
    """What the files weigh: of Python itself, of each package, and of all, in bytes.

    Parameters
    ----------
    site : Path
        The folder of a site that holds them.

    Returns
    -------
    dict
        The weights by name; the last one is called "all".
    """
    plan = json.loads((site / PLAN).read_text(encoding="utf-8"))
    size = {name: (site / FOLDER / name).stat().st_size for name in files_of(plan)}
    parts = {"Python itself": sum(size[name] for name in plan["core"])}
    for name, package in plan["lock"]["packages"].items():
        parts[name] = size[package["file_name"]]
    return parts | {"all": sum(size.values())}


def megabytes(size):
    return f"{size / 1e6:5.1f} MB"


def main(arguments=None):
    """Do it, and say what was done; returns the exit code."""
    parser = argparse.ArgumentParser(
        description="Put all that Run fetches into a built site."
    )
    parser.add_argument("site", type=Path, help="the folder of the built site")
    parser.add_argument(
        "--from",
        dest="sources",
        metavar="PLACE",
        nargs="+",
        default=[],
        help="folders or addresses that have the files, in order of preference",
    )
    asked = parser.parse_args(arguments)
    try:
        done = make_whole(asked.site, asked.sources)
    except (Missing, OSError) as error:
        print(f"{error}\nNothing was changed in {asked.site}.", file=sys.stderr)
        return 1
    for name, size in weights(asked.site).items():
        print(f"{megabytes(size)}  {name}")
    print(
        f"All that Run fetches lies in {asked.site / FOLDER}; every checksum is right."
        if done
        else f"Nothing to do: {asked.site / FOLDER} holds all, every checksum is right."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
