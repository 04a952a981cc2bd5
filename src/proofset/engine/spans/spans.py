"""The spans of one process of a run: begun where the work is done, beneath the node that does it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.trace import Span, SpanContext, StatusCode, TraceFlags

from ...models import Call, Reply, Request
from ...tools.sandbox import Job, Joined, Result, Sandbox
from . import attributes as of
from .nodes import NodeSpans
from .sending import Sender, Sent

_SLOT: ContextVar[NodeSpans | None] = ContextVar("spans of the slot", default=None)


class OwnIds(IdGenerator):
    """Ids that take nothing from the random numbers of whoever else draws some."""

    def generate_span_id(self) -> int:
        return secrets.randbits(64) or 1

    def generate_trace_id(self) -> int:
        return secrets.randbits(128) or 1


class Spans:
    """Begins and ends spans.

    Args:
        provider: makes them.
        sender: sends them.
        name: of where they go.
        drawn: which slots are traced.
        graph: the run's.
        texts: whether prompts, replies and programs are in them.
        hidden: what no text of a span may hold.
    """

    def __init__(
        self,
        provider: TracerProvider,
        sender: Sender,
        *,
        name: str,
        drawn: Callable[[int], bool],
        graph: str,
        texts: bool,
        hidden: tuple[str, ...],
    ) -> None:
        self._tracer = provider.get_tracer("proofset")
        self._sender = sender
        self.name = name
        self._drawn = drawn
        self._graph = graph
        self._texts = texts
        self._hidden = re.compile("|".join(map(re.escape, hidden))) if hidden else None
        self._run: Span = trace.INVALID_SPAN
        self._elsewhere = Sent()
        self.run_id = ""

    def begin_run(self, run_id: str, seed: int) -> None:
        """Every slot is beneath it from now on."""
        self.run_id = run_id
        told = of.of_run(self._graph, run_id, seed)
        self._run = self._tracer.start_span(f"run {self._graph}", attributes=told)

    def go_on_with(self, run_id: str, parent: str) -> None:
        """Be beneath a run that another process has begun; `parent` is what its `parent` says."""
        trace_id, span_id = (int(part, 16) for part in parent.split("-"))
        context = SpanContext(trace_id, span_id, is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED))
        self.run_id, self._run = run_id, trace.NonRecordingSpan(context)

    @property
    def parent(self) -> str:
        """The run's span, for other processes."""
        context = self._run.get_span_context()
        return f"{context.trace_id:032x}-{context.span_id:016x}"

    def fail_run(self, error: BaseException) -> None:
        """Why the run ended in the middle."""
        self._run.set_status(StatusCode.ERROR, self._why(error))

    def count_elsewhere(self, ended: int, arrived: int) -> None:
        """Count what other processes sent."""
        self._elsewhere = Sent(ended, arrived)

    def close(self) -> Sent:
        """Send what waits, and say how much arrived, of other processes, too. Blocks for seconds at most."""
        self._run.end()
        return self._sender.close().plus(self._elsewhere)

    @contextmanager
    def slot(self, slot: int) -> Iterator[NodeSpans | None]:
        """Around a slot; None where it is not traced."""
        if not self._drawn(slot):
            yield None
            return
        told = of.of_slot(self._graph, self.run_id, slot)
        span = self._tracer.start_span(f"slot {slot}", trace.set_span_in_context(self._run), attributes=told)
        nodes = NodeSpans(self._tracer, span, slot, self.clean)
        token = _SLOT.set(nodes)
        try:
            with self._failing(span):
                yield nodes
        finally:
            _SLOT.reset(token)
            nodes.close()
            span.end()

    @contextmanager
    def call(self, spec: str, request: Request, call: Call) -> Iterator[Callable[[Reply], None]]:
        """Around a model call, or the look into the journal that takes its place."""
        if (nodes := _SLOT.get()) is None:
            yield _unseen
            return
        told = of.of_call(spec, request, call)
        if self._texts:
            told |= self._cleaned(of.text_of_request(request))
        with self._span(nodes, f"chat {told['gen_ai.request.model']}", told) as span:

            def seen(reply: Reply) -> None:
                span.set_attributes(of.of_reply(reply))
                if self._texts:
                    span.set_attributes(self._cleaned(of.text_of_reply(reply)))

            yield seen

    def around(self, sandbox: Sandbox) -> Sandbox:
        """The sandbox, its jobs seen."""
        return _SeenSandbox(sandbox, self)

    @contextmanager
    def job(self, job: Job) -> Iterator[Callable[[Result], None]]:
        """Around a job of the sandbox."""
        if (nodes := _SLOT.get()) is None:
            yield _unseen
            return
        told = of.of_job(job)
        if self._texts:
            told |= self._cleaned(of.text_of_job(job))
        with self._span(nodes, f"sandbox {job.profile}", told) as span:

            def seen(result: Result) -> None:
                span.set_attributes(of.of_result(result))
                if self._texts:
                    span.set_attributes(self._cleaned(of.text_of_result(result)))
                if not result.conclusive:
                    span.set_status(StatusCode.ERROR, result.kind.value)

            yield seen

    def clean(self, text: str) -> str:
        """A text without the secrets of this process."""
        return self._hidden.sub("[secret]", text) if self._hidden else text

    def _cleaned(self, told: of.Attributes) -> of.Attributes:
        return {name: self.clean(value) if isinstance(value, str) else value for name, value in told.items()}

    @contextmanager
    def _span(self, nodes: NodeSpans, name: str, told: of.Attributes) -> Iterator[Span]:
        parent = trace.set_span_in_context(nodes.here())
        span = self._tracer.start_span(name, parent, attributes=told)
        try:
            with self._failing(span):
                yield span
        finally:
            span.end()

    def _why(self, error: BaseException) -> str:
        return self.clean(f"{type(error).__name__}: {error}")[:400]

    @contextmanager
    def _failing(self, span: Span) -> Iterator[None]:
        try:
            yield
        except BaseException as error:
            span.set_status(StatusCode.ERROR, self._why(error))
            raise


class _SeenSandbox:
    """A sandbox whose jobs are seen."""

    def __init__(self, sandbox: Sandbox, spans: Spans) -> None:
        self._sandbox = sandbox
        self._spans = spans

    @property
    def name(self) -> str:
        return self._sandbox.name

    @property
    def layers(self) -> tuple[str, ...]:
        return self._sandbox.layers

    @property
    def joins(self) -> bool:
        return self._sandbox.joins

    @property
    def scratch(self) -> bool:
        return self._sandbox.scratch

    async def run(self, job: Job) -> Result:
        with self._spans.job(job) as seen:
            result = await self._sandbox.run(job)
            seen(result)
        return result

    async def run_joined(self, first: Job, second: Job) -> Joined:
        with self._spans.job(first) as seen_first, self._spans.job(second) as seen_second:
            joined = await self._sandbox.run_joined(first, second)
            seen_first(joined.first)
            seen_second(joined.second)
        return joined

    async def close(self) -> None:
        await self._sandbox.close()


def _unseen(_: Any) -> None:
    return None
