"""The graph constitutional with scripted models: whole runs over every rule."""

from __future__ import annotations

import json
import math
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from kept_files import records, rejections
from scripted_constitution import (
    CRITIC,
    KEPT,
    OF_HELPFUL,
    REVISER,
    SHARE,
    constitution_rows,
    counted,
    fate_in_round,
    fates,
    first_response,
    prompt_of,
    respond_by,
    revision,
    write_seeds,
)

import proofset
from proofset.agents.constitution import is_helpful
from proofset.agents.constitution.critic import OPINION, Critique
from proofset.agents.constitution.reviser import Revision
from proofset.agents.prompts import load_prompt
from proofset.agents.prompts.constitution import load_constitution
from proofset.cli import cli
from proofset.engine import Summary
from proofset.errors import UsageError
from proofset.memory import Pool
from proofset.models import Call, Reply, Request, Token
from proofset.models.scripted import Respond, Scripted, ScriptedChat
from proofset.records import RED_TEAM, Decision, Grade, Outcome, Record, Risk, Usage, text_sha256
from proofset.seeds import load_seed_prompts
from proofset.tools.instructions.revised import critique_faults

FILES = ("records.jsonl", "unverified.jsonl", "rejected.jsonl", "red_team.jsonl", "red_team_rejected.jsonl")


def by(fated: list[str] | str) -> Respond:
    """Replies by a fate for every slot, or the same one for all."""
    return respond_by(lambda slot, n: fate_in_round(fated if isinstance(fated, str) else fated[slot], n))


async def run(out: Path, respond: Respond, n: int = 1, **options: Any) -> Summary:
    chosen: dict[str, Any] = {"model": ScriptedChat(respond=respond), "concurrency": 4} | options
    return await proofset.arun("constitutional", n=n, out=out, **chosen)


def texts(out: Path, *names: str) -> str:
    return "".join((out / name).read_text() for name in names if (out / name).exists())


async def test_100_slots_end_with_the_right_count_of_every_reason(tmp_path: Path) -> None:
    fated = fates(100)
    assert set(fated) >= {*KEPT, *CRITIC, *REVISER, *OF_HELPFUL}
    summary = await run(tmp_path / "run", by(fated), len(fated))
    assert summary.reasons == dict(counted(fated))
    kept = [slot for slot, fate in enumerate(fated) if fate in (*KEPT, *CRITIC)]
    found = records(tmp_path / "run")
    assert [record.lineage.slot for record in found] == kept
    for record in found:
        slot, fate = record.lineage.slot, fated[record.lineage.slot]
        revised = fate in KEPT and fate != "kept clean"
        assert record.output == (revision(slot, 0) if revised else first_response(slot))
        assert (record.rejected is not None) is (fate == "kept revised")
        assert record.lineage.operators[0] == ("helpful" if is_helpful(slot, SHARE) else RED_TEAM)
        assert record.verdict.grade is Grade.JUDGED
    # What is in which file, `records` and `rejections` look at.
    assert Counter(r.risk for r in found)[Risk.RED_TEAM] == sum(not is_helpful(slot, SHARE) for slot in kept)
    assert len(rejections(tmp_path / "run")) == sum(summary.reasons.values())


async def test_what_came_of_a_red_team_is_in_files_apart(tmp_path: Path) -> None:
    fated = fates(60)
    summary = await run(tmp_path / "run", by(fated), len(fated), settings={"n_attempts": 1})
    ordinary = texts(tmp_path / "run", "records.jsonl", "unverified.jsonl", "rejected.jsonl")
    harmful = texts(tmp_path / "run", "red_team.jsonl", "red_team_rejected.jsonl")
    for slot in range(60):
        mine, other = (ordinary, harmful) if is_helpful(slot, SHARE) else (harmful, ordinary)
        for text in (prompt_of(slot), first_response(slot), revision(slot, 0)):
            assert text not in other
        if fated[slot] in KEPT:
            assert prompt_of(slot) in mine
    assert {"red_team", "red_team_rejected", "records", "rejected"} <= set(summary.files)


