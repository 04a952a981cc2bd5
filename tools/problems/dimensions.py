"""Dimensional analysis: the units of a text's numbers, carried through the program, against what is asked.

What cannot be read is no finding. Two refutations are drawn: a unit that is not the one asked for, and the
right dimension in the wrong scale with no conversion in the program.
"""

from __future__ import annotations

import ast
import re
from fractions import Fraction
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr

from ..sandbox import Limits
from .claim import Claim, Finding, Runs, passed, refuted, undecided
from .inside import asked_inside
from .sentences import question_of
from .spoken import values_stated
from .units import Unit, asked_unit, units_in

_RATE = re.compile(r"\b(?:each|every|per|apiece|times|by|dozen|rate|altogether hold)\b|/", re.I)
_INNER_RATE = re.compile(
    r"\d[\w ]* (?:of|with|containing|holding|in an?|on an?) (?:the )?\d|\b(?:in|on|to) an? \w+", re.I
)


class _Reply(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    powers: dict[StrictStr, StrictInt]
    # From a process that a model's program ran in: no exponent, which could be without end.
    scale: Annotated[StrictStr, Field(pattern=r"^-?\d{1,400}(/\d{1,400})?$")]
    converted: StrictBool
    read: StrictBool
    mismatch: StrictStr


async def units_fit(claim: Claim, runs: Runs) -> Finding:
    """The unit of what the program computes is the unit that the question asks for."""
    units = units_in(claim.problem)
    asked = asked_unit(claim.problem)
    if not units or asked is None:
        return undecided("no units are read in the text and its question")
    program = _with_quantities(claim.program, tuple(units))
    if not program:
        return undecided("the program is no plain arithmetic on the numbers with units")
    told = [
        {"value": str(number), "powers": dict(unit.powers), "scale": str(unit.scale)}
        for number, unit in units.items()
    ]
    limits = Limits(cpu_s=3.0, wall_s=30.0)
    reply = await asked_inside(
        runs, "_carry_units", _Reply, request=told, program=program, profile="plain", limits=limits
    )
    if isinstance(reply, str):
        return undecided(f"the units could not be carried through the program: {reply}")
    try:
        found = Unit(tuple(sorted(reply.powers.items())), Fraction(reply.scale))
    except (ValueError, ZeroDivisionError):
        return undecided("the unit of the program's answer could not be read")
    if any(number > 2 and number not in units for number in values_stated(claim.problem)):
        return undecided("the text states numbers whose unit is not read")
    if reply.mismatch:
        return refuted("unit_mismatch", f"the program adds what has no common unit: {reply.mismatch}")
    if not reply.read:
        return undecided("the units could not be followed through the program")
    return _judged(claim.problem, found, asked, converted=reply.converted)


def _judged(problem: str, found: Unit, asked: Unit, *, converted: bool) -> Finding:
    shown = f"the program's answer is in {shown_unit(found)}, asked for is {shown_unit(asked)}"
    if found.powers == asked.powers:
        if found.scale == asked.scale:
            return passed(shown, unit=shown_unit(found))
        if converted:
            return undecided("the scale differs, and the program converts")
        return refuted("unit_not_converted", f"{shown} of another scale, and the program converts nothing")
    powers = dict(found.powers)
    for name, power in asked.powers:
        powers[name] = powers.get(name, 0) - power
    left = {name: power for name, power in powers.items() if power}
    counts = any(name.startswith("#") for unit in (found, asked) for name, _ in unit.powers)
    if not counts and found.powers:
        return refuted("unit_mismatch", shown)
    own = all(name.startswith("#") for name in dict(found.powers)) and len(found.powers) == 2
    inside = all(dict(found.powers).get(name) == 1 for name, _ in asked.powers)
    question = question_of(problem)
    extra = own and inside and list(left.values()) == [1]
    # `A box holds 24 pencils` states a rate without the words for one.
    extra = extra and not any(re.search(rf"\b(?:an?|one) {name[1:]}\b", problem, re.I) for name in left)
    if extra and not _RATE.search(problem) and not _INNER_RATE.search(question.statement):
        return refuted("unit_mismatch", shown)
    return undecided(shown)


def shown_unit(unit: Unit) -> str:
    """A unit in words, e.g. `book·shelf` or `length·time^-1`."""
    parts = (name.strip("#") + (f"^{power}" if power != 1 else "") for name, power in unit.powers)
    return "·".join(parts) or "a plain number"


class _Putting(ast.NodeTransformer):
    def __init__(self, numbers: tuple[Fraction, ...]) -> None:
        self.numbers = numbers
        self.put: list[Fraction] = []

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if isinstance(node.value, bool) or not isinstance(node.value, int | float):
            return node
        value = Fraction(repr(node.value)) if abs(node.value) < 1e15 else None
        if value is None or value not in self.numbers:
            return node
        self.put.append(value)
        place = ast.Constant(self.numbers.index(value))
        return ast.copy_location(ast.Call(ast.Name("quantity", ast.Load()), [place], []), node)


def _with_quantities(source: str, numbers: tuple[Fraction, ...]) -> str:
    """The program without its imports and with quantities for the numbers; empty where it is no arithmetic.

    A number that it holds twice may be a unit's factor in one place: then nothing can be followed.
    """
    try:
        tree = ast.parse(source)
        imports = (ast.Import, ast.ImportFrom)
        tree.body = [node for node in tree.body if not isinstance(node, imports)]
        plain = (ast.Assign, ast.Expr)
        if not all(isinstance(node, plain) for node in tree.body):
            return ""
        putting = _Putting(numbers)
        tree = ast.fix_missing_locations(putting.visit(tree))
        return ast.unparse(tree) if putting.put and len(set(putting.put)) == len(putting.put) else ""
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
