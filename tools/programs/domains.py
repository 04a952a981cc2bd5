"""What values stand at each place of a function's arguments: read from the calls that were seen.

A domain never holds a type that was not seen at its place, nor a sign, an order or a distinctness that all
that was seen kept: an input outside of a function's contract says nothing about it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

_STRUCTURED = re.compile(r"\d[\d.]*\s+[A-Za-z]|[A-Za-z]\s+\d|\d[-/:.]\d\d?[-/:.]\d|^\s*-?\d+\s*/\s*\d+\s*$")
_QUOTED = re.compile(r"(?<!\w)(?P<mark>['\"])(?P<text>[^'\"\s]{1,12})(?P=mark)")
_LIMIT = re.compile(
    r"(?:less th[ae]n|lower than|smaller than|at most|up to|not? (?:more|greater|larger) than|exceed(?:ing)?"
    r"|<=?|≤|\bbetween -?\d+ and|\bfrom -?\d+ to)"
    r" *(?P<base>\d{1,12})(?: ?(?:\^|\*\*) ?(?P<power>\d))?(?![\d.]\d)"
)
_LEAST = re.compile(
    r"(?:greater than or equal to|no less than|>=|≥|\bbetween|\bfrom(?= -?\d+ to))"
    r" *(?P<least>-?\d{1,9})(?![\d.]\d)|(?<![\w.])(?P<low>-?\d{1,9}) ?(?:<=|≤) ?[a-z]\b"
)
_NUMERAL = re.compile(r"-?\d+(?:\.\d+)?")
Containers = (list, tuple, set, frozenset)


class Wording(NamedTuple):
    """What a problem's words say about its numbers and lists, and the short texts that it quotes."""

    positive: bool = False
    """No number may be 0 or less."""
    non_negative: bool = False
    distinct: bool = False
    ordered: bool = False
    filled: bool = False
    """Nothing may be empty."""
    quoted: tuple[str, ...] = ()
    limit: int | None = None
    """The greatest number that the words allow: `at most 100`."""
    least: int | None = None
    """The least one: `from 1 to 60`, `n >= 0`."""


SAYS_NOTHING = Wording()


def wording_of(prompt: str) -> Wording:
    """Read the words of a problem, not its examples."""
    text = " ".join(prompt.lower().split())
    return Wording(
        positive=bool(re.search(r"\bpositive\b|\bnatural\b", text)),
        non_negative=bool(re.search(r"\bnon-? ?negative\b", text)),
        distinct=bool(
            re.search(
                r"\b(?:unique|distinct)\b (?:\w+ )?(?:\w+)|permutation"
                r"|(?:no|not|n't|without) (?:\w+ )?duplicate",
                text,
            )
        ),
        ordered=bool(re.search(r"\bsorted (?:list|array|sequence)|(?:list|array) is sorted|monotonic", text)),
        quoted=tuple(dict.fromkeys(found["text"] for found in _QUOTED.finditer(prompt)))[:40],
        filled=bool(re.search(r"\bnon-? ?empty\b|at least (?:one|1)\b", text)),
        limit=_limit_in(text),
        least=min((int(found["least"] or found["low"]) for found in _LEAST.finditer(text)), default=None),
    )


def _limit_in(text: str) -> int | None:
    """The greatest number that words or signs set as an upper bound."""
    bounds = [int(found["base"]) ** int(found["power"] or 1) for found in _LIMIT.finditer(text)]
    return max(bounds, default=None)


