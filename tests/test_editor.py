"""The editor of a program: as it looks, by keyboard and by touch; edits; links."""

import base64
import re
import time
import zlib
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import markdown
import material
import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import NARROW, WIDE
from building import ROOT

THEME = Path(material.__file__).parent / "templates" / "assets" / "stylesheets"
STYLES = [
    *sorted(THEME.glob("main.*.min.css")),
    *sorted(THEME.glob("palette.*.min.css")),
    ROOT / "docs" / "assets" / "css" / "site.css",
    ROOT / "docs" / "assets" / "css" / "run.css",
]
SCHEMES = {"light": "default", "dark": "slate"}

# A word of every kind that the site's code has a colour for.
PROGRAM = '''\
"""What it is for."""

import numpy as np
import matplotlib.pyplot as plt
from numpy import vectorize
from gd_tutorial import gradient_descent, parabola as p


@vectorize
def f(x: float, *rest, **named) -> float:
    """Say what it does."""
    if x is None or not x >= 1e-3 and True:  # a comment
        raise ValueError("one\\ttwo" + 'x′ = ½')
    return (lambda y: -y**2 % 3 // 2 / 0x1F)(x) + rest[0] @ named["a"]


class Way(tuple):
    steps: int = 30

    def __len__(self):
        return len(self.steps)


path = gradient_descent(f, x0=-2.0, lr=0.1, epochs=Way.steps)
for k, (a, b) in enumerate({1: [2, ...]}):
    with plt.rc_context(), np.errstate(all="ignore"):
        path[k] *= a != b
    print(f"epoch {k:>3}: x = {path[k]:.3f} {a!r} {b=}", sep="", end="\\n")
assert not isinstance(path, type), r"\\d"
print("a line that goes on and on " * 2, "and is far too long for a telephone", 1)
'''
LABEL = "Program 3: the learning rate"
TEXTBOX = "[role=textbox]"

EDIT = """async ([code, label]) => {
    const { edit } = await import("/js/editor.js")
    window.changes = []
    window.runs = 0
    window.editor = edit(document.querySelector("#host"), code, {
        label, change: code => changes.push(code), run: () => runs++,
    })
}"""
STILL = """() => new Promise(done =>
    requestAnimationFrame(() => requestAnimationFrame(done)))"""

# Of each sign that shows: its colour and place; and the room that the whole takes.
SEEN = """async ([text, box]) => {
    const signs = [], range = document.createRange()
    const walk = document.createTreeWalker(document.querySelector(text), 4)
    while (walk.nextNode()) {
        const node = walk.currentNode
        const { color } = getComputedStyle(node.parentNode)
        for (let i = 0; i < node.length; i++) {
            range.setStart(node, i)
            range.setEnd(node, i + 1)
            const { x, y } = range.getBoundingClientRect()
            if (node.data[i].trim()) signs.push([node.data[i], color, x, y])
        }
    }
    const { x, y, width, height } = document.querySelector(box).getBoundingClientRect()
    return [signs, [x, y, width, height]]
}"""


@pytest.fixture(scope="module")
def styles():
    return "".join(file.read_text(encoding="utf-8") for file in STYLES)


@pytest.fixture(scope="module")
def shared(browser, workshop):
    """One page for all tests that do no more than lay something on it."""
    page = browser.new_page()
    page.goto(workshop)
    yield page
    page.close()


@pytest.fixture
def fresh(browser, workshop):
    """A page of its own for a test that changes what a page is."""
    page = browser.new_page()
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.goto(workshop)
    yield page
    page.close()


@pytest.fixture
def desk(shared, styles):
    """A page with the block of a program, in the site's clothes, and a place below."""

    def desk(code=PROGRAM, scheme="light", viewport=WIDE, page=shared):
        page.set_viewport_size(viewport)
        block = markdown.markdown(
            f"```python\n{code}```",
            extensions=["pymdownx.superfences", "pymdownx.highlight"],
            extension_configs={"pymdownx.highlight": {"pygments_lang_class": True}},
        )
        page.set_content(
            f"""<!doctype html><html lang="en"><title>Desk</title>
            <meta name="viewport" content="width=device-width">
            <style>{styles}</style>
            <body data-md-color-scheme="{SCHEMES[scheme]}"
                  data-md-color-primary="custom" data-md-color-accent="custom">
            <div><main class="md-typeset" style="max-width: 40rem; padding: 1rem">
            <h1>Desk</h1><button id="before">Before</button>
            {block}<div id="host"></div>
            <button id="after">After</button></main></div>"""
        )
        return page

    return desk


