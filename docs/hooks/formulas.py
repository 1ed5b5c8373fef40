"""Typeset the mathematics of the pages while the site is built.

Markdown (pymdownx.arithmatex, generic) leaves each formula as TeX in an element of
class ``arithmatex``. It becomes what the reader sees in two steps, with the search
index filled between them: first words and symbols that one can read and search for,
then KaTeX's HTML with MathML beside it for screen readers. The reader's browser runs
no JavaScript for it.
"""

import atexit
import contextlib
import functools
import hashlib
import html
import json
import re
from pathlib import Path

from py_mini_racer import JSEvalException, MiniRacer
from pylatexenc.latex2text import get_default_latex_context_db

KATEX = Path(__file__).parents[1] / "assets" / "vendor" / "katex" / "katex.min.js"

AS_TEX = re.compile(
    r'<(?P<tag>span|div) class="arithmatex">'
    r"\\[(\[](?P<tex>.*?)\\[)\]]</(?P=tag)>",
    re.DOTALL,
)
AS_TEXT = re.compile(
    r'<(?P<tag>span|div) class="gd-formula" data-tex="(?P<tex>[^"]*)">'
    r"[^<]*</(?P=tag)>"
)


class FormulaError(Exception):
    """A formula that cannot be typeset; the message names its page."""


def count(content):
    """Say how many formulas a page's HTML holds, in whichever form."""
    return len(AS_TEX.findall(content)) + len(AS_TEXT.findall(content))


def to_plain_text(content, page):
    """Replace the TeX of each formula by text that a search index can take in.

    Parameters
    ----------
    content : str
        The HTML of a page as Markdown made it.
    page : str
        What to call the page in an error message.

    Returns
    -------
    str
        The HTML with each formula as plain text, its TeX kept in an attribute.

    Raises
    ------
    FormulaError
        If KaTeX does not take a formula. All formulas are typeset here, so that
        `to_html` has nothing left to refuse.
    """

    def replace(match):
        tag, tex = match["tag"], html.unescape(match["tex"]).strip()
        try:
            typeset(tex, tag == "div")
        except FormulaError as error:
            raise FormulaError(f"{page}: {error}") from None
        text = html.escape(plain_text(tex))
        return f'<{tag} class="gd-formula" data-tex="{html.escape(tex)}">{text}</{tag}>'

    return AS_TEX.sub(replace, content)


def to_html(content):
    """Replace the plain text of each formula by what KaTeX makes of its TeX.

    Parameters
    ----------
    content : str
        What `to_plain_text` returned.

    Returns
    -------
    str
        The HTML that the reader gets. A formula on a line of its own stands in a box
        that can be scrolled, by keyboard too.
    """

    def replace(match):
        tex = html.unescape(match["tex"])
        if match["tag"] == "span":
            return f'<span class="gd-formula">{typeset(tex, False)}</span>'
        return (
            '<div class="gd-formula" role="group" aria-label="Formula" tabindex="0">'
            f"{typeset(tex, True)}</div>"
        )

    return AS_TEXT.sub(replace, content)


# ---------------------------------------------------------------------------- KaTeX


@functools.cache
def engine():
    context = MiniRacer()
    # Left to the garbage collector, it can hang the interpreter on its way out.
    atexit.register(context.close)
    context.eval(KATEX.read_text(encoding="utf-8"))
    return context


known = {}
"""What has been typeset so far, by TeX and form."""


def recall(folder):
    """Take up what an earlier build typeset, if it was typeset in the same way."""
    with contextlib.suppress(FileNotFoundError, ValueError):
        known.update(json.loads(store(folder).read_text(encoding="utf-8")))


def remember(folder):
    """Keep for a later build what has been typeset; older stores are deleted."""
    for old in Path(folder).glob("*.json"):
        old.unlink(missing_ok=True)
    Path(folder).mkdir(parents=True, exist_ok=True)
    store(folder).write_text(json.dumps(known), encoding="utf-8")


def store(folder):
    """The file for results; its name changes with KaTeX and with this module."""
    digest = hashlib.sha256(KATEX.read_bytes() + Path(__file__).read_bytes())
    return Path(folder) / f"{digest.hexdigest()}.json"


def typeset(tex, display):
    """Return KaTeX's HTML for a formula, or raise a FormulaError that shows it."""
    key = f"{'display' if display else 'inline'} {tex}"
    if key not in known:
        known[key] = run_katex(tex, display)
    return known[key]


def run_katex(tex, display):
    options = {
        "displayMode": display,
        "output": "htmlAndMathml",
        "strict": "error",
        "throwOnError": True,
    }
    try:
        typeset_html = engine().call("katex.renderToString", tex, options)
    except JSEvalException as error:
        reason = re.search(r"(?:KaTeX parse|LaTeX-incompatible).*", str(error))
        reason = reason.group() if reason else str(error)
        raise FormulaError(f"the formula «{tex}» does not parse: {reason}") from None
    if "#cc0000" in typeset_html:  # how KaTeX shows what it was not trusted to do
        raise FormulaError(f"the formula «{tex}» uses a command that is switched off")
    # The TeX that KaTeX encloses for machines would be read out or found as text.
    return re.sub(r"<annotation .*?</annotation>", "", typeset_html, flags=re.DOTALL)


