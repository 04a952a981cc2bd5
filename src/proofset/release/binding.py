"""Binding: is the evidence of a record about this record's own text, and is the record of one piece?

id            ─▶ derives from instruction, input and output
messages      ─▶ say what instruction, input and output say
chosen, rejected, output ─▶ are those of the traces that were accepted and refuted
every piece of evidence  ─▶ its problem, program, tests, answer and response are the record's, or its trace's

Nothing runs here. What no piece of evidence reads, such as words between calculations, only the id and the
chain hold fast.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..agents.constitution.compare import PREFERENCE
from ..agents.constitution.critic import OPINION
from ..agents.judging.example import asked_with
from ..agents.judging.hearing import CHECK as JUDGED
from ..agents.production.scoring import CHECK as NOISE
from ..agents.verify_code import by_name, fenced, suite_of
from ..records import Decision, Evidence, Message, Record, Verdict, asked_in_full, record_id, text_sha256
from ..tools.checks.exchange import FIT
from ..tools.checks.problem import PREFIX
from ..tools.checks.revision import GROUNDED, SOUND
from ..tools.instructions import code_in, stated_answer
from ..tools.problems import changed_twin
from .faults import Fault, quoted

OTHER_TEXT = "other_text"


def faults_of(record: Record) -> Iterator[Fault]:
    """What in a record does not belong together; nothing for one as graphs make them."""
    yield from _id(record)
    yield from _messages(record)
    yield from _outputs(record)
    yield from _tests(record)
    yield from _all_about(record, record.verdict, _Said.of(record, record.output))
    for trace in record.traces:
        said = _Said.of(record, trace.output, trace.input)
        yield from _all_about(record, trace.verdict, said)


def _id(record: Record) -> Iterator[Fault]:
    line, content = record.lineage, filter(None, (record.instruction, record.input, record.output))
    derived = record_id(record.method, line.seed, line.slot, line.attempt, "\n".join(content))
    if record.id != derived:
        yield Fault("other_id", f"the id of this text, seed, slot and attempt is {derived}, not {record.id}")


def _messages(record: Record) -> Iterator[Fault]:
    users = [m.content for m in record.messages if m.role == "user"]
    if not record.messages or record.messages[-1].role != "assistant" or not users:
        yield Fault(OTHER_TEXT, "its messages are no user's turn and an assistant's after it")
        return
    if record.messages[-1].content != record.output:
        yield Fault(OTHER_TEXT, "the assistant's message is not its output")
    asked = "\n".join(users)
    for name, text in (("instruction", record.instruction), ("input", record.input)):
        if text.strip() not in asked:
            yield Fault(OTHER_TEXT, f"the user's message does not hold its {name}")


def _outputs(record: Record) -> Iterator[Fault]:
    accepted = [trace.output for trace in record.traces if trace.verdict.decision is Decision.ACCEPT]
    refuted = [trace.output for trace in record.traces if trace.verdict.decision is Decision.REJECT]
    bare = f"Answer: {record.answer.value}" if record.answer else None
    if accepted and record.output not in (*accepted, bare):
        yield Fault(OTHER_TEXT, "its output is none of the solutions that were accepted")
    if record.chosen is not None and record.chosen != record.output:
        yield Fault(OTHER_TEXT, "its chosen text is not its output")
    if record.rejected is not None and refuted and record.rejected not in refuted:
        yield Fault(OTHER_TEXT, "its rejected text is none of the solutions that were refuted")
    if record.rejected is not None and record.rejected == record.chosen:
        yield Fault(OTHER_TEXT, "its chosen and its rejected text are the same")


def _tests(record: Record) -> Iterator[Fault]:
    ran = [e for e in record.verdict.evidence if isinstance(e.inputs.get("entry_point"), str)]
    if not record.tests:
        return
    if not ran:
        yield Fault("tests_unproved", "it has tests, and no evidence that they ran")
        return
    entry_point = str(ran[0].inputs["entry_point"])
    suite = suite_of(record.verdict) or tuple(str(ran[0].inputs.get("tests", "")).splitlines())
    try:
        known = set(by_name(suite, entry_point))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        yield Fault(OTHER_TEXT, "the tests in its evidence cannot be read")
        return
    strange = [test for test in record.tests if test not in known]
    if strange or (suite_of(record.verdict) and len(known) != len(set(record.tests))):
        which = quoted(strange[0]) if strange else f"{len(known)} in the evidence, {len(record.tests)} here"
        yield Fault(OTHER_TEXT, f"its tests are not those of its evidence: {which}")


@dataclass(frozen=True, slots=True)
class _Said:
    """The texts that evidence must be about: a record's own, of its outputs those that are looked at, and all
    versions of its output.
    """

    instruction: str
    input: str
    output: str
    outputs: tuple[str, ...]
    versions: tuple[str, ...]
    answer: str | None
    programs: frozenset[str]
    turns: tuple[Message, ...]

    @classmethod
    def of(cls, record: Record, output: str, given: str = "") -> _Said:
        # The checks of a record's verdict look at every solution, those of a trace at its own alone.
        traced = tuple(trace.output for trace in record.traces)
        outputs = (output, *traced) if output == record.output else (output,)
        return cls(
            record.instruction,
            given or record.input,
            record.output,
            outputs,
            (record.output, *traced),
            record.answer.value if record.answer else None,
            frozenset(_programs(record)),
            record.messages[:-1],
        )


def _programs(record: Record) -> Iterator[str]:
    for evidence in record.verdict.evidence:
        program = evidence.inputs.get("program")
        if evidence.check.startswith((PREFIX, "program_reads_problem")) and isinstance(program, str):
            yield program


def _all_about(record: Record, verdict: Verdict, said: _Said) -> Iterator[Fault]:
    if len(said.programs) > 1:
        yield Fault(OTHER_TEXT, "its evidence is about more than one program of the author")
    for evidence in verdict.evidence:
        name = bound_as(evidence.check)
        if evidence.hard and name not in BOUND:
            yield Fault("unbound", f"evidence {evidence.check}: nothing says what of a record it is about")
        for input, belongs in BOUND.get(name, {}).items():
            value = evidence.inputs.get(input)
            if not belongs(value, said, evidence):
                shown = quoted(str(value))
                yield Fault(
                    OTHER_TEXT, f"evidence {evidence.check}: its {input} {shown} is not that of the record"
                )


def bound_as(check: str) -> str:
    """The name under which a check is found in `BOUND`."""
    return PREFIX if check.startswith(PREFIX) else check


Belongs = Callable[[object, _Said, Evidence], bool]


def _is_instruction(value: object, said: _Said, _: Evidence) -> bool:
    return value == said.instruction


def _is_asked(value: object, said: _Said, _: Evidence) -> bool:
    """The instruction, or what stands in it before the head of a function."""
    return isinstance(value, str) and (
        value == said.instruction or said.instruction.startswith(f"{value}\n\n```python\n")
    )


def _is_input(value: object, said: _Said, _: Evidence) -> bool:
    return value == said.input


def _is_output(value: object, said: _Said, _: Evidence) -> bool:
    return value in said.outputs


def _is_version(value: object, said: _Said, _: Evidence) -> bool:
    return value in said.versions


def _is_code(value: object, said: _Said, _: Evidence) -> bool:
    if not isinstance(value, str):
        return False
    return any(output == fenced(value) or code_in(output) == value for output in said.outputs[:1])


def _is_answer(value: object, said: _Said, _: Evidence) -> bool:
    value = value.get("value") if isinstance(value, dict) else value
    if value is None or said.answer is not None:
        return value in (None, said.answer)
    # A text that people wrote: its answer is the one that it ends in.
    return value in [stated_answer(output) for output in said.outputs]


def _is_given(value: object, said: _Said, evidence: Evidence) -> bool:
    # Of such a text, the solver's words are in no record; what they come to must be its answer.
    return said.answer is None or _is_in_an_output(value, said, evidence)


def _is_in_an_output(value: object, said: _Said, _: Evidence) -> bool:
    return isinstance(value, str) and any(value.strip() in output for output in said.outputs)


def _is_told_otherwise(value: object, said: _Said, evidence: Evidence) -> bool:
    """The problem in other words, with the author's program, or the one with other numbers, with its own."""
    if not said.programs or (isinstance(value, str) and value in said.programs):
        return True
    (program, *_) = said.programs
    twin = changed_twin(said.instruction, program)
    return twin is not None and (twin.program, twin.problem) == (value, evidence.inputs.get("problem"))


