"""The fates in the page's JavaScript, against the package's, in a real browser."""

import shutil
from dataclasses import replace

import numpy as np
import pytest
from browsing import serving

from gd_tutorial import GALLERY, gradient_descent
from gd_tutorial.fates import fates

BY_NAME = {function.name: function for function in GALLERY}
WIDTH, HEIGHT = 121, 90

# Of each function rates from the left to the right and starts from bottom to top.
VIEWS = {
    "parabola": [(0.01, 1.3), (-2, 2)],
    "double well": [(0.1, 2.3), (0, 3)],
    "quartic": [(0.01, 2), (-2, 2)],
    "cubic": [(0.01, 2), (-2, 2)],
    "absolute": [(0.01, 2), (-2, 2)],
    "power kink": [(0.01, 2), (-2, 2)],
    "cosine bowl": [(0.001, 0.3), (-3, 3)],
    "log cosh": [(0.01, 5), (-4, 4)],
    "plateau": [(0.01, 5), (-4, 4)],
    "decay": [(0.01, 5), (-1, 5)],
}
EXACT = list(VIEWS)[:6]
"""Sums, products, quotients and roots are the same in every language."""

FOLLOW = """async ([name, starts, rates, epochs, minima]) => {
    const { named } = await import("/js/functions.js")
    const { classifier, unpack } = await import("/js/fates.js")
    const fate = classifier({ ...named(name), minima })
    const all = starts.flatMap(x0 => rates.map(lr => unpack(fate(x0, lr, epochs))))
    return [all.map(one => one.kind), all.map(one => one.number),
        all.map(one => one.epoch)]
}"""


def both(page, function, starts, rates, epochs=300):
    """The fates of a grid in JavaScript and in Python: kind, number and epoch."""
    given = [list(starts), list(rates), epochs, list(function.minima)]
    theirs = page.evaluate(FOLLOW, [function.name, *given])
    ours = fates(function, np.array(starts)[:, np.newaxis], rates, epochs)
    return [np.array(part) for part in theirs], [part.ravel() for part in ours]


def agree(page, function, starts, rates, epochs=300):
    theirs, ours = both(page, function, starts, rates, epochs)
    for one, other in zip(theirs, ours, strict=True):
        assert one.tolist() == other.tolist()


def grid(name):
    (left, right), (bottom, top) = VIEWS[name]
    return np.linspace(bottom, top, HEIGHT), np.linspace(left, right, WIDTH)


def test_a_view_of_every_function_is_compared():
    assert set(VIEWS) == set(BY_NAME)
    assert WIDTH * HEIGHT > 10_000


@pytest.mark.parametrize("name", EXACT)
def test_without_library_functions_every_fate_is_the_same(modules, name):
    agree(modules, BY_NAME[name], *grid(name))


def test_with_some_runs_close_to_every_threshold_every_fate_is_the_same(modules):
    chaos = np.linspace(0.05, 1.3, 90), np.linspace(1.28, 1.62, 121)
    agree(modules, BY_NAME["double well"], *chaos, epochs=150)
    for epochs in range(4):
        agree(modules, BY_NAME["double well"], [0, 0.5, 1, 3, 2e9], [0.1, 1.5], epochs)
    for name in EXACT:
        function = BY_NAME[name]
        starts = [0, 1e-7, -1e-9, 1e-3, 0.4, 0.5, 1, 1 + 1e-7, 1.2, -2, 3, 7, 40]
        rates = [1e-20, 0.1, 0.25, 1 / 3, 0.5, 2 / 3, 1.1]
        rates += [1 - 2**-53, 1, 1 + 2**-52, 1 + 1e-9, 1.001, 2]
        agree(modules, function, starts, rates, 2000)
        agree(modules, replace(function, minima=()), starts, rates)


