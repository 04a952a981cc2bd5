"""Inequalities in several unknowns and chains of them: equal when their members are, from either end."""

from __future__ import annotations

from ._scalars import compare as compare_scalars
from ._terms import PASS, Finding, Relation, all_of, misshapen, undecided

_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}


def compare(a: Relation, b: Relation) -> Finding:
    """Compare member by member, both read from left to right.

    Inequalities that say the same by other members (`x - y < 0` and `x < y`) stay open.
    """
    one, other = _rising(a), _rising(b)
    if len(one.items) != len(other.items):
        return undecided("the inequalities have different numbers of members")
    members = all_of(compare_scalars(x, y) for x, y in zip(one.items, other.items, strict=True))
    if members.outcome != PASS:
        return undecided("the inequalities have different members")
    if one.ops != other.ops:
        return misshapen("the inequalities have different signs between the same members")
    return members


def _rising(relation: Relation) -> Relation:
    if any(op in ("<", "<=") for op in relation.ops):
        return relation
    return Relation(tuple(_TURNED[op] for op in reversed(relation.ops)), relation.items[::-1])
