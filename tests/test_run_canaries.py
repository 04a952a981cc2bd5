"""Canaries of a run: blind, between the others, exact after any kill, counted, and never in a data set."""

from __future__ import annotations

import asyncio
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from engine_child import CANARY_SHARE, fate, run_child
from kept_files import records, rejections
from pydantic import ValidationError
from released import rows_of
from scripted_code import replies as code_replies
from scripted_file import AGENTS, SETTINGS, files, scripted_order
from scripted_instruct import KEPT, write_instruct_script
from scripted_math import TrustingVerifier, always
from scripted_math import replies as math_replies
from watching_agents import Asking, FailsTheSecondTime, SettlesByItself, Watching

import proofset
from proofset.agents.canaries import fingerprints_of
from proofset.cli import cli
from proofset.engine import Order, Summary, execute, order, resumed
from proofset.engine.rundir import open_ledger
from proofset.engine.yields import report_on
from proofset.errors import ProofsetError
from proofset.memory import Admission
from proofset.models.scripted import ScriptedChat
from proofset.records import Decision, Record, Rejection, RunCanary
from proofset.release import Order as Exporting
from proofset.release import export
from proofset.release.audit import read_audit
from proofset.release.tallying import judge_canaries

pytestmark = pytest.mark.usefixtures("scripted_run")
HERE = Path(__file__).parent
ALL: dict[str, Any] = {"canary_share": 1.0}
NONE: dict[str, Any] = {"canary_share": 0.0}
N = 12


async def go(out: Path, graph: str = "verified_math", respond: Any = None, **options: Any) -> Summary:
    chat = ScriptedChat(respond=respond or math_replies())
    given: dict[str, Any] = {"n": 4, "agents": {"verifier": TrustingVerifier()}, "settings": ALL, **options}
    return await proofset.arun(graph, model=chat, out=out, **given)


def canaries(out: Path) -> list[RunCanary]:
    path = out / "canaries.jsonl"
    return [RunCanary.model_validate(row) for row in rows_of(path)] if path.exists() else []


def invoke(*args: object) -> Result:
    return CliRunner().invoke(cli, [*map(str, args)])


async def invoked(*args: object) -> Result:
    """Of a verb that opens an event loop of its own."""
    return await asyncio.to_thread(invoke, *args)


async def test_the_verifier_cannot_tell_a_canary(tmp_path: Path) -> None:
    """The same node, states of the same keys, types, slots and origins, the same context."""
    watching = Watching()
    await go(tmp_path / "run", agents={"verifier": watching})
    assert len(canaries(tmp_path / "run")) == 4
    assert len(watching.shown) == 8
    for slot in range(4):
        real, wrong = (state for state in watching.shown if state["slot"] == slot)
        assert real.keys() == wrong.keys()
        assert [type(value) for value in real.values()] == [type(value) for value in wrong.values()]
        assert (real["slot"], real["seed"]) == (wrong["slot"], wrong["seed"])
        assert real["proposal"].origin == wrong["proposal"].origin
        assert {one.basis for one in real["solutions"]} >= {one.basis for one in wrong["solutions"]}
        assert real != wrong
        assert "canar" not in repr(wrong).lower() and "wrong" not in repr(wrong).lower()
    assert all(context == watching.contexts[0] for context in watching.contexts)


@pytest.mark.parametrize("graph", ["verified_math", "verified_code"])
async def test_what_is_kept_is_the_same_with_canaries_and_without(graph: str, tmp_path: Path) -> None:
    """With the real verifier: no record, rejection, count, cost or id hangs on a canary."""
    respond = (math_replies if graph == "verified_math" else code_replies)(
        lambda slot, attempt: "malformed" if slot == 1 and attempt == 1 else "good"
    )
    made = {}
    for name, settings in (("with", ALL), ("without", NONE)):
        made[name] = await go(tmp_path / name, graph, respond, agents={}, settings=settings, n=3)
    assert files(tmp_path / "with") == files(tmp_path / "without")
    one, other = (made[name] for name in ("with", "without"))
    assert (one.funnel, one.reasons, one.usage) == (other.funnel, other.reasons, other.usage)
    assert (one.canaries, one.false_accepts) == (3, ()) and other.canaries == 0
    assert not (tmp_path / "without" / "canaries.jsonl").exists()
    found = canaries(tmp_path / "with")
    assert {canary.verifier for canary in found} <= {"verify_math", "check_code"}
    for canary in found:
        assert canary.decision is not Decision.ACCEPT
        assert canary.known.shown and canary.wrong and canary.verdict is not None


