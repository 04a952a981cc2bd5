"""The graph self_instruct with scripted models and the real sandbox: whole runs over every rule."""

from __future__ import annotations

import json
from collections import Counter
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Any

import pytest
from kept_files import records, rejections
from rouge_score.rouge_scorer import RougeScorer
from scripted_instruct import KEPT, REJECTED, fates, rows, write_instruct_script

import proofset
from proofset.agents import Settings
from proofset.agents.prompts.training import training_prompt
from proofset.engine import Summary
from proofset.memory import Admission, Pool
from proofset.models import Call
from proofset.models.scripted import ScriptedChat, ScriptRow, respond_from_rows
from proofset.records import Grade, Risk
from proofset.seeds import load_seed_instructions

# No canaries: a script that answers by slot alone would keep them.
SETTINGS = {"n_attempts": 1, "judge_canary_share": 0.0}


async def run(tmp_path: Path, fated: list[str], name: str = "run", **options: Any) -> Summary:
    script = write_instruct_script(tmp_path / "script.jsonl", fated)
    chosen: dict[str, Any] = {"settings": SETTINGS, "n": len(fated)} | options
    return await proofset.arun(
        "self_instruct", model=f"scripted:{script}", out=tmp_path / name, concurrency=4, **chosen
    )


async def test_100_slots_end_with_the_right_count_of_every_reason(tmp_path: Path) -> None:
    fated = fates(100)
    summary = await run(tmp_path, fated)
    wanted = Counter(fate for fate in fated if fate in REJECTED)
    assert summary.reasons == dict(wanted) | {"commit: duplicate": 1}
    assert set(wanted) == set(REJECTED)
    assert summary.kept == sum(fate.startswith("kept") for fate in fated)
    kept = records(tmp_path / "run")
    risks = Counter(record.risk for record in kept)
    assert risks[Risk.VERIFIED] == sum("verified" in fate for fate in fated)
    assert risks[Risk.UNVERIFIED_FACTUAL] == sum("factual" in fate for fate in fated)
    assert risks[Risk.STYLE] == sum(fate in ("kept style", "kept label") for fate in fated)
    scorer = RougeScorer(["rougeL"], use_stemmer=True)
    known = [seed.instruction for seed in load_seed_instructions()]
    for one, other in combinations([record.instruction for record in kept], 2):
        assert scorer.score(one, other)["rougeL"].fmeasure <= 0.7
    for record in kept:
        assert all(scorer.score(seed, record.instruction)["rougeL"].fmeasure <= 0.7 for seed in known)


async def test_what_is_kept_is_graded_by_its_evidence(tmp_path: Path) -> None:
    await run(tmp_path, list(KEPT))
    kept = dict(zip(KEPT, records(tmp_path / "run"), strict=True))
    grades = {fate: record.verdict.grade for fate, record in kept.items()}
    assert grades == {
        "kept style": Grade.JUDGED,
        "kept factual by a name": Grade.JUDGED,
        "kept factual by the model": Grade.JUDGED,
        "kept verified sum": Grade.CHECKED,
        "kept verified code": Grade.CHECKED,
        "kept label": Grade.CHECKED,
    }
    checks = {fate: [e.check for e in record.verdict.evidence] for fate, record in kept.items()}
    assert checks["kept verified sum"] == ["sum_is_right", "judge_opinion"]
    assert checks["kept verified code"] == ["solution_passes_tests", "judge_opinion"]
    assert checks["kept label"] == ["form_as_asked", "judge_opinion"]
    label = kept["kept label"]
    assert (label.input, label.output) in {("a summer day", "warm"), ("snow", "cold")}
    assert label.input in label.messages[0].content
    assert label.scores == {"clarity": 4.0, "quality": 4.0, "diversity": 4.0}
    style = kept["kept style"]
    assert style.messages[1].content == style.output == "It is blue, as far as one can see."
    assert style.lineage.models.keys() == {"proposer", "classifier", "solver", "verifier", "judge"}


async def test_exemplars_are_six_of_people_and_two_of_its_own(tmp_path: Path) -> None:
    await run(tmp_path, ["kept style"] * 30, window=4, settings=SETTINGS | {"n_attempts": 2})
    seeds = {seed.id for seed in load_seed_instructions()}
    seen: set[str] = set()
    for record in records(tmp_path / "run"):
        shown = record.lineage.exemplars
        own = [one for one in shown if one not in seeds]
        assert len(shown) == len(set(shown)) == 8
        # What slots up to i - window kept, and nothing else.
        assert len(own) == min(2, max(0, record.lineage.slot - 3))
        seen.update(own)
    assert len(seen) > 10


