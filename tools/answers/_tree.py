"""Text to terms: `ast.parse` on the rewritten expression, then a whitelist of node types.

No text is ever evaluated: Python's parser only groups the signs, and each node becomes a term or is refused.
"""

from __future__ import annotations

import ast

from ._terms import Apply, Group, Name, Number, Relation, Term, Truth, Unreadable
from ._tokens import FUNCTIONS, Rewritten, rewrite

MAX_DEPTH = 40

_OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "div",
    ast.Pow: "pow",
    ast.BitAnd: "both",
    ast.BitOr: "either",
}
_RELATIONS: dict[type[ast.AST], str] = {
    ast.Eq: "=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
_SAME = {
    "ln": "log", "abs": "Abs", "ceil": "ceiling", "Fraction": "Rational", "max": "Max", "min": "Min",
    "arcsin": "asin", "arccos": "acos", "arctan": "atan",
}  # fmt: skip
_ARITIES: dict[str, tuple[int, int]] = {
    "log": (1, 2), "root": (2, 2), "binomial": (2, 2), "Rational": (1, 2), "gcd": (2, 8), "lcm": (2, 8),
    "Max": (1, 8), "Min": (1, 8), "Interval": (2, 4), "IntervalOpen": (2, 2), "IntervalLopen": (2, 2),
    "IntervalRopen": (2, 2), "Union": (1, 50),
}  # fmt: skip
_OF_COLLECTIONS = frozenset(
    {"Matrix", "Union", "Interval", "IntervalOpen", "IntervalLopen", "IntervalRopen", "both", "either"}
)
"""Operations whose arguments may be other than scalars."""


def read(text: str) -> Term:
    """The term that a text in plain notation stands for.

    Raises:
        Unreadable: anything outside the whitelist, or nested more than 40 deep.
    """
    depth = deepest = 0
    for char in text:
        depth += (char in "([{") - (char in ")]}")
        deepest = max(deepest, depth)
    if deepest > MAX_DEPTH:
        raise Unreadable(f"too large: nested more than {MAX_DEPTH} deep")
    rewritten = rewrite(text)
    try:
        node = ast.parse(rewritten.source, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise Unreadable("is not a well-formed expression") from None
    return _term(node, rewritten, 0)


def _term(node: ast.AST, rewritten: Rewritten, depth: int) -> Term:
    if depth > MAX_DEPTH:
        raise Unreadable(f"too large: nested more than {MAX_DEPTH} deep")

    def inner(child: ast.AST) -> Term:
        return _term(child, rewritten, depth + 1)

    match node:
        case ast.Name(id=name):
            return rewritten.numbers[name] if name in rewritten.numbers else Name(name)
        case ast.Constant(value=bool() as truth):
            return Truth("True" if truth else "False")
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return _applied(_OPERATORS[type(op)], (inner(left), inner(right)))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return _applied("neg", (inner(operand),))
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _applied("neg", (_applied("neg", (inner(operand),)),))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
            return _call(name, tuple(inner(arg) for arg in args))
        case ast.Tuple(elts=items):
            return Group("tuple", tuple(inner(item) for item in items))
        case ast.List(elts=items):
            return Group("list", tuple(inner(item) for item in items))
        case ast.Set(elts=items):
            return Group("set", tuple(inner(item) for item in items))
        case ast.Dict(keys=[]):
            return Group("set", ())
        case ast.Compare(left=left, ops=ops, comparators=rest) if all(type(op) in _RELATIONS for op in ops):
            return Relation(tuple(_RELATIONS[type(op)] for op in ops), tuple(map(inner, (left, *rest))))
    raise Unreadable("is not a well-formed expression")


def _call(name: str, args: tuple[Term, ...]) -> Term:
    name = _SAME.get(name, name)
    if name == "Eq" and len(args) == 2:
        return Relation(("=",), args)
    if name == "FiniteSet":
        return Group("set", args)
    if name in ("set", "list", "tuple"):
        return _converted(name, args)
    low, high = _ARITIES.get(name, (1, 1))
    if name not in FUNCTIONS | {"percent"} or not low <= len(args) <= high:
        raise Unreadable(f"calls {name} with {len(args)} values")
    return _applied(name, args)


def _converted(name: str, args: tuple[Term, ...]) -> Term:
    """`set()`, `list()`, `tuple()`: only the empty ones are ever printed."""
    if args:
        raise Unreadable(f"calls {name} with {len(args)} values")
    return Group("set" if name == "set" else "list" if name == "list" else "tuple", ())


def _applied(op: str, args: tuple[Term, ...]) -> Term:
    if op not in _OF_COLLECTIONS and any(isinstance(a, Group | Relation | Truth) for a in args):
        raise Unreadable("calculates with something that is not a number")
    if any(isinstance(a, Apply) and a.op in _OF_COLLECTIONS for a in args) and op not in _OF_COLLECTIONS:
        raise Unreadable("calculates with something that is not a number")
    return (
        Number(-args[0].value, args[0].digits)
        if op == "neg" and isinstance(args[0], Number)
        else Apply(op, args)
    )
