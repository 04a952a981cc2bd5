"""A program that tells which of its pieces run, and how its comparisons fall out: the same one otherwise.

A piece is what runs as one: the statements of a block up to a branch in it, an arm of a conditional
expression, an operand behind `and` or `or`, what a comprehension or a lambda makes. Nothing is run here.
"""

from __future__ import annotations

import ast
from typing import NamedTuple

from .mutants import MAX_NODES, MAX_SOURCE_CHARS

PIECE, COMPARE = "__piece__", "__compare__"
"""Names that a watched program calls: both give back what the program would have had."""
_SIGNS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}
_BRANCHING = (ast.If, ast.For, ast.While, ast.Try, ast.With, ast.Match)
_BLOCKS = ("body", "orelse", "finalbody")


class Piece(NamedTuple):
    """Where a piece begins, by its line.

    `idle`: all that it does is to raise, or, where no condition before it held, to give an empty value: so
    programs end of which every way has ended before.
    """

    line: int
    idle: bool = False


class Watched(NamedTuple):
    """The watched program as text, its pieces by their numbers, and how many comparisons it has."""

    source: str
    pieces: tuple[Piece, ...]
    compares: int


def watched(source: str) -> Watched | None:
    """None where the text is no Python, too long, or has nothing in it that a function runs."""
    if len(source) > MAX_SOURCE_CHARS or PIECE in source or COMPARE in source:
        return None
    try:
        tree = ast.parse(source)
        if sum(1 for _ in ast.walk(tree)) > MAX_NODES:
            return None
        watcher = _Watcher()
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                watcher.visit(node)
        if not watcher.pieces:
            return None
        text = ast.unparse(ast.fix_missing_locations(tree))
        compile(text, "watched", "exec", dont_inherit=True)
        return Watched(text, tuple(watcher.pieces), watcher.compares)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


class _Watcher(ast.NodeTransformer):
    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self.compares = 0

    def _number(self, node: ast.AST, *, idle: bool = False) -> ast.expr:
        self.pieces.append(Piece(getattr(node, "lineno", 0), idle))
        return ast.Constant(len(self.pieces) - 1)

    def _piece(self, node: ast.expr) -> ast.expr:
        """An expression that is a piece by itself."""
        number = self._number(node)
        return ast.Call(ast.Name(PIECE, ast.Load()), [number, self.visit(node)], [])

    def _block(self, statements: list[ast.stmt], *, otherwise: bool) -> list[ast.stmt]:
        made: list[ast.stmt] = []
        fresh = True
        for place, node in enumerate(statements):
            says = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            if fresh and not (says and len(statements) > 1) and not isinstance(node, ast.FunctionDef):
                raises = isinstance(node, ast.Raise) and place == 0
                ends = (otherwise or place > 0) and place + 1 == len(statements) and _gives_nothing(node)
                number = self._number(node, idle=raises or ends)
                call = ast.Call(ast.Name(PIECE, ast.Load()), [number], [])
                made.append(ast.copy_location(ast.Expr(call), node))
                fresh = False
            made.append(self.visit(node))
            fresh = fresh or isinstance(node, _BRANCHING)
        return made

    def generic_visit(self, node: ast.AST) -> ast.AST:
        for field, value in ast.iter_fields(node):
            if field in ("annotation", "returns", "decorator_list", "type_params", "pattern"):
                continue
            if field in _BLOCKS and isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                if isinstance(node, ast.ClassDef):
                    node.body = [self.visit(part) for part in value]
                else:
                    setattr(node, field, self._block(value, otherwise=field == "orelse"))
            elif isinstance(value, list):
                setattr(node, field, [self.visit(p) if isinstance(p, ast.AST) else p for p in value])
            elif isinstance(value, ast.AST):
                setattr(node, field, self.visit(value))
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        return ast.IfExp(self.visit(node.test), self._piece(node.body), self._piece(node.orelse))

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        return ast.BoolOp(node.op, [self.visit(node.values[0]), *map(self._piece, node.values[1:])])

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        return ast.Lambda(node.args, self._piece(node.body))

    def visit_ListComp(self, node: ast.ListComp) -> ast.AST:
        return ast.ListComp(self._piece(node.elt), self._clauses(node.generators))

    def visit_SetComp(self, node: ast.SetComp) -> ast.AST:
        return ast.SetComp(self._piece(node.elt), self._clauses(node.generators))

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> ast.AST:
        return ast.GeneratorExp(self._piece(node.elt), self._clauses(node.generators))

    def visit_DictComp(self, node: ast.DictComp) -> ast.AST:
        return ast.DictComp(self.visit(node.key), self._piece(node.value), self._clauses(node.generators))

    def _clauses(self, clauses: list[ast.comprehension]) -> list[ast.comprehension]:
        return [
            ast.comprehension(c.target, self.visit(c.iter), [self.visit(test) for test in c.ifs], c.is_async)
            for c in clauses
        ]

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        operands = [node.left, *node.comparators]
        signs = [_SIGNS.get(type(sign), "") for sign in node.ops]
        # Python evaluates a later operand only while the comparison holds: it may be asked for early if it
        # costs and changes nothing.
        if not all(signs) or not all(map(_is_plain, operands[2:])):
            return self.generic_visit(node)
        number = ast.Constant(self.compares)
        self.compares += len(signs)
        listed = ast.Constant(" ".join(signs))
        parts = [self.visit(operand) for operand in operands]
        return ast.Call(ast.Name(COMPARE, ast.Load()), [number, listed, *parts], [])


def _gives_nothing(node: ast.stmt) -> bool:
    """Whether a statement returns, or assigns, nothing, an empty value or -1."""
    if not isinstance(node, ast.Return | ast.Assign):
        return False
    match node.value:
        case None | ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=1)):
            return True
        case ast.Constant(value=value):
            return not value
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return not items
        case ast.Dict(keys=keys):
            return not keys
    return False


def _is_plain(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant | ast.Name)
