"""The graph backtranslation with scripted models and the real sandbox: whole runs over every rule."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from kept_files import records, rejections
from scripted_back import (
    EVALUATION,
    FATES,
    GOOD,
    KEPT,
    REJECTED,
    Told,
    corpus_at,
    instruction_of,
    replies,
)

import proofset
from proofset.cli import cli
from proofset.engine import Summary
from proofset.models import Call
from proofset.models.scripted import ScriptedChat
from proofset.records import Grade, Record, Risk, text_sha256
from proofset.tools.checks import is_rerunnable, rerun
from proofset.tools.sandbox import Sandbox

# No canaries: a script that answers by its slot alone would keep them.
SETTINGS: dict[str, Any] = {"judge_canary_share": 0.0, "tests": 7}


async def run(
    tmp_path: Path, fates: list[str], name: str = "run", respond: Any = None, **options: Any
) -> Summary:
    corpus = tmp_path / "corpus"
    paths = [str(corpus)] if corpus.exists() else corpus_at(corpus, fates)
    settings = SETTINGS | {"corpus": paths} | options.pop("settings", {})
    return await proofset.arun(
        "backtranslation",
        model=ScriptedChat(respond=respond or replies()),
        out=tmp_path / name,
        settings=settings,
        **{"n": len(fates), "concurrency": 4, **options},
    )


async def test_a_run_over_every_rule_ends_with_the_right_counts(tmp_path: Path) -> None:
    evaluation = tmp_path / "evaluation.jsonl"
    evaluation.write_text(json.dumps({"question": EVALUATION}) + "\n")
    settings = {"curation_iterations": 1, "evaluation_sets": [str(evaluation)]}
    fates = [*FATES, *FATES]
    summary = await run(tmp_path, fates, settings=settings)
    assert summary.reasons == dict.fromkeys(REJECTED, 2)
    assert summary.kept == 2 * len(KEPT)
    kept = Counter((record.risk, record.verdict.grade) for record in records(tmp_path / "run"))
    assert kept[Risk.BACKTRANSLATION, Grade.JUDGED] == 2
    assert kept[Risk.BACKTRANSLATION, Grade.CHECKED] == 2
    assert kept[Risk.VERIFIED, Grade.PROVED] + kept[Risk.VERIFIED, Grade.CHECKED] == 2


async def test_the_output_is_the_human_text_byte_for_byte(tmp_path: Path) -> None:
    """In texts with other line ends, tabs and signs, too, and for functions."""
    corpus = tmp_path / "corpus"
    corpus_at(corpus, list(KEPT))
    odd = "\ufeffTitle\r\n=====\r\n\r\nThe\told\tharbour  café – „so“ \U0001f6a3\r\n"
    odd += "x boats go on, and on.\r\n" * 12 + "[90: kept text] The end.  \r\n\r\n\r\n"
    (corpus / "odd.md").write_bytes(odd.encode())
    await run(tmp_path, [*KEPT, "kept text"])
    kept = records(tmp_path / "run")
    assert len(kept) == 4
    for record in kept:
        _stands_in_its_file(record)
    assert any("\r\n" in record.output and "\t" in record.output for record in kept)


def _stands_in_its_file(record: Record) -> None:
    source = record.lineage.source
    assert source is not None
    assert record.messages[-1].content == record.output
    data = Path(source.path).read_bytes()
    if source.path.endswith(".jsonl"):
        row = json.loads(data.splitlines()[source.line - 1])
        assert record.output == row["text"]
        assert (source.licence, source.url, source.heading) == ("CC0-1.0", row["url"], "Boats")
        return
    place = data.index(record.output.encode())
    assert data.count(b"\n", 0, place) + 1 == source.line
    assert source.sha256 == text_sha256(record.output)


async def test_a_source_tag_tells_corpus_data_from_seed_data(tmp_path: Path) -> None:
    prompts: list[str] = []
    settings = {"corpus_tag": "From the corpus.", "seed_tag": "From the seeds."}

    def respond(call: Call, prompt: str) -> Any:
        prompts.append(prompt)
        return scripted(call, prompt)

    scripted = replies()
    await run(tmp_path, ["kept text"], respond=respond, settings=settings)
    (record,) = records(tmp_path / "run")
    assert [message.role for message in record.messages] == ["system", "user", "assistant"]
    assert record.messages[0].content == "From the corpus."
    assert prompts[0].startswith("Style: From the corpus.")
    assert len(record.lineage.exemplars) == 3


async def test_functions_are_checked_by_solvers_who_saw_the_problem_alone(tmp_path: Path) -> None:
    await run(tmp_path, ["kept function"])
    (record,) = records(tmp_path / "run")
    checks = [evidence.check for evidence in record.verdict.evidence]
    assert checks[2:] == ["solution_passes_tests"] * 2 + ["solution_agrees_with_peers", "suite_kills_mutants"]
    assert record.risk is Risk.VERIFIED
    assert ">>> sum_0([3, 1])\n3" in record.instruction
    assert "def sum_0(numbers: list[int]) -> int:" in record.instruction
    assert record.output.startswith("def sum_0") and record.tests
    assert "judge" not in record.lineage.models


async def test_functions_may_be_scored_too(tmp_path: Path) -> None:
    await run(tmp_path, ["kept function"], settings={"curate_code": True})
    (record,) = records(tmp_path / "run")
    assert record.verdict.evidence[-1].check == "judge_opinion"
    assert record.scores["curation"] == 5.0


async def test_rules_and_re_solves_run_again_from_their_evidence(tmp_path: Path, sandbox: Sandbox) -> None:
    await run(tmp_path, [*KEPT, *REJECTED])
    verdicts = [record.verdict for record in records(tmp_path / "run")]
    verdicts += [one.verdict for one in rejections(tmp_path / "run") if one.verdict]
    checks = set()
    for evidence in (one for verdict in verdicts for one in verdict.evidence):
        if is_rerunnable(evidence):
            again = await rerun(evidence, sandbox)
            assert (again.outcome, again.observed) == (evidence.outcome, evidence.observed)
            checks.add((evidence.check, evidence.outcome.value))
    assert {name for name, outcome in checks if outcome == "fail"} == {
        "asks_by_itself",
        "gives_nothing_away",
        "says_its_subject",
        "keeps_to_the_text",
        "same_language",
        "stands_by_itself",
        "answer_agrees",
        "solution_passes_tests",
    }


async def test_two_iterations_and_what_was_kept_is_shown(tmp_path: Path) -> None:
    """With a window of 1 each slot knows what the one before has kept."""
    shown: list[tuple[int, str]] = []
    scripted = replies()

    def respond(call: Call, prompt: str) -> Any:
        if call.role == "judge":
            shown.append((call.slot, "first" if call.sample < 100 else "again"))
        return scripted(call, prompt)

    await run(tmp_path, ["kept text"] * 3, respond=respond, window=1, concurrency=1)
    # The first slot has nothing to compare with, and is not scored by the same scorer once more.
    assert shown == [(0, "first"), (1, "first"), (1, "again"), (2, "first"), (2, "again")]
    first, second, _ = records(tmp_path / "run")
    opinions = [one for one in second.verdict.evidence if one.check == "judge_opinion"]
    assert len({one.inputs["examples_sha256"] for one in opinions}) == 2
    assert len([one for one in first.verdict.evidence if one.check == "judge_opinion"]) == 1


async def test_what_a_second_scoring_turns_down_is_not_kept(tmp_path: Path) -> None:
    def change(call: Call, told: Told) -> Told:
        again = call.role == "judge" and call.sample >= 100
        return Told(told.number, "judge: judged_low") if again and call.slot == 1 else told

    summary = await run(tmp_path, ["kept text"] * 2, respond=replies(change), window=1, concurrency=1)
    assert (summary.kept, summary.reasons) == (1, {"judge: judged_low": 1})


async def test_what_was_turned_down_is_written_anew_once(tmp_path: Path) -> None:
    def change(call: Call, told: Told) -> Told:
        bad = call.slot == 1 and call.attempt == 1
        return Told(told.number, "critic: speaks_of_a_text") if bad else told

    summary = await run(tmp_path, ["kept text"] * 2, respond=replies(change), window=1, concurrency=1)
    assert (summary.kept, summary.reasons) == (2, {"critic: speaks_of_a_text": 1})
    first, second = records(tmp_path / "run")
    assert second.lineage.attempt == 2
    assert second.lineage.exemplars[-1] == first.id
    assert second.lineage.exemplars[0].startswith("si-seed")


@pytest.mark.parametrize(("minimum", "scores", "kept"), [(4.5, (5, 4), 1), (5, (5, 4), 0), (4.5, (4, 4), 0)])
async def test_the_top_band_is_kept_by_the_mean_of_the_samples(
    tmp_path: Path, minimum: float, scores: tuple[int, ...], kept: int
) -> None:
    scripted = replies()

    def respond(call: Call, prompt: str) -> Any:
        if call.role != "judge":
            return scripted(call, prompt)
        return json.dumps({**GOOD, "expert": scores[call.sample % 100] == 5})

    settings = {"judge_samples": 2, "curation_minimum": minimum, "curation_iterations": 1}
    summary = await run(tmp_path, ["kept text"], respond=respond, settings=settings)
    assert summary.kept == kept


@pytest.mark.parametrize(("window", "reason"), [(1, "segment: not_new"), (64, "commit: duplicate")])
async def test_outputs_that_repeat_each_other_are_kept_once(tmp_path: Path, window: int, reason: str) -> None:
    corpus = tmp_path / "corpus"
    corpus_at(corpus, ["kept text"])
    (row,) = map(json.loads, (corpus / "texts.jsonl").read_text().splitlines())
    twin = row | {"text": row["text"].replace("[0: kept text]", "[7: kept text]")}
    (corpus / "texts.jsonl").write_text(json.dumps(row) + "\n" + json.dumps(twin) + "\n")
    summary = await run(tmp_path, ["kept text"] * 2, window=window, concurrency=1)
    assert (summary.kept, summary.reasons) == (1, {reason: 1})


async def test_a_memory_knows_the_outputs_of_runs_before(tmp_path: Path) -> None:
    memory = str(tmp_path / "memory")
    await run(tmp_path, ["kept text"] * 2, memory=memory)
    summary = await run(tmp_path, ["kept text"] * 2, "again", memory=memory)
    assert summary.reasons == {"segment: not_new": 2}
    # Outputs are no instructions: whoever is shown what was made before is not shown them.
    own = await run(tmp_path, ["kept text"], "third", memory=memory, n=1)
    assert own.kept == 0


async def test_a_run_replays_to_the_same_bytes(tmp_path: Path) -> None:
    await run(tmp_path, list(FATES), window=4)
    await proofset.arun("backtranslation", n=99, model=f"scripted:{tmp_path / 'run'}", out=tmp_path / "again")
    for name in ("records.jsonl", "rejected.jsonl"):
        assert (tmp_path / "run" / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


async def test_a_run_goes_on_where_it_was_stopped_with_the_same_corpus_only(tmp_path: Path) -> None:
    fates = ["kept text"] * 8
    whole = await run(tmp_path, fates, "whole", window=2)
    await run(tmp_path, fates, "parts", window=2, n=3)
    summary = await proofset.aresume(tmp_path / "parts", n=8, model=ScriptedChat(respond=replies()))
    assert (summary.kept, summary.slots) == (whole.kept, 8)
    for name in ("records.jsonl", "rejected.jsonl"):
        assert (tmp_path / "whole" / name).read_bytes() == (tmp_path / "parts" / name).read_bytes()
    with (tmp_path / "corpus" / "texts.jsonl").open("a") as file:
        file.write(json.dumps({"text": "One more text of the guild. " * 12}) + "\n")
    with pytest.raises(proofset.UsageError, match="it is not what the run was begun with"):
        await proofset.aresume(tmp_path / "parts", n=9, model=ScriptedChat(respond=replies()))


@pytest.mark.usefixtures("scripted_run")
async def test_workers_make_the_same_files(tmp_path: Path) -> None:
    fates = ["kept text"] * 6
    corpus = corpus_at(tmp_path / "corpus", fates)
    rows = [
        {"role": "proposer", "contains": f"[{n}: ", "reply": {"instruction": instruction_of(n)}}
        for n in range(6)
    ]
    script = tmp_path / "script.jsonl"
    script.write_text("".join(json.dumps(row) + "\n" for row in [*rows, {"role": "judge", "reply": GOOD}]))
    for name, workers in (("one", 1), ("two", 2)):
        await proofset.arun(
            "backtranslation",
            n=6,
            model=f"scripted:{script}",
            out=tmp_path / name,
            settings=SETTINGS | {"corpus": corpus},
            workers=workers,
            window=2,
        )
    assert len(records(tmp_path / "one")) == 6
    for name in ("records.jsonl", "rejected.jsonl"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


async def test_prompts_are_shown_replaced_and_hashed(tmp_path: Path) -> None:
    shown = CliRunner().invoke(cli, ["graphs", "show", "backtranslation", "--prompts"]).output
    names = ("backtranslate", "backtranslate_code", "judge_curation", "test_code", "solve_code")
    assert all(f"──── {name}.md" in shown for name in names)
    own = tmp_path / "prompts"
    own.mkdir()
    (own / "backtranslate.md").write_text("## system\nAsk.\n## user\n{{style}}{{heading}}{{mark}}{{text}}\n")
    await run(tmp_path, ["kept text"], settings={"prompts": str(own)})
    await run(tmp_path, ["kept text"], "plain")
    (mine,), (plain,) = records(tmp_path / "run"), records(tmp_path / "plain")
    hashes = mine.lineage.prompts
    assert {name for name in hashes if hashes[name] != plain.lineage.prompts[name]} == {"backtranslate"}


async def test_there_are_no_more_slots_than_segments(tmp_path: Path) -> None:
    summary = await run(tmp_path, ["kept text"] * 2, n=50)
    assert (summary.n, summary.slots, summary.status) == (2, 2, "finished")


@pytest.mark.parametrize(
    ("graph", "corpus", "message"),
    [
        ("backtranslation", (), "begins with texts that people wrote; name some with --corpus PATH"),
        ("backtranslation", ("no/such",), "--corpus no/such: no such file or directory"),
        ("backtranslation", ("{tmp}",), "no text is in this directory"),
        ("backtranslation", ("{tmp}/short.txt",), "no text in it is kept .*1 too_short"),
        ("backtranslation", ("{tmp}/x.png",), "no kind of text that is known"),
        ("self_instruct", ("{tmp}/short.txt",), "self_instruct begins with no corpus; leave it out"),
    ],
)
def test_a_wrong_corpus_is_told_in_one_line(
    tmp_path: Path, graph: str, corpus: tuple[str, ...], message: str
) -> None:
    if "short" in str(corpus):
        (tmp_path / "short.txt").write_text("Short.\n")
    (tmp_path / "x.png").write_bytes(b"\x89PNG")
    paths = [word for path in corpus for word in ("--corpus", path.format(tmp=tmp_path))]
    script = tmp_path / "s.json"
    script.write_text('{"reply": "x"}\n')
    command = [
        "run",
        graph,
        "--n",
        "1",
        "--model",
        f"scripted:{script}",
        "--out",
        str(tmp_path / "run"),
        *paths,
    ]
    done = CliRunner().invoke(cli, command)
    assert isinstance(done.exception, proofset.UsageError)

    assert re.search(message, str(done.exception))
    assert "\n" not in str(done.exception)
    assert not (tmp_path / "run").exists()


async def test_what_is_left_out_of_the_corpus_is_told(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus_at(corpus, ["kept text"])
    with (corpus / "texts.jsonl").open("ab") as file:
        file.write(b"no json\n")
    (corpus / "empty.md").write_bytes(b"")
    said: list[str] = []

    def hear(event: Any) -> None:
        said.append(str(getattr(event, "message", "")))

    await run(tmp_path, ["kept text"], on_event=hear)
    assert any("texts.jsonl line 2: no JSON" in line for line in said)
    assert any("empty.md: it is empty; it is left out" in line for line in said)
    assert any(line.startswith("corpus: 2 files, 1 segments; left out: ") for line in said)


def silent_critic(state: Any) -> dict[str, Any]:
    """A critic that turns nothing down and leaves no evidence."""
    return {"refusal": None}


async def test_with_a_critic_of_the_users_own_the_judge_decides(tmp_path: Path) -> None:
    summary = await run(tmp_path, ["critic: gives_away"], agents={"critic": silent_critic})
    (record,) = records(tmp_path / "run")
    assert summary.kept == 1
    assert [evidence.check for evidence in record.verdict.evidence] == ["judge_opinion"]
    assert record.verdict.grade is Grade.JUDGED
