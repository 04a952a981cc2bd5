"""`proofset check answers` and the calls behind it: files in and out, bad lines, evidence that runs again."""

from __future__ import annotations

import asyncio
import io
import json
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from test_cli import error_of, proofset

import proofset as public
from proofset.errors import ProofsetError, UsageError
from proofset.records import Decision, Evidence
from proofset.records.lines import MAX_LINE_BYTES
from proofset.tools.checks import (
    AnswerRow,
    BadLine,
    Line,
    Ruled,
    Ruling,
    check_answer_rows,
    check_file,
    read_lines,
    rerun,
)
from proofset.tools.checks.rows import WINDOW_ROWS
from proofset.tools.sandbox import Sandbox, open_sandbox

ROWS: list[dict[str, Any]] = [
    {"id": "a", "gold": "\\frac{1}{2}", "answer": "The answer is 50%.", "more": [1]},
    {"id": 2, "problem": "How many cm?", "gold": "5", "answer": "5 cm", "type": None},
    {"id": "c", "problem": None, "gold": "5", "answer": "6", "type": "integer"},
    {"id": "d", "gold": "5 cm", "answer": "5"},
    {"id": "e", "gold": "5", "answer": "5" * 1_000_000},
    {"id": "f", "gold": "5", "answer": "9**9**9**9"},
    {"id": "g", "gold": "x", "answer": "\ud800\u0000"},
    {"id": "h", "gold": "", "answer": "", "type": "integer"},
    {"id": "i", "gold": "{1, 2}", "answer": "\\boxed{2, 1}", "type": "set"},
]
VERDICTS = ["accept", "accept", "reject", "abstain", "abstain", "abstain", "abstain", "abstain", "accept"]


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def write(path: Path, rows: Sequence[object]) -> Path:
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows))
    return path


async def test_rulings_stand_in_the_order_of_the_rows_and_run_again(sandbox: Sandbox) -> None:
    rulings = await public.acheck_answers(ROWS, sandbox=sandbox)
    assert [ruling.verdict.value for ruling in rulings] == VERDICTS
    assert [ruling.id for ruling in rulings] == [row["id"] for row in ROWS]
    for ruling in rulings:
        (evidence,) = ruling.evidence
        assert ruling.reason == evidence.observed["detail"]
        stored = Evidence.model_validate_json(evidence.model_dump_json())
        assert await rerun(stored, sandbox) == evidence


async def test_evidence_that_cannot_run_again_says_why(sandbox: Sandbox) -> None:
    (ruling,) = await public.acheck_answers(ROWS[:1], sandbox=sandbox)
    (evidence,) = ruling.evidence
    for name, value, message in (("gold", 5, "'gold' is missing"), ("type", "number", "type 'number'")):
        broken = evidence.model_copy(update={"inputs": {**evidence.inputs, name: value}})
        with pytest.raises(ProofsetError, match=message):
            await rerun(broken, sandbox)


def test_the_call_works_in_a_thread_and_beside_a_running_loop(needs_sandbox: None) -> None:
    found: list[Decision] = []

    def call() -> None:
        found.extend(ruling.verdict for ruling in public.check_answers(ROWS[:1]))

    async def beside() -> None:
        call()

    thread = threading.Thread(target=call)
    thread.start()
    thread.join()
    asyncio.run(beside())
    assert found == [Decision.ACCEPT, Decision.ACCEPT]


def test_a_row_without_a_field_is_named() -> None:
    with pytest.raises(UsageError, match="row 2: answer: Field required"):
        public.check_answers([ROWS[0], {"id": 1, "gold": "5"}])


def test_the_command_writes_a_ruling_for_each_row(tmp_path: Path, needs_sandbox: None) -> None:
    source, out = write(tmp_path / "in.jsonl", ROWS), tmp_path / "out.jsonl"
    done = proofset("check", "answers", source, "--out", out)
    assert done.returncode == 0, done.stderr
    assert "3 accept, 1 reject, 5 abstain" in done.stdout
    written = lines_of(out)
    assert [row["verdict"] for row in written] == VERDICTS
    assert [row["id"] for row in written] == [row["id"] for row in ROWS]
    assert set(written[0]) == {"id", "verdict", "reason", "evidence"}
    assert names_in(tmp_path) == ["in.jsonl", "out.jsonl"]
    again = tmp_path / "again.jsonl"
    assert proofset("check", "answers", source, "--out", again).returncode == 0
    assert again.read_bytes() == out.read_bytes()


