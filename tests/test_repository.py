"""The repository: what lies in it, what it pins, what its README promises."""

import ast
import json
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from flit_core import buildapi
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from snippets import find_snippets, read_page

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads(read_page(ROOT / "pyproject.toml"))
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
TOP_LEVEL = {"docs", "gd_tutorial", "tests"} | {
    "LICENSE",
    "README.md",
    "mkdocs.yml",
    "pyproject.toml",
    "requirements.txt",
}
INSTALL = "python3 -m venv .venv && .venv/bin/pip install -r requirements.txt"
SERVE = f"{INSTALL} && .venv/bin/mkdocs serve"
TEST = f"{INSTALL} && .venv/bin/pytest"


def git(*arguments):
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: what is tracked is not known")
    return subprocess.run(
        ["git", *arguments],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=True,
    ).stdout.splitlines()


# ----------------------------------------------------------------------- what is there


def test_top_level_holds_only_what_belongs_there():
    top = {name.split("/")[0] for name in git("ls-files")}
    assert {name for name in top if not name.startswith(".")} <= TOP_LEVEL


def test_nothing_that_a_tool_makes_is_tracked():
    assert git("ls-files", "--cached", "--ignored", "--exclude-standard") == []


@pytest.mark.parametrize("made", ["site/index.html", ".cache/a", ".venv/bin/python"])
def test_what_tools_make_is_ignored(made):
    assert git("check-ignore", made) == [made]


def test_licence_covers_code_and_text():
    licence = read_page(ROOT / "LICENSE")
    assert "MIT License" in licence
    assert "https://creativecommons.org/licenses/by/4.0/" in licence


# --------------------------------------------------------------------------- the README


@pytest.mark.parametrize("command", [SERVE, TEST])
def test_readme_holds_the_command_in_a_console_fence(command):
    assert f"```console\n{command}\n```" in read_page(ROOT / "README.md")


def test_readme_names_the_wheel_that_is_built():
    project = PROJECT["project"]
    wheel = f"{project['name']}-{project['version']}-py3-none-any.whl"
    assert f"/{wheel}\n```" in read_page(ROOT / "README.md")


def test_readme_links_to_nothing_that_is_missing():
    links = re.findall(r"\]\(([^)]*)\)", read_page(ROOT / "README.md"))
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (ROOT / link).exists()] == []


# ----------------------------------------------------------------------------- the pins


def pins():
    """The requirements of requirements.txt, and the lines that are none."""
    lines = read_page(ROOT / "requirements.txt").splitlines()
    lines = [line.split(" #")[0].strip() for line in lines if not line.startswith("#")]
    lines = [line for line in lines if line and not line.startswith("#")]
    return [Requirement(line) for line in lines if line[0] != "-"], [
        line for line in lines if line[0] == "-"
    ]


def direct_requirements():
    """What pyproject.toml asks for: to run the package, the site and the tests."""
    lines = list(PROJECT["project"]["dependencies"])
    for group in PROJECT["dependency-groups"].values():
        lines += group
    return [Requirement(line) for line in lines]


def test_requirements_hold_the_package_and_pins_only():
    assert pins()[1] == ["-e ."]


def test_every_requirement_is_pinned_exactly():
    loose = [
        str(pin)
        for pin in pins()[0]
        if pin.url or not re.fullmatch(r"==[^,*]+", str(pin.specifier))
    ]
    assert loose == []


def test_pins_meet_what_the_project_asks_for():
    pinned = {}
    for pin in pins()[0]:
        version = str(pin.specifier).removeprefix("==")
        pinned.setdefault(canonicalize_name(pin.name), []).append(version)
    unmet = [
        str(wanted)
        for wanted in direct_requirements()
        if canonicalize_name(wanted.name) not in pinned
        or not all(
            map(wanted.specifier.contains, pinned[canonicalize_name(wanted.name)])
        )
    ]
    assert unmet == []


def test_build_backend_is_pinned_as_the_requirements_pin_it():
    system = PROJECT["build-system"]
    (backend,) = map(Requirement, system["requires"])
    assert system["build-backend"] == "flit_core.buildapi"
    assert [str(pin.specifier) for pin in pins()[0] if pin.name == "flit-core"] == [
        str(backend.specifier)
    ]
    assert str(backend.specifier).startswith("==")


