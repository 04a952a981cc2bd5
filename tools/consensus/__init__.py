"""Consensus of several answers to one problem, with an estimate of how likely it is to be wrong.

Vote… ──▶ tally (typed comparison, in the sandbox) ──▶ estimates (the model, its Prior) ──▶ Consensus
                        └──▶ fit (a batch, no labels) ──▶ Prior
"""

from .deciding import BOUND, Consensus, consensus, decide
from .fitting import fit
from .model import Prior, estimates
from .tallying import MAX_VOTES, Ballot, Group, Tally, Vote, tally

__all__ = [
    "BOUND",
    "MAX_VOTES",
    "Ballot",
    "Consensus",
    "Group",
    "Prior",
    "Tally",
    "Vote",
    "consensus",
    "decide",
    "estimates",
    "fit",
    "tally",
]
