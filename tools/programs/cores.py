"""When two programs are one: the same syntax but for docstrings, comments, annotations, layout and names."""

from __future__ import annotations

import ast
import builtins

from .mutants import MAX_SOURCE_CHARS

_BUILTINS = frozenset(dir(builtins))


def core_of(source: str) -> str:
    """A text that programs share which differ in docstrings, annotations, layout and names only.

    A text that is no Python, or too long to be read, is its own core.
    """
    if len(source) > MAX_SOURCE_CHARS:
        return source
    try:
        tree = ast.parse(source)
        tree.body = [node for node in tree.body if not _is_typing(node)]
        for node in ast.walk(tree):
            if isinstance(node, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                node.body = [part for part in node.body if not _says_nothing(part)] or [ast.Pass()]
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                node.returns = None
            if isinstance(node, ast.arg):
                node.annotation = None
        _rename(tree)
        return ast.dump(tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return source


def _rename(tree: ast.Module) -> None:
    """Number the names that a program gives, in the order of its syntax; builtins and imports keep theirs."""
    nodes = list(ast.walk(tree))
    kept = _BUILTINS | {node.asname or node.name for node in nodes if isinstance(node, ast.alias)}
    numbers: dict[str, str] = {}
    for node in nodes:
        if isinstance(node, ast.Name) and node.id not in kept:
            node.id = numbers.setdefault(node.id, f"name {len(numbers)}")
        elif isinstance(node, ast.arg):
            # A keyword in a call would say the old name still: such a program is merely a kind of its own.
            node.arg = numbers.setdefault(node.arg, f"name {len(numbers)}")
        elif isinstance(node, ast.FunctionDef) and node.name not in kept:
            node.name = numbers.setdefault(node.name, f"name {len(numbers)}")


def _is_typing(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "typing"


def _says_nothing(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
