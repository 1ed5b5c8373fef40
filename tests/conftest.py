"""What all tests share: where the repository is, how figures are drawn, what a skip is.

A test that needs a browser may be skipped where there is none. Where nothing may be
skipped (in ``.ci/run`` and the workflows) the environment says ``GD_NO_SKIPS=1``, and
a skip is then a failure.
"""

import os
from pathlib import Path

import matplotlib
import pytest

ROOT = Path(__file__).resolve().parent.parent

# Not through the environment: notebooks started by a test would draw nothing.
matplotlib.use("agg")


@pytest.fixture(scope="session")
def root():
    """The top folder of the repository."""
    return ROOT


def refuse_skip(report):
    if report.skipped and not hasattr(report, "wasxfail"):
        if os.environ.get("GD_NO_SKIPS") == "1":
            reason = report.longrepr[2] if report.longrepr else "no reason given"
            report.outcome = "failed"
            report.longrepr = f"{reason}\nGD_NO_SKIPS=1: nothing may be skipped here."
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    return refuse_skip((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report():
    return refuse_skip((yield))
