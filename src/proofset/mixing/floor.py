"""How much of the synthetic rows fits above the human floor, by rows and by tokens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from ..records import Grade, digest
from .example import Example

_BY_GRADE = {Grade.PROVED: 0, Grade.HUMAN: 0, Grade.CHECKED: 1, Grade.JUDGED: 2}


class Size(NamedTuple):
    """Rows and tokens."""

    rows: int = 0
    tokens: int = 0

    def with_(self, example: Example) -> Size:
        return Size(self.rows + 1, self.tokens + example.tokens)


@dataclass(frozen=True, slots=True)
class Floor:
    """The least human share.

    Attributes:
        share: 0 bars nothing.
    """

    human: Size
    share: Fraction

    def holds(self, synthetic: Size) -> str:
        """Empty where it holds with so much synthetic data, else what falls below."""
        for own, other, unit in zip(self.human, synthetic, ("rows", "tokens"), strict=True):
            if own < self.share * (own + other):
                return f"human_floor_{unit}"
        return ""


def in_order(examples: Iterable[Example], seed: int) -> list[Example]:
    """The best grade first; within a grade in an order that the seed draws."""
    return sorted(
        examples,
        key=lambda one: (
            _BY_GRADE.get(one.grade, 3) if one.grade else 3,
            digest("mix", seed, one.id),
            one.id,
        ),
    )


def to_the_floor(examples: Iterable[Example], floor: Floor, size: Size) -> Iterator[tuple[Example, str]]:
    """Each example with why it does not fit, or nothing; `size` is what there is already.

    One that is too long is passed over, and a shorter one after it may still fit.
    """
    for example in examples:
        more = size.with_(example)
        fault = floor.holds(more)
        if not fault:
            size = more
        yield example, fault
