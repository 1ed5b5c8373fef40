"""The cache forgets a result as soon as anything it depends on has changed."""

import importlib.metadata
import shutil

import pytest

import cache


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A copy of what results depend on, which a test may change."""
    for name in ("gd_tutorial", "docs/hooks"):
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(cache.ROOT / name, tmp_path / name, ignore=ignore)
    shutil.copy(cache.ROOT / "requirements.txt", tmp_path)
    font = tmp_path / "figure.ttf"
    font.write_bytes(b"font")
    monkeypatch.setattr(cache, "ROOT", tmp_path)
    monkeypatch.setattr(cache, "PACKAGE", tmp_path / "gd_tutorial")
    monkeypatch.setattr(cache, "HERE", tmp_path / "docs" / "hooks")
    monkeypatch.setattr(cache, "figure_fonts", lambda: [font])
    return tmp_path


def test_the_fingerprint_is_stable(tree):
    assert cache.fingerprint() == cache.fingerprint()


@pytest.mark.parametrize(
    "name",
    [
        "gd_tutorial/descent.py",
        "gd_tutorial/tutorial.mplstyle",
        "docs/hooks/sandbox.py",
        "requirements.txt",
        "figure.ttf",
    ],
)
def test_an_edit_changes_the_fingerprint(tree, name):
    before = cache.fingerprint()
    with (tree / name).open("ab") as file:
        file.write(b"\n")
    assert cache.fingerprint() != before


def test_a_new_file_of_the_package_changes_the_fingerprint(tree):
    before = cache.fingerprint()
    (tree / "gd_tutorial" / "new.py").write_text("")
    assert cache.fingerprint() != before


@pytest.mark.parametrize("library", cache.LIBRARIES)
def test_another_version_of_a_library_changes_the_fingerprint(
    tree, monkeypatch, library
):
    before = cache.fingerprint()
    version = importlib.metadata.version
    monkeypatch.setattr(
        importlib.metadata,
        "version",
        lambda name: "0.0.0" if name == library else version(name),
    )
    assert cache.fingerprint() != before


def test_results_come_back_and_other_code_finds_nothing(tmp_path):
    store = cache.Cache(tmp_path / "results")
    key = store.key("print(1)")
    assert store.get(key) is None
    store.put(key, {"output": "1\n", "figures": []})
    assert store.get(key) == {"output": "1\n", "figures": []}
    assert store.get(store.key("print(2)")) is None


def test_a_broken_file_counts_as_missing(tmp_path):
    store = cache.Cache(tmp_path)
    key = store.key("print(1)")
    (tmp_path / f"{key}.json").write_text('{"output": ')
    assert store.get(key) is None


def test_what_a_build_did_not_use_is_dropped(tmp_path):
    store = cache.Cache(tmp_path)
    old, new = store.key("old"), store.key("new")
    store.put(old, {})
    store = cache.Cache(tmp_path)
    store.put(new, {})
    store.drop_unused()
    assert [path.stem for path in tmp_path.iterdir()] == [new]
