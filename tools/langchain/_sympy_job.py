"""The SymPy tools, the sandbox's side: one request on stdin, one JSON reply on stdout.

Inside the sandbox only: parsing an expression may run it.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from typing import Any


def solve(equations: list[str], unknowns: list[str], domain: str) -> str:
    import sympy

    assumed = {} if domain == "complex" else {domain: True}
    names = {name: sympy.Symbol(name, **assumed) for name in unknowns}
    stated = [_relation(text, names) for text in equations]
    if any(one is sympy.false for one in stated):
        return "no solution"
    asked = [one for one in stated if one is not sympy.true]
    if not asked:
        return "every value is a solution"
    found = sympy.solve(asked, list(names.values()), dict=True)
    if not isinstance(found, list):
        return str(found)
    lines = [", ".join(f"{name} = {value}" for name, value in one.items()) for one in found]
    return "\n".join(lines) or "no solution"


def simplify(expression: str, form: str) -> str:
    import sympy

    return str(getattr(sympy, form)(_parsed(expression)))


def evaluate(expression: str, digits: int) -> str:
    import sympy

    value = _parsed(expression)
    unknown = sorted(str(name) for name in getattr(value, "free_symbols", ()))
    if unknown:
        raise ValueError(f"it has unknown names: {', '.join(unknown)}; put their values in")
    return str(value if isinstance(value, sympy.logic.boolalg.Boolean) else sympy.N(value, digits))


def differentiate(expression: str, variable: str, order: int) -> str:
    import sympy

    names = {variable: sympy.Symbol(variable)}
    return str(sympy.diff(_parsed(expression, names), names[variable], order))


def integrate(expression: str, variable: str, lower: str, upper: str) -> str:
    import sympy

    names = {variable: sympy.Symbol(variable)}
    bounds = [_parsed(bound) for bound in (lower, upper) if bound.strip()]
    asked = sympy.Integral(_parsed(expression, names), (names[variable], *bounds))
    found = asked.doit()
    if not found.has(sympy.Integral):
        return str(found)
    near = asked.evalf(15) if bounds else asked
    raise ValueError(f"no closed form was found{f'; numerically it is {near}' if near.is_Float else ''}")


def _relation(text: str, names: dict[str, Any]) -> Any:
    """An equation, an inequality, or an expression that is to be zero."""
    import sympy

    if re.search(r"[<>]|!=", text):
        return _parsed(text, names)
    sides = re.split(r"==?", text)
    if len(sides) > 2:
        raise ValueError(f"{text!r} has more than one equals sign; give each equation by itself")
    return sympy.Eq(_parsed(sides[0], names), _parsed(sides[1], names) if sides[1:] else 0)


def _parsed(text: str, names: dict[str, Any] | None = None) -> Any:
    from sympy.parsing import sympy_parser as parser

    forms = (*parser.standard_transformations, parser.convert_xor, parser.implicit_multiplication)
    return parser.parse_expr(text, local_dict=dict(names or {}), transformations=forms)


TOOLS: dict[str, Callable[..., str]] = {
    "sympy_solve": solve,
    "sympy_simplify": simplify,
    "sympy_evaluate": evaluate,
    "sympy_differentiate": differentiate,
    "sympy_integrate": integrate,
}


def main() -> None:
    asked = json.loads(sys.stdin.read())
    try:
        reply = {"answer": TOOLS[asked["tool"]](**asked["arguments"])}
    except MemoryError:
        # The sandbox tells this end from others by itself.
        raise
    except Exception as error:
        reply = {"fault": f"{type(error).__name__}: {' '.join(str(error).split())[:500]}"}
    json.dump(reply, sys.stdout)


if __name__ == "__main__":
    main()
