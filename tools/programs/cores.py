"""When two programs are one: the same syntax but for docstrings, comments and layout."""

from __future__ import annotations

import ast

from .mutants import MAX_SOURCE_CHARS


def core_of(source: str) -> str:
    """A text that programs share which differ in docstrings, comments and layout only.

    A text that is no Python, or too long to be read, is its own core.
    """
    if len(source) > MAX_SOURCE_CHARS:
        return source
    try:
        tree = ast.parse(source)
        for node in ast.walk(tree):
            if isinstance(node, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                node.body = [part for part in node.body if not _says_nothing(part)] or [ast.Pass()]
        return ast.dump(tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return source


def _says_nothing(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
