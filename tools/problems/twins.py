"""A changed twin of a problem: the same text with other numbers, and its program with the same changes.

A solver that reads the text gives the twin's answer; one that knows the first text by heart does not. The
twin is made only where every number of the text has its plain place in the program; else there is none.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from ..programs import Unreadable, literals_of
from .invented import invented_numbers, worked_out
from .numbers import FORMS, with_number
from .spoken import Stated, stated_numbers
from .straight import Followed, followed

_TRIES = 60
_SPREAD = Fraction(3, 10)
"""A number moves by at most this part of itself."""

_CONSTANTS = frozenset(map(Fraction, (7, 10, 12, 24, 30, 52, 60, 90, 100, 180, 360, 365, 1000, 3600)))
_CLOSED = re.compile(
    r"=|\.\.\.|…|\b(?:sequence|progression|series|triangles?|angles?|degrees|polygon|prime|consecutive"
    r"|digits?"
    r"|divisible|even|odd|median|mode|dice|die|coins? (?:is|are)|cards?|deck|palindrome|perfect|base"
    r"|remainder|mod|bounded"
    r"|calendar|date|leap|clock|o'clock|noon|midnight)\b|\d:\d|\d ?[ap]\.?m\b",
    re.I,
)
"""Texts whose numbers lean on each other or on the world: a change could leave no answer, or another kind."""

_KEPT_BEFORE = re.compile(r"(?:\^|\*\*|/|\bgrade |\bage |\bno\. ?|#|\broom |\byear )$", re.I)
_KEPT_AFTER = re.compile(
    r"^(?:\^|\*\*|!|/\d|th\b|st\b|nd\b|rd\b|-(?:sided|digit|dimensional|wheeled|legged|letter)"
    r"|(?:st|nd|rd|th)\b| ?(?:legs?|wheels?|letters?|sides?|faces?|eyes?|fingers?|toes?|corners?|edges"
    r"|months?"
    r"|cards)\b"
    r"| ?days? (?:a|per|in a|each|every) week)",
    re.I,
)
_UNSAFE = re.compile(r"//|%|\bint\(|\bround\(|\bnext\(|solve|\[|\bwhile\b|==|\bfor\b|sqrt")


class Change(NamedTuple):
    old: Fraction
    new: Fraction


class Twin(NamedTuple):
    """The changed text, the changed program, and what was changed, in the order of the text."""

    problem: str
    program: str
    changes: tuple[Change, ...]


def changed_twin(problem: str, program: str) -> Twin | None:
    """The twin of a problem, always the same one for it; None where none is sound.

    Only numbers in digits change, each one that the text states once: integers stay integers of as many
    digits, decimals keep their places, percentages stay within 1..99, and the order of all numbers stays.
    What the program divides without rest, it divides so in the twin, and a whole answer stays whole.
    """
    numbers = stated_numbers(problem)
    if _CLOSED.search(problem) or invented_numbers(problem, program) or worked_out(problem, program):
        return None
    held = literals_of(program)
    if not numbers or isinstance(held, Unreadable):
        return None
    literals = [literal.value for literal in held]
    if any(number.value > 2 and _places(number.value, literals) != 1 for number in numbers):
        return None
    free = _changeable(problem, program, numbers, literals)
    before = followed(program)
    if before is None and _UNSAFE.search(program):
        return None
    for new in _assignments(problem, numbers, free, frozenset(literals)):
        twin = _made(problem, program, numbers, new)
        if twin is not None and _is_alike(before, followed(twin.program)):
            return twin
    return None


def _places(number: Fraction, literals: list[Fraction]) -> int:
    """In how many different forms a program holds a number."""
    return len({form(number) for form in FORMS if form(number) in literals and form(number) not in (0, 1, 2)})


def _changeable(
    problem: str, program: str, numbers: tuple[Stated, ...], literals: list[Fraction]
) -> tuple[Stated, ...]:
    values = [number.value for number in numbers]
    kept = _exponents(program) | _hidden(values, literals)
    return tuple(
        number
        for number in numbers
        if number.digits
        and number.value > 2
        and number.value not in _CONSTANTS
        and number.value not in kept
        and values.count(number.value) == 1
        and not (1000 <= number.value < 3000 and number.end - number.start == 4)
        and not _KEPT_BEFORE.search(problem[: number.start])
        and not _KEPT_AFTER.search(problem[number.end :])
    )


def _hidden(values: list[Fraction], literals: list[Fraction]) -> set[Fraction]:
    """Stated numbers from which a plain literal may come: the 2 next to a stated 3 may be 3 - 1."""
    found: set[Fraction] = set()
    for literal in set(literals) - set(values) - {Fraction(0)}:
        for n in values:
            others = [m for m in values if m != n and m]
            made = {n - 1, n - 2, n + 1} | {
                made for m in others for made in (n - m, m - n, n + m, n * m, n / m)
            }
            found |= {n} if literal in made else set()
    return found


def _exponents(program: str) -> set[Fraction]:
    powers = (
        node.right
        for node in ast.walk(ast.parse(program))
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow)
    )
    return {
        Fraction(power.value)
        for power in powers
        if isinstance(power, ast.Constant) and isinstance(power.value, int)
    }


def _assignments(
    problem: str, numbers: tuple[Stated, ...], free: tuple[Stated, ...], literals: frozenset[Fraction]
) -> Iterator[Mapping[Fraction, Fraction]]:
    """New values to try: all numbers at once first, then one alone."""
    taken = literals | {number.value for number in numbers}
    options = {number.value: _others(problem, number, taken) for number in free}
    options = {old: new for old, new in options.items() if new}
    if not options:
        return
    seed = hashlib.sha256(problem.encode()).digest()
    for attempt in range(_TRIES):
        drawn = hashlib.sha256(seed + bytes([attempt])).digest()
        picked = {old: new[drawn[k % 32] % len(new)] for k, (old, new) in enumerate(options.items())}
        if _in_order(numbers, picked):
            yield picked
    for old, new in options.items():
        yield from ({old: one} for one in new if _in_order(numbers, {old: one}))


def _others(problem: str, number: Stated, taken: frozenset[Fraction]) -> tuple[Fraction, ...]:
    written = problem[number.start : number.end].replace(",", "")
    whole, _, decimals = written.partition(".")
    step = Fraction(1, 10 ** len(decimals))
    reach = max(1, int(number.value * _SPREAD / step))
    found = [number.value + k * step for k in range(-min(reach, 400), min(reach, 400) + 1) if k]
    percent = re.match(r" ?(?:%|percent\b)", problem[number.end :]) is not None
    return tuple(
        value
        for value in found
        if value > 2
        and value not in taken
        and value not in _CONSTANTS
        and len(str(int(value))) == len(whole)
        and (not decimals or (value / step) % 10)
        and (not percent or 1 <= value <= 99)
    )


def _in_order(numbers: tuple[Stated, ...], new: Mapping[Fraction, Fraction]) -> bool:
    """Whether the numbers stand to each other as before, and no two have become one."""
    old = sorted({number.value for number in numbers})
    now = [new.get(value, value) for value in old]
    return all(one < other for one, other in pairwise(now))


def _made(
    problem: str, program: str, numbers: tuple[Stated, ...], new: Mapping[Fraction, Fraction]
) -> Twin | None:
    text, source = problem, program
    for number in reversed(numbers):
        if number.value in new:
            written = _as_written(problem[number.start : number.end], new[number.value])
            text = f"{text[: number.start]}{written}{text[number.end :]}"
    for old, changed in new.items():
        source = with_number(source, old, changed)
        if not source:
            return None
    return Twin(text, source, tuple(Change(n.value, new[n.value]) for n in numbers if n.value in new))


def _as_written(old: str, new: Fraction) -> str:
    decimals = len(old.partition(".")[2])
    return f"{float(new):,.{decimals}f}" if "," in old else f"{float(new):.{decimals}f}"


def _is_alike(before: Followed | None, after: Followed | None) -> bool:
    """Whether the twin's answer is of the kind of the first one, and another."""
    if before is None or after is None:
        return before is None
    if after.value == before.value or (after.rounds and not before.rounds):
        return False
    whole = before.value.denominator == 1
    if (after.value.denominator == 1) != whole and whole:
        return False
    # A decimal that ends stays one: other answers might be rounded here and there.
    if _ends(before.value) and not _ends(after.value):
        return False
    same_sign = (before.value > 0) == (after.value > 0)
    return same_sign and (0 < before.value < 1) == (0 < after.value < 1)


