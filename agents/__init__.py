"""The roles: proposer, evolver, critic, reviser, solver, verifier, judge.

An agent is any LangGraph node: it takes the state and the runtime, and returns an update.
"""

from .asking import chat_of
from .context import DEFAULT_MODEL, Bench, Context, Services, Settings, bench_of, open_services
from .critic import Critic
from .evolver import Evolver
from .judging import GENERATORS, Judge
from .proposer import Proposer
from .reviser import Reviser
from .solver import Solver
from .state import Critique, Proposal, Solution, State, attempt_of, refuse
from .verifier import Verifier

ROLES = ("proposer", "evolver", "solver", "verifier", "critic", "reviser", "judge")

__all__ = [
    "DEFAULT_MODEL",
    "GENERATORS",
    "ROLES",
    "Bench",
    "Context",
    "Critic",
    "Critique",
    "Evolver",
    "Judge",
    "Proposal",
    "Proposer",
    "Reviser",
    "Services",
    "Settings",
    "Solution",
    "Solver",
    "State",
    "Verifier",
    "attempt_of",
    "bench_of",
    "chat_of",
    "open_services",
    "refuse",
]
