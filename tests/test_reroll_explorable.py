"""The lecture drawn again: its draws against NumPy, its order against whole numbers."""

import re
from functools import cache
from itertools import combinations, pairwise

import numpy as np
import pytest
from browsing import NARROW, WIDE
from test_docs import TEXTS
from test_scenarios import ORDER, RUNS, STARTS, count_by_sweep, share

from gd_tutorial import gradient_descent, parabola
from runner import Runner
from snippets import find_snippets

PAGE = "docs/learn/scenarios.md"
KIND = "gd-reroll"
SETTLED = "() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))"
count_by_sweep = cache(count_by_sweep)
LEFT = {run: int(share(run) * 500**1000) for run in RUNS}
DRAWING = "one => one.drawn.right.length <= one.state.draws"


def ends(draw):
    """The exact final errors of a draw, from the truly best run to the worst.

    They are whole numbers: errors in steps of 0.002, times 500 ** 1000.
    """
    start = dict(zip(RUNS, map(int, draw), strict=True))
    return [LEFT[run] * abs(start[run] - 1250) for run in ORDER]


def in_order(draw):
    return all(a < b for a, b in pairwise(ends(draw)))


def numpy_draws(seed, count):
    """What the programs of the page draw: one start after the other."""
    rng = np.random.default_rng(seed)
    return np.array([[rng.choice(STARTS) for _ in RUNS] for _ in range(count)])


@pytest.fixture(scope="module")
def output():
    """What a snippet of the page prints: the one that contains a given text."""
    with Runner(processes=1) as runner:

        def output(text):
            snippets = find_snippets(TEXTS[PAGE], PAGE)
            (found,) = [one for one in snippets if text in one.code]
            return runner.run(found, TEXTS[PAGE])["output"]

        yield output


# ------------------------------------------------------------------------- the numbers

DRAW = """async (seed, count) => {
    const { Generator } = await import("/js/random.js")
    const random = new Generator(seed)
    return Array.from({ length: count }, () => random.integer(2001))
}"""


@pytest.mark.parametrize("seed", [*range(10), 31, 4096, 65536, 100000])
def test_a_seed_draws_what_it_draws_in_numpy(port, seed):
    expected = numpy_draws(seed, 40).ravel()
    np.testing.assert_array_equal(port(DRAW, seed, len(expected)), expected)


def test_the_draws_stay_those_of_numpy_and_are_even(port):
    many = 400_000
    drawn = port(DRAW, 1, many)
    expected = np.random.default_rng(1).integers(0, STARTS, many)
    np.testing.assert_array_equal(drawn, expected)
    counts = np.bincount(drawn.astype(int), minlength=STARTS)
    mean = many / STARTS
    chi_square = np.sum((counts - mean) ** 2) / mean
    assert abs(chi_square - (STARTS - 1)) < 3 * np.sqrt(2 * (STARTS - 1))


def test_the_starts_are_those_of_the_page_bit_for_bit(port):
    found = port(
        """async count => {
            const { place } = await import("/js/lecture.js")
            return Array.from({ length: count }, (_, i) => place(i))
        }""",
        STARTS,
    )
    np.testing.assert_array_equal(found, np.linspace(-2, 2, STARTS))


def test_the_runs_and_their_true_order_are_those_of_the_page(port):
    runs, order = port(
        """async () => {
            const { RUNS, ORDER } = await import("/js/lecture.js")
            return [RUNS, ORDER].map(all => all.map(one => `${one.lr} ${one.epochs}`))
        }"""
    )
    assert runs == [f"{lr} {epochs}" for lr, epochs in RUNS]
    assert order == [f"{lr} {epochs}" for lr, epochs in ORDER]


def test_the_count_is_that_of_the_page_and_of_another_way_of_counting(port, output):
    count, chance = port(
        """async () => {
            const { chance, count } = await import("/js/lecture.js")
            return [String(count()), chance()]
        }"""
    )
    assert int(count) == count_by_sweep()
    assert f"draws in true order: {count}\n" in output("pairwise(left)")
    assert chance == pytest.approx(int(count) / STARTS**9, rel=1e-15)


def test_the_ten_seeds_of_the_page_rank_as_the_page_prints(port, output):
    rankings = port(
        """async () => {
            const { Generator } = await import("/js/random.js")
            const { ranking, RUNS } = await import("/js/lecture.js")
            return Array.from({ length: 10 }, (_, seed) => {
                const random = new Generator(seed)
                const ranked = ranking(RUNS.map(() => random.integer(2001)))
                return ranked.map(one => one.run.truth).join(" ")
            })
        }"""
    )
    printed = re.findall(r"^seed \d: +([\d ]+)$", output("seed 5"), re.MULTILINE)
    assert rankings == printed
    assert len(set(rankings)) > 5