def test_a_false_accept_is_told_in_one_line_with_its_evidence_and_gates(tmp_path: Path) -> None:
    out = tmp_path / "run"
    scripted = scripted_order(tmp_path / "script", out, 4, always("good"), settings={**SETTINGS, **ALL})
    (tmp_path / "config.yaml").write_text(json.dumps(scripted.config.model_dump(mode="json")))
    done = invoke("run", "verified_math", "--config", tmp_path / "config.yaml", "--out", out)
    assert done.exception is None, done.output
    (line,) = [line for line in done.stdout.splitlines() if "THE VERIFIER ACCEPTED" in line]
    assert "ACCEPTED 4 of 4 known-wrong candidates" in line and str(out / "canaries.jsonl") in line
    found = canaries(out)
    assert [canary.slot for canary in found] == [0, 1, 2, 3]
    for canary in found:
        assert canary.passed and canary.verdict is not None and canary.verdict.accepted
        assert canary.verdict.evidence and canary.wrong["proposal"]
        assert canary.verifier == AGENTS["verifier"]
    shown = json.loads(invoke("report", out, "--json").stdout)["canaries"]
    assert sum(one["false_accepts"] for one in shown) == sum(one["canaries"] for one in shown) == 4
    refused = invoke("export", out, "--format", "alpaca", "--out", tmp_path / "a", "--max-far", "0.5")
    assert "accepted 4 of 4 canaries" in str(refused.exception) and not (tmp_path / "a").exists()


def test_a_canary_is_no_record_and_admission_takes_none() -> None:
    fields = set(RunCanary.model_fields)
    assert not fields & {"instruction", "output", "messages", "chosen", "rejected", "prompt", "completion"}
    for made in (Record, Rejection):
        with pytest.raises(ValidationError):
            made.model_validate(CANARY.model_dump(mode="json"))


CANARY = RunCanary.model_validate(
    {
        "slot": 0,
        "number": 0,
        "verifier": "v",
        "kind": "mutant",
        "told": "t",
        "known": {"by": "unequal", "shown": "1, where 2 is right"},
        "fingerprint": "f",
        "decision": "accept",
    }
)


async def test_admission_refuses_a_canary_by_its_type() -> None:
    memory = Admission(threshold=0.7, window=1)
    with pytest.raises(TypeError, match="settled with a Record, not with a RunCanary"):
        await memory.settle(0, CANARY, [], attempts=1)  # type: ignore[arg-type]
    assert memory.kept == 0


async def test_a_verifier_that_would_have_a_canary_kept_can_not(tmp_path: Path) -> None:
    out, without = tmp_path / "run", tmp_path / "without"
    await go(out, agents={"verifier": SettlesByItself()})
    await go(without, settings=NONE)
    assert files(out) == files(without)
    assert {canary.decision for canary in canaries(out)} == {Decision.ABSTAIN}
    assert all("settles nothing" in canary.verdict.reason for canary in canaries(out) if canary.verdict)


async def test_a_verifier_that_fails_on_a_canary_leaves_its_slot_alone(tmp_path: Path) -> None:
    out, without = tmp_path / "run", tmp_path / "without"
    await go(out, agents={"verifier": FailsTheSecondTime()})
    await go(without, settings=NONE)
    assert files(out) == files(without)
    assert [canary.verdict.code for canary in canaries(out) if canary.verdict] == ["raised"] * 4