def _ends(value: Fraction) -> bool:
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


class NumbersKept(NamedTuple):
    """Whether a paraphrase states the numbers of its problem; what it lacks, and what it adds."""

    kept: bool
    missing: tuple[Fraction, ...]
    added: tuple[Fraction, ...]

    def __bool__(self) -> bool:
        return self.kept


def numbers_kept(problem: str, paraphrase: str) -> NumbersKept:
    """Whether all stated numbers, in digits or words, stand in the paraphrase as often as in the problem.

    `one` and `a` count for a 1 in digits and for nothing else; `twice` is 2, `half` is 1/2, `a dozen` is 12.
    """
    first, second = ([number.value for number in stated_numbers(text)] for text in (problem, paraphrase))
    ones = second.count(Fraction(1)) + len(re.findall(r"\bone\b", paraphrase, re.I))
    missing = _left_over(first, second)
    if ones >= first.count(Fraction(1)):
        missing = tuple(value for value in missing if value != 1)
    added = _left_over(second, first)
    if second.count(Fraction(1)) <= first.count(Fraction(1)) + len(re.findall(r"\bone\b", problem, re.I)):
        added = tuple(value for value in added if value != 1)
    return NumbersKept(not missing and not added, missing, added)


def _left_over(these: list[Fraction], those: list[Fraction]) -> tuple[Fraction, ...]:
    rest = list(those)
    left = []
    for value in these:
        if value in rest:
            rest.remove(value)
        else:
            left.append(value)
    return tuple(left)
