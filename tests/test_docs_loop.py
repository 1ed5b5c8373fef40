"""The page "The loop" shows the package's own gradient_descent, letter for letter."""

import ast
import inspect
from pathlib import Path

from gd_tutorial import gradient_descent
from snippets import find_snippets, read_page

NAME = "docs/learn/loop.md"
PAGE = Path(__file__).resolve().parent.parent / NAME


def functions_shown(name):
    """The text of each function of this name that the page's snippets define."""
    return [
        ast.get_source_segment(snippet.code, node) + "\n"
        for snippet in find_snippets(read_page(PAGE), NAME)
        for node in ast.walk(ast.parse(snippet.code))
        if isinstance(node, ast.FunctionDef) and node.name == name
    ]


def test_the_page_shows_gradient_descent_as_it_stands_in_the_package():
    assert functions_shown("gradient_descent") == [inspect.getsource(gradient_descent)]