async def test_calls_of_a_verifier_on_canaries_are_counted_apart(tmp_path: Path) -> None:
    def respond(call: Any, prompt: str) -> str:
        return '{"facts": false}' if call.role == "verifier" else math_replies()(call, prompt)

    out, without = tmp_path / "run", tmp_path / "without"
    summary = await go(out, respond=respond, agents={"verifier": Asking()})
    plain = await go(without, respond=respond, agents={"verifier": Asking()}, settings=NONE)
    assert files(out) == files(without)
    # A problem that was not changed is asked about with the same words: the journal has that answer.
    asked = Counter(row[0] for row in sql(out, "select role from requests"))
    assert asked["verifier"] == 4
    assert summary.usage.calls == plain.usage.calls + asked["verifier (canary)"]
    by, other = report_on(out).by, report_on(without).by
    assert asked["verifier (canary)"] > 0 and "verifier (canary)" in by["role"]
    for part in ("operator", "topic", "seed"):
        assert {name: one.as_json() for name, one in by[part].items()} == {
            name: one.as_json() for name, one in other[part].items()
        }


def sql(out: Path, query: str, *values: object) -> list[Any]:
    with closing(sqlite3.connect(out / "ledger.db")) as ledger, ledger:
        return ledger.execute(query, values).fetchall()


@pytest.mark.parametrize(
    ("given", "made"), [({"canaries": 6}, 6), ({"canary_share": 2.0}, 4), ({"canaries": 0}, 0)]
)
async def test_how_many_is_set(given: dict[str, Any], made: int, tmp_path: Path) -> None:
    summary = await go(tmp_path / "run", n=2, settings={"canary_share": 0.3, **given})
    assert summary.canaries == len(canaries(tmp_path / "run")) == made


async def test_slots_are_drawn_by_the_seed(tmp_path: Path) -> None:
    drawn = []
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        await go(tmp_path / name, n=12, seed=seed, settings={"canary_share": 0.5})
        drawn.append([canary.slot for canary in canaries(tmp_path / name)])
    assert drawn[0] == drawn[1] != drawn[2]
    assert 2 < len(drawn[0]) < 10


@pytest.mark.parametrize(
    ("option", "settings"),
    [
        ("300", {"canaries": 300}),
        ("0.1", {"canaries": None, "canary_share": 0.1}),
        ("0", {"canaries": None, "canary_share": 0.0}),
    ],
)
def test_the_option_is_a_number_or_a_share(option: str, settings: dict[str, Any]) -> None:
    from proofset.cli.run_options import _canaries

    assert _canaries(option) == settings


def test_another_option_is_refused_in_one_line(tmp_path: Path) -> None:
    result = invoke("run", "verified_math", "--n", 1, "--canaries", "many", "--out", tmp_path / "run")
    assert "--canaries many: give a number, such as 300, or a share, such as 0.1" in str(result.exception)


# --- Never in a data set, whatever is killed ---


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that nobody killed, of which every candidate was made wrong, too."""
    out = tmp_path_factory.mktemp("whole") / "run"
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv(CANARY_SHARE, "1")
        assert run_child(out, N, "run").wait(300) == 0
    return out


@pytest.mark.parametrize(
    "commit", sorted(random.Random(11).randrange(first, first + 18) for first in (6, 24, 42))
)
def test_after_kill_9_the_canaries_are_the_same_and_none_is_in_the_data(
    commit: int, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed in the middle of a commit, which may be that of a canary. The verifier accepts every canary."""
    monkeypatch.setenv(CANARY_SHARE, "1")
    killed = tmp_path / "killed"
    while (ended := run_child(killed, N, f"commit:{commit}").wait(300)) == 0:
        # What comes at once is committed at once: it had fewer commits than that.
        shutil.rmtree(killed)
        commit //= 2
    assert ended == -signal.SIGKILL
    assert run_child(killed, N, "resume").wait(300) == 0
    assert files(killed) == files(whole)
    assert (killed / "canaries.jsonl").read_bytes() == (whole / "canaries.jsonl").read_bytes()
    assert len(canaries(killed)) > 8 and all(canary.passed for canary in canaries(killed))
    nothing_of_a_canary_is_in(killed, tmp_path / "export")


