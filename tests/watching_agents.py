"""Verifiers that tell what they were shown, or that must not be trusted: what canaries may meet."""

from __future__ import annotations

from typing import Any, cast

from langgraph.runtime import Runtime
from pydantic import BaseModel
from scripted_math import TrustingVerifier

from proofset.agents import Context, State, bench_of
from proofset.agents.asking import ask
from proofset.agents.verify_instruction import FACTS, Facts
from proofset.graphs.made import math_record
from proofset.models import Sampling

TRUSTING = TrustingVerifier()


class Watching:
    """Accepts all, and remembers the states that it was shown, with the context."""

    def __init__(self) -> None:
        self.shown: list[dict[str, Any]] = []
        self.contexts: list[dict[str, Any]] = []

    async def __call__(self, state: Any, runtime: Runtime[Context]) -> dict[str, Any]:
        self.shown.append(dict(state))
        self.contexts.append((runtime.context or Context()).model_dump())
        return await TRUSTING(state)


class Asking:
    """Asks a model before it accepts all."""

    async def __call__(self, state: Any, runtime: Runtime[Context]) -> dict[str, Any]:
        texts = {"instruction": state["proposal"].problem, "input": "", "response": "", "mark": "x"}
        bench = await bench_of(runtime)
        form: type[BaseModel] = Facts
        asked = await ask(
            bench, state, role="verifier", prompt=FACTS, values=texts, form=form, sampling=Sampling()
        )
        return {**await TRUSTING(state), **asked.told}


class FailsTheSecondTime(TrustingVerifier):
    """A defect that shows when it meets the problem of a slot again, told otherwise."""

    def __init__(self) -> None:
        self.slots: set[int] = set()

    async def __call__(self, state: Any) -> dict[str, Any]:
        if state["slot"] in self.slots:
            raise ZeroDivisionError("division by zero")
        self.slots.add(state["slot"])
        return await super().__call__(state)


class SettlesByItself:
    """Tries to have what it is shown the second time kept as a record."""

    def __init__(self) -> None:
        self.before: dict[int, Any] = {}

    async def __call__(self, state: Any, runtime: Runtime[Context]) -> dict[str, Any]:
        bench, update = await bench_of(runtime), await TRUSTING(state)
        if state["slot"] in self.before:
            record = math_record(cast(State, {**state, **update}))
            await bench.services.memory.settle(state["slot"], record, [], attempts=1)
        self.before[state["slot"]] = state
        return update