@pytest.fixture(scope="module")
def draws():
    """Random draws, and such as stand at the edge between right and wrong."""
    some = [list(draw) for draw in numpy_draws(2, 300)]
    rng = np.random.default_rng(3)
    place = {run: RUNS.index(run) for run in ORDER}
    for better, worse in pairwise(ORDER):
        ratio = share(better) / share(worse)
        for _ in range(40):
            own = int(rng.integers(0, 1251))
            edge = int(ratio * own)
            for other in {edge, min(edge + 1, 1250)}:
                draw = [0] * 9
                draw[place[ORDER[0]]] = 1250
                draw[place[better]] = 1250 - own
                draw[place[worse]] = 1250 - other
                some.append(draw)
    some += [[1250] * 9, [1250, 0, 0, 0, 0, 0, 0, 0, 0], [0] * 9]
    return some


def test_no_pair_is_decided_by_rounding(port, draws):
    right, rankings, verdicts = port(
        """async draws => {
            const { inOrder, ranking } = await import("/js/lecture.js")
            const { misplaced, verdict } = await import("/js/gd-reroll.js")
            const ranked = draws.map(ranking)
            return [
                draws.map(one => inOrder(one) ? "yes" : "no"),
                ranked.map(one => one.map(each => each.run.truth).join(" ")),
                ranked.map(one => verdict(misplaced(one))),
            ]
        }""",
        [list(map(int, draw)) for draw in draws],
    )
    assert [one == "yes" for one in right] == [in_order(draw) for draw in draws]
    assert 60 < right.count("yes") < len(draws) - 60
    for draw, ranked, said in zip(draws, rankings, verdicts, strict=True):
        errors = ends(draw)
        order = sorted(range(9), key=lambda i: errors[i])
        assert ranked == " ".join(str(i + 1) for i in order)
        told = set()
        for run, how, others in re.findall(
            r"run (\d) (looks better than|ties with) runs? ([\d, and]+)", said
        ):
            told |= {(int(one), int(run), how) for one in re.findall(r"\d", others)}
        expected = set()
        for a, b in combinations(range(9), 2):
            if errors[b] < errors[a]:
                expected.add((a + 1, b + 1, "looks better than"))
            if errors[b] == errors[a]:
                expected.add((a + 1, b + 1, "ties with"))
        assert told == expected, said
        assert (said == "all nine runs are in their true order") == (not expected)


# -------------------------------------------------------------------------- on the page


def ready(page):
    one = page.locator(KIND)
    one.scroll_into_view_if_needed()
    page.locator(f"{KIND}.gd-on").wait_for()
    return one


@pytest.fixture
def reroll(visit):
    """Visit the page anew, by a link that carries a state."""

    def reroll(link="", **options):
        search = f"?figure=figure-2&{link}" if link else ""
        page = visit(f"learn/scenarios/{search}", **{"viewport": WIDE, **options})
        return ready(page)

    return reroll


@pytest.fixture(scope="module")
def opened(open_once):
    return open_once("learn/scenarios/")


@pytest.fixture
def one(opened):
    """The explorable as the page has it, on a page that is open already."""
    one = ready(opened)
    one.evaluate("one => one.reset()")
    opened.evaluate(SETTLED)
    yield one
    assert opened.faults == []


def settle(one):
    """Wait until all draws are drawn."""
    one.page.evaluate(SETTLED)
    one.page.wait_for_function(f"!({DRAWING})(document.querySelector('{KIND}'))")


def words(one):
    settle(one)
    return one.locator(".gd-words").inner_text()


def press(one, name):
    one.get_by_role("button", name=name, exact=True).click()


def told(one):
    """Draws so far, those in the true order, and those that are not."""
    found = re.search(r"far (\d+) of (\d+) draws .*, and in (\d+) at least", words(one))
    right, draws, wrong = map(int, found.groups())
    return draws, right, wrong


def test_it_begins_with_the_draw_of_the_figure(one, output):
    assert words(one).startswith(
        "Draw 1 of seed 5: run 9 looks better than runs 6, 7 and 8."
    )
    assert told(one) == (1, 0, 1)
    places = one.locator(".gd-places td").all_text_contents()
    assert places == ["3", "6 → 7", "9 → 6", "2", "5", "8 → 9", "1", "4", "7 → 8"]
    assert "run 9" in one.locator(".gd-note").all_text_contents()
    assert "seed 5:  1 2 3 4 5 9 6 7 8" in output("seed 5")


