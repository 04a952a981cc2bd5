"""The reviser of Constitutional AI: rewrites a response by a critique and the principle's request.

revision ─▶ differs? bounded? no echo of the critique? no evasive stub? ─▶ the next version
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from langgraph.runtime import Runtime
from pydantic import BaseModel, ConfigDict, field_validator

from ...models import Sampling
from ...records import Outcome, Verdict
from ...tools.checks import code_of, revision_is_sound
from ...tools.instructions.revised import Limits
from ..asking import ask, refuse_malformed
from ..bounds import at_most, filled
from ..context import Bench, Context, bench_of
from ..instruction_task import instruction_proposal
from ..judging.example import mark_of
from ..prompts import load_prompt
from ..state import State, Version, refuse
from ..telling import tell_check
from .critic import constitution_of

_MAX_REVISION_CHARS = 12_000


class Revision(BaseModel):
    """A response, rewritten."""

    model_config = ConfigDict(extra="forbid", strict=True)

    revision: str

    @field_validator("revision")
    @classmethod
    def _length(cls, text: str) -> str:
        return at_most(filled(text), _MAX_REVISION_CHARS)


def limits_of(bench: Bench) -> Limits:
    """The bounds that the settings put to a revision."""
    return Limits(**{name: getattr(bench.context, name) for name in Limits._fields})


@dataclass(frozen=True, slots=True)
class ConstitutionReviser:
    """Revises responses. A revision that does not hold is turned down; the text before stays.

    Attributes:
        request: what a revision is asked for, where no principle says it.
        shown: the prompt, with what was said before it; the instruction where not given.
    """

    role: str = "reviser"
    prompt: str = "revise_response"
    sampling: Sampling = Sampling(temperature=0.3, max_tokens=900)
    request: str = ""
    shown: Callable[[State], str] | None = None

    def __post_init__(self) -> None:
        # Now, not inside the event loop; and a prompt that is not there is told when the graph is built.
        load_prompt(self.prompt)

    async def __call__(self, state: State, runtime: Runtime[Context]) -> dict[str, Any]:
        bench = await bench_of(runtime)
        old, finding, versions = instruction_proposal(state), state["finding"], state["versions"]
        assert finding is not None
        request, before = self.request or _request_by(bench, finding.principle), versions[-1].text
        prompt = self.shown(state) if self.shown else old.problem
        tried = old.model_copy(update={"operators": (*old.operators, finding.principle)})
        asked = await ask(
            bench,
            state,
            role=self.role,
            prompt=self.prompt,
            values={
                "prompt": prompt,
                "response": before,
                "critique": finding.critique,
                "request": request,
                "mark": mark_of(prompt, before, finding.critique),
            },
            form=Revision,
            sampling=self.sampling,
            sample=state.get("critiques", 0),
        )
        if asked.value is None:
            return refuse_malformed(state, stage=self.role, asked=asked, candidate=tried, finding=None)
        after, spec = asked.value.revision, bench.services.models.spec(self.role)
        sound = revision_is_sound(
            before,
            after,
            prompt=old.problem,
            critique=finding.critique,
            request=request,
            limits=limits_of(bench),
            basis=spec,
        )
        tell_check(runtime, state, self.role, sound)
        if sound.outcome is Outcome.FAIL:
            code, reason = code_of(sound), str(sound.observed["detail"])
            # The line goes on.
            return refuse(
                state,
                stage=self.role,
                code=code,
                reason=reason,
                candidate=tried,
                verdict=Verdict.reject(code, reason, [sound]),
                keep_verdict=True,
                finding=None,
                **asked.told,
            )
        version = Version(text=after, basis=spec, evidence=(sound,))
        update = {"versions": (*versions, version), "proposal": tried, "finding": None, "refusal": None}
        return {**update, **asked.told}


def _request_by(bench: Bench, principle: str) -> str:
    return next(one.revision for one in constitution_of(bench).principles if one.id == principle)
