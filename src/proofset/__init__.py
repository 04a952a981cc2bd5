"""proofset: training data that carries its proof.

    import proofset

    summary = proofset.run("verified_math", n=20, model="local:qwen2.5-coder-1.5b", out="runs/first")

Names load when first used, so that importing the package costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from .engine import Event, RunConfig, Summary, aresume, arun, resume, run, stream
    from .errors import ModelError, ProofsetError, SandboxUnavailableError, UsageError
    from .memory.contamination import Decontaminator, decontaminate
    from .memory.dedup import dedup
    from .records import Evidence, Record, Rejection, Verdict
    from .tools.checks import acheck_answers, check_answers

_HOME = {
    "Event": "engine",
    "RunConfig": "engine",
    "Summary": "engine",
    "aresume": "engine",
    "arun": "engine",
    "resume": "engine",
    "run": "engine",
    "stream": "engine",
    "ModelError": "errors",
    "ProofsetError": "errors",
    "SandboxUnavailableError": "errors",
    "UsageError": "errors",
    "Decontaminator": "memory.contamination",
    "decontaminate": "memory.contamination",
    "dedup": "memory.dedup",
    "Evidence": "records",
    "Record": "records",
    "Rejection": "records",
    "Verdict": "records",
    "acheck_answers": "tools.checks",
    "check_answers": "tools.checks",
}

__all__ = [
    "Decontaminator",
    "Event",
    "Evidence",
    "ModelError",
    "ProofsetError",
    "Record",
    "Rejection",
    "RunConfig",
    "SandboxUnavailableError",
    "Summary",
    "UsageError",
    "Verdict",
    "__version__",
    "acheck_answers",
    "aresume",
    "arun",
    "check_answers",
    "decontaminate",
    "dedup",
    "resume",
    "run",
    "stream",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'proofset' has no attribute {name!r}")
    return getattr(import_module(f".{_HOME[name]}", __name__), name)


def __dir__() -> list[str]:
    return __all__
