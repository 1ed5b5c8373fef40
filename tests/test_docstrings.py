"""Every example in a docstring of the package runs, and every docstring is complete.

Nothing here is a list typed by hand: the objects are found in the package.
"""

import ast
import doctest
import importlib
import inspect
import pkgutil
import textwrap
import types

import matplotlib.pyplot as plt
import mktestdocs
import pytest

import gd_tutorial

MODULES = [gd_tutorial] + [
    importlib.import_module(info.name)
    for info in pkgutil.walk_packages(gd_tutorial.__path__, "gd_tutorial.")
]


def written_in(modules):
    """Each module, and each class, method and function that is written in one."""
    for module in modules:
        yield module.__name__, module
        for name, value in vars(module).items():
            if getattr(value, "__module__", None) != module.__name__:
                continue
            if inspect.isclass(value) or inspect.isfunction(value):
                yield f"{module.__name__}.{name}", value
            if inspect.isclass(value):
                for inner, method in vars(value).items():
                    method = getattr(method, "__func__", None) or method
                    method = getattr(method, "fget", None) or method
                    if inspect.isfunction(method):
                        yield f"{module.__name__}.{name}.{inner}", method


DOCUMENTED = {name: value for name, value in written_in(MODULES) if value.__doc__}
FENCED = {name: value for name, value in DOCUMENTED.items() if "```" in value.__doc__}
PROMPTED = {
    name: value
    for name, value in DOCUMENTED.items()
    if doctest.DocTestParser().get_examples(value.__doc__)
}
PUBLIC = {
    name: value
    for name, value in written_in(MODULES)
    if not inspect.ismodule(value) and not any(p[0] == "_" for p in name.split("."))
}
FUNCTIONS = {name: value for name, value in PUBLIC.items() if inspect.isfunction(value)}


def each(found):
    return pytest.mark.parametrize("value", found.values(), ids=found)


@pytest.fixture(autouse=True)
def a_state_of_its_own(tmp_path, monkeypatch):
    """No figure, setting or file of an example outlives it."""
    monkeypatch.chdir(tmp_path)
    with plt.rc_context():
        yield
    plt.close("all")


@each(FENCED)
def test_examples_in_fences_run(value):
    mktestdocs.check_docstring(value, lang="python")


@each(FENCED)
def test_no_fence_is_one_that_mktestdocs_skips(value):
    text = inspect.cleandoc(value.__doc__)
    marks = [line for line in text.splitlines() if "```" in line]
    assert marks[0::2] == ["```python"] * len(marks[0::2])
    assert marks[1::2] == ["```"] * len(marks[0::2])
    assert "~~~" not in text
    found = mktestdocs.grab_code_blocks(value.__doc__, lang="python")
    assert len(found) == len(marks[0::2])


@each(PROMPTED)
def test_examples_at_a_prompt_run(value):
    parser = doctest.DocTestParser()
    test = parser.get_doctest(value.__doc__, vars(gd_tutorial).copy(), "", None, None)
    said = []
    doctest.DocTestRunner(verbose=False).run(test, out=said.append)
    assert not said, "".join(said)


def test_examples_are_found_in_every_module():
    modules = {name.split(".")[1] for name in FENCED if "." in name}
    everywhere = {m.__name__.split(".")[1] for m in MODULES if "." in m.__name__}
    assert modules == everywhere
    assert {"functions", "descent", "theory", "plotting"} <= everywhere
    assert "gd_tutorial" in FENCED


def test_methods_of_every_kind_are_found():
    class Made:
        def method(self): ...

        @classmethod
        def of_class(cls): ...

        @staticmethod
        def of_none(): ...

        @property
        def attribute(self): ...

    module = types.ModuleType("made")
    module.Made, Made.__module__ = Made, "made"
    found = {name for name, _ in written_in([module])}
    kinds = {"method", "of_class", "of_none", "attribute"}
    assert {f"made.Made.{kind}" for kind in kinds} <= found


def test_an_example_that_fails_is_noticed():
    def example():
        """Fail.

        ```python
        assert 1 == 2
        ```
        """

    with pytest.raises(AssertionError):
        mktestdocs.check_docstring(example, lang="python")


@each(PUBLIC)
def test_what_is_public_has_an_example(value):
    assert value.__doc__
    assert any(value is found for found in [*FENCED.values(), *PROMPTED.values()])


def sections(value):
    """The numpydoc sections of a docstring: name to lines."""
    lines = inspect.cleandoc(value.__doc__).splitlines()
    found, name = {}, None
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        if below and set(below) == {"-"} and len(below) == len(line):
            name = line
            found[name] = []
        elif name:
            found[name].append(line)
    return found


def described(lines):
    """The names that a section gives, as in `lr, curvature : float`."""
    heads = [line for line in lines if line and line[0] not in " -"]
    return [n.strip() for head in heads for n in head.split(" : ")[0].split(",")]


@each(PUBLIC)
def test_docstring_describes_every_parameter(value):
    parameters = list(inspect.signature(value).parameters)
    assert described(sections(value)["Parameters"]) == parameters


@each(FUNCTIONS)
def test_docstring_of_a_function_says_what_it_returns_if_anything(value):
    tree = ast.parse(textwrap.dedent(inspect.getsource(value)))
    returns = any(isinstance(n, ast.Return) and n.value for n in ast.walk(tree))
    assert bool(described(sections(value).get("Returns", []))) == returns


@each(FUNCTIONS)
def test_docstring_of_a_function_says_what_it_raises(value):
    assert described(sections(value)["Raises"])


@each({n: v for n, v in PUBLIC.items() if v.__module__ == "gd_tutorial.theory"})
def test_docstring_of_theory_names_its_sources(value):
    assert sections(value)["References"]
