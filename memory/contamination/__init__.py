"""Contamination: does a text hold what a model will be evaluated on?

evaluation sets ─▶ tokens ─▶ windows of n, by hash ┐
text ────────────▶ tokens ─▶ windows of n ─────────┴▶ runs that both share ─▶ Overlap
"""

from .decontaminator import COMMON, MASKED_N, Decontaminator, N
from .filtering import Decontaminated, decontaminate
from .items import EvaluationItem, EvaluationSets, read_evaluation_sets
from .overlap import Kind, Overlap

__all__ = [
    "COMMON",
    "MASKED_N",
    "Decontaminated",
    "Decontaminator",
    "EvaluationItem",
    "EvaluationSets",
    "Kind",
    "N",
    "Overlap",
    "decontaminate",
    "read_evaluation_sets",
]
