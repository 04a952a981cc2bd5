"""The graph verified_math with scripted models and the real sandbox: every path of its diagram."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from scripted_math import always, replies

import proofset
from proofset.agents import Context, Proposal, Services, Solution, Solver, State
from proofset.graphs import verified_math
from proofset.graphs.form import Input
from proofset.memory import Admission, Known
from proofset.models import Call, ModelPool
from proofset.models.scripted import ScriptedChat
from proofset.records import Decision, Evidence, Grade, Outcome, Record, Rejection
from proofset.seeds import load_seed_problems
from proofset.tools.checks import rerun
from proofset.tools.sandbox import Sandbox


async def drive(
    respond: Any, sandbox: Sandbox, *, slot: int = 0, known: list[Known] | None = None, **settings: Any
) -> dict[str, Any]:
    chat = ScriptedChat(respond=respond)
    pool = ModelPool({"default": "python:test"}, chats={"python:test": chat})
    memory = Admission(threshold=0.7, window=1, known=known or [])
    services = Services(pool, sandbox, memory, load_seed_problems())
    context = Context(models={"default": "python:test"}, **settings).bound(services)
    graph = verified_math.build().compile()
    return await graph.ainvoke(Input(slot=slot), context=context)


MADE = (
    "problem_prints",
    "problem_reads",
    "problem_question",
    "problem_domain",
    "problem_peers",
    "problem_controls",
    "program_reads_problem",
    "answer_agrees",
    "calculations_hold",
    "solver_follows",
)
"""Checks of a scripted problem that is kept."""


def codes(state: dict[str, Any]) -> list[str]:
    return [f"{r.stage}:{r.code}" for r in state["rejections"]]


async def test_a_good_problem_is_kept_with_its_proof(sandbox: Sandbox) -> None:
    state = await drive(replies(), sandbox, slot=5)
    record: Record = state["record"]
    assert record.answer is not None
    assert (record.answer.value, record.lineage.slot, record.lineage.attempt) == ("64", 5, 1)
    assert record.output == "Multiply: 16 * 4 = 64.\n\nAnswer: 64"
    assert [m.role for m in record.messages] == ["user", "assistant"]
    # One model wrote and solved it: that is one basis, so never `proved`.
    assert record.verdict.grade is Grade.CHECKED
    found = {e.check: e.outcome for e in record.verdict.evidence}
    # A consensus of one model's answers with themselves is never firm, and does not count for the grade.
    assert found.pop("answers_agree_by_consensus") is Outcome.INCONCLUSIVE
    assert found == dict.fromkeys(MADE, Outcome.PASS)
    assert 0.05 < record.scores["p_wrong"] < 1
    assert record.cost.calls == 6
    assert len(record.lineage.exemplars) == 3
    assert record.lineage.prompts.keys() == {
        "propose_math",
        "solve_math_program",
        "solve_math_reasoning",
        "rephrase_math",
    }
    (trace,) = record.traces
    assert (trace.output, trace.verdict.accepted) == (record.output, True)
    assert (record.chosen, record.rejected) == (None, None)


async def test_evidence_runs_again_from_the_record_alone(sandbox: Sandbox) -> None:
    record = Record.model_validate_json((await drive(replies(), sandbox))["record"].model_dump_json())
    for evidence in record.verdict.evidence:
        assert await rerun(evidence, sandbox) == evidence
    first = record.verdict.evidence[0]
    forged = first.model_copy(update={"inputs": {**first.inputs, "program": "print(1)"}})
    assert (await rerun(forged, sandbox)).outcome is Outcome.FAIL
    with pytest.raises(proofset.ProofsetError, match="no such check"):
        await rerun(first.model_copy(update={"check": "vibes"}), sandbox)
    with pytest.raises(proofset.ProofsetError, match="'problem' is missing"):
        await rerun(Evidence.model_validate(first.model_dump() | {"inputs": {}}), sandbox)


@pytest.mark.parametrize(
    ("fate", "code"),
    [
        ("wrong_answer", "verifier:program_disagrees"),
        ("solver_wrong", "verifier:peers_disagree"),
        ("false_step", "verifier:false_calculation"),
        ("malformed", "proposer:malformed"),
    ],
)
async def test_what_does_not_verify_is_discarded_with_its_reason(
    sandbox: Sandbox, fate: str, code: str
) -> None:
    state = await drive(replies(always(fate)), sandbox, n_attempts=2)
    assert state["record"] is None
    assert codes(state)[0] == code
    assert len(codes(state)) == 2
    assert all(r.reason for r in state["rejections"])


async def test_a_failure_goes_through_critic_and_reviser_and_is_mended(sandbox: Sandbox) -> None:
    asked: list[Call] = []
    good = replies(lambda slot, attempt: "wrong_answer" if attempt == 1 else "good")

    def respond(call: Call, prompt: str) -> str:
        asked.append(call)
        return good(call, prompt)

    state = await drive(respond, sandbox)
    assert [c.role for c in asked] == [
        "proposer",
        "solver",
        "solver",
        "critic",
        "reviser",
        "solver",
        "solver",
        "rephraser",
        "solver",
        "solver",
    ]
    record: Record = state["record"]
    assert (record.lineage.attempt, record.lineage.operators[-1]) == (2, "revise")
    assert codes(state) == ["verifier:program_disagrees"]
    rejected: Rejection = state["rejections"][0]
    assert rejected.verdict is not None
    assert rejected.verdict.decision is Decision.REJECT
    assert "the program prints 44, not the claim" in rejected.reason


async def test_attempts_are_bounded(sandbox: Sandbox) -> None:
    state = await drive(replies(always("wrong_answer")), sandbox, n_attempts=5)
    assert len(state["rejections"]) == 5
    assert [r.attempt for r in state["rejections"]] == [1, 2, 3, 4, 5]


async def test_a_known_problem_is_turned_down_before_it_is_solved(sandbox: Sandbox) -> None:
    text = json.loads(replies()(Call("proposer"), ""))["problem"]
    state = await drive(replies(), sandbox, known=[Known("old", text)], n_attempts=2)
    assert codes(state) == ["novelty_gate:not_new"]
    assert state["rejections"][0].reason == "ROUGE-L 1.000 > 0.7 to old"
    assert state["record"].lineage.attempt == 2


async def test_evolving_rounds(sandbox: Sandbox) -> None:
    asked: list[str] = []
    good = replies()

    def respond(call: Call, prompt: str) -> str:
        asked.append(call.role)
        return good(call, prompt)

    state = await drive(respond, sandbox, evolve_rounds=2)
    assert Counter(asked) == {"proposer": 1, "evolver": 2, "solver": 4, "rephraser": 1}
    assert len(state["record"].lineage.operators) == 3


async def test_the_judge_may_only_turn_down(sandbox: Sandbox) -> None:
    kept = await drive(replies(), sandbox, judge_minimum=3)
    assert kept["record"].scores.items() > {"clarity": 5.0, "quality": 4.0, "diversity": 3.0}.items()
    state = await drive(replies(), sandbox, judge_minimum=4, n_attempts=1)
    assert codes(state) == ["judge:judged_low"]
    assert state["rejections"][0].reason == "diversity 3 < 4"
    failed = await drive(replies(always("wrong_answer")), sandbox, judge_minimum=1, n_attempts=1)
    assert failed["record"] is None


async def test_the_solver_never_sees_the_authors_answer(sandbox: Sandbox) -> None:
    prompts: list[str] = []
    good = replies()

    def respond(call: Call, prompt: str) -> str:
        if call.role == "solver":
            prompts.append(prompt)
        return good(call, prompt)

    await drive(respond, sandbox, slot=7)
    problem = json.loads(good(Call("proposer", 7), ""))["problem"]
    # The problem twice, and once with other numbers and in other words: nothing of program and answer.
    assert prompts[:2] == [problem, problem]
    assert len(prompts) == 4
    assert not any("print" in prompt or "72" in prompt for prompt in prompts)


@pytest.mark.parametrize(
    ("program", "message"),
    [
        ("rows = 11\neach = 4\nprint(44)", "no change of a stated number changes the output"),
        ("rows = 11\neach = 4\nprint(rows + 33)", "numbers of the problem that do not matter: 4"),
        ("print(11 + 33)", "numbers of the problem that the program lacks: 4"),
    ],
)
async def test_a_program_that_does_not_read_its_problem_is_no_proof(
    sandbox: Sandbox, program: str, message: str
) -> None:
    good = replies()

    def respond(call: Call, prompt: str) -> str:
        if call.role != "proposer":
            return good(call, prompt)
        proposal = json.loads(good(call, prompt))
        return json.dumps(proposal | {"program": program})

    state = await drive(respond, sandbox, n_attempts=1)
    assert codes(state) == ["verifier:program_ignores_problem"]
    assert message in state["rejections"][0].reason


async def test_hostile_programs_do_no_harm(sandbox: Sandbox, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    good = replies()
    program = f"open({str(canary)!r}, 'w').write('x')\nprint(11 * 4)"

    def respond(call: Call, prompt: str) -> str:
        return (
            good(call, prompt)
            if call.role != "proposer"
            else json.dumps(json.loads(good(call, prompt)) | {"program": program})
        )

    state = await drive(respond, sandbox, n_attempts=1)
    assert not canary.exists()
    assert state["record"] is None


async def test_two_models_that_agree_are_two_bases(sandbox: Sandbox) -> None:
    chats = {name: ScriptedChat(respond=replies()) for name in ("python:a", "python:b")}
    pool = ModelPool({"default": "python:a", "solver": "python:b"}, chats=chats)
    memory = Admission(threshold=0.7, window=1)
    services = Services(pool, sandbox, memory, load_seed_problems())
    context = Context(models={"default": "python:a", "solver": "python:b"}).bound(services)
    state = await verified_math.build().compile().ainvoke(Input(slot=0), context=context)
    assert state["record"].verdict.grade is Grade.PROVED
    assert state["record"].lineage.models == {
        "proposer": "python:a",
        "solver": "python:b",
        "rephraser": "python:a",
    }


async def test_an_agent_of_the_users_own_takes_a_role(sandbox: Sandbox) -> None:
    class LuckySolver(Solver):
        async def __call__(self, state: State, runtime: Any) -> dict[str, Any]:
            update = await super().__call__(state, runtime)
            assert isinstance(state["proposal"], Proposal)
            return update

    async def strict_judge(state: State) -> dict[str, Any]:
        from proofset.agents import refuse

        return refuse(state, stage="judge", code="never", reason="nothing is good enough")

    graph = verified_math.build(solver=LuckySolver(), judge=strict_judge).compile()
    pool = ModelPool({"default": "python:t"}, chats={"python:t": ScriptedChat(respond=replies())})
    services = Services(pool, sandbox, Admission(threshold=0.7, window=1), load_seed_problems())
    context = Context(models={"default": "python:t"}, n_attempts=1).bound(services)
    state = await graph.ainvoke(Input(slot=0), context=context)
    assert codes(state) == ["judge:never"]


async def test_a_solver_that_knows_of_no_variants_is_told_so(sandbox: Sandbox) -> None:
    class Unaware(Solver):
        async def __call__(self, state: State, runtime: Any) -> dict[str, Any]:
            return await super().__call__(State(**{**state, "variants": ()}), runtime)

    graph = verified_math.build(solver=Unaware()).compile()
    pool = ModelPool({"default": "python:t"}, chats={"python:t": ScriptedChat(respond=replies())})
    services = Services(pool, sandbox, Admission(threshold=0.7, window=1), load_seed_problems())
    context = Context(models={"default": "python:t"}, n_attempts=1).bound(services)
    state = await graph.ainvoke(Input(slot=0), context=context)
    assert codes(state) == ["verifier:variants_unsolved"]
    assert "proofset.agents.posed" in state["rejections"][0].reason


async def test_a_solver_that_does_not_follow_is_no_witness(sandbox: Sandbox) -> None:
    state = await drive(replies(always("rigid")), sandbox, n_attempts=1)
    assert codes(state) == ["verifier:does_not_follow"]
    assert state["rejections"][0].verdict.decision is Decision.REJECT


@pytest.mark.parametrize("witnesses", [1, 5])
async def test_who_dissents_is_outvoted_only_by_a_firm_consensus(sandbox: Sandbox, witnesses: int) -> None:
    async def many_solvers(state: State) -> dict[str, Any]:
        right = [
            Solution(style="reasoning", sample=1 + n, basis=f"m{n}", reasoning="11 * 4 = 44.", answer="44")
            for n in range(witnesses)
        ]
        wrong = Solution(style="reasoning", sample=9, basis="m9", reasoning="11 + 4 = 15.", answer="15")
        program = Solution(style="program", sample=0, basis="m8", program="a = 11\nb = 4\nprint(a * b)")
        return {"solutions": (program, *right, wrong), "refusal": None}

    graph = verified_math.build(solver=many_solvers).compile()
    pool = ModelPool({"default": "python:t"}, chats={"python:t": ScriptedChat(respond=replies())})
    services = Services(pool, sandbox, Admission(threshold=0.7, window=1), load_seed_problems())
    context = Context(
        models={"default": "python:t"}, n_attempts=1, other_numbers=False, other_words=False
    ).bound(services)
    state = await graph.ainvoke(Input(slot=0), context=context)
    if witnesses == 1:
        assert codes(state) == ["verifier:solver_disagrees"]
        return
    record: Record = state["record"]
    assert record.scores["p_wrong"] < 0.05
    assert record.verdict.grade is Grade.PROVED
    assert (record.chosen, record.rejected) == (record.output, "11 + 4 = 15.\n\nAnswer: 15")
    assert [trace.verdict.accepted for trace in record.traces] == [True] * 5 + [False]


def test_the_graph_draws_with_roles_as_nodes() -> None:
    nodes = set(verified_math.graph.get_graph().nodes) - {"__start__", "__end__"}
    roles = {"proposer", "evolver", "solver", "verifier", "rephraser", "critic", "reviser", "judge"}
    assert nodes == roles | {"novelty_gate", "commit", "discard"}
    assert verified_math.graph.get_input_jsonschema()["properties"].keys() == {"slot", "seed"}
    schema = verified_math.graph.get_context_jsonschema()
    assert schema is not None
    assert "n_attempts" in schema["properties"]
