"""Mutants of a solution: the same program with one small change each, as text. Nothing is run here."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from ...records import rng
from .mutators import replacements

MAX_SOURCE_CHARS = 40_000
MAX_NODES = 4_000
"""Of a solution that is mutated, and of all the mutants that are made before some are chosen."""


class Mutant(NamedTuple):
    """One change: which operator made it, in which line of the original, and the whole program."""

    operator: str
    line: int
    source: str


def mutants_of(source: str, *, limit: int, seed: int = 0) -> tuple[Mutant, ...]:
    """At most `limit` different mutants, spread over the operators; none where the text is no Python.

    The same source, limit and seed give the same mutants. Annotations, decorators, docstrings and imports
    are left alone.
    """
    if len(source) > MAX_SOURCE_CHARS:
        return ()
    try:
        tree = ast.parse(source)
        original = ast.unparse(tree)
        if sum(1 for _ in ast.walk(tree)) > MAX_NODES:
            return ()
        return _chosen(list(_all(tree, original)), limit, seed)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()


def _all(tree: ast.Module, original: str) -> Iterator[Mutant]:
    known = {original}
    for place in list(_places(tree)):
        for operator, changed in replacements(place.node):
            place.put(changed)
            try:
                source = ast.unparse(ast.fix_missing_locations(tree))
                compile(source, "mutant", "exec", dont_inherit=True)
            except (SyntaxError, ValueError):
                continue
            finally:
                place.put(place.node)
            if source not in known:
                known.add(source)
                yield Mutant(operator, place.line, source)
            if len(known) > MAX_NODES:
                return


def _chosen(found: list[Mutant], limit: int, seed: int) -> tuple[Mutant, ...]:
    """Round by round one of each operator, so that a frequent operator does not crowd out the others."""
    draw = rng("mutants", seed)
    by_operator: dict[str, list[Mutant]] = {}
    for mutant in found:
        by_operator.setdefault(mutant.operator, []).append(mutant)
    for mutants in by_operator.values():
        draw.shuffle(mutants)
    chosen: list[Mutant] = []
    while len(chosen) < limit and any(by_operator.values()):
        for mutants in by_operator.values():
            if mutants and len(chosen) < limit:
                chosen.append(mutants.pop())
    return tuple(chosen)


class _Place(NamedTuple):
    """Where a node hangs in its tree."""

    parent: ast.AST
    field: str
    number: int | None
    node: ast.AST
    line: int

    def put(self, node: ast.AST) -> None:
        if self.number is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.number] = node


_LEFT_ALONE = frozenset({"annotation", "returns", "decorator_list", "type_params"})


def _places(parent: ast.AST, line: int = 0) -> Iterator[_Place]:
    for field, value in ast.iter_fields(parent):
        if field in _LEFT_ALONE:
            continue
        listed = value if isinstance(value, list) else [value]
        for number, node in enumerate(listed):
            if not isinstance(node, ast.AST) or isinstance(node, ast.Import | ast.ImportFrom):
                continue
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                continue
            here = getattr(node, "lineno", line)
            yield _Place(parent, field, number if isinstance(value, list) else None, node, here)
            yield from _places(node, here)
