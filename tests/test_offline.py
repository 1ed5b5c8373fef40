"""A site that holds all that Run fetches: the program that makes it one.

What it fetches here are a few bytes under the names of the real files; the last test
takes the real core, the stand-ins for packages, and a browser.
"""

import hashlib
import json
import shutil
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
import stand_ins
from browsing import WIDE, serving
from building import ROOT
from elsewhere import offering
from test_run import FIGURE, Program

import offline
import page_python

CORE = {name: name.encode() * 20 for name in ("pyodide.mjs", "python_stdlib.zip")}
WHEELS = {stand_ins.file_name(name): made for name, made in stand_ins.WHEELS.items()}
ALL = CORE | WHEELS
LIST = {
    "version": "9.9",
    "core": {
        name: {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
        for name, content in CORE.items()
    },
    "lock": {
        "packages": {
            name: {
                "file_name": stand_ins.file_name(name),
                "sha256": hashlib.sha256(content).hexdigest(),
            }
            for name, content in stand_ins.WHEELS.items()
        }
    },
    "own": {"assets/py/in_page.py": {"sha256": "0", "size": 1}},
}


def fill(folder, files):
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with offering(fill(tmp_path_factory.mktemp("elsewhere"), CORE)) as elsewhere:
        yield elsewhere


@pytest.fixture
def bare(tmp_path, elsewhere):
    """The part of a built site that counts here; its Python comes from the server."""
    site = tmp_path / "site"
    fill(site, {"index.html": b"<!doctype html>"})
    write(site, elsewhere.address)
    return site


def write(site, base):
    content = json.dumps(LIST | {"base": base}).encode()
    fill(site / "assets", {"python.json": content})


def found(site):
    """Every file of a site, with its content."""
    files = (path for path in sorted(site.rglob("*")) if path.is_file())
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in files}


def is_whole(site):
    files = found(site)
    plan = json.loads(files["assets/python.json"])
    held = {name: files.get(f"python/{name}") for name in ALL}
    return plan == LIST | {"base": "python/"} and held == ALL


def run(site, *places):
    return offline.main([str(site), *(["--from", *map(str, places)] if places else [])])


def test_a_site_takes_in_all_that_its_list_names(bare, elsewhere, capsys):
    before = found(bare)
    assert run(bare) == 0
    assert is_whole(bare)
    assert sorted(elsewhere.asked) == sorted(ALL)
    new = found(bare).keys() - before.keys()
    assert new == {f"python/{name}" for name in ALL}
    assert found(bare)["index.html"] == before["index.html"]
    said = capsys.readouterr().out
    assert "every checksum is right" in said
    assert f"{sum(map(len, ALL.values())) / 1e6:.1f} MB  all" in said


def test_weights_are_those_of_the_files(bare):
    run(bare)
    weights = offline.weights(bare)
    assert weights == {
        "Python itself": sum(map(len, CORE.values())),
        **{name: len(made) for name, made in stand_ins.WHEELS.items()},
        "all": sum(map(len, ALL.values())),
    }


def test_files_may_come_from_a_folder(bare, tmp_path, elsewhere):
    assert run(bare, fill(tmp_path / "held", ALL)) == 0
    assert is_whole(bare)
    assert elsewhere.asked == []


def test_each_file_comes_from_the_first_place_that_has_it(bare, tmp_path, elsewhere):
    held = fill(tmp_path / "held", CORE | {"pyodide.mjs": b"another version"})
    assert run(bare, tmp_path / "nowhere", held, elsewhere.address) == 0
    assert is_whole(bare)
    assert sorted(elsewhere.asked) == sorted(ALL.keys() - {"python_stdlib.zip"})


def test_the_version_may_stand_in_a_place(bare, tmp_path):
    fill(tmp_path / "python-9.9", ALL)
    assert run(bare, tmp_path / "python-{version}") == 0
    assert is_whole(bare)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("missing", "answers 404"),
        ("changed", "another file: its checksum differs"),
        ("cut", "broke off after"),
    ],
)
@pytest.mark.parametrize("name", ["python_stdlib.zip", "matplotlib-0-py3-none-any.whl"])
def test_a_file_that_cannot_be_had_leaves_the_site_as_it_was(
    bare, elsewhere, capsys, name, fault, words
):
    before = found(bare)
    elsewhere.faults[name] = fault
    assert run(bare) == 1
    said = capsys.readouterr().err
    assert f"not to be had: {name}\n" in said
    assert f"{elsewhere.address} {words}" in said.replace("has ", "")
    assert found(bare) == before
    assert sorted(path.name for path in bare.iterdir()) == ["assets", "index.html"]
    elsewhere.faults.clear()
    assert run(bare) == 0
    assert is_whole(bare)


