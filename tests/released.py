"""Records for tests of what is released: made here by real checks, small enough to be checked in no time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from proofset.agents.ruling import verdict_of
from proofset.agents.verify_code import fenced
from proofset.records import (
    Answer,
    AnswerType,
    Evidence,
    EvidenceKind,
    Lineage,
    Message,
    Outcome,
    Record,
    Risk,
    Trace,
    Usage,
    Verdict,
    record_id,
    text_sha256,
)
from proofset.records.seal import CHAIN, Manifest, Sealing
from proofset.tools.checks import answer_agrees, calculations_hold, solution_passes_tests
from proofset.tools.sandbox import Sandbox

MODEL = "local:qwen2.5-coder-1.5b"


def made(
    method: str, slot: int, instruction: str, output: str, verdict: Verdict, *, parent: str = "", **more: Any
) -> Record:
    """A record as `record_of` would make it."""
    ancestors: Sequence[str] = more.pop("ancestors", ())
    return Record(
        id=record_id(method, 0, slot, 1, "\n".join((instruction, output))),
        method=method,
        instruction=instruction,
        output=output,
        messages=(Message(role="user", content=instruction), Message(role="assistant", content=output)),
        lineage=Lineage(
            seed=0,
            slot=slot,
            attempt=1,
            parent=parent,
            ancestors=tuple(ancestors),
            models={"solver": MODEL},
            prompts={"solve_code": text_sha256("solve")},
        ),
        risk=more.pop("risk", Risk.VERIFIED),
        verdict=verdict,
        cost=Usage(calls=3, input_tokens=100, output_tokens=20, usd=0.002),
        **more,
    )


async def code_record(slot: int, sandbox: Sandbox, *, wrong: bool = False, **more: Any) -> Record:
    """A function with five asserts that it passes; with a wrong solution beside it, where asked for."""
    name = f"add_{slot}"
    tests = tuple(f"assert {name}({n}) == {n + slot}" for n in range(5))
    instruction = f"Write `{name}(n)`, which returns n plus {slot}."

    async def tried(source: str) -> Trace:
        suite = "\n".join(tests)
        found = await solution_passes_tests(source, suite, name, sandbox, basis=MODEL)
        return Trace(output=fenced(source), basis=MODEL, verdict=verdict_of([found], {}))

    right = await tried(f"def {name}(n):\n    return n + {slot}")
    traces = [right]
    if wrong:
        traces.append(await tried(f"def {name}(n):\n    return n - {slot} - 1"))
        more = {"chosen": right.output, "rejected": traces[1].output, **more}
    return made(
        "verified_code",
        slot,
        instruction,
        right.output,
        right.verdict,
        tests=tests,
        traces=tuple(traces),
        **more,
    )


async def math_record(slot: int, sandbox: Sandbox, *, false_step: bool = False, **more: Any) -> Record:
    """A product with its reasoning in two steps; with one whose second step is false, where asked for."""
    answer = Answer(type=AnswerType.INTEGER, value=str(slot * 12 + 5))
    instruction = f"There are {slot} boxes of 12 and 5 more. How many is that?"

    async def reasoned(total: int) -> Trace:
        reasoning = f"The boxes hold {slot} * 12 = {slot * 12}.\nWith the others: {slot * 12} + 5 = {total}."
        held = await calculations_hold(reasoning, sandbox, basis=MODEL)
        agrees = await answer_agrees(str(total), answer, sandbox, basis=MODEL)
        assert held is not None
        output = f"{reasoning}\n\nAnswer: {total}"
        return Trace(output=output, basis=MODEL, verdict=verdict_of([held, agrees], {}))

    right = await reasoned(slot * 12 + 5)
    traces = [right, *([await reasoned(slot * 12 + 6)] if false_step else [])]
    rejected = {"chosen": right.output, "rejected": traces[1].output} if false_step else {}
    return made(
        "verified_math",
        slot,
        instruction,
        right.output,
        right.verdict,
        answer=answer,
        traces=tuple(traces),
        **rejected,
        **more,
    )


def judged_record(slot: int, **more: Any) -> Record:
    """A text that a judge alone has read; a canary of its was kept by the judge in every fifth slot."""
    instruction, output = f"Write a line about the colour number {slot}.", f"Colour {slot} is a quiet one."
    opinion = Evidence(
        kind=EvidenceKind.JUDGE,
        check="judge_opinion",
        claim="the judge scores clarity, quality and diversity at least 3",
        outcome=Outcome.PASS,
        basis="openai:judge",
        inputs={
            "instruction_sha256": text_sha256(instruction),
            "response_sha256": text_sha256(output),
            "prompt": "judge",
            "minimum": 3,
        },
        observed={"canary": {"kind": "empty", "outcome": "caught"}},
    )
    given: dict[str, Any] = {"risk": Risk.STYLE, "scores": {"quality": 4.0}, **more}
    return made("self_instruct", slot, instruction, output, Verdict.accept([opinion]), **given)


def write(path: Path, records: Iterable[Record]) -> Path:
    """A file of records with its manifest and chain beside it; nothing else has a place there."""
    sealing, chain = Sealing(path.name, "records"), ""
    text = "".join(record.model_dump_json() + "\n" for record in records)
    sealing.raw(text.encode())
    for line in text.splitlines():
        chain += sealing.row(json.loads(line)["id"], json.loads(line))
    path.write_text(text)
    path.with_name(path.name + CHAIN).write_text(chain)
    (path.parent / "manifest.json").write_text(Manifest(files=(sealing.seal(),)).model_dump_json())
    return path


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The rows of a JSONL file."""
    return [json.loads(line) for line in path.read_text().splitlines()]
