"""The spans of one slot's nodes, by LangChain's callbacks: they tell when a node begins and ends, and whose
work a call is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from langchain_core.callbacks import BaseCallbackHandler
from langgraph.config import get_config
from opentelemetry import trace
from opentelemetry.trace import Span, StatusCode, Tracer

from . import attributes as of


class NodeSpans(BaseCallbackHandler):
    """A callback handler for one slot.

    Args:
        slot_span: the span that the nodes are beneath.
        clean: takes secrets out of the text of an error.
    """

    # In the event loop: a thread for each node would cost more than the node.
    run_inline = True
    ignore_llm = True
    ignore_chat_model = True
    ignore_retriever = True
    ignore_agent = True

    def __init__(self, tracer: Tracer, slot_span: Span, slot: int, clean: Callable[[str], str]) -> None:
        self._tracer = tracer
        self.slot_span = slot_span
        self._slot = slot
        self._clean = clean
        self._runs: dict[UUID, Span] = {}
        self._own: set[UUID] = set()
        self._told: dict[int, Any] = {}

    def end_slot(self, settlement: str, record_id: str | None) -> None:
        """What became of the slot."""
        self.slot_span.set_attribute("proofset.settlement", settlement)
        if record_id is not None:
            self.slot_span.set_attribute("proofset.record.id", record_id)

    def close(self) -> None:
        """End nodes that were left in the middle."""
        for run_id in self._own:
            self._runs[run_id].end()
        self._own.clear()

    def here(self) -> Span:
        """The span of the node whose code is running; that of the slot outside of any."""
        try:
            callbacks = get_config().get("callbacks")
        except RuntimeError:
            return self.slot_span
        run_id = getattr(callbacks, "parent_run_id", None)
        return self._runs.get(run_id, self.slot_span) if run_id else self.slot_span

    def on_chain_start(
        self,
        serialized: dict[str, Any],
        inputs: dict[str, Any],
        *,
        run_id: UUID,
        parent_run_id: UUID | None = None,
        tags: list[str] | None = None,
        metadata: dict[str, Any] | None = None,
        **more: Any,
    ) -> None:
        parent = self._runs.get(parent_run_id, self.slot_span) if parent_run_id else self.slot_span
        node, name = (metadata or {}).get("langgraph_node"), more.get("name")
        if node is None or name != node or node.startswith("__"):
            # The graph itself, its beginning, or a part of a node.
            self._runs[run_id] = parent
            return
        context = trace.set_span_in_context(parent)
        self._runs[run_id] = self._tracer.start_span(node, context, attributes=of.of_node(node, self._slot))
        self._own.add(run_id)

    def on_chain_end(self, outputs: Any, *, run_id: UUID, **more: Any) -> None:
        span = self._runs.pop(run_id, None)
        if span is None or run_id not in self._own:
            return
        self._own.discard(run_id)
        if isinstance(outputs, dict):
            span.set_attributes(of.of_update(outputs))
            verdict = outputs.get("verdict")
            for evidence in verdict.evidence if verdict is not None else ():
                # A verdict goes on with what was found before: that is told already.
                if id(evidence) not in self._told:
                    self._told[id(evidence)] = evidence
                    span.add_event("gen_ai.evaluation.result", of.of_check(evidence))
        span.end()

    def on_chain_error(self, error: BaseException, *, run_id: UUID, **more: Any) -> None:
        span = self._runs.pop(run_id, None)
        if span is None or run_id not in self._own:
            return
        self._own.discard(run_id)
        span.set_status(StatusCode.ERROR, self._clean(f"{type(error).__name__}: {error}")[:400])
        span.end()
