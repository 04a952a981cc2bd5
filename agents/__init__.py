"""The roles: proposer, evolver, classifier, tester, solver, verifier, rephraser, critic, reviser, judge,
scorer.

An agent is any LangGraph node: it takes the state and the runtime, and returns an update. Modules load when
first used: a graph does not pay for agents that it has not.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .asking import chat_of
    from .context import (
        DEFAULT_MODEL,
        Bench,
        Context,
        Services,
        bench_of,
        by_meaning,
        known_seeds,
        open_services,
        open_texts,
    )
    from .critic import Critic
    from .decontamination import contaminated, open_evaluation, texts_of
    from .evolver import Evolver
    from .judging import GENERATORS, Judge
    from .proposer import Proposer
    from .rephraser import Rephraser
    from .reviser import Reviser
    from .settings import Settings
    from .solver import Solver
    from .state import (
        CodeProposal,
        Critique,
        InstructionProposal,
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
    "classifier",
    "tester",
    "solver",
    "verifier",
    "rephraser",
    "critic",
    "reviser",
    "judge",
    "scorer",
)

_HOME = {
    "chat_of": "asking",
    "Bench": "context",
    "Context": "context",
    "DEFAULT_MODEL": "context",
    "Services": "context",
    "Settings": "settings",
    "bench_of": "context",
    "by_meaning": "context",
    "known_seeds": "context",
    "open_services": "context",
    "open_texts": "context",
    "Critic": "critic",
    "contaminated": "decontamination",
    "open_evaluation": "decontamination",
    "texts_of": "decontamination",
    "Evolver": "evolver",
    "GENERATORS": "judging",
    "Judge": "judging",
    "Proposer": "proposer",
    "Rephraser": "rephraser",
    "Reviser": "reviser",
    "Solver": "solver",
    "CodeProposal": "state",
    "Critique": "state",
    "InstructionProposal": "state",
    "MathProposal": "state",
    "Posed": "state",
    "Proposal": "state",
    "Solution": "state",
    "State": "state",
    "Variant": "state",
    "attempt_of": "state",
    "posed": "state",
    "refuse": "state",
    "Tester": "tester",
    "Verifier": "verifier",
}

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
    "InstructionProposal",
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
    "open_texts",
    "posed",
    "refuse",
    "texts_of",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOME[name]}", __name__), name)


def __dir__() -> list[str]:
    return __all__
