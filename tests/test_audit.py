"""`proofset audit`: wrong candidates before the verifiers; counted, stated, gated, and never exported."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from released import code_record, judged_record, rows_of, write
from scripted_code import replies as code_replies
from scripted_math import replies as math_replies

import proofset
from proofset.agents.canaries import Wrong, fingerprints_of
from proofset.cli import cli
from proofset.models.scripted import ScriptedChat
from proofset.records import Decision, HowKnown, Known, Record, rng
from proofset.release.audit import Canary, canaries_of
from proofset.release.audit import canaries as making
from proofset.release.audit.running import Tried, counted
from proofset.tools.sandbox import Sandbox

MATH_KINDS = {"wrong_answer", "wrong_program", "wrong_reasoning", "other_numbers", "left_open"}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory, shared_sandbox: Sandbox) -> dict[str, Path]:
    """A run of each graph that has hard verifiers."""
    out = tmp_path_factory.mktemp("runs")

    async def make() -> None:
        for name, respond in (("code", code_replies()), ("math", math_replies())):
            await proofset.arun(f"verified_{name}", n=2, model=ScriptedChat(respond=respond), out=out / name)

    asyncio.run(make())
    return {name: out / name for name in ("code", "math")}


def records(run: Path) -> list[Record]:
    return [Record.model_validate(row) for row in rows_of(run / "records.jsonl")]


def invoke(*args: object) -> Result:
    return CliRunner().invoke(cli, [*map(str, args)])


async def drawn(record: Record, sandbox: Sandbox, limit: int = 8) -> list[Canary]:
    found = []
    async for canary in canaries_of(record, rng("test", record.id), sandbox):
        found.append(canary)
        if len(found) == limit:
            break
    return found


def test_canaries_of_every_kind_are_refused_and_the_right_ones_are_not(
    runs: dict[str, Path], shared_sandbox: Sandbox
) -> None:
    async def go() -> Counter[str]:
        kinds: Counter[str] = Counter()
        for run in runs.values():
            record = records(run)[0]
            for canary in await drawn(record, shared_sandbox):
                kinds[canary.kind] += 1
                assert await canary.ruled(shared_sandbox) is not Decision.ACCEPT, canary
                assert canary.fingerprint not in fingerprints_of(record)
        return kinds

    kinds = asyncio.run(go())
    assert kinds.keys() == {"mutant", *MATH_KINDS}


def test_what_is_right_is_accepted_by_the_same_way_in(runs: dict[str, Path], shared_sandbox: Sandbox) -> None:
    """A verifier that refuses all would show no false accept: unchanged, the candidates must be accepted."""
    record = records(runs["math"])[0]
    posed = making._posed(record)
    assert posed is not None
    known = Known(by=HowKnown.UNEQUAL)
    unchanged = Wrong("none", "", known, "", posed)
    reasoned = Wrong("none", "", known, "", posed, response=record.output)

    async def ruled() -> list[Decision]:
        return [await making._verify_math(record, one)(shared_sandbox) for one in (unchanged, reasoned)]

    assert asyncio.run(ruled()) == [Decision.ACCEPT] * 2


def test_a_verifier_that_accepts_all_is_told_and_gates_the_export(
    runs: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def accept(*args: Any, **options: Any) -> Any:
        class Accepted:
            decision = Decision.ACCEPT

        return Accepted()

    run = runs["code"]
    monkeypatch.setattr(making, "check_code", accept)
    result = invoke("audit", run, "--n", 5)
    assert result.exit_code == 0, result.exception
    assert "accepted 5 of 5 canaries" in result.stdout
    assert result.stderr.count("accepted: mutant of verified_code-") == 5
    refused = invoke("export", run, "--format", "alpaca", "--out", tmp_path / "a", "--max-far", "0.5")
    assert "check_code accepted 5 of 5 canaries" in str(refused.exception)
    assert getattr(refused.exception, "exit_code", None) == 1
    assert not (tmp_path / "a").exists()
    (run / "audit.json").unlink()


def test_the_card_states_the_audit_and_the_gate_opens(runs: dict[str, Path], tmp_path: Path) -> None:
    run, out = runs["code"], tmp_path / "out"
    refused = invoke("export", run, "--format", "alpaca", "--out", out, "--max-far", "0.5")
    assert "it was not audited" in str(refused.exception)
    result = invoke("audit", run, "--n", 6, "--json")
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["event"] for line in lines] == ["canary"] * 6 + ["summary"]
    assert invoke("export", run, "--format", "alpaca", "--out", out, "--max-far", "0.5").exit_code == 0
    (_, row) = json.loads((out / "card.json").read_text())["canaries"]
    assert (row["verifier"], row["canaries"], row["false_accepts"]) == ("check_code", 6, 0)
    assert row["bound_95"] == pytest.approx(1 - 0.05 ** (1 / 6))
    assert "| check\\_code | 6 | 0 | 39.30% |" in (out / "README.md").read_text()
    # Six canaries without a false accept show no less than two in five.
    assert invoke("export", run, "--format", "hf", "--out", tmp_path / "b", "--max-far", "0.3").exit_code == 1
    assert "accept what is wrong was not measured" not in (out / "README.md").read_text()


def test_the_same_seed_draws_the_same_canaries(runs: dict[str, Path]) -> None:
    found = []
    for seed in (0, 0, 1):
        assert invoke("audit", runs["code"], "--n", 5, "--seed", seed).exit_code == 0
        found.append((runs["code"] / "audit.json").read_text())
    assert found[0] == found[1] != found[2]


@pytest.mark.parametrize("name", ["code", "math"])
def test_no_canary_can_be_exported(name: str, runs: dict[str, Path], tmp_path: Path) -> None:
    """Whoever puts one among the records is refused, whatever its verdict; and none is kept anywhere."""
    run = runs[name]
    before = {path: path.read_bytes() for path in run.iterdir() if path.suffix in (".jsonl", ".chain")}
    assert invoke("audit", run, "--n", 5).exit_code == 0
    assert all(path.read_bytes() == data for path, data in before.items())
    audited = json.loads((run / "audit.json").read_text())
    fingerprints = {tried["fingerprint"] for tried in audited["canaries"]}
    assert all(not fingerprints & fingerprints_of(record) for record in records(run))
    data = tmp_path / "data"
    data.mkdir()
    kept = records(run)
    (data / "audit.json").write_text((run / "audit.json").read_text())
    for number, canary in enumerate(smuggled(kept, fingerprints, run)):
        write(data / "records.jsonl", [*kept, canary])
        out = tmp_path / f"out{number}"
        result = invoke("export", data / "records.jsonl", "--format", "trl-sft", "--out", out)
        assert "is a canary of its audit" in str(result.exception)
        assert not out.exists()


def smuggled(kept: list[Record], fingerprints: set[str], run: Path) -> list[Record]:
    """Records whose content is that of canaries of the audit."""

    async def all_canaries() -> list[Record]:
        found = []
        for record in kept:
            for changed in variants(record):
                if fingerprints & fingerprints_of(changed):
                    found.append(changed)
        return found

    found = asyncio.run(all_canaries())
    assert found, f"no canary of {run} could be told again"
    return found


def variants(record: Record) -> list[Record]:
    """The record with another answer, or with each mutant of its code."""
    from proofset.agents.verify_code import fenced
    from proofset.tools.instructions import code_in
    from proofset.tools.programs.mutants import mutants_of

    new_id = {"id": f"{record.method}-{'0' * 16}"}
    if record.answer is not None:
        value = record.answer.value
        answers = [str(int(value) + step) for step in range(-20, 21)] + [f"{n}" for n in range(400)]
        # The first run of digits alone is another one; in a whole number that is all of it.
        return [
            record.model_copy(update={**new_id, "answer": record.answer.model_copy(update={"value": other})})
            for other in answers
            if other != value
        ]
    return [
        record.model_copy(update={**new_id, "output": fenced(mutant.source)})
        for mutant in mutants_of(code_in(record.output), limit=500)
    ]


def test_records_that_give_none_are_told(tmp_path: Path, shared_sandbox: Sandbox) -> None:
    data = write(tmp_path / "records.jsonl", [judged_record(1)])
    result = invoke("audit", data, "--n", 3)
    assert "none of its 1 records gives a canary" in str(result.exception)
    assert not (tmp_path / "audit.json").exists()


async def test_a_change_that_changes_nothing_is_no_canary(sandbox: Sandbox) -> None:
    record = await code_record(3, sandbox)
    found = await drawn(record, sandbox, 20)
    assert found
    assert all(canary.kind == "mutant" for canary in found)
    assert [await canary.ruled(sandbox) for canary in found] == [Decision.REJECT] * len(found)


def test_counts_by_verifier_and_kind() -> None:
    tried = [
        Tried(
            source="audit",
            verifier="v",
            kind=kind,
            record="r",
            told="",
            known=Known(by=HowKnown.UNEQUAL),
            fingerprint=f"{n}",
            decision=decision,
        )
        for n, (kind, decision) in enumerate(
            [("a", Decision.ACCEPT), ("a", Decision.REJECT), ("b", Decision.ABSTAIN)]
        )
    ]
    (one,) = counted(tried)
    assert (one.canaries, one.false_accepts, one.abstained) == (3, 1, 1)
    assert {kind: counts.false_accepts for kind, counts in one.kinds.items()} == {"a": 1, "b": 0}
