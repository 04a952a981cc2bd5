"""What canaries are made of: each is known to be wrong, in the way that it says, and shown to be."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest

from proofset.agents.canaries import (
    Answered,
    Coded,
    Posed,
    Wrong,
    decision_on,
    posings,
    wrong_code,
    wrong_math,
    wrong_text,
)
from proofset.agents.canaries.calculations import calculations_in, falsified
from proofset.agents.canaries.texts import _BREAKERS
from proofset.agents.state import (
    CodeProposal,
    Instance,
    InstructionProposal,
    MathProposal,
    Solution,
    State,
    Version,
)
from proofset.records import (
    Answer,
    AnswerType,
    Decision,
    Evidence,
    EvidenceKind,
    HowKnown,
    Outcome,
    Rejection,
    Trace,
    Verdict,
)
from proofset.tools.answers import Pair, compare_answers
from proofset.tools.instructions import demands_in, fault_of
from proofset.tools.programs import check_solution, run_answer_program
from proofset.tools.sandbox import Sandbox


async def all_of(makers: Any, most: int = 40) -> list[Wrong[Any]]:
    found = []
    async for one in makers:
        found.append(one)
        if len(found) == most:
            break
    return found


POSITIVE = "def total(numbers):\n    return sum(n for n in numbers if n > 0)\n"
SUITE = ("assert total([1, 2]) == 3", "assert total([-1, 5]) == 5", "assert total([]) == 0")


async def test_a_mutant_fails_a_test_that_is_shown_and_that_the_right_program_passes(
    sandbox: Sandbox,
) -> None:
    right = Coded("Add up what is above 0.", POSITIVE, "total", SUITE)
    found = await all_of(wrong_code(right, random.Random(0), sandbox))
    assert found
    for wrong in found:
        assert wrong.known.by is HowKnown.SEPARATING_INPUT and wrong.known.shown in SUITE
        for program, outcome in ((wrong.made.program, Outcome.FAIL), (POSITIVE, Outcome.PASS)):
            assert (await check_solution(program, wrong.known.shown, "total", sandbox)).outcome is outcome


async def test_an_equivalent_mutant_is_no_canary(sandbox: Sandbox) -> None:
    """To add what is 0 or more is the same as to add what is more than 0."""
    from proofset.tools.programs.mutants import mutants_of

    equivalent = [m.source for m in mutants_of(POSITIVE, limit=500) if "n >= 0" in m.source]
    assert equivalent
    made: set[str] = set()
    for seed in range(6):
        right = Coded("", POSITIVE, "total", SUITE)
        made |= {one.made.program for one in await all_of(wrong_code(right, random.Random(seed), sandbox))}
    assert len(made) > 5
    assert not made & set(equivalent)


async def test_another_type_of_an_equal_value_is_no_canary(sandbox: Sandbox) -> None:
    """1.0 for 1 differs by its type, and no test fails by it."""
    right = Coded("", "def half(n):\n    return n // 2\n", "half", ("assert half(4) == 2",))
    found = await all_of(wrong_code(right, random.Random(0), sandbox))
    assert found and not any("n / 2" in one.made.program for one in found)


async def test_a_subtle_mutant_passes_all_that_the_verifier_is_shown(sandbox: Sandbox) -> None:
    shown = frozenset(SUITE[:1])
    right = Coded("", POSITIVE, "total", SUITE, shown)
    found = await all_of(wrong_code(right, random.Random(1), sandbox))
    subtle = [one for one in found if one.kind == "subtle_mutant"]
    assert subtle and {one.kind for one in found} == {"mutant", "subtle_mutant"}
    for one in subtle:
        assert one.known.shown not in shown
        passed = await check_solution(one.made.program, SUITE[0], "total", sandbox)
        assert passed.outcome is Outcome.PASS


PROBLEM = "A box has 12 rows of 7 eggs, and 3 eggs are broken. How many are whole?"
RESPONSE = "There are 12 * 7 = 84 eggs, and 84 - 3 = 81.\n\nAnswer: 81"


def posed(problem: str = PROBLEM, program: str = "print(12 * 7 - 3)", answer: str = "81") -> Posed:
    proposal = MathProposal(
        problem=problem, program=program, answer=Answer(type=AnswerType.INTEGER, value=answer)
    )
    return Posed(
        proposal,
        (Solution(style="program", sample=0, basis="m", program=program),),
        RESPONSE,
    )


async def test_wrong_math_is_known_to_be_wrong_in_the_way_that_it_says(sandbox: Sandbox) -> None:
    right = posed()
    found = await all_of(wrong_math(right, random.Random(3), sandbox))
    assert {one.kind for one in found} == {
        "wrong_answer",
        "wrong_program",
        "wrong_reasoning",
        "other_numbers",
        "left_open",
    }
    for wrong in found:
        proposal = wrong.made.proposal
        if wrong.kind in ("wrong_answer", "wrong_program"):
            pair = Pair(right.proposal.answer, proposal.answer.value)
            assert (await compare_answers([pair], sandbox))[0].outcome is Outcome.FAIL
            assert proposal.problem == PROBLEM and wrong.known.by is HowKnown.UNEQUAL
        elif wrong.kind == "other_numbers":
            numbers = [int(word.strip(",.")) for word in proposal.problem.split() if word[0].isdigit()]
            assert numbers[0] * numbers[1] - numbers[2] != 81 == int(proposal.answer.value)
        elif wrong.kind == "left_open":
            assert len([word for word in proposal.problem.split() if word[0].isdigit()]) == 2
            assert wrong.known.by is HowKnown.UNDETERMINED
        else:
            assert wrong.known.by is HowKnown.FALSE_CALCULATION
            assert not all(one.holds for one in calculations_in(wrong.response))
            assert wrong.response.endswith("Answer: 81")


async def test_a_number_that_others_tell_is_not_taken_out(sandbox: Sandbox) -> None:
    """Without the 12 the answer is still known: 5 and 7 are 12."""
    text = "5 red and 7 blue balls, 12 in all, are put into bags of 12 * 5 * 7. How many?"
    found = await all_of(wrong_math(posed(text, "print(12 * 5 * 7)", "420"), random.Random(0), sandbox))
    assert found and not any(one.kind == "left_open" and "12" in one.told for one in found)


async def test_a_number_that_does_not_matter_is_not_taken_out(sandbox: Sandbox) -> None:
    text = "On day 3 a shop sold 40 pens at 7 coins. How many coins?"
    found = await all_of(wrong_math(posed(text, "day = 3\nprint(40 * 7)", "280"), random.Random(0), sandbox))
    opened = [one.told for one in found if one.kind == "left_open"]
    assert sorted(opened) == ["40 is gone", "7 is gone"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("12 * 4 = 48", [True]),
        ("12*4=50", [False]),
        ("7 / 2 = 3", [False]),
        ("6 ÷ 3 = 2 and 3 - 5 = 2", [True, False]),
        # Parts of something longer, or other numbers than they look.
        ("5 + 3 * 4 = 17", []),
        ("1,200 * 3 = 3,600", []),
        ("3 * 4 = 12.5", []),
        ("50 * 2 = 100%", []),
        ("2 * 3 = 6 + 1", []),
        ("x = 5", []),
        ("4 / 0 = 0", [False]),
    ],
)
def test_calculations_are_worked_out_exactly(text: str, found: list[bool]) -> None:
    assert [one.holds for one in calculations_in(text)] == found


def test_what_was_false_before_shows_nothing() -> None:
    assert falsified("2 * 3 = 6", "2 * 3 = 9") == "2 * 3 = 9, where 2 * 3 = 6 was written"
    assert falsified("2 * 3 = 7", "2 * 3 = 9") == ""
    assert falsified("2 * 3 = 6", "2 * 3 = 6") == ""


ASKED = {
    "Praise the sea in exactly three words.": "Deep calm blue",
    "Write two sentences about rain.": "Rain falls. It is wet.",
    "Describe a fox in at most 20 words.": "A small red hunter.",
    "Explain tides in at least 10 words.": "The moon pulls the sea up and down twice a day.",
    "List three fruits as bullet points.": "- fig\n- plum\n- pear",
    "Give the colours as JSON with the keys a and b.": '{"a": 1, "b": 2}',
    "Write a haiku in all caps.": "THE OLD POND",
    "Answer in lowercase only: what is a pond?": "a small lake",
    "Say whether it is warm or cold. Answer only with warm or cold.": "warm",
    "Classify the review as positive or negative.": "It is positive.",
    'Write a poem about the sea without the word "water".': "It is deep and salty.",
    "Begin your answer with 'Dear all'.": "Dear all, we meet at noon.",
}


@pytest.mark.parametrize("instruction", ASKED)
async def test_a_broken_form_cannot_keep_to_what_is_asked(instruction: str, sandbox: Sandbox) -> None:
    right = Answered(instruction, "", ASKED[instruction])
    demands = demands_in(instruction)
    assert demands, "the rules read no demand: nothing is tested here"
    assert not any(fault_of(demand, right.output) for demand in demands)
    found = await all_of(wrong_text(right, random.Random(0), sandbox))
    forms = [one for one in found if one.kind == "wrong_form"]
    assert forms
    for one in forms:
        (demand,) = [demand for demand in demands if demand.said == one.known.shown]
        assert fault_of(demand, one.made.output)


@pytest.mark.parametrize("response", ["", "x", "Dear all,\n\n- one\n- two\n1. three", "{}", "ÄÖß"])
@pytest.mark.parametrize("instruction", ASKED)
def test_whatever_the_response_was(instruction: str, response: str) -> None:
    for demand in demands_in(instruction):
        breaker = _BREAKERS.get(demand.kind)
        broken = breaker(demand, response) if breaker else None
        if broken is not None and broken != response:
            assert fault_of(demand, broken), (demand, broken)


async def test_a_wrong_sum_is_unequal_and_wrong_code_fails_the_example(sandbox: Sandbox) -> None:
    right = Answered("What is 12 * 7?", "", "12 * 7 = 84")
    sums = await all_of(wrong_text(right, random.Random(0), sandbox))
    assert {one.kind for one in sums} == {"wrong_sum"} and len(sums) == 4
    assert all(one.made.output.startswith("12 * 7 = ") and "84" not in one.made.output for one in sums)
    asked = "Write a Python function twice, where twice(2) == 4."
    code = Answered(asked, "", "```python\ndef twice(x):\n    return x * 2\n```")
    found = await all_of(wrong_text(code, random.Random(0), sandbox))
    assert found and {one.kind for one in found} == {"wrong_code"}
    # Of 2 both are 4: two times, plus two, and to the power of two.
    assert not any("x + 2" in one.made.output or "x ** 2" in one.made.output for one in found)


def accepted(basis: str = "m") -> Verdict:
    return Verdict.accept(
        [Evidence(kind=EvidenceKind.EXECUTION, check="c", claim="c", outcome=Outcome.PASS, basis=basis)]
    )


def trace(output: str, *, right: bool) -> Trace:
    verdict = accepted() if right else Verdict.reject("fails_tests", "it fails")
    return Trace(output=output, basis="m", verdict=verdict)


@pytest.mark.parametrize(
    ("traces", "response", "decision"),
    [
        ([trace("a", right=True)], "", Decision.ACCEPT),
        ([trace("a", right=True), trace("b", right=False)], "b", Decision.REJECT),
        ([trace("a", right=True), trace("b", right=True)], "b", Decision.ACCEPT),
        # It was left aside, and the rest is right.
        ([trace("a", right=True)], "b", Decision.REJECT),
        # A verifier that tells nothing of single responses lets the whole through.
        ([], "b", Decision.ACCEPT),
    ],
)
def test_a_candidate_is_let_through_where_what_is_wrong_in_it_is(
    traces: Sequence[Trace], response: str, decision: Decision
) -> None:
    update = {"verdict": accepted(), "refusal": None, "traces": tuple(traces)}
    assert decision_on(update, response) is decision


@pytest.mark.parametrize("decision", [Decision.REJECT, Decision.ABSTAIN])
def test_a_refusal_keeps_nothing(decision: Decision) -> None:
    make = Verdict.reject if decision is Decision.REJECT else Verdict.abstain
    verdict = make("x", "y")
    refusal = Rejection(slot=0, attempt=1, stage="verifier", code="x", reason="y", verdict=verdict)
    assert decision_on({"refusal": refusal, "verdict": accepted()}, "") is decision
    assert decision_on({"refusal": refusal.model_copy(update={"verdict": None})}, "") is Decision.REJECT
    # No verdict and no refusal: the candidate goes on.
    assert decision_on({"verdict": None, "refusal": None}, "") is Decision.ACCEPT


async def posed_of(state: State, update: dict[str, Any], sandbox: Sandbox) -> list[Any]:
    return [one async for one in posings(state, update, random.Random(0), sandbox)]


async def test_a_wrong_response_stands_where_its_verifier_reads_it(sandbox: Sandbox) -> None:
    proposal = InstructionProposal(problem="What is 12 * 7?")
    instance = Instance(input="", output="84")
    update = {"instances": (instance,), "verdict": accepted(), "refusal": None}
    state: State = {"slot": 3, "proposal": proposal, "instances": (instance,)}
    for one in await posed_of(state, update, sandbox):
        assert one.state.keys() == state.keys() and one.state["proposal"] == proposal
        assert one.state["instances"][0].output != "84" == state["instances"][0].output
    first = Version(text="90", basis="m")
    revised: State = {**state, "versions": (first, Version(text="84", basis="m"))}
    found = await posed_of(revised, update, sandbox)
    assert found
    for one in found:
        assert one.state["versions"][0] == first and one.state["versions"][1].text != "84"
    # What came of a red team has no right form, and a problem told otherwise is verified on top of itself.
    red = proposal.after("red_team")
    teamed: State = {**state, "proposal": proposal.model_copy(update={"operators": red.operators})}
    assert await posed_of(teamed, update, sandbox) == []
    assert await posed_of({**state, "variants": (None,)}, update, sandbox) == []  # type: ignore[typeddict-item]


async def test_a_mutant_stands_among_right_solutions_in_the_place_of_one(sandbox: Sandbox) -> None:
    proposal = CodeProposal(
        problem="Add up what is above 0.", entry_point="total", signature="def total(numbers):"
    )
    other = POSITIVE.replace("n > 0", "0 < n")
    solutions = tuple(
        Solution(style="code", sample=n, basis="m", program=program)
        for n, program in enumerate((other, POSITIVE))
    )
    state: State = {"proposal": proposal, "solutions": solutions, "tests": SUITE}
    update = {
        "verdict": accepted(),
        "refusal": None,
        "tests": SUITE,
        "traces": (trace(f"```python\n{POSITIVE.strip()}\n```", right=True),),
    }
    found = await posed_of(state, update, sandbox)
    assert found
    for one in found:
        kept, changed = one.state["solutions"]
        assert kept == solutions[0] and changed.program != POSITIVE
        assert (changed.sample, changed.basis, one.state["tests"]) == (1, "m", SUITE)
        assert one.response == f"```python\n{changed.program.strip()}\n```"


async def test_wrong_programs_print_what_is_stated(sandbox: Sandbox) -> None:
    for one in await all_of(wrong_math(posed(), random.Random(5), sandbox)):
        if one.kind == "wrong_program":
            printed = await run_answer_program(one.made.proposal.program, sandbox)
            assert printed.answer == one.made.proposal.answer.value != "81"
