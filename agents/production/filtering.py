"""The first filter of the flywheel: length, language and safety, by rules that read words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from langgraph.runtime import Runtime

from ...records import Evidence, Outcome, Verdict
from ...tools.checks import code_of, exchange_is_fit
from ..context import Bench, Context, bench_of
from ..flywheel_task import exchange_of
from ..state import State, refuse
from ..telling import tell_check


@dataclass(frozen=True, slots=True)
class ExchangeFilter:
    """Turns down what is outside of the bounds of the settings."""

    role: str = "filter"

    async def __call__(self, state: State, runtime: Runtime[Context]) -> dict[str, Any]:
        bench, exchange = await bench_of(runtime), exchange_of(state)
        evidence = fitness_of(bench, state, exchange.output)
        tell_check(runtime, state, self.role, evidence)
        if evidence.outcome is Outcome.PASS:
            return {"verdict": Verdict.accept([evidence]), "refusal": None}
        verdict = Verdict.reject(code_of(evidence), str(evidence.observed["detail"]), [evidence])
        return refuse(
            state,
            stage=self.role,
            code=verdict.code,
            reason=verdict.reason,
            candidate=exchange,
            verdict=verdict,
        )


def fitness_of(bench: Bench, state: State, output: str) -> Evidence:
    """The check of an exchange with this output."""
    exchange, rules = exchange_of(state), bench.context.traffic_rules
    return exchange_is_fit(exchange.system, exchange.history, exchange.problem, output, rules)