def test_the_nine_paths_are_those_of_the_package(one):
    starts = np.linspace(-2, 2, STARTS)
    for draw in numpy_draws(5, 3):
        drawn = one.evaluate(
            """one => {
                const { x, y, kept } = one.left
                return Array.from({ length: 9 }, (_, i) => {
                    const end = kept.get(`run ${i + 1}, end`)
                    const line = kept.get(`run ${i + 1}`).getAttribute("d")
                    const first = line.match(/^M([\\d.]+) ([\\d.]+)/)
                    return [x.of(first[1]), y.of(first[2]),
                        x.of(end.getAttribute("cx")), y.of(end.getAttribute("cy"))]
                })
            }"""
        )
        for run, seen in zip(ORDER, drawn, strict=True):
            x0 = starts[draw[RUNS.index(run)]]
            path = gradient_descent(parabola.df, x0, float(run[0]), run[1])
            expected = (0, path[0], run[1], path[-1])
            assert seen == pytest.approx(expected, abs=0.9 if run[1] else 0)
            assert seen[1::2] == pytest.approx(expected[1::2], abs=0.02)
        press(one, "Draw nine new starts")
        settle(one)


def test_a_press_draws_once_more_by_mouse_and_by_keyboard(one):
    press(one, "Draw nine new starts")
    assert told(one)[0] == 2
    one.get_by_role("button", name="Draw nine new starts").focus()
    one.page.keyboard.press("Enter")
    assert told(one)[0] == 3
    one.page.keyboard.press("Space")
    draws, right, wrong = told(one)
    assert (draws, right) == (4, sum(map(in_order, numpy_draws(5, 4))))
    assert right + wrong == draws


def test_a_thousand_draws_are_counted_as_whole_numbers_count_them(one):
    press(one, "1000 times")
    press(one, "100 times")
    draws, right, wrong = told(one)
    assert draws == 1101
    assert right == sum(map(in_order, numpy_draws(5, 1101)))
    assert wrong == draws - right
    chance = count_by_sweep() / STARTS**9
    spread = np.sqrt(chance * (1 - chance) / draws)
    said = re.search(
        r"share is ([\d.]+); the exact chance is ([\d.]+), ([\d.]+) st", words(one)
    )
    assert list(map(float, said.groups())) == pytest.approx(
        [right / draws, chance, abs(right / draws - chance) / spread], rel=0.01
    )
    shares = one.evaluate(
        """one => {
            const { x, y, kept } = one.right
            const end = kept.get("share now")
            const edge = kept.get("band").getAttribute("d").match(/[\\d.]+ [\\d.]+/g)
            const [top, bottom] = [edge[edge.length / 2 - 1], edge[edge.length / 2]]
            return [x.of(end.getAttribute("cx")), y.of(end.getAttribute("cy")),
                y.of(kept.get("exact").getAttribute("d").split(/[ H]/)[1]),
                x.of(top.split(" ")[0]), y.of(top.split(" ")[1]),
                y.of(bottom.split(" ")[1])]
        }"""
    )
    many = 10_000  # where the axis ends
    spread = np.sqrt(chance * (1 - chance) / many)
    expected = [chance + 2 * spread, chance - 2 * spread]
    assert shares[0] == pytest.approx(draws, rel=0.01)
    assert shares[1:3] == pytest.approx([right / draws, chance], abs=0.004)
    assert shares[3] == pytest.approx(many, rel=0.01)
    assert shares[4:] == pytest.approx(expected, abs=0.004)


def test_many_draws_are_near_the_exact_chance(reroll):
    one = reroll("seed=1&draws=20000")
    draws, right, _ = told(one)
    chance = count_by_sweep() / STARTS**9
    assert draws == 20_000
    assert abs(right / draws - chance) < 3 * np.sqrt(chance * (1 - chance) / draws)


def test_no_slice_of_many_draws_takes_50_milliseconds(one):
    longest = one.evaluate(
        """async one => {
            let longest = 0
            const draw = one.draw
            one.draw = () => {
                const before = performance.now()
                draw.call(one)
                longest = Math.max(longest, performance.now() - before)
            }
            one.set({ draws: 30000 })
            while (one.drawn.right.length <= 30000)
                await new Promise(requestAnimationFrame)
            delete one.draw
            return longest
        }"""
    )
    assert 0 < longest < 50


CHANGES = """(one, name) => new Promise(done => {
    const seen = new Set()
    const words = one.querySelector(".gd-words")
    const watch = new MutationObserver(() => {
        seen.add(words.textContent)
        if (one.drawn.right.length <= one.state.draws) return
        watch.disconnect()
        done(seen.size)
    })
    watch.observe(words, { childList: true })
    const button = [...one.querySelectorAll("button")].find(b => b.textContent === name)
    button.click()
})"""


def test_the_draws_of_a_press_appear_one_after_the_other(one):
    assert one.evaluate(CHANGES, "1000 times") > 10


