"""Whether an input is of the kind that was seen: only there must solutions of a problem agree.

What lies beyond it, such as a negative number where every seen one is positive, may be outside of what the
problem promises, or may be just what its tests forgot.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from .domains import SAYS_NOTHING, Containers, Domain, Wording, domain_of
from .drawing import MAX_TEXT, bounds_of
from .relations import Arguments, Relation, relations_of

STRETCH = 10
"""How many times the greatest number that is drawn a number may be, before it lies beyond."""
ALWAYS_NEAR = 1_000


@dataclass(frozen=True)
class Contract:
    """What all seen calls of one form have in common."""

    calls: tuple[Arguments, ...]
    domains: tuple[Domain, ...]
    relations: tuple[Relation, ...]
    wording: Wording

    def covers(self, arguments: Arguments) -> bool:
        """Whether every part of a call is of the kind that was seen at its place."""
        return (
            len(arguments) == len(self.domains)
            and all(
                self._within(value, domain) for value, domain in zip(arguments, self.domains, strict=True)
            )
            and all(relation.holds(arguments) for relation in self.relations)
        )

    def draws(self, arguments: Arguments) -> bool:
        """Whether every number is one that is drawn from what was seen: larger ones may cost any time."""
        return all(
            _drawn(value, domain, self.wording) for value, domain in zip(arguments, self.domains, strict=True)
        )

    def forbids(self, arguments: Arguments) -> bool:
        """Whether the problem's words, or what the seen arguments have in common, exclude a call."""
        # Beside other arguments an empty text, such as one to search for, is a riddle of its own.
        empty = len(arguments) > 1 and any(
            value == "" and "" not in domain.samples
            for value, domain in zip(arguments, self.domains, strict=True)
        )
        said_not = any(_said_not(value, self.wording) for value in arguments)
        return empty or said_not or not all(relation.holds(arguments) for relation in self.relations)

    def _within(self, value: object, domain: Domain) -> bool:
        if type(value) not in domain.kinds:
            return False
        if isinstance(value, bool) or value is None:
            return True
        if isinstance(value, int | float):
            return _number_within(value, domain, self.wording)
        if isinstance(value, str):
            return self._text_within(value, domain)
        if isinstance(value, Containers):
            return self._items_within(list(value), domain)
        if isinstance(value, dict):
            inside = domain.keys is not None and domain.values is not None
            return (not value and not self.wording.filled) or (
                inside
                and all(
                    self._within(key, domain.keys) and self._within(item, domain.values)
                    for key, item in value.items()
                    if domain.keys is not None and domain.values is not None
                )
            )
        return True

    def _text_within(self, text: str, domain: Domain) -> bool:
        texts = domain.texts
        if not text:
            return "" in texts or (len(self.domains) == 1 and not self.wording.filled)
        alphabet = domain.alphabet
        if alphabet.structured or alphabet.numeral:
            return _skeleton(text) in {_skeleton(each) for each in texts}
        longest = max(map(len, texts))
        return set(text) <= set(alphabet.characters) and len(text) <= max(4 * longest, MAX_TEXT)

    def _items_within(self, items: list[object], domain: Domain) -> bool:
        if domain.fields:
            return len(items) == len(domain.fields) and all(
                self._within(item, field) for item, field in zip(items, domain.fields, strict=True)
            )
        if not items:
            return not self.wording.filled and not domain.level
        if domain.items is None or (domain.level and len(items) != domain.sizes[0]):
            return False
        if domain.distinct and len({repr(item) for item in items}) != len(items):
            return False
        if domain.ordered and items != sorted(items):  # type: ignore[type-var]
            return False
        return all(self._within(item, domain.items) for item in items)


def contract_of(calls: Sequence[Arguments], wording: Wording = SAYS_NOTHING) -> Contract:
    """The contract that calls of one form keep, at least one of them."""
    domains = tuple(domain_of([call[place] for call in calls], wording) for place in range(len(calls[0])))
    return Contract(tuple(calls), domains, relations_of(calls), wording)


def _number_within(value: int | float, domain: Domain, wording: Wording) -> bool:
    if not math.isfinite(value):
        return False
    low, high = bounds_of(domain, wording)
    above = max(STRETCH * high, ALWAYS_NEAR) if high > 0 else high
    below = min(STRETCH * low, -ALWAYS_NEAR) if low < 0 else low
    return below <= value <= above and (wording.limit is None or value <= wording.limit)


def _drawn(value: object, domain: Domain, wording: Wording) -> bool:
    if isinstance(value, int | float) and not isinstance(value, bool):
        low, high = bounds_of(domain, wording)
        return low <= value <= high
    if isinstance(value, Containers) and domain.items is not None:
        return all(_drawn(item, domain.items, wording) for item in value)
    return True


def _said_not(value: object, wording: Wording) -> bool:
    """Whether the words of a problem exclude a value or a part of it."""
    if isinstance(value, bool):
        return False
    if isinstance(value, int | float):
        floor = 1 if wording.positive else 0
        least = value < floor if wording.positive or wording.non_negative else False
        below = wording.least is not None and value < wording.least
        return least or below or (wording.limit is not None and value > wording.limit)
    if isinstance(value, str):
        return wording.filled and not value
    if isinstance(value, dict):
        return any(_said_not(part, wording) for item in value.items() for part in item)
    if isinstance(value, Containers):
        items = list(value)
        twice = wording.distinct and len({repr(item) for item in items}) != len(items)
        return (wording.filled and not items) or twice or any(_said_not(item, wording) for item in items)
    return False


def _skeleton(text: str) -> str:
    """A text with its runs of digits made alike."""
    return re.sub(r"\d+", "0", text)