def nothing_of_a_canary_is_in(run: Path, out: Path) -> None:
    """Neither in its files nor in an export, by fingerprint or by any text that a canary has alone."""
    found, kept, refused = canaries(run), records(run), rejections(run)
    wrong = {canary.fingerprint for canary in found}
    assert found and kept and not any(wrong & fingerprints_of(record) for record in kept)
    right = {(record.instruction, record.answer.value) for record in kept if record.answer}
    for canary in found:
        proposal: Any = canary.wrong["proposal"]
        told = (proposal["problem"], proposal["answer"]["value"])
        assert told not in right or canary.kind == "wrong_reasoning"
    assert not any(rejection.stage == "verifier" for rejection in refused)
    before = {path.name: path.read_bytes() for path in run.glob("*.jsonl")}
    done = export(Exporting(run, out, "trl-sft"))
    assert done.records == len(kept)
    exported = "".join(path.read_text() for path in out.rglob("*.jsonl"))
    for canary in found:
        for text in texts_of_alone(canary, before["records.jsonl"].decode()):
            assert text not in exported
    assert before == {path.name: path.read_bytes() for path in run.glob("*.jsonl")}


def texts_of_alone(canary: RunCanary, kept: str) -> list[str]:
    """Texts that its candidate has, and that no record has."""
    problem = canary.wrong["proposal"]["problem"]  # type: ignore[index,call-overload]
    solutions: Any = canary.wrong["solutions"]
    texts = [problem, *(one["reasoning"] for one in solutions if one["reasoning"])]
    return [text for text in texts if json.dumps(text)[1:-1] not in kept]


def made(tmp_path: Path, name: str, **options: Any) -> Order:
    given = {"settings": {**SETTINGS, **ALL}, **options}
    return scripted_order(tmp_path / "script.jsonl", tmp_path / name, N, fate, **given)


async def test_with_workers_and_in_a_replay_they_are_the_same(tmp_path: Path) -> None:
    await execute(made(tmp_path, "alone"), lambda event: None)
    await execute(made(tmp_path, "shared", workers=2), lambda event: None)
    replay = order("verified_math", n=N, model=f"scripted:{tmp_path / 'alone'}", out=tmp_path / "again")
    await execute(replay, lambda event: None)
    for name in ("shared", "again"):
        assert files(tmp_path / name) == files(tmp_path / "alone")
        same = [(tmp_path / each / "canaries.jsonl").read_bytes() for each in (name, "alone")]
        assert same[0] == same[1]
        nothing_of_a_canary_is_in(tmp_path / name, tmp_path / f"export-{name}")


@pytest.mark.parametrize("after", random.Random(5).sample(range(1, 10), 1))
def test_an_owner_of_workers_that_is_killed_has_the_same_canaries(after: int, tmp_path: Path) -> None:
    asyncio.run(execute(made(tmp_path, "alone"), lambda event: None))
    config = made(tmp_path, "run", workers=2).config
    (tmp_path / "config.yaml").write_text(json.dumps(config.model_dump(mode="json", exclude={"chroma"})))
    command = [sys.executable, "-m", "proofset", "run", "verified_math", "--json"]
    paths = ["--out", str(tmp_path / "run"), "--config", str(tmp_path / "config.yaml")]
    settled = 0
    with subprocess.Popen([*command, *paths], stdout=subprocess.PIPE, text=True, cwd=HERE) as owner:
        assert owner.stdout is not None
        for line in owner.stdout:
            settled += json.loads(line)["event"] == "slot_done"
            if settled == after:
                break
        os.kill(owner.pid, signal.SIGKILL)
    asyncio.run(execute(resumed(tmp_path / "run"), lambda event: None))
    assert files(tmp_path / "run") == files(tmp_path / "alone")
    assert canaries(tmp_path / "run") == canaries(tmp_path / "alone")
    nothing_of_a_canary_is_in(tmp_path / "run", tmp_path / "export")


