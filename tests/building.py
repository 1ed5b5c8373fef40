"""Build the site, or a small one with the same configuration, for a test to look at."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
EPOCH = "1700000000"


class Project:
    """A site of its own in a folder: same hooks, theme and extensions as the real one.

    Parameters
    ----------
    folder : Path
        Where configuration, cache and result lie.
    pages : dict of str, optional
        The text of each page; by default the pages are those of the real site.
    **settings
        Entries of mkdocs.yml that differ from the real ones.
    """

    def __init__(self, folder, pages=None, **settings):
        self.folder = Path(folder)
        self.site = self.folder / "site"
        docs = ROOT / "docs"
        if pages is not None:
            docs = self.folder / "docs"
            for name, text in pages.items():
                self.write(name, text)
            settings.setdefault("nav", sorted(pages))
            settings.setdefault("plugins", ["search"])
        self.site_url = settings.get("site_url")
        self.configuration = self.folder / "mkdocs.yml"
        self.configuration.write_text(
            yaml.safe_dump(
                {
                    "INHERIT": str(ROOT / "mkdocs.yml"),
                    "docs_dir": str(docs),
                    "site_dir": str(self.site),
                    "theme": {"custom_dir": str(ROOT / "docs" / "overrides")},
                    "hooks": [str(ROOT / "docs" / "hooks" / "mkdocs_adapter.py")],
                    "watch": [str(ROOT / "gd_tutorial")],
                }
                | settings
            ),
            encoding="utf-8",
        )

    def write(self, name, text):
        path = self.folder / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def build(self, *options, **environment):
        """Run MkDocs; return what it said, with its exit code as ``returncode``."""
        return subprocess.run(
            self.command("build", *options),
            capture_output=True,
            text=True,
            encoding="utf-8",
            env=self.environment(**environment),
        )

    def command(self, verb, *options):
        command = [sys.executable, "-m", "mkdocs", verb]
        return [*command, "-f", str(self.configuration), *options]

    def environment(self, **more):
        fixed = {"SOURCE_DATE_EPOCH": EPOCH, "NO_MKDOCS_2_WARNING": "1"}
        return os.environ | fixed | {"PYTHONUTF8": "1"} | more

    def digests(self):
        """The digest of every file of the built site."""
        return {
            path.relative_to(self.site).as_posix(): hashlib.sha256(
                path.read_bytes()
            ).hexdigest()
            for path in sorted(self.site.rglob("*"))
            if path.is_file()
        }
