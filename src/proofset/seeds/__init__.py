"""Seed problems: the worked examples that `verified_math` shows to its proposer."""

from .problems import SeedProblem, load_seed_problems

__all__ = ["SeedProblem", "load_seed_problems"]
