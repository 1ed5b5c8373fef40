"""The exact counts on the page Nine scenarios, by other ways of counting.

The page multiplies whole numbers. Here the pairs are counted on the full grid of 2001
by 2001 starts, and the chains of nine by sweeping over all errors in ascending order.
"""

import itertools
import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from runner import Runner
from snippets import find_snippets, read_page

NAME = "docs/learn/scenarios.md"
TEXT = read_page(Path(__file__).resolve().parent.parent / NAME)
STARTS = 2001
DISTANCES = [abs(Fraction(i, 500) - Fraction(5, 2)) for i in range(STARTS)]
RUNS = list(itertools.product(["0.1", "0.01", "0.001"], [100, 500, 1000]))


def share(run):
    """The share of the error that a run leaves, as an exact fraction."""
    return (1 - 2 * Fraction(run[0])) ** run[1]


ORDER = sorted(RUNS, key=share)


@pytest.fixture(scope="module")
def output():
    """What the page's snippets print: the one that contains a given text."""
    snippets = find_snippets(TEXT, NAME)

    def output_of(text):
        (found,) = [one for one in snippets if text in one.code]
        return runner.run(found, TEXT)["output"]

    with Runner(processes=1) as runner:
        yield output_of


@pytest.fixture(scope="module")
def quotients():
    """For each two starts off the minimum, their distances from it divided."""
    away = np.array([float(distance) for distance in DISTANCES if distance])
    return np.divide.outer(away, away)


def count_on_the_grid(better, worse, quotients):
    """The pairs of starts that reverse the order of two runs, and those that tie.

    The better run ends farther away where the distance of the other start, divided by
    its own, is below the quotient of the two shares. Floats decide this as real numbers
    would: no quotient of distances comes near enough for rounding to matter.
    """
    critical = float(share(better) / share(worse))
    assert np.abs(quotients / critical - 1).min() > 1e-9
    at_minimum = STARTS - len(quotients)
    reversed_off_minimum = np.count_nonzero(quotients < critical)
    return reversed_off_minimum + at_minimum * len(quotients), at_minimum**2


def count_by_sweep():
    """The draws of nine starts whose errors ascend strictly with the true order."""
    events = sorted(
        (share(run) * distance, place)
        for place, run in enumerate(ORDER, start=1)
        for distance in DISTANCES
    )
    # chains[p]: ways to choose starts of runs 1 to p with ascending errors so far.
    chains = [1] + [0] * len(ORDER)
    for _, group in itertools.groupby(events, key=lambda event: event[0]):
        before = chains.copy()
        for _, place in group:
            chains[place] += before[place - 1]
    return chains[-1]


def test_the_counts_of_all_pairs_are_those_of_the_grid(output, quotients):
    printed = re.findall(
        r"^([\d.]+) x (\d+) +([\d.]+) x (\d+) +(\d+) +(\d+) +([\d.]+) %$",
        output("combinations(order, 2)"),
        re.MULTILINE,
    )
    pairs = list(itertools.combinations(ORDER, 2))
    assert len(printed) == len(pairs) == 36
    for row, (better, worse) in zip(printed, pairs, strict=True):
        assert row[:4] == (better[0], str(better[1]), worse[0], str(worse[1]))
        counted = count_on_the_grid(better, worse, quotients)
        assert (int(row[4]), int(row[5])) == counted
        assert float(row[6]) == round(100 * counted[0] / STARTS**2, 2)


def test_the_draws_in_true_order_are_those_of_the_sweep(output):
    said = output("pairwise(left)")
    counted = count_by_sweep()
    assert int(re.search(r"draws in true order: +(\d+)", said).group(1)) == counted
    chance = float(re.search(r"chance: ([\d.]+)", said).group(1))
    assert chance == pytest.approx(counted / STARTS**9, abs=5e-7)


def test_the_simulation_is_within_two_standard_errors_of_the_count(output):
    said = output("pairwise(left)")
    assert float(re.search(r"apart by ([\d.]+) standard errors", said).group(1)) < 2
