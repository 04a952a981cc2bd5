"""Self-Instruct's proposing: a numbered list of new tasks after old ones, and the filters on each of them.

exemplars ─▶ list ─▶ numbered ─▶ filters
"""

from .listing import ListProposer

__all__ = ["ListProposer"]
