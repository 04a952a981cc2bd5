"""What a program compares its input with: its literal numbers and texts, read from syntax, and their like."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .mutants import MAX_SOURCE_CHARS
from .pure import TooLarge, apply_binary

MAX_EACH = 40
"""Numbers, and texts, that are taken from all programs together."""
_LARGEST = 10**15
_MAX_TEXT = 60


class Constants(NamedTuple):
    """Numbers and texts, those of the first program first, none twice."""

    numbers: tuple[int | float, ...] = ()
    texts: tuple[str, ...] = ()


def constants_of(programs: Sequence[str]) -> Constants:
    """The constants of programs in turns; of a text that is no Python, or too long to be read, none."""
    found = [list(_literals(program)) for program in programs]
    turns = [value for turn in range(max(map(len, found), default=0)) for value in _at(found, turn)]
    numbers = dict.fromkeys(value for value in turns if not isinstance(value, str))
    texts = dict.fromkeys(value for value in turns if isinstance(value, str))
    return Constants(tuple(numbers)[:MAX_EACH], tuple(texts)[:MAX_EACH])


def is_brief(program: str) -> bool:
    """Whether no loop, power, or call that may hide one makes a program's time hang on a number's size."""
    if len(program) > MAX_SOURCE_CHARS:
        return False
    try:
        nodes = list(ast.walk(ast.parse(program)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return not any(isinstance(node, _LENGTHY) or _may_hide_a_loop(node) for node in nodes)


def _may_hide_a_loop(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name not in _QUICK
    return isinstance(node, ast.Call)


_LENGTHY = (ast.For, ast.While, ast.comprehension, ast.Pow, ast.LShift, ast.AsyncFor)
_QUICK = frozenset(
    {
        *("abs", "bool", "divmod", "float", "int", "len", "max", "min", "round", "str", "sum", "sorted"),
        *("sqrt", "floor", "ceil", "isqrt", "gcd", "isclose", "trunc", "bit_length", "append", "format"),
    }
)


def _at(found: Sequence[Sequence[int | float | str]], turn: int) -> list[int | float | str]:
    return [values[turn] for values in found if turn < len(values)]


def _literals(program: str) -> Iterator[int | float | str]:
    if len(program) > MAX_SOURCE_CHARS:
        return
    try:
        tree = ast.parse(program)
        nodes = list(ast.walk(tree))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    said = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    for node in nodes:
        if id(node) in said or not isinstance(node, ast.Constant | ast.UnaryOp | ast.BinOp):
            continue
        value = _folded(node)
        if isinstance(value, str):
            fits = len(value) <= _MAX_TEXT
            if fits and value.isascii() and value.isdigit() and len(value) <= len(str(_LARGEST)):
                # A number that is compared as a text.
                yield int(value)
        else:
            fits = isinstance(value, int | float) and abs(value) <= _LARGEST
        if fits and not isinstance(value, bool):
            yield value  # type: ignore[misc]


def _folded(node: ast.expr) -> object:
    """The value of a literal, of a negative one, or of an operation on two, such as 10 ** 6; else None."""
    match node:
        case ast.Constant(value=value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(value) | float(value))):
            return -value
        case ast.BinOp(
            left=ast.Constant(value=int(left) | float(left)),
            right=ast.Constant(value=int(right) | float(right)),
        ):
            try:
                return apply_binary(type(node.op), left, right)
            except (TooLarge, ArithmeticError, TypeError, ValueError, KeyError):
                return None
    return None