# ----------------------------------------------------------------------- plain text

TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\.|\s+|[^\\\s]", re.DOTALL)
RAISED = str.maketrans("0123456789+−n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ")
LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
PRIMES = {1: "′", 2: "″", 3: "‴"}
STAR = "\1"  # x*, until all else is in place: it is no product
CLOSING = "\2"  # the second of two bars
EDGE = "\0"  # the end of a word: a letter or digit must keep its distance

FONTS = {"mathrm", "mathbf", "mathit", "mathcal", "mathtt", "boldsymbol", "mathsf"}
TEXTS = {"text", "textrm", "textbf", "textit", "texttt", "operatorname", "mbox"}
NOTHING = {"left", "right", "displaystyle", "textstyle", "limits", "nolimits", "!"}
NOTHING |= {f"{size}{side}" for size in ("big", "Big", "bigg") for side in "lrm"}
NOTHING |= {"big", "Big", "bigg", "Bigg", "middle", "hline", "nonumber"}
SPACES = {",", ";", ":", " ", ">", "quad", "qquad", "enspace", "thinspace"}
WORDS = {"arccos", "arcsin", "arctan", "cos", "cosh", "det", "exp", "gcd", "inf"}
WORDS |= {"lim", "liminf", "limsup", "ln", "log", "max", "min", "sin", "sinh", "sup"}
WORDS |= {"tan", "tanh", "arg", "Pr"}
ACCENTS = {"bar": "\u0304", "hat": "\u0302", "tilde": "\u0303", "dot": "\u0307"}
DOUBLE = {"R": "ℝ", "N": "ℕ", "Z": "ℤ", "Q": "ℚ", "C": "ℂ"}
SIGNS = {
    "lvert": "|", "rvert": "|", "vert": "|", "lVert": "‖", "rVert": "‖", "|": "‖",
    "{": "{", "}": "}", "%": "%", "mid": "∣", "colon": ": ", "prime": "′",
    "cdot": "·", "ast": STAR, "star": STAR, "dots": "…", "ldots": "…", "cdots": "…",
    "le": "≤", "leqslant": "≤", "ge": "≥", "geqslant": "≥", "lt": "<", "gt": ">",
    "ne": "≠", "to": "→", "gets": "←", "mapsto": "↦", "iff": "⇔", "implies": "⇒",
    "lesssim": "≲", "gtrsim": "≳", "degree": "°", "lceil": "⌈", "rceil": "⌉",
    "epsilon": "ε", "varepsilon": "ε", "phi": "φ", "varphi": "φ", "theta": "θ",
}  # fmt: skip
CHARACTERS = {"-": "−", "*": STAR, "&": "", "~": " ", ",": ", "}

# Signs inside an index or a power stand close, whatever is done to the line later.
RELATIONS = "=<>≤≥≠≈≡∼≃→←↦⇒⇔∈∉⊂⊆≪≫≲≳⟶⟹⟺∣∝"
OPERATIONS = "+−±∓×·∘"
TIGHTENED = {ord(sign): 0xE000 + ord(sign) % 0x1000 for sign in RELATIONS + OPERATIONS}
LOOSENED = {tight: sign for sign, tight in TIGHTENED.items()}


@functools.cache
def plain_text(tex):
    """Return a formula as one line of text: «x_(k+1) = x_k − η f′(x_k)».

    What plain text has no sign for is written as in an e-mail: an index after an
    underscore, a power after a caret, a fraction with a slash.
    """
    return tidy(Reader(tex).line()).replace(STAR, "*").translate(LOOSENED)


