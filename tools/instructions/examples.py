"""Calls with their results that an instruction shows of the function it asks for: these are its tests."""

from __future__ import annotations

import ast
import re
from typing import NamedTuple

_CALL = r"(?P<call>[a-z_]\w*\((?:[^()\n]|\([^()\n]*\))*\))"
_RESULT = (
    r"(?P<result>-?\d+(?:\.\d+)?|'[^'\n]*'|\"[^\"\n]*\"|\[[^\]\n]*\]"
    r"|\([^)\n]*\)|\{[^}\n]*\}|True|False|None)"
)
_SHOWN = (
    re.compile(rf"`?{_CALL}`?\s*(?:==|=>|->|→|=)\s*`?{_RESULT}"),
    re.compile(rf"`?{_CALL}`?\s+(?:should return|must return|returns|gives|is|yields)\s+`?{_RESULT}"),
    re.compile(rf">>>\s*{_CALL}\s*\n\s*{_RESULT}"),
)
_FENCED = re.compile(r"```(?:python|py)?\n(?P<code>.*?)```", re.DOTALL | re.IGNORECASE)


class Examples(NamedTuple):
    """A function's name, and asserts on its calls."""

    entry_point: str
    tests: tuple[str, ...]


def examples_in(instruction: str) -> Examples | None:
    """The examples of the one function that is shown; None where there are none that can be read."""
    shown: dict[str, str] = {}
    for pattern in _SHOWN:
        for match in pattern.finditer(instruction):
            test = f"assert {match['call']} == {match['result']}"
            if name := _called(test):
                shown[test] = name
    names = set(shown.values())
    return Examples(names.pop(), tuple(shown)) if len(names) == 1 else None


def _called(test: str) -> str:
    """The function that is called with literals and compared with one; empty for any other text."""
    try:
        (statement,) = ast.parse(test).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    match statement:
        case ast.Assert(
            test=ast.Compare(
                left=ast.Call(func=ast.Name(id=name), args=args, keywords=[]), comparators=[result]
            )
        ) if all(map(_is_literal, [*args, result])):
            return name
    return ""


def _is_literal(node: ast.expr) -> bool:
    match node:
        case ast.Constant():
            return True
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float())):
            return True
        case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
            return all(map(_is_literal, parts))
        case ast.Dict(keys=keys, values=values):
            return all(key is not None and _is_literal(key) for key in keys) and all(map(_is_literal, values))
    return False


def code_in(response: str) -> str:
    """The Python of a response: its one fenced block, or all of it where that is Python; else empty."""
    fenced = _FENCED.findall(response)
    if len(fenced) > 1:
        return ""
    code = fenced[0] if fenced else response
    try:
        body = ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    return code if any(isinstance(node, ast.FunctionDef) for node in body) else ""
