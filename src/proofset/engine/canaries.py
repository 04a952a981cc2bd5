"""Canaries of a run: known-wrong candidates before the verifier that decides on the others, between them.

    a slot's verifier lets a candidate pass ─▶ drawn by the run's seed? ─▶ made wrong ─▶ the same verifier
                          │                                                                   │
                          ▼                                                                   ▼
              the slot goes on as it was                              canaries.jsonl, its table, the card

The verifier is the slot's own node, alone in a graph of the same state. What it returns on a canary is looked
at here and goes no further: the slot's graph never has it, so that nothing of it can reach admission, which
takes records, and takes none of these. While it decides on a canary, the run's memory settles nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, cast, get_type_hints

from langgraph.graph import END, START, StateGraph

from ..agents import Context, Services, State
from ..agents.canaries import Posing, decision_on, grade_of_material, house_verifier, posings
from ..agents.judging import CanaryOutcome
from ..agents.judging.hearing import CHECK as JUDGED
from ..errors import ProofsetError, RequestFailedError
from ..memory import MadeItem, Memory, Novelty, Settlement, Similar, Yields
from ..models.apart import counted_apart
from ..records import Decision, Evidence, HowKnown, Known, Record, Rejection, RunCanary, Verdict, rng
from .config import RunConfig
from .events import Event, Notice

VERIFIER, JUDGE = "verifier", "judge"
_COUNTED_AS = "canary"
_JUDGED = {
    CanaryOutcome.PASSED: Decision.ACCEPT,
    CanaryOutcome.CAUGHT: Decision.REJECT,
    CanaryOutcome.UNDECIDED: Decision.ABSTAIN,
}


class CanaryLog(Protocol):
    """Where results go: the ledger, or the owner that has it."""

    async def put(self, canary: RunCanary) -> None: ...


class Canaries:
    """Those of a run, made slot by slot.

    Args:
        graph: compiled; its node `verifier` is asked. Without one there are no canaries.
        log: takes the results; None makes none.
        tell: is told where none could be made.
    """

    def __init__(
        self,
        graph: Any,
        config: RunConfig,
        services: Services,
        log: CanaryLog | None,
        *,
        tell: Callable[[Event], None],
    ) -> None:
        self.config = config
        self.sandbox = services.sandbox
        self.log = log
        self.tell = tell
        self.merge = _merging(graph.builder.state_schema)
        self._alone = _alone(graph, config.graph)
        apart = replace(services, memory=_SettlesNothing(services.memory))
        self._context = Context(**dict(config.settings), models=config.models).bound(apart)

    def of_slot(self, slot: int) -> SlotCanaries:
        """Follows one slot from its start."""
        return SlotCanaries(self, slot)

    @property
    def share(self) -> float:
        """How many are made of one candidate that is let pass."""
        settings = self.config.settings
        if self._alone is None or self.log is None:
            return 0.0
        return settings.canary_share if settings.canaries is None else settings.canaries / self.config.n

    async def ruled(self, state: State) -> Mapping[str, Any]:
        """What the verifier returns on a state."""
        assert self._alone is not None
        last: Mapping[str, Any] = {}
        with counted_apart(_COUNTED_AS):
            async for step in self._alone.astream(state, context=self._context, stream_mode="updates"):
                last = step.get(VERIFIER) or {}
        return last


@dataclass(slots=True)
class SlotCanaries:
    """The canaries of one slot, whose state it keeps up with."""

    run: Canaries
    slot: int
    _state: dict[str, Any] = field(default_factory=dict)
    _verified: int = 0
    _made: int = 0

    def __post_init__(self) -> None:
        self._state = {"slot": self.slot, "seed": self.run.config.seed}

    async def after(self, node: str, update: Mapping[str, Any]) -> None:
        """A node of the slot has returned this; returns when what it gives rise to is durable."""
        if self.run.log is not None:
            if node == VERIFIER and update.get("refusal") is None:
                await self._interleave(self.run.log, update)
            elif node == JUDGE:
                await self._heard(self.run.log, update)
        self.run.merge(self._state, update)

    async def _interleave(self, log: CanaryLog, update: Mapping[str, Any]) -> None:
        share = self.run.share
        random = rng("canaries", self.run.config.seed, self.slot, self._verified)
        self._verified += 1
        wanted = int(share) + (random.random() < share % 1)
        if not wanted or "proposal" not in self._state:
            return
        state = cast(State, self._state)
        for posing in await self._posed(state, update, random, wanted):
            canary = await self._put_before_it(posing, update)
            await log.put(canary)
            self._made += 1

    async def _posed(
        self, state: State, update: Mapping[str, Any], random: Any, wanted: int
    ) -> Sequence[Posing]:
        found: list[Posing] = []
        try:
            async for posing in posings(state, update, random, self.run.sandbox):
                found.append(posing)
                if len(found) == wanted:
                    break
        except ProofsetError:
            raise
        except Exception as error:
            # The slot itself is none the worse for it.
            self.run.tell(
                Notice(f"slot {self.slot}: a canary could not be made ({type(error).__name__}: {error})")
            )
        return found

    async def _put_before_it(self, posing: Posing, update: Mapping[str, Any]) -> RunCanary:
        verdict: Verdict | None
        try:
            said = await self.run.ruled(posing.state)
            decision, verdict = decision_on(said, posing.response), _verdict_in(said)
        except ProofsetError as error:
            if not isinstance(error, RequestFailedError):
                raise
            decision, verdict = _undecided(error)
        except Exception as error:
            # In a run it would be quarantined, and not kept.
            decision, verdict = _undecided(error)
        config = self.run.config
        return RunCanary(
            slot=self.slot,
            number=self._made,
            verifier=config.agents.get(VERIFIER) or house_verifier(posing.state["proposal"]),
            kind=posing.kind,
            told=posing.told,
            known=posing.known,
            fingerprint=posing.fingerprint,
            grade=grade_of_material(update),
            decision=decision,
            wrong=posing.shown,
            verdict=verdict,
        )

    async def _heard(self, log: CanaryLog, update: Mapping[str, Any]) -> None:
        for evidence in _opinions(update):
            match evidence.observed.get("canary"):
                case {"kind": str(kind), "outcome": str(outcome)}:
                    await log.put(
                        RunCanary(
                            slot=self.slot,
                            number=self._made,
                            verifier=f"judge {evidence.basis}",
                            kind=kind,
                            told=kind,
                            known=Known(by=HowKnown.BAD_ON_PURPOSE, shown=kind),
                            decision=_JUDGED[CanaryOutcome(outcome)],
                        )
                    )
                    self._made += 1


def _opinions(update: Mapping[str, Any]) -> list[Evidence]:
    """The opinion that a judge has added, which is the last evidence of its verdict."""
    verdict = _verdict_in(update)
    return [one for one in verdict.evidence[-1:] if one.check == JUDGED] if verdict else []


def _verdict_in(update: Mapping[str, Any]) -> Verdict | None:
    refusal = update.get("refusal")
    verdict = refusal.verdict if refusal is not None and refusal.verdict else update.get("verdict")
    return verdict if isinstance(verdict, Verdict) else None


def _undecided(error: Exception) -> tuple[Decision, Verdict]:
    reason = f"it raised {type(error).__name__}: {error}"
    return Decision.ABSTAIN, Verdict.abstain("raised", reason[:2000])


def _alone(graph: Any, name: str) -> Any:
    """A graph of the verifier alone: its very node, with the same state and context."""
    builder = graph.builder
    node = builder.nodes.get(VERIFIER)
    if node is None:
        return None
    alone: Any = StateGraph(builder.state_schema, context_schema=builder.context_schema)
    alone.add_node(VERIFIER, node.runnable)
    alone.add_edge(START, VERIFIER)
    alone.add_edge(VERIFIER, END)
    return alone.compile(name=name)


def _merging(schema: Any) -> Callable[[dict[str, Any], Mapping[str, Any]], None]:
    """How updates come into a state: added up where its schema says so, else in the old one's place."""
    adds = {
        name: hint.__metadata__[0]
        for name, hint in get_type_hints(schema, include_extras=True).items()
        if callable(next(iter(getattr(hint, "__metadata__", ())), None))
    }

    def merge(state: dict[str, Any], update: Mapping[str, Any]) -> None:
        for name, value in update.items():
            known = name in adds and name in state
            state[name] = adds[name](state[name], value) if known else value

    return merge


class _SettlesNothing:
    """A memory that can be asked, and that takes nothing in."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def look(self, slot: int, text: str, *, parent: str = "", kind: str = "") -> Novelty:
        return await self._memory.look(slot, text, parent=parent, kind=kind)

    async def similar(self, slot: int, text: str, *, k: int) -> Similar:
        return await self._memory.similar(slot, text, k=k)

    async def yields(self, slot: int) -> Yields:
        return await self._memory.yields(slot)

    async def made(self, slot: int, key: str, count: int) -> Sequence[MadeItem]:
        return await self._memory.made(slot, key, count)

    async def settle(
        self, slot: int, record: Record | None, rejections: Sequence[Rejection], *, attempts: int
    ) -> Settlement:
        raise RuntimeError("a verifier settles nothing")
