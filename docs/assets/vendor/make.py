"""Make the third-party files of this folder anew, checksums included.

    python -m pip install fonttools==4.68.0 brotli==1.2.1
    python docs/assets/vendor/make.py

Fetches the pinned npm packages below with ``npm`` into a temporary folder, cuts the
fonts down to the glyphs that the site shows, makes one script of the parts of the
editor (esbuild, on Node.js), and writes the results beside this file. The same
versions give the same bytes. README.md says what each file is and where it came from.
"""

import gzip
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from fontTools import subset
from fontTools.feaLib.builder import addOpenTypeFeaturesFromString
from fontTools.ttLib import TTFont

HERE = Path(__file__).resolve().parent
PACKAGES = {
    "source-serif": "4.5.1",
    "source-sans": "3.52.0",
    "source-code-pro": "2.42.0",
    "katex": "0.19.1",
    "pyodide": "314.0.7",
}
# The editor, with all that its parts need, and what makes one script of them.
PARTS = {
    "@codemirror/autocomplete": "6.20.4",
    "@codemirror/commands": "6.11.1",
    "@codemirror/lang-python": "6.2.1",
    "@codemirror/language": "6.13.1",
    "@codemirror/state": "6.7.6",
    "@codemirror/streamparser": "6.0.0",
    "@codemirror/view": "6.43.15",
    "@lezer/common": "1.5.5",
    "@lezer/highlight": "1.2.5",
    "@lezer/lr": "1.4.12",
    "@lezer/python": "1.1.19",
    "@marijn/find-cluster-break": "1.0.4",
    "crelt": "1.0.7",
    "style-mod": "4.1.5",
    "w3c-keyname": "2.2.8",
}
BUNDLER = {
    "esbuild": "0.28.2",
}
# What assets/js/editor.js imports; all that these do not use is left out.
ENTRY = """\
export { defaultKeymap, history, historyKeymap } from "@codemirror/commands"
export { pythonLanguage } from "@codemirror/lang-python"
export {
  bracketMatching, forceParsing, indentOnInput, indentUnit, syntaxHighlighting
} from "@codemirror/language"
export { EditorState } from "@codemirror/state"
export { EditorView, keymap } from "@codemirror/view"
export { styleTags, tagHighlighter, tags } from "@lezer/highlight"
"""

# The Python that pages run programs in: its core, the packages that programs may import,
# and what these ask for but do not use here (fonts in PDF files, time zones).
CORE = ["pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip"]
IN_PAGE = ["numpy", "matplotlib", "scipy", "sympy", "mpmath"]
UNUSED = ["fonttools", "pytz"]

ASCII = set(range(0x20, 0x7F))
# A text face comes in parts: the first is what nearly every page needs; the browser
# fetches another only for a page that shows one of its characters (unicode-range).
COMMON = ASCII | set(map(ord, "\u00a0±²³⁴·×Δäçéèöü–—‘’“”•…′″−→√∞≈≤≥"))
ACCENTS = (
    set(range(0xA1, 0x100)) | set(map(ord, "ŁłŒœŠšŽžŐőŰűĆćČč‐‑‒―‚„†‡•‰‹›€™"))
) - COMMON
SYMBOLS = (
    set(range(0x3B1, 0x3CA))
    | set(range(0x2080, 0x208F))
    | set(map(ord, "ΔΣΩ⁄⁰ⁱ⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ←↑↓↔⇒⇔∂∆∇∈∏∑∫≠ℝ■□▪▲▶▼●○✓"))
) - COMMON
TEXT = {"": COMMON, "-accents": ACCENTS, "-symbols": SYMBOLS}
PLAIN = ASCII | set(map(ord, "\u00a0²³⁴·×÷äçéèöüπ–’…′″−→√∞≈≤≥"))
CODE = {
    "": PLAIN,
    "-accents": ACCENTS - PLAIN,
    "-symbols": (COMMON | SYMBOLS | set(map(ord, "─│┌┐└┘█░"))) - PLAIN,
}

