"""How long builds take; run on request and on an idle machine.

The allowances are those of the project: a cold build takes 0.1 s a snippet plus what
the same site takes with nothing executed plus start-up; an unchanged build half a
second more than the same site with nothing executed.
"""

import re
import time

import pytest
from building import Project

ROUNDS = 3
START_UP = 6.0
"""Seconds to start Python's kernel for the notebook, NumPy and Matplotlib."""


def seconds(project):
    begin = time.perf_counter()
    said = project.build()
    assert said.returncode == 0, said.stderr
    return time.perf_counter() - begin, said.stderr


@pytest.fixture(scope="module")
def times(tmp_path_factory):
    """The best of a few rounds of each kind of build, measured in turn."""
    idle = Project(
        tmp_path_factory.mktemp("idle"),
        hooks=[],
        plugins=[
            "search",
            {"mkdocs-jupyter": {"include": ["use/notebook.py"], "cache": False}},
            {"mkdocstrings": {"enable_inventory": False}},
        ],
    )
    full = Project(tmp_path_factory.mktemp("full"))
    cold, said = seconds(full)
    rounds = [(seconds(idle)[0], seconds(full)[0]) for _ in range(ROUNDS)]
    nothing, unchanged = map(min, zip(*rounds, strict=True))
    snippets = int(re.search(r"(\d+) snippets on", said).group(1))
    print(
        f"\n{snippets} snippets: cold {cold:.1f} s, unchanged {unchanged:.2f} s,"
        f" nothing executed {nothing:.2f} s"
    )
    return {
        "cold": cold,
        "unchanged": unchanged,
        "nothing": nothing,
        "snippets": snippets,
    }


def test_a_cold_build_takes_a_tenth_of_a_second_a_snippet(times):
    allowed = 0.1 * times["snippets"] + times["nothing"] + START_UP
    assert times["cold"] <= allowed


def test_an_unchanged_build_takes_half_a_second_more_than_an_idle_one(times):
    assert times["unchanged"] <= times["nothing"] + 0.5
