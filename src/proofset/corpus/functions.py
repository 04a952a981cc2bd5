"""Functions of a Python file that stand by themselves. The file is parsed, and never run or imported."""

from __future__ import annotations

import ast
import builtins
import symtable
from collections.abc import Iterator
from typing import NamedTuple

from .rules import Rules
from .segmenting import Cut, Span

_REACHES_OUT = {
    "open",
    "input",
    "print",
    "exec",
    "eval",
    "compile",
    "globals",
    "locals",
    "vars",
    "breakpoint",
    "exit",
    "quit",
    "id",
    "hash",
    "help",
    "__import__",
}
_KNOWN = frozenset(dir(builtins)) - _REACHES_OUT


class NotPythonError(ValueError):
    """The file is no Python that can be read."""


class _Slice(NamedTuple):
    start: int
    end: int


def functions_in(data: bytes, rules: Rules) -> Iterator[Span | Cut]:
    """Top-level functions without a docstring as spans in bytes, and those that are left, with the reason.

    Kept are functions whose result depends on their arguments alone as far as their names tell: they use
    built-in functions, and modules that they import themselves.

    Raises NotPythonError for anything but a Python file in UTF-8.
    """
    try:
        tree = ast.parse(data.decode("utf-8-sig"))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise NotPythonError(str(error).partition("\n")[0][:120]) from error
    lines = data.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    mark = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        first = node.lineno
        skipped = mark if first == 1 else 0
        end_skip = mark if node.end_lineno == 1 else 0
        where = _Slice(
            starts[first - 1] + skipped,
            starts[(node.end_lineno or first) - 1] + (node.end_col_offset or 0) + end_skip,
        )
        text = data[where.start : where.end].decode("utf-8")
        code = _fault(node, text, rules)
        yield Cut(first, code) if code else Span(where.start, where.end, first, node.name, text)


def _fault(node: ast.FunctionDef | ast.AsyncFunctionDef, text: str, rules: Rules) -> str:
    if len(text) > rules.most:
        return "too_long"
    if len(node.body) == 1 and len(text) < rules.least // 2:
        return "too_short"
    if ast.get_docstring(node) is not None:
        return "has_docstring"
    if isinstance(node, ast.AsyncFunctionDef) or node.decorator_list:
        return "async_or_decorated"
    if any(isinstance(part, ast.Yield | ast.YieldFrom) for part in ast.walk(node)):
        return "generator"
    given = node.args
    if not given.args or given.vararg or given.kwarg or given.posonlyargs or given.kwonlyargs:
        return "other_arguments"
    if not any(isinstance(part, ast.Return) and part.value is not None for part in ast.walk(node)):
        return "returns_nothing"
    return "" if _stands_alone(text, node.name) else "needs_its_module"


def _stands_alone(text: str, name: str) -> bool:
    try:
        table = symtable.symtable(text, "function", "exec")
    except (SyntaxError, ValueError, RecursionError):
        return False
    return all(free in _KNOWN or free == name for free in _free(table))


def _free(table: symtable.SymbolTable) -> Iterator[str]:
    for symbol in table.get_symbols():
        outer = symbol.is_global() or table.get_type() == "module"
        if outer and symbol.is_referenced():
            yield symbol.get_name()
        elif outer and symbol.is_assigned() and table.get_type() != "module":
            # `global counter`: it changes what outlives the call.
            yield symbol.get_name()
    for child in table.get_children():
        yield from _free(child)
