"""The third-party files are the ones that were checked in, all of them and no other."""

import hashlib
import json
import re

import pytest
from browsing import wire_size
from building import ROOT

VENDOR = ROOT / "docs" / "assets" / "vendor"
OURS = {"README.md", "SHA256SUMS"}
SUMS = {
    name: digest
    for digest, name in (
        line.split("  ") for line in (VENDOR / "SHA256SUMS").read_text().splitlines()
    )
}
GLYPHS = {
    name: {
        code
        for span in spans.split(",")
        for first, _, last in [span.removeprefix("U+").partition("-")]
        for code in range(int(first, 16), int(last or first, 16) + 1)
    }
    for name, spans in json.loads((VENDOR / "glyphs.json").read_text()).items()
}


def faces(stylesheet):
    """Yield each font file that a stylesheet names, with its unicode-range."""
    text = (VENDOR / stylesheet).read_text(encoding="utf-8")
    for rule in re.findall(r"@font-face\{[^}]*\}", text):
        for file in re.findall(r"url\(([^)]*)\)", rule):
            spans = re.search(r"unicode-range:([^;}]*)", rule)
            yield f"{stylesheet.rpartition('/')[0]}/{file}", spans and spans[1]


@pytest.mark.parametrize("name", SUMS)
def test_file_has_its_checksum(name):
    assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == SUMS[name]


def test_every_file_has_a_checksum():
    files = {
        path.relative_to(VENDOR).as_posix()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    assert files - OURS == set(SUMS)


def test_readme_tells_the_versions_that_the_script_fetches():
    readme = (VENDOR / "README.md").read_text(encoding="utf-8")
    script = (VENDOR / "make.py").read_text(encoding="utf-8")
    packages = dict(
        re.findall(r'^    "([@\w/-]+)": "([\d.]+)",$', script, re.MULTILINE)
    )
    assert packages
    for package, version in packages.items():
        assert re.search(rf"`{package}`.*\| {re.escape(version)} \|", readme), package


@pytest.mark.parametrize("stylesheet", ["fonts/fonts.css", "katex/katex.min.css"])
def test_stylesheet_names_every_font_beside_it_and_no_other(stylesheet):
    folder = (VENDOR / stylesheet).parent
    fonts = {path.relative_to(VENDOR).as_posix() for path in folder.rglob("*.woff2")}
    assert {file for file, _ in faces(stylesheet)} == fonts


@pytest.mark.parametrize("stylesheet", ["fonts/fonts.css", "katex/katex.min.css"])
def test_parts_of_a_face_do_not_overlap(stylesheet):
    for file, spans in faces(stylesheet):
        if spans:
            first = re.sub(r"-(accents|symbols|more)\.woff2$", ".woff2", file)
            assert not GLYPHS[first] & GLYPHS[file], file


def test_fonts_give_up_the_reserved_name():
    for font in (VENDOR / "fonts").glob("*.ttf"):
        names = font.read_bytes().replace(b"\0", b"")
        assert b"Slope Sans" in names
        assert b"Source Sans" not in names


def test_the_editor_is_one_script_that_needs_no_other_and_runs_no_text():
    code = (VENDOR / "codemirror" / "codemirror.js").read_text(encoding="utf-8")
    assert re.findall(r"\bfrom\s*[\"']|\bimport\s*[\"'(]", code) == []
    assert re.findall(r"\beval\(|\bFunction\(", code) == []
    assert set(re.findall(r"https?://[\w./]+", code)) <= {"http://www.w3.org/2000/svg"}
    assert wire_size("codemirror.js", code.encode()) < 120 * 1024


def test_the_licence_of_each_part_of_the_editor_is_kept():
    script = (VENDOR / "make.py").read_text(encoding="utf-8")
    parts = re.search(r"^PARTS = \{(.*?)^\}", script, re.MULTILINE | re.DOTALL)[1]
    names = re.findall(r'"([^"]+)":', parts)
    text = (VENDOR / "codemirror" / "LICENSE.txt").read_text(encoding="utf-8")
    told = re.findall(r"^Licence of (.*):\n\n[^-]*?Copyright", text, re.MULTILINE)
    assert sorted(", ".join(told).split(", ")) == sorted(names)


def shown(kind):
    """Return the signs beyond ASCII in the prose or in the code of the pages."""
    fences = re.compile(r"^( *)```.*?^\1```$", re.DOTALL | re.MULTILINE)
    signs = {}
    for page in sorted((ROOT / "docs").rglob("*.md")):
        if VENDOR in page.parents:
            continue
        text = page.read_text(encoding="utf-8")
        code = "".join(match.group() for match in fences.finditer(text))
        code += "".join(re.findall(r"`[^`\n]+`", fences.sub("", text)))
        prose = re.sub(r"\$\$.*?\$\$|\$[^$\n]+\$|`[^`\n]+`", "", fences.sub("", text))
        for sign in prose if kind == "prose" else code:
            if not sign.isascii():
                signs.setdefault(ord(sign), page.name)
    return signs


@pytest.mark.parametrize(
    ("kind", "stem"),
    [("prose", "slope-serif-regular"), ("code", "slope-mono-regular")],
)
def test_every_sign_on_a_page_is_in_the_face_that_shows_it(kind, stem):
    held = set().union(*(codes for name, codes in GLYPHS.items() if f"/{stem}" in name))
    missing = {
        chr(code): page for code, page in shown(kind).items() if code not in held
    }
    assert not missing