class Reader:
    """Reads TeX from left to right; each method returns the text of what it read."""

    def __init__(self, tex):
        self.tokens = TOKEN.findall(tex)
        self.place = 0

    def peek(self):
        return self.tokens[self.place] if self.place < len(self.tokens) else None

    def take(self):
        token = self.peek()
        self.place += 1
        return token

    def line(self, end=None):
        """Read up to the end (a closing brace or bracket) and past it."""
        parts = []
        while (token := self.peek()) is not None and token != end:
            parts.append(self.atom())
        self.take()
        return "".join(parts)

    def argument(self):
        """Read a braced group, or the one sign that stands in for it."""
        while (self.peek() or "").isspace():
            self.take()
        return tidy(self.atom())

    def words(self):
        """Read a braced group in which blanks count."""
        self.take()
        words = []
        while (token := self.take()) not in ("}", None):
            words.append(token)
        return "".join(words)

    def atom(self):
        token = self.take()
        if token is None or token.isspace():
            return ""
        if token.startswith("\\"):
            return self.macro(token[1:].rstrip("*"))
        if token == "{":
            return self.line("}")
        if token == "'":
            count = 1
            while self.peek() == "'":
                self.take()
                count += 1
            return PRIMES.get(count, "′" * count)
        if token == "^":
            return self.raised()
        if token == "_":
            return self.lowered()
        return CHARACTERS.get(token, token)

    def macro(self, name):
        if name in ("frac", "dfrac", "tfrac"):
            above, below = self.argument(), self.argument()
            return f"{EDGE}{above_slash(above)}/{below_slash(below)} "
        if name == "sqrt":
            index = ""
            if self.peek() == "[":
                self.take()
                index = tidy(self.line("]")).translate(RAISED)
            return f"{EDGE}{index}√{below_slash(self.argument())}{EDGE}"
        if name == "mathbb":
            letter = self.argument()
            return DOUBLE.get(letter, letter)
        if name in FONTS:
            letters = self.argument()
            return letters if len(letters) == 1 else f"{EDGE}{letters}{EDGE}"
        if name in TEXTS:
            return f"{EDGE}{self.words()}{EDGE}"
        if name in WORDS:
            return f"{EDGE}{name}{EDGE}"
        if name in ACCENTS:
            return f"{self.argument()}{ACCENTS[name]}"
        if name == "begin":
            return self.environment(self.words())
        if name == "\\":
            if self.peek() == "[":
                self.line("]")
            return "; "
        if name in NOTHING:
            if name in ("left", "right") and self.peek() == ".":
                self.take()
            return ""
        if name in SPACES:
            return " "
        return SIGNS.get(name) or self.known(name)

    def known(self, name):
        """Return the sign that pylatexenc knows for a macro, or read its argument."""
        spec = symbols().get_macro_spec(name)
        sign = spec.simplify_repl if spec else None
        if isinstance(sign, str) and sign and "%" not in sign:
            return sign
        return self.argument() if self.peek() == "{" else f"{EDGE}{name}{EDGE}"

    def environment(self, name):
        if name in ("array", "alignedat"):
            self.words()
        start = self.place
        while self.peek() not in ("\\end", None):
            self.take()
        inside = Reader("".join(self.tokens[start : self.place]))
        if name in ("cases", "array"):
            inside.tokens = [", " if t == "&" else t for t in inside.tokens]
        self.take()
        self.words()
        return inside.line()

    def raised(self):
        power = compact(self.argument())
        if power in ("′", "″", "‴", STAR, "°"):
            return power
        if re.fullmatch(r"−?[0-9n]+", power):
            return power.translate(RAISED) + EDGE
        return f"^{single(power)} "

    def lowered(self):
        index = compact(self.argument())
        if index.isdecimal() and index.isascii():
            return index.translate(LOWERED) + EDGE
        return f"_{single(index)} "


@functools.cache
def symbols():
    return get_default_latex_context_db()


def compact(text):
    """Take out the blanks round signs."""
    return re.sub(rf"\s*([{RELATIONS}{OPERATIONS}])\s*", r"\1", text)


def single(text):
    """Put brackets around an index or a power of more than one sign."""
    text = text.translate(TIGHTENED)
    simple = rf"[A-Za-z0-9.]+{STAR}?|\w|\([^()]*\)"
    return text if re.fullmatch(simple, text) else f"({text})"


CALL = r"[^\W\d_]+[′″]?(\([^()]*\)|\|[^|]*\|)"
BRACKETED = r"\([^()]*\)|\|[^|]*\||⌈[^⌉]*⌉|⌊[^⌋]*⌋"


def above_slash(text):
    simple = rf"{CALL}|{BRACKETED}|[\w.′″{STAR}]+"
    return text if re.fullmatch(simple, text) else f"({text})"


def below_slash(text):
    """Put brackets around what a reader would not take as one factor."""
    letter = rf"[^\W\d_](_\w+|[₀-₉]*)[′″{STAR}]?[⁰¹²³⁴-⁹]*"
    simple = rf"{CALL}|{BRACKETED}|[\d.]+|{letter}|[a-z]{{2,}}"
    return text if re.fullmatch(simple, text) else f"({text})"


def tidy(text):
    """Put blanks where a printed formula has them."""
    text = re.sub(r"\|([^|]*)\|", rf"|\1{CLOSING}", text)
    binary = rf"(?<=[^\s(\[|,;/^_{RELATIONS}{OPERATIONS}])"
    steps = [
        (rf"[{EDGE}\s]+(?=[\^_′″‴⁰¹²³⁴-⁹⁻ⁿ₀-₉])", ""),  # an index keeps to its letter
        (rf"(?<=[^\s\W_]){EDGE}+(?=[\w√])", " "),
        (rf"(?<=[′″{STAR}){CLOSING}]){EDGE}+(?=\w)", " "),
        (EDGE, ""),
        (r"(?<=[\w)])(?=f[′″]?\()", " "),  # η f′(x)
        (rf"\s*([{RELATIONS}])\s*", r" \1 "),
        (rf"{binary}\s*([{OPERATIONS}])\s*", r" \1 "),
        (rf"\s+(?=[.,;)}}\]{CLOSING}⌉⌋])", ""),
        (rf";\s*(?=[{RELATIONS}])", " "),  # a line that goes on with «= …»
        (CLOSING, "|"),
        (r"\s+", " "),
    ]
    for pattern, replacement in steps:
        text = re.sub(pattern, replacement, text)
    return text.strip(" ;")
