"""The roles: proposer, evolver, tester, solver, verifier, rephraser, critic, reviser, judge.

An agent is any LangGraph node: it takes the state and the runtime, and returns an update.
"""

from .asking import chat_of
from .context import (
    DEFAULT_MODEL,
    Bench,
    Context,
    Services,
    Settings,
    bench_of,
    by_meaning,
    known_seeds,
    open_services,
)
from .critic import Critic
from .decontamination import contaminated, open_evaluation, texts_of
from .evolver import Evolver
from .judging import GENERATORS, Judge
from .proposer import Proposer
from .rephraser import Rephraser
from .reviser import Reviser
from .solver import Solver
from .state import (
    CodeProposal,
    Critique,
    MathProposal,
    Posed,
    Proposal,
    Solution,
    State,
    Variant,
    attempt_of,
    posed,
    refuse,
)
from .tester import Tester
from .verifier import Verifier

ROLES = (
    "proposer",
    "evolver",
    "tester",
    "solver",
    "verifier",
    "rephraser",
    "critic",
    "reviser",
    "judge",
)

__all__ = [
    "DEFAULT_MODEL",
    "GENERATORS",
    "ROLES",
    "Bench",
    "CodeProposal",
    "Context",
    "Critic",
    "Critique",
    "Evolver",
    "Judge",
    "MathProposal",
    "Posed",
    "Proposal",
    "Proposer",
    "Rephraser",
    "Reviser",
    "Services",
    "Settings",
    "Solution",
    "Solver",
    "State",
    "Tester",
    "Variant",
    "Verifier",
    "attempt_of",
    "bench_of",
    "by_meaning",
    "chat_of",
    "contaminated",
    "known_seeds",
    "open_evaluation",
    "open_services",
    "posed",
    "refuse",
    "texts_of",
]