def imports_of(code):
    """The top-level names of the modules that a program imports."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module.split(".")[0]


def test_every_import_is_asked_for_by_name():
    files = [
        file
        for folder in ["gd_tutorial", "docs", "tests"]
        for file in (ROOT / folder).rglob("*.py")
        if "vendor" not in file.parts
    ]
    programs = {str(file.relative_to(ROOT)): read_page(file) for file in files}
    for page in (ROOT / "docs").rglob("*.md"):
        for snippet in find_snippets(read_page(page), page.relative_to(ROOT)):
            programs[snippet.place] = snippet.code
    ours = {"gd_tutorial"} | {file.stem for file in files}
    asked = {canonicalize_name(one.name) for one in direct_requirements()}
    providers = metadata.packages_distributions()
    unasked = {
        f"{program} imports {name}"
        for program, code in programs.items()
        for name in imports_of(code)
        if name not in ours | sys.stdlib_module_names
        and not asked & {canonicalize_name(one) for one in providers.get(name, [])}
    }
    assert unasked == set()


# ---------------------------------------------------------------------------- the wheel


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """A copy of what the wheel is made from, with the dates of the copying."""
    copy = tmp_path_factory.mktemp("sources")
    for name in ["pyproject.toml", "README.md", "LICENSE"]:
        shutil.copyfile(ROOT / name, copy / name)
    shutil.copytree(
        ROOT / "gd_tutorial",
        copy / "gd_tutorial",
        ignore=shutil.ignore_patterns("__pycache__"),
        copy_function=shutil.copyfile,
    )
    return copy


def build_wheel(folder, into, monkeypatch):
    monkeypatch.chdir(folder)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    into.mkdir()
    return into / buildapi.build_wheel(str(into))


def test_wheel_holds_the_package_and_nothing_else(sources, tmp_path, monkeypatch):
    wheel = build_wheel(sources, tmp_path / "wheel", monkeypatch)
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    about = {name for name in names if ".dist-info/" in name}
    assert names - about == set(git("ls-files", "gd_tutorial"))
    assert "gd_tutorial/tutorial.mplstyle" in names
    assert {name.split("/")[-1] for name in about} == {
        "LICENSE",
        "METADATA",
        "RECORD",
        "WHEEL",
    }


def test_wheel_is_the_same_bytes_every_time(sources, tmp_path, monkeypatch):
    once = build_wheel(ROOT, tmp_path / "once", monkeypatch)
    again = build_wheel(sources, tmp_path / "again", monkeypatch)
    assert once.name == again.name
    assert once.read_bytes() == again.read_bytes()


# ----------------------------------------------------------------- checks and workflows


def test_checks_run_the_command_of_the_readme():
    lines = read_page(ROOT / "README.md").splitlines()
    pattern = re.search(r"grep -x '([^']*)' README\.md", read_page(ROOT / ".ci/run"))[1]
    assert [line for line in lines if re.fullmatch(pattern, line)] == [TEST]


def test_checks_can_be_executed():
    lines = git("ls-files", "--stage", ".ci")
    assert any(line.endswith(".ci/run") for line in lines)
    assert [line for line in lines if not line.startswith("100755 ")] == []


def test_a_core_of_pyodide_that_is_not_the_pinned_one_is_refused(tmp_path):
    pinned = read_page(ROOT / "docs/assets/vendor/pyodide/pyodide.json")
    version = json.loads(pinned)["version"]
    (tmp_path / f"pyodide-{version}.tgz").write_bytes(b"something else")
    done = subprocess.run(
        [ROOT / ".ci/pyodide", tmp_path], capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 1
    assert "is not the file that this repository pins" in done.stderr
    assert not (tmp_path / "package").exists()


def test_there_are_workflows():
    assert [file.stem for file in WORKFLOWS] == [
        "browser",
        "newest",
        "publish",
        "tests",
    ]


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
def test_actions_are_pinned_by_commit_and_name_their_version(file):
    used = re.findall(r"\buses:\s*(.*)", read_page(file))
    assert used
    pinned = re.compile(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
    assert [one for one in used if not pinned.fullmatch(one)] == []


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
def test_workflow_names_only_files_that_exist(file):
    named = re.findall(r"(?:tests|docs|\.ci)/[\w./-]+", read_page(file))
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_workflow_runs_every_python_that_the_package_names():
    classifiers = PROJECT["project"]["classifiers"]
    named = re.findall(r"Python :: (3\.\d+)", "\n".join(classifiers))
    matrix = re.search(
        r"python: (\[.*\])", read_page(ROOT / ".github/workflows/tests.yml")
    )
    assert ast.literal_eval(matrix[1]) == named
    assert PROJECT["project"]["requires-python"] == f">={named[0]}"
