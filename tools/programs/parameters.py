"""The numbers of a problem and of its program: does the program use what the problem states?

A program that prints a fixed answer, or that forgets a number of its problem, proves nothing. Here
the program is only parsed, never run.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

MAX_SOURCE_CHARS = 8000
_NUMBER = re.compile(r"(?<![\w.])\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")


class Literal(NamedTuple):
    """A number that stands in a program: its place among the constants, and its value."""

    position: int
    value: Fraction


class Unreadable(NamedTuple):
    """A source that is no Python, or too long or too deep to look at."""

    detail: str


def numbers_in_text(text: str) -> tuple[Fraction, ...]:
    """The numbers written in digits, in order, each once; `1,200` is one number."""
    found = (Fraction(match.replace(",", "")) for match in _NUMBER.findall(text))
    return tuple(dict.fromkeys(found))


def literals_of(source: str) -> tuple[Literal, ...] | Unreadable:
    """The numeric literals of a program, also those inside strings that are numbers themselves."""
    tree = _parse(source)
    if isinstance(tree, Unreadable):
        return tree
    return tuple(Literal(position, value) for position, _, value in _numeric_nodes(tree))


def printing_fault(source: str) -> str:
    """Why a source is no program that prints its answer; empty where it looks like one."""
    tree = _parse(source)
    if isinstance(tree, Unreadable):
        return tree.detail
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    if not any(isinstance(called, ast.Name) and called.id == "print" for called in calls):
        return "it prints nothing; end it with print(...)"
    return ""


def unused_numbers(problem: str, literals: tuple[Literal, ...]) -> tuple[Fraction, ...]:
    """Numbers that the problem states and the program does not hold in any usual form of them.

    25 may stand as 25, as 0.25 (percent), and as 1.25 or 0.75 (a change by so many percent).
    """
    return tuple(n for n in numbers_in_text(problem) if not literals_for(n, literals))


def literals_for(number: Fraction, literals: tuple[Literal, ...]) -> tuple[Literal, ...]:
    """The literals that may stand for a number of the problem, in any usual form of it."""
    forms = _forms(number)
    return tuple(literal for literal in literals if literal.value in forms)


def perturbed(source: str, literal: Literal, delta: int) -> str | Unreadable:
    """The program with one literal changed by `delta`; the rest of it as it was."""
    tree = _parse(source)
    if isinstance(tree, Unreadable):
        return tree
    for position, node, value in _numeric_nodes(tree):
        if position == literal.position:
            changed = value + delta
            whole = changed.denominator == 1 and not isinstance(node.value, float)
            number: int | float = int(changed) if whole else float(changed)
            node.value = str(number) if isinstance(node.value, str) else number
    try:
        return ast.unparse(tree)
    except (RecursionError, ValueError) as error:
        return Unreadable(f"it cannot be written back: {error}")


def _forms(number: Fraction) -> set[Fraction]:
    part = number / 100
    return {number, part, 1 + part, 1 - part, 100 + number, 100 - number}


def _parse(source: str) -> ast.Module | Unreadable:
    if len(source) > MAX_SOURCE_CHARS:
        return Unreadable(f"it has {len(source)} characters, at most {MAX_SOURCE_CHARS} are read")
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return Unreadable(f"it is no Python program: {error}")


class _Numeric(NamedTuple):
    position: int
    node: ast.Constant
    value: Fraction


def _numeric_nodes(tree: ast.Module) -> Iterator[_Numeric]:
    constants = [node for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    constants.sort(key=lambda node: (node.lineno, node.col_offset))
    for position, node in enumerate(constants):
        value = _fraction(node.value)
        if value is not None:
            yield _Numeric(position, node, value)


def _fraction(value: object) -> Fraction | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return Fraction(value)
    if isinstance(value, float) and abs(value) < 1e300:
        # As it is written, not as it is stored: 0.1 is one tenth.
        return Fraction(repr(value))
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return Fraction(value.replace(",", ""))
    return None
