"""Outputs, figures and captions find their place on the page."""

import pytest

import pages

BLOCK = (
    '<div class="language-python highlight"><pre><span></span><code>{}'
    "</code></pre></div>"
)
FIGURE = {
    "alt": 'a "line"',
    "light": "<svg/>",
    "dark": "<svg/>",
    "width": 461,
    "height": 288,
}


def result(output="", figures=0):
    return {"output": output, "figures": [FIGURE] * figures}


def place(content, results):
    return pages.add_results(
        content,
        results,
        "docs/a.md",
        lambda number, palette: f"a-{number}-{palette}.svg",
    )


def test_output_stands_below_its_own_block():
    made = place(
        BLOCK.format(1) + "<p>x</p>" + BLOCK.format(2), [result(), result("2 < 3\n")]
    )
    assert made.index("2 &lt; 3") > made.index("<code>2")
    assert made.count("gd-output__label") == 1


def test_a_figure_takes_the_paragraph_below_as_caption():
    made = place(
        BLOCK.format(1) + "\n<p>Figure: <em>Notice</em> this.</p>", [result("", 1)]
    )
    assert "<figcaption><b>Figure 1.</b> <em>Notice</em> this.</figcaption>" in made
    assert 'src="a-1-light.svg#only-light"' in made
    assert 'src="a-1-dark.svg#only-dark"' in made
    assert 'alt="a &quot;line&quot;"' in made
    assert made.count('loading="lazy"') == 2
    assert 'width="461" height="288"' in made
    assert "<p>Figure" not in made


def test_figures_are_numbered_through_the_page():
    caption = "<p>Figure: c</p>"
    made = place(
        BLOCK.format(1) + caption * 2 + BLOCK.format(2) + caption,
        [result("", 2), result("", 1)],
    )
    assert [made.count(f"<b>Figure {n}.</b>") for n in (1, 2, 3, 4)] == [1, 1, 1, 0]


def test_a_figure_without_caption_is_refused():
    with pytest.raises(pages.PageError, match=r"docs/a.md: figure 1 has no caption"):
        place(BLOCK.format(1) + "<p>Text.</p>", [result("", 1)])


def test_a_caption_without_figure_is_refused():
    with pytest.raises(pages.PageError, match="no figure above it"):
        place(BLOCK.format(1) + "<p>Figure: c</p>", [result()])


def test_blocks_and_results_must_be_equally_many():
    with pytest.raises(
        pages.PageError, match="2 blocks are shown as Python, 1 were run"
    ):
        place(BLOCK.format(1) * 2, [result()])


def test_tables_scroll_by_keyboard_and_have_names_of_their_own():
    made = pages.wrap_tables("<table><tr></tr></table><table></table>")
    assert made.count('tabindex="0"') == 2
    assert 'aria-label="Table 1"' in made
    assert 'aria-label="Table 2"' in made


def playable(attributes):
    caption = f"<p{attributes}>Figure: c</p>"
    return place(BLOCK.format(1) + caption + "<p>on</p>", [result("out", 1)])


def test_a_caption_may_ask_for_a_figure_to_play_with():
    made = playable(' explorable="descent" x0="-2" function="double well"')
    element = made[made.index("<gd-descent") : made.index("</gd-descent>")]
    assert element.startswith('<gd-descent x0="-2" function="double well"><figure')
    stage = element[element.index('<div class="gd-stage">') : element.index("</div>")]
    assert stage.count("<img ") == 2
    assert element.endswith("<b>Figure 1.</b> c</figcaption></figure>")
    assert made.index("<code>1") < made.index(">out") < made.index("<gd-descent")
    assert "place=" not in made


def test_a_figure_may_stand_above_its_program():
    made = playable(' explorable="descent" place="above"')
    assert made.index("<gd-descent><figure") < made.index("<code>1")
    assert made.index("</gd-descent>") < made.index("<code>1") < made.index(">out")
    assert "above" not in made


def test_an_explorable_that_is_not_there_names_the_page():
    with pytest.raises(pages.PageError, match=r"docs/a\.md: .*«dessert»"):
        playable(' explorable="dessert"')


def test_each_kind_of_explorable_brings_its_script_once():
    content = (
        "<gd-descent></gd-descent><gd-descent x></gd-descent><gd-slope></gd-slope>"
    )
    made = pages.scripts_html(content, lambda file: f"../{file}")
    assert made.count("<script ") == 2
    assert '<script type="module" src="../assets/js/gd-descent.js"></script>' in made
    assert '<script type="module" src="../assets/js/gd-slope.js"></script>' in made
    assert pages.scripts_html("<p>gd-descent</p>", str) == ""
