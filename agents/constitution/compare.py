"""The judge of Constitutional AI: is the last response better than the first, by a principle's question?

asked in both orders ─▶ both say the last one ─▶ a preference pair
                     ─▶ both say the first one ─▶ refuse: first_preferred
                     ─▶ they disagree, or cannot be read ─▶ kept, without a pair
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from langgraph.runtime import Runtime

from ...models import Call
from ...records import Evidence, EvidenceKind, Outcome, Trace, Verdict, rng, text_sha256
from ..context import Context, bench_of
from ..instruction_task import instruction_proposal
from ..judging.pairs import PairJudge, Preference, Preferred
from ..prompts import load_prompt
from ..prompts.constitution import CONSTITUTION, Principle
from ..state import State, attempt_of, refuse
from ..telling import tell_check
from .critic import constitution_of

PREFERENCE = "pair_preference"
_OUTCOMES = {
    Preferred.FIRST: Outcome.PASS,
    Preferred.SECOND: Outcome.FAIL,
    Preferred.NEITHER: Outcome.INCONCLUSIVE,
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """Compares the last version with the first. What was never revised is left as it is, unasked."""

    role: str = "judge"
    prompt: str = "compare_responses"

    def __post_init__(self) -> None:
        # Now, not inside the event loop; and a prompt that is not there is told when the graph is built.
        load_prompt(self.prompt)

    async def __call__(self, state: State, runtime: Runtime[Context]) -> dict[str, Any]:
        bench = await bench_of(runtime)
        settings, models = bench.context, bench.services.models
        versions, proposal = state["versions"], instruction_proposal(state)
        if len(versions) < 2:
            return {"refusal": None}
        last, first = versions[-1].text, versions[0].text
        seed, slot, attempt = state.get("seed", 0), state.get("slot", 0), attempt_of(state)
        constitution = constitution_of(bench)
        principle = constitution.draw(rng(seed, slot, attempt, self.role))
        judge = PairJudge(
            await models.of(self.role),
            samples=settings.comparison_samples,
            seed=seed,
            prompt=self.prompt,
            question=principle.comparison,
            prompts=settings.prompts,
            logprobs=True,
        )
        preference = await judge.prefer(proposal.problem, last, first, Call(self.role, slot, attempt))
        evidence = self._evidence(preference, principle, last, first, models.spec(self.role))
        tell_check(runtime, state, self.role, evidence)
        verdict = Verdict.accept([*state["verdict"].evidence, evidence])
        # Votes of one order alone are no label: whoever likes the first place would make it.
        share = None if preference.code == "pair_unreadable" else preference.share
        told: dict[str, Any] = {
            "scores": state.get("scores", {}) | ({} if share is None else {"p_chosen": share}),
            "usage": preference.usage,
            "models": {self.role: models.spec(self.role)},
            "prompts": {
                self.prompt: load_prompt(self.prompt, settings.prompts).sha256,
                CONSTITUTION: constitution.sha256,
            },
        }
        if preference.preferred is Preferred.SECOND:
            reason = f"the first response is preferred in both orders by {principle.id!r}"
            rejected = Verdict.reject("first_preferred", reason, verdict.evidence)
            return refuse(
                state,
                stage=self.role,
                code=rejected.code,
                reason=reason,
                candidate=proposal,
                verdict=rejected,
                keep_verdict=True,
                **told,
            )
        traces = state["traces"]
        if preference.preferred is Preferred.FIRST:
            *rest, oldest = traces
            traces = (*rest, _less_preferred(oldest, principle, evidence))
        mine = traces[0].model_copy(update={"verdict": verdict})
        return {**told, "traces": (mine, *traces[1:]), "verdict": verdict, "refusal": None}

    def _evidence(
        self, preference: Preference, principle: Principle, last: str, first: str, basis: str
    ) -> Evidence:
        votes = preference.votes
        return Evidence(
            kind=EvidenceKind.JUDGE,
            check=PREFERENCE,
            claim="the revised response is preferred to the first one in both orders",
            outcome=_OUTCOMES[preference.preferred],
            basis=basis,
            inputs={
                "principle": principle.id,
                "question": principle.comparison,
                "chosen_sha256": text_sha256(last),
                "rejected_sha256": text_sha256(first),
            },
            observed={
                "votes": {"chosen": votes.first, "rejected": votes.second, "unreadable": votes.unreadable},
                "p_chosen": preference.share,
                "by": preference.by,
                "code": preference.code,
                "detail": preference.reason,
            },
        )


def _less_preferred(trace: Trace, principle: Principle, evidence: Evidence) -> Trace:
    reason = f"the revised response is preferred in both orders by {principle.id!r}"
    verdict = Verdict.reject("less_preferred", reason, [*trace.verdict.evidence, evidence])
    return trace.model_copy(update={"verdict": verdict})