@dataclass(frozen=True)
class Domain:
    """The values seen at one place, by what they are made of.

    Attributes:
        samples: all of them, in the order seen, none twice.
        kinds: their types.
        items: of what the containers among them hold; `fields` instead where all are tuples of one length.
        sizes: lengths of the containers.
        keys, values: of the dicts among them.
        ordered, distinct, level: what every container seen keeps: sorted, no element twice, lengths equal.
    """

    samples: tuple[object, ...]
    kinds: tuple[type, ...]
    items: Domain | None = None
    fields: tuple[Domain, ...] = ()
    sizes: tuple[int, ...] = ()
    keys: Domain | None = None
    values: Domain | None = None
    ordered: bool = False
    distinct: bool = False
    level: bool = False

    def of(self, *kinds: type) -> list[object]:
        """The samples of these exact types."""
        return [sample for sample in self.samples if type(sample) in kinds]

    @cached_property
    def texts(self) -> list[str]:
        return [sample for sample in self.samples if isinstance(sample, str)]

    @cached_property
    def alphabet(self) -> Alphabet:
        return alphabet_of(self.texts)


def domain_of(seen: Sequence[object], wording: Wording, *, outer: bool = True) -> Domain:
    """The domain of what was seen at one place, at least one value."""
    known: dict[str, object] = {}
    for value in seen:
        known.setdefault(f"{type(value).__name__} {value!r}", value)
    samples = tuple(known.values())
    kinds = tuple(dict.fromkeys(type(sample) for sample in samples))
    held = [sample for sample in samples if isinstance(sample, Containers)]
    dicts = [sample for sample in samples if isinstance(sample, dict)]
    sizes = tuple(sorted({len(container) for container in held} | {len(each) for each in dicts}))
    # A pair, a point: the places in it have meanings of their own.
    fixed = bool(held) and all(isinstance(each, tuple) for each in held) and len(sizes) == 1 and not outer
    inside = [item for container in held for item in container]
    keys = [key for each in dicts for key in each]
    return Domain(
        samples,
        kinds,
        items=domain_of(inside, wording, outer=False) if inside and not fixed else None,
        fields=tuple(
            domain_of([each[n] for each in held if isinstance(each, tuple)], wording, outer=False)
            for n in range(sizes[0])
        )
        if fixed
        else (),
        sizes=sizes,
        keys=domain_of(keys, wording, outer=False) if keys else None,
        values=domain_of([value for each in dicts for value in each.values()], wording, outer=False)
        if keys
        else None,
        ordered=_ordered(held),
        distinct=_distinct(held) and wording.distinct,
        level=len(held) > 1 and len(sizes) == 1 and not outer,
    )


def _ordered(held: Sequence[object]) -> bool:
    """Whether all lists are sorted, and that is no accident."""
    lists = [list(each) for each in held if isinstance(each, list | tuple) and len(each) > 2]
    try:
        return len(lists) > 1 and all(each == sorted(each) for each in lists)
    except TypeError:
        return False


def _distinct(held: Sequence[object]) -> bool:
    return all(len({repr(item) for item in each}) == len(each) for each in held if isinstance(each, list))


class Alphabet(NamedTuple):
    """Of which characters the texts of a place are made.

    `structured`: numbers and words in a form of their own; only the numbers in it may change.
    `numeral`: every text is a number.
    """

    characters: str
    structured: bool
    numeral: bool


_LOWER, _UPPER, _DIGITS = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"


def alphabet_of(texts: Sequence[str]) -> Alphabet:
    """Characters of a class are all allowed where several of it were seen; all others only as seen."""
    filled = [text for text in texts if text]
    numeral = bool(filled) and all(_NUMERAL.fullmatch(text) for text in filled)
    structured = not numeral and 2 * sum(bool(_STRUCTURED.search(text)) for text in filled) > len(filled)
    seen = set("".join(filled))
    few = len(seen) <= 4 and sum(map(len, filled)) >= 3 * len(seen)
    characters = set(seen)
    for group in () if few else (_LOWER, _UPPER, _DIGITS):
        if len(seen & set(group)) >= 3:
            characters |= set(group)
    if numeral and set(_DIGITS) & seen and not seen <= set("01"):
        characters |= set(_DIGITS)
    return Alphabet("".join(sorted(characters)), structured, numeral)
