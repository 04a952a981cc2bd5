"""The changes that make mutants: each takes a syntax node and gives the nodes that may stand in its place."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator, Sequence
from types import MappingProxyType

Mutator = Callable[[ast.AST], Iterator[ast.AST]]

_NEGATED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE,
    ast.LtE: ast.Gt,
    ast.Gt: ast.LtE,
    ast.GtE: ast.Lt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
}
_AT_BOUND: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
}
_MEMBERSHIP: dict[type[ast.cmpop], type[ast.cmpop]] = {ast.In: ast.NotIn, ast.NotIn: ast.In}
_IDENTITY: dict[type[ast.cmpop], type[ast.cmpop]] = {ast.Is: ast.IsNot, ast.IsNot: ast.Is}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.FloorDiv,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
}
_BITWISE: dict[type[ast.operator], type[ast.operator]] = {
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitOr,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
_METHODS = {
    "lower": "upper",
    "upper": "lower",
    "islower": "isupper",
    "isupper": "islower",
    "swapcase": "lower",
    "startswith": "endswith",
    "endswith": "startswith",
    "find": "rfind",
    "index": "rindex",
    "lstrip": "rstrip",
    "rstrip": "lstrip",
    "isalpha": "isalnum",
    "isdigit": "isalnum",
}
_OPPOSITES = {"min": "max", "max": "min", "any": "all", "all": "any", "floor": "ceil", "ceil": "floor"}
_WRAPPERS = frozenset({"abs", "int", "list", "reversed", "round", "set", "sorted", "str"})


def _number(value: int) -> ast.expr:
    return ast.UnaryOp(ast.USub(), ast.Constant(-value)) if value < 0 else ast.Constant(value)


def _moved(node: ast.expr, by: int) -> ast.expr:
    """An expression plus or minus a small number."""
    match node:
        case ast.Constant(value=int(value)) if not isinstance(value, bool):
            return _number(value + by)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(value))):
            return _number(by - value)
    return ast.BinOp(copy.deepcopy(node), ast.Add() if by > 0 else ast.Sub(), ast.Constant(abs(by)))


def _name_of(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _compared(table: dict[type[ast.cmpop], type[ast.cmpop]]) -> Mutator:
    def mutate(node: ast.AST) -> Iterator[ast.AST]:
        if isinstance(node, ast.Compare):
            for place, sign in enumerate(node.ops):
                if type(sign) in table:
                    ops = [*node.ops[:place], table[type(sign)](), *node.ops[place + 1 :]]
                    yield ast.Compare(node.left, ops, node.comparators)

    return mutate


def _calculated(table: dict[type[ast.operator], type[ast.operator]]) -> Mutator:
    def mutate(node: ast.AST) -> Iterator[ast.AST]:
        if isinstance(node, ast.BinOp) and type(node.op) in table:
            yield ast.BinOp(node.left, table[type(node.op)](), node.right)

    return mutate


def _operand_dropped(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.BinOp):
        yield node.left
        yield node.right


def _augmented(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.AugAssign):
        other = (_ARITHMETIC | _BITWISE).get(type(node.op))
        if other is not None:
            yield ast.AugAssign(node.target, other(), node.value)
        yield ast.Assign([node.target], node.value, lineno=node.lineno)


def _connective(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)


def _part_dropped(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.BoolOp):
        for place in range(len(node.values)):
            rest = [*node.values[:place], *node.values[place + 1 :]]
            yield rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)


def _with_test(node: ast.AST, change: Callable[[ast.expr], ast.expr]) -> Iterator[ast.AST]:
    match node:
        case ast.If() | ast.While():
            yield type(node)(change(node.test), node.body, node.orelse)
        case ast.IfExp():
            yield ast.IfExp(change(node.test), node.body, node.orelse)


def _condition_negated(node: ast.AST) -> Iterator[ast.AST]:
    yield from _with_test(node, lambda test: ast.UnaryOp(ast.Not(), test))
    if isinstance(node, ast.comprehension):
        for place, test in enumerate(node.ifs):
            ifs = [*node.ifs[:place], ast.UnaryOp(ast.Not(), test), *node.ifs[place + 1 :]]
            yield ast.comprehension(node.target, node.iter, ifs, node.is_async)


def _condition_fixed(node: ast.AST) -> Iterator[ast.AST]:
    if not isinstance(node, ast.While):
        yield from _with_test(node, lambda _: ast.Constant(True))
    yield from _with_test(node, lambda _: ast.Constant(False))
    if isinstance(node, ast.comprehension) and node.ifs:
        yield ast.comprehension(node.target, node.iter, [], node.is_async)


def _negation_dropped(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub | ast.Invert):
        yield node.operand


def _number_shifted(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        if isinstance(node.value, bool):
            return
        for by in (1, -1):
            value = node.value + by
            yield ast.UnaryOp(ast.USub(), ast.Constant(-value)) if value < 0 else ast.Constant(value)


def _text_changed(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield ast.Constant(node.value + "x")
        if node.value:
            yield ast.Constant(node.value[:-1])


def _truth_flipped(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield ast.Constant(not node.value)


def _range_bound(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Call) and _name_of(node.func) == "range" and not node.keywords:
        args = node.args
        if len(args) == 1:
            yield ast.Call(node.func, [ast.Constant(1), *args], [])
        for place in range(min(len(args), 2)):
            for by in (1, -1):
                yield ast.Call(node.func, [*args[:place], _moved(args[place], by), *args[place + 1 :]], [])


def _slice_bound(node: ast.AST) -> Iterator[ast.AST]:
    if not isinstance(node, ast.Slice):
        return
    if node.lower is not None:
        yield ast.Slice(_moved(node.lower, 1), node.upper, node.step)
        yield ast.Slice(None, node.upper, node.step)
    if node.upper is not None:
        yield ast.Slice(node.lower, _moved(node.upper, 1), node.step)
        yield ast.Slice(node.lower, _moved(node.upper, -1), node.step)
        yield ast.Slice(node.lower, None, node.step)
    if node.step is not None:
        yield ast.Slice(node.lower, node.upper, None)


def _index_shifted(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Slice | ast.Tuple):
        for by in (1, -1):
            yield ast.Subscript(node.value, _moved(node.slice, by), node.ctx)


def _statement_removed(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Assign | ast.AugAssign | ast.Expr | ast.Raise | ast.Assert | ast.Delete):
        yield ast.Pass()


def _returned(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Return) and node.value is not None:
        if not isinstance(node.value, ast.Constant) or node.value.value is not None:
            yield ast.Return(ast.Constant(None))
        yield ast.Pass()


def _loop_exit(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Break):
        yield ast.Continue()
    elif isinstance(node, ast.Continue):
        yield ast.Break()


def _loop_cut(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.For | ast.comprehension):
        for bounds in (ast.Slice(ast.Constant(1)), ast.Slice(None, _number(-1))):
            items = ast.Call(ast.Name("list", ast.Load()), [node.iter], [])
            cut = ast.Subscript(items, bounds, ast.Load())
            if isinstance(node, ast.For):
                yield ast.For(node.target, cut, node.body, node.orelse, lineno=node.lineno)
            else:
                yield ast.comprehension(node.target, cut, node.ifs, node.is_async)


def _opposite(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Call) and (other := _OPPOSITES.get(_name_of(node.func))):
        yield ast.Call(_renamed(node.func, other), node.args, node.keywords)


def _renamed(function: ast.expr, name: str) -> ast.expr:
    if isinstance(function, ast.Attribute):
        return ast.Attribute(function.value, name, ast.Load())
    return ast.Name(name, ast.Load())


def _order_reversed(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Call) and _name_of(node.func) in ("sorted", "sort"):
        for name in ("reverse", "key"):
            kept = [keyword for keyword in node.keywords if keyword.arg != name]
            if len(kept) < len(node.keywords):
                yield ast.Call(node.func, node.args, kept)
            elif name == "reverse":
                keywords = [*kept, ast.keyword("reverse", ast.Constant(True))]
                yield ast.Call(node.func, node.args, keywords)


def _method_exchanged(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _METHODS:
        function = ast.Attribute(node.func.value, _METHODS[node.func.attr], ast.Load())
        yield ast.Call(function, node.args, node.keywords)


def _arguments_swapped(node: ast.AST) -> Iterator[ast.AST]:
    if (
        isinstance(node, ast.Call)
        and len(node.args) >= 2
        and ast.dump(node.args[0]) != ast.dump(node.args[1])
    ):
        yield ast.Call(node.func, [node.args[1], node.args[0], *node.args[2:]], node.keywords)


def _default_changed(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.arguments) and node.defaults:
        for place, default in enumerate(node.defaults):
            changed = ast.Constant(1) if _is_none(default) else ast.Constant(None)
            made = copy.deepcopy(node)
            made.defaults[place] = changed
            yield made


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _wrapper_dropped(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Call) and _name_of(node.func) in _WRAPPERS and node.args:
        yield node.args[0]


def _length_shifted(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Call) and _name_of(node.func) in ("len", "sum", "count") and node.args:
        for by in (1, -1):
            yield ast.BinOp(node, ast.Add() if by > 0 else ast.Sub(), ast.Constant(1))


def _branch_dropped(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.If) and node.orelse:
        yield ast.If(node.test, node.body, [])
    elif isinstance(node, ast.IfExp):
        yield node.body
        yield node.orelse


def _collection_emptied(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.List) and isinstance(node.ctx, ast.Load):
        yield ast.List([] if node.elts else [ast.Constant(0)], ast.Load())
    elif isinstance(node, ast.Dict) and node.keys:
        yield ast.Dict([], [])


OPERATORS: MappingProxyType[str, Mutator] = MappingProxyType(
    {
        "comparison-negated": _compared(_NEGATED),
        "comparison-at-bound": _compared(_AT_BOUND),
        "membership": _compared(_MEMBERSHIP),
        "identity": _compared(_IDENTITY),
        "arithmetic": _calculated(_ARITHMETIC),
        "bitwise": _calculated(_BITWISE),
        "operand-dropped": _operand_dropped,
        "augmented": _augmented,
        "connective": _connective,
        "part-dropped": _part_dropped,
        "condition-negated": _condition_negated,
        "condition-fixed": _condition_fixed,
        "negation-dropped": _negation_dropped,
        "number-shifted": _number_shifted,
        "text-changed": _text_changed,
        "truth-flipped": _truth_flipped,
        "range-bound": _range_bound,
        "slice-bound": _slice_bound,
        "index-shifted": _index_shifted,
        "statement-removed": _statement_removed,
        "returned": _returned,
        "loop-exit": _loop_exit,
        "loop-cut": _loop_cut,
        "opposite": _opposite,
        "order-reversed": _order_reversed,
        "method-exchanged": _method_exchanged,
        "arguments-swapped": _arguments_swapped,
        "default-changed": _default_changed,
        "wrapper-dropped": _wrapper_dropped,
        "length-shifted": _length_shifted,
        "branch-dropped": _branch_dropped,
        "collection-emptied": _collection_emptied,
    }
)


def replacements(node: ast.AST, operators: Sequence[str] = tuple(OPERATORS)) -> Iterator[tuple[str, ast.AST]]:
    """Every operator's name with a node that it puts in place of this one."""
    for name in operators:
        for changed in OPERATORS[name](node):
            yield name, changed