async def test_what_was_begun_beyond_the_last_record_does_not_count(tmp_path: Path) -> None:
    """Slots that were open when enough was kept are no part of the run, and neither are their canaries."""
    summary = await go(tmp_path / "run", n=12, keep=3, concurrency=4)
    assert {canary.slot for canary in canaries(tmp_path / "run")} == set(range(summary.slots))


async def test_a_file_of_canaries_is_no_data(tmp_path: Path) -> None:
    await go(tmp_path / "run")
    file, out = tmp_path / "run" / "canaries.jsonl", tmp_path / "out"
    exported = await invoked("export", file, "--format", "alpaca", "--out", out)
    assert "only records can be exported" in str(exported.exception) and not out.exists()
    human = tmp_path / "human.jsonl"
    human.write_text('{"instruction": "Say hello.", "output": "Hello."}\n')
    for given, other in (("--synthetic", "--human"), ("--human", "--synthetic")):
        place = tmp_path / given
        await invoked("mix", given, file, other, human, "--out", place)
        mixed = "".join(path.read_text() for path in place.rglob("*.jsonl"))
        for canary in canaries(tmp_path / "run"):
            proposal: Any = canary.wrong["proposal"]
            assert proposal["problem"] not in mixed


async def test_a_record_that_is_a_canary_of_its_run_is_not_exported(tmp_path: Path) -> None:
    """Whoever writes one into the ledger itself is refused."""
    out = tmp_path / "run"
    await go(out, n=6)
    wrong = next(canary for canary in canaries(out) if canary.kind == "wrong_answer")
    record = next(one for one in records(out) if one.lineage.slot == wrong.slot)
    assert record.answer is not None
    value: Any = wrong.wrong["proposal"]
    answer = record.answer.model_copy(update={"value": value["answer"]["value"]})
    forged = record.model_copy(update={"answer": answer})
    sql(out, "update records set record = ? where slot = ?", forged.model_dump_json(), wrong.slot)
    with pytest.raises(ProofsetError, match="is a canary of its audit, wrong on purpose"):
        export(Exporting(out, tmp_path / "a", "alpaca"))


# --- Counted, topped up, stated ---


async def test_an_audit_tops_up_what_the_run_has_and_the_card_says_where_they_came_from(
    tmp_path: Path,
) -> None:
    out = tmp_path / "run"
    await go(out, n=2, agents={})
    own = canaries(out)
    before = read_audit(out)
    assert before is not None and before.records is None
    (verifier,) = before.verifiers
    assert (verifier.canaries, verifier.in_run, verifier.topped_up) == (2, 2, 0)
    card = card_of(out, tmp_path / "a")
    assert "The hard verifiers were shown the canaries of the run, and none besides." in card["limits"]
    result = await invoked("audit", out, "--n", 6)
    assert result.exit_code == 0, result.exception
    assert "verify_math: accepted 0 of 6 canaries" in result.stdout
    assert "(2 of them in the run, 4 topped up)" in result.stdout
    card = card_of(out, tmp_path / "b")
    row = next(row for row in card["canaries"] if row["verifier"] == "verify_math")
    assert (row["canaries"], row["in_run"], row["topped_up"], row["false_accepts"]) == (6, 2, 4, 0)
    assert sum(kind["canaries"] for kind in row["kinds"].values()) == 6
    assert row["grades"]["checked"] == {
        "canaries": 6,
        "false_accepts": 0,
        "bound_95": pytest.approx(1 - 0.05 ** (1 / 6)),
    }
    readme = (tmp_path / "b" / "README.md").read_text()
    assert "| verify\\_math | 6 | 0 | 39.30% | 2 | 4 |" in readme
    assert "| verify\\_math | checked | 6 | 0 | 39.30% |" in readme
    # The same canary is not counted twice.
    audited = read_audit(out)
    assert audited is not None and len(audited.fingerprints) == 6
    assert {canary.fingerprint for canary in own} < audited.fingerprints
    # Enough is enough: nothing is made where the run has as many.
    assert (await invoked("audit", out, "--n", 2)).exit_code == 0
    again = read_audit(out)
    assert again is not None and [one.topped_up for one in again.verifiers] == [0]


