"""Agents that each break one thing that graphs rely on, and some that break none."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from typing import Any, NamedTuple

from langchain_core.runnables import RunnableLambda
from langgraph.graph import END, START, StateGraph
from langgraph.runtime import Runtime
from langgraph.types import Command

from proofset.agents import Context, State, as_agent, bench_of, chat_of, refuse
from proofset.models import Sampling
from proofset.records import Decision, Evidence, EvidenceKind, Grade, Outcome, Usage, Verdict

PASS = {"refusal": None}


async def good(state: State) -> dict[str, Any]:
    if len(state["proposal"].problem.split()) < 3:
        return refuse(state, stage="judge", code="too_short", reason="fewer than 3 words")
    return dict(PASS)


def good_sync(state: State) -> dict[str, Any]:
    return dict(PASS)


class GoodObject:
    async def __call__(self, state: State) -> dict[str, Any]:
        return dict(PASS)


good_runnable = RunnableLambda(good)


def _compiled(node: Any) -> Any:
    graph = StateGraph(State, context_schema=Context)
    graph.add_node("inside", node)
    graph.add_edge(START, "inside")
    graph.add_edge("inside", END)
    return graph.compile()


async def spends(state: State) -> dict[str, Any]:
    return {**PASS, "usage": Usage(calls=1, input_tokens=5, output_tokens=5)}


good_subgraph = as_agent(_compiled(spends))
bare_subgraph = _compiled(good)


async def returns_nothing(state: State) -> None:
    return None


async def returns_a_command(state: State) -> Any:
    return Command(update=PASS, goto="commit")


async def misspells(state: State) -> dict[str, Any]:
    return {**PASS, "score": {"quality": 4.0}}


async def takes_the_slot(state: State) -> dict[str, Any]:
    return {**PASS, "slot": 0}


async def scores_in_words(state: State) -> dict[str, Any]:
    return {**PASS, "scores": {"quality": "good"}}


async def scores_nan(state: State) -> dict[str, Any]:
    return {**PASS, "scores": {"quality": float("nan")}}


async def changes_its_input(state: State) -> dict[str, Any]:
    state.setdefault("scores", {})["quality"] = 4.0
    return dict(PASS)


async def forgets_the_refusal(state: State) -> dict[str, Any]:
    return {"scores": {"quality": 4.0}}


async def refuses_uncounted(state: State) -> dict[str, Any]:
    update = refuse(state, stage="judge", code="low", reason="it is low")
    return {"refusal": update["refusal"]}


async def refuses_without_a_reason(state: State) -> dict[str, Any]:
    return refuse(state, stage="judge", code="low", reason=" ")


async def hands_back(state: State) -> dict[str, Any]:
    return {**PASS, "rejections": list(state.get("rejections", []))}


async def fails_at_once(state: State) -> dict[str, Any]:
    raise KeyError("score")


async def trips_over_text(state: State) -> dict[str, Any]:
    return {**PASS, "scores": {"quality": float(len(state["proposal"].problem.format()) % 5)}}


async def draws_by_chance(state: State) -> dict[str, Any]:
    return {**PASS, "scores": {"quality": random.random()}}


class Counts:
    def __init__(self) -> None:
        self._calls = itertools.count()

    async def __call__(self, state: State) -> dict[str, Any]:
        return {**PASS, "scores": {"quality": float(next(self._calls))}}


class Mixes:
    """Keeps the state of one call where another finds it."""

    def __init__(self) -> None:
        self._problem = ""

    async def __call__(self, state: State, runtime: Runtime[Context]) -> dict[str, Any]:
        self._problem = state["proposal"].problem
        await _said(state, runtime, "Is it good?")
        return {**PASS, "scores": {"quality": float(len(self._problem))}}


class AsksAnew:
    """Asks another question each time, which no journal knows."""

    def __init__(self) -> None:
        self._calls = itertools.count()

    async def __call__(self, state: State, runtime: Runtime[Context]) -> dict[str, Any]:
        await _said(state, runtime, f"Is it good? ({next(self._calls)})")
        return dict(PASS)


async def believes_its_model(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    text = await _said(state, runtime, "How good is it?")
    return {**PASS, "scores": {"quality": float(text.split(": ")[1].split(",")[0])}}


async def _said(state: State, runtime: Runtime[Context], question: str) -> str:
    bench = await bench_of(runtime)
    chat = await chat_of(bench, state, role="judge", name="asks", sampling=Sampling())
    return str((await chat.ainvoke(question)).content)


class NeedsArguments:
    def __init__(self, bound: int) -> None:
        self.bound = bound


def _verdict(evidence: list[Evidence]) -> dict[str, Any]:
    return {**PASS, "verdict": Verdict.accept(evidence)}


def _evidence(check: str, **more: Any) -> Evidence:
    base = {"kind": EvidenceKind.EXECUTION, "claim": "it holds", "outcome": Outcome.PASS, "basis": "test"}
    return Evidence(check=check, **{**base, **more})


async def accepts_on_nothing(state: State) -> dict[str, Any]:
    verdict = Verdict.model_construct(
        decision=Decision.ACCEPT, grade=Grade.PROVED, code="", reason="", evidence=()
    )
    return {**PASS, "verdict": verdict}


async def rejects_on_nothing(state: State) -> dict[str, Any]:
    verdict = Verdict.reject("wrong", "it is wrong")
    return refuse(state, stage="verifier", code="wrong", reason="it is wrong", verdict=verdict)


async def claims_a_check_of_its_own(state: State) -> dict[str, Any]:
    return _verdict([_evidence("i_looked", inputs={"text": state["proposal"].problem})])


async def keeps_no_inputs(state: State) -> dict[str, Any]:
    return _verdict([_evidence("calculations_hold")])


async def lies_about_the_outcome(state: State) -> dict[str, Any]:
    inputs: dict[str, Any] = {"reasoning": "Multiply: 2 * 2 = 5."}
    return _verdict([_evidence("calculations_hold", kind=EvidenceKind.NUMERIC, inputs=inputs)])


async def gives_no_verdict(state: State) -> dict[str, Any]:
    return dict(PASS)


class Broken(NamedTuple):
    agent: Callable[..., Any] | type | str
    fails: str
    told: str
    role: str = "judge"


BROKEN = (
    Broken("broken_agents:nowhere", "loads", "broken_agents has no 'nowhere'"),
    Broken("broken_agents:PASS", "loads", "a dict is no agent"),
    Broken(NeedsArguments, "loads", "cannot be called without arguments"),
    Broken(returns_nothing, "returns_an_update", "it returns None"),
    Broken(returns_a_command, "returns_an_update", "it returns a Command"),
    Broken(misspells, "known_keys", "did you mean 'scores'?"),
    Broken(takes_the_slot, "leaves_the_graph_its_own", "sets 'slot'"),
    Broken(scores_in_words, "typed_values", "its 'scores' is a dict"),
    Broken(scores_nan, "serialisable", "does not go into JSON"),
    Broken(changes_its_input, "input_untouched", "it changes 'scores'"),
    Broken(forgets_the_refusal, "passes_or_refuses", "an earlier refusal would stand"),
    Broken(refuses_uncounted, "refusals_are_counted", "the attempt would never end"),
    Broken(refuses_without_a_reason, "refusals_are_counted", "has no reason"),
    Broken(hands_back, "adds_only_its_own", "they would count twice"),
    Broken(bare_subgraph, "adds_only_its_own", "they would count twice"),
    Broken(fails_at_once, "does_not_raise", "KeyError: 'score'"),
    Broken(trips_over_text, "bears_hostile_texts", "on verified_math, hostile text 2 it raises"),
    Broken(believes_its_model, "bears_hostile_replies", "it raises"),
    Broken(draws_by_chance, "is_deterministic", "it returns another update"),
    Broken(Counts, "is_deterministic", "it returns another update"),
    Broken(AsksAnew, "is_deterministic", "it asks its model something else"),
    Broken(Mixes, "keeps_slots_apart", "it returns another update"),
    Broken(accepts_on_nothing, "verdicts_have_evidence", "exactly the grade", "verifier"),
    Broken(rejects_on_nothing, "verdicts_have_evidence", "has no evidence", "verifier"),
    Broken(claims_a_check_of_its_own, "evidence_can_be_checked", "'i_looked'", "verifier"),
    Broken(keeps_no_inputs, "evidence_can_be_checked", "has no inputs", "verifier"),
    Broken(lies_about_the_outcome, "evidence_runs_again", "run again it says fail", "verifier"),
    Broken(gives_no_verdict, "gives_its_part", "gives no 'verdict'", "verifier"),
)
"""Each with the check that must fail, and what it must say."""
