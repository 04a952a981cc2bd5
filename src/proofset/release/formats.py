"""Formats: records as the rows that trainers read. Pure functions; one record gives no row, one, or several.

alpaca, llama-factory     instruction, input, output
llama-factory-dpo         instruction, input, chosen, rejected
sharegpt                  conversations of {from, value}
messages                  messages of {role, content} and nothing else: OpenAI refuses other keys
trl-sft, axolotl          the same, with the record's id
trl-prompt-completion     prompt and completion, as messages
trl-dpo                   prompt, chosen and rejected, as messages: one row for each refuted solution
trl-kto                   prompt and completion, as messages, and a label: one row for each solution
trl-stepwise              prompt, completions and labels: the steps of each reasoning
table                     what Parquet files and the Hugging Face directory hold

Rows have their record's `id` where the format allows another column; that is how evidence is joined.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from ..agents.judging.example import asked_with
from ..records import Decision, Evidence, Message, Outcome, Record, Trace
from ..tools.checks import calculations_in
from .faults import Fault

Row = dict[str, Any]
Rows = Callable[[Record], Iterator[Row]]


def alpaca(record: Record) -> Iterator[Row]:
    """Stanford Alpaca's columns, which LLaMA-Factory reads by default."""
    yield {
        "id": record.id,
        "instruction": record.instruction,
        "input": record.input,
        "output": record.output,
    }


def alpaca_pairs(record: Record) -> Iterator[Row]:
    """LLaMA-Factory's ranking data in Alpaca's columns."""
    for rejected in _rejected(record):
        yield {
            "id": record.id,
            "instruction": record.instruction,
            "input": record.input,
            "chosen": record.output,
            "rejected": rejected,
        }


def sharegpt(record: Record) -> Iterator[Row]:
    """ShareGPT's conversations."""
    names = {"system": "system", "user": "human", "assistant": "gpt"}
    yield {
        "id": record.id,
        "conversations": [{"from": names[m.role], "value": m.content} for m in record.messages],
    }


def messages(record: Record) -> Iterator[Row]:
    """OpenAI's chat format for fine-tuning."""
    yield {"messages": _turns(record.messages)}


def conversational(record: Record) -> Iterator[Row]:
    """TRL's conversational language modelling; Axolotl's `chat_template`."""
    yield {"id": record.id, "messages": _turns(record.messages)}


def prompt_completion(record: Record) -> Iterator[Row]:
    """TRL's conversational prompt-completion."""
    yield {"id": record.id, "prompt": _prompt(record), "completion": _reply(record.output)}


def pairs(record: Record) -> Iterator[Row]:
    """TRL's conversational preference with an explicit prompt."""
    for rejected in _rejected(record):
        yield {
            "id": record.id,
            "prompt": _prompt(record),
            "chosen": _reply(record.output),
            "rejected": _reply(rejected),
        }


def unpaired(record: Record) -> Iterator[Row]:
    """TRL's conversational unpaired preference: solutions that were accepted are true, refuted ones false."""
    right = [t.output for t in _same_input(record) if t.verdict.decision is Decision.ACCEPT]
    for output in dict.fromkeys([record.output, *right]):
        yield {"id": record.id, "prompt": _prompt(record), "completion": _reply(output), "label": True}
    for output in _rejected(record):
        yield {"id": record.id, "prompt": _prompt(record), "completion": _reply(output), "label": False}


def stepwise(record: Record) -> Iterator[Row]:
    """TRL's stepwise supervision, of reasonings whose steps the evidence tells right from wrong.

    All steps of an accepted reasoning are true. Of a refuted one, the first step that holds a calculation
    found false is false, those before it are true, and it ends there: of what follows nothing is known. A
    reasoning that is refuted by its answer alone gives no row, for nobody knows which step was wrong.
    """
    if record.answer is None:
        return
    for trace in record.traces:
        steps = [line.strip() for line in trace.output.splitlines() if line.strip()]
        labels = _labels(trace, steps)
        if labels:
            yield {
                "id": record.id,
                "prompt": record.messages[0].content if len(record.messages) == 2 else record.instruction,
                "completions": steps[: len(labels)],
                "labels": labels,
            }