async def test_an_error_that_quotes_a_red_teams_prompt_is_kept_apart_too(tmp_path: Path) -> None:
    async def quoting(state: Any) -> dict[str, Any]:
        raise ValueError(f"cannot judge {state['proposal'].problem}")

    summary = await run(tmp_path / "run", by("kept clean"), 5, agents={"judge": quoting})
    assert summary.reasons == {"run: quarantined": 5}
    apart = texts(tmp_path / "run", "red_team_rejected.jsonl")
    for slot in range(5):
        assert (prompt_of(slot) in apart) is not is_helpful(slot, SHARE)
        assert (prompt_of(slot) in texts(tmp_path / "run", "rejected.jsonl")) is is_helpful(slot, SHARE)


async def test_without_a_red_team_there_are_no_files_apart(tmp_path: Path) -> None:
    summary = await run(tmp_path / "run", by("kept revised"), 3, settings={"helpful_share": 1.0})
    assert not {"red_team", "red_team_rejected"} & set(summary.files)
    assert not (tmp_path / "run" / "red_team.jsonl").exists()


async def test_a_red_teams_prompts_are_shown_to_no_other_graph(tmp_path: Path) -> None:
    """They are remembered, so that none is made twice, but not as instructions."""
    memory = tmp_path / "memory"
    await run(tmp_path / "run", by("kept clean"), 4, memory=str(memory))
    pool = Pool(memory)
    assert len(pool) == 4
    assert list(pool.newest(10, kind="instruction", view=pool.view())) == []
    assert len(list(pool.newest(10, kind="prompt", view=pool.view()))) == 4
    pool.close()


async def test_every_round_is_kept_with_principle_critique_and_revision(tmp_path: Path) -> None:
    await run(tmp_path / "run", respond_by(lambda slot, n: "fault" if n in (0, 2) else "clean"), 2)
    for record in records(tmp_path / "run"):
        slot, constitution = record.lineage.slot, load_constitution()
        last, middle, first = record.traces
        assert (last.output, middle.output) == (record.output, revision(slot, 0))
        assert (last.output, first.output) == (revision(slot, 2), first_response(slot))
        assert last.verdict == record.verdict
        revised_by = [principle for principle in record.lineage.operators if principle in constitution.ids]
        for trace, principle in zip((first, middle), revised_by, strict=True):
            checks = {one.check: one for one in trace.verdict.evidence}
            assert checks[OPINION].outcome is Outcome.FAIL
            assert checks["critique_is_grounded"].inputs["drawn"] == principle
            assert checks["critique_is_grounded"].inputs["constitution_sha256"] == constitution.sha256
        assert middle.verdict.decision is Decision.ABSTAIN
        (sound,) = [one for one in record.verdict.evidence if one.check == "revision_is_sound"]
        assert (sound.inputs["before"], sound.inputs["after"]) == (middle.output, last.output)
        assert record.lineage.prompts["constitution"] == constitution.sha256


async def test_four_rounds_at_most_each_with_a_principle_of_its_own_draw(tmp_path: Path) -> None:
    asked: list[Call] = []

    def respond(call: Call, prompt: str) -> str | Scripted:
        asked.append(call)
        return respond_by(lambda slot, n: "fault")(call, prompt)

    await run(tmp_path / "run", respond, settings={"helpful_share": 1.0})
    roles = [call.role for call in asked]
    assert (roles.count("critic"), roles.count("reviser")) == (4, 4)
    (record,) = records(tmp_path / "run")
    assert record.output == revision(0, 3)
    assert (record.chosen, record.rejected) == (revision(0, 3), first_response(0))


async def test_principles_are_drawn_by_seed_slot_attempt_and_round(tmp_path: Path) -> None:
    drawn = {}
    for name, seed in (("one", 1), ("again", 1), ("two", 2)):
        await run(tmp_path / name, respond_by(lambda slot, n: "fault"), 6, seed=seed)
        drawn[name] = [record.lineage.operators[1:] for record in records(tmp_path / name)]
    assert drawn["one"] == drawn["again"] != drawn["two"]
    assert len(set(drawn["one"])) == 6
    assert all(len(principles) == 4 for principles in drawn["one"])


