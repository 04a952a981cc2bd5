"""Checks make evidence, and evidence makes the check again: same inputs, same finding, forgeries found."""

from __future__ import annotations

from typing import Literal

import pytest

from proofset.errors import ProofsetError
from proofset.records import Answer, AnswerType, Evidence, EvidenceKind, Outcome
from proofset.tools.checks import (
    answer_agrees,
    answer_in_unit_asked,
    calculations_hold,
    problem_check,
    program_reads_problem,
    rerun,
    solver_follows,
)
from proofset.tools.problems import Claim
from proofset.tools.sandbox import Sandbox


def answer(kind: str, value: str) -> Answer:
    return Answer(type=AnswerType(kind), value=value)


async def again(evidence: Evidence, sandbox: Sandbox) -> Evidence:
    return await rerun(Evidence.model_validate_json(evidence.model_dump_json()), sandbox)


@pytest.mark.parametrize(
    ("kind", "expected", "given", "outcome"),
    [
        ("closed_form", "sqrt(2)", "1.41421356", Outcome.INCONCLUSIVE),
        ("closed_form", "sqrt(2)", "2/sqrt(2)", Outcome.PASS),
        ("set", "{1, 2}", "[2, 1]", Outcome.PASS),
        ("integer", "5", "6", Outcome.FAIL),
        ("text", "a", "\ud800", Outcome.FAIL),
        ("integer", "5", "5" * 10_000, Outcome.INCONCLUSIVE),
        ("integer", "5", "__import__('os').system('true')", Outcome.INCONCLUSIVE),
    ],
)
async def test_answers_compare_the_same_again(
    sandbox: Sandbox, kind: str, expected: str, given: str, outcome: Outcome
) -> None:
    evidence = await answer_agrees(given, answer(kind, expected), sandbox, basis="m")
    assert evidence.outcome is outcome
    assert evidence.kind is EvidenceKind.AGREEMENT
    assert evidence.observed["detail"]
    assert await again(evidence, sandbox) == evidence
    assert len(evidence.model_dump_json()) < 25_000


@pytest.mark.parametrize(
    ("program", "outcome", "detail"),
    [
        ("print(6 * 7)", Outcome.PASS, ""),
        ("print(6 * 8)", Outcome.FAIL, "the values differ"),
        ("print(6)\nprint(7)", Outcome.FAIL, "it printed 2 lines, not one"),
        ("raise ValueError('no')", Outcome.FAIL, "ValueError: no"),
        ("import sys; sys.exit(0)", Outcome.FAIL, "it printed 0 lines"),
        ("while True: pass", Outcome.FAIL, "cpu_limit"),
        ("print('42' * 3000)", Outcome.FAIL, "output_limit"),
        ("from sympy import Rational\nprint(Rational(84, 2))", Outcome.PASS, ""),
        ("class A(int):\n  __eq__ = lambda s, o: True\nprint(A(41))", Outcome.FAIL, "the values differ"),
    ],
)
async def test_programs_are_judged_by_what_they_print(
    sandbox: Sandbox, program: str, outcome: Outcome, detail: str
) -> None:
    claim = Claim("There are 6 boxes of 7 pears. How many pears is that?", "42", program)
    evidence = await problem_check("prints", claim, sandbox, basis="m")
    assert evidence.outcome is outcome, evidence.observed
    assert detail in str(evidence.observed["detail"])
    assert (await again(evidence, sandbox)).outcome is outcome


@pytest.mark.parametrize(
    ("program", "outcome"),
    [
        ("boxes = 6\neach = 7\nprint(boxes * each)", Outcome.PASS),
        ("boxes = 6\neach = 7\nprint(42)", Outcome.FAIL),
        ("boxes = 6\neach = 7\nprint(boxes + 36)", Outcome.FAIL),
        ("print(42)", Outcome.FAIL),
        ("print(6 *", Outcome.FAIL),
        ("boxes = 6\neach = 7\nprint(unknown)", Outcome.FAIL),
        # Only where the numbers are as stated does it print at all: nothing can be seen of what moves it.
        ("boxes = 6\neach = 7\nassert (boxes, each) == (6, 7)\nprint(42)", Outcome.INCONCLUSIVE),
    ],
)
async def test_programs_must_read_their_problem(sandbox: Sandbox, program: str, outcome: Outcome) -> None:
    problem = "There are 6 boxes of 7 pears. How many pears is that?"
    evidence = await program_reads_problem(program, problem, sandbox, basis="m")
    assert evidence.outcome is outcome, evidence.observed
    assert await again(evidence, sandbox) == evidence


async def test_a_number_matters_where_only_a_large_change_shows(sandbox: Sandbox) -> None:
    problem = "A book costs 15 dollars. How many books can you buy with 200 dollars?"
    program = "price = 15\nmoney = 200\nprint(money // price)"
    assert (await program_reads_problem(program, problem, sandbox, basis="m")).outcome is Outcome.PASS


