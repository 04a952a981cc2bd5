"""How instances of an instruction are verified: by machine where something can be checked, else by a judge.

instance ─▶ form as asked · a sum that is all that is asked · code against examples that the instruction shows
             │ one fails            │ all pass              │ nothing to check
        a wrong trace,          verified so far          no verdict yet: the judge decides
        the next instance            └──────────┬───────────┘
                                risk: content checked? ─▶ verified
                                      asserts facts?   ─▶ unverified_factual (rules first, then a model)
                                      else             ─▶ style
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict

from ..models import Sampling
from ..records import Evidence, EvidenceKind, Outcome, Risk, Trace, rng
from ..tools.checks import form_as_asked, solution_passes_tests, sum_is_right
from ..tools.instructions import code_in, examples_in, facts_marked_in
from .asking import ask
from .context import Bench
from .instruction_task import instruction_proposal
from .judging.example import mark_of
from .prompts.training import TEMPLATES, training_prompt
from .ruling import Ruling, verdict_of
from .state import Instance, InstructionProposal, State, attempt_of

CODES = {
    "form_as_asked": "other_form",
    "sum_is_right": "wrong_result",
    "solution_passes_tests": "fails_examples",
}
_ASSESSING = Sampling(temperature=0.0, max_tokens=40)
FACTS = "assess_facts"
PROMPTS = (FACTS, TEMPLATES)


class Facts(BaseModel):
    """Whether a response states facts about the world."""

    model_config = ConfigDict(extra="forbid", strict=True)

    facts: bool


async def verify_instances(bench: Bench, state: State) -> Ruling:
    """The first instance that no check refutes; for a classification task, one of them by chance, so that the
    labels stay in balance.
    """
    proposal, instances = instruction_proposal(state), list(state["instances"])
    if proposal.is_classification:
        rng(state.get("seed", 0), state.get("slot", 0), attempt_of(state), "instance").shuffle(instances)
    refuted: list[Trace] = []
    basis = bench.services.models.spec("solver")
    for instance in instances:
        evidence = await checks_of(bench, proposal, instance)
        verdict = verdict_of(evidence, CODES) if evidence else None
        if verdict is None or verdict.accepted:
            risk = await risk_of(bench, state, proposal, instance, evidence)
            found = {
                "instances": (instance,),
                "traces": tuple(refuted),
                "asked_as": asked_as(bench, state, proposal, instance),
                **risk,
            }
            return Ruling(verdict, found)
        refuted.append(Trace(input=instance.input, output=instance.output, basis=basis, verdict=verdict))
    return Ruling(refuted[0].verdict, {"traces": tuple(refuted)})


def asked_as(bench: Bench, state: State, proposal: InstructionProposal, instance: Instance) -> str:
    """The user's turn that the instance is trained on."""
    random = rng(state.get("seed", 0), state.get("slot", 0), "template")
    return training_prompt(proposal.problem, instance.input, random, bench.context.prompts)


async def checks_of(bench: Bench, proposal: InstructionProposal, instance: Instance) -> list[Evidence]:
    """What machine checks find of an instance; empty where nothing can be checked."""
    instruction, sandbox = proposal.problem, bench.services.sandbox
    found = [
        form_as_asked(instruction, instance.output),
        await sum_is_right(instruction, instance.input, instance.output, sandbox),
    ]
    examples, code = examples_in(instruction), code_in(instance.output)
    if examples is not None and code:
        author = bench.services.models.spec("proposer")
        tests = "\n".join(examples.tests)
        found.append(await solution_passes_tests(code, tests, examples.entry_point, sandbox, basis=author))
    return [evidence for evidence in found if evidence is not None]


async def risk_of(
    bench: Bench,
    state: State,
    proposal: InstructionProposal,
    instance: Instance,
    evidence: Sequence[Evidence],
) -> dict[str, Any]:
    """The update that holds the risk, and what it took to assess it.

    What cannot be read counts as factual: a doubt is no reason to let it pass for anything else.
    """
    passed = [one for one in evidence if one.outcome is Outcome.PASS]
    if any(one.kind is not EvidenceKind.FORMAT for one in passed):
        return {"risk": Risk.VERIFIED}
    if facts_marked_in(proposal.problem, instance.input, instance.output):
        return {"risk": Risk.UNVERIFIED_FACTUAL}
    if proposal.is_classification or not bench.context.ask_facts:
        return {"risk": Risk.STYLE}
    texts = {"instruction": proposal.problem, "input": instance.input, "response": instance.output}
    asked = await ask(
        bench,
        state,
        role="verifier",
        prompt=FACTS,
        values=texts | {"mark": mark_of(*texts.values())},
        form=Facts,
        sampling=_ASSESSING,
        sample=state.get("evolutions", 0),
    )
    facts = asked.value is None or asked.value.facts
    return {"risk": Risk.UNVERIFIED_FACTUAL if facts else Risk.STYLE, **asked.told}
