"""The reviser of the flywheel: a better answer, drafted for people to compare with what was answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from langgraph.runtime import Runtime

from ...records import Outcome, Verdict
from ...tools.checks import code_of
from ..constitution.reviser import ConstitutionReviser
from ..context import Context, bench_of
from ..flywheel_task import dialogue_of
from ..state import State, refuse
from .filtering import fitness_of

_REQUEST = "Answer what the person asked last, rightly and completely."


@dataclass(frozen=True, slots=True)
class Drafter:
    """Drafts by the judge's fault. A draft that does not hold is turned down; the answer goes on without."""

    reviser: ConstitutionReviser = ConstitutionReviser(
        prompt="revise_production", request=_REQUEST, shown=dialogue_of
    )

    async def __call__(self, state: State, runtime: Runtime[Context]) -> dict[str, Any]:
        update = await self.reviser(state, runtime)
        if update["refusal"] is not None:
            return update
        *before, draft = update["versions"]
        fit = fitness_of(await bench_of(runtime), state, draft.text)
        if fit.outcome is Outcome.PASS:
            return update | {"versions": (*before, draft.knowing(fit))}
        told = {name: value for name, value in update.items() if name in ("usage", "models", "prompts")}
        verdict = Verdict.reject(code_of(fit), str(fit.observed["detail"]), [*draft.evidence, fit])
        return refuse(
            state,
            stage=self.reviser.role,
            code=verdict.code,
            reason=verdict.reason,
            candidate=update["proposal"],
            verdict=verdict,
            keep_verdict=True,
            finding=None,
            **told,
        )
