"""How a pair is verified: a function by its problem, a text by its answer where it states one.

function ─▶ doctests of the problem ─▶ tests that most solvers confirm ─▶ `check_code`: people's function,
                                       the solvers' as its peers on new inputs        ─▶ checked or proved
text     ─▶ ends in an answer? the solver's answer must be the same                   ─▶ checked
         └─ else nothing is run, and the judge decides                                ─▶ judged
"""

from __future__ import annotations

from ...records import Answer, AnswerType, Evidence, Risk, Verdict
from ...tools.checks import answer_agrees, check_code, solution_passes_tests
from ...tools.instructions import stated_answer
from ...tools.programs import CodeTask, sift_tests
from ...tools.programs.examples import examples_in
from ..backtranslation_task import is_function, segment_of
from ..code_task import code_proposal
from ..context import Bench
from ..ruling import Ruling, verdict_of
from ..solver import readable
from ..state import State
from ..verify_code import by_name, doubt_about, suite_of

CODES = {"answer_agrees": "other_answer", "solution_passes_tests": "fails_doctests"}


async def verify_backtranslated(bench: Bench, state: State) -> Ruling:
    """What the critic's rules found, with what machine checks add to it, and the risk."""
    before = state.get("verdict")
    found = list(before.evidence) if before else []
    if is_function(state):
        return await _verify_function(bench, state, found)
    expected = stated_answer(segment_of(state).text)
    for solution in state["solutions"] if expected else ():
        answer = Answer(type=AnswerType.CLOSED_FORM, value=expected)
        sandbox, basis = bench.services.sandbox, solution.basis
        found.append(await answer_agrees(solution.reasoning, answer, sandbox, basis=basis))
    # Where a critic of the user's own leaves nothing to go by, the judge decides alone.
    return Ruling(verdict_of(found, CODES) if found else None, {"risk": Risk.BACKTRANSLATION, "traces": ()})


async def _verify_function(bench: Bench, state: State, found: list[Evidence]) -> Ruling:
    proposal, solutions = code_proposal(state), readable(state["solutions"])
    sandbox, specs = bench.services.sandbox, bench.services.models
    function = segment_of(state).text
    shown = examples_in(proposal.problem, proposal.entry_point)
    if not shown:
        reason = f"no example of the problem calls {proposal.entry_point} with plain values"
        return Ruling(Verdict.reject("no_doctests", reason, found))
    doctests, author = "\n".join(example.text for example in shown), specs.spec("proposer")
    found.append(await solution_passes_tests(function, doctests, proposal.entry_point, sandbox, basis=author))
    verdict = verdict_of(found, CODES)
    if not verdict.accepted:
        return Ruling(verdict)
    programs = [function, *(solution.program for solution in solutions)]
    sifted = await sift_tests(state["tests"], programs, proposal.entry_point, sandbox)
    doubt = doubt_about(bench, sifted)
    if doubt is not None:
        return Ruling(doubt.model_copy(update={"evidence": verdict.evidence}))
    peers = tuple(solution.program for solution in solutions)
    task = CodeTask(proposal.task, proposal.entry_point, function, "\n".join(sifted.kept), peers)
    checked = await check_code(task, sandbox, tests_by=specs.spec("tester"), peers_by=specs.spec("solver"))
    evidence = (*verdict.evidence, *checked.evidence)
    if not checked.accepted:
        return Ruling(checked.model_copy(update={"evidence": evidence}))
    suite = by_name(suite_of(checked) or sifted.kept, proposal.entry_point)
    return Ruling(Verdict.accept(evidence), {"risk": Risk.VERIFIED, "tests": suite, "traces": ()})
