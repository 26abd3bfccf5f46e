"""The house rules that no tool holds: sizes, docstrings, and one lazy table that meets its modules."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
MODULES = sorted((TOP / "src" / "upwind").rglob("*.py"))

MODULE_LINES = 400
FUNCTION_LINES = 40
PARAMETERS = 6
NESTING = 3

Function = ast.FunctionDef | ast.AsyncFunctionDef
Documented = Function | ast.ClassDef

#: What opens a level; an `elif` stays on its `if`'s level.
LEVELS = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.Match)


def functions(tree: ast.AST) -> Iterator[Function]:
    """Give every function and method, the nested ones too."""
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def length(function: Function) -> int:
    """Return the lines from `def` to the last one, the docstring's not counted."""
    assert function.end_lineno is not None
    lines = function.end_lineno - function.lineno + 1
    if ast.get_docstring(function) is not None:
        docstring = function.body[0]
        assert docstring.end_lineno is not None
        lines -= docstring.end_lineno - docstring.lineno + 1
    return lines


def parameters(function: Function) -> int:
    """Return how many parameters a caller must think of."""
    names = function.args
    every = [*names.posonlyargs, *names.args, *names.kwonlyargs, *filter(None, (names.vararg, names.kwarg))]
    return sum(parameter.arg not in {"self", "cls"} for parameter in every)


def depth(node: ast.AST) -> int:
    """Return how deep blocks stand within blocks."""
    deepest = 0
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Documented):
            continue  # counted by itself
        is_elif = isinstance(node, ast.If) and isinstance(child, ast.If) and node.orelse == [child]
        deepest = max(deepest, depth(child) + (isinstance(child, LEVELS) and not is_elif))
    return deepest


def undocumented(node: ast.AST, prefix: str = "") -> Iterator[str]:
    """Give the public names that say nothing of themselves."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, Documented) or child.name.startswith("_"):
            continue
        if ast.get_docstring(child) is None:
            yield f"{prefix}{child.name}"
        if isinstance(child, ast.ClassDef):
            yield from undocumented(child, f"{prefix}{child.name}.")


@pytest.mark.parametrize("module", MODULES, ids=[str(module.relative_to(TOP / "src")) for module in MODULES])
def test_a_module_keeps_the_house_rules(module: Path) -> None:
    text = module.read_text(encoding="utf-8")
    tree = ast.parse(text)
    every = list(functions(tree))
    faults = [
        *[f"{function.name} has {length(function)} lines" for function in every if length(function) > FUNCTION_LINES],
        *[
            f"{function.name} has {parameters(function)} parameters"
            for function in every
            if parameters(function) > PARAMETERS
        ],
        *[f"{function.name} nests {depth(function)} deep" for function in every if depth(function) > NESTING],
        *[f"{name} has no docstring" for name in undocumented(tree)],
    ]
    if len(text.splitlines()) > MODULE_LINES:
        faults.append(f"the module has {len(text.splitlines())} lines")
    if ast.get_docstring(tree) is None:
        faults.append("the module has no docstring")
    assert not faults


def test_the_counters_count() -> None:
    tree = ast.parse(
        "def f(self, a, /, b, *c, d, **e):\n"
        '    """Say."""\n'
        "    for x in a:\n"
        "        if x:\n"
        "            pass\n"
        "        elif b:\n"
        "            pass\n"
        "        else:\n"
        "            while c:\n"
        "                pass\n"
        "def g(): pass\n"
    )
    f, g = functions(tree)
    assert (length(f), parameters(f), depth(f)) == (9, 5, 3)
    assert (length(g), parameters(g), depth(g)) == (1, 0, 0)
    assert list(undocumented(tree)) == ["g"]


def test_nothing_is_imported_that_is_not_brought_along() -> None:
    """What only the tests' environment holds is missing where people run the program."""
    lock = (TOP / "requirements.lock").read_text(encoding="utf-8")
    locked = {line.split("==")[0] for line in lock.splitlines() if "==" in line}
    given = {
        name: {dist.lower().replace("_", "-") for dist in dists} for name, dists in packages_distributions().items()
    }
    imported = {
        name.split(".")[0]
        for module in MODULES
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [one.name for one in node.names]
            if isinstance(node, ast.Import)
            else []
        )
    }
    outside = {name for name in imported if name in given and name not in sys.stdlib_module_names} - {"upwind"}
    assert len(outside) > 10
    assert {name for name in outside if not given[name] & locked} <= {"pkcs11"}  # the extra "hsm"
