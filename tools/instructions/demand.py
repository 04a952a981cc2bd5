"""Demand: one thing that an instruction asks of the form of a response."""

from __future__ import annotations

from typing import Literal, NamedTuple

Unit = Literal["words", "sentences", "lines", "paragraphs", "bullets", "numbers"]
Kind = Literal[
    "count", "json", "yaml", "labels", "names", "upper", "lower", "without", "holds", "begins", "ends"
]


class Demand(NamedTuple):
    """What is asked.

    Attributes:
        kind: `count` bounds a number of `unit`s; `without` and `holds` name texts that must not, or must,
            occur; `labels` are the only responses allowed, of `names` one must occur; `json` and `yaml` may
            name keys, and `high` says how many there may be.
        low: least count.
        high: greatest count; None for no bound.
        texts: labels, keys, or texts, as the instruction writes them.
    """

    kind: Kind
    unit: Unit = "words"
    low: int = 0
    high: int | None = None
    texts: tuple[str, ...] = ()

    @property
    def said(self) -> str:
        """In words, as evidence has it."""
        match self.kind:
            case "count" if self.low == self.high:
                return f"exactly {self.low} {self.unit}"
            case "count" if self.high is None:
                return f"at least {self.low} {self.unit}"
            case "count" if self.low == 0:
                return f"at most {self.high} {self.unit}"
            case "count":
                return f"{self.low} to {self.high} {self.unit}"
            case "json" | "yaml":
                which = "only the keys" if self.high else "the keys"
                keys = f" with {which} {', '.join(self.texts)}" if self.texts else ""
                return f"{self.kind.upper()}{keys}"
            case "labels":
                return f"one of: {', '.join(self.texts)}"
            case "names":
                return f"a word on which one of: {', '.join(self.texts)}"
            case "upper" | "lower":
                return f"{self.kind} case only"
            case _:
                return f"{self.kind} {', '.join(map(repr, self.texts))}"
