"""The graph verified_math with scripted models and the real sandbox: every path of its diagram."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from scripted_math import always, replies

import proofset
from proofset.agents import Context, Proposal, Services, Solver, State
from proofset.graphs import verified_math
from proofset.graphs.verified_math import Input
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
    memory = Admission(threshold=0.7, window=1, seeds=known or [])
    services = Services(pool, sandbox, memory, load_seed_problems())
    context = Context(models={"default": "python:test"}, **settings).bound(services)
    graph = verified_math.build().compile()
    return await graph.ainvoke(Input(slot=slot), context=context)


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
    assert [e.check for e in record.verdict.evidence] == [
        "program_prints",
        "program_reads_problem",
        "program_prints",
        "answer_agrees",
        "calculations_hold",
    ]
    assert record.cost.calls == 3
    assert len(record.lineage.exemplars) == 3
    assert record.lineage.prompts.keys() == {"propose_math", "solve_math_program", "solve_math_reasoning"}


async def test_evidence_runs_again_from_the_record_alone(sandbox: Sandbox) -> None:
    record = Record.model_validate_json((await drive(replies(), sandbox))["record"].model_dump_json())
    for evidence in record.verdict.evidence:
        assert await rerun(evidence, sandbox) == evidence
    first = record.verdict.evidence[0]
    forged = first.model_copy(update={"inputs": {**first.inputs, "program": "print(1)"}})
    assert (await rerun(forged, sandbox)).outcome is Outcome.FAIL
    with pytest.raises(proofset.ProofsetError, match="no such check"):
        await rerun(first.model_copy(update={"check": "vibes"}), sandbox)
    with pytest.raises(proofset.ProofsetError, match="'program' is missing"):
        await rerun(Evidence.model_validate(first.model_dump() | {"inputs": {}}), sandbox)


@pytest.mark.parametrize(
    ("fate", "code"),
    [
        ("wrong_answer", "verifier:program_disagrees"),
        ("solver_wrong", "verifier:solver_disagrees"),
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
    ]
    record: Record = state["record"]
    assert (record.lineage.attempt, record.lineage.operators[-1]) == (2, "revise")
    assert codes(state) == ["verifier:program_disagrees"]
    rejected: Rejection = state["rejections"][0]
    assert rejected.verdict is not None
    assert rejected.verdict.decision is Decision.REJECT
    assert "it prints 44" in rejected.reason


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
    assert Counter(asked) == {"proposer": 1, "evolver": 2, "solver": 2}
    assert len(state["record"].lineage.operators) == 3


async def test_the_judge_may_only_turn_down(sandbox: Sandbox) -> None:
    kept = await drive(replies(), sandbox, judge_minimum=3)
    assert kept["record"].scores == {"clarity": 5.0, "quality": 4.0, "diversity": 3.0}
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
    assert prompts == [problem, problem]


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
    assert state["record"].lineage.models == {"proposer": "python:a", "solver": "python:b"}


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


def test_the_graph_draws_with_roles_as_nodes() -> None:
    nodes = set(verified_math.graph.get_graph().nodes) - {"__start__", "__end__"}
    roles = {"proposer", "evolver", "solver", "verifier", "critic", "reviser", "judge"}
    assert nodes == roles | {"novelty_gate", "commit", "discard"}
    assert verified_math.graph.get_input_jsonschema()["properties"].keys() == {"slot", "seed"}
    schema = verified_math.graph.get_context_jsonschema()
    assert schema is not None
    assert "n_attempts" in schema["properties"]
