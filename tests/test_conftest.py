"""What ends a run badly: a skip where none may be, and a browser that stands still."""

import os
import subprocess
import sys
from textwrap import dedent

import pytest
from browsing import CHROMIUM
from conftest import STOOD_STILL

SKIPS = {
    "mark": """
        import pytest
        @pytest.mark.skip(reason="no browser")
        def test_it(): pass
    """,
    "call": """
        import pytest
        def test_it(): pytest.skip("no browser")
    """,
    "fixture": """
        import pytest
        @pytest.fixture
        def browser(): pytest.skip("no browser")
        def test_it(browser): pass
    """,
    "module": """
        import pytest
        pytest.skip("no browser", allow_module_level=True)
    """,
    "import": """
        import pytest
        pytest.importorskip("no_browser", reason="no browser")
    """,
}
OTHERS = {
    "passes": "def test_it(): pass",
    "xfails": """
        import pytest
        @pytest.mark.xfail(strict=True)
        def test_it(): assert False
    """,
}
STANDS_STILL = """
import browsing

browsing.PATIENCE = 5


def test_it(open_page):
    open_page("about:blank").evaluate("new Promise(() => {})")


def test_another(open_page):
    open_page("about:blank")


def test_without():
    pass
"""
OPTIONS = ["-rA", "--continue-on-collection-errors"]


def run_pytest(folder, root, *options, **environment):
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "conftest", *options],
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": str(root / "tests"),
            "PYTEST_ADDOPTS": "",
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory, root):
    """What pytest says of each file above: nothing may be skipped, anything may."""
    folder = tmp_path_factory.mktemp("skips")
    for name, tests in {**SKIPS, **OTHERS}.items():
        (folder / f"test_{name}.py").write_text(dedent(tests), encoding="utf-8")

    return {
        allowed: run_pytest(folder, root, *OPTIONS, GD_NO_SKIPS="0" if allowed else "1")
        for allowed in (False, True)
    }


@pytest.mark.parametrize("name", SKIPS)
def test_skip_is_a_failure_where_none_is_allowed(outcomes, name):
    lines = outcomes[False].stdout.splitlines()
    found = [
        line for line in lines if f"test_{name}.py" in line and "no browser" in line
    ]
    assert any(line.startswith(("FAILED", "ERROR")) for line in found)
    assert not any(line.startswith("SKIPPED") for line in lines)


@pytest.mark.parametrize("name", SKIPS)
def test_skip_is_a_skip_elsewhere(outcomes, name):
    lines = outcomes[True].stdout.splitlines()
    found = [
        line for line in lines if f"test_{name}.py" in line and "no browser" in line
    ]
    assert any(line.startswith("SKIPPED") for line in found)


@pytest.mark.parametrize(("allowed", "code"), [(False, 1), (True, 0)])
def test_skips_decide_how_the_run_ends(outcomes, allowed, code):
    assert outcomes[allowed].returncode == code


@pytest.mark.parametrize("allowed", [False, True])
def test_expected_failure_is_not_a_skip(outcomes, allowed):
    assert "1 passed" in outcomes[allowed].stdout
    assert "1 xfailed" in outcomes[allowed].stdout


@pytest.mark.parametrize("options", [(), ("--numprocesses=1",)], ids=["one", "shared"])
def test_a_browser_that_stands_still_is_ended_and_named(tmp_path, root, options):
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed")
    file = tmp_path / "test_still.py"
    file.write_text(STANDS_STILL, encoding="utf-8")
    done = run_pytest(tmp_path, root, "--showlocals", *options)
    assert done.returncode == STOOD_STILL, done.stdout
    said = done.stdout.splitlines()
    assert "a browser stood still and was ended: test_still.py::test_it" in said
    assert any(line.startswith("FAILED test_still.py::test_it ") for line in said)
    assert "the browser stood still in a test before this" in done.stdout
    assert "2 failed, 1 passed" in done.stdout
    file.write_text(STANDS_STILL.replace("new Promise(() => {})", "1"), "utf-8")
    again = run_pytest(tmp_path, root, "--last-failed", *options)
    assert again.returncode == 0, again.stdout
    assert "2 passed" in again.stdout


def test_a_run_that_lost_tests_is_not_to_be_tried_again(tmp_path, root):
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed")
    still, lost = tmp_path / "test_still.py", tmp_path / "test_lost.py"
    still.write_text(STANDS_STILL, encoding="utf-8")
    lost.write_text("import os\n\n\ndef test_it():\n    os._exit(1)\n", "utf-8")
    options = ("--numprocesses=2", "--dist=loadfile", "--max-worker-restart=0")
    done = run_pytest(tmp_path, root, *options)
    assert "a browser stood still and was ended: test_still.py::test_it" in done.stdout
    assert done.returncode == 1, done.stdout
