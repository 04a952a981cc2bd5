"""The verdict on code: right and wrong solutions, weak tests, lying peers, what hangs, crashes, is flaky."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from proofset.cli import cli
from proofset.errors import ProofsetError
from proofset.records import Decision, Evidence, EvidenceKind, Grade, Outcome, Verdict
from proofset.tools.checks import CodeRow, check_code, check_code_rows, rerun
from proofset.tools.programs.asserts import Asserts, read_asserts
from proofset.tools.programs.examining import CodeRules, CodeTask
from proofset.tools.programs.expressions import AnswerKind
from proofset.tools.programs.mutants import mutants_of
from proofset.tools.programs.variants import LATE, SKIPPED, answers_of, kills_of
from proofset.tools.sandbox import Sandbox

RIGHT = """
def above(numbers, bound):
    found = []
    for number in numbers:
        if number > bound:
            found.append(number)
    return found
"""
PEERS = (
    "def above(numbers, bound):\n    return [n for n in numbers if n > bound]\n",
    "def above(numbers, bound):\n    return list(filter(lambda n: bound < n, numbers))\n",
    "def above(ns, b):\n    out = []\n    for n in ns:\n        out += [n] * (n > b)\n    return out\n",
)
AT_BOUND = RIGHT.replace("number > bound", "number >= bound")
TASK = CodeTask(
    "Give the numbers above a bound, in their order.\n\n>>> above([1, 5, 3], 2)\n[5, 3]\n",
    "above",
    RIGHT,
    "assert candidate([4, 1, 9], 3) == [4, 9]\nassert candidate([2], 7) == []",
    PEERS,
)
RULES = CodeRules(inputs=50, mutants=12)


async def verdict_on(task: CodeTask, sandbox: Sandbox, rules: CodeRules = RULES) -> Verdict:
    return await check_code(task, sandbox, tests_by="m:tests", peers_by="m:peers", rules=rules)


def with_body(body: str) -> str:
    return f"def above(numbers, bound):\n    {body}\n"


SLOW = RIGHT.replace("    found = []", "    while len(numbers) == 2:\n        pass\n    found = []")
FALLS = RIGHT.replace("    return found", "    return [found[0], *found[1:]] if len(numbers) > 1 else found")
DIES = RIGHT.replace(
    "    found = []", "    import os\n    if len(numbers) == 2:\n        os._exit(0)\n    found = []"
)
FLAKY = "import os\n" + RIGHT.replace(
    "return found", "return found + [0] * (len(found) > 2 and os.urandom(1)[0] % 2)"
)

VERDICTS: dict[str, tuple[CodeTask, Decision, str]] = {
    "right": (TASK, Decision.ACCEPT, ""),
    "right beside one lying peer": (
        replace(TASK, peers=(*PEERS[:2], with_body("return []"))),
        Decision.ACCEPT,
        "",
    ),
    "right beside one other": (replace(TASK, peers=PEERS[:1]), Decision.ACCEPT, ""),
    "wrong": (replace(TASK, solution=AT_BOUND), Decision.REJECT, "disagrees"),
    "wrong with a copy among the peers": (
        replace(TASK, solution=AT_BOUND, peers=(AT_BOUND, *PEERS[:2])),
        Decision.REJECT,
        "disagrees",
    ),
    "wrong with copies against one": (
        replace(TASK, solution=AT_BOUND, peers=(AT_BOUND, AT_BOUND + "# mine", PEERS[0])),
        Decision.ABSTAIN,
        "dissent",
    ),
    "wrong beside one other": (
        replace(TASK, solution=AT_BOUND, peers=PEERS[:1]),
        Decision.ABSTAIN,
        "disputed",
    ),
    "fails its tests": (replace(TASK, solution=with_body("return [4, 9]")), Decision.REJECT, "fails_tests"),
    "does not load": (replace(TASK, solution="def above(:"), Decision.REJECT, "fails_tests"),
    "fails an example": (
        replace(TASK, solution=RIGHT.replace("return found", "return sorted(found)")),
        Decision.REJECT,
        "fails_example",
    ),
    "an example that is a slip": (
        replace(TASK, prompt=TASK.prompt.replace("[5, 3]", "[3, 5]")),
        Decision.ACCEPT,
        "",
    ),
    "hangs": (replace(TASK, solution=SLOW), Decision.REJECT, "hangs"),
    "ends its process": (replace(TASK, solution=DIES), Decision.REJECT, "hangs"),
    "crashes": (replace(TASK, solution=FALLS), Decision.REJECT, "crashes"),
    "flaky": (replace(TASK, solution=FLAKY), Decision.REJECT, "flaky"),
    "no peer passes": (
        replace(TASK, peers=(with_body("return []"), with_body("return 1"))),
        Decision.ABSTAIN,
        "no_voter",
    ),
    "tests that are no asserts": (
        replace(TASK, tests="import random\nassert random.random() < 2"),
        Decision.ABSTAIN,
        "tests_unreadable",
    ),
    "alone": (replace(TASK, peers=()), Decision.ACCEPT, ""),
    "alone with weak tests": (
        replace(TASK, prompt="", peers=(), tests="assert candidate([2], 7) == []"),
        Decision.ABSTAIN,
        "weak_suite",
    ),
}


@pytest.mark.parametrize("name", VERDICTS)
async def test_verdicts_and_their_evidence_again(name: str, shared_sandbox: Sandbox) -> None:
    task, decision, code = VERDICTS[name]
    verdict = await verdict_on(task, shared_sandbox)
    assert (verdict.decision, verdict.code) == (decision, code), verdict.reason
    assert bool(verdict.reason) is (decision is not Decision.ACCEPT)
    if name == "flaky":
        return
    for evidence in verdict.evidence:
        again = await rerun(Evidence.model_validate_json(evidence.model_dump_json()), shared_sandbox)
        assert again == evidence
    failed = [evidence for evidence in verdict.evidence if evidence.outcome is Outcome.FAIL]
    assert bool(failed) is (decision is Decision.REJECT)


async def test_sets_in_the_order_of_their_hashes_are_found(shared_sandbox: Sandbox) -> None:
    letters = "def letters(text):\n    return list({letter for letter in text})"
    peer = "def letters(text):\n    return sorted(set(text))"
    task = CodeTask("", "letters", letters, "assert len(candidate('abcdefgh')) == 8", (peer, peer + "[:]"))
    verdict = await verdict_on(task, shared_sandbox)
    assert (verdict.decision, verdict.code) == (Decision.REJECT, "flaky")


async def test_tests_alone_must_tell_mutants_apart(shared_sandbox: Sandbox) -> None:
    task = replace(TASK, peers=())
    strict = replace(RULES, min_killed=1.0)
    verdict = await verdict_on(task, shared_sandbox, strict)
    assert (verdict.decision, verdict.code) == (Decision.ABSTAIN, "mutants_alive")
    at_bound = replace(task, tests=task.tests + "\nassert candidate([1, 2, 2, 3], 2) == [3]")
    assert (await verdict_on(at_bound, shared_sandbox, strict)).decision is Decision.ACCEPT


async def test_an_accept_holds_three_kinds_and_the_strengthened_suite(shared_sandbox: Sandbox) -> None:
    verdict = await verdict_on(TASK, shared_sandbox)
    assert verdict.grade is Grade.PROVED
    kinds = [evidence.kind for evidence in verdict.evidence]
    assert kinds == [EvidenceKind.EXECUTION, EvidenceKind.AGREEMENT, EvidenceKind.MUTATION]
    suite = read_asserts(str(verdict.evidence[2].inputs["tests"]), "above")
    assert isinstance(suite, Asserts)
    assert len(suite.cases) > 8
    assert await verdict_on(TASK, shared_sandbox) == verdict
    same = await check_code(TASK, shared_sandbox, tests_by="m", peers_by="m", rules=RULES)
    assert same.grade is Grade.CHECKED


async def test_the_strengthened_suite_fails_the_wrong_program(shared_sandbox: Sandbox) -> None:
    verdict = await verdict_on(TASK, shared_sandbox)
    execution, _, mutation = verdict.evidence
    inputs = execution.inputs | {"tests": mutation.inputs["tests"]}
    kept = await rerun(execution.model_copy(update={"inputs": inputs}), shared_sandbox)
    wrong = execution.model_copy(update={"inputs": inputs | {"solution": AT_BOUND}})
    assert kept.outcome is Outcome.PASS
    assert (await rerun(wrong, shared_sandbox)).outcome is Outcome.FAIL


async def test_altered_evidence_does_not_hold(shared_sandbox: Sandbox) -> None:
    _, agreement, mutation = (await verdict_on(TASK, shared_sandbox)).evidence
    other = agreement.model_copy(update={"inputs": agreement.inputs | {"solution": AT_BOUND}})
    assert (await rerun(other, shared_sandbox)).outcome is Outcome.FAIL
    weak = mutation.model_copy(update={"inputs": mutation.inputs | {"tests": "assert above([2], 7) == []"}})
    assert (await rerun(weak, shared_sandbox)).outcome is Outcome.INCONCLUSIVE


@pytest.mark.parametrize(
    ("place", "inputs", "name"),
    [
        (1, {"calls": ["open('x')"]}, "calls"),
        (1, {"peers": [1]}, "peers"),
        (1, {"rules": {"inputs": 5}}, "rules"),
        (2, {"needed": "all"}, "needed"),
    ],
)
async def test_inputs_that_cannot_run_again_are_named(
    place: int, inputs: dict[str, Any], name: str, shared_sandbox: Sandbox
) -> None:
    evidence = (await verdict_on(TASK, shared_sandbox)).evidence[place]
    with pytest.raises(ProofsetError, match=f"'{name}' is missing or malformed"):
        await rerun(evidence.model_copy(update={"inputs": evidence.inputs | inputs}), shared_sandbox)


async def test_rows_are_ruled_on_in_their_order(shared_sandbox: Sandbox) -> None:
    tests = tuple(TASK.tests.splitlines())
    rows = [
        CodeRow(id=name, prompt=TASK.prompt, entry_point="above", solution=text, tests=tests, peers=PEERS)
        for name, text in (("a", AT_BOUND), ("b", RIGHT), ("c", "\ud800"))
    ]
    rulings = await check_code_rows(rows, shared_sandbox)
    assert [(ruling.id, ruling.verdict.value) for ruling in rulings] == [
        ("a", "reject"),
        ("b", "accept"),
        ("c", "reject"),
    ]
    assert all(ruling.reason and ruling.evidence for ruling in rulings)


@pytest.mark.usefixtures("shared_sandbox")
def test_the_command_rules_on_a_file(tmp_path: Path) -> None:
    row = {"id": 7, "prompt": TASK.prompt, "entry_point": "above", "peers": PEERS, "solution": RIGHT}
    lines = [row | {"tests": TASK.tests.splitlines()}, row | {"entry_point": "no name"}]
    (tmp_path / "in.jsonl").write_text("\n".join(map(json.dumps, lines)))
    out = tmp_path / "out.jsonl"
    ran = CliRunner().invoke(cli, ["check", "code", str(tmp_path / "in.jsonl"), "--out", str(out)])
    assert ran.exit_code == 1
    assert "1 rows: 1 accept, 0 reject, 0 abstain" in ran.stdout
    assert "line 2: entry_point" in ran.stderr
    (ruling,) = map(json.loads, out.read_text().splitlines())
    assert (ruling["id"], ruling["verdict"], len(ruling["evidence"])) == (7, "accept", 3)


async def test_calls_that_run_out_of_time_cost_the_others_nothing(shared_sandbox: Sandbox) -> None:
    read = read_asserts("\n".join(f"assert f({n}) == 0" for n in range(8)), "f")
    assert isinstance(read, Asserts)
    program = "def f(n):\n    while n % 2:\n        pass\n    return n"
    given = await answers_of(program, read.calls, "f", shared_sandbox)
    assert [answer.detail or answer.value for answer in given.answers][:4] == [0, LATE, 2, LATE]
    assert [SKIPPED in answer.detail for answer in given.answers] == [False] * 4 + [True] * 4
    assert {answer.kind for answer in given.answers} == {AnswerKind.VALUE, AnswerKind.MISSING}


async def test_kills_are_the_calls_on_which_mutants_differ(shared_sandbox: Sandbox) -> None:
    read = read_asserts("assert f(1) == 1\nassert f(5) == 5", "f")
    assert isinstance(read, Asserts)
    original = "def f(n):\n    return n"
    mutants = [original, "def f(n):\n    return min(n, 4)", "def f(n):\n    return 9 / 0", "def f(", "x = 1"]
    hangs = "def f(n):\n    while n == 5:\n        pass\n    return n"
    kills = await kills_of(original, [*mutants, hangs], read.calls, "f", shared_sandbox)
    assert kills == (
        frozenset(),
        frozenset({1}),
        frozenset({0, 1}),
        frozenset({0, 1}),
        frozenset({0, 1}),
        frozenset({1}),
    )
    silent = await kills_of("import os\nos._exit(0)", mutants, read.calls, "f", shared_sandbox)
    assert silent == (None,) * len(mutants)


def test_mutants_of_the_right_program_hold_the_wrong_one() -> None:
    assert any("number >= bound" in mutant.source for mutant in mutants_of(RIGHT, limit=40))


async def test_values_too_large_to_be_written_make_no_test(shared_sandbox: Sandbox) -> None:
    bodies = (
        "return 7 ** n",
        "m = 1\n    for _ in range(n):\n        m = 7 * m\n    return m",
        "return pow(7, n)",
    )
    one, *others = (f"def power(n: int):\n    {body}\n" for body in bodies)
    task = CodeTask("", "power", one, "assert power(2) == 49\nassert power(0) == 1", tuple(others))
    verdict = await verdict_on(task, shared_sandbox, CodeRules(mutants=12))
    assert verdict.decision is not Decision.REJECT, verdict.reason
    assert verdict.evidence


def test_the_benchmark_counts_by_kind_and_says_what_a_row_costs(
    tmp_path: Path, shared_sandbox: Sandbox
) -> None:
    tests = TASK.tests.splitlines()
    row = {"prompt": TASK.prompt, "entry_point": "above", "tests": tests, "peers": PEERS}
    rows = [
        row | {"id": "a#1", "solution": RIGHT, "label": {"is_correct": True, "passes_weak": True}},
        row | {"id": "a#2", "solution": AT_BOUND, "label": {"is_correct": False, "passes_weak": True}},
    ]
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    benchmark = Path(__file__).resolve().parent.parent / "benchmarks" / "code_solutions.py"

    def printed(*options: str) -> str:
        command = [sys.executable, str(benchmark), str(path), *options]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout

    whole = printed("--alone")
    assert "| proofset | 0/1 = 0.0 % (0.0–79.3) | 1/1 = 100.0 % (20.7–100.0) | 0/2" in whole
    assert "| proofset, peers left out | 1/1" in whole or "| proofset, peers left out | 0/1" in whole
    assert "| wrong, passes its tests | reject | disagrees | 1 |" in whole
    assert "s per row; CPU ms per row:" in whole
    halves = [printed("--half", half).count("| right | accept |") for half in "01"]
    assert sorted(halves) == [0, 1]


SHIFTED = (
    "def back(text: str) -> str:\n    return ''.join(chr((ord(c) - {by} - 97) % 26 + 97) for c in text)\n"
)
LOOPED = """
def back(text: str) -> str:
    out = ""
    for char in text:
        out += chr((ord(char) - 102) % 26 + 97)
    return out
"""


@pytest.mark.parametrize(("by", "decision"), [(5, Decision.ACCEPT), (4, Decision.REJECT)])
async def test_where_nothing_is_tested_annotations_make_the_inputs(
    sandbox: Sandbox, by: int, decision: Decision
) -> None:
    peers = (LOOPED, SHIFTED.format(by=5).replace("text", "word").replace("char", "c"))
    task = CodeTask("Shift every letter back by five.", "back", SHIFTED.format(by=by), "", peers)
    verdict = await verdict_on(task, sandbox)
    assert verdict.decision is decision, verdict.reason
    bare = CodeTask(
        "Shift.", "back", *(SHIFTED.format(by=5).replace(": str", ""), ""), (LOOPED.replace(": str", ""),)
    )
    assert (await verdict_on(bare, sandbox)).code == "few_confirmed"