def test_a_server_that_does_not_answer_is_asked_once(
    bare, free_port, capsys, monkeypatch
):
    asked = []
    read = offline.read

    def listen(source, name):
        asked.append(name)
        return read(source, name)

    monkeypatch.setattr(offline, "read", listen)
    before = found(bare)
    assert run(bare, f"http://127.0.0.1:{free_port}/python/") == 1
    said = capsys.readouterr().err
    assert "cannot be reached" in said
    assert all(name in said for name in ALL)
    assert len(asked) == 1
    assert found(bare) == before


def test_a_second_time_nothing_is_done(bare, elsewhere, capsys):
    run(bare)
    before = {path: path.stat().st_mtime_ns for path in bare.rglob("*")}
    elsewhere.asked.clear()
    capsys.readouterr()
    assert run(bare) == 0
    assert "Nothing to do" in capsys.readouterr().out
    assert elsewhere.asked == []
    assert {path: path.stat().st_mtime_ns for path in bare.rglob("*")} == before


def test_only_what_is_not_there_is_fetched(bare, elsewhere):
    run(bare)
    (bare / "python" / "pyodide.mjs").write_bytes(b"damaged")
    elsewhere.asked.clear()
    assert run(bare, elsewhere.address) == 0
    assert elsewhere.asked == ["pyodide.mjs"]
    assert is_whole(bare)


def test_a_site_that_was_built_for_its_own_folder_needs_a_place(
    bare, elsewhere, capsys
):
    write(bare, "python/")
    assert run(bare) == 1
    assert "say with --from" in capsys.readouterr().err
    assert run(bare, elsewhere.address) == 0
    assert is_whole(bare)


def test_what_is_no_site_is_said(tmp_path, capsys):
    assert run(tmp_path) == 1
    assert "a built site?" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_build_writes_the_list_where_the_program_looks():
    files = page_python.publish("python/", "a.whl", b"")
    plan = json.loads(files[offline.PLAN])
    assert plan["base"] == offline.FOLDER
    names = offline.files_of(plan)
    assert set(plan["core"]) < set(names)
    assert all(name.endswith(".whl") for name in names.keys() - plan["core"].keys())
    assert len(names) == len(plan["core"]) + len(plan["lock"]["packages"])


# -------------------------------------------------------------------- with the browser


@pytest.fixture
def whole(site, core, tmp_path):
    """A copy of the whole site that a run of the program made self-contained."""
    copy = tmp_path / "whole"
    shutil.copytree(site.site, copy)
    published = (copy / offline.PLAN).read_text(encoding="utf-8")
    with offering(core) as elsewhere:
        plan = stand_ins.plan(published, elsewhere.address)
        (copy / offline.PLAN).write_text(json.dumps(plan), encoding="utf-8")
        program = ROOT / "docs" / "hooks" / "offline.py"
        subprocess.run([sys.executable, program, copy], check=True, timeout=60)
    return copy


def test_run_asks_no_other_host(whole, core, open_page):
    with serving(whole, "/gd/") as address:
        page = open_page(f"{address}learn/loop/", viewport=WIDE)
        asked = []
        page.context.on("request", lambda request: asked.append(request.url))
        program = Program(page)
        assert "same as above" in program.run()
        program.become(FIGURE).run("Done")
        assert program.result.locator("img").count() == 2
    names = {path.name for path in (whole / "python").iterdir()}
    assert names > set(WHEELS)
    assert {f"{address}python/{name}" for name in names} <= set(asked)
    # What was verified is imported from memory: such an address begins with blob:.
    hosts = {urlsplit(url.removeprefix("blob:")).netloc for url in asked}
    assert hosts == {urlsplit(address).netloc}
    assert page.faults == []
