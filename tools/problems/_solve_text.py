"""Inside the sandbox: solve the equations of a text and hold a claim against them."""

from __future__ import annotations

import ast
import json
import operator
import re
import sys
from typing import Any

_SPLIT = re.compile(r"\s*(?:,|;|\bor\b|\band\b)\s*")
_NAMED = re.compile(r"^\s*[a-z]\s*=\s*(.*)$", re.DOTALL)
_FUNCTIONS = {name: name for name in ("sqrt", "sin", "cos", "tan", "exp", "log")} | {
    "ln": "log",
    "abs": "Abs",
}
_TOKEN = re.compile(r"sqrt|sin|cos|tan|exp|log|ln|abs|pi|\d+(?:\.\d+)?|[a-z]|[-+*/^()]")
_SIGNS: dict[type[ast.operator], Any] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
_MAX_EXPONENT = 200
_NONE = re.compile(r"\s*(?:no (?:real )?solutions?|none|empty set|\[\s*\]|\{\s*\}|∅)\s*\.?", re.IGNORECASE)


def main() -> None:
    """Read equations, the unknown and the claim from standard input; write what was found as JSON."""
    asked = json.load(sys.stdin)
    sys.stdout.write(json.dumps(_look(asked)))


def _look(asked: dict[str, Any]) -> dict[str, Any]:
    import sympy

    names = asked["unknowns"]
    real = asked["real"]
    symbols = {name: sympy.Symbol(name, real=True) if real else sympy.Symbol(name) for name in names}
    sides = [[expression(side, symbols) for side in equation] for equation in asked["equations"]]
    differences = [left - right for left, right in sides]
    unknown = symbols[asked["asked"]]
    if len(differences) == 1:
        found = list(sympy.solve(differences[0], unknown))
        free = sympy.simplify(differences[0]) == 0 or any(value.free_symbols for value in found)
    else:
        solved = sympy.solve(differences, list(symbols.values()), dict=True)
        found = [solution.get(unknown, unknown) for solution in solved]
        free = any(value.free_symbols for value in found)
    claimed = claimed_values(asked["claim"], symbols)
    found = found if free else [value for value in found if _lies_in(value, asked["domain"])]
    roots = [] if free else [sympy.N(value, 30) for value in found]
    wrong = []
    if claimed is not None and not free:
        numeric = [sympy.N(value, 30) for value in claimed]
        if len(differences) == 1:
            wrong = [
                str(v)
                for v, n in zip(claimed, numeric, strict=True)
                if not _solves(sides[0], unknown, n) or not _lies_in(v, asked["domain"])
            ]
        else:
            wrong = [
                str(v) for v, n in zip(claimed, numeric, strict=True) if not any(_near(n, r) for r in roots)
            ]
        missing = [str(v) for v, r in zip(found, roots, strict=True) if not any(_near(r, n) for n in numeric)]
    else:
        missing = []
    return {
        "solutions": [str(value)[:80] for value in found][:20],
        "free": free,
        "read": claimed is not None,
        "claimed": 0 if claimed is None else len(claimed),
        "wrong": wrong[:5],
        "missing": missing[:5],
    }


def expression(text: str, symbols: dict[str, Any]) -> Any:
    """The expression of a text in plain notation, built node by node: nothing of it is evaluated by name."""
    tokens = _TOKEN.findall(text.replace("**", "^"))
    if "".join(tokens) != re.sub(r"\s+", "", text.replace("**", "^")):
        raise ValueError("it holds signs that no expression has")
    written = ""
    for before, token in zip(["", *tokens], tokens, strict=False):
        side_by_side = (
            before and (before[-1].isalnum() or before == ")") and (token[0].isalnum() or token == "(")
        )
        written += "*" if side_by_side and before not in _FUNCTIONS else ""
        written += "**" if token == "^" else token
    return _built(ast.parse(written, mode="eval").body, symbols)


def _built(node: ast.expr, symbols: dict[str, Any]) -> Any:
    import sympy

    match node:
        case ast.Constant(value=int(whole)):
            return sympy.Integer(whole)
        case ast.Constant(value=float(decimal)):
            return sympy.Rational(repr(decimal))
        case ast.Name(id=name) if name in symbols:
            return symbols[name]
        case ast.Name(id="pi"):
            return sympy.pi
        case ast.Name(id="e"):
            return sympy.E
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -_built(inner, symbols)
        case ast.UnaryOp(op=ast.UAdd(), operand=inner):
            return _built(inner, symbols)
        case ast.BinOp(op=ast.Pow(), right=right) if _is_large(_built(right, symbols)):
            raise ValueError("the exponent is too large")
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _SIGNS:
            return _SIGNS[type(sign)](_built(left, symbols), _built(right, symbols))
        case ast.Call(func=ast.Name(id=name), args=[inner]) if name in _FUNCTIONS:
            return getattr(sympy, _FUNCTIONS[name])(_built(inner, symbols))
    raise ValueError("it is no plain expression")


def _is_large(exponent: Any) -> bool:
    return bool(exponent.is_number and abs(exponent) > _MAX_EXPONENT)


def claimed_values(text: str, symbols: dict[str, Any]) -> list[Any] | None:
    if _NONE.fullmatch(text):
        return []
    inner = text.strip().strip("$").strip()
    if inner[:1] in "[{(" and inner[-1:] in "]})":
        inner = inner[1:-1]
    values = []
    for part in _SPLIT.split(inner):
        named = _NAMED.match(part)
        try:
            value = expression(named.group(1) if named else part, {})
        except Exception:
            return None
        if not getattr(value, "is_number", False):
            return None
        values.append(value)
    return values


def _lies_in(value: Any, domain: list[str]) -> bool:
    return not ("integer" in domain and value.is_integer is False) and not (
        "positive" in domain and value.is_positive is False
    )


def _solves(sides: list[Any], unknown: Any, value: Any) -> bool:
    left, right = (side.subs(unknown, value).evalf(30) for side in sides)
    return bool(abs(left - right) <= 1e-9 * (1 + abs(left) + abs(right)))


def _near(one: Any, other: Any) -> bool:
    return bool(abs(one - other) <= 1e-9 * (1 + abs(one) + abs(other)))
