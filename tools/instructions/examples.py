"""Calls with their results that an instruction shows of the function it asks for: these are its tests."""

from __future__ import annotations

import ast
import re
from typing import NamedTuple

_CALL = r"(?P<call>[a-z_]\w*\((?:[^()\n]|\([^()\n]*\))*\))"
_RESULT = (
    r"(?P<result>-?\d+(?:\.\d+)?|'[^'\n]*'|\"[^\"\n]*\"|\[[^\]\n]*\]|\([^)\n]*\)|\{[^}\n]*\}|True|False|None)"
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
    tests: dict[str, None] = {}
    names = set()
    for pattern in _SHOWN:
        for match in pattern.finditer(instruction):
            test = f"assert {match['call']} == {match['result']}"
            try:
                (node,) = ast.parse(test).body
                assert isinstance(node, ast.Assert) and isinstance(node.test, ast.Compare)
                call = node.test.left
                ast.literal_eval(node.test.comparators[0])
                for argument in call.args if isinstance(call, ast.Call) else [call]:
                    ast.literal_eval(argument)
            except (SyntaxError, ValueError, AssertionError, RecursionError, MemoryError):
                continue
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and not call.keywords:
                names.add(call.func.id)
                tests[test] = None
    if len(names) != 1:
        return None
    return Examples(names.pop(), tuple(tests))


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