async def test_a_problem_without_numbers_cannot_be_decided(sandbox: Sandbox) -> None:
    evidence = await program_reads_problem(
        "print(26)", "How many letters has the alphabet?", sandbox, basis="m"
    )
    assert evidence.outcome is Outcome.INCONCLUSIVE


@pytest.mark.parametrize(
    ("program", "by", "solution", "outcome", "detail"),
    [
        ("print(6 * 7)", "program", "print(sum([7] * 6))", Outcome.PASS, "prints 42, the solver has 42"),
        ("print(1 / 2)", "program", "from sympy import Rational\nprint(Rational(1, 2))", Outcome.PASS, "0.5"),
        ("print(6 * 7)", "program", "print(6 + 7)", Outcome.FAIL, "prints 42, the solver has 13"),
        ("print(6 * 7)", "program", "print(lost)", Outcome.INCONCLUSIVE, "NameError"),
        ("raise ValueError('no')", "program", "print(42)", Outcome.INCONCLUSIVE, "ValueError: no"),
        ("print(6 * 7)", "answer", "42.0", Outcome.PASS, "the solver has 42.0"),
        ("print(6 * 7)", "answer", "43", Outcome.FAIL, "the solver has 43"),
        ("print(6 * 7)", "answer", "__import__('os')", Outcome.INCONCLUSIVE, "__import__"),
    ],
)
async def test_a_solver_follows_a_problem_told_otherwise(
    sandbox: Sandbox,
    program: str,
    by: Literal["program", "answer"],
    solution: str,
    outcome: Outcome,
    detail: str,
) -> None:
    evidence = await solver_follows("What is 6 * 7?", program, solution, sandbox, by=by, basis="m")
    assert evidence.outcome is outcome
    assert detail in str(evidence.observed["detail"])
    assert await again(evidence, sandbox) == evidence


@pytest.mark.parametrize(
    ("reasoning", "outcome"),
    [
        ("6 * 7 = 42, and 42 / 4 = 21/2.", Outcome.PASS),
        ("6 * 7 = 43.", Outcome.FAIL),
        ("6 * 7 = 42, but 10 / 3 = 3.33.", Outcome.FAIL),
        ("After eating 5, 15 - 5 = 18 are left.", Outcome.FAIL),
        ("It is plain.", None),
    ],
)
async def test_calculations_must_hold(sandbox: Sandbox, reasoning: str, outcome: Outcome | None) -> None:
    evidence = await calculations_hold(reasoning, sandbox, basis="m")
    assert (evidence.outcome if evidence else None) is outcome
    if evidence is not None:
        assert await again(evidence, sandbox) == evidence


@pytest.mark.parametrize(
    ("question", "reasoning", "answer", "outcome"),
    [
        ("How many square feet of water can it hold?", "It is 12 * 8 = 96 cubic feet.", "96", Outcome.FAIL),
        ("How many square feet is the floor?", "It is 12 * 8 = 96 square feet.", "96", Outcome.PASS),
        ("How many kilometers is it?", "That is 80 * 3 = 240 kilometers.", "240", Outcome.PASS),
        ("How many kilometers is it?", "That is 80 * 3 = 240 meters.", "240", Outcome.FAIL),
        ("How many hours does it take?", "180 / 60 = 3 miles.", "3", Outcome.FAIL),
        ("How many pieces of fruit are left?", "36 - 5 = 31 apples.", "31", None),
        ("How many kilometers is it?", "That is 80 * 3 = 240.", "240", None),
        ("What is it?", "That is 240 meters.", "240", None),
    ],
)
async def test_a_reasoning_ends_in_the_unit_asked_for(
    sandbox: Sandbox, question: str, reasoning: str, answer: str, outcome: Outcome | None
) -> None:
    evidence = answer_in_unit_asked(question, reasoning, answer, basis="m")
    assert (evidence.outcome if evidence else None) is outcome
    if evidence is not None:
        assert await again(evidence, sandbox) == evidence


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"check": "vibes"}, "no such check"),
        ({"inputs": {}}, "'given' is missing"),
        ({"inputs": {"given": 5, "expected": {"type": "integer", "value": "5"}}}, "'given' is missing"),
        ({"inputs": {"given": "5"}}, "'expected' is no typed answer"),
        ({"inputs": {"given": "5", "expected": {"type": "number", "value": "5"}}}, "no typed answer"),
        ({"inputs": {"given": "5", "expected": {"type": "integer", "value": ""}}}, "no typed answer"),
    ],
)
async def test_evidence_that_cannot_run_again_is_named(
    sandbox: Sandbox, change: dict[str, object], message: str
) -> None:
    evidence = await answer_agrees("5.0", answer("integer", "5"), sandbox, basis="m")
    with pytest.raises(ProofsetError, match=message):
        await rerun(evidence.model_copy(update=change), sandbox)
