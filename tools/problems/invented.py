"""Numbers of a program that its problem gives no reason for: a guess is behind them, or the answer itself.

A number has a reason where the text states it (in any usual form of it), where one step leads to it from two
stated ones, or where a word of the text brings it along: minutes 60, dice 6, a triangle 180. A step is no
reason for a number that is given a name of its own, `speed = 5`: the problem should have said that.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import permutations

from .spoken import values_stated

_MAX_STATED = 12
_FREE = frozenset({Fraction(1, 2), *map(Fraction, (0, 1, 2)), *(Fraction(10**k) for k in range(1, 7))})
"""Signs of structure: nothing, one, a half, percent and powers of ten."""

_BROUGHT: tuple[tuple[str, str], ...] = (
    (r"\b(?:seconds?|minutes?|hours?|h|min|daily|hourly|km/h|mph|m/s|speed|clock|noon)\b|\d ?[ap]m\b",
     "60 24 3600 1440 3.6 18 5 1000"),
    (r"\b(?:days?|weeks?|months?|years?|daily|weekly|monthly|annual\w*|yearly|weekends?|weekdays?|work\w*)\b",
     "7 24 12 52 365 366 30 31 28 29 5 40"),
    (r"met(?:er|re)|\b[ckm]?m\b", "10000 1000000 60 3600"),
    (r"inch|\bfeet\b|\bfoot\b|\bft\b|\byards?\b|\bmiles?\b",
     "12 3 36 9 27 144 5280 1760 1609 1609.344 1.609 1.60934 2.54 0.3048 3.28084"),
    (r"\bpounds?\b|\bounces?\b|\btons?\b|\bstones?\b|\blbs?\b", "16 2000 453.592 2.2 2.2046 14"),
    (r"\bgallons?\b|\bcups?\b|\bpints?\b|\bquarts?\b|spoons?\b", "16 4 8 128 3 48"),
    (r"\bcents?\b|\bcoins?\b|nickel|\bdimes?\b|quarters?|penn(?:y|ies)", "25 5 20 50"),
    (r"degree|\bangles?\b|circ(?:le|ular)|sector|\barc\b|polygon|heading|°", "180 360 90 270"),
    (r"circle|circular|sphere|cylinder|\bcone|radi(?:us|i)\b|diameter|circumference|\bdis[ck]\b|wheel|π",
     "3.14 3.1416 3.14159 22 7 3 4"),
    (r"triang", "3 180 90 60"), (r"square|rectang|quadrilateral|parallelogram|rhomb|trapez|kite", "4"),
    (r"pentagon", "5 3 540 108"), (r"hexagon", "6 4 720 120 3"), (r"heptagon", "7 5"),
    (r"octagon", "8 6 1080"),
    (r"\bcubes?\b|cuboid|prism|pyramid|tetrahedr", "3 4 6 8 12"), (r"\bdice\b|\bdie\b", "6 36 216"),
    (r"\bcards?\b|\bdeck\b", "52 13 4 26 3 12"), (r"dozen", "12"),
    (r"digit|palindrom", "9 90 99 900 999 9999 9000 10000 3 4 5 6 11"), (r"quarter", "4 25"),
    (r"third|thrice|triple", "3"), (r"fourth", "4"), (r"fifth", "5"), (r"sixth", "6"), (r"seventh", "7"),
    (r"eighth", "8"), (r"ninth", "9"), (r"tenth", "10"), (r"twelfth", "12"), (r"consecutive", "3 4 5 6 8"),
    (r"\bcars?\b|truck|horse|\bcows?\b|\bdogs?\b|\bcats?\b|sheep|goat|\bpigs?\b|chair|\blegs?\b|rabbit", "4"),
    (r"tricycle|stool|tripod", "3"), (r"insect|\bants?\b|\bbees?\b|beetle", "6"), (r"spider|octop", "8"),
    (r"alphabet", "26 5 21"), (r"vowel", "5"), (r"leap", "366 4"), (r"centur", "100"),
    (r"fahrenheit|celsius|°[CF]|temperature", "32 9 5 1.8 273 273.15"),
    (r"gravity|falls|thrown", "9.8 9.81 4.9"),
    (r"\bscore\b", "20"), (r"chess", "8 64"), (r"binary|hexadecimal|\bbase\b", "2 8 16"),
    (r"finger|\btoes?\b", "5 10"), (r"season", "4"), (r"medals?|gold, silver", "3"),
)  # fmt: skip
_WORDS = tuple(
    (re.compile(pattern, re.I), frozenset(map(Fraction, put.split()))) for pattern, put in _BROUGHT
)
_LISTS = re.compile(r"\b(?:average|mean|median|numbers|values)\b", re.I)
_SPELLED = re.compile(r"\b[A-Z]{3,20}\b|['\"“]([A-Za-z]{3,20})['\"”]")


def invented_numbers(problem: str, source: str) -> tuple[Fraction, ...]:
    """The numbers of a program that nothing in the problem accounts for, each once; none for no Python."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    held = dict.fromkeys(_literals(tree))
    if not held:
        return ()
    known = accounted_for(problem)
    stated = values_stated(problem)[:_MAX_STATED]
    said = _said(problem, stated) | _brought(problem)
    named = set(_given_names(tree))
    return tuple(number for number in held if number not in (said if number in named else known))


