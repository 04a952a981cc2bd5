"""The critic of Constitutional AI: one round draws one principle, and asks what goes against it.

draw a principle ─▶ critique ─▶ nothing found: the text stays as it is
                             ─▶ a fault: does it name the principle and quote the text? ─▶ the reviser
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from langgraph.runtime import Runtime
from pydantic import BaseModel, ConfigDict, field_validator

from ...models import Sampling
from ...records import Evidence, EvidenceKind, Outcome, Verdict, rng, text_sha256
from ...tools.checks import code_of, critique_is_grounded
from ..asking import ask, refuse_malformed
from ..bounds import at_most
from ..context import Bench, Context, bench_of
from ..instruction_task import instruction_proposal
from ..judging.example import mark_of
from ..prompts import load_prompt
from ..prompts.constitution import CONSTITUTION, Constitution, Principle, load_constitution
from ..state import Finding, State, Version, attempt_of, refuse
from ..telling import tell_check

OPINION = "critic_opinion"
_MAX_CRITIQUE_CHARS = 2000
_MAX_QUOTE_CHARS = 600


class Critique(BaseModel):
    """What a critic says of a response. The critique comes before the decision: it is to lead to it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    principle: str
    critique: str
    fault: bool
    quote: str

    @field_validator("critique")
    @classmethod
    def _critique_length(cls, text: str) -> str:
        return at_most(text.strip(), _MAX_CRITIQUE_CHARS)

    @field_validator("quote")
    @classmethod
    def _quote_length(cls, text: str) -> str:
        return at_most(text.strip(), _MAX_QUOTE_CHARS)


def constitution_of(bench: Bench) -> Constitution:
    """The constitution that the settings name; read when the run began."""
    return load_constitution(bench.context.constitution, bench.context.prompts)


@dataclass(frozen=True, slots=True)
class ConstitutionCritic:
    """Criticises the last version of a response by a principle that the seed draws from those that have not
    passed this version yet, so that no question is asked of it twice.

    Attributes:
        constitution: name of the file that is shown with the prompts.
        responder: whose work the first version is.
    """

    role: str = "critic"
    prompt: str = "critique_response"
    constitution: str = CONSTITUTION
    responder: str = "solver"
    sampling: Sampling = Sampling(temperature=0.3, max_tokens=300)

    def __post_init__(self) -> None:
        # Now, not inside the event loop; and a prompt that is not there is told when the graph is built.
        load_prompt(self.prompt)
        load_constitution()

    async def __call__(self, state: State, runtime: Runtime[Context]) -> dict[str, Any]:
        bench = await bench_of(runtime)
        models, done = bench.services.models, state.get("critiques", 0)
        first = Version(text=state["instances"][0].output, basis=models.spec(self.responder))
        *before, last = state.get("versions") or (first,)
        constitution = constitution_of(bench)
        slot, attempt = state.get("slot", 0), attempt_of(state)
        random = rng(state.get("seed", 0), slot, attempt, self.role, done)
        principle = constitution.draw(random, without=_passed(last))
        old = instruction_proposal(state)
        tried = old.model_copy(update={"operators": (*old.operators, principle.id)})
        asked = await ask(
            bench,
            state,
            role=self.role,
            prompt=self.prompt,
            values={
                "principle": principle.id,
                "request": principle.critique,
                "prompt": old.problem,
                "response": last.text,
                "mark": mark_of(old.problem, last.text),
            },
            form=Critique,
            sampling=self.sampling,
            sample=done,
        )
        asked.told["prompts"][CONSTITUTION] = constitution.sha256
        found: dict[str, Any] = {"critiques": done + 1, "clean": 0, "finding": None}
        found["versions"] = (*before, last)
        if asked.value is None:
            return refuse_malformed(state, stage=self.role, asked=asked, candidate=tried, **found)
        said = asked.value
        opinion = self._opinion(said, principle, last, models.spec(self.role), constitution)
        tell_check(runtime, state, self.role, opinion)
        if not said.fault:
            # Nothing else changes: what is clean is left alone.
            versions = (*before, last.knowing(opinion))
            clean = state.get("clean", 0) + 1
            return {**found, "versions": versions, "clean": clean, "refusal": None, **asked.told}
        grounded = critique_is_grounded(
            said.principle,
            said.quote,
            said.critique,
            last.text,
            drawn=principle.id,
            known=constitution.ids,
            constitution=constitution.sha256,
            basis=models.spec(self.role),
        )
        tell_check(runtime, state, self.role, grounded)
        if grounded.outcome is Outcome.FAIL:
            code, reason = code_of(grounded), str(grounded.observed["detail"])
            verdict = Verdict.reject(code, reason, [opinion, grounded])
            # The line goes on.
            return refuse(
                state,
                stage=self.role,
                code=code,
                reason=reason,
                candidate=tried,
                verdict=verdict,
                keep_verdict=True,
                **found,
                **asked.told,
            )
        versions = (*before, last.knowing(opinion).knowing(grounded))
        finding = Finding(principle=principle.id, critique=said.critique, quote=said.quote)
        return {**found, "versions": versions, "finding": finding, "refusal": None, **asked.told}

    def _opinion(
        self, said: Critique, principle: Principle, last: Version, basis: str, constitution: Constitution
    ) -> Evidence:
        return Evidence(
            kind=EvidenceKind.JUDGE,
            check=OPINION,
            claim=f"nothing in the response goes against {principle.id!r}",
            outcome=Outcome.FAIL if said.fault else Outcome.PASS,
            basis=basis,
            inputs={
                "principle": principle.id,
                "request": principle.critique,
                "response_sha256": text_sha256(last.text),
                "constitution_sha256": constitution.sha256,
            },
            observed={"critique": said.critique, "quote": said.quote, "detail": said.critique},
        )


def _passed(version: Version) -> frozenset[str]:
    return frozenset(
        str(one.inputs["principle"])
        for one in version.evidence
        if one.check == OPINION and one.outcome is Outcome.PASS
    )
