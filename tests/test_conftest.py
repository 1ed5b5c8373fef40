"""A skipped test is a failure where nothing may be skipped."""

import os
import subprocess
import sys
from textwrap import dedent

import pytest

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
OPTIONS = ["-rA", "--continue-on-collection-errors"]


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory, root):
    """What pytest says of each file above: nothing may be skipped, anything may."""
    folder = tmp_path_factory.mktemp("skips")
    for name, tests in {**SKIPS, **OTHERS}.items():
        (folder / f"test_{name}.py").write_text(dedent(tests), encoding="utf-8")

    def run(allowed):
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "conftest", *OPTIONS],
            cwd=folder,
            env={
                **os.environ,
                "PYTHONPATH": str(root / "tests"),
                "GD_NO_SKIPS": "0" if allowed else "1",
                "PYTEST_ADDOPTS": "",
            },
            capture_output=True,
            text=True,
            check=False,
        )

    return {allowed: run(allowed) for allowed in (False, True)}


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
