"""The graph verified_code with scripted models and the real sandbox: every path of its diagram."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from scripted_code import problem, replies
from scripted_math import always

from proofset.agents import Context, Services
from proofset.agents.code_task import CodeDraft, CodeReply
from proofset.graphs import verified_code
from proofset.graphs.form import Input
from proofset.memory import Admission
from proofset.models import Call, ModelPool
from proofset.models.scripted import ScriptedChat
from proofset.records import Decision, Grade, Outcome, Record
from proofset.seeds import load_seed_tasks
from proofset.tools.checks import rerun
from proofset.tools.programs import fault_of_tests, sift_tests
from proofset.tools.sandbox import Sandbox


async def drive(
    respond: Any, sandbox: Sandbox, *, slot: int = 0, models: dict[str, str] | None = None, **settings: Any
) -> dict[str, Any]:
    models = models or {"default": "python:test"}
    chats = {spec: ScriptedChat(respond=respond) for spec in models.values()}
    services = Services(
        ModelPool(models, chats=chats), sandbox, Admission(threshold=0.7, window=1), load_seed_tasks()
    )
    context = Context(models=models, **settings).bound(services)
    return await verified_code.build().compile().ainvoke(Input(slot=slot), context=context)


def codes(state: dict[str, Any]) -> list[str]:
    return [f"{r.stage}:{r.code}" for r in state["rejections"]]


async def test_a_good_problem_is_kept_with_tests_and_different_solutions(sandbox: Sandbox) -> None:
    state = await drive(replies(), sandbox, slot=3)
    record: Record = state["record"]
    assert record.instruction == f"{problem(3)['problem']}\n\n```python\n{problem(3)['signature']}\n```"
    assert record.output.startswith("```python\ndef sum_3(numbers: list[int]) -> int:\n    return sum(")
    assert [m.role for m in record.messages] == ["user", "assistant"]
    # One model wrote all of it: that is one basis, so never `proved`.
    assert record.verdict.grade is Grade.CHECKED
    assert len(record.tests) > 7
    assert all(test.startswith("assert sum_3(") for test in record.tests)
    assert len(set(record.tests)) == len(record.tests)
    assert record.scores == {"pass_rate": 1.0, "tests_confirmed": 1.0}
    assert [trace.verdict.accepted for trace in record.traces] == [True, True]
    assert record.traces[0].output == record.output != record.traces[1].output
    assert (record.chosen, record.rejected) == (None, None)
    assert record.cost.calls == 6
    assert record.lineage.models.keys() == {"proposer", "tester", "solver"}
    assert record.lineage.prompts.keys() == {
        "propose_code",
        "test_code",
        "solve_code",
        "solve_code_plainly",
    }


async def test_two_models_make_it_proved_and_all_evidence_runs_again(sandbox: Sandbox) -> None:
    models = {"default": "python:a", "tester": "python:b", "solver": "python:c"}
    state = await drive(replies(), sandbox, models=models)
    record = Record.model_validate_json(state["record"].model_dump_json())
    assert record.verdict.grade is Grade.PROVED
    for trace in record.traces:
        for evidence in trace.verdict.evidence:
            assert await rerun(evidence, sandbox) == evidence
    first = record.verdict.evidence[0]
    forged = {**first.inputs, "solution": f"{problem(0)['signature']}\n    return 0\n"}
    again = await rerun(first.model_copy(update={"inputs": forged}), sandbox)
    assert again.outcome is Outcome.FAIL


async def test_a_wrong_solution_makes_a_preference_pair(sandbox: Sandbox) -> None:
    record: Record = (await drive(replies(always("one_wrong")), sandbox))["record"]
    wrong = [trace for trace in record.traces if not trace.verdict.accepted]
    assert [trace.verdict.decision for trace in wrong] == [Decision.REJECT]
    assert record.scores["pass_rate"] == 0.75
    assert record.chosen == record.output
    assert record.rejected == wrong[0].output
    assert ">=" in record.rejected
    (evidence, *_) = wrong[0].verdict.evidence
    assert (await rerun(evidence, sandbox)).outcome is Outcome.FAIL


async def test_a_solution_that_raises_is_outvoted(sandbox: Sandbox) -> None:
    record: Record = (await drive(replies(always("raises")), sandbox))["record"]
    assert record.rejected is not None
    assert "{}[0]" in record.rejected


@pytest.mark.parametrize(
    ("fate", "code"),
    [
        ("malformed", "proposer:malformed"),
        ("no_tests", "tester:no_tests"),
        ("wrong_tests", "verifier:tests_denied"),
    ],
)
async def test_what_does_not_verify_is_discarded_with_its_reason(
    sandbox: Sandbox, fate: str, code: str
) -> None:
    state = await drive(replies(always(fate)), sandbox, n_attempts=2)
    assert state["record"] is None
    assert codes(state) == [code, code]
    assert all(r.reason for r in state["rejections"])


@pytest.mark.parametrize("fate", ["split", "cheat"])
async def test_solutions_that_do_not_agree_are_not_kept(sandbox: Sandbox, fate: str) -> None:
    state = await drive(replies(always(fate)), sandbox, n_attempts=1)
    assert state["record"] is None
    assert state["rejections"][0].stage == "verifier"


async def test_too_few_confirmed_tests_are_named(sandbox: Sandbox) -> None:
    state = await drive(replies(), sandbox, n_attempts=1, tests=10, min_tests=8)
    assert codes(state) == ["verifier:few_tests"]
    assert state["rejections"][0].reason == "the solutions confirm 7 of 7 tests; 8 are needed"


async def test_a_failure_goes_through_critic_and_reviser(sandbox: Sandbox) -> None:
    asked: list[str] = []
    respond = replies(lambda slot, attempt: "wrong_tests" if attempt == 1 else "good")

    def heard(call: Call, prompt: str) -> str:
        asked.append(call.role)
        return respond(call, prompt)

    record: Record = (await drive(heard, sandbox))["record"]
    assert asked[:6] == ["proposer", "tester", *["solver"] * 4]
    assert asked[6:9] == ["critic", "reviser", "tester"]
    assert record.lineage.operators[-1] == "revise"


async def test_evolving_rounds_and_the_judge(sandbox: Sandbox) -> None:
    state = await drive(replies(), sandbox, evolve_rounds=1, judge_minimum=3)
    assert len(state["record"].lineage.operators) == 2
    assert state["record"].scores["clarity"] == 5.0
    low = await drive(replies(), sandbox, judge_minimum=4, n_attempts=1)
    assert codes(low) == ["judge:judged_low"]


async def test_solvers_see_no_tests_and_testers_no_solutions(sandbox: Sandbox) -> None:
    prompts: list[tuple[str, str]] = []
    respond = replies()

    def heard(call: Call, prompt: str) -> str:
        prompts.append((call.role, prompt))
        return respond(call, prompt)

    await drive(heard, sandbox)
    shown = dict(prompts)
    assert "assert" not in shown["solver"]
    assert shown["tester"] == f"{problem(0)['problem']}\n\n{problem(0)['signature']}\n\nWrite 8 tests."


async def test_hostile_solutions_do_no_harm(sandbox: Sandbox, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    respond = replies()

    def hostile(call: Call, prompt: str) -> str:
        if call.role != "solver":
            return respond(call, prompt)
        head = problem(call.slot)["signature"]
        return CodeReply(program=f"open({str(canary)!r}, 'w')\n{head}\n    return 1\n").model_dump_json()

    state = await drive(hostile, sandbox, n_attempts=1)
    assert state["record"] is None
    assert not canary.exists()


async def test_tests_are_sifted_by_most_solutions(sandbox: Sandbox) -> None:
    right, wrong = "def f(x):\n    return x + 1\n", "def f(x):\n    return x\n"
    tests = ["assert f(1) == 2", "assert f(2) == 2", "assert f( 1 )==2", "f(1)", "assert True"]
    sifted = await sift_tests(tests, [right, right, wrong], "f", sandbox)
    assert sifted.kept == ("assert f(1) == 2",)
    assert sifted.denied == ("assert f(2) == 2",)
    assert sifted.unreadable == ("f(1)", "assert True")
    assert sifted.passing == (True, True, False)
    alone = await sift_tests(tests[:1], [right], "f", sandbox)
    assert (alone.kept, alone.open, alone.passing) == ((), ("assert f(1) == 2",), (False,))
    assert fault_of_tests(tests, "f") == ""
    assert "no test is an assert on a call of g" in fault_of_tests(tests, "g")


@pytest.mark.parametrize(
    ("signature", "message"),
    [
        ("def f(x: int)", "end it with a colon"),
        ("f(x)", "write one line"),
        ("def f(x):\n    return x", "write one line"),
        ("def f() -> int:", "name each argument"),
        ("def f(*xs) -> int:", "name each argument"),
        ("def f(x): return __import__('os')", "end it with a colon"),
        ("def f(x): pass; import os", "head"),
    ],
)
def test_a_head_is_the_head_of_one_function(signature: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        CodeDraft(problem="p", signature=signature)


def test_the_graph_draws_with_roles_as_nodes() -> None:
    nodes = set(verified_code.graph.get_graph().nodes) - {"__start__", "__end__"}
    roles = {"proposer", "evolver", "tester", "solver", "verifier", "critic", "reviser", "judge"}
    assert nodes == roles | {"novelty_gate", "commit", "discard"}
