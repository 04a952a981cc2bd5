"""Which figures are watched, and how far each may fall below that of what people wrote."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple


class Family(StrEnum):
    """What a figure looks at. Figures of one family fall together; so two families must, for a collapse."""

    WORDING = "wording"
    SHAPE = "shape"
    MEANING = "meaning"


class Metric(NamedTuple):
    """One figure.

    Attributes:
        least: the smallest share of the anchor's breadth that is let pass.
        rises: it is high where breadth is low, as self-BLEU is; its breadth is then 1 minus the figure.
    """

    name: str
    family: Family
    least: float
    rises: bool = False

    def share(self, value: float, anchor: float) -> float:
        """Of the anchor's breadth; 1 where the anchor has none."""
        own, whole = (1 - value, 1 - anchor) if self.rises else (value, anchor)
        return own / whole if whole > 0 else 1.0


METRICS = (
    Metric("distinct_1", Family.WORDING, 0.6),
    Metric("distinct_2", Family.WORDING, 0.7),
    Metric("distinct_3", Family.WORDING, 0.75),
    Metric("self_bleu", Family.WORDING, 0.7, rises=True),
    Metric("length_entropy", Family.SHAPE, 0.6),
    Metric("opening_entropy", Family.SHAPE, 0.8),
    Metric("vendi", Family.MEANING, 0.6),
    Metric("dispersion", Family.MEANING, 0.9),
    Metric("coverage", Family.MEANING, 0.5),
)
"""Where the bounds come from is in docs/collapse.md: halves of human corpora stay above them, and generations
that are trained on each other's texts alone fall below.
"""


class Finding(NamedTuple):
    """A figure beyond its bound."""

    metric: Metric
    value: float
    anchor: float

    @property
    def reason(self) -> str:
        """One line with the values and the bound."""
        share = self.metric.share(self.value, self.anchor)
        breadth = f"{share:.0%} of its breadth, at least {self.metric.least:.0%} is wanted"
        return f"{self.metric.name} {self.value:.3f}, the anchor's is {self.anchor:.3f}: {breadth}"


def findings(values: Mapping[str, float], anchor: Mapping[str, float]) -> tuple[Finding, ...]:
    """The figures beyond their bounds, in the order of `METRICS`."""
    return tuple(
        Finding(metric, values[metric.name], anchor[metric.name])
        for metric in METRICS
        if metric.share(values[metric.name], anchor[metric.name]) < metric.least
    )
