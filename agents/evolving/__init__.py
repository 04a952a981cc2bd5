"""Evol-Instruct's rounds: a parent, the elimination rules, the guard against drift, the pool it goes back to.

parent ─▶ evolver ─▶ critic: rules 1 and 4, drift ─▶ solver ─▶ verifier: rules 2 and 3 ─▶ pool
"""

from .checkpoint import checkpoint
from .critic import EvolutionCritic
from .parent import Parent
from .pool import pool
from .respond import Responder
from .verify import verify_evolved

__all__ = ["EvolutionCritic", "Parent", "Responder", "checkpoint", "pool", "verify_evolved"]