@pytest.fixture
def editor(desk):
    """The same page once the reader has pressed Edit."""

    def editor(code=PROGRAM, **options):
        page = desk(**options)
        page.evaluate("document.querySelector('.highlight').remove()")
        page.evaluate(EDIT, [code, LABEL])
        page.evaluate(STILL)
        return page

    return editor


def code(page):
    return page.evaluate("editor.code")


# ------------------------------------------------------------------------------- looks


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_editor_shows_each_sign_where_and_as_the_page_does(desk, scheme, viewport):
    page = desk(scheme=scheme, viewport=viewport)
    before, room = page.evaluate(SEEN, [".highlight code", ".highlight"])
    page.evaluate("document.querySelector('.highlight').style.display = 'none'")
    page.evaluate(EDIT, [PROGRAM, LABEL])
    page.evaluate(STILL)
    after, taken = page.evaluate(SEEN, [TEXTBOX, "#host"])
    assert taken == pytest.approx(room, abs=0.1)
    assert len(before) > 600
    assert [one[:2] for one in after] == [one[:2] for one in before]
    assert len({colour for _, colour, *_ in before}) >= 7
    for one, other in zip(after, before, strict=True):
        assert one[2:] == pytest.approx(other[2:], abs=0.3), one


def test_a_long_line_scrolls_inside(editor):
    page = editor(viewport=NARROW)
    page.evaluate("document.querySelector('main').style.display = 'grid'")
    inner = page.locator(".cm-scroller")
    assert inner.evaluate("node => node.scrollWidth > node.clientWidth + 100")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_long_program_far_from_view_is_drawn_whole(desk):
    lines = [f"x{n} = {n}" for n in range(400)]
    text = "".join(f"{line}\n" for line in lines)
    page = desk(text)
    room = page.evaluate(SEEN, [".highlight code", ".highlight"])[1]
    page.evaluate("document.querySelector('#host').style.marginTop = '5000px'")
    page.evaluate(EDIT, [text, LABEL])
    page.evaluate(STILL)
    taken = page.evaluate(SEEN, [TEXTBOX, "#host"])[1]
    assert taken[2:] == pytest.approx(room[2:], abs=0.1)
    assert page.locator(".cm-line").all_text_contents() == lines
    page.evaluate("scrollTo(0, 1e6)")
    page.evaluate(STILL)
    assert page.evaluate(SEEN, [TEXTBOX, "#host"])[1][2:] == taken[2:]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing(editor, scheme):
    page = editor(scheme=scheme, viewport=NARROW)
    page.evaluate("editor.focus()")
    page.evaluate(STILL)
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []


def test_an_open_bracket_and_its_partner_are_outlined(editor):
    page = editor("print(1)\n")
    page.locator(TEXTBOX).press("Control+End")
    page.wait_for_selector(".cm-matchingBracket")
    marked = page.locator(".cm-matchingBracket")
    assert marked.all_inner_texts() == ["(", ")"]
    assert marked.first.evaluate("node => getComputedStyle(node).outlineStyle") == (
        "solid"
    )


@pytest.mark.parametrize("forced", ["none", "active"])
def test_the_reader_sees_where_the_keyboard_is(editor, forced):
    page = editor()
    page.emulate_media(forced_colors=forced)
    ring = """() => {
        const style = getComputedStyle(document.querySelector(".cm-editor"))
        return [style.outlineStyle, parseFloat(style.outlineWidth)]
    }"""
    assert page.evaluate(ring) == ["solid", 1]
    page.evaluate("editor.focus()")
    page.wait_for_selector(".cm-focused")
    assert page.evaluate(ring) == ["solid", 2]


# ---------------------------------------------------------------------------- keyboard


def test_what_is_typed_is_the_code_and_is_told(editor):
    page = editor("x = 1\n")
    page.locator(TEXTBOX).press("Control+End")
    page.keyboard.type("0")
    assert code(page) == "x = 10\n"
    assert page.evaluate("changes") == ["x = 10\n"]


@pytest.mark.parametrize("text", ["", "\n", "x", "x\n", "x\n\n", "\n\nx = '½ 🙂'"])
def test_what_is_not_edited_stays_as_it_is(editor, text):
    page = editor(text)
    assert code(page) == text
    page.evaluate("text => { editor.code = 'else\\n'; editor.code = text }", text)
    assert code(page) == text