def table(record: Record) -> Iterator[Row]:
    """One row with all that trainers and readers ask for; no value is null."""
    yield {
        "id": record.id,
        "method": record.method,
        "instruction": record.instruction,
        "input": record.input,
        "output": record.output,
        "messages": _turns(record.messages),
        "chosen": record.chosen or "",
        "rejected": record.rejected or "",
        "answer": record.answer.value if record.answer else "",
        "answer_type": record.answer.type.value if record.answer else "",
        "tests": list(record.tests),
        "grade": record.verdict.grade.value if record.verdict.grade else "",
        "risk": record.risk.value,
        "checks": sorted({e.check for e in record.verdict.evidence if e.outcome is Outcome.PASS}),
        "models": sorted(set(record.lineage.models.values())),
        "ancestors": list(record.lineage.ancestors),
    }


ROWS: dict[str, Rows] = {
    "alpaca": alpaca,
    "sharegpt": sharegpt,
    "messages": messages,
    "trl-sft": conversational,
    "trl-prompt-completion": prompt_completion,
    "trl-dpo": pairs,
    "trl-kto": unpaired,
    "trl-stepwise": stepwise,
    "llama-factory": alpaca,
    "llama-factory-dpo": alpaca_pairs,
    "axolotl": conversational,
    "parquet": table,
    "hf": table,
}
EVIDENCE_COLUMN = "evidence"
"""Where it is asked for, a column with the whole record as JSON text."""


def fault_of_row(row: Row, record: Record, own: Rows | None = None) -> Fault | None:
    """What is wrong with a row that says it was made from a record.

    `own` makes the rows of a plug-in's format; the others are known here.
    """
    bare = {name: value for name, value in row.items() if name != EVIDENCE_COLUMN}
    makers = dict.fromkeys(ROWS.values()) if own is None else [own]
    made = [one for rows in makers for one in rows(record)]
    if bare in made:
        return None
    near = [one for one in made if one.keys() == bare.keys()]
    if not near:
        return Fault("other_columns", f"no format makes a row of {', '.join(sorted(bare))} from a record")
    other = [name for name in near[0] if all(one[name] != bare[name] for one in near)]
    shown = ", ".join(other) or "its columns, taken together,"
    return Fault("other_text", f"{shown} of this row do not say what its record says")


def _turns(turns: tuple[Message, ...]) -> list[dict[str, str]]:
    return [{"role": m.role, "content": m.content} for m in turns]


def _prompt(record: Record) -> list[dict[str, str]]:
    return _turns(record.messages[:-1]) or [
        {"role": "user", "content": asked_with(record.instruction, record.input)}
    ]


def _reply(text: str) -> list[dict[str, str]]:
    return [{"role": "assistant", "content": text}]


def _same_input(record: Record) -> list[Trace]:
    return [trace for trace in record.traces if trace.input in ("", record.input)]


def _rejected(record: Record) -> list[str]:
    """The texts that lose against the output: the record's own, and every refuted solution."""
    wrong = [t.output for t in _same_input(record) if t.verdict.decision is Decision.REJECT]
    texts = dict.fromkeys([*([record.rejected] if record.rejected else []), *wrong])
    return [text for text in texts if text != record.output]


def _labels(trace: Trace, steps: list[str]) -> list[bool]:
    if trace.verdict.decision is Decision.ACCEPT:
        return [True] * len(steps)
    false = [text for e in trace.verdict.evidence for text in _false_in(e)]
    if trace.verdict.decision is not Decision.REJECT or not false:
        return []
    for number, step in enumerate(steps):
        written = {_plain(f"{one.left} = {one.right}") for one in calculations_in(step)}
        if written & {_plain(text) for text in false}:
            return [True] * number + [False]
    return []


def _false_in(evidence: Evidence) -> list[str]:
    found = evidence.observed.get("false")
    wrong = evidence.check == "calculations_hold" and evidence.outcome is Outcome.FAIL
    return [str(text) for text in found] if wrong and isinstance(found, list) else []


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", text)
