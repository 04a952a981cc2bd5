"""A judge that asks no model: problems must be short enough to read, and ask something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from proofset.agents import State, refuse


@dataclass(frozen=True, slots=True)
class PlainWords:
    """Turns down what is too long, or asks nothing."""

    role: str = "judge"
    most_words: int = 60

    async def __call__(self, state: State) -> dict[str, Any]:
        problem = state["proposal"].problem
        words = len(problem.split())
        if words > self.most_words:
            reason = f"{words} words, and {self.most_words} are the most"
            return refuse(state, stage=self.role, code="too_long", reason=reason)
        if "?" not in problem:
            return refuse(state, stage=self.role, code="asks_nothing", reason="there is no question mark")
        return {"refusal": None}
