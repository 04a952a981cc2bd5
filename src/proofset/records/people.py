"""What a person's decision makes of a record: the same wherever it was made, in the browser or in Studio."""

from __future__ import annotations

from typing import Literal

from .derive import record_id, text_sha256
from .evidence import Evidence, EvidenceKind, Outcome
from .record import Message, Record
from .verdict import Verdict

HUMAN_REVIEW = "human_review"
"""The check that a person's decision is."""
HUMAN_EDIT = "human_edit"
"""The operator of what a person wrote in place of a model's text."""


def accepted_by(record: Record, reviewer: str, *, decision: Literal["accept", "edit"] = "accept") -> Record:
    """The record with a person's word as one more piece of evidence: its grade becomes `human` where no
    machine check stands behind it, and stays what machine checks earned otherwise.
    """
    said = _said(reviewer, decision, record.instruction, record.output)
    return record.model_copy(update={"verdict": Verdict.accept([*record.verdict.evidence, said])})


def edited_by(record: Record, reviewer: str, text: str) -> Record:
    """The record with a person's text as its output, chosen over the model's.

    It is another text: the old evidence says nothing of it, so that the person's word is all there is.
    """
    line, content = record.lineage, filter(None, (record.instruction, record.input, text))
    return record.model_copy(
        update={
            "id": record_id(record.method, line.seed, line.slot, line.attempt, "\n".join(content)),
            "output": text,
            "messages": (*record.messages[:-1], Message(role="assistant", content=text)),
            "chosen": text,
            "rejected": record.output,
            "answer": None,
            "tests": (),
            "traces": (),
            "scores": {},
            "lineage": line.model_copy(update={"operators": (*line.operators, HUMAN_EDIT)}),
            "verdict": Verdict.accept([_said(reviewer, "edit", record.instruction, text)]),
        }
    )


def _said(reviewer: str, decision: str, instruction: str, output: str) -> Evidence:
    return Evidence(
        kind=EvidenceKind.HUMAN,
        check=HUMAN_REVIEW,
        claim="a person read the instruction and the output, and would train on them",
        outcome=Outcome.PASS,
        basis=f"human:{reviewer}",
        inputs={"instruction_sha256": text_sha256(instruction), "output_sha256": text_sha256(output)},
        observed={"decision": decision},
    )
