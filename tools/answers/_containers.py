"""Sets, tuples and matrices: read from whatever brackets the notation uses, compared entry by entry."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple, TypeAlias

from . import _exact, _scalars
from ._terms import (
    FAIL,
    OPEN,
    PASS,
    Apply,
    Finding,
    Found,
    Group,
    Relation,
    SeveralAnswers,
    Term,
    Truth,
    Unreadable,
    all_of,
    children,
    misshapen,
    undecided,
)
from ._text import bare, plain
from ._tree import read
from ._values import AND, LABEL, OR, solved, with_imaginary

MAX_ITEMS = 40

_GROUPED = re.compile(r"(?<![0-9.])[1-9][0-9]{0,2},[0-9]{3}(?![0-9])")

Rows: TypeAlias = tuple[tuple[Term, ...], ...]


class Table(NamedTuple):
    rows: Rows
    shape: Literal["matrix", "vector"]
    """A `vector` is a flat list: it does not say whether it is a row or a column."""


def read_collection(text: str, kind: Literal["set", "tuple"]) -> Group:
    """Items of a set or tuple, whatever brackets the notation uses for them."""
    try:
        body = plain(bare(text))
    except SeveralAnswers:
        if kind == "set":
            raise Unreadable("has several boxes: a set or a hedge") from None
        raise
    if OR.search(body):
        raise Unreadable("offers alternatives: a set or a hedge")
    body = AND.sub(",", body)
    if _GROUPED.search(body) and ", " in body:
        raise Unreadable("has commas both within and between numbers")
    if label := LABEL.match(body):
        body = body[label.end() :]
    term = read(body)
    if isinstance(term, Relation) and len(term.ops) == 1 and isinstance(term.items[1], Group):
        term = term.items[1]
    if not isinstance(term, Group):
        if kind == "tuple":
            raise Unreadable("is one value and not a tuple")
        term = Group("set", (term,))
    elif kind == "set" and term.kind == "tuple" and body.startswith("("):
        raise Unreadable("is in parentheses, which mean an order")
    elif kind == "tuple" and term.kind == "set":
        raise Unreadable("is in braces, which mean no order")
    if len(term.items) > MAX_ITEMS:
        raise Unreadable(f"too large: more than {MAX_ITEMS} items")
    return Group(term.kind, tuple(_item(item) for item in term.items))


def _item(term: Term) -> Term:
    term = solved(term).term
    if isinstance(term, Relation):
        raise Unreadable("has a relation among its items")
    if isinstance(term, Group):
        return Group(term.kind, tuple(_item(item) for item in term.items))
    return with_imaginary(term)


def _same_item(a: Term, b: Term) -> Finding:
    if isinstance(a, Group) and isinstance(b, Group):
        if "set" in (a.kind, b.kind):
            return same_sets(a, b) if a.kind == b.kind else undecided("an item is ordered on one side only")
        return same_tuples(a, b)
    if isinstance(a, Group) or isinstance(b, Group):
        return misshapen("an item is a collection on one side only")
    return _scalars.compare(a, b)


def same_tuples(a: Group, b: Group) -> Finding:
    if len(a.items) != len(b.items):
        return misshapen(f"{len(a.items)} and {len(b.items)} entries")
    finding = all_of(_same_item(x, y) for x, y in zip(a.items, b.items, strict=True))
    if finding.outcome == PASS and len(a.items) == 2 and {a.kind, b.kind} == {"list", "tuple"}:
        return undecided("square brackets on one side only: a pair or a closed interval")
    return finding


def same_sets(a: Group, b: Group) -> Finding:
    """Every item has an equal one on the other side; what is listed twice counts once."""
    if not a.items or not b.items:
        same = not a.items and not b.items
        return (
            Finding(PASS, PASS, "both sets are empty") if same else misshapen("only one of the sets is empty")
        )
    table = [[_same_item(x, y) for y in b.items] for x in a.items]
    lines = table + [list(column) for column in zip(*table, strict=True)]
    finding = Finding(
        _partnered([[f.symbolic if f.outcome != FAIL else FAIL for f in line] for line in lines]),
        _partnered([[f.numeric if f.outcome != FAIL else FAIL for f in line] for line in lines]),
        "every item has its equal on the other side",
    )
    if finding.outcome == PASS:
        return finding
    if finding.outcome == FAIL:
        return Finding(finding.symbolic, finding.numeric, "an item is missing on the other side")
    return Finding(finding.symbolic, finding.numeric, "some items could not be told apart or matched")


def _partnered(lines: Sequence[Sequence[Found]]) -> Found:
    verdicts = [PASS if PASS in line else OPEN if OPEN in line else FAIL for line in lines]
    return FAIL if FAIL in verdicts else OPEN if OPEN in verdicts else PASS


def read_table(text: str) -> Table:
    body = plain(bare(text))
    if label := LABEL.match(body):
        body = body[label.end() :]
    term = solved(read(body)).term
    called = isinstance(term, Apply) and term.op == "Matrix"
    content = children(term)[0] if called else term
    if not isinstance(content, Group) or content.kind == "set" or not content.items:
        raise Unreadable("is not a matrix")
    rows: Rows
    if all(isinstance(row, Group) for row in content.items):
        rows = tuple(tuple(with_imaginary(entry) for entry in children(row)) for row in content.items)
        shape: Literal["matrix", "vector"] = "matrix"
    else:
        rows = tuple((with_imaginary(entry),) for entry in content.items)
        shape = "matrix" if called else "vector"
    if len({len(row) for row in rows}) != 1 or not rows[0]:
        raise Unreadable("has rows of different lengths")
    if len(rows) * len(rows[0]) > MAX_ITEMS:
        raise Unreadable(f"too large: more than {MAX_ITEMS} entries")
    if any(isinstance(entry, Group | Relation | Truth) for row in rows for entry in row):
        raise Unreadable("has an entry that is not a number")
    return Table(rows, shape)


def same_tables(a: Table, b: Table) -> Finding:
    shapes = [(len(t.rows), len(t.rows[0])) for t in (a, b)]
    flat = [[entry for row in t.rows for entry in row] for t in (a, b)]
    loose = a.shape != b.shape and len(flat[0]) == len(flat[1]) and all(1 in s for s in shapes)
    if shapes[0] != shapes[1] and not loose:
        return misshapen("the shapes differ: {} by {} and {} by {}".format(*shapes[0], *shapes[1]))
    finding = all_of(_scalars.compare(x, y) for x, y in zip(*flat, strict=True))
    if finding.outcome == PASS and loose:
        return undecided("a flat list on one side only: a row or a column")
    return finding


def show_items(group: Group) -> str:
    start, end = {"set": ("{", "}"), "list": ("[", "]"), "tuple": ("(", ")")}[group.kind]
    parts = (show_items(item) if isinstance(item, Group) else _exact.show(item) for item in group.items)
    return f"{start}{', '.join(parts)}{end}"


def show_table(table: Table) -> str:
    return str([[_exact.build(entry) for entry in row] for row in table.rows])
