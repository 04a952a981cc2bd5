"""Panel: one model, asked about one example as often as wanted, each time with a seed of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace

from ...models import Call, Model, Request, Sampling
from ...records import request_seed
from ..prompts import load_prompt
from .example import Example, mark_of
from .opinion import Bounds, Marks, Opinion, Scores, opinion_of

RUBRIC = "judge_instruction"
SCORING = Sampling(temperature=0.7, max_tokens=60)
"""The temperature is for several samples; a single one is drawn at 0, where it is most likely."""

JudgeFn = Callable[[Example, Call], Awaitable[Opinion]]
"""Anything that gives an opinion on an example; the call tells which one it is, and where to count from."""


@dataclass(frozen=True, slots=True)
class Panel:
    """Asks a model for its opinion. A `JudgeFn`.

    Attributes:
        samples: how often it is asked.
        prompts: a directory of the user's prompts.
        form: what it replies by.
        more: what the prompt shows besides the example.
        seed: the run's seed; with the call's slot, attempt and sample it gives the seed of each request.
    """

    model: Model
    bounds: Bounds = Bounds()
    samples: int = 1
    seed: int = 0
    prompt: str = RUBRIC
    sampling: Sampling = SCORING
    prompts: str | None = None
    form: type[Marks] = Scores
    more: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # Now, not inside the event loop; and a prompt that is not there is told at once.
        load_prompt(self.prompt)

    async def __call__(self, example: Example, call: Call) -> Opinion:
        """The model's opinion. The call's sample is the number of the first of its samples."""
        values = {"mark": mark_of(*example), **example._asdict(), **self.more}
        messages = load_prompt(self.prompt, self.prompts).render(**values)
        sampling = self.sampling if self.samples > 1 else replace(self.sampling, temperature=0.0)
        calls = [replace(call, sample=call.sample + number) for number in range(self.samples)]
        seeds = [
            request_seed(self.seed, one.slot, one.attempt, one.role, self.prompt, one.sample) for one in calls
        ]
        replies = await asyncio.gather(
            *(
                self.model.ask_typed(Request(messages, replace(sampling, seed=seed)), one, self.form)
                for one, seed in zip(calls, seeds, strict=True)
            )
        )
        return opinion_of(replies, self.bounds)
