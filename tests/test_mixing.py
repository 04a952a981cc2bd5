"""Mixing: floors by rows and tokens, held-out sets, the guard, the watch, versions that grow."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from mixed import GRADED, HUMAN, lines, record

from proofset.cli import main
from proofset.errors import ProofsetError, UsageError
from proofset.mixing import MixPlan, difference, mix, read_manifest
from proofset.mixing.example import Example, human_example
from proofset.mixing.floor import Floor, Size, in_order, to_the_floor
from proofset.mixing.guard import Guard
from proofset.mixing.version import LEFT_OUT
from proofset.records import Grade, Message, Risk


def rows_of(version: Path) -> list[Example]:
    return [
        Example.model_validate_json(line)
        for shard in sorted(version.glob("train-*.jsonl"))
        for line in shard.read_text(encoding="utf-8").splitlines()
    ]


def left_out(version: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in (version / LEFT_OUT).read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def human(tmp_path: Path) -> str:
    return lines(tmp_path / "human.jsonl", HUMAN)


@pytest.fixture
def synthetic(tmp_path: Path) -> str:
    return lines(tmp_path / "records.jsonl", [record(number) for number in range(600)])


def test_human_rows_are_at_least_three_in_ten_by_rows_and_by_tokens(
    human: str, synthetic: str, tmp_path: Path
) -> None:
    made = mix(MixPlan(human=(human,), synthetic=(synthetic,)), tmp_path / "v1")
    rows, tokens = made.manifest.human_share
    assert rows >= 0.3 and tokens >= 0.3
    assert made.manifest.human.rows == 175
    # One more row would break the floor that is nearer: 175 of 583 rows are three in ten.
    assert made.manifest.synthetic.rows == 408
    assert made.manifest.left_out == {"human_floor_rows": 192}
    assert len(rows_of(made.out)) == 583
    assert {row["reason"] for row in left_out(made.out)} == {"with it, human rows are below 30%"}


def test_long_records_meet_the_floor_of_tokens_first(human: str, tmp_path: Path) -> None:
    long = [record(number, text=f"Case {number}. " + "Say it again in full. " * 60) for number in range(60)]
    plan = MixPlan(human=(human,), synthetic=(lines(tmp_path / "long.jsonl", long),), allow_collapse=True)
    made = mix(plan, tmp_path / "v1")
    rows, tokens = made.manifest.human_share
    assert tokens >= 0.3 and rows > 0.5
    assert set(made.manifest.left_out) == {"human_floor_tokens"}


SIZES = st.lists(st.tuples(st.integers(1, 40), st.sampled_from(list(GRADED))), max_size=40)


def example(number: int, tokens: int, grade: Grade | None = None) -> Example:
    return Example(
        id=str(number),
        origin="synthetic",
        messages=(
            Message(role="user", content="a " * tokens),
            Message(role="assistant", content="b"),
        ),
        grade=grade,
        source="x",
    )


@given(SIZES, st.integers(0, 30), st.integers(0, 300), st.integers(20, 40))
def test_the_floor_holds_whatever_is_offered(
    sizes: list[tuple[int, Grade]], rows: int, tokens: int, percent: int
) -> None:
    floor = Floor(Size(rows, tokens), Fraction(percent, 100))
    offered = in_order([example(n, size, grade) for n, (size, grade) in enumerate(sizes)], seed=1)
    taken, size = [], Size()
    for one, fault in to_the_floor(offered, floor, Size()):
        if not fault:
            taken.append(one)
            size = size.with_(one)
        else:
            assert floor.holds(size.with_(one)) == fault
    assert rows * 100 >= percent * (rows + size.rows)
    assert tokens * 100 >= percent * (tokens + size.tokens)
    order = [Grade.PROVED, Grade.CHECKED, Grade.JUDGED]
    ranks = [order.index(one.grade) for one in offered if one.grade]
    assert ranks == sorted(ranks)


def test_the_best_grades_are_taken_first(human: str, tmp_path: Path) -> None:
    grades = [Grade.JUDGED, Grade.CHECKED, Grade.PROVED]
    records = [record(number, grade=grades[number % 3]) for number in range(600)]
    plan = MixPlan(human=(human,), synthetic=(lines(tmp_path / "r.jsonl", records),))
    assert mix(plan, tmp_path / "v1").manifest.grades == {"checked": 200, "judged": 8, "proved": 200}


def test_all_synthetic_is_refused_unless_said_in_so_many_words(synthetic: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"never all synthetic; give --human FILE, or say --all-synthetic"):
        mix(MixPlan(synthetic=(synthetic,)), tmp_path / "v1")
    assert not (tmp_path / "v1").exists()
    made = mix(MixPlan(synthetic=(synthetic,), all_synthetic=True), tmp_path / "v1")
    assert made.manifest.synthetic.rows == 600
    assert made.manifest.overrides == ("all_synthetic: no human rows, and no floor",)


def test_nothing_of_a_held_out_set_is_taken(human: str, tmp_path: Path) -> None:
    words = "How many of the seventeen green lanterns on the north pier were lit before the storm came in?"
    held = lines(tmp_path / "test.jsonl", [{"id": "self_instruct-3", "question": words}])
    records = [record(number) for number in range(5)] + [record(7, text=f"{words} Say why.")]
    plan = MixPlan(human=(human,), synthetic=(lines(tmp_path / "r.jsonl", records),), held_out=(held,))
    made = mix(plan, tmp_path / "v1")
    assert made.manifest.left_out == {"held_out_id": 1, "held_out": 1}
    assert {row["id"] for row in left_out(made.out)} == {"self_instruct-3", "self_instruct-7"}


def test_human_rows_of_a_held_out_set_are_not_taken_either(human: str, tmp_path: Path) -> None:
    held = lines(tmp_path / "test.jsonl", HUMAN[:10])
    made = mix(MixPlan(human=(human,), held_out=(held,)), tmp_path / "v1")
    assert made.manifest.human.rows == 165


def test_a_weaker_generator_is_refused_unless_its_record_is_proved(human: str, tmp_path: Path) -> None:
    records = [
        record(0, model="local:small-1.5b"),
        record(1, model="local:small-1.5b", grade=Grade.PROVED),
        record(2, model="openai:big-70b"),
        record(3, model="openai:nobody-knows"),
        record(4, model="local:same-7b"),
    ]
    plan = MixPlan(
        human=(human,), synthetic=(lines(tmp_path / "r.jsonl", records),), target_model="mine-7b-instruct"
    )
    told: list[str] = []
    made = mix(plan, tmp_path / "v1", tell=told.append)
    assert made.manifest.guard == {"weaker_generator": 2, "proved": 1, "stronger": 1, "unknown": 1}
    assert {row["id"] for row in left_out(made.out)} == {"self_instruct-0", "self_instruct-4"}
    assert any("size nothing says" in line for line in told)


@pytest.mark.parametrize(
    ("spec", "tier"),
    [
        ("local:qwen2.5-coder-1.5b", 1.5),
        ("local:smollm2-135m", 0.135),
        ("openai:meta-llama/Llama-3.1-70B-Instruct@http://host/v1", 70),
        ("openai:gpt-4.1-nano", None),
        ("openai:house-model", 30),
    ],
)
def test_tiers_are_read_from_names_and_from_the_users_file(spec: str, tier: float | None) -> None:
    assert Guard("x-7b", {"house": 30}).tier(spec) == tier


def test_a_target_of_unknown_size_is_refused_with_the_mend() -> None:
    with pytest.raises(UsageError, match=r"--target-model openai:mine: its name says no size .* `mine: 7`"):
        Guard("openai:mine", {})


def test_facts_that_nobody_checked_stay_out_unless_wanted(human: str, tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    lines(run / "records.jsonl", [record(0)])
    lines(run / "unverified.jsonl", [record(1, risk=Risk.UNVERIFIED_FACTUAL)])
    plan = MixPlan(human=(human,), synthetic=(str(run),))
    assert mix(plan, tmp_path / "v1").manifest.synthetic.rows == 1
    wanted = plan.model_copy(update={"factual": True})
    assert mix(wanted, tmp_path / "v2").manifest.synthetic.rows == 2
    both = lines(tmp_path / "both.jsonl", [record(1, risk=Risk.UNVERIFIED_FACTUAL)])
    made = mix(MixPlan(human=(human,), synthetic=(both,)), tmp_path / "v3")
    assert made.manifest.left_out == {"unverified_factual": 1}


def test_a_collapse_stops_the_mix_and_can_be_overridden_on_record(human: str, tmp_path: Path) -> None:
    copies = [record(number, text=f"Write poem {number} about the sea.") for number in range(200)]
    plan = MixPlan(human=(human,), synthetic=(lines(tmp_path / "r.jsonl", copies),))
    with pytest.raises(ProofsetError, match=r"lost the breadth of what people wrote .*--allow-collapse"):
        mix(plan, tmp_path / "v1")
    assert not (tmp_path / "v1").exists()
    made = mix(plan.model_copy(update={"allow_collapse": True}), tmp_path / "v1")
    assert made.manifest.overrides[0].startswith("allow_collapse: synthetic: distinct_1, ")
    assert made.manifest.watch[0]["state"] == "collapsed"


def test_versions_accumulate_and_say_what_changed(human: str, tmp_path: Path) -> None:
    first = lines(tmp_path / "a.jsonl", [record(number) for number in range(20)])
    second = lines(tmp_path / "b.jsonl", [record(number) for number in range(10, 40)])
    old, new = tmp_path / "v1", tmp_path / "v2"
    mix(MixPlan(human=(human,), synthetic=(first,)), old)
    made = mix(MixPlan(synthetic=(second,), previous=str(old)), new)
    assert (made.manifest.human.rows, made.manifest.synthetic.rows) == (175, 40)
    assert made.manifest.left_out == {"known": 10}
    found = difference(old, new)
    assert sorted(found.added) == sorted(f"self_instruct-{number}" for number in range(20, 40))
    assert found.removed == found.changed == ()
    back = difference(new, old)
    assert sorted(back.removed) == sorted(found.added)


def test_a_version_that_was_edited_is_not_built_upon(human: str, tmp_path: Path) -> None:
    old = tmp_path / "v1"
    mix(MixPlan(human=(human,)), old)
    (shard,) = old.glob("train-*.jsonl")
    shard.write_text(shard.read_text(encoding="utf-8").replace("a", "e", 1), encoding="utf-8")
    with pytest.raises(ProofsetError, match=r"its SHA-256 is not the manifest's"):
        mix(MixPlan(previous=str(old)), tmp_path / "v2")
    assert not (tmp_path / "v2").exists()


def test_the_same_plan_gives_the_same_bytes(human: str, synthetic: str, tmp_path: Path) -> None:
    plan = MixPlan(human=(human,), synthetic=(synthetic,), shard_rows=100)
    mix(plan, tmp_path / "a")
    mix(plan, tmp_path / "b")
    names = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert names[-1] == "train-00005-of-00006.jsonl"
    for name in names:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    assert read_manifest(tmp_path / "a").plan == plan


@pytest.mark.parametrize(
    ("row", "turns"),
    [
        ({"instruction": "Add.", "input": "1 2", "output": "3"}, ["Add.\n\n1 2", "3"]),
        ({"prompt": "Hi", "completion": "Ho"}, ["Hi", "Ho"]),
        ({"question": "Why?", "answer": "So."}, ["Why?", "So."]),
        ({"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}, ["a", "b"]),
        ({"conversations": [{"from": "human", "value": "a"}, {"from": "gpt", "value": "b"}]}, ["a", "b"]),
    ],
)
def test_human_rows_are_read_in_the_usual_forms(row: dict[str, Any], turns: list[str]) -> None:
    made = human_example(row, "f line 1")
    assert isinstance(made, Example)
    assert [message.content for message in made.messages] == turns


def test_rows_that_are_none_are_named_and_left_out(human: str, tmp_path: Path) -> None:
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"instruction": "x", "output": " "}\nno json\n{"a": 1}\n', encoding="utf-8")
    told: list[str] = []
    plan = MixPlan(human=(human, str(broken)), synthetic=(lines(tmp_path / "r.jsonl", [{"id": "a"}]),))
    made = mix(plan, tmp_path / "v1", tell=told.append)
    assert made.manifest.left_out == {"unreadable": 4}
    assert f"{broken} line 1: `instruction` or `output` is empty; write both; it is left out" in told
    assert any(line.startswith(f"{broken} line 2: no JSON") for line in told)
    assert any("r.jsonl line 1: no record (" in line for line in told)


def invoke(*args: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(list(args))
    said = capsys.readouterr()
    return int(ended.value.code or 0), said.out, said.err


def test_the_command_makes_versions_and_compares_them(
    human: str, synthetic: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = str(tmp_path / "v1"), str(tmp_path / "v2")
    code, out, _ = invoke("mix", "--human", human, "--out", old, capsys=capsys)
    assert code == 0 and "175 human and 0 synthetic rows" in out
    code, out, _ = invoke(
        "mix", "--previous", old, "--synthetic", synthetic, "--out", new, "--json", capsys=capsys
    )
    assert code == 0 and json.loads(out)["synthetic"] == [408, json.loads(out)["synthetic"][1]]
    code, out, _ = invoke("mix", "diff", old, new, capsys=capsys)
    assert code == 0 and "408 added" in out and "human share of rows 100.0% → 30.0%" in out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "error: --out: missing"),
        (("--out", "{tmp}/v", "--human-share", "0.1"), "error: --human-share 0.1: input should be greater"),
        (("--out", "{tmp}", "--human", "{human}"), "it is there already"),
        (("--out", "{human}/v", "--human", "{human}"), "is no directory; name another place"),
        (("--out", "{tmp}/v", "--previous", "{tmp}"), "no version of `proofset mix`"),
        (("--out", "{tmp}/v", "--human", "{tmp}/none.jsonl"), "cannot read it"),
    ],
)
def test_bad_input_is_one_line_with_the_mend(
    options: tuple[str, ...], said: str, human: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    filled = [option.format(tmp=tmp_path, human=human) for option in options]
    code, _, err = invoke("mix", *filled, capsys=capsys)
    assert code == 2
    assert said in err and len(err.splitlines()) == 1


def test_help_names_the_subcommand() -> None:
    from proofset.cli import cli

    assert "diff" in CliRunner().invoke(cli, ["mix", "--help"]).output