def test_line_ends_of_other_systems_become_those_of_the_page(editor):
    assert code(editor("x = 1\r\ny = 2\r\n")) == "x = 1\ny = 2\n"


def test_control_enter_runs_and_writes_nothing(editor):
    page = editor("x = 1\n")
    page.locator(TEXTBOX).press("Control+Enter")
    assert page.evaluate("runs") == 1
    assert code(page) == "x = 1\n"
    assert page.evaluate("changes") == []


def test_tab_leaves_both_ways_and_writes_nothing(editor):
    page = editor("x = 1\n")
    focused = "document.activeElement.id || document.activeElement.role"
    page.locator("#before").focus()
    for key, place in [
        ("Tab", "textbox"),
        ("Tab", "after"),
        ("Shift+Tab", "textbox"),
        ("Shift+Tab", "before"),
    ]:
        page.keyboard.press(key)
        assert page.evaluate(focused) == place
    assert code(page) == "x = 1\n"


def test_lines_are_indented_as_python_wants_them(editor):
    page = editor("for k in range(3):\n")
    page.locator(TEXTBOX).press("Control+End")
    page.keyboard.press("Enter")
    page.keyboard.type("if k:")
    page.keyboard.press("Enter")
    page.keyboard.type("print(k)")
    assert code(page) == "for k in range(3):\n    if k:\n        print(k)\n"
    page.keyboard.press("Enter")
    page.keyboard.press("Backspace")
    page.keyboard.type("else:")
    assert code(page).endswith("print(k)\n    else:\n")
    page.keyboard.press("Control+]")
    assert code(page).endswith("print(k)\n        else:\n")
    page.keyboard.press("Control+[")
    page.keyboard.press("Control+[")
    assert code(page).endswith("print(k)\nelse:\n")


def test_undo_and_redo(editor):
    page = editor("x = 1\n")
    page.locator(TEXTBOX).press("Control+End")
    page.keyboard.type("0")
    page.keyboard.press("Control+z")
    assert code(page) == "x = 1\n"
    page.keyboard.press("Control+y")
    assert code(page) == "x = 10\n"
    assert page.evaluate("changes") == ["x = 10\n", "x = 1\n", "x = 10\n"]


def test_code_that_is_set_is_not_told_and_can_be_undone(editor):
    page = editor("x = 1\n")
    page.evaluate("editor.code = 'y = 2\\n'")
    assert code(page) == "y = 2\n"
    assert page.evaluate("changes") == []
    page.locator(TEXTBOX).press("Control+z")
    assert code(page) == "x = 1\n"


def test_the_name_and_the_keys_are_told(editor):
    page = editor()
    box = page.get_by_role("textbox", name=LABEL, exact=True)
    assert box.get_attribute("aria-multiline") == "true"
    told = page.locator(f"#{box.get_attribute('aria-describedby')}").text_content()
    assert {"Ctrl+Enter", "Tab", "Ctrl+]", "Ctrl+["} <= set(re.split(r"[ ,]+", told))


def test_a_finger_puts_the_cursor_where_it_taps(editor, open_page, workshop):
    phone = open_page(workshop, has_touch=True, is_mobile=True)
    page = editor("x = 1\ny = 2\n", viewport=NARROW, page=phone)
    page.locator(".cm-line").nth(1).tap()
    page.keyboard.press("End")
    page.keyboard.type("0")
    assert code(page) == "x = 1\ny = 20\n"


def test_what_is_pasted_stays_text(editor):
    page = editor("")
    page.locator(TEXTBOX).focus()
    page.keyboard.insert_text("<img src=x onerror=alert(1)>")
    assert code(page) == "<img src=x onerror=alert(1)>"
    assert page.locator("#host img").count() == 0


def test_the_end_leaves_nothing_behind(desk, fresh):
    page = desk(page=fresh)
    page.evaluate(
        """() => {
            window.listeners = []
            for (const target of [window, document]) {
                const { addEventListener, removeEventListener } = target
                target.addEventListener = (type, act, ...rest) => {
                    listeners.push([target, type, act])
                    addEventListener.call(target, type, act, ...rest)
                }
                target.removeEventListener = (type, act, ...rest) => {
                    listeners = listeners.filter(
                        one => one[0] !== target || one[1] !== type || one[2] !== act)
                    removeEventListener.call(target, type, act, ...rest)
                }
            }
        }"""
    )
    page.evaluate(EDIT, [PROGRAM, LABEL])
    page.locator(TEXTBOX).press("Control+End")
    page.keyboard.type("1")
    assert page.evaluate("listeners.length") > 0
    page.evaluate("editor.end()")
    assert page.evaluate("listeners.map(one => one[1])") == []
    host = page.locator("#host").evaluate("node => node.outerHTML")
    assert host in ('<div id="host"></div>', '<div id="host" class=""></div>')
    assert page.faults == []


