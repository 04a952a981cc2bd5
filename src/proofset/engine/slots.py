"""One slot: its graph from start to end in this process. Whatever goes wrong in it ends this slot only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from ..agents import Context, Services
from ..errors import ModelError, ProofsetError, RequestFailedError
from ..graphs import load_graph
from ..records import Origin, Rejection
from .canaries import Canaries, CanaryLog
from .config import RunConfig
from .events import Event, NodeDone
from .tracing import Tracing

if TYPE_CHECKING:
    from .spans.nodes import NodeSpans
    from .spans.spans import Spans

MAX_FAILURES_IN_A_ROW = 8
_NODES_PER_ATTEMPT = 8


class SlotEnd(NamedTuple):
    """What became of a slot; `record_id` where it was kept."""

    settlement: str
    record_id: str | None


class Slots:
    """Drives a compiled graph, slot by slot; any number at once.

    Args:
        graph: compiled, without a checkpointer.
        config: the run's.
        services: what the graph's agents use.
        tell: is told of every node that is done.
        canaries: takes what became of known-wrong candidates; None has none made.
        spans: of the run, where it is traced.
    """

    def __init__(
        self,
        graph: Any,
        config: RunConfig,
        services: Services,
        *,
        tell: Callable[[Event], None],
        canaries: CanaryLog | None = None,
        spans: Spans | None = None,
    ) -> None:
        self._spans = spans
        self._graph = graph
        self._config = config
        self._memory = services.memory
        self._context = Context(**dict(config.settings), models=config.models).bound(services)
        self._tell = tell
        self._tracing = Tracing(config)
        self._canaries = Canaries(graph, config, services, canaries, tell=tell)
        self._failures = 0
        rounds = config.settings.evolve_rounds
        self._rounds = load_graph(config.graph).task.evolve_rounds if rounds is None else rounds

    async def run(self, slot: int) -> SlotEnd:
        """Drive it until it is settled; an exception is its rejection, as quarantined.

        Raises ProofsetError where going on makes no sense: no model, no sandbox, wrong settings.
        """
        if self._spans is None:
            return await self._run(slot, None)
        with self._spans.slot(slot) as traced:
            end = await self._run(slot, traced)
            if traced is not None:
                traced.end_slot(end.settlement, end.record_id)
        return end

    async def _run(self, slot: int, traced: NodeSpans | None) -> SlotEnd:
        so_far = _SoFar()
        try:
            state = await self._drive(slot, so_far, traced)
            self._failures = 0
        except RequestFailedError as error:
            self._failures += 1
            if self._failures >= MAX_FAILURES_IN_A_ROW:
                raise ModelError(f"{self._failures} slots in a row failed; the last one: {error}") from error
            return await self._quarantine(slot, so_far, error)
        except ProofsetError:
            raise
        except Exception as error:
            return await self._quarantine(slot, so_far, error)
        record = state.get("record")
        return SlotEnd(state.get("settlement", ""), record.id if record else None)

    async def _drive(self, slot: int, so_far: _SoFar, traced: NodeSpans | None) -> dict[str, Any]:
        settings = self._config.settings
        rounds = 9 * self._rounds + 2 * settings.critique_rounds
        limit = settings.n_attempts * (_NODES_PER_ATTEMPT + rounds) + 10
        last: dict[str, Any] = {}
        canaries = self._canaries.of_slot(slot)
        updates = self._graph.astream(
            {"slot": slot, "seed": self._config.seed},
            config={"recursion_limit": limit, **({"callbacks": [traced]} if traced else {})},
            context=self._context,
            stream_mode="updates",
        )
        with self._tracing.around(slot):
            async for step in updates:
                for node, update in step.items():
                    last = update or {}
                    so_far.rejections += last.get("rejections", [])
                    if (proposal := last.get("proposal")) is not None:
                        so_far.origin = proposal.origin
                    refusal = last.get("refusal")
                    self._tell(NodeDone(slot, node, refusal.code if refusal else None))
                    await canaries.after(node, last)
        return last

    async def _quarantine(self, slot: int, so_far: _SoFar, error: Exception) -> SlotEnd:
        reason, attempt = f"{type(error).__name__}: {error}", len(so_far.rejections) + 1
        # An error may quote what it stumbled over: where that came from decides which file it stands in.
        poison = quarantined(slot, attempt=attempt, reason=reason, origin=so_far.origin)
        rejections = [*so_far.rejections, poison]
        settlement = await self._memory.settle(slot, None, rejections, attempts=attempt)
        return SlotEnd(settlement.value, None)


@dataclass(slots=True)
class _SoFar:
    """What a slot has told: its rejections, and where its last proposal came from."""

    rejections: list[Rejection] = field(default_factory=list)
    origin: Origin = field(default_factory=Origin)


def quarantined(slot: int, *, attempt: int, reason: str, origin: Origin | None = None) -> Rejection:
    """The rejection of a slot that came to no end of its own."""
    return Rejection(
        slot=slot,
        attempt=attempt,
        stage="run",
        code="quarantined",
        reason=reason[:2000],
        origin=origin or Origin(),
    )
