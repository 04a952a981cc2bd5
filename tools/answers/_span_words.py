"""Sets of reals in notations other than brackets: `x ≠ 2`, `ℝ ∖ {2}`, `{x | x > 2}`, and words."""

from __future__ import annotations

import re

from ._terms import Unreadable

_BUILDER = re.compile(r"\{\s*(?P<name>[A-Za-z])\s*(?:∈\s*ℝ\s*)?(?:\||:)\s*(?P<rest>.+)\}", re.DOTALL)
_IN = re.compile(
    r"(?:the )?(?:[A-Za-z]\s*(?:in\b|∈)|domain(?: is|:)|range(?: is|:)|[A-Za-z]\s*=(?=\s*[(\[]))\s*"
)
_ALL = re.compile(
    r"(?:ℝ|all real(?: numbers?| values?)?(?: (?:of )?[a-z])?"
    r"|(?:the )?(?:set of )?(?:all )?(?:reals|real numbers)|all real)",
    re.IGNORECASE,
)
_EXCEPT = re.compile(
    r"\s*(?:∖|\\|except(?: for)?|other than|excluding|-(?=\s*\{)|(?:such that|with|where"
    r"|,)(?=\s*[a-z]\s*!=))\s*",
    re.IGNORECASE,
)
_NOT_EQUAL = re.compile(r"(?:[A-Za-z]\s*!=\s*)(?P<points>.+)", re.DOTALL)
_REALS = "(-oo, oo)"


def everywhere(text: str) -> str:
    """A text about a set of reals without its label and set-builder notation; all reals as `(-oo, oo)`."""
    text = text.strip()
    while builder := _BUILDER.fullmatch(text):
        text = builder["rest"].strip()
    if label := _IN.match(text):
        text = text[label.end() :].strip()
    return _REALS if _ALL.fullmatch(text) else text


def excluded(text: str) -> tuple[str, str] | None:
    """A set and the points or the set taken out of it, as texts; None where nothing is taken out.

    Raises:
        Unreadable: more than one exclusion of the same text.
    """
    if "!=" in text:
        conditions = [c.strip() for c in re.split(r",(?=\s*[A-Za-z]\s*!=)|\band\b", text)]
        points = []
        rest = []
        for condition in conditions:
            unequal = _NOT_EQUAL.fullmatch(condition)
            if unequal is None:
                rest.append(condition)
            else:
                points.append(unequal["points"].strip().removeprefix("{").removesuffix("}"))
        if not points or any("!=" in condition for condition in rest) or len(rest) > 1:
            raise Unreadable("excludes points in a way that is not supported")
        whole = everywhere(rest[0]) if rest and rest[0] else _REALS
        return whole, "{" + ", ".join(points) + "}"
    parts = _EXCEPT.split(text)
    if len(parts) == 1 or not parts[0].strip():
        return None
    if len(parts) > 2:
        raise Unreadable("excludes points in a way that is not supported")
    whole, taken = everywhere(parts[0]), parts[1].strip()
    taken = re.sub(r"\A[A-Za-z]\s*(?:!=|=)\s*", "", taken)
    return whole, taken if taken[:1] in ("{", "(", "[") else "{" + taken.replace(" and ", ", ") + "}"