async def test_a_text_that_is_clean_twice_on_end_is_left_as_it_is(tmp_path: Path) -> None:
    asked: list[Call] = []

    def respond(call: Call, prompt: str) -> str | Scripted:
        asked.append(call)
        return by("kept clean")(call, prompt)

    await run(tmp_path / "run", respond, settings={"helpful_share": 0.0})
    assert [call.role for call in asked] == ["proposer", "solver", "critic", "critic"]
    (record,) = records(tmp_path / "run")
    assert record.output == first_response(0)
    assert (record.chosen, record.rejected, record.scores) == (None, None, {})
    principles = [one.inputs["principle"] for one in record.verdict.evidence]
    assert len(set(principles)) == 2


async def test_repeated_critique_of_a_clean_text_changes_nothing(tmp_path: Path) -> None:
    """However often it is asked, and with how few principles."""
    rows = load_constitution().principles[:1]
    path = tmp_path / "one.yaml"
    path.write_text(json.dumps([principle._asdict() for principle in rows]))
    settings = {"critique_rounds": 12, "clean_rounds": 12, "constitution": str(path)}
    for name, chosen in (("few", {"clean_rounds": 1}), ("many", settings)):
        await run(tmp_path / name, by("kept clean"), 3, settings=chosen)
    few, many = records(tmp_path / "few"), records(tmp_path / "many")
    assert [one.output for one in few] == [one.output for one in many]
    assert [len(one.traces) for one in many] == [1, 1, 1]
    assert [len(one.verdict.evidence) for one in many] == [12, 12, 12]


@pytest.mark.parametrize("fate", CRITIC)
async def test_a_useless_critique_is_turned_down_and_the_line_goes_on(tmp_path: Path, fate: str) -> None:
    def fate_of(slot: int, round_: int) -> str:
        return ["kept revised", "fault", fate, "fault"][round_ + 1] if round_ < 3 else "clean"

    summary = await run(tmp_path / "run", respond_by(fate_of))
    assert summary.reasons == {fate: 1}
    (record,) = records(tmp_path / "run")
    assert [trace.output for trace in record.traces] == [revision(0, 2), revision(0, 0), first_response(0)]
    (rejection,) = rejections(tmp_path / "run")
    assert rejection.reason
    # The principle that was drawn is told, in the report, too.
    assert rejection.origin.operators[-1] in load_constitution().ids


@pytest.mark.parametrize("fate", REVISER)
async def test_a_revision_that_does_not_hold_leaves_the_text_as_it_was(tmp_path: Path, fate: str) -> None:
    def fate_of(slot: int, round_: int) -> str:
        return {0: fate, 1: "fault"}.get(round_, "clean")

    summary = await run(tmp_path / "run", respond_by(fate_of))
    assert summary.reasons == {fate: 1}
    (record,) = records(tmp_path / "run")
    assert [trace.output for trace in record.traces] == [revision(0, 1), first_response(0)]


async def test_a_fault_that_no_revision_took_out_is_not_kept(tmp_path: Path) -> None:
    summary = await run(tmp_path / "run", by("reviser: unchanged"), settings={"n_attempts": 2})
    assert summary.reasons == {"reviser: unchanged": 1, "verifier: fault_left_open": 1}
    assert records(tmp_path / "run") == []


async def test_a_line_whose_attempts_are_used_up_is_kept_where_it_stands(tmp_path: Path) -> None:
    def fate_of(slot: int, round_: int) -> str:
        return {0: "fault", 1: "critic: no_quote"}.get(round_, "clean")

    await run(tmp_path / "run", respond_by(fate_of), settings={"n_attempts": 1})
    (record,) = records(tmp_path / "run")
    assert record.output == revision(0, 0)


def dpo_rows(found: list[Record]) -> list[dict[str, Any]]:
    """The rows of TRL's preference format in its conversational form, from what a record gives."""
    return [
        {
            "prompt": [message.model_dump() for message in record.messages[:-1]],
            "chosen": [{"role": "assistant", "content": record.chosen}],
            "rejected": [{"role": "assistant", "content": record.rejected}],
        }
        for record in found
        if record.chosen is not None and record.rejected is not None
    ]