def test_special_starts_on_other_functions_have_the_same_fate(modules):
    bowl = BY_NAME["cosine bowl"]
    agree(modules, bowl, [0, *bowl.minima], [0.01, 0.1])
    agree(modules, replace(bowl, minima=()), [0.1, 1.3, -0.9], [0.001, 0.01, 0.03])
    agree(modules, BY_NAME["log cosh"], [0, 1e-7, 0.3], [1.9, 2, 2 + 1e-9, 2.1])
    agree(modules, BY_NAME["plateau"], [0, 1e-7, 0.3, 7, 40], [0.1, 1, 1.1])
    agree(modules, BY_NAME["decay"], [-25, 0, 7, 40], [0.1, 1, 1.1])


@pytest.mark.parametrize("name", [name for name in VIEWS if name not in EXACT])
def test_only_where_roundings_grow_can_a_fate_differ(modules, name):
    """sin, exp and tanh may differ in the last bit from library to library.

    Where that matters, it matters as much if the start is changed in its last digits:
    the runs part company. In chaos they do so within some dozens of epochs. Whether the
    rest of the run is stretched enough to be called chaos, and when it falls into a
    cycle, is then a matter of chance; but most runs are far from these thresholds.
    """
    function, (starts, rates) = BY_NAME[name], grid(name)
    theirs, ours = both(modules, function, starts, rates)
    differ = np.any([a != b for a, b in zip(theirs, ours, strict=True)], axis=0)
    x0, lr = (one.ravel()[differ] for one in np.meshgrid(starts, rates, indexing="ij"))
    apart = np.abs(
        gradient_descent(function.df, x0, lr, 300)
        - gradient_descent(function.df, x0 * (1 + 1e-14), lr, 300)
    )
    assert (apart.max(axis=0, initial=0) > 1e-6).all()
    assert differ.mean() < 0.01


def test_a_rate_that_is_the_float_of_the_limit_is_the_limit(modules):
    kinds = modules.evaluate(
        """async curvatures => {
            const { classifier, unpack } = await import("/js/fates.js")
            return curvatures.map(c => {
                const one = { df: x => c * x, d2f: () => c, minima: [0] }
                return unpack(classifier(one)(0.7, 2 / c, 300)).kind
            })
        }""",
        [0.1, 0.3, 1 / 3, 0.7, 1.1, 3.7, 49, 1234.5],
    )
    assert kinds == ["cycles"] * 8


def test_a_fate_is_packed_into_32_bits(modules):
    ends = modules.evaluate(
        """async () => {
            const { classifier, unpack } = await import("/js/fates.js")
            const { parabola, cosineBowl } = await import("/js/functions.js")
            return [
                classifier(parabola)(2e9, 0.1, 300),
                classifier(cosineBowl)(cosineBowl.minima[5], 0.01, 300),
                classifier(parabola)(-2, 1e-9, 2000000),
            ].map(bits => [bits === bits >>> 0 && bits > 0, unpack(bits)])
        }"""
    )
    assert ends == [
        [True, {"kind": "diverges", "number": 0, "epoch": 0}],
        [True, {"kind": "arrives", "number": 5, "epoch": 0}],
        [True, {"kind": "undecided", "number": 1, "epoch": 2000000}],
    ]


# ------------------------------------------------------------------------- the workers

# What workers say to jobs that are sent one after another, each when the one before has
# been answered `after` times.
ASK = """async ([jobs, parts]) => {
    const said = []
    const workers = Array.from({ length: parts }, () =>
        new Worker("/js/fate-worker.js", { type: "module" }))
    let sent = 0
    const send = () => {
        const job = jobs[sent++]
        workers.forEach((worker, part) => worker.postMessage({ ...job, part, parts }))
    }
    await new Promise((done, fail) => {
        let ready = 0
        workers.forEach((worker, part) => {
            worker.onerror = event => fail(event.message)
            worker.onmessage = ({ data }) => {
                said.push({ ...data, part, fates: data.fates && [...data.fates] })
                const { id, after } = jobs[sent - 1]
                if (said.filter(one => one.id === id).length === after) send()
                if (data.done && data.id === jobs.at(-1).id && ++ready === parts) done()
            }
        })
        send()
    })
    workers.forEach(worker => worker.terminate())
    return said
}"""

