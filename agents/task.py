"""Task: what the agents of one method speak of. The roles are the same for every method."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from ..records import Message, Origin
from ..seeds import Seed, SeedInstruction, SeedProblem, SeedPrompt, SeedTask
from .prompts import Prompt
from .state import Proposal

SeedT = TypeVar("SeedT", SeedProblem, SeedTask, SeedInstruction, SeedPrompt)


class Draft(BaseModel):
    """A proposal as proposer, evolver and reviser write it: one JSON object."""

    model_config = ConfigDict(extra="forbid")

    @abstractmethod
    def proposal(self, origin: Origin) -> Proposal:
        """As a proposal, with where it came from."""


@dataclass(frozen=True, slots=True)
class Task(Generic[SeedT]):
    """A method's task.

    Attributes:
        method: name of the graph, as records have it.
        draft: the form of a proposal as a model writes it.
        seed: the kind of seeds that the proposer is shown.
        drafted: a seed as a model would write it.
        kind: of its texts, as the thresholds of novelty by meaning know it.
        judge_minimum: the least of the judge's scores, where the settings do not say; None asks no judge.
        evolve_rounds: rounds of evolution, where the settings do not say.
        corpus: whether it begins with texts that people wrote; their novelty is asked, too.
        traffic: whether it begins with what people asked a model in production.
    """

    method: str
    draft: type[Draft]
    seed: type[SeedT]
    drafted: Callable[[SeedT], Draft]
    kind: str = "instruction"
    judge_minimum: float | None = None
    evolve_rounds: int = 0
    corpus: bool = False
    traffic: bool = False

    def seeds_in(self, seeds: Iterable[Seed]) -> tuple[SeedT, ...]:
        """Those of the seeds that are of this task's kind."""
        return tuple(seed for seed in seeds if isinstance(seed, self.seed))

    def shots(self, seeds: Sequence[SeedT], prompt: Prompt) -> list[Message]:
        """Seeds as turns of the chat: the proposer's question for each, and the seed as the reply wanted."""
        shots = []
        for seed in seeds:
            *_, question = prompt.render(topic=seed.topic, operator="")
            reply = self.drafted(seed).model_dump_json(warnings=False)
            shots += [question, Message(role="assistant", content=reply)]
        return shots
