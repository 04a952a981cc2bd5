"""The sandbox as LangChain tools, for agents that call tools: programs, tests and SymPy."""

from .factory import sandbox_tools
from .telling import ANSWER_CHARS

__all__ = ["ANSWER_CHARS", "sandbox_tools"]
