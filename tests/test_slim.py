"""A lighter page says and shows the same."""

import html
import re

import pytest
from building import ROOT

from cache import Cache
from slim import slim_code, slim_page, slim_script, slim_scripts

CODE = (
    '<div class="language-python highlight"><pre><span></span><code>'
    '<span class="k">def</span><span class="w"> </span><span class="nf">f</span>'
    '<span class="p">(</span><span class="n">x</span><span class="p">):</span>\n'
    '    <span class="k">return</span> <span class="p">(</span><span class="n">x</span>'
    ' <span class="o">-</span> <span class="mf">0.5</span><span class="p">)</span>'
    ' <span class="o">*</span> <span class="p">(</span><span class="n">x</span>\n\n\n'
    '<span class="n">y</span></code></pre></div>'
)
PAGE = f"""<!doctype html>

  <body>


    <p>One <b>two</b>
       three</p>
    {CODE}
    <pre>a

      b</pre>
    <script>
      let a = "x

y"
    </script>
  </body>
"""


def slim(page):
    return slim_page(slim_code(page))


def text(page):
    return html.unescape(re.sub(r"<[^>]*>", "", page))


def inside(tag, page):
    return re.findall(rf"<{tag}\b.*?</{tag}>", page, re.DOTALL)


def test_it_is_shorter():
    assert len(slim(PAGE)) < 0.8 * len(PAGE)


def test_words_stay_apart_and_in_order():
    assert text(slim(PAGE)).split() == text(PAGE).split()


def test_code_reads_the_same():
    assert list(map(text, inside("pre", slim(PAGE)))) == list(
        map(text, inside("pre", PAGE))
    )


def test_names_have_no_tag_and_signs_that_meet_share_one():
    code = slim(CODE)
    assert 'return</span> <span class="p">(</span>x <span' in code
    assert '<span class="p">) * (</span>' in code


def test_scripts_and_preformatted_text_are_untouched():
    assert inside("script", slim(PAGE)) == inside("script", PAGE)
    assert inside("pre", slim(PAGE))[1] == inside("pre", PAGE)[1]


def test_a_slim_page_cannot_be_made_slimmer():
    assert slim(slim(PAGE)) == slim(PAGE)


@pytest.mark.parametrize(
    ("one", "other"),
    [("hl-operator-color", "hl-punctuation-color"), ("hl-name-color", "fg-color")],
    ids=["operators and brackets", "names and code"],
)
def test_what_loses_its_tag_has_the_colour_of_its_neighbours(one, other):
    css = (ROOT / "docs/assets/css/site.css").read_text(encoding="utf-8")
    values = [
        re.findall(rf"--md-code-{name}:\s*([^;]*);", css) for name in (one, other)
    ]
    assert values[0]
    assert values[0] == values[1]


@pytest.mark.parametrize(
    ("code", "slim"),
    [
        ("// What it is for.\nlet a = 1\n", "let a=1"),
        ("let a = 1 // one\nlet b = 2\n", "let a=1\nlet b=2"),
        ("/** Adds\n * all. */\nadd(a,\n  b)\n", "add(a,b)"),
        ("const f = (a, b) => a + +b - -a\n", "const f=(a,b)=>a+ +b- -a"),
        (
            "for (const one in all) {\n  say(one)\n}\n",
            "for(const one in all){say(one)}",
        ),
        ("say(`a  // ${b ? `: ${c}` : ``}  d`)", "say(`a  // ${b?`: ${c}`:``}  d`)"),
        ('say("a  // b")', 'say("a  // b")'),
        ("let r = /[/*] /g // r\n;[a] = [1]", "let r= /[/*] /g\n;[a]=[1]"),
        ("a /* b */ in c", "a in c"),
    ],
)
def test_scripts_lose_comments_and_needless_blanks_only(code, slim):
    assert slim_script(code) == slim


def test_every_script_of_a_site_is_slimmed(tmp_path):
    folder = tmp_path / "assets" / "js"
    folder.mkdir(parents=True)
    for name in ("a.js", "b.js"):
        (folder / name).write_text("let x = 1 // −\n", encoding="utf-8")
    slim_scripts(tmp_path, Cache(tmp_path / "cache"))
    assert [one.read_text(encoding="utf-8") for one in folder.iterdir()] == [
        "let x=1"
    ] * 2
