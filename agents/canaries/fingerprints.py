"""Fingerprints: hashes by which a canary is known without its text, so that none is ever exported."""

from __future__ import annotations

from ...records import Record, text_sha256
from ...tools.instructions import code_in


def of_code(instruction: str, source: str) -> str:
    """Of a program, whatever stands around it, as the answer to an instruction."""
    return text_sha256(f"code\x00{instruction.strip()}\x00{source.strip()}")


def of_answer(problem: str, answer: str) -> str:
    """Of a problem with an answer."""
    return text_sha256(f"answer\x00{problem}\x00{answer.strip()}")


def of_output(instruction: str, output: str) -> str:
    """Of a whole response to an instruction."""
    return text_sha256(f"output\x00{instruction.strip()}\x00{output.strip()}")


def fingerprints_of(record: Record) -> frozenset[str]:
    """All by which a record could be a canary; its solutions that were refuted are none of its own."""
    asked = record.instruction if not record.input else f"{record.instruction}\n\n{record.input}"
    found = {of_output(asked, record.output)}
    if code := code_in(record.output):
        found.add(of_code(asked, code))
    if record.answer is not None:
        found.add(of_answer(record.instruction, record.answer.value))
    return frozenset(found)
