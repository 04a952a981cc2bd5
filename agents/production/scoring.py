"""The scorer: a model reads the exchange, and what surprises it by every character is noise.

instruction, output ─▶ log-prob of every token ─▶ bits a character ─▶ more than the bound? refuse: noise
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from langgraph.runtime import Runtime
from pydantic import JsonValue

from ...models import Call, Request, Token
from ...records import Evidence, EvidenceKind, Message, Outcome, Verdict, text_sha256
from ..context import Context, bench_of
from ..flywheel_task import exchange_of
from ..state import State, attempt_of, refuse
from ..telling import tell_check

CHECK = "text_is_no_noise"
_BETWEEN = "\n\n"
_LEAST_CHARS = 20


class Bits(NamedTuple):
    """Bits a character; None for a text whose tokens were not told."""

    instruction: float | None
    output: float | None


@dataclass(frozen=True, slots=True)
class Scorer:
    """Lets all pass where the settings ask for no perplexity."""

    role: str = "scorer"

    async def __call__(self, state: State, runtime: Runtime[Context]) -> dict[str, Any]:
        bench = await bench_of(runtime)
        settings, exchange = bench.context, exchange_of(state)
        if not settings.perplexity:
            return {"refusal": None}
        parts = [text[: settings.perplexity_chars] for text in (exchange.problem, exchange.output)]
        request = Request((Message(role="user", content=_BETWEEN.join(parts)),), echo=True)
        model = await bench.services.models.of(self.role)
        call = Call(self.role, state.get("slot", 0), attempt_of(state))
        reply = await model.ask(request, call)
        bits, bound = bits_of(parts[0], parts[1], reply.tokens), settings.perplexity_bits
        spec = bench.services.models.spec(self.role)
        told: dict[str, Any] = {"usage": reply.usage, "models": {self.role: spec}}
        faults = [
            f"the {name} has {value:.2f} bits a character, more than {bound:g}"
            for name, value in bits._asdict().items()
            if value is not None and value > bound
        ]
        evidence = _evidence(exchange.problem, exchange.output, bits, bound, spec, "; ".join(faults))
        tell_check(runtime, state, self.role, evidence)
        before = state.get("verdict")
        found = [*(before.evidence if before else ()), evidence]
        if not faults:
            return {"verdict": Verdict.accept(found), "refusal": None, **told}
        verdict = Verdict.reject("noise", faults[0], found)
        return refuse(
            state,
            stage="perplexity",
            code=verdict.code,
            reason=verdict.reason,
            candidate=exchange,
            verdict=verdict,
            **told,
        )


def bits_of(instruction: str, output: str, tokens: Sequence[Token]) -> Bits:
    """What the tokens of both, read on end, come to; those without a log-prob are left out.

    Fewer than 20 characters of a text tell nothing.
    """
    sums, chars, begins = [0.0, 0.0], [0, 0], len(instruction + _BETWEEN)
    # From the end: a server may put a token of its own before the text.
    at = begins + len(output) - sum(len(token.text) for token in tokens)
    for token in tokens:
        if token.top:
            part = int(at >= begins)
            sums[part] -= token.top[0][1]
            chars[part] += len(token.text)
        at += len(token.text)
    nats = (
        total / count if count >= _LEAST_CHARS else None for total, count in zip(sums, chars, strict=True)
    )
    return Bits(*(None if one is None else one / math.log(2) for one in nats))


def _evidence(instruction: str, output: str, bits: Bits, bound: float, spec: str, fault: str) -> Evidence:
    rounded: dict[str, JsonValue] = {
        name: None if value is None else round(value, 3) for name, value in bits._asdict().items()
    }
    return Evidence(
        # Of a model, and without it not to be had again: an opinion.
        kind=EvidenceKind.JUDGE,
        check=CHECK,
        claim=f"neither text surprises a model by more than {bound:g} bits a character",
        outcome=Outcome.FAIL if fault else Outcome.PASS,
        basis=spec,
        inputs={
            "instruction_sha256": text_sha256(instruction),
            "response_sha256": text_sha256(output),
            "most_bits": bound,
        },
        observed={"bits": rounded, "detail": fault},
    )
