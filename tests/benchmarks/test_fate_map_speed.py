"""How long two workers take for a fate map of 720 × 420 runs of up to 300 epochs.

Run on request, on a machine that does nothing else: `pytest tests/benchmarks -s`. Each
map is drawn several times, and the fastest counts.
"""

import pytest

MAP = """async job => {
    const parts = 2
    const workers = Array.from({ length: parts }, () =>
        new Worker("/js/fate-worker.js", { type: "module" }))
    const draw = id => new Promise(done => {
        const started = performance.now()
        const strips = new Set()
        let first = 0, coarse = 0, ended = 0
        workers.forEach((worker, part) => {
            worker.onmessage = ({ data }) => {
                const now = performance.now() - started
                first ||= now
                if (data.size === 8) strips.add(data.y)
                if (strips.size === Math.ceil(job.height / 8)) coarse ||= now
                if (data.done && ++ended === parts) done([first, coarse, now])
            }
            worker.postMessage({ ...job, id, part, parts })
        })
    })
    const times = []
    for (let id = 0; id < 6; id++) times.push(await draw(id))
    workers.forEach(worker => worker.terminate())
    return times
}"""


@pytest.mark.parametrize(
    ("name", "lr", "x0", "most"),
    [
        ("parabola", [0.01, 1.3], [-2, 2], 1000),
        ("double well", [0.1, 2.3], [0, 3], 1000),
        ("quartic", [0.01, 2], [-2, 2], 1000),
        ("log cosh", [0.01, 5], [-4, 4], 2500),
        ("cosine bowl", [0.001, 0.1], [-3, 3], 2500),
        ("plateau", [0.01, 5], [-4, 4], 2500),
        ("decay", [0.01, 5], [-1, 5], 2500),
    ],
)
def test_a_fate_map_is_soon_there(modules, name, lr, x0, most):
    job = {"name": name, "epochs": 300, "width": 720, "height": 420}
    times = modules.evaluate(MAP, job | {"lr": lr, "x0": x0})
    first, coarse, whole = (min(column) for column in zip(*times, strict=True))
    new = ", ".join(f"{time:.0f}" for time in times[0])
    print(
        f"\n{name}: {first:.1f} ms to the first strip, {coarse:.0f} to the coarse map,"
    )
    print(f"{whole:.0f} to the whole; with new workers {new}")
    assert coarse <= 50
    assert whole <= most