JOB = {
    "id": 1,
    "name": "double well",
    "epochs": 100,
    "width": 53,
    "height": 45,
    "lr": [0.1, 2.3],
    "x0": [-1, 3],
}

ONE_BY_ONE = """async job => {
    const { named } = await import("/js/functions.js")
    const { classifier, rateAt, startAt } = await import("/js/fates.js")
    const fate = classifier(named(job.name))
    const all = []
    for (let j = 0; j < job.height; j++)
        for (let i = 0; i < job.width; i++)
            all.push(fate(startAt(job, j), rateAt(job, i), job.epochs))
    return all
}"""


def maps(said, width, height):
    """The map of each size of cells, and how often each of its cells was sent."""
    found = {}
    for one in said:
        if "done" in one:
            continue
        size, y = one["size"], one["y"]
        shape = -(-height // size), -(-width // size)
        cells, times = found.setdefault(size, (np.zeros(shape), np.zeros(shape)))
        rows = np.array(one["fates"]).reshape(-1, shape[1])
        cells[y // size : y // size + len(rows)] = rows
        times[y // size : y // size + len(rows)] += 1
    return found


@pytest.mark.parametrize("parts", [1, 2, 3])
def test_workers_make_the_map_that_single_runs_make(modules, parts):
    said = modules.evaluate(ASK, [[JOB], parts])
    single = np.reshape(modules.evaluate(ONE_BY_ONE, JOB), (JOB["height"], -1))
    found = maps(said, JOB["width"], JOB["height"])
    assert list(found) == [8, 4, 2, 1]
    for size, (cells, times) in found.items():
        assert (times == 1).all()
        assert np.array_equal(cells, single[::size, ::size])
    assert sum("done" in one for one in said) == parts
    assert all("done" in one or one["y"] // 8 % parts == one["part"] for one in said)


def test_a_pixel_stands_for_the_rate_and_the_start_at_its_middle(modules):
    rates, starts = modules.evaluate(
        """async job => {
            const { rateAt, startAt } = await import("/js/fates.js")
            const indices = length => [...Array(length).keys()]
            return [indices(job.width).map(i => rateAt(job, i)),
                indices(job.height).map(j => startAt(job, j))]
        }""",
        JOB,
    )
    (left, right), (bottom, top) = JOB["lr"], JOB["x0"]
    edges = np.linspace(left, right, 2 * JOB["width"] + 1)
    np.testing.assert_allclose(rates, edges[1::2], rtol=1e-14)
    edges = np.linspace(top, bottom, 2 * JOB["height"] + 1)
    np.testing.assert_allclose(starts, edges[1::2], rtol=1e-14, atol=1e-15)


def test_every_pixel_is_computed_once(open_page, root, tmp_path):
    shutil.copytree(root / "docs" / "assets" / "js", tmp_path / "js")
    (tmp_path / "js" / "fates.js").write_text(
        """
        let runs = 0
        export const classifier = () => () => ++runs
        export const rateAt = (job, i) => i
        export const startAt = (job, j) => j
        """
    )
    with serving(tmp_path) as address:
        said = open_page(address + "js/").evaluate(ASK, [[JOB], 1])
    cells, _ = maps(said, JOB["width"], JOB["height"])[1]
    assert sorted(cells.ravel()) == list(range(1, cells.size + 1))


def test_a_new_job_ends_the_one_before(modules):
    long = {"name": "decay", "lr": [0.1, 1], "x0": [0, 1], "epochs": 100_000}
    jobs = [JOB | long | {"id": 7, "after": 2, "width": 400, "height": 400}]
    jobs.append(JOB | {"id": 8})
    said = modules.evaluate(ASK, [jobs, 2])
    ids = [one["id"] for one in said]
    assert set(ids) == {7, 8}
    for part in (0, 1):
        mine = [one["id"] for one in said if one["part"] == part]
        assert mine == sorted(mine)  # nothing of the old job once the new one is begun
    assert not any(one["id"] == 7 and "done" in one for one in said)
    assert ids.count(7) < 20
