"""The numbers of a problem in its programs: which a program holds, and changing one of them everywhere.

Programs are only parsed here, never run.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Iterator
from fractions import Fraction

from ..programs import Unreadable, literals_of
from .spoken import values_stated

_PLAIN = re.compile(r"[-+]?\d{1,40}(?:\.\d{1,40})?(?:/\d{1,40})?")
_FLOAT = re.compile(r"[-+]?\d{1,40}(?:\.\d{0,40})?(?:[eE][-+]?\d{1,3})?")
_LIST = re.compile(r"[\[({](.*)[\])}]", re.DOTALL)

# How a stated number may stand in a program: as it is, as a percentage, and as a change by so many percent.
FORMS: tuple[Callable[[Fraction], Fraction], ...] = (
    lambda n: n,
    lambda n: n / 100,
    lambda n: 1 + n / 100,
    lambda n: 1 - n / 100,
    lambda n: 100 + n,
    lambda n: 100 - n,
)

_CONVERSIONS = frozenset(
    map(Fraction, (0, 1, 2, 3, 4, 7, 10, 12, 24, 30, 52, 60, 90, 100, 180, 360, 365, 1000, 3600))
)


def value_of(text: str) -> Fraction | None:
    """An integer, decimal or fraction written in digits as a number; None for anything else."""
    text = text.strip().replace(" ", "")
    if _PLAIN.fullmatch(text):
        numerator, _, denominator = text.partition("/")
        if not denominator or int(denominator):
            return Fraction(numerator) / Fraction(denominator or 1)
        return None
    return Fraction(float(text)) if _FLOAT.fullmatch(text) and abs(float(text)) < 1e300 else None


def values_of(text: str) -> tuple[Fraction, ...] | None:
    """The numbers of a bracketed list, or the one number; None where a part of it is no number."""
    match = _LIST.fullmatch(text.strip())
    parts = match.group(1).split(",") if match else [text]
    if match and not match.group(1).strip():
        return ()
    found = tuple(value_of(part) for part in parts)
    return None if None in found else tuple(value for value in found if value is not None)


def occurrences(source: str, number: Fraction) -> tuple[int, int]:
    """Which form of the number a program holds first (its place among the forms) and how often; (-1, 0)."""
    literals = literals_of(source)
    if isinstance(literals, Unreadable):
        return -1, 0
    held = [literal.value for literal in literals]
    ends = sum(node.value == number + 1 for node in _range_ends(ast.parse(source)))
    for place, form in enumerate(FORMS):
        count = held.count(form(number))
        if place and (ends or form(number) in (0, 1, 2)):
            # 99 stands as 100 in `range(1, 100)`, and 1 = 100 - 99 tells of nothing.
            continue
        if count:
            return place, count
    return (0, ends) if ends else (-1, 0)


def with_number(source: str, number: Fraction, changed: Fraction) -> str:
    """The program with every occurrence of a stated number changed; empty where it holds none."""
    place, count = occurrences(source, number)
    if not count:
        return ""
    old, new = FORMS[place](number), FORMS[place](changed)
    try:
        tree = ast.parse(source)
        ends = _range_ends(tree)
        for node in _constants(tree):
            if _read(node.value) == old:
                node.value = _as_written(node.value, new)
            elif node in ends and node.value == number + 1:
                node.value = _as_written(node.value, changed + 1)
        return ast.unparse(tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""


def computes(source: str, problem: str) -> bool:
    """Whether a program does more than assign constants and print one.

    A fraction of two numbers is a constant, unless both are stated.
    """
    stated = values_stated(problem)
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    for node in ast.walk(tree):
        if isinstance(
            node, ast.BinOp | ast.Compare | ast.For | ast.While | ast.comprehension | ast.AugAssign
        ):
            return True
        if isinstance(node, ast.Call) and not _is_plain_call(node, stated):
            return True
    return False


def foreign_number(problem: str, source: str) -> tuple[Fraction, Fraction] | None:
    """A stated number that the program lacks and the one that it holds instead; None where there is none.

    In its place stands a number of the program that the problem does not state and that is off by little.
    """
    literals = literals_of(source)
    if isinstance(literals, Unreadable):
        return None
    held = {literal.value for literal in literals}
    stated = values_stated(problem)
    ends = {Fraction(node.value) for node in _range_ends(ast.parse(source)) if isinstance(node.value, int)}
    spoken = {form(number) for number in stated for form in FORMS} | ends
    for number in stated:
        if number < 10 or any(form(number) in held for form in FORMS):
            continue
        for other in sorted(held - spoken - _CONVERSIONS):
            if other > 0 and abs(other - number) <= max(Fraction(2), number / 20):
                return number, other
    return None


def _constants(tree: ast.AST) -> Iterator[ast.Constant]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Constant))


def _read(value: object) -> Fraction | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str):
        return value_of(value) if value[:1].isdigit() and "/" not in value else None
    if isinstance(value, float):
        return Fraction(repr(value)) if abs(value) < 1e300 else None
    return Fraction(value)


def _as_written(old: object, new: Fraction) -> int | float | str:
    whole = new.denominator == 1 and not isinstance(old, float)
    number: int | float = int(new) if whole else float(new)
    return str(number) if isinstance(old, str) else number


def _is_plain_call(node: ast.Call, stated: tuple[Fraction, ...]) -> bool:
    called = node.func
    name = getattr(called, "id", getattr(called, "attr", ""))
    if name == "sorted":
        listed = [inner for inner in ast.walk(node) if isinstance(inner, ast.Constant)]
        several = len(listed) > 2 and all(_read(inner.value) in stated for inner in listed)
        return not several and not any(isinstance(inner, ast.Name) for inner in node.args)
    if len(node.args) == 2 and name in ("int", "Fraction", "Rational"):
        # What two names hold is no constant on its face: that it moves is asked elsewhere.
        constants = [inner for inner in node.args if isinstance(inner, ast.Constant)]
        held = [_read(inner.value) for inner in constants]
        given = len(constants) < 2 or all(value in stated for value in held)
        # 4/52 is worked out from the text, 1/13 may be the answer itself.
        whole = [int(value) for value in held if value is not None and value.denominator == 1]
        reduces = len(whole) == 2 and math.gcd(*whole) > 1 and any(value in stated for value in held)
        return name != "int" and not given and not reduces
    return name in {"print", "str", "int", "float", "Fraction", "Integer", "Rational", "Decimal", "symbols"}


def _range_ends(tree: ast.AST) -> list[ast.Constant]:
    """Constants that end a range: there n + 1 stands for a stated n."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    ranges = (node for node in calls if isinstance(node.func, ast.Name) and node.func.id == "range")
    ends = (node.args[min(len(node.args), 2) - 1] for node in ranges if node.args)
    return [end for end in ends if isinstance(end, ast.Constant) and isinstance(end.value, int)]
