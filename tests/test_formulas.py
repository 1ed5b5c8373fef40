"""Formulas are typeset while the site is built, and can be searched and read aloud."""

import html
import json
import re
from html.parser import HTMLParser

import pytest
from building import ROOT

import formulas
from formulas import FormulaError, count, plain_text, to_html, to_plain_text

INLINE = '<p>Let <span class="arithmatex">\\(x_k &lt; \\eta\\)</span> be.</p>'
DISPLAY = '<div class="arithmatex">\\[\ne_{k+1} = (1 - 2\\eta)\\, e_k\n\\]</div>'

PLAIN = {
    r"x_{k+1} = x_k - \eta f'(x_k)": "x_(k+1) = x_k − η f′(x_k)",
    r"x_{k+1} = x_k - \text{lr} \cdot f'(x_k)": "x_(k+1) = x_k − lr · f′(x_k)",
    r"x_k = x^* + (1 - 2\,\mathrm{lr})^k (x_0 - x^*)": (
        "x_k = x* + (1 − 2 lr)^k (x₀ − x*)"
    ),
    r"\frac{1}{L}": "1/L",
    r"\tfrac12 x^2": "1/2 x²",
    r"\frac{f(x+h) - f(x-h)}{2h}": "(f(x + h) − f(x − h))/(2h)",
    r"\frac{x^4}{4} - \frac{x^2}{2}": "x⁴/4 − x²/2",
    r"f''(x^*) > 0": "f″(x*) > 0",
    r"\lvert 1 - 2\eta \rvert < 1": "|1 − 2η| < 1",
    r"\log_{10} \lvert x_k - x^* \rvert": "log₁₀|x_k − x*|",
    r"k \ge \left\lceil \frac{\log(\varepsilon/|e_0|)}{\log|1-2\eta|} \right\rceil": (
        "k ≥ ⌈log(ε/|e₀|)/log|1 − 2η|⌉"
    ),
    r"\sqrt{(1 + \eta)/\eta}": "√((1 + η)/η)",
    r"e^{-x^2}": "e^(−x²)",
    r"3.2 \times 10^{-10}": "3.2 × 10⁻¹⁰",
    r"\cos 2\pi x + x^2": "cos 2πx + x²",
    r"x \in \mathbb{R}": "x ∈ ℝ",
    r"-2, 3, -2, \dots": "−2, 3, −2, …",
    r"\lim_{h \to 0} \frac{f(x+h) - f(x)}{h}": "lim_(h→0) (f(x + h) − f(x))/h",
    r"|x_k| = |1 - 2\eta|^k \cdot |x_0| + k": "|x_k| = |1 − 2η|^k · |x₀| + k",
    r"f(x) = \tfrac{L}{2}(x - x^*)^2": "f(x) = L/2 (x − x*)²",
    r"\begin{aligned} a \\[2ex] b \end{aligned}": "a; b",
    r"\sum_{k=0}^{n} a_k": "∑_(k=0)ⁿ a_k",
    r"\begin{aligned} a &= b + c \\ &= d \end{aligned}": "a = b + c = d",
    r"f(x) = \begin{cases} x & \text{if } x > 0 \\ -x & \text{else} \end{cases}": (
        "f(x) = x, if x > 0; −x, else"
    ),
}


@pytest.mark.parametrize("tex", PLAIN)
def test_plain_text_reads_as_one_would_write_it(tex):
    assert plain_text(tex) == PLAIN[tex]


def test_search_index_gets_the_plain_text_once():
    made = to_plain_text(INLINE, "docs/a.md")
    text = html.unescape(re.sub("<[^>]*>", "", made))
    assert text == "Let x_k < η be."


def test_page_gets_mathml_for_screen_readers_and_hides_the_rest_from_them():
    made = to_html(to_plain_text(INLINE, "docs/a.md"))
    assert made.count("<math ") == 1
    assert made.count('class="katex-html" aria-hidden="true"') == 1


@pytest.mark.parametrize("content", [INLINE, DISPLAY])
def test_page_keeps_no_tex(content):
    made = to_html(to_plain_text(content, "docs/a.md"))
    assert "\\" not in made
    assert "$" not in made
    assert "annotation" not in made


def test_formula_on_its_own_line_can_be_scrolled_by_keyboard():
    made = to_html(to_plain_text(DISPLAY, "docs/a.md"))
    box = re.match(r"<div [^>]*>", made).group()
    assert 'tabindex="0"' in box
    assert "role=" in box
    assert "aria-label=" in box


@pytest.mark.parametrize("content", [INLINE, DISPLAY])
def test_mathematics_is_noticed_in_both_forms(content):
    assert count(content) == 1
    assert count(to_plain_text(content, "docs/a.md")) == 1


def test_page_without_mathematics_has_none():
    assert not count("<p>From 5 to 10 dollars</p>")


@pytest.mark.parametrize(
    "tex",
    [
        r"\frac{1}",
        r"\fraq{1}{2}",
        r"a_b_c",
        r"\left( x",
        r"\begin{aligned} x",
        r"é",
        r"\\ x \href{https://example.org}{y}",
    ],
)
def test_formula_that_does_not_parse_is_refused(tex):
    with pytest.raises(FormulaError):
        to_plain_text(f'<span class="arithmatex">\\({tex}\\)</span>', "docs/a.md")