def test_several_editors_keep_apart(editor):
    page = editor("x = 1\n")
    page.evaluate("window.first = editor")
    page.evaluate("document.querySelector('#host').id = 'other'")
    page.evaluate("document.querySelector('main').append(document.createElement('p'))")
    page.evaluate("document.querySelector('main > p').id = 'host'")
    page.evaluate(EDIT, ["y = 2\n", "Another program"])
    page.get_by_role("textbox", name="Another program").press("Control+End")
    page.keyboard.type("0")
    assert page.evaluate("[first.code, editor.code]") == ["x = 1\n", "y = 20\n"]
    ids = page.locator(".gd-editor [id]").evaluate_all("all => all.map(one => one.id)")
    assert len(ids) == len(set(ids)) == 2


# ------------------------------------------------------------------------------- edits

EDITS = """async steps => {
    const edits = await import("/js/edits.js")
    return steps.map(([name, ...rest]) => edits[name](...rest) ?? null)
}"""


NO = "() => { throw new DOMException('no', 'SecurityError') }"
EACH = "for (const key of Object.keys(sessionStorage)) sessionStorage[key] ="
HARMS = {
    "forbidden": f"Object.defineProperty(window, 'sessionStorage', {{ get: {NO} }})",
    "absent": "Object.defineProperty(window, 'sessionStorage', { value: null })",
    "silent": f"Storage.prototype.getItem = {NO}",
    "broken": f"for (const act of ['get', 'set', 'remove'])"
    f" Storage.prototype[act + 'Item'] = {NO}",
    "torn": f"{EACH} '{{'",
    "empty": f"{EACH} 'null'",
    "strange": f"""{EACH} '{{"from":"x","code":1}}'""",
}


def test_an_edit_is_kept_until_it_is_dropped(fresh):
    steps = [
        ["kept", 1, "x\n"],
        ["keep", 1, "x\n", "y ½\n"],
        ["kept", 1, "x\n"],
        ["kept", 2, "x\n"],
    ]
    assert fresh.evaluate(EDITS, steps) == [None, None, "y ½\n", None]
    fresh.reload()
    after = [["kept", 1, "x\n"], ["drop", 1], ["kept", 1, "x\n"]]
    assert fresh.evaluate(EDITS, after) == ["y ½\n", None, None]


def test_an_edit_belongs_to_one_page(fresh):
    fresh.evaluate(EDITS, [["keep", 1, "x", "y"]])
    fresh.evaluate("history.pushState(null, '', '/learn/rate/')")
    assert fresh.evaluate(EDITS, [["kept", 1, "x"]]) == [None]
    fresh.evaluate("history.pushState(null, '', '/?q=1#here')")
    assert fresh.evaluate(EDITS, [["kept", 1, "x"]]) == ["y"]


def test_an_edit_of_another_original_is_not_shown(fresh):
    steps = [["keep", 1, "x", "y"], ["kept", 1, "another x"]]
    assert fresh.evaluate(EDITS, steps)[-1] is None


def test_the_original_is_no_edit(fresh):
    steps = [["keep", 1, "x", "y"], ["keep", 1, "x", "x"], ["kept", 1, "x"]]
    assert fresh.evaluate(EDITS, steps)[-1] is None
    assert fresh.evaluate("sessionStorage.length") == 0


@pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS)
def test_a_storage_that_fails_is_no_fault(fresh, harm):
    fresh.evaluate(EDITS, [["keep", 1, "x", "y"]])
    fresh.evaluate(f"() => {{ {harm} }}")
    assert fresh.evaluate(EDITS, [["kept", 1, "x"]]) == [None]
    fresh.evaluate(EDITS, [["keep", 1, "x", "z"], ["drop", 1]])
    assert fresh.faults == []


def test_a_full_storage_keeps_no_old_edit(fresh):
    big = "z" * 6_000_000
    steps = [["keep", 1, "x", "y"], ["keep", 1, "x", big], ["kept", 1, "x"]]
    assert fresh.evaluate(EDITS, steps)[-1] is None