def _is_system(value: object, said: _Said, _: Evidence) -> bool:
    return value == "\n\n".join(turn.content for turn in said.turns if turn.role == "system")


def _is_history(value: object, said: _Said, _: Evidence) -> bool:
    turns = [turn.model_dump(mode="json") for turn in said.turns if turn.role != "system"]
    return value == turns[:-1]


def _is_hash_of_instruction(value: object, said: _Said, _: Evidence) -> bool:
    asked = (said.instruction, asked_with(said.instruction, said.input), asked_in_full(said.turns))
    return value in [text_sha256(text) for text in asked]


def _is_hash_of_chosen(value: object, said: _Said, _: Evidence) -> bool:
    return value == text_sha256(said.output)


def _is_hash_of_output(value: object, said: _Said, _: Evidence) -> bool:
    return value in [text_sha256(output) for output in said.outputs]


BOUND: dict[str, dict[str, Belongs]] = {
    PREFIX: {"problem": _is_instruction, "claimed_answer": _is_answer},
    "program_reads_problem": {"problem": _is_instruction},
    "answer_agrees": {"expected": _is_answer, "given": _is_given},
    "answer_equals_gold": {"problem": _is_instruction, "given": _is_in_an_output},
    "answer_in_unit_asked": {"problem": _is_instruction, "reasoning": _is_in_an_output},
    "answers_agree_by_consensus": {"problem": _is_instruction, "claim": _is_answer},
    "calculations_hold": {"reasoning": _is_in_an_output},
    "solver_follows": {"program": _is_told_otherwise},
    FIT: {
        "system": _is_system,
        "history": _is_history,
        "instruction": _is_instruction,
        "output": _is_output,
    },
    NOISE: {"instruction_sha256": _is_hash_of_instruction, "response_sha256": _is_hash_of_output},
    "form_as_asked": {"instruction": _is_instruction, "response": _is_output},
    "sum_is_right": {"instruction": _is_instruction, "input": _is_input, "response": _is_output},
    "solution_passes_tests": {"solution": _is_code},
    "solution_agrees_with_peers": {"prompt": _is_instruction, "solution": _is_code},
    "suite_kills_mutants": {"solution": _is_code},
    "program_answers_cases": {"program": _is_code},
    "asks_by_itself": {"instruction": _is_asked},
    "gives_nothing_away": {"instruction": _is_asked, "output": _is_output},
    "keeps_to_the_text": {"instruction": _is_asked, "output": _is_output},
    "same_language": {"instruction": _is_asked, "output": _is_output},
    "says_its_subject": {"instruction": _is_asked, "output": _is_output},
    "stands_by_itself": {"output": _is_output},
    GROUNDED: {"response": _is_output},
    SOUND: {"prompt": _is_instruction, "before": _is_version, "after": _is_output},
    OPINION: {"response_sha256": _is_hash_of_output},
    PREFERENCE: {"chosen_sha256": _is_hash_of_chosen, "rejected_sha256": _is_hash_of_output},
    JUDGED: {"instruction_sha256": _is_hash_of_instruction, "response_sha256": _is_hash_of_output},
}
"""What in the inputs of a check must be the record's own; those of problems are known by how they begin."""