def test_bad_lines_are_named_and_cost_no_other(tmp_path: Path, needs_sandbox: None) -> None:
    bad = ["no json", "[1]", json.dumps({"id": "x", "gold": "5"}), json.dumps({**ROWS[2], "type": "number"})]
    source, out = write(tmp_path / "in.jsonl", [bad[0], ROWS[0], "", *bad[1:], ROWS[2]]), tmp_path / "o.jsonl"
    done = proofset("check", "answers", source, "--out", out, "--json")
    assert done.returncode == 1
    said = [line for line in done.stderr.splitlines() if line]
    assert [line.split(": ")[1].rpartition(" ")[2] for line in said] == ["1", "4", "5", "6"]
    assert all(line.startswith("error: ") and "Traceback" not in line for line in said)
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert [event.get("id") for event in events] == ["a", "c", None]
    assert events[-1] == {
        "event": "summary", "accept": 1, "reject": 1, "abstain": 0, "unreadable": 4, "out": str(out),
    }  # fmt: skip
    assert [row["id"] for row in lines_of(out)] == ["a", "c"]


def test_wrong_usage_is_one_line_and_writes_nothing(tmp_path: Path) -> None:
    source = write(tmp_path / "in.jsonl", ROWS[:1])
    before = source.read_bytes()
    for arguments, message in (
        ((tmp_path / "none.jsonl", "--out", tmp_path / "o"), "cannot read it"),
        ((tmp_path, "--out", tmp_path / "o"), "cannot read it"),
        ((source, "--out", source), "not the input"),
        ((source, "--out", tmp_path), "no directory"),
        ((source, "--out", tmp_path / "no" / "o"), "cannot write it"),
    ):
        assert message in error_of(proofset("check", "answers", *arguments), 2)
    assert "--out" in error_of(proofset("check", "answers", source), 2)
    assert source.read_bytes() == before
    assert list(tmp_path.iterdir()) == [source]


async def test_an_output_stays_as_it_was_when_the_check_fails(tmp_path: Path, sandbox: Sandbox) -> None:
    source, out = write(tmp_path / "in.jsonl", ROWS[:1]), tmp_path / "out.jsonl"
    out.write_text("precious")

    async def fails(rows: Sequence[AnswerRow], opened: Sandbox) -> Sequence[Ruling]:
        raise ProofsetError("no")

    async def opened() -> Sandbox:
        return await asyncio.to_thread(open_sandbox)

    with pytest.raises(ProofsetError, match="no"):
        await check_file(source, out, AnswerRow, fails, opened, lambda line: None)
    assert out.read_text() == "precious"
    assert names_in(tmp_path) == ["in.jsonl", "out.jsonl"]


async def test_rows_are_held_in_windows(tmp_path: Path, needs_sandbox: None) -> None:
    many = [{"id": k, "gold": "5", "answer": str(k)} for k in range(2 * WINDOW_ROWS + 3)]
    source, out = write(tmp_path / "in.jsonl", many), tmp_path / "out.jsonl"
    sizes: list[int] = []
    told: list[int] = []

    async def counted(rows: Sequence[AnswerRow], opened: Sandbox) -> Sequence[Ruling]:
        sizes.append(len(rows))
        return await check_answer_rows(rows, opened)

    async def opened() -> Sandbox:
        return await asyncio.to_thread(open_sandbox)

    def tell(line: Ruled | BadLine) -> None:
        told.append(line.number)

    totals = await check_file(source, out, AnswerRow, counted, opened, tell)
    assert sizes == [WINDOW_ROWS, WINDOW_ROWS, 3]
    assert told == list(range(1, len(many) + 1))
    assert totals.verdicts[Decision.ACCEPT] == 1 and totals.verdicts[Decision.REJECT] == len(many) - 1


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"\xff\xfe", "no UTF-8 at byte 0"),
        (b"{" * 100_000, "no JSON"),
        (b"[" * 100_000, "no JSON that can be read"),
        (b'{"id": ' + b"9" * 10_000 + b"}", "no JSON that can be read"),
        (b'"text"', "a JSON str where an object belongs"),
        (b'{"id": 1.5, "gold": "5", "answer": "5"}', "id: "),
        (b'{"id": true, "gold": "5", "answer": "5"}', "id: "),
        (b'{"id": 1, "gold": 5, "answer": "5"}', "gold: "),
        (b" " * (MAX_LINE_BYTES + 5), "longer than 8 MiB"),
    ],
)
def test_what_is_wrong_with_a_line(raw: bytes, reason: str) -> None:
    good = json.dumps(ROWS[0]).encode()
    found = list(read_lines(io.BytesIO(raw + b"\n\n" + good), AnswerRow))
    assert isinstance(found[0], BadLine) and found[0].number == 1 and reason in found[0].reason
    assert isinstance(found[1], Line) and found[1].number == 3 and found[1].row.id == "a"