# OFL 1.1, clause 3: a changed font must not carry the reserved name "Source".
FACES = [
    ("source-serif", "SourceSerif4-Regular", "Slope Serif", "Regular", TEXT),
    ("source-serif", "SourceSerif4-It", "Slope Serif", "Italic", TEXT),
    ("source-serif", "SourceSerif4-Semibold", "Slope Serif", "Semibold", TEXT),
    ("source-sans", "SourceSans3-Regular", "Slope Sans", "Regular", TEXT),
    ("source-code-pro", "SourceCodePro-Regular", "Slope Mono", "Regular", CODE),
]

SMALL = set(map(ord, "abcdefghijklmnopqrstuvwxyz"))
CAPITAL = set(map(ord, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
DIGITS = set(map(ord, "0123456789"))
GREEK = set(range(0x3B1, 0x3CA))
BRACKETS = set(map(ord, "()[]{}|/\\⌈⌉⌊⌋⟨⟩∣∥‖"))
# A face of KaTeX in two parts where the first is all that most pages need.
MATHS_COMMON = {
    "Main-Regular": DIGITS
    | SMALL
    | set(map(ord, "\u00a0 ()[]|+−=<>,.:;/′×⋅±≤≥≠≈→←↦∞∣…⋯⋆∗Δ")),
    "Math-Italic": set(map(ord, "abcdefghijkmnqrstuxyzDLNTβδεηθμπσ")),
}
MATHS = {
    "Main-Regular": ASCII
    | BRACKETS
    | set(map(ord, "\u00a0¬°±×÷·¯´ˉˆ˙˜ˇ˘′″…⋯⋮⋱∓∗∘∙√∞∠∧∨∩∪∫∼≃≅≈≠≡≤≥≪≫⊂⊃⊆⊇⊥⋅⋆"))
    | set(map(ord, "∀∃∅∇∈∉∋−→←↔↑↓⇒⇐⇔↦⟶⟵⟹⟸⟺⟼∂ℓℜℑℵ–—‘’“”•†‡ΓΔΘΛΞΠΣΥΦΨΩ")),
    "Main-Bold": SMALL | CAPITAL | DIGITS | set(map(ord, " .,:;!?+−=()[]<>′")),
    "Main-Italic": SMALL | CAPITAL | DIGITS | set(map(ord, " .,:;!?+−=()[]′")),
    "Math-Italic": SMALL | CAPITAL | GREEK | {0x131, 0x237} | set(map(ord, "ϵϑϕϖϱ∂ℓ")),
    "AMS-Regular": CAPITAL | set(map(ord, "k□■∎≲≳⩽⩾≨≩∄∅✓")),
    "Caligraphic-Regular": CAPITAL,
    "Typewriter-Regular": ASCII,
    "Size1-Regular": BRACKETS | set(map(ord, "∑∏∫∮⋂⋃√˜ˆ∐⏐↑↓")),
    "Size2-Regular": BRACKETS | set(map(ord, "∑∏∫∮⋂⋃√˜ˆ∐")),
    "Size3-Regular": BRACKETS | set(map(ord, "√˜ˆ")),
    "Size4-Regular": BRACKETS
    | set(map(ord, "√˜ˆ⎛⎜⎝⎞⎟⎠⎡⎢⎣⎤⎥⎦⎧⎨⎩⎪⎫⎬⎭⎰⎱⏐"))
    | {0xE000, 0xE001, *range(0xE150, 0xE156)},
}


def fetch(folder):
    """Unpack every package of PACKAGES below the folder."""
    for name, version in PACKAGES.items():
        command = ["npm", "pack", "--silent", f"{name}@{version}"]
        done = subprocess.run(
            command, cwd=folder, check=True, capture_output=True, text=True
        )
        with tarfile.open(folder / done.stdout.split()[-1]) as archive:
            archive.extractall(folder / name, filter="data")


def cut(source, target, characters, rename=None):
    """Write the characters of one font, without hinting, under another name."""
    options = subset.Options()
    options.flavor = "woff2" if target.suffix == ".woff2" else None
    options.hinting = False
    options.layout_features = ["kern"]
    options.name_IDs = [0, 1, 2, 4, 6, 14]
    options.notdef_outline = True
    font = TTFont(source, recalcTimestamp=False)
    kern = kerning(font) if KERNED.search(str(source)) else ""
    for table in ("BASE", "DSIG", "GDEF", "GPOS", "GSUB"):
        if table in font:
            del font[table]
    if kern:
        addOpenTypeFeaturesFromString(font, f"feature kern {{ {kern} }} kern;")
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters)
    cutter.subset(font)
    if rename:
        family, style = rename
        plain = f"{family} {style}"
        texts = {1: family, 2: style, 4: plain, 6: plain.replace(" ", "-")}
        if style not in ("Regular", "Italic"):
            texts[1], texts[2] = plain, "Regular"
        for record in font["name"].names:
            if record.nameID in texts:
                record.string = texts[record.nameID]
    subset.save_font(font, target, options)


def kerning(font):
    """Return as feature code those kerning pairs that English text is made of.

    A letter before a small letter or a mark, where it shifts by 1/50 em or more: a
    third of the weight of all that the designers kerned.
    """
    if "GPOS" not in font:
        return ""
    names = font.getBestCmap()
    first = {names[code] for code in map(ord, KERNED_FIRST) if code in names}
    second = {names[code] for code in map(ord, KERNED_SECOND) if code in names}
    shifts = {}
    for table in kerning_tables(font["GPOS"].table):
        for left in first.intersection(table.Coverage.glyphs):
            for right, shift in row(table, left, second):
                shifts.setdefault((left, right), shift)
    unit = font["head"].unitsPerEm
    return " ".join(
        f"pos {left} {right} {shift};"
        for (left, right), shift in sorted(shifts.items())
        if abs(shift) >= unit / 50
    )


KERNED = re.compile("Regular|Semibold")  # italics are for a word or two
KERNED_FIRST = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz’“("
KERNED_SECOND = "abcdefghijklmnopqrstuvwxyz.,;:’”)′″"


def kerning_tables(gpos):
    lookups = set()
    for record in gpos.FeatureList.FeatureRecord:
        if record.FeatureTag == "kern":
            lookups.update(record.Feature.LookupListIndex)
    for index in sorted(lookups):
        for table in gpos.LookupList.Lookup[index].SubTable:
            table = table.ExtSubTable if table.LookupType == 9 else table
            if table.LookupType == 2:
                yield table


def row(table, left, second):
    """Yield what a table of pairs says of one glyph and each that may follow it."""
    if table.Format == 1:
        pairs = table.PairSet[table.Coverage.glyphs.index(left)].PairValueRecord
        values = {pair.SecondGlyph: pair.Value1 for pair in pairs}
    else:
        records = table.Class1Record[table.ClassDef1.classDefs.get(left, 0)]
        classes = table.ClassDef2.classDefs
        values = {
            right: records.Class2Record[classes.get(right, 0)].Value1
            for right in second
        }
    for right in second.intersection(values):
        yield right, getattr(values[right], "XAdvance", 0)


def make_fonts(packages):
    folder = HERE / "fonts"
    folder.mkdir(exist_ok=True)
    rules = [FALLBACKS]
    for package, name, family, style, parts in FACES:
        source = packages / package / "package" / "TTF" / f"{name}.ttf"
        stem = f"{family}-{style}".lower().replace(" ", "-")
        for part, characters in parts.items():
            file = folder / f"{stem}{part}.woff2"
            cut(source, file, characters, rename=(family, style))
            rules.append(font_face(family, style, file, part))
        if family == "Slope Sans":  # for Matplotlib, which reads no woff2
            everything = set().union(*parts.values())
            cut(source, folder / f"{stem}.ttf", everything, rename=(family, style))
    (folder / "fonts.css").write_text("".join(rules), encoding="utf-8", newline="\n")
    for package, licence in {
        "source-serif": "LICENSE-serif.txt",
        "source-sans": "LICENSE-sans.txt",
        "source-code-pro": "LICENSE-mono.txt",
    }.items():
        text = (packages / package / "package/LICENSE.md").read_bytes()
        (folder / licence).write_bytes(text.replace(b"\r\n", b"\n"))


# Letters of the reader's own machine, stretched to the size of ours, hold the place
# until the fonts are here: the lines do not move. The widths are the averages of
# English text; ascent and descent those of the fonts, divided by the stretch.
FALLBACKS = """\
@font-face{font-family:"Slope Serif Georgia";src:local("Georgia"),local("Gelasio");
size-adjust:107.4%;ascent-override:96.5%;descent-override:31.2%;line-gap-override:0%}
@font-face{font-family:"Slope Serif Times";
src:local("Times New Roman"),local("Liberation Serif"),local("Tinos");
size-adjust:111.6%;ascent-override:92.8%;descent-override:30%;line-gap-override:0%}
@font-face{font-family:"Slope Sans Arial";
src:local("Arial"),local("Liberation Sans"),local("Arimo");
size-adjust:94.2%;ascent-override:106.2%;descent-override:34.6%;line-gap-override:0%}
"""


def font_face(family, style, file, part):
    weight = 600 if style == "Semibold" else 400
    slant = "italic" if style == "Italic" else "normal"
    some = f";\nunicode-range:{unicode_range(file)}" if part else ""
    return (
        f'@font-face{{font-family:"{family}";font-weight:{weight};font-style:{slant};'
        f'font-display:optional;\nsrc:url({file.name}) format("woff2"){some}}}\n'
    )


def unicode_range(file):
    """Return what the font holds as the value of the CSS property."""
    codes = sorted(TTFont(file, lazy=True).getBestCmap())
    spans = []
    for code in codes:
        if spans and spans[-1][1] == code - 1:
            spans[-1][1] = code
        else:
            spans.append([code, code])
    return ",".join(f"U+{a:X}" if a == b else f"U+{a:X}-{b:X}" for a, b in spans)


def make_katex(packages):
    source = packages / "katex/package"
    folder = HERE / "katex"
    (folder / "fonts").mkdir(parents=True, exist_ok=True)
    (folder / "LICENSE.txt").write_bytes((source / "LICENSE").read_bytes())
    script = (source / "dist/katex.min.js").read_bytes()
    (folder / "katex.min.js").write_bytes(script)
    for name, characters in MATHS.items():
        font = source / "dist/fonts" / f"KaTeX_{name}.ttf"
        first = MATHS_COMMON.get(name, characters)
        target = folder / "fonts" / f"KaTeX_{name}.woff2"
        cut(font, target, first)
        if characters - first:
            target = target.with_stem(f"{target.stem}-more")
            cut(font, target, characters - first)
    style = (source / "dist/katex.min.css").read_text(encoding="utf-8")

    def face(match):
        """Keep of a rule the woff2 file alone; add one for the second part."""
        name = re.search(r"fonts/KaTeX_([\w-]+)\.woff2", match.group())
        if name is None or name[1] not in MATHS:
            return ""
        rule = re.sub(r",url\([^)]*\) format\(\"\w+\"\)", "", match.group())
        if name[1] not in MATHS_COMMON:
            return rule
        more = folder / "fonts" / f"KaTeX_{name[1]}-more.woff2"
        second = rule.replace(f"{name[1]}.woff2", more.name.removeprefix("KaTeX_"))
        return f"{rule}{second[:-1]};unicode-range:{unicode_range(more)}}}"

    style = re.sub(r"@font-face\{[^}]*\}", face, style)
    (folder / "katex.min.css").write_text(style, encoding="utf-8", newline="\n")


def make_pyodide(packages):
    """Say what the page's Python consists of; its files are not laid here."""
    folder = packages / "pyodide" / "package"
    lock = json.loads((folder / "pyodide-lock.json").read_text(encoding="utf-8"))
    wanted, kept = list(IN_PAGE), {}
    while wanted:
        name = wanted.pop()
        entry = lock["packages"][name]
        entry["depends"] = [one for one in entry["depends"] if one not in UNUSED]
        wanted += [one for one in entry["depends"] if one not in kept]
        kept[name] = entry
    core = {}
    for name in CORE:
        content = (folder / name).read_bytes()
        core[name] = {
            "sha256": hashlib.sha256(content).hexdigest(),
            "size": len(content),
            "packed": round(len(gzip.compress(content, 6)), -3),
        }
    (tarball,) = packages.glob("pyodide-*.tgz")
    made = {
        "version": PACKAGES["pyodide"],
        "tarball": hashlib.sha256(tarball.read_bytes()).hexdigest(),
        "core": core,
        "lock": {"info": lock["info"], "packages": dict(sorted(kept.items()))},
    }
    (HERE / "pyodide").mkdir(exist_ok=True)
    text = json.dumps(made, indent=1) + "\n"
    (HERE / "pyodide" / "pyodide.json").write_text(text, encoding="utf-8")


def make_codemirror(packages):
    """Make one script of the parts of CodeMirror that the editor uses."""
    source = packages / "codemirror"
    source.mkdir()
    wanted = json.dumps({"private": True, "dependencies": PARTS | BUNDLER})
    (source / "package.json").write_text(wanted, encoding="utf-8")
    install = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund"]
    subprocess.run([*install, "--silent"], cwd=source, check=True)
    installed = source / "node_modules"
    lock = json.loads((source / "package-lock.json").read_text(encoding="utf-8"))
    found = {name.partition("node_modules/")[2] for name in lock["packages"]} - {""}
    found = {name for name in found if not name.startswith("@esbuild/")}
    if found != set(PARTS | BUNDLER):
        sys.exit(f"PARTS is not all that is needed: {found ^ set(PARTS | BUNDLER)}")
    folder = HERE / "codemirror"
    folder.mkdir(exist_ok=True)
    (source / "entry.js").write_text(ENTRY, encoding="utf-8")
    options = ["--bundle", "--minify", "--format=esm", "--target=es2022"]
    options += ["--charset=utf8", "--banner:js=/* CodeMirror 6, see LICENSE.txt */"]
    target = f"--outfile={folder / 'codemirror.js'}"
    command = ["node", installed / "esbuild/bin/esbuild", "entry.js", *options, target]
    subprocess.run([*command, "--log-level=warning"], cwd=source, check=True)
    licences = {}
    for name in PARTS:
        text = (installed / name / "LICENSE").read_text(encoding="utf-8")
        licences.setdefault(text.strip(), []).append(name)
    text = ("\n\n" + "-" * 72 + "\n\n").join(
        f"Licence of {', '.join(names)}:\n\n{licence}"
        for licence, names in licences.items()
    )
    file = folder / "LICENSE.txt"
    file.write_text(text + "\n", encoding="utf-8", newline="\n")


def glyphs():
    """Write down which characters each font holds, for the tests."""
    fonts = sorted(HERE.rglob("*.woff2")) + sorted(HERE.rglob("*.ttf"))
    held = {file.relative_to(HERE).as_posix(): unicode_range(file) for file in fonts}
    text = json.dumps(held, indent=1) + "\n"
    (HERE / "glyphs.json").write_text(text, encoding="utf-8", newline="\n")


UNCHECKED = {"SHA256SUMS", "README.md"}


def checksums():
    """Write SHA256SUMS, in the form that ``sha256sum --check`` reads."""
    lines = []
    for path in sorted(HERE.rglob("*")):
        if path.is_file() and path.name not in UNCHECKED and path.suffix != ".pyc":
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            lines.append(f"{digest}  {path.relative_to(HERE).as_posix()}\n")
    (HERE / "SHA256SUMS").write_text("".join(lines), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    if sys.argv[1:] != ["--sums"]:
        with tempfile.TemporaryDirectory() as scratch:
            fetch(Path(scratch))
            make_fonts(Path(scratch))
            make_katex(Path(scratch))
            make_pyodide(Path(scratch))
            make_codemirror(Path(scratch))
        glyphs()
    checksums()
