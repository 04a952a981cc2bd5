"""Tracing: which slots are drawn, and which show in LangSmith. What does not goes without callbacks."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from importlib.util import find_spec

from ..models import Call
from ..records import rng
from .config import RunConfig


class Tracing:
    """The slots of a run that are traced: a share of them, the same on every machine and every replay.

    Nothing is traced where LangSmith's own variables do not ask for it.
    """

    def __init__(self, config: RunConfig) -> None:
        from langsmith.utils import tracing_is_enabled

        self._asked = tracing_is_enabled()
        self._seed, self._share = config.seed, config.trace_share

    def drawn(self, slot: int) -> bool:
        """Whether a slot is one of the share."""
        return rng(self._seed, slot, "trace").random() < self._share

    def shows(self, slot: int) -> bool:
        """Whether a slot is traced in LangSmith."""
        return bool(self._asked) and self.drawn(slot)

    def around(self, slot: int) -> AbstractContextManager[None]:
        """Within it the slot's graph is traced, or is not."""
        if not self._asked or self.shows(slot):
            return nullcontext()
        from langsmith.run_helpers import tracing_context

        return tracing_context(enabled=False)

    @property
    def calls(self) -> Callable[[Call], bool] | None:
        """Which calls go by LangChain's client; None where none do, or where it is not installed."""
        if not self._asked or not self._share or find_spec("langchain_openai") is None:
            return None
        return lambda call: self.shows(call.slot)