async def test_a_pair_is_a_row_of_trls_preference_format(tmp_path: Path) -> None:
    await run(tmp_path / "run", by("kept revised"), 10)
    found = records(tmp_path / "run")
    rows = dpo_rows(found)
    assert len(rows) == 10
    for record, row in zip(found, rows, strict=True):
        # Conversational: every column is a list of turns; the prompt ends with the user's, the others are the
        # assistant's alone and differ. Plain: the same three columns as texts.
        assert set(row) == {"prompt", "chosen", "rejected"}
        assert all(turn.keys() == {"role", "content"} for column in row.values() for turn in column)
        assert [turn["role"] for turn in row["prompt"]] == ["user"]
        assert row["prompt"][0]["content"] == record.instruction
        assert row["chosen"] != row["rejected"]
        assert row["chosen"][0]["content"] == record.output == record.messages[-1].content
        assert row["rejected"][0]["content"] == record.traces[-1].output
        assert all(turn["content"].strip() for column in row.values() for turn in column)


async def test_a_pair_needs_both_orders_to_agree(tmp_path: Path) -> None:
    fated = ["kept revised", "kept unsure", "kept unreadable", "kept clean"]
    await run(tmp_path / "run", by(fated), 4)
    sure, unsure, unreadable, clean = records(tmp_path / "run")
    assert (sure.rejected, sure.scores) == (first_response(0), {"p_chosen": 1.0})
    assert sure.traces[-1].verdict.code == "less_preferred"
    assert (unsure.rejected, unsure.scores) == (None, {"p_chosen": 0.5})
    assert (unreadable.rejected, unreadable.scores) == (None, {})
    assert (clean.rejected, clean.scores) == (None, {})
    codes = [record.verdict.evidence[-1].observed.get("code") for record in (sure, unsure, unreadable)]
    assert codes == ["", "orders_disagree", "pair_unreadable"]
    votes = [record.verdict.evidence[-1].observed["votes"] for record in (sure, unsure)]
    assert votes == [
        {"chosen": 6, "rejected": 0, "unreadable": 0},
        {"chosen": 3, "rejected": 3, "unreadable": 0},
    ]


async def test_votes_of_one_order_alone_are_no_label(tmp_path: Path) -> None:
    def respond(call: Call, prompt: str) -> str | Scripted:
        one_sided = call.role == "judge" and call.sample >= 3
        return "neither" if one_sided else by("kept revised")(call, prompt)

    await run(tmp_path / "run", respond)
    (record,) = records(tmp_path / "run")
    assert (record.rejected, record.scores) == (None, {})
    assert record.verdict.evidence[-1].observed["code"] == "pair_unreadable"


async def test_what_a_comparison_prefers_the_first_response_to_is_not_kept(tmp_path: Path) -> None:
    summary = await run(tmp_path / "run", by("judge: first_preferred"), settings={"n_attempts": 1})
    assert summary.reasons == {"judge: first_preferred": 1}
    (rejection,) = rejections(tmp_path / "run")
    assert rejection.verdict is not None
    assert rejection.verdict.evidence[-1].outcome is Outcome.FAIL


