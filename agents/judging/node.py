"""Judge: an opinion on a verified example. It may only turn down: it never mends a failed check.

accepted by the checks? ──no──▶ refuse: not_accepted, and no model is asked
        │ yes
ask `judge_samples` times, and for some examples about a canary, too
        │
canary kept? ──yes──▶ refuse: judge_failed_canary
        │ no
example kept? ──no──▶ refuse: judged_low, judge_unsure or judge_unreadable
        │ yes
the verdict, with this opinion as one more piece of evidence and the grade that it had
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from langgraph.runtime import Runtime

from ...models import Call, Sampling
from ...records import Verdict, rng, text_sha256
from ..context import Context, bench_of
from ..prompts import load_prompt
from ..settings import Settings
from ..state import State, attempt_of, refuse
from ..telling import tell_check
from .canaries import ALL_KINDS, CanaryKind, drawn_canary
from .example import ExampleOf, math_example
from .hearing import Judged, hear, verdict_after
from .opinion import Bounds, Marks, Scores
from .panel import RUBRIC, SCORING, Panel

_SAMPLES = 100
"""From one iteration to the next, the numbers of its samples."""

GENERATORS = ("proposer", "solver")
"""The roles whose work a judge reads, and whose models should be of another family."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges one example on clarity, quality and diversity; lets all pass where no minimum is set.

    Attributes:
        example: reads what is judged out of the state.
        generators: the roles whose work it is.
        minimum: the least of the scores, where the settings do not say; None lets all pass unasked.
        form: what it replies by.
        bounds: from where on its opinion counts, where that is not by the settings of all judges.
        more: what its prompt shows besides the example.
        canary_kinds: what canaries are made of an example; `PROGRAM_KINDS` where responses are programs.
        turns_down: False for an opinion that is evidence and no more, whatever it is: who comes after goes by
            it. What the checks have not accepted is turned down all the same.
    """

    role: str = "judge"
    prompt: str = RUBRIC
    sampling: Sampling = SCORING
    example: ExampleOf = math_example
    generators: tuple[str, ...] = GENERATORS
    canary_kinds: tuple[CanaryKind, ...] = ALL_KINDS
    minimum: float | None = None
    form: type[Marks] = Scores
    bounds: Callable[[Settings], Bounds] | None = None
    more: Callable[[State], Mapping[str, str]] | None = None
    turns_down: bool = True

    def __post_init__(self) -> None:
        # Now, not inside the event loop; and a prompt that is not there is told when the graph is built.
        load_prompt(self.prompt)

    async def __call__(self, state: State, runtime: Runtime[Context]) -> dict[str, Any]:
        before, candidate = state.get("verdict"), state.get("proposal")
        if before is not None and not before.accepted:
            reason = f"the checks decided {before.decision.value} ({before.code}): no opinion changes that"
            return refuse(state, stage=self.role, code="not_accepted", reason=reason, candidate=candidate)
        bench = await bench_of(runtime)
        settings, models = bench.context, bench.services.models
        minimum = settings.judge_minimum or self.minimum
        if minimum is None and self.bounds is None:
            return {"refusal": None}
        seed, slot, attempt = state.get("seed", 0), state.get("slot", 0), attempt_of(state)
        bounds = self.bounds(settings) if self.bounds else Bounds(minimum or 0, settings.judge_agreement)
        more = self.more(state) if self.more else {}
        panel = Panel(
            await models.of(self.role),
            bounds=bounds,
            samples=settings.judge_samples,
            seed=seed,
            prompt=self.prompt,
            sampling=self.sampling,
            prompts=settings.prompts,
            form=self.form,
            more=more,
        )
        example, random = self.example(state), rng(seed, slot, attempt, self.role, "canary")
        canary = drawn_canary(example, settings.judge_canary_share, random, self.canary_kinds)
        call = Call(self.role, slot, attempt, _SAMPLES * (state.get("iteration", 1) - 1))
        heard = await hear(panel, example, call, canary, after=panel.samples)
        prompt = load_prompt(self.prompt, settings.prompts)
        judged = Judged(
            models.spec(self.role),
            [state.get("models", {}).get(role) or models.spec(role) for role in self.generators],
            self.prompt,
            prompt.sha256,
            bounds,
            self.form.about,
            text_sha256("\0".join(more.values())) if any(more.values()) else "",
        )
        verdict = verdict_after(before, example, heard, judged)
        tell_check(runtime, state, self.role, verdict.evidence[-1])
        found: dict[str, Any] = {
            # Beside what verification measured.
            "scores": state.get("scores", {}) | heard.opinion.scores,
            "usage": heard.usage,
            "models": {self.role: models.spec(self.role)},
            "prompts": {self.prompt: prompt.sha256},
        }
        if before is not None and not self.turns_down:
            verdict = Verdict.accept(verdict.evidence)
        if verdict.accepted:
            return {**found, "verdict": verdict, "refusal": None}
        # The state keeps the checks' own verdict: another candidate comes next, and where a judge rules
        # alone, nothing would take this one's place.
        return refuse(
            state,
            stage=self.role,
            code=verdict.code,
            reason=verdict.reason,
            candidate=candidate,
            verdict=verdict,
            keep_verdict=True,
            **found,
        )