async def test_the_pool_grows_across_runs(tmp_path: Path) -> None:
    memory = str(tmp_path / "memory")
    await run(tmp_path, ["kept style"] * 5, "first", memory=memory)
    fated = ["kept style"] * 7
    summary = await run(tmp_path, fated, "second", memory=memory)
    # Its first five are those of the first run.
    assert summary.reasons == {"novelty_gate: not_new": 5}
    first = {record.id for record in records(tmp_path / "first")}
    for record in records(tmp_path / "second"):
        own = [one.rpartition("/")[2] for one in record.lineage.exemplars if "/" in one]
        assert len(own) == 2
        assert set(own) <= first


async def test_the_next_attempt_takes_the_next_of_the_list(tmp_path: Path) -> None:
    asked: list[Call] = []
    script = respond_from_rows([ScriptRow.model_validate(row) for row in rows(0, "kept style")])

    def respond(call: Call, prompt: str) -> Any:
        asked.append(call)
        if call.role == "proposer":
            return "9. Draw a sheep in words.\n10. Sing.\n11. Praise the colour of the evening sea."
        return script(call, prompt)

    summary = await proofset.arun(
        "self_instruct",
        n=1,
        model=ScriptedChat(respond=respond),
        out=tmp_path / "run",
        settings={"judge_canary_share": 0.0},
    )
    (record,) = records(tmp_path / "run")
    assert record.instruction == "Praise the colour of the evening sea."
    assert record.lineage.attempt == 3
    assert [r.code for r in rejections(tmp_path / "run")] == ["blacklisted", "too_short"]
    assert [call.role for call in asked].count("proposer") == 1
    assert summary.funnel.proposed == 1


async def test_a_run_replays_to_the_same_bytes(tmp_path: Path) -> None:
    await run(tmp_path, fates(40))
    await proofset.arun("self_instruct", n=40, model=f"scripted:{tmp_path / 'run'}", out=tmp_path / "again")
    for name in ("records.jsonl", "rejected.jsonl"):
        assert (tmp_path / "run" / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


@pytest.mark.usefixtures("scripted_run")
async def test_workers_make_the_same_files(tmp_path: Path) -> None:
    fated = fates(40)
    await run(tmp_path, fated, "one")
    await run(tmp_path, fated, "two", workers=2)
    for name in ("records.jsonl", "rejected.jsonl"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


async def test_classification_tasks_alone_may_be_asked_for(tmp_path: Path) -> None:
    prompts: list[str] = []
    script = respond_from_rows([ScriptRow.model_validate(row) for row in rows(0, "kept label")])

    def respond(call: Call, prompt: str) -> Any:
        if call.role == "proposer":
            prompts.append(prompt)
        return script(call, prompt)

    await proofset.arun(
        "self_instruct",
        n=1,
        model=ScriptedChat(respond=respond),
        out=tmp_path / "run",
        settings={"classification_only": True, "judge_canary_share": 0.0},
    )
    (record,) = records(tmp_path / "run")
    labels = {seed.id for seed in load_seed_instructions() if seed.is_classification}
    assert set(record.lineage.exemplars) <= labels
    assert "classification tasks" in prompts[0]


async def test_prompts_of_the_users_own_take_their_place_and_are_hashed(tmp_path: Path) -> None:
    own = tmp_path / "prompts"
    own.mkdir()
    (own / "classify_task.md").write_text("## system\nLabels?\n## user\nHere: {{instruction}}\n")
    (own / "training_templates.yaml").write_text("alone: 'Do this: {{instruction}}'\ninput: '{{input}}'\n")
    await run(tmp_path, ["kept style"], settings=SETTINGS | {"prompts": str(own)})
    await run(tmp_path, ["kept style"], "plain")
    (record,), (plain,) = records(tmp_path / "run"), records(tmp_path / "plain")
    assert record.messages[0].content == f"Do this: {record.instruction}"
    different = {
        name for name, sha in record.lineage.prompts.items() if plain.lineage.prompts.get(name) != sha
    }
    assert different == {"classify_task"}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("classify_tasks.md", "## system\na\n## user\nb", "did you mean classify_task.md"),
        ("classify_task.md", "## system\na\n## user\nb", "its placeholders must be those of the built-in"),
        ("classify_task.md", "no parts", "write `## system`"),
        ("math_operators.yaml", "- a\n- b", "write lines of the form"),
        ("math_operators.yaml", "{}", "there is none"),
    ],
)
async def test_a_prompt_that_cannot_take_the_place_is_named(
    tmp_path: Path, name: str, text: str, message: str
) -> None:
    own = tmp_path / "prompts"
    own.mkdir()
    (own / name).write_text(text)
    with pytest.raises(proofset.UsageError, match=message):
        await run(tmp_path, ["kept style"], settings=SETTINGS | {"prompts": str(own)})
    assert not (tmp_path / "run").exists()


