"""What the answer worker passes around: terms, findings, and the two ways an answer cannot be read.

This module and its siblings with a leading underscore run inside the sandbox; they import nothing of
proofset, so that their text alone can be shipped there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias

Found = Literal["pass", "fail", "inconclusive"]
PASS: Found = "pass"
FAIL: Found = "fail"
OPEN: Found = "inconclusive"


class Unreadable(Exception):
    """The text has no reading that can be trusted (or is too large): neither equal nor different."""


class NoAnswer(Exception):
    """The text names no single answer: it is empty, or hedges, or is an unsolved equation."""


class SeveralAnswers(NoAnswer):
    """Several different final answers, in `parts`; `boxed` where they are marked, not only in prose."""

    def __init__(self, reason: str, parts: tuple[str, ...], *, boxed: bool) -> None:
        super().__init__(reason)
        self.parts = parts
        self.boxed = boxed


@dataclass(frozen=True, slots=True)
class Number:
    """A literal, exactly. `digits` counts the significant digits shown after a point or exponent form,
    and is 0 for a plain integer, which is never taken for a rounding."""

    value: Fraction
    digits: int = 0


@dataclass(frozen=True, slots=True)
class Name:
    """A symbol, or one of the constants `pi`, `E`, `I`, `oo`."""

    name: str


@dataclass(frozen=True, slots=True)
class Truth:
    name: Literal["True", "False"]


@dataclass(frozen=True, slots=True)
class Apply:
    """An operation or a function of the whitelist: `add`, `pow`, `sqrt`, …"""

    op: str
    args: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Group:
    kind: Literal["tuple", "list", "set"]
    items: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Relation:
    """`items[0] ops[0] items[1] ops[1] …`, with ops of `= < <= > >= !=`."""

    ops: tuple[str, ...]
    items: tuple[Term, ...]


Term: TypeAlias = Number | Name | Truth | Apply | Group | Relation

CONSTANTS = frozenset({"pi", "E", "I", "oo"})


def children(term: Term) -> tuple[Term, ...]:
    if isinstance(term, Apply):
        return term.args
    if isinstance(term, Group | Relation):
        return term.items
    return ()


def walk(term: Term) -> Iterator[Term]:
    yield term
    for child in children(term):
        yield from walk(child)


def symbols(*terms: Term) -> tuple[str, ...]:
    """Names of the free symbols, sorted."""
    found = {t.name for term in terms for t in walk(term) if isinstance(t, Name)}
    return tuple(sorted(found - CONSTANTS))


@dataclass(frozen=True, slots=True)
class Finding:
    """What the two paths say about one pair; `reason` is one sentence without a full stop."""

    symbolic: Found
    numeric: Found
    reason: str

    @property
    def outcome(self) -> Found:
        """Equal only when both paths say so; different when one proves it and the other does not object."""
        paths = {self.symbolic, self.numeric}
        if paths == {PASS}:
            return PASS
        return FAIL if FAIL in paths and PASS not in paths else OPEN


def undecided(reason: str) -> Finding:
    return Finding(OPEN, OPEN, reason)


def misshapen(reason: str) -> Finding:
    """A difference of shape: it is seen without evaluating anything."""
    return Finding(FAIL, OPEN, reason)


def all_of(findings: Iterable[Finding]) -> Finding:
    """Entry by entry: each path passes when it passes everywhere, and fails when it fails anywhere."""
    parts = tuple(findings)
    symbolic, numeric = _worst(p.symbolic for p in parts), _worst(p.numeric for p in parts)
    whole = Finding(symbolic, numeric, "both paths find every entry equal")
    if whole.outcome == PASS:
        return whole
    culprit = next((p for p in parts if p.outcome == whole.outcome), None)
    reason = culprit.reason if culprit else "the two paths disagree on the entries"
    return Finding(symbolic, numeric, reason)


def _worst(found: Iterable[Found]) -> Found:
    seen = set(found)
    return FAIL if FAIL in seen else OPEN if OPEN in seen else PASS
