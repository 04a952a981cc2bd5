"""`proofset export`: every format is what its trainer reads, and all of it can be verified."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar

import pytest
import yaml
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from released import code_record, judged_record, made, math_record, rows_of, write
from scripted_code import replies

import proofset
from proofset.cli import cli
from proofset.cli.export import FORMATS, GRADES, RISKS
from proofset.models.scripted import ScriptedChat
from proofset.records import Grade, Record, Risk
from proofset.release import verifying
from proofset.release.choosing import Choice, held_out
from proofset.release.exporting import Order, export
from proofset.release.formats import ROWS
from proofset.release.rechecking import Status
from proofset.tools.sandbox import Sandbox

PARQUET = ("parquet", "hf")


@pytest.fixture(scope="module")
def kept(shared_sandbox: Sandbox) -> list[Record]:
    """Twelve records: code and math with and without wrong solutions, and four that were judged."""

    async def make() -> list[Record]:
        return [
            *[await code_record(n, shared_sandbox, wrong=n % 2 == 0) for n in range(1, 5)],
            *[await math_record(n, shared_sandbox, false_step=n % 2 == 0) for n in range(5, 9)],
            *[judged_record(n) for n in range(9, 12)],
            judged_record(12, risk=Risk.UNVERIFIED_FACTUAL),
        ]

    return asyncio.run(make())


@pytest.fixture
def data(tmp_path: Path, kept: list[Record]) -> Path:
    (tmp_path / "run").mkdir()
    return write(tmp_path / "run" / "records.jsonl", kept)


def invoke(*args: object) -> Result:
    return CliRunner().invoke(cli, [*map(str, args)])


def exported(data: Path, format: str, out: Path, *args: object) -> Path:
    result = invoke("export", data, "--format", format, "--out", out, *args)
    assert result.exit_code == 0, (result.output, result.exception)
    return out


def verified(path: Path, sandbox: Sandbox, evidence: Path | None = None) -> list[verifying.Result]:
    results: list[verifying.Result] = []
    asyncio.run(verifying.verify(verifying.plan_of(path, evidence), sandbox, results.append))
    return results


def failed(results: Sequence[verifying.Result]) -> list[tuple[str, int | None]]:
    return [(one.file, one.line) for one in results if one.status is Status.FAILED]


def test_the_command_knows_all_formats_grades_and_risks() -> None:
    assert tuple(ROWS) == FORMATS
    assert tuple(Grade) == GRADES
    assert tuple(Risk) == RISKS


# What each trainer's documentation asks for: the columns, and how deep a text lies in them.
COLUMNS = {
    "alpaca": {"id", "instruction", "input", "output"},
    "sharegpt": {"id", "conversations"},
    "messages": {"messages"},
    "trl-sft": {"id", "messages"},
    "trl-prompt-completion": {"id", "prompt", "completion"},
    "trl-dpo": {"id", "prompt", "chosen", "rejected"},
    "trl-kto": {"id", "prompt", "completion", "label"},
    "trl-stepwise": {"id", "prompt", "completions", "labels"},
    "llama-factory": {"id", "instruction", "input", "output"},
    "llama-factory-dpo": {"id", "instruction", "input", "chosen", "rejected"},
    "axolotl": {"id", "messages"},
}
# Eleven records are chosen; four have a refuted solution, four are reasonings of which two have a false one.
ROW_COUNTS = {"trl-dpo": 4, "llama-factory-dpo": 4, "trl-kto": 11 + 4, "trl-stepwise": 4 + 2}


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_loads_with_datasets_and_verifies(
    format: str, data: Path, tmp_path: Path, shared_sandbox: Sandbox
) -> None:
    datasets = pytest.importorskip("datasets", reason="pip install datasets: what trainers load data with")
    out = exported(data, format, tmp_path / "out", "--validation", "0.3")
    found = load(datasets, out, format, tmp_path / "cache")
    assert set(found) == {"train", "validation"}
    rows = [row for split in ("train", "validation") for row in found[split]]
    assert len(rows) == ROW_COUNTS.get(format, 11)
    if format in COLUMNS:
        assert {frozenset(row) for row in rows} == {frozenset(COLUMNS[format])}
    assert all(value is not None for row in rows for value in row.values())
    assert failed(verified(out, shared_sandbox)) == []


def load(datasets: Any, out: Path, format: str, cache: Path) -> Any:
    """As a trainer does: a directory of the hub by its card, other files by their names."""
    if format == "hf":
        return datasets.load_dataset(str(out), cache_dir=str(cache))
    ends = "parquet" if format == "parquet" else "jsonl"
    files = {split: str(out / f"{split}.{ends}") for split in ("train", "validation")}
    builder = "parquet" if format == "parquet" else "json"
    return datasets.load_dataset(builder, data_files=files, cache_dir=str(cache))


def rows(record: Record, format: str) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name != "id"} for row in ROWS[format](record)]


def test_pairs_and_labels_are_what_was_accepted_and_refuted(kept: list[Record]) -> None:
    record = kept[1]
    asked = [{"role": "user", "content": record.instruction}]
    right, wrong = (
        [{"role": "assistant", "content": text}] for text in (record.output, record.traces[1].output)
    )
    assert rows(record, "trl-dpo") == [{"prompt": asked, "chosen": right, "rejected": wrong}]
    assert rows(record, "trl-kto") == [
        {"prompt": asked, "completion": right, "label": True},
        {"prompt": asked, "completion": wrong, "label": False},
    ]
    assert rows(record, "llama-factory-dpo") == [
        {
            "instruction": record.instruction,
            "input": "",
            "chosen": record.output,
            "rejected": record.traces[1].output,
        }
    ]
    assert rows(kept[0], "trl-dpo") == rows(kept[0], "trl-stepwise") == []


def test_steps_end_with_the_first_that_is_false(kept: list[Record]) -> None:
    right, wrong = rows(kept[5], "trl-stepwise")
    assert right["completions"] == [
        "The boxes hold 6 * 12 = 72.",
        "With the others: 72 + 5 = 77.",
        "Answer: 77",
    ]
    assert right["labels"] == [True, True, True]
    assert wrong["completions"] == ["The boxes hold 6 * 12 = 72.", "With the others: 72 + 5 = 78."]
    assert wrong["labels"] == [True, False]


def test_what_trainers_read_beside_the_rows(data: Path, tmp_path: Path) -> None:
    split = ("--validation", "0.3")
    info = json.loads(
        (exported(data, "llama-factory", tmp_path / "sums", *split) / "dataset_info.json").read_text()
    )
    columns = {"prompt": "instruction", "query": "input", "response": "output"}
    assert info == {
        "sums": {"file_name": "train.jsonl", "columns": columns},
        "sums_validation": {"file_name": "validation.jsonl", "columns": columns},
    }
    ranking = exported(data, "llama-factory-dpo", tmp_path / "pairs", *split)
    entry = json.loads((ranking / "dataset_info.json").read_text())["pairs"]
    assert entry["ranking"] is True
    assert entry["columns"]["chosen"] == "chosen"
    assert "response" not in entry["columns"]
    said = yaml.safe_load((exported(data, "axolotl", tmp_path / "ax", *split) / "axolotl.yaml").read_text())
    assert said["datasets"][0]["type"] == "chat_template"
    assert (tmp_path / "ax" / said["datasets"][0]["path"]).is_file()
    assert said["test_datasets"][0]["path"] == "validation.jsonl"


@pytest.mark.parametrize("format", ["alpaca", "messages", "trl-kto"])
def test_a_stripped_file_joins_with_its_evidence(
    format: str, data: Path, tmp_path: Path, shared_sandbox: Sandbox
) -> None:
    out = exported(data, format, tmp_path / "out", "--validation", "0")
    bare, evidence = tmp_path / "bare.jsonl", tmp_path / "evidence.jsonl"
    bare.write_text((out / "train.jsonl").read_text())
    evidence.write_text((out / "evidence.jsonl").read_text())
    assert failed(verified(bare, shared_sandbox, evidence)) == []
    changed = rows_of(bare)
    text = json.dumps(changed[1]).replace("n + 2", "n + 3")
    bare.write_text("".join((text if n == 1 else json.dumps(row)) + "\n" for n, row in enumerate(changed)))
    assert failed(verified(bare, shared_sandbox, evidence)) == [("bare.jsonl", 2)]
    # Without evidence nothing is verified.
    assert len(failed(verified(bare, shared_sandbox))) == len(changed)


def test_an_export_without_its_evidence_is_verified_where_it_is_given(
    data: Path, tmp_path: Path, shared_sandbox: Sandbox
) -> None:
    out = exported(data, "hf", tmp_path / "out", "--validation", "0")
    (out / "evidence.jsonl").rename(tmp_path / "elsewhere.jsonl")
    missing = invoke("verify", out)
    assert "give --evidence FILE" in str(missing.exception)
    assert getattr(missing.exception, "exit_code", None) == 2
    assert failed(verified(out, shared_sandbox, tmp_path / "elsewhere.jsonl")) == []
    # A run's own records are as good.
    assert failed(verified(out, shared_sandbox, data)) == []


def test_rows_of_an_export_that_are_tampered_with_are_named(
    data: Path, tmp_path: Path, shared_sandbox: Sandbox
) -> None:
    out = exported(data, "alpaca", tmp_path / "out", "--validation", "0")
    train, evidence = out / "train.jsonl", out / "evidence.jsonl"
    whole, proof = train.read_text(), evidence.read_text()
    lines = whole.splitlines(keepends=True)
    train.write_text("".join([lines[1], lines[0], *lines[2:-1]]))
    found = verified(out, shared_sandbox)
    assert failed(found) == [("train.jsonl", 1), ("train.jsonl", 2), ("train.jsonl", None)]
    train.write_text(whole)
    evidence.write_text(proof.replace('"usd": 0.002', '"usd": 0.001', 1))
    assert failed(verified(out, shared_sandbox)) == [("evidence.jsonl", 1)]


def test_a_column_of_evidence_needs_no_other_file(
    data: Path, tmp_path: Path, shared_sandbox: Sandbox
) -> None:
    out = exported(data, "trl-sft", tmp_path / "one.jsonl", "--evidence", "column")
    alone = tmp_path / "alone" / "rows.jsonl"
    alone.parent.mkdir()
    alone.write_text(out.read_text())
    assert failed(verified(alone, shared_sandbox)) == []
    changed = rows_of(alone)
    changed[0]["messages"][1]["content"] = "no"
    changed[1]["evidence"] = changed[2]["evidence"]
    alone.write_text("".join(json.dumps(row) + "\n" for row in changed))
    assert failed(verified(alone, shared_sandbox)) == [("rows.jsonl", 1), ("rows.jsonl", 2)]
    assert "allows no other column" in str(
        invoke(
            "export", data, "--format", "messages", "--out", tmp_path / "m", "--evidence", "column"
        ).exception
    )


def test_one_file_has_all_that_belongs_to_it_beside_it(
    data: Path, tmp_path: Path, shared_sandbox: Sandbox
) -> None:
    (tmp_path / "new").mkdir()
    out = exported(data, "alpaca", tmp_path / "new" / "a.jsonl")
    assert len(rows_of(out)) == 11
    assert sorted(path.name for path in out.parent.iterdir()) == [
        "a.jsonl",
        "a.jsonl.card.json",
        "a.jsonl.chain",
        "a.jsonl.evidence.jsonl",
        "a.jsonl.evidence.jsonl.chain",
        "a.jsonl.manifest.json",
    ]
    assert failed(verified(out, shared_sandbox)) == []
    assert all(one.status is not Status.FAILED for one in verified(out, shared_sandbox))


@pytest.mark.parametrize(
    ("options", "count"),
    [
        ([], 11),
        (["--grade", "checked"], 8),
        (["--grade", "judged"], 3),
        (["--graph", "verified_math"], 4),
        (["--risk", "unverified_factual"], 1),
        (["--min-score", "quality=4"], 3),
        (["--min-score", "quality=4.5"], 0),
        (["--max-score", "quality=3"], 0),
    ],
)
def test_filters(options: list[str], count: int, data: Path, tmp_path: Path) -> None:
    result = invoke("export", data, "--format", "alpaca", "--out", tmp_path / "a.jsonl", "--json", *options)
    if not count:
        assert "nothing to export" in str(result.exception)
        assert not (tmp_path / "a.jsonl").exists()
        return
    said = json.loads(result.stdout)
    assert said["records"] == count
    assert sum(said["left_out"].values()) == 12 - count


def test_the_same_source_gives_the_same_bytes(data: Path, tmp_path: Path) -> None:
    outs = [exported(data, "hf", tmp_path / str(n) / "set", "--validation", "0.3") for n in range(2)]
    files = [sorted(path.relative_to(out) for path in out.rglob("*") if path.is_file()) for out in outs]
    assert files[0] == files[1]
    for name in files[0]:
        assert (outs[0] / name).read_bytes() == (outs[1] / name).read_bytes()


@pytest.mark.parametrize(
    ("prepare", "format", "out", "says"),
    [
        (None, "hf", "x.jsonl", "the format hf is a directory"),
        (None, "alpaca", "x.parquet", "end in .jsonl"),
        (None, "parquet", "x.jsonl", "end in .parquet"),
        (
            lambda path: (path / "x").mkdir() or (path / "x" / "y").write_text(""),
            "alpaca",
            "x",
            "holds files",
        ),
        (lambda path: (path / "x").write_text(""), "alpaca", "x", "holds files"),
    ],
)
def test_a_wrong_place_is_refused_and_nothing_is_written(
    prepare: Callable[[Path], Any] | None, format: str, out: str, says: str, data: Path, tmp_path: Path
) -> None:
    if prepare:
        prepare(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    result = invoke("export", data, "--format", format, "--out", tmp_path / out)
    assert says in str(result.exception)
    assert getattr(result.exception, "exit_code", None) == 2
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("line", ["no json", '{"id": "a"}', '{"verdict": {}, "lineage": {}}'])
def test_a_source_that_cannot_be_read_is_named_by_line(line: str, data: Path, tmp_path: Path) -> None:
    data.write_text(data.read_text() + line + "\n")
    result = invoke("export", data, "--format", "alpaca", "--out", tmp_path / "out")
    assert "records.jsonl line 13" in str(result.exception)
    assert not (tmp_path / "out").exists()


async def test_a_run_is_exported_from_its_ledger(tmp_path: Path, sandbox: Sandbox) -> None:
    def respond(call: Any, prompt: str) -> str:
        return replies(lambda slot, attempt: "one_wrong")(call, prompt)

    run = tmp_path / "run"
    await proofset.arun("verified_code", n=2, model=ScriptedChat(respond=respond), out=run)
    done = export(Order(run, tmp_path / "out", "trl-dpo"))
    assert done.rows == {"train": 2}
    head = json.loads((run / "manifest.json").read_text())["files"][0]["head"]
    card = json.loads((tmp_path / "out" / "card.json").read_text())
    assert card["chain_heads"]["evidence.jsonl"] == head
    results: list[verifying.Result] = []
    totals = await verifying.verify(verifying.plan_of(tmp_path / "out"), sandbox, results.append)
    assert totals.statuses == {Status.VERIFIED: 2}


NAMES = st.sampled_from(["", "s1", "s2", "s3"])
TEXTS = st.sampled_from(["Say a.", "say  A.", "Say b.", "Say c.", "Say d."])
FAMILIES = st.lists(st.tuples(TEXTS, NAMES, st.lists(TEXTS, max_size=2)), max_size=12)


@given(families=FAMILIES, share=st.floats(0, 0.9), seed=st.integers(0, 3))
def test_no_lineage_is_on_both_sides_of_a_split(
    families: list[tuple[str, str, list[str]]], share: float, seed: int
) -> None:
    verdict = judged_record(0).verdict
    records = [
        made("self_instruct", slot, text, "b", verdict, parent=parent, ancestors=ancestors, risk=Risk.STYLE)
        for slot, (text, parent, ancestors) in enumerate(families)
    ]
    held = held_out(records, share, seed)
    assert held == held_out(list(reversed(records)), share, seed)
    assert len(held) <= round(share * len(records))
    for side, other in ((True, False), (False, True)):
        keys = [key for r in records if (r.id in held) is side for key in related(r)]
        others = [key for r in records if (r.id in held) is other for key in related(r)]
        assert not set(keys) & set(others)


def related(record: Record) -> list[str]:
    texts = (record.instruction, *record.lineage.ancestors)
    seed = [record.lineage.parent] if record.lineage.parent else []
    return [*seed, *(" ".join(text.split()).lower() for text in texts)]


def test_what_states_unchecked_facts_is_left_out_where_nobody_asks_for_it() -> None:
    assert Choice().why_not(judged_record(1, risk=Risk.UNVERIFIED_FACTUAL)) == "risk unverified_factual"
    assert Choice().why_not(judged_record(1)) == ""
    assert Choice(at_least={"clarity": 3}).why_not(judged_record(1)) == "no score clarity"


class FakeHub:
    """The hub's client as far as it is used."""

    calls: ClassVar[list[tuple[str, dict[str, Any]]]] = []
    fails = False

    def create_repo(self, repo: str, **options: Any) -> None:
        if self.fails:
            raise OSError("401 Client Error")
        self.calls.append((repo, options))

    def upload_folder(self, **options: Any) -> None:
        self.calls.append(("upload", options))


@pytest.mark.parametrize("fails", [False, True])
def test_push(fails: bool, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hub = pytest.importorskip("huggingface_hub", reason="pip install 'proofset[hub]'")
    monkeypatch.setattr(hub, "HfApi", FakeHub)
    monkeypatch.setattr(FakeHub, "calls", [])
    monkeypatch.setattr(FakeHub, "fails", fails)
    out = tmp_path / "out"
    result = invoke("export", data, "--format", "hf", "--out", out, "--push", "me/set")
    assert (out / "README.md").is_file()
    if fails:
        assert "did not take it" in str(result.exception)
        assert getattr(result.exception, "exit_code", None) == 1
        return
    (repo, made_as), (_, uploaded) = FakeHub.calls
    assert repo == uploaded["repo_id"] == "me/set"
    assert made_as["private"] is True
    assert Path(uploaded["folder_path"]) == out
    assert "huggingface.co/datasets/me/set" in result.output


def test_only_a_directory_of_the_hub_is_pushed(data: Path, tmp_path: Path) -> None:
    result = invoke("export", data, "--format", "alpaca", "--out", tmp_path / "out", "--push", "me/set")
    assert "give --format hf" in str(result.exception)
    assert not (tmp_path / "out").exists()
