"""gradient_descent against the best that can be written for one parabola.

Run on request: `pytest tests/benchmarks`. Each test lets the two take turns, so that a
machine that slows down slows both, and compares their fastest rounds.
"""

from time import perf_counter

import numpy as np
import pytest

from gd_tutorial import gradient_descent, parabola


def sweep_in_place(x0, lr, epochs):
    """Write the same path with three passes an epoch and nothing allocated."""
    shape = np.broadcast_shapes(x0.shape, lr.shape)
    path, step = np.empty((epochs + 1, *shape)), np.empty(shape)
    double = np.broadcast_to(2 * lr, shape).copy()
    path[0] = x0
    for k in range(epochs):
        np.subtract(path[k], 0.5, out=step)
        np.multiply(step, double, out=step)
        np.subtract(path[k], step, out=path[k + 1])
    return path


def walk_of_the_textbook(df, x0, lr, epochs):
    """Append NumPy numbers to a list."""
    x = np.float64(x0)
    estimates = [x]
    for _ in range(epochs):
        x = x - lr * df(x)
        estimates.append(x)
    return estimates


def ratio(benchmark, ours, theirs, rounds):
    """Time both in turns and return ours / theirs, each at its fastest."""
    times = []

    def time_theirs():
        start = perf_counter()
        theirs()
        times.append(perf_counter() - start)

    benchmark.pedantic(ours, setup=time_theirs, rounds=rounds, warmup_rounds=2)
    found = benchmark.stats.stats.min / min(times)
    print(f"\nours / theirs: {found:.2f}")
    return found


def test_both_sweeps_are_the_same():
    x0, lr = np.linspace(-2, 2, 11)[:, np.newaxis], np.array([0.1, 0.01, 0.001])
    ours = gradient_descent(parabola.df, x0, lr, 100)
    np.testing.assert_allclose(ours, sweep_in_place(x0, lr, 100), rtol=0, atol=1e-14)


def test_both_walks_are_the_same():
    ours = gradient_descent(parabola.df, -2.0, 0.1, 100)
    assert ours.tolist() == walk_of_the_textbook(parabola.df, -2.0, 0.1, 100)


def test_sweep_of_2001_starts_and_9_rates_takes_at_most_twice_the_best(benchmark):
    x0 = np.linspace(-2, 2, 2001)[:, np.newaxis]
    lr = np.array([0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 0.5, 0.9, 1.0])
    found = ratio(
        benchmark,
        lambda: gradient_descent(parabola.df, x0, lr, 1000),
        lambda: sweep_in_place(x0, lr, 1000),
        rounds=20,
    )
    assert found <= 2


@pytest.mark.parametrize("epochs", [100, 500, 1000, 10_000])
def test_one_walk_takes_at_most_twice_the_textbook(benchmark, epochs):
    found = ratio(
        benchmark,
        lambda: gradient_descent(parabola.df, -2.0, 0.1, epochs),
        lambda: walk_of_the_textbook(parabola.df, -2.0, 0.1, epochs),
        rounds=1_000_000 // epochs,
    )
    assert found <= 2
