"""What all tests share: where the repository is, how figures are drawn, what a skip is.

A test that needs a browser may be skipped where there is none. Where nothing may be
skipped (in ``.ci/run`` and the workflows) the environment says ``GD_NO_SKIPS=1``, and
a skip is then a failure.
"""

import os
import socket
from collections import Counter
from pathlib import Path

import matplotlib
import pytest
from building import Project

SITE_URL = "https://example.org/gd/"
ROOT = Path(__file__).resolve().parent.parent

# Not through the environment: notebooks started by a test would draw nothing.
matplotlib.use("agg")


@pytest.fixture(scope="session")
def root():
    """The top folder of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The whole site, built strictly and from nothing, once for all tests."""
    project = Project(tmp_path_factory.mktemp("whole"), site_url=SITE_URL)
    said = project.build("--strict")
    assert said.returncode == 0, said.stderr
    return project


@pytest.fixture
def free_port():
    """A port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


CENSUS = Counter()


@pytest.fixture(scope="session")
def census():
    """How many snippets the pages show and how many the tests have run."""
    return CENSUS


def pytest_terminal_summary(terminalreporter):
    if CENSUS:
        terminalreporter.write_line(
            f"snippets of the documentation: {CENSUS['shown']} shown as Python,"
            f" {CENSUS['run']} run"
        )


def refuse_skip(report):
    refused = report.skipped and os.environ.get("GD_NO_SKIPS") == "1"
    if refused and not hasattr(report, "wasxfail"):
        _, _, reason = report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{reason}\nGD_NO_SKIPS=1: nothing may be skipped here."
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    return refuse_skip((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report():
    return refuse_skip((yield))
