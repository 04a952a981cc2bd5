"""Equations that stand in a problem's text: the claim must solve them, and where all is asked, be all of it.

The text is cut here into sides by a strict pattern; it is parsed and solved in the sandbox only.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, StrictBool, StrictInt, StrictStr

from .claim import Claim, Finding, Runs, passed, refuted, undecided
from .inside import asked_inside

_FUNCTIONS = "sqrt|sin|cos|tan|exp|log|ln|abs"
_SPAN = re.compile(
    rf"(?:(?:{_FUNCTIONS})(?=\s*\()|(?<![A-Za-z])[a-z](?![A-Za-z])|\d+(?:\.\d+)?[a-z]?(?![A-Za-z])"
    rf"|[-+*/^()=\s−·×])+"
)
_EDGE = re.compile(r"^[\s+*/^=)]+|[\s+*/^=(−-]+$")
_LIMITED = re.compile(
    r"\b(?:negative|natural|whole|prime|interval|between|greater|less|largest|smallest"
    r"|larger|smaller"
    r"|least|greatest|distinct|mod|modulo|rational|nonzero|non-zero|except|sum|product|how many|number of"
    r"|maximum|minimum"
    r"|difference|evaluate|satisfies|base|where|given|if|when|let|suppose|for which|degrees|principal"
    r"|one)\b|[<>≤≥≠%∈]",
    re.I,
)
_SOLVE = re.compile(r"\b(?:solve|solutions?|roots?|(?:find|determine|give|list) (?:all|every|each))\b", re.I)
_INDIRECT = re.compile(
    r"\b(?:sum|product|difference|how many|number of|discriminant|average|mean|ratio|evaluate|slope"
    r"|intercepts?|vertex"
    r"|derivative|minimum|maximum|squares?|cubes?|remainder|distance|area|points?|parabola|line|curve"
    r"|circle|absolute)\b",
    re.I,
)
_ASKED = re.compile(
    r"\b(?:find|what is|values? of|solve for|determine"
    r"|compute)(?: the values? of)? ([a-z])\b(?!\s*[-+*/^(=−])",
    re.I,
)
_DOMAINS = (("integer", re.compile(r"\bintegers?\b", re.I)), ("positive", re.compile(r"\bpositive\b", re.I)))
_COMPLEX = re.compile(r"\bcomplex\b|\bimaginary\b", re.I)


class Equations(NamedTuple):
    """Equations of a text: each its two sides; their unknowns; which one is asked for."""

    sides: tuple[tuple[str, str], ...]
    unknowns: tuple[str, ...]
    asked: str
    domain: tuple[str, ...]
    """`integer` and `positive`: which solutions are meant."""
    complete: bool
    """Whether every solution is asked for, so that one that the claim lacks refutes it."""


class _Reply(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    solutions: tuple[StrictStr, ...]
    free: StrictBool
    read: StrictBool
    claimed: StrictInt
    wrong: tuple[StrictStr, ...]
    missing: tuple[StrictStr, ...]


def equations_in(problem: str) -> Equations | None:
    """The equations of a text that asks to solve them; None where there are none or they cannot be read."""
    asked = _ASKED.search(problem)
    if len(problem) > 1500 or "f(" in problem or _INDIRECT.search(problem):
        return None
    if not asked and not _SOLVE.search(problem):
        return None
    sides: list[tuple[str, str]] = []
    others: list[str] = []
    for match in _SPAN.finditer(problem):
        span = _trimmed(match.group(0))
        if span.count("=") != 1:
            if "=" in span:
                return None
            others.append(span)
            continue
        left, right = (_trimmed(side) for side in span.split("="))
        if not left or not right or not _balanced(left) or not _balanced(right):
            return None
        sides.append((_plain(left), _plain(right)))
    if not sides or problem.count("=") != len(sides):
        return None
    names = sorted({name for side in sides for text in side for name in _letters(text)})
    # Other letters and expressions next to the equations are most likely what is really asked for.
    if any(
        _letters(span) - {*names, "a"} or (_letters(span) and re.search(r"[-+*/^]", span)) for span in others
    ):
        return None
    domain = tuple(name for name, words in _DOMAINS if words.search(problem))
    if not names or len(names) > len(sides) + 1 or (len(names) > 1 and not asked):
        return None
    wanted = asked.group(1) if asked and asked.group(1) in names else names[0]
    if len(names) > 1 and (not asked or asked.group(1) not in names):
        return None
    # One equation in two unknowns may ask for an expression; for a number, where no word narrows it down.
    if len(names) > len(sides) and (domain or _LIMITED.search(re.sub(r"\bif\b", "", problem, flags=re.I))):
        return None
    joined = " ".join(text for side in sides for text in side)
    periodic = re.search(r"sin|cos|tan", joined)
    complete = not _LIMITED.search(problem) and not periodic and len(sides) == 1
    return Equations(tuple(sides), tuple(names), wanted, domain, complete)


async def solves_equations(claim: Claim, runs: Runs) -> Finding:
    """Every claimed value solves the text's equations; none is missing where all solutions are asked for."""
    equations = equations_in(claim.problem)
    if equations is None:
        return undecided("no equation to solve is read in the text")
    asked = {
        "equations": equations.sides,
        "unknowns": equations.unknowns,
        "asked": equations.asked,
        "domain": equations.domain,
        "real": not _COMPLEX.search(claim.problem),
        "claim": claim.answer[:2000],
    }
    reply = await asked_inside(runs, "_solve_text", _Reply, request=asked)
    if isinstance(reply, str):
        return undecided(f"the equations of the text could not be solved: {reply}")
    return _judged(equations, reply)


def _judged(equations: Equations, reply: _Reply) -> Finding:
    solutions = list(reply.solutions)
    shown = ", ".join(solutions) or "none"
    if reply.free and not reply.read:
        return undecided(f"the equations leave {equations.asked} open, and the claim is no number")
    if reply.free:
        return refuted("underdetermined", f"the equations leave {equations.asked} open: {shown}")
    if not reply.read:
        return undecided("the claim is no list of numbers to substitute")
    if reply.wrong:
        return refuted("extraneous_root", f"{', '.join(reply.wrong)} does not solve the text's equations")
    if reply.missing and equations.complete:
        return refuted("missing_root", f"the claim lacks the solution {', '.join(reply.missing)}")
    if len(equations.sides) > 1 and not solutions:
        return refuted("inconsistent", "the equations of the text have no solution")
    if reply.missing or not reply.claimed:
        return undecided(
            "the claimed values solve the equations; whether they are all was not asked", "", checked=True
        )
    return passed(f"the claim is every solution of the text's equation: {shown}", solutions=list(solutions))


def _trimmed(text: str) -> str:
    before = ""
    while before != text:
        before, text = text, _EDGE.sub("", text)
        # A letter alone before the equation is a word of the sentence.
        text = re.sub(r"^\s*[a-z]\s+(?=[a-z0-9(])", "", text)
    return text


def _plain(text: str) -> str:
    text = text.replace("−", "-").replace("·", "*").replace("×", "*")
    text = re.sub(r"\bln\b", "log", text)
    return re.sub(r"\s+", " ", text)


def _letters(text: str) -> set[str]:
    return set(re.findall(r"(?<![A-Za-z])[a-z](?![A-Za-z])", re.sub(_FUNCTIONS, " ", text)))


def _balanced(text: str) -> bool:
    depth = 0
    for sign in text:
        depth += (sign == "(") - (sign == ")")
        if depth < 0:
            return False
    return depth == 0
