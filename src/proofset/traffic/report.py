"""Report of an ingest: what became of every row, counted; examples by file and line, never by their text."""

from __future__ import annotations

from collections import Counter

from pydantic import BaseModel, Field

from .rules import TrafficRules
from .sampling import SamplingPlan

MOST_EXAMPLES = 5


class Stratum(BaseModel):
    """What became of the rows of one stratum."""

    rows: int = 0
    sampled: int = 0
    entered: int = 0


class Report(BaseModel):
    """Counts of rows: rows = unread + no_exchange + not_sampled + known + left + entered."""

    number: int = Field(default=0, description="Which ingest of the directory it was; the first is 1.")
    began: str = ""
    ended: str = Field(default="", description="Empty for one that was killed.")
    sampling: SamplingPlan = SamplingPlan()
    rules: TrafficRules = TrafficRules()
    checks: tuple[str, ...] = Field(default=(), description="Names of further checks.")
    files: int = 0
    rows: int = Field(default=0, description="Lines that are not blank, and items of lists.")
    unread: Counter[str] = Field(default_factory=Counter, description="Rows that cannot be read, by code.")
    no_exchange: Counter[str] = Field(
        default_factory=Counter,
        description="Rows that hold no question with an answer to learn from, by code.",
    )
    not_sampled: int = 0
    known: int = Field(default=0, description="Rows that were let in or left out before.")
    left: Counter[str] = Field(default_factory=Counter, description="Rows of the sample left out, by code.")
    entered: int = 0
    scrubbed: Counter[str] = Field(
        default_factory=Counter, description="Kind to values that placeholders stand for, in what entered."
    )
    strata: dict[str, Stratum] = Field(default_factory=dict)
    unfinished: int = Field(default=0, description="Last lines that are left for the next time.")
    examples: dict[str, list[str]] = Field(
        default_factory=dict, description="Code to places, `file:line`, of the first rows with it."
    )

    def example(self, code: str, file: str, line: int) -> None:
        """Remember the place of a row, if not enough are."""
        places = self.examples.setdefault(code, [])
        if len(places) < MOST_EXAMPLES:
            places.append(f"{file}:{line}")
