"""The draft against the answer, by a judge who sees them in both orders.

both orders say the draft   ─▶ the draft is shown, with the answer beside it
both say the answer         ─▶ refuse: answer_preferred, and the answer goes on without a draft
they disagree, or are even  ─▶ both are shown, among the uncertain
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from langgraph.runtime import Runtime

from ...models import Call
from ...records import Evidence, EvidenceKind, Outcome, Verdict, text_sha256
from ..constitution.compare import PREFERENCE
from ..context import Context, bench_of
from ..flywheel_task import dialogue_of
from ..judging.pairs import PairJudge, Preference, Preferred
from ..prompts import load_prompt
from ..state import State, attempt_of, refuse
from ..telling import tell_check
from .triage import UNCERTAIN

_OUTCOMES = {
    Preferred.FIRST: Outcome.PASS,
    Preferred.SECOND: Outcome.FAIL,
    Preferred.NEITHER: Outcome.INCONCLUSIVE,
}


@dataclass(frozen=True, slots=True)
class DraftComparison:
    """Compares a draft with the answer. Without a draft, or where no votes are wanted, nobody is asked."""

    role: str = "judge"
    stage: str = "compare"
    prompt: str = "judge_pair"

    def __post_init__(self) -> None:
        # Now, not inside the event loop; and a prompt that is not there is told when the graph is built.
        load_prompt(self.prompt)

    async def __call__(self, state: State, runtime: Runtime[Context]) -> dict[str, Any]:
        bench, versions = await bench_of(runtime), state["versions"]
        settings, models = bench.context, bench.services.models
        if len(versions) < 2 or not settings.draft_votes:
            return {"refusal": None}
        first, draft = versions[0], versions[-1]
        judge = PairJudge(
            await models.of(self.role),
            samples=settings.draft_votes,
            seed=state.get("seed", 0),
            prompt=self.prompt,
            prompts=settings.prompts,
        )
        call = Call(self.role, state.get("slot", 0), attempt_of(state))
        preference = await judge.prefer(dialogue_of(state), draft.text, first.text, call)
        evidence = _evidence(preference, draft.text, first.text, models.spec(self.role))
        tell_check(runtime, state, self.role, evidence)
        scores = dict(state.get("scores", {}))
        told: dict[str, Any] = {
            "usage": preference.usage,
            "models": {self.role: models.spec(self.role)},
            "prompts": {self.prompt: load_prompt(self.prompt, settings.prompts).sha256},
        }
        if preference.preferred is Preferred.SECOND:
            reason = "the answer is preferred to its draft in both orders"
            verdict = Verdict.reject("answer_preferred", reason, [*draft.evidence, evidence])
            return refuse(
                state,
                stage=self.stage,
                code=verdict.code,
                reason=reason,
                candidate=state["proposal"],
                verdict=verdict,
                keep_verdict=True,
                versions=(first,),
                **told,
            )
        if preference.preferred is Preferred.NEITHER:
            scores |= {"queue": float(UNCERTAIN), "uncertainty": 1.0}
        if preference.share is not None:
            scores["p_chosen"] = preference.share
        return {"versions": (first, draft.knowing(evidence)), "scores": scores, "refusal": None, **told}


def _evidence(preference: Preference, draft: str, answer: str, spec: str) -> Evidence:
    votes = preference.votes
    return Evidence(
        kind=EvidenceKind.JUDGE,
        check=PREFERENCE,
        claim="the draft is preferred to the answer in both orders",
        outcome=_OUTCOMES[preference.preferred],
        basis=spec,
        inputs={"chosen_sha256": text_sha256(draft), "rejected_sha256": text_sha256(answer)},
        observed={
            "votes": {"chosen": votes.first, "rejected": votes.second, "unreadable": votes.unreadable},
            "p_chosen": preference.share,
            "code": preference.code,
            "detail": preference.reason,
        },
    )