def test_settings_of_all_graphs_have_a_source_or_a_reason() -> None:
    assert all(field.description for field in Settings.model_fields.values())
    assert (Settings().min_words, Settings().max_words) == (4, 150)
    assert (Settings().human_exemplars, Settings().machine_exemplars, Settings().instances) == (6, 2, 5)


async def test_seeds_in_the_original_form_and_plain_examples_are_read(tmp_path: Path) -> None:
    rows_ = [
        {
            "id": "seed_task_0",
            "name": "x",
            "instruction": "Name a fruit that floats.",
            "instances": [{"input": "", "output": "An apple."}],
            "is_classification": False,
        },
        {"instruction": "Sort the words.", "input": "b a", "output": "a b"},
    ]
    path = tmp_path / "seeds.jsonl"
    path.write_text("\n".join(map(json.dumps, rows_)))
    await run(tmp_path, ["kept style"], settings=SETTINGS | {"seeds": str(path)})
    (record,) = records(tmp_path / "run")
    assert set(record.lineage.exemplars) == {"seed_task_0", "line-2"}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"instruction": "Do it."}, "missing field `instances`"),
        ({"instruction": "Do it.", "instances": []}, "field `instances` is empty"),
        ({"instruction": "Do it.", "instances": [{"input": "a"}]}, "missing field `instances` item 1 field"),
        ({"instruction": "Do it.", "output": "x", "is_classification": "maybe"}, "neither true nor false"),
        ({"instruction": "Do it.", "instances": ["x"]}, "item 1 is not an object"),
    ],
)
async def test_a_bad_seed_is_named_by_its_line(tmp_path: Path, row: dict[str, Any], message: str) -> None:
    path = tmp_path / "seeds.jsonl"
    path.write_text(json.dumps({"instruction": "A.", "output": "b"}) + "\n" + json.dumps(row))
    with pytest.raises(proofset.UsageError, match=f"seeds.jsonl line 2: .*{message}"):
        await run(tmp_path, ["kept style"], settings=SETTINGS | {"seeds": str(path)})


async def test_what_a_slot_may_be_shown_never_depends_on_timing(tmp_path: Path) -> None:
    memory = Admission(threshold=0.7, window=2)
    assert list(await memory.made(9, "key", 2)) == []
    with_pool = Pool(tmp_path / "pool")
    with_pool.admit("a", "Praise the rain.")
    view = with_pool.view()
    with_pool.admit("b", "Count the clouds over the sea.")
    assert with_pool.newest(5, kind="instruction", view=view) == [("a", "Praise the rain.")]
    with_pool.close()


async def test_instances_are_trained_on_by_several_templates(tmp_path: Path) -> None:
    await run(tmp_path, ["kept style", "kept label"] * 20)
    forms = set()
    for record in records(tmp_path / "run"):
        asked = record.messages[0].content
        assert record.instruction in asked and record.input in asked
        assert "{{" not in asked
        forms.add(asked.replace(record.instruction, "I").replace(record.input or "\0", "G"))
    assert forms == {"I", "Task: I", "I\n\nG", "I\n\nInput: G", "Task: I\n\nG", "G\n\nI"}


def test_an_instruction_that_speaks_of_placeholders_is_left_as_it_is() -> None:
    hostile = "Explain {{input}} and {{instruction}}"
    for seed in range(20):
        asked = training_prompt(hostile, "given", Random(seed))
        assert asked.count(hostile) == 1
        assert asked.count("given") == 1