def test_under_reduced_motion_they_appear_at_once(reroll):
    one = reroll(reduced_motion="reduce")
    assert one.evaluate(CHANGES, "1000 times") == 1
    assert told(one)[0] == 1001


def test_a_finger_draws(reroll):
    one = reroll(viewport=NARROW, has_touch=True, is_mobile=True)
    one.get_by_role("button", name="Draw nine new starts").tap()
    one.get_by_role("button", name="100 times").tap()
    assert told(one)[0] == 102


def test_a_seed_typed_begins_anew(one):
    press(one, "100 times")
    settle(one)
    one.get_by_label("Seed, typed").fill("7")
    assert words(one).startswith("Draw 1 of seed 7: run 2 looks better than run 1.")
    assert told(one)[0] == 1
    press(one, "Reset")
    assert words(one).startswith("Draw 1 of seed 5")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "The seed is empty"),
        ("five", "is not a number"),
        ("1.5", "must be a whole number"),
        ("-1", "must lie from 0 to 100000"),
        ("1e400", "too large for a float"),
        ("__proto__", "is not a number"),
    ],
)
def test_what_is_mistyped_gets_a_sentence_and_changes_nothing(one, typed, said):
    press(one, "Draw nine new starts")
    before = words(one)
    field = one.get_by_label("Seed, typed")
    field.fill(typed)
    assert said in one.locator(".gd-message").inner_text()
    assert field.get_attribute("aria-invalid") == "true"
    assert words(one) == before


def test_a_link_carries_seed_and_draws(reroll, open_page):
    one = reroll()
    one.get_by_label("Seed, typed").fill("9")
    press(one, "100 times")
    before = words(one)
    press(one, "Copy link")
    again = open_page(one.page.evaluate("location.href"), viewport=WIDE)
    assert words(ready(again)) == before
    assert told(ready(again))[0] == 101


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("draws=0", "must lie from 1 to 100000"),
        ("draws=1e9", "must lie from 1 to 100000"),
        ("seed=constructor", "is not a number"),
    ],
)
def test_a_broken_link_gets_a_sentence(reroll, link, said):
    one = reroll(link)
    assert said in one.locator(".gd-message").inner_text()
    assert words(one).startswith("Draw 1 of seed 5")
    assert one.page.faults == []


def test_the_last_draw_is_the_last_that_the_buttons_draw(reroll):
    one = reroll("seed=5&draws=99950")
    settle(one)
    press(one, "100 times")
    message = one.locator(".gd-message")
    assert "must lie from 1 to 100000, not 100050" in message.inner_text()
    assert told(one)[0] == 99_950


def test_the_live_picture_fits_into_its_room(reroll):
    one = reroll()
    for width in (1280, 800, 390, 320):
        one.page.set_viewport_size({"width": width, "height": 900})
        room, live, reserved = one.evaluate(
            """one => [one.stage.offsetHeight, one.live.offsetHeight,
            parseFloat(getComputedStyle(one.stage).minHeight)]"""
        )
        assert room == pytest.approx(reserved, abs=1), width
        assert live <= room <= 1.12 * live + 20, width
        wide = one.evaluate("one => one.live.scrollWidth <= one.live.clientWidth")
        assert wide, width


def test_who_listens_hears_what_came_to_rest(one):
    press(one, "100 times")
    settle(one)
    one.page.wait_for_timeout(900)
    assert one.locator("[role=status]").inner_text() == words(one)


def test_the_table_of_places_is_one_to_those_who_listen(one):
    table = one.get_by_role("table", name="Place from equal starts → in this draw")
    heads = table.get_by_role("columnheader").all_text_contents()
    assert [head.strip() for head in heads] == [
        "Epochs",
        "LR 0.1",
        "LR 0.01",
        "LR 0.001",
    ]
    rows = table.get_by_role("rowheader").all_text_contents()
    assert [row.strip() for row in rows] == ["100", "500", "1000"]


def test_paper_gets_the_figure(reroll):
    one = reroll(color_scheme="dark")
    one.page.emulate_media(media="print", color_scheme="dark")
    assert not one.locator(".gd-live").is_visible()
    assert one.locator("img[src$='#only-light']").is_visible()


def test_draws_end_when_the_reader_leaves(reroll):
    one = reroll()
    counts = one.evaluate(
        """async one => {
            one.set({ draws: 100000 })
            await new Promise(requestAnimationFrame)
            await new Promise(requestAnimationFrame)
            const { right } = one.drawn
            one.remove()
            const before = right.length
            await new Promise(done => setTimeout(done, 200))
            return [before, right.length]
        }"""
    )
    assert counts[0] == counts[1] < 100_000