def test_refusal_names_the_page_and_the_formula():
    with pytest.raises(FormulaError, match=r"^docs/a\.md: .*\\fraq"):
        to_plain_text(r'<span class="arithmatex">\(\fraq\)</span>', "docs/a.md")


def test_formula_is_typeset_once(monkeypatch):
    to_plain_text(INLINE, "docs/a.md")
    monkeypatch.setattr(formulas, "engine", lambda: pytest.fail("typeset again"))
    assert "katex" in to_html(to_plain_text(INLINE, "docs/b.md"))


def test_a_later_build_need_not_typeset_again(monkeypatch, tmp_path):
    made = to_html(to_plain_text(INLINE, "docs/a.md"))
    formulas.remember(tmp_path)
    monkeypatch.setattr(formulas, "known", {})
    monkeypatch.setattr(formulas, "engine", lambda: pytest.fail("typeset again"))
    formulas.recall(tmp_path)
    assert to_html(to_plain_text(INLINE, "docs/a.md")) == made


def test_another_katex_typesets_again(monkeypatch, tmp_path):
    to_plain_text(INLINE, "docs/a.md")
    formulas.remember(tmp_path)
    other = tmp_path / "katex.min.js"
    other.write_text("// another")
    monkeypatch.setattr(formulas, "KATEX", other)
    monkeypatch.setattr(formulas, "known", {})
    formulas.recall(tmp_path)
    assert formulas.known == {}


# ------------------------------------------------------------ the formulas of the site

FACES = {
    "mathnormal": "Math-Italic",
    "mathit": "Main-Italic",
    "textit": "Main-Italic",
    "mathbf": "Main-Bold",
    "textbf": "Main-Bold",
    "mathbb": "AMS-Regular",
    "amsrm": "AMS-Regular",
    "mathcal": "Caligraphic-Regular",
    "mathtt": "Typewriter-Regular",
    "texttt": "Typewriter-Regular",
    "mainrm": "Main-Regular",
    "mathrm": "Main-Regular",
    "textrm": "Main-Regular",
    "small-op": "Size1-Regular",
    "large-op": "Size2-Regular",
    "delim-size1": "Size1-Regular",
    "delim-size4": "Size4-Regular",
}
SIZED = {f"size{size}": f"Size{size}-Regular" for size in (1, 2, 3, 4)}
NO_GLYPH = "\u200b\u2061\n "


class Letters(HTMLParser):
    """Collects what each face of KaTeX shows."""

    def __init__(self):
        super().__init__()
        self.faces = ["Main-Regular"]
        self.hidden = 0
        self.shown = set()

    def handle_starttag(self, tag, attrs):
        classes = (dict(attrs).get("class") or "").split()
        faces = SIZED if "delimsizing" in classes else FACES
        found = [faces[name] for name in classes if name in faces]
        self.faces.append(found[-1] if found else self.faces[-1])
        self.hidden += tag == "math"

    def handle_endtag(self, tag):
        self.faces.pop()
        self.hidden -= tag == "math"

    def handle_data(self, data):
        if not self.hidden:
            self.shown |= {(self.faces[-1], sign) for sign in data}


def formulas_of_the_site():
    for page in sorted((ROOT / "docs").rglob("*.md")):
        if "vendor" in page.parts:
            continue
        text = page.read_text(encoding="utf-8")
        text = re.sub(r"^ *```.*?^ *```$", "", text, flags=re.DOTALL | re.MULTILINE)
        text = re.sub(r"`[^`\n]+`|^\{: .*\}$", "", text, flags=re.MULTILINE)
        for match in re.finditer(r"\$\$(.+?)\$\$|\$([^$]+)\$", text, re.DOTALL):
            yield match[1] or match[2], bool(match[1])


def test_every_sign_of_every_formula_is_in_the_face_that_shows_it():
    vendor = ROOT / "docs" / "assets" / "vendor"
    held = {}
    for name, spans in json.loads((vendor / "glyphs.json").read_text()).items():
        face = re.sub(r".*/KaTeX_|(-more)?\.woff2$", "", name)
        for first, last in re.findall(r"U\+([0-9A-F]+)(?:-([0-9A-F]+))?", spans):
            codes = range(int(first, 16), int(last or first, 16) + 1)
            held.setdefault(face, set()).update(codes)
    missing = {}
    count = 0
    for tex, display in formulas_of_the_site():
        letters = Letters()
        letters.feed(formulas.typeset(tex.strip(), display))
        count += 1
        for face, sign in letters.shown:
            if sign not in NO_GLYPH and ord(sign) not in held[face]:
                missing[tex] = f"{sign} in {face}"
    assert count
    assert not missing


def test_plain_text_of_every_formula_has_no_tex_left():
    left = {
        tex: plain_text(tex.strip())
        for tex, _ in formulas_of_the_site()
        if re.search(r"[\\&\0\1]", plain_text(tex.strip()))
        or ("{" in plain_text(tex.strip()) and r"\{" not in tex)
    }
    assert not left
