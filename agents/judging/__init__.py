"""Judging: opinions of models on examples and pairs, the canaries that test them, and how far they err.

node.py: the role · panel.py: asks · opinion.py: decides · canaries.py · pairs.py · calibration.py
"""

from .calibration import Calibration, Labelled, calibrate
from .canaries import (
    ALL_KINDS,
    PROGRAM_KINDS,
    TEXT_KINDS,
    Canary,
    CanaryKind,
    CanaryOutcome,
    canaries_of,
    drawn_canary,
)
from .example import Example, ExampleOf, asked_with, code_example, instance_example, math_example
from .node import GENERATORS, Judge
from .opinion import Bounds, Curation, Marks, Opinion, Scores, opinion_of
from .pairs import PairJudge, Preference, Preferred, Votes
from .panel import JudgeFn, Panel

__all__ = [
    "ALL_KINDS",
    "GENERATORS",
    "PROGRAM_KINDS",
    "TEXT_KINDS",
    "Bounds",
    "Calibration",
    "Canary",
    "CanaryKind",
    "CanaryOutcome",
    "Curation",
    "Example",
    "ExampleOf",
    "Judge",
    "JudgeFn",
    "Labelled",
    "Marks",
    "Opinion",
    "PairJudge",
    "Panel",
    "Preference",
    "Preferred",
    "Scores",
    "Votes",
    "asked_with",
    "calibrate",
    "canaries_of",
    "code_example",
    "drawn_canary",
    "instance_example",
    "math_example",
    "opinion_of",
]