# ------------------------------------------------------------------------------- links

LINK_TO = """([program, code]) =>
    import("/js/edits.js").then(edits => edits.linkTo(program, code))"""
FROM_LINK = """async search => {
    const { fromLink } = await import("/js/edits.js")
    return fromLink(search).then(
        found => found ?? null, error => ({ name: error.name, said: error.message }))
}"""


def packed(text):
    """A program as a link carries it, made without the site's scripts."""
    data = text if isinstance(text, bytes) else text.encode()
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = deflate.compress(data) + deflate.flush()
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def search(sent, program="3"):
    return f"?program={program}&code={sent}"


@pytest.mark.parametrize(
    "text",
    ["", "x = 1\n", PROGRAM, "\ufeffβ = '½ 🙂 \u2028'\r\n\t\0", "x" * 100_000],
    ids=["empty", "short", "long", "unicode", "limit"],
)
def test_a_link_brings_back_the_program(shared, text):
    shared.evaluate("history.replaceState(null, '', '/learn/rate/?figure=a#b')")
    link = urlsplit(shared.evaluate(LINK_TO, [3, text]))
    assert link.path == "/learn/rate/"
    assert link.fragment == "program-3"
    query = parse_qs(link.query, keep_blank_values=True)
    assert set(query) == {"program", "code"}
    assert re.fullmatch(r"[\w-]*", query["code"][0], re.ASCII)
    sent = query["code"][0]
    data = base64.urlsafe_b64decode(sent + "=" * (-len(sent) % 4))
    assert zlib.decompress(data, -15).decode() == text
    there = shared.evaluate(FROM_LINK, f"?{link.query}")
    assert there == {"program": 3, "code": text}


def test_a_link_made_elsewhere_is_read(shared):
    found = shared.evaluate(FROM_LINK, search(packed(PROGRAM), program=12))
    assert found == {"program": 12, "code": PROGRAM}


@pytest.mark.parametrize("query", ["", "?", "?figure=a&lr=1", "?program=3", "?code=ab"])
def test_other_links_carry_no_program(shared, query):
    assert shared.evaluate(FROM_LINK, query) is None


@pytest.mark.parametrize(
    "query",
    [
        search(packed(PROGRAM)[:-4]),
        search(packed(PROGRAM)[:100]),
        search(packed("x = 1")[:5]),
        search(packed(PROGRAM) + "AAAA"),
        search(""),
        search("%00"),
        search("no:base64"),
        search("_____"),
        search(packed(b"\xff\xfe\xfa")),
        search(packed("½".encode()[:1])),
        search(packed("x"), program="0"),
        search(packed("x"), program="-1"),
        search(packed("x"), program="1e3"),
        search(packed("x"), program="three"),
        search(packed("x"), program="9" * 40),
    ],
)
def test_a_damaged_link_is_refused_with_a_sentence(shared, query):
    found = shared.evaluate(FROM_LINK, query)
    assert found["name"] == "RangeError"
    assert found["said"].startswith("The program in this link is damaged")


def test_a_program_too_long_for_a_link_is_refused_both_ways(shared):
    text = "x" * 100_001
    found = shared.evaluate(FROM_LINK, search(packed(text)))
    assert found["name"] == "RangeError"
    assert "100,000 characters" in found["said"]
    said = shared.evaluate(
        "async text => (await import('/js/edits.js')).linkTo(1, text).catch(String)",
        text,
    )
    assert said.startswith("RangeError: ")
    assert "100,000 characters" in said


@pytest.mark.parametrize("sign", ["\0", "🙂"], ids=["zeros", "signs"])
def test_a_bomb_is_not_inflated(fresh, sign):
    """Of a link that stands for 64 MB, next to nothing is handed on."""
    sent = packed(sign.encode() * (2**26 // len(sign.encode())))
    fresh.evaluate(
        """() => {
            window.given = 0
            const { prototype } = ReadableStreamDefaultController
            const { enqueue } = prototype
            prototype.enqueue = function (part) {
                given += part.length
                return enqueue.call(this, part)
            }
        }"""
    )
    begun = time.perf_counter()
    found = fresh.evaluate(FROM_LINK, search(sent))
    assert time.perf_counter() - begun < 2
    assert found["name"] == "RangeError"
    assert "100,000 characters" in found["said"]
    assert 0 < fresh.evaluate("given") < 5000 < len(sent)