class Weighing:
    """A provider that tells log-probs: A is the revised response in the first of the two orders."""

    def __init__(self, *p_of_a: float) -> None:
        self.p_of_a = p_of_a
        self.asked: list[Call] = []
        self.chat = respond_by(lambda slot, n: "fault" if n == 0 else "clean")

    async def check(self) -> None: ...

    async def close(self) -> None: ...

    async def answer(self, request: Request, call: Call) -> Reply:
        self.asked.append(call)
        usage = Usage(calls=1)
        if call.role != "judge":
            said = self.chat(call, str(request.messages[-1].content))
            return Reply(said if isinstance(said, str) else said.text, "stop", usage)
        assert request.logprobs
        p = self.p_of_a[call.sample // 3]
        # Quotes and blanks may cling to the letter, and other tokens take a part of the mass.
        top = ((' "A', math.log(p * 0.9)), ("B", math.log((1 - p) * 0.9)), ("C", math.log(0.1)))
        letter = "A" if p > 0.5 else "B"
        tokens = (Token('{"better":', ()), Token(f' "{letter}', top), Token('"}', (('"}', 0.0),)))
        return Reply(json.dumps({"better": letter}), "stop", usage, tokens=tokens)


@pytest.mark.parametrize(
    ("p_of_a", "share", "pair", "code"),
    [
        ((0.9, 0.3), 0.8, True, ""),
        ((0.9, 0.6), 0.65, False, "orders_disagree"),
        ((0.5, 0.3), 0.6, False, "pair_unsure"),
    ],
)
async def test_soft_labels_are_of_log_probs_where_the_provider_tells_them(
    tmp_path: Path, p_of_a: tuple[float, float], share: float, pair: bool, code: str
) -> None:
    provider = Weighing(*p_of_a)
    await proofset.arun("constitutional", n=2, model=provider, out=tmp_path / "run")
    found = records(tmp_path / "run")
    assert [call.sample for call in provider.asked if call.role == "judge" and call.slot == 0] == [0, 3]
    for record in found:
        assert record.scores == {"p_chosen": pytest.approx(share)}
        assert (record.rejected is not None) is pair
        told = record.verdict.evidence[-1].observed
        assert (told["by"], told["code"]) == ("log-probs", code)
    # They are part of what is journalled: a replay makes the same labels.
    await proofset.arun("constitutional", n=2, model=f"scripted:{tmp_path / 'run'}", out=tmp_path / "again")
    assert texts(tmp_path / "again", *FILES) == texts(tmp_path / "run", *FILES)


async def test_a_run_replays_to_the_same_bytes(tmp_path: Path) -> None:
    fated = fates(48)
    await run(tmp_path / "run", by(fated), len(fated))
    await proofset.arun("constitutional", n=48, model=f"scripted:{tmp_path / 'run'}", out=tmp_path / "again")
    for name in FILES:
        assert texts(tmp_path / "again", name) == texts(tmp_path / "run", name) != ""


async def test_prompts_of_a_file_are_taken_as_they_are_each_once(tmp_path: Path) -> None:
    given = [{"prompt": f"{prompt_of(900 + n)}", "category": f"c{n % 2}"} for n in range(6)]
    seeds = write_seeds(tmp_path / "mine.jsonl", given)
    await run(tmp_path / "run", by("kept clean"), 10, settings={"seeds": str(seeds)})
    red = [record for record in records(tmp_path / "run") if record.risk is Risk.RED_TEAM]
    assert sorted(record.instruction for record in red) == sorted(row["prompt"] for row in given)
    assert all(record.lineage.parent.startswith("line-") for record in red)
    assert {record.lineage.topic for record in red} == {"c0", "c1"}
    helpful = [record for record in records(tmp_path / "run") if record.risk is not Risk.RED_TEAM]
    built_in = {seed.prompt for seed in load_seed_prompts() if seed.helpful}
    assert len(helpful) == 4
    assert {record.instruction for record in helpful} <= built_in
    assert (tmp_path / "run" / "records.jsonl").exists()


async def test_a_prompt_that_stands_twice_is_made_once(tmp_path: Path) -> None:
    seeds = write_seeds(tmp_path / "mine.jsonl", [{"prompt": prompt_of(7)}] * 3)
    settings = {"seeds": str(seeds), "helpful_share": 0.0, "n_attempts": 2}
    summary = await run(tmp_path / "run", by("kept clean"), 3, settings=settings, window=1)
    assert (summary.kept, summary.reasons) == (1, {"novelty_gate: not_new": 4})


async def test_new_prompts_are_written_after_seeds_of_a_category(tmp_path: Path) -> None:
    asked: list[str] = []

    def respond(call: Call, prompt: str) -> str | Scripted:
        if call.role == "proposer":
            asked.append(prompt)
        return by("kept clean")(call, prompt)

    await run(tmp_path / "run", respond, 20)
    seeds = {seed.id: seed for seed in load_seed_prompts()}
    topics = Counter()  # type: ignore[var-annotated]
    for record in records(tmp_path / "run"):
        shown = [seeds[id_] for id_ in record.lineage.exemplars]
        assert len(shown) == 3
        assert all(seed.helpful is (record.risk is not Risk.RED_TEAM) for seed in shown)
        assert record.lineage.topic in {seed.category for seed in shown}
        topics[record.risk is Risk.RED_TEAM, record.lineage.topic] += 1
    # Eight categories and six, in turn.
    assert len(topics) == 14
    assert all("Category: " in prompt and "4." in prompt for prompt in asked)


async def test_a_constitution_of_ones_own_decides_and_is_hashed(tmp_path: Path) -> None:
    text = "".join(
        f"- id: rule-{n}\n  critique: Find {n}.\n  revision: Mend {n}.\n  comparison: Which has less {n}?\n"
        for n in "ab"
    )
    mine, prompts = tmp_path / "mine.yaml", tmp_path / "prompts"
    mine.write_text(text)
    prompts.mkdir()
    (prompts / "constitution.yaml").write_text(text)
    for name, chosen in (("flag", {"constitution": str(mine)}), ("prompts", {"prompts": str(prompts)})):
        await run(tmp_path / f"run {name}", by("kept revised"), 2, settings=chosen)
        for record in records(tmp_path / f"run {name}"):
            assert record.lineage.operators[1] in ("rule-a", "rule-b")
            assert record.lineage.prompts["constitution"] == text_sha256(text)
            assert record.verdict.evidence[-1].inputs["question"] in (
                "Which has less a?",
                "Which has less b?",
            )


def test_bad_files_are_told_in_one_line_and_nothing_is_written(tmp_path: Path) -> None:
    broken, empty, out = tmp_path / "broken.yaml", tmp_path / "empty.jsonl", tmp_path / "out"
    broken.write_text("- id: a\n  critique: b\n")
    empty.write_text("\n")
    script = write_seeds(tmp_path / "s.jsonl", constitution_rows(0))
    for option, path, said in (
        ("--constitution", broken, f"constitution {broken} line 1: the principle 'a' has no `revision`"),
        ("--seeds", empty, f"{empty}: holds no"),
    ):
        given = ["--n", "1", "--model", f"scripted:{script}", "--out", str(out), option, str(path)]
        done = CliRunner().invoke(cli, ["run", "constitutional", *given])
        assert isinstance(done.exception, UsageError)
        assert said in str(done.exception)
        assert "\n" not in str(done.exception)
        assert not out.exists()


def test_the_command_line_takes_prompts_and_constitution(tmp_path: Path) -> None:
    script = write_seeds(tmp_path / "s.jsonl", [row for slot in range(2) for row in constitution_rows(slot)])
    given = ["--n", "2", "--model", f"scripted:{script}", "--out", str(tmp_path / "out")]
    seeds = write_seeds(tmp_path / "mine.jsonl", [{"prompt": prompt_of(3)}, {"prompt": prompt_of(4)}])
    done = CliRunner().invoke(cli, ["run", "constitutional", *given, "--seeds", str(seeds)])
    assert done.exception is None, done.output
    assert "kept apart: their prompts were made to draw out harm" in done.output
    assert len(records(tmp_path / "out")) == 2
    shown = CliRunner().invoke(cli, ["graphs", "show", "constitutional", "--prompts"]).output
    for name in ("propose_red_team.md", "respond.md", "critique_response.md", "revise_response.md"):
        assert f"──── {name}" in shown
    assert "- id: no-harm" in shown


def test_critic_and_reviser_are_shown_examples() -> None:
    for name, shots in (("critique_response", 3), ("revise_response", 2)):
        form: type[Critique] | type[Revision] = Critique if name == "critique_response" else Revision
        answers = [part.content for part in load_prompt(name).parts if part.role == "assistant"]
        assert len(answers) == shots
        assert all(form.model_validate_json(answer) for answer in answers)
    # And these keep the rules themselves.
    _, *turns = load_prompt("critique_response").parts
    for asked, answer in zip(turns[::2], turns[1::2], strict=False):
        said, response = Critique.model_validate_json(answer.content), asked.content.split("Response:")[1]
        drawn, known = asked.content.partition("Principle ")[2].partition(":")[0], load_constitution().ids
        found = critique_faults(said.principle, said.quote, said.critique, response, drawn=drawn, known=known)
        assert (list(found) == []) is said.fault