def card_of(run: Path, out: Path) -> dict[str, Any]:
    export(Exporting(run, out, "hf"))
    found: dict[str, Any] = json.loads((out / "card.json").read_text())
    return found


async def test_a_card_says_that_they_were_turned_off(tmp_path: Path) -> None:
    await go(tmp_path / "run", settings=NONE)
    card = card_of(tmp_path / "run", tmp_path / "out")
    assert "The run put no canaries between its candidates: they were turned off." in card["limits"]
    assert {"verifier": "hard verifiers", "canaries": "not measured"} in card["canaries"]


async def test_forms_sums_and_code_of_instructions_have_canaries(tmp_path: Path) -> None:
    fated = [fate for fate in KEPT if "verified" in fate or fate == "kept label"]
    script = write_instruct_script(tmp_path / "script.jsonl", fated)
    settings = {"n_attempts": 1, "judge_canary_share": 0.0}
    for name, share in (("with", 1.0), ("without", 0.0)):
        await proofset.arun(
            "self_instruct",
            n=len(fated),
            model=f"scripted:{script}",
            out=tmp_path / name,
            settings={**settings, "canary_share": share},
        )
    assert files(tmp_path / "with") == files(tmp_path / "without")
    found = canaries(tmp_path / "with")
    assert {canary.kind for canary in found} == {"wrong_sum", "wrong_code", "wrong_form"}
    assert {canary.verifier for canary in found} == {"instruction_checks"}
    assert {canary.decision for canary in found} == {Decision.REJECT}
    result = await invoked("audit", tmp_path / "with", "--n", 6)
    assert "instruction_checks: accepted 0 of 6 canaries" in result.stdout, result.output


async def test_canaries_of_judges_are_in_the_ledger_and_the_report(tmp_path: Path) -> None:
    script = write_instruct_script(tmp_path / "script.jsonl", ["kept style"] * 1 + list(KEPT))
    await proofset.arun(
        "self_instruct",
        n=7,
        model=f"scripted:{script}",
        out=tmp_path / "run",
        settings={"n_attempts": 1, "judge_canary_share": 1.0, "canary_share": 0.0},
    )
    out = tmp_path / "run"
    # The script answers by slot alone: it keeps every canary, and is not heard.
    counted = judge_canaries([*records(out), *rejections(out)])
    ((spec, kinds),) = counted.items()
    assert kinds.of and kinds.passed == kinds.of
    found = canaries(out)
    assert Counter(canary.kind for canary in found) == kinds.of
    assert {canary.verifier for canary in found} == {f"judge {spec}"}
    assert not any(canary.wrong or canary.fingerprint for canary in found)
    assert {one.kind: one.canaries for one in report_on(out).canaries} == dict(kinds.of)
    said = invoke("report", out).stdout
    assert f"canaries: judge {spec}"[:30] in said and f"accepted {len(found)} of {len(found)}" in said
    # They are a judge's matter, and none of the hard verifiers'.
    assert read_audit(out) is None


async def test_the_ledger_has_no_canary_where_it_has_records(tmp_path: Path) -> None:
    out = tmp_path / "run"
    await go(out)
    with closing(open_ledger(out)) as ledger:
        (run,) = ledger.runs()
        assert ledger.settled(run.run_id) == 4
        assert [record.id for record in ledger.records(run.run_id)] == [one.id for one in records(out)]
    assert sql(out, "select count(*) from canaries") == [(4,)]
    assert sql(out, "select count(*) from records") == [(4,)]
    assert sql(out, "select count(*) from rejections") == [(0,)]