def worked_out(problem: str, source: str) -> bool:
    """Whether a program holds a number that was worked out beforehand, so that a change misses it."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return True
    stated = values_stated(problem)[:_MAX_STATED]
    plain = {form for n in stated for form in _forms(n)} | _FREE
    return any(number not in plain and number in _derived(stated) for number in _literals(tree)) or any(
        number not in plain and number not in _brought(problem) for number in _literals(tree)
    )


def accounted_for(problem: str) -> frozenset[Fraction]:
    """Numbers that a right program of the problem may hold."""
    stated = values_stated(problem)[:_MAX_STATED]
    return frozenset(_said(problem, stated) | _derived(stated) | _brought(problem))


def _said(problem: str, stated: tuple[Fraction, ...]) -> set[Fraction]:
    """What the text states, in any usual form; how many numbers it lists; and signs of structure."""
    forms = {form for n in stated for form in _forms(n)}
    listed = {Fraction(len(stated)), Fraction(len(stated), 2)} if _LISTS.search(problem) else set()
    return {*_FREE, *listed, *forms}


def _forms(n: Fraction) -> set[Fraction]:
    part = n / 100
    return {n, part, 1 + part, 1 - part, 100 + n, 100 - n, Fraction(n.numerator), Fraction(n.denominator)}


def _derived(stated: tuple[Fraction, ...]) -> set[Fraction]:
    """What one step makes of stated numbers."""
    found: set[Fraction] = set()
    for n in stated:
        found |= {n + 1, n - 1, n - 2, n**2, n**3} | ({1 / n, 1 - n} if n else set())
        found |= {Fraction(2 ** int(n))} if n.denominator == 1 and 0 < n < 20 else set()
    for a, b in permutations(stated, 2):
        found |= {a + b, a + b - 1, a - b, a * b} | ({a / b} if b else set())
        if a.denominator == b.denominator == 1:
            found |= {Fraction(math.lcm(int(a), int(b))), Fraction(math.gcd(int(a), int(b)))}
        found |= {a ** int(b)} if b.denominator == 1 and 0 < b <= 6 else set()
    return found


def _brought(problem: str) -> set[Fraction]:
    found: set[Fraction] = set()
    for pattern, put in _WORDS:
        if pattern.search(problem):
            found |= put
    for match in _SPELLED.finditer(problem):
        letters = (match.group(1) or match.group()).lower()
        found |= {Fraction(len(letters)), *(Fraction(letters.count(letter)) for letter in letters)}
    return found


def _literals(tree: ast.Module) -> Iterator[Fraction]:
    """The numbers that a program computes with; not places, digits of rounding, powers, or search bounds."""
    searches = any(isinstance(node, ast.Compare) for node in ast.walk(tree))
    free: set[int] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Subscript(slice=inner):
                free |= _constants_in(inner)
            case ast.BinOp(op=ast.Pow(), right=inner):
                free |= {id(inner)} if isinstance(inner, ast.Constant) and inner.value in (2, 3) else set()
            case ast.Call(func=ast.Name(id="round"), args=[_, inner]):
                free |= _constants_in(inner)
            case ast.Call(func=ast.Name(id="range"), args=bounds) if searches:
                free |= {name for bound in bounds for name in _constants_in(bound)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in free:
            value = _value(node.value)
            if value is not None:
                yield value


def _given_names(tree: ast.Module) -> Iterator[Fraction]:
    """The numbers that stand alone behind a name: `speed = 5`."""
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name()], value=ast.Constant(value=held)):
                value = _value(held)
            case ast.AnnAssign(target=ast.Name(), value=ast.Constant(value=held)):
                value = _value(held)
            case _:
                continue
        if value is not None:
            yield value


def _constants_in(node: ast.AST) -> set[int]:
    return {id(inner) for inner in ast.walk(node) if isinstance(inner, ast.Constant)}


def _value(value: object) -> Fraction | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str):
        return Fraction(value) if re.fullmatch(r"\d{1,40}(?:\.\d{1,40})?", value) else None
    if isinstance(value, float):
        return Fraction(repr(value)) if 1e-6 < abs(value) < 1e300 else None
    return Fraction(value)
