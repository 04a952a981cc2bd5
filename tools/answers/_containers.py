"""Sets, tuples and matrices: read from whatever brackets the notation uses, compared entry by entry."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple, TypeAlias

from . import _exact, _scalars
from ._spread import spread
from ._terms import (
    FAIL,
    OPEN,
    PASS,
    Apply,
    Finding,
    Found,
    Group,
    Name,
    Relation,
    SeveralAnswers,
    Term,
    Truth,
    Unreadable,
    all_of,
    children,
    misshapen,
    symbols,
    undecided,
    walk,
)
from ._text import bare, plain, says_none
from ._tree import read
from ._values import AND, LABEL, OR, THOUSANDS, Value, solved, with_imaginary

MAX_ITEMS = 40

_GROUPED = re.compile(r"(?<![0-9.])[1-9][0-9]{0,2},[0-9]{3}(?![0-9])")

_SET_LABEL = re.compile(rf"(?:{LABEL.pattern}|[A-Za-z]\s*∈\s*|[A-Z]\s*=\s*|[A-Za-z]\s*=\s*(?=[{{\[]))(?=\S)")

Rows: TypeAlias = tuple[tuple[Term, ...], ...]


class Table(NamedTuple):
    rows: Rows
    shape: Literal["matrix", "vector"]
    """A `vector` is a flat list: it stands for a row as well as for a column."""


class Listing(NamedTuple):
    """Items in the order of the text, and their names where all of them have one: `x = 3, y = -1`."""

    group: Group
    labels: tuple[str, ...] = ()


def read_collection(text: str, kind: Literal["set", "tuple"], *, boxes_list: bool = False) -> Listing:
    """Items of a set or tuple, whatever brackets the notation uses for them.

    Several boxes are a set where `boxes_list`, as in a gold text; in a given one they are a hedge as likely.
    `x = 1 or x = 2` and `±1` are sets; `x = 3, y = -1` is a tuple.
    """
    try:
        body = bare(text)
    except SeveralAnswers as several:
        if kind != "set":
            raise
        if not boxes_list:
            raise Unreadable("has several boxes: a set or a hedge") from None
        body = ", ".join(several.parts)
    if kind == "set" and says_none(body):
        return Listing(Group("set", ()))
    body = plain(body)
    alternatives = OR.search(body) is not None
    if alternatives and kind == "tuple":
        raise Unreadable("offers alternatives: a set or a hedge")
    body = re.sub(r"^either\b|\b(?:both|and also)\b", "", body)
    body = OR.sub(",", AND.sub(",", body))
    body = re.sub(r",\s*,", ",", body).strip().rstrip(",")
    if THOUSANDS.fullmatch(body) and ", " not in body:
        body = body.replace(",", "").replace(" ", "")
    if _GROUPED.search(body) and (", " in body or re.search(r"[;]", body)):
        raise Unreadable("has commas both within and between numbers")
    body = body.replace(";", ",")
    if label := _SET_LABEL.match(body):
        body = body[label.end() :]
    term = read(body)
    if isinstance(term, Relation) and len(term.ops) == 1 and isinstance(term.items[1], Group):
        term = term.items[1]
    if isinstance(term, Apply) and term.op == "Matrix" and kind == "tuple":
        term = _vector(term)
    if not isinstance(term, Group):
        if kind == "tuple":
            raise Unreadable("is one value and not a tuple")
        term = Group("set", (term,))
    elif kind == "set" and term.kind == "tuple" and body.startswith(("(", "⟨")) and _is_wrapped(body):
        raise Unreadable("is in parentheses, which mean an order")
    elif kind == "tuple" and term.kind == "set":
        raise Unreadable("is in braces, which mean no order")
    if alternatives and body.startswith(("{", "[", "(")) and _is_wrapped(body):
        raise Unreadable("offers alternatives within brackets")
    return _unlabelled(Group(term.kind, _spread_items(term.items)), kind)


def _vector(matrix: Apply) -> Term:
    """A matrix with one row or one column as a tuple."""
    rows = children(matrix.args[0]) if isinstance(matrix.args[0], Group) else ()
    cells = [children(row) if isinstance(row, Group) else (row,) for row in rows]
    if len(cells) == 1:
        return Group("tuple", cells[0])
    return Group("tuple", tuple(row[0] for row in cells)) if all(len(row) == 1 for row in cells) else matrix


def _is_wrapped(body: str) -> bool:
    """Whether the first bracket is closed by the last sign."""
    depth = 0
    for at, char in enumerate(body):
        depth += (char in "([{⟨") - (char in ")]}⟩")
        if depth == 0:
            return at == len(body) - 1
    return False


def _spread_items(items: tuple[Term, ...]) -> tuple[Term, ...]:
    found = [branch for item in items for branch in spread(item)]
    if len(found) > MAX_ITEMS:
        raise Unreadable(f"too large: more than {MAX_ITEMS} items")
    return tuple(found)


def _unlabelled(group: Group, kind: str) -> Listing:
    """Values of items that may be named: in a set all with one name, in a tuple each with its own."""
    named = [_named(item) for item in group.items]
    labels = tuple(value.label for value in named if value.label)
    if labels and kind == "set" and len(set(labels)) > 1:
        raise Unreadable("names different things, which a set does not")
    if labels and kind == "tuple" and (len(labels) != len(named) or len(set(labels)) != len(labels)):
        raise Unreadable("names some of its entries, or one of them twice")
    return Listing(Group(group.kind, tuple(_item(value.term) for value in named)), labels)


def _named(item: Term) -> Value:
    """`x = 5`, and `AB = 5` where capitals name a length."""
    if isinstance(item, Relation) and item.ops == ("=",):
        left, right = item.items
        letters = [t.name for t in walk(left) if isinstance(t, Name)]
        product = all(isinstance(t, Name) or (isinstance(t, Apply) and t.op == "mul") for t in walk(left))
        if product and len(letters) == 2 and all(name.isupper() for name in letters) and not symbols(right):
            return Value("".join(letters), right)
    return solved(item)


def _item(term: Term) -> Term:
    if isinstance(term, Relation):
        raise Unreadable("has a relation among its items")
    if isinstance(term, Group):
        return Group(term.kind, tuple(_item(solved(item).term) for item in term.items))
    return with_imaginary(term)


def _same_item(a: Term, b: Term) -> Finding:
    if isinstance(a, Group) and isinstance(b, Group):
        if "set" in (a.kind, b.kind):
            return same_sets(a, b) if a.kind == b.kind else undecided("an item is ordered on one side only")
        return same_tuples(a, b)
    if isinstance(a, Group) or isinstance(b, Group):
        return misshapen("an item is a collection on one side only")
    return _scalars.compare(a, b)


def same_listings(a: Listing, b: Listing, *, ordered: bool) -> Finding:
    """Compare two listings; entries with names go by their names.

    Entries that are named on the given side alone stand in the order of the text or of the alphabet: where
    the two give different findings, the pair stays open.
    """
    if not ordered:
        return same_sets(a.group, b.group)
    if a.labels and b.labels:
        if sorted(a.labels) != sorted(b.labels):
            return undecided("the entries have different names")
        return same_tuples(_sorted(a), _sorted(b))
    finding = same_tuples(a.group, b.group)
    if b.labels and finding.outcome != same_tuples(a.group, _sorted(b)).outcome:
        return undecided("the entries are named on one side only, in an unusual order")
    return finding


def _sorted(listing: Listing) -> Group:
    order = sorted(range(len(listing.labels)), key=lambda at: listing.labels[at])
    return Group(listing.group.kind, tuple(listing.group.items[at] for at in order))


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
    return all_of(_scalars.compare(x, y) for x, y in zip(*flat, strict=True))


def show_listing(listing: Listing) -> str:
    return show_items(listing.group)


def show_items(group: Group) -> str:
    start, end = {"set": ("{", "}"), "list": ("[", "]"), "tuple": ("(", ")")}[group.kind]
    parts = (show_items(item) if isinstance(item, Group) else _exact.show(item) for item in group.items)
    return f"{start}{', '.join(parts)}{end}"


def show_table(table: Table) -> str:
    return str([[_exact.build(entry) for entry in row] for row in table.rows])
