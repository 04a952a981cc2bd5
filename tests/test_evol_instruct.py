"""Evol-Instruct: its rules, one test each, and whole runs with scripted models and the real sandbox."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from kept_files import records, rejections
from scripted_evol import ENDED, FAILED, KEPT, evolved, respond_by
from scripted_math import words

import proofset
from proofset.agents.evolving.elimination import COPIED, apology, copies_prompt, empty_response
from proofset.agents.instruction_task import EvolutionsFor
from proofset.agents.prompts import load_operators, load_prompt
from proofset.agents.settings import Settings
from proofset.agents.state import InstructionProposal
from proofset.cli import cli
from proofset.engine import Summary
from proofset.engine.yields import report_on
from proofset.models import Call
from proofset.models.scripted import ScriptedChat
from proofset.records import Risk
from proofset.seeds import load_seed_instructions

evolutions_for = EvolutionsFor()
SETTINGS = {"judge_canary_share": 0.0}


async def run(tmp_path: Path, fate_of: Any, n: int, name: str = "run", **options: Any) -> Summary:
    settings = SETTINGS | options.pop("settings", {})
    chat = ScriptedChat(respond=respond_by(fate_of))
    return await proofset.arun(
        "evol_instruct", n=n, model=chat, out=tmp_path / name, settings=settings, **options
    )


def always(fate: str) -> Any:
    return lambda slot, round_: fate


def test_rule_1_asks_whether_anything_was_gained() -> None:
    prompt = load_prompt("compare_instructions")
    assert prompt.places == {"mark", "parent", "instruction"}


@pytest.mark.parametrize(
    ("response", "eliminated"),
    [
        ("I'm sorry, but I cannot help with that.", True),
        ("Sorry.", True),
        ("sorry " + "word " * 78, True),
        ("sorry " + "word " * 79, False),
        ("I cannot help with that.", False),
        ("He was sorryful.", False),
    ],
)
def test_rule_2_drops_short_apologies(response: str, eliminated: bool) -> None:
    assert bool(apology(response, Settings().apology_words)) is eliminated


@pytest.mark.parametrize(
    ("response", "eliminated"),
    [("...", True), ("It is of the.", True), ("", True), ("Blue.", False), ("42", False), ("No.", False)],
)
def test_rule_3_drops_punctuation_and_stop_words(response: str, eliminated: bool) -> None:
    assert bool(empty_response(response)) is eliminated


@pytest.mark.parametrize("label", COPIED)
def test_rule_4_drops_copied_words_of_the_prompt(label: str) -> None:
    assert copies_prompt(f"Here is the {label.title()}: sing.", "Sing.")
    # Whoever asks about prompts may be asked about prompts.
    assert not copies_prompt(f"Explain what a {label} is, at length.", f"What is a {label}?")
    assert not copies_prompt("Give me a prompt for a story.", "Sing.")


def test_rule_4_drops_copied_words_of_the_operator() -> None:
    said = [operator.says for operator in load_operators("instruction_evolutions").values()]
    steps = load_operators("instruction_evolutions")["more_steps"].says
    assert "if a few simple steps of" in copies_prompt(f"Sing. {steps}", "Sing.", said)
    assert not copies_prompt("Sing in a few simple steps.", "Sing.", said)
    assert not copies_prompt(f"Explain: {steps}", f"Say: {steps}", said)


def test_six_operators_five_of_them_in_depth() -> None:
    operators = load_operators("instruction_evolutions")
    assert list(operators) == [
        "add_constraints",
        "deepen",
        "concretize",
        "more_steps",
        "complicate_input",
        "in_breadth",
    ]
    formats = operators["complicate_input"].one_of["format"]
    words = " ".join(formats).lower()
    assert all(name in words for name in ("xml", "sql", "python", "html", "shell", "json"))
    # Few-shot, as in the paper: an example or more for the input that is added.
    assert len(load_prompt("complicate_input").parts) > 7


def test_code_has_the_five_operators_of_wizardcoder_and_no_breadth() -> None:
    about_code = InstructionProposal(problem="Write a Python function that sums a list.")
    assert evolutions_for(about_code) == "code_evolutions"
    assert evolutions_for(InstructionProposal(problem="Praise the sea.")) == "instruction_evolutions"
    assert evolutions_for(InstructionProposal(problem="Fix it.", topic="code")) == "code_evolutions"
    assert len(load_operators("code_evolutions")) == 5


async def test_four_rounds_and_the_answer_of_the_last(tmp_path: Path) -> None:
    summary = await run(tmp_path, always(KEPT), 6)
    assert (summary.kept, summary.reasons) == (6, {})
    for record in records(tmp_path / "run"):
        slot = record.lineage.slot
        assert record.instruction == evolved(slot, 3)
        assert record.output == f"It is blue, as line {slot} says in round 3."
        assert record.lineage.ancestors[1:] == tuple(evolved(slot, round_) for round_ in range(3))
        assert len(record.lineage.operators) == 4
        assert record.risk is Risk.STYLE
    parents = [record.lineage.parent for record in records(tmp_path / "run")]
    assert len(set(parents)) == 6


async def test_every_operator_has_the_same_chance(tmp_path: Path) -> None:
    await run(tmp_path, always(KEPT), 120, concurrency=30)
    names = load_operators("instruction_evolutions")
    drawn = Counter(
        name
        for record in records(tmp_path / "run")
        if not evolutions_for(InstructionProposal(problem=record.lineage.ancestors[0])).startswith("code")
        for name in record.lineage.operators
        if name in names
    )
    assert set(drawn) == set(names)
    expected = sum(drawn.values()) / 6
    # 5 degrees of freedom: above 20.5 in one of a thousand fair draws, and the draw is always the same.
    assert sum((count - expected) ** 2 / expected for count in drawn.values()) < 20.5


async def test_every_parent_is_taken_once_before_one_is_taken_again(tmp_path: Path) -> None:
    seeds = [seed.id for seed in load_seed_instructions()]
    await run(tmp_path, always(KEPT), len(seeds), concurrency=30, settings={"evolve_rounds": 1})
    parents = [record.lineage.parent for record in records(tmp_path / "run")]
    assert sorted(parents) == sorted(seeds)


@pytest.mark.parametrize("fate", FAILED)
async def test_a_failed_evolution_gives_its_parent_back(tmp_path: Path, fate: str) -> None:
    """The second of four rounds fails: the third evolves what the first had made."""
    summary = await run(tmp_path, lambda slot, round_: fate if round_ == 1 else KEPT, 1)
    assert summary.reasons == {fate: 1}
    (record,) = records(tmp_path / "run")
    assert record.instruction == evolved(0, 3)
    assert record.lineage.ancestors[1:] == (evolved(0, 0), evolved(0, 2))
    assert len(record.lineage.operators) == 3
    assert record.lineage.attempt == 2
    (rejection,) = rejections(tmp_path / "run")
    assert len(rejection.origin.operators) == 2


@pytest.mark.parametrize("fate", FAILED)
async def test_when_the_last_round_fails_the_parent_is_kept_with_its_own_answer(
    tmp_path: Path, fate: str
) -> None:
    await run(tmp_path, lambda slot, round_: fate if round_ == 3 else KEPT, 1)
    (record,) = records(tmp_path / "run")
    assert record.instruction == evolved(0, 2)
    assert record.output == "It is blue, as line 0 says in round 2."
    assert record.verdict.accepted


async def test_a_line_of_which_nothing_survives_is_given_up_for_another_parent(tmp_path: Path) -> None:
    summary = await run(tmp_path, always("critic: no_gain"), 3)
    assert summary.kept == 0
    # Four rounds of the first parent and one of the next: five attempts.
    assert summary.reasons == {"critic: no_gain": 15}
    assert len({rejection.origin.parent for rejection in rejections(tmp_path / "run")}) > 3


async def test_a_run_over_every_rule_ends_with_the_right_counts(tmp_path: Path) -> None:
    fates = [KEPT, *FAILED, "judge: judged_low"]

    def fate_of(slot: int, round_: int) -> str:
        fate = fates[slot % len(fates)]
        # A judge is asked once, when the rounds are over; the others fail their third round.
        return fate if round_ in (2, -1) and (round_ == -1) is (fate in ENDED) else KEPT

    summary = await run(tmp_path, fate_of, 52, settings={"n_attempts": 2})
    assert summary.reasons == dict.fromkeys(FAILED, 4) | {"judge: judged_low": 8}
    assert summary.kept == 52 - 4


async def test_what_is_known_already_is_not_kept(tmp_path: Path) -> None:
    summary = await run(tmp_path, always("novelty_gate: not_new"), 3, window=1, settings={"n_attempts": 1})
    assert (summary.kept, summary.reasons) == (1, {"novelty_gate: not_new": 2})


async def test_an_evolution_may_resemble_its_own_parent_and_no_other(tmp_path: Path) -> None:
    parent = "Describe the way the old harbour looks on a winter morning with snow and ice."
    seeds = tmp_path / "seeds.jsonl"
    seeds.write_text(json.dumps({"instruction": parent, "output": "Quiet."}) + "\n")

    def longer(call: Call, prompt: str) -> Any:
        if call.role == "evolver":
            return json.dumps({"instruction": f"{parent} Be brief."})
        return respond_by(always(KEPT))(call, prompt)

    settings = SETTINGS | {"evolve_rounds": 1, "seeds": str(seeds), "n_attempts": 1}
    chat = ScriptedChat(respond=longer)
    summary = await proofset.arun(
        "evol_instruct", n=2, model=chat, out=tmp_path / "run", settings=settings, window=1
    )
    # The second one resembles what the first slot made of the same parent.
    assert (summary.kept, summary.reasons) == (1, {"novelty_gate: not_new": 1})


async def test_a_run_replays_to_the_same_bytes(tmp_path: Path) -> None:
    fates = [KEPT, *FAILED]
    await run(tmp_path, lambda slot, round_: fates[(slot + round_) % len(fates)], 24)
    await proofset.arun("evol_instruct", n=24, model=f"scripted:{tmp_path / 'run'}", out=tmp_path / "again")
    for name in ("records.jsonl", "rejected.jsonl"):
        assert (tmp_path / "run" / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


async def test_the_report_shows_how_complexity_grows_by_round(tmp_path: Path) -> None:
    def fate_of(slot: int, round_: int) -> str:
        return KEPT if slot or round_ < 2 else "critic: no_gain"

    def longer(call: Call, prompt: str) -> Any:
        if call.role != "evolver":
            return respond_by(fate_of)(call, prompt)
        more = words(1000 * call.slot + call.sample, 10 * call.sample)
        return json.dumps({"instruction": f"{evolved(call.slot, call.sample)} {more}".strip()})

    await proofset.arun(
        "evol_instruct", n=3, model=ScriptedChat(respond=longer), out=tmp_path / "run", settings=SETTINGS
    )
    report = report_on(tmp_path / "run")
    assert [(one.round, one.texts, one.kept) for one in report.rounds] == [
        (0, 3, 0),
        (1, 3, 0),
        (2, 3, 1),
        (3, 2, 0),
        (4, 2, 2),
    ]
    # Twelve words, and ten more with every round.
    assert [one.mean_words for one in report.rounds[1:]] == [12.0, 22.0, 32.0, 42.0]
    assert report.as_json()["rounds"][4]["kept"] == 2
    shown = CliRunner().invoke(cli, ["report", str(tmp_path / "run")])
    assert "round      texts    kept  mean words  median" in shown.output
