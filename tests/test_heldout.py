"""Held-out sets: registered once; what a run reads, mixes and exports is compared with them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from mixed import HUMAN, lines, record
from released import judged_record, write
from scripted_math import TrustingVerifier, problem, replies

from proofset.agents import Context, open_services
from proofset.cli import cli
from proofset.engine import Order, execute, order, resumed
from proofset.errors import ProofsetError, UsageError
from proofset.memory import Pool
from proofset.memory.heldout import HeldOut, find_registry, fingerprint, read_registry, register
from proofset.memory.heldout.index import normal
from proofset.mixing import MixPlan, mix
from proofset.models import ModelPool
from proofset.models.scripted import ScriptedChat
from proofset.seeds import load_seed_problems
from proofset.traffic import TrafficItem
from proofset.traffic.item import item_id

ITEM = "How many of the seventeen green lanterns on the north pier were lit before the storm came in?"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, where the registry is."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PROOFSET_HELDOUT", raising=False)
    return tmp_path


def invoke(*args: object) -> Result:
    return CliRunner().invoke(cli, [*map(str, args)])


def registered(*questions: str, name: str = "piers") -> Path:
    data = Path(f"{name}.jsonl")
    lines(data, [{"question": one} for one in ("What is the width of the old canal?", *questions)])
    register(name, data)
    return data


def test_a_set_is_registered_listed_and_taken_out(here: Path) -> None:
    lines(here / "piers.jsonl", [{"question": ITEM}])
    done = invoke("flywheel", "heldout", "add", "piers", "piers.jsonl")
    assert done.exit_code == 0 and "piers: 1 items, SHA-256 " in done.output
    registry = read_registry(here / "heldout.yaml")
    assert registry.sets["piers"].path == "piers.jsonl"
    assert registry.sets["piers"].sha256 == fingerprint(here / "piers.jsonl")
    (row,) = invoke("flywheel", "heldout", "list", "--json").output.splitlines()
    assert json.loads(row)["state"] == "same"
    assert invoke("flywheel", "heldout", "remove", "piers").exit_code == 0
    assert HeldOut.registered() is None


def test_the_registry_is_found_from_below_and_by_its_variable(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registered(ITEM)
    (here / "a" / "b").mkdir(parents=True)
    monkeypatch.chdir(here / "a" / "b")
    assert find_registry() == here / "heldout.yaml"
    assert HeldOut.registered() is not None
    monkeypatch.setenv("PROOFSET_HELDOUT", "other.yaml")
    with pytest.raises(UsageError, match=r"PROOFSET_HELDOUT=other\.yaml: no such file"):
        find_registry()
    lines(Path("c.jsonl"), [{"question": ITEM}])
    assert register("c", Path("c.jsonl")).path == here / "a" / "b" / "other.yaml"
    found = HeldOut.registered()
    assert found is not None and [one.name for one in found.sets] == ["c"]


@pytest.mark.parametrize("data", ["piers.jsonl", "sets"])
def test_a_set_that_changed_is_refused_with_its_two_hashes(here: Path, data: str) -> None:
    (here / "sets").mkdir()
    for path in (here / "piers.jsonl", here / "sets" / "test.jsonl"):
        lines(path, [{"question": ITEM}])
    register("piers", Path(data))
    before = fingerprint(Path(data))
    changed = here / "sets" / "test.jsonl" if data == "sets" else here / data
    changed.write_text(changed.read_text().replace("seventeen", "eighteen"))
    with pytest.raises(UsageError) as refused:
        HeldOut.registered()
    assert before in str(refused.value) and fingerprint(Path(data)) in str(refused.value)
    assert "\n" not in str(refused.value)
    done = invoke("flywheel", "heldout", "list")
    assert isinstance(done.exception, ProofsetError) and "changed" in done.output
    register("piers", Path(data), again=True)
    assert HeldOut.registered() is not None
    changed.unlink()
    if data == "sets":
        (here / "sets").rmdir()
    with pytest.raises(UsageError, match="is gone; put it back"):
        HeldOut.registered()


def test_what_cannot_be_registered_is_refused(here: Path) -> None:
    data = registered(ITEM)
    with pytest.raises(UsageError, match="a held-out set piers is registered; give another name"):
        register("piers", data)
    with pytest.raises(UsageError, match="no name for a set"):
        register("../x", data)
    lines(here / "made.jsonl", [record(1)])
    with pytest.raises(UsageError, match=r"made\.jsonl line 1: a record that a model made"):
        register("made", Path("made.jsonl"))
    (here / "heldout.yaml").write_text("sets: [a]")
    with pytest.raises(UsageError, match=r"heldout\.yaml: sets: "):
        HeldOut.registered()


WORDS = st.text(alphabet="abcdefghij", min_size=1, max_size=6)
TEXTS = st.lists(WORDS, min_size=1, max_size=30).map(" ".join)
SPACE = st.sampled_from([" ", "\n", "\t", "  "])


@given(st.lists(TEXTS, min_size=1, max_size=6), st.data())
def test_every_item_is_found_however_it_is_set_and_nothing_else_is(items: list[str], data: Any) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "set.jsonl"
        lines(path, [{"question": item} for item in items])
        held_out = HeldOut({"set": path})
    copies = []
    for item in items:
        spaced = data.draw(SPACE).join(item.split(" "))
        copies.append({"prompt": data.draw(st.sampled_from([spaced, spaced.upper(), f" {spaced}\n"]))})
    other = [{"question": " ".join(f"x{word}" for word in data.draw(TEXTS).split())} for _ in range(3)]
    found = held_out.find([*copies, *other])
    for item, hit in zip(items, found, strict=False):
        assert hit is not None and hit.rule == "exact"
        place = int(hit.item.rpartition(":")[2])
        assert normal(items[place - 1]) == normal(item)
    assert found[len(copies) :] == [None] * len(other)
    assert [held_out.find([row])[0] for row in (*copies, *other)] == found


def test_short_texts_are_questions_only_where_they_are_asked(here: Path) -> None:
    registered("2+2?", "Yes")
    held_out = HeldOut.registered()
    assert held_out is not None
    asked, said, other = held_out.find(
        [
            {"problem": "2+2?"},
            {"problem": "Is it so?", "answer": "yes"},
            {"problem": "2-2?"},
        ]
    )
    assert asked is not None and asked.rule == "exact"
    assert said is None and other is None


def seeds_of_math(text: str) -> str:
    rows = [
        {"id": f"s{k}", "topic": "t", "problem": asked, "answer": "1", "answer_type": "integer"}
        for k, asked in enumerate(("1+1?", text))
    ]
    return lines(Path("seeds.jsonl"), rows)


def seeds_of_code(text: str) -> str:
    row = {
        "id": "s", "topic": "t", "problem": text, "entry_point": "f", "signature": "def f(a: int) -> int:",
        "solution": "def f(a: int) -> int:\n    return a", "tests": ["assert f(1) == 1"],
    }  # fmt: skip
    return lines(Path("seeds.jsonl"), [row])


def seeds_of_instructions(text: str) -> str:
    rows = [("Write a poem.", ""), ("Go on.", text)]
    return lines(
        Path("seeds.jsonl"), [{"instruction": one, "input": more, "output": "So."} for one, more in rows]
    )


def corpus_of(text: str) -> str:
    Path("texts").mkdir()
    body = "It was a long evening, and nobody had thought of the tide yet. " * 5
    Path("texts/one.md").write_text(f"# Harbour\n\n{body}\n\n{body} {text}\n")
    return "texts"


def logs_of(text: str) -> str:
    turns = [{"role": "user", "content": text}, {"role": "assistant", "content": "Nine of them were lit."}]
    other = [{"role": "user", "content": "Name a colour of the sea at dawn."}, turns[1]]
    return lines(Path("log.jsonl"), [{"id": "1", "messages": other}, {"id": "2", "messages": turns}])


def traffic_of(text: str) -> str:
    told: dict[str, Any] = {"output": "Nine of them were lit.", "source": "openai", "file": "log.jsonl"}
    asked = enumerate(("Name a colour of the sea at dawn.", text), start=1)
    items = [
        TrafficItem(id=item_id("", (), one, told["output"]), instruction=one, line=line, **told)
        for line, one in asked
    ]
    path = Path("items.jsonl")
    path.write_text("".join(f"{item.model_dump_json()}\n" for item in items))
    return str(path)


def prompts_of(text: str) -> str:
    Path("prompts").mkdir()
    Path("prompts/respond.md").write_text(
        f"## system\nAnswer.\n## user\n1. {text}\n## assistant\nSeventeen.\n## user\n{{{{instruction}}}}\n"
    )
    return "prompts"


def constitution_of(text: str) -> str:
    Path("c.yaml").write_text(f"- id: a\n  critique: {json.dumps(text)}\n  revision: r\n  comparison: c\n")
    return "c.yaml"


READERS: dict[str, tuple[str, dict[str, Callable[[str], str]], str]] = {
    "verified_math": ("verified_math", {"seeds": seeds_of_math}, "seeds.jsonl line 2"),
    "verified_code": ("verified_code", {"seeds": seeds_of_code}, "seeds.jsonl line 1"),
    "self_instruct": ("self_instruct", {"seeds": seeds_of_instructions}, "seeds.jsonl line 2"),
    "evol_instruct": ("evol_instruct", {"seeds": seeds_of_instructions}, "seeds.jsonl line 2"),
    "backtranslation seeds": (
        "backtranslation",
        {"seeds": seeds_of_instructions, "corpus": lambda _: corpus_of("And so on.")},
        "seeds.jsonl line 2",
    ),
    "backtranslation corpus": ("backtranslation", {"corpus": corpus_of}, "texts/one.md line "),
    "traffic": ("flywheel", {"traffic": traffic_of}, "log.jsonl line 2 (traffic-"),
    "constitutional seeds": (
        "constitutional",
        {"seeds": lambda text: lines(Path("seeds.jsonl"), [{"prompt": text}])},
        "seeds.jsonl line 1",
    ),
    "constitution": ("constitutional", {"constitution": constitution_of}, "c.yaml line 1"),
    "prompts": ("self_instruct", {"prompts": prompts_of}, "prompts/respond.md line 1"),
}  # fmt: skip


@pytest.mark.parametrize("reader", READERS)
def test_no_graph_reads_an_item(here: Path, reader: str) -> None:
    graph, given_, place = READERS[reader]
    registered(ITEM)
    options = [word for name, make in given_.items() for word in (f"--{name}", make(ITEM))]
    done = invoke("run", graph, "--n", 1, "--model", "scripted:none.jsonl", "--out", "out", *options)
    assert isinstance(done.exception, UsageError), done.output
    said = str(done.exception)
    assert place in said and "piers.jsonl:2 of piers (" in said and "\n" not in said
    assert not Path("out").exists()


def test_items_of_traffic_do_not_enter(here: Path) -> None:
    for library in ("phonenumbers", "py3langid", "stdnum"):
        pytest.importorskip(library, reason="the extra traffic is not installed")
    registered(ITEM)
    done = invoke("flywheel", "ingest", logs_of(ITEM), "--out", "traffic", "--rate", 1, "--json")
    assert done.exit_code == 0, (done.output, done.exception)
    assert "held_out" in done.output
    assert ITEM not in Path("traffic/traffic.jsonl").read_text()
    assert "Name a colour" in Path("traffic/traffic.jsonl").read_text()


RUN = ("run", "self_instruct", "--n", 1, "--out", "out")


def test_the_anchor_is_no_held_out_set_either(here: Path) -> None:
    anchor = lines(Path("anchor.jsonl"), [*HUMAN, {"instruction": ITEM, "output": "Nine."}])
    registered(ITEM)
    done = invoke(
        "run", "self_instruct", "--n", 1, "--model", "scripted:x", "--out", "out", "--anchor", anchor
    )
    assert "anchor.jsonl line 176 holds" in str(done.exception)


def test_built_in_seeds_are_looked_at_too(here: Path) -> None:
    registered(HUMAN[3]["instruction"] + "\n" + "Do it well, and say why you think so.")
    lines(Path("seed.jsonl"), [{"text": HUMAN[7]["instruction"]}])
    register("seed", Path("seed.jsonl"))
    done = invoke(*RUN, "--model", "scripted:x")
    holds = f"built-in seed {HUMAN[7]['id']} holds {here / 'seed.jsonl'}:1 of seed (exact: the same text)"
    assert holds in str(done.exception)
    with pytest.raises(UsageError, match="built-in seed"):
        open_services(Context(), models=ModelPool({}), sandbox=None)  # type: ignore[arg-type]


def test_what_is_remembered_is_looked_at_too(here: Path, needs_sandbox: None) -> None:
    pool = Pool(Path("memory"))
    assert pool.admit("m1", ITEM) is None
    pool.close()
    registered(ITEM)
    script = lines(Path("script.jsonl"), [{"contains": "nothing", "reply": "x"}])
    done = invoke(*RUN, "--model", f"scripted:{script}", "--memory", "memory")
    assert f"--memory {here / 'memory'} item m1 holds " in str(done.exception)


async def test_what_holds_an_item_is_not_made_and_a_run_says_what_it_stands_clear_of(
    here: Path, needs_sandbox: None
) -> None:
    registered(problem(2)["problem"])
    events: list[Any] = []
    ordered = order(
        "verified_math",
        n=4,
        model=ScriptedChat(respond=replies()),
        out=here / "run",
        agents={"verifier": TrustingVerifier()},
        settings={"n_attempts": 1},
    )
    summary = await execute(ordered, events.append)
    assert summary.reasons == {"decontamination: contaminated": 1}
    said = [event.message for event in events if hasattr(event, "message")]
    assert "held-out sets: piers (2 items); nothing that the run reads holds an item of them" in said
    assert ordered.config.held_out_registry == str(here / "heldout.yaml")
    report = invoke("export", "run", "--format", "messages", "--out", "set")
    assert report.exit_code == 0, (report.output, report.exception)
    card = json.loads((here / "set/card.json").read_text())
    assert str(here) not in json.dumps(card["thresholds"])
    assert card["held_out_sets"]["records_checked"] == 3

    def again() -> Order:
        one = resumed(here / "run", n=5)
        one.chats, one.agents = ordered.chats, ordered.agents
        return one

    lines(here / "late.jsonl", [{"problem": load_seed_problems()[0].problem}])
    register("late", here / "late.jsonl")
    with pytest.raises(UsageError, match=r"built-in seed .* of late \(exact"):
        await execute(again(), events.append)
    (here / "heldout.yaml").unlink()
    with pytest.raises(UsageError, match="the run was begun with is gone; put it back"):
        await execute(again(), events.append)


def test_a_version_holds_no_item_whoever_wrote_it(here: Path) -> None:
    human = lines(Path("human.jsonl"), [*HUMAN, {"instruction": ITEM, "output": "Nine."}])
    made = lines(Path("records.jsonl"), [record(1), record(2, text=f"{ITEM} Say why.")])
    plan = MixPlan(human=(human,), synthetic=(made,))
    before = mix(plan, here / "v1").manifest
    assert (before.human.rows, before.synthetic.rows, before.held_out) == (176, 2, ())
    data = registered(ITEM)
    now = mix(plan, here / "v2").manifest
    assert (now.human.rows, now.synthetic.rows, now.left_out) == (175, 1, {"held_out": 2})
    (seen,) = now.held_out
    assert (seen.name, seen.items, seen.checked, seen.left_out) == ("piers", 2, 178, 2)
    assert seen.sha256 == fingerprint(data)
    told: list[str] = []
    grown = mix(MixPlan(previous=str(here / "v1")), here / "v3", tell=told.append)
    assert (grown.manifest.human.rows, grown.manifest.synthetic.rows) == (175, 1)
    assert told[0].startswith("2 rows of ") and grown.manifest.left_out == {"held_out": 2}


def test_numbers_of_rows_are_no_ids_of_registered_sets(here: Path) -> None:
    lines(Path("piers.jsonl"), [{"id": 1, "question": ITEM}, {"id": "pier-2", "question": "What is a pier?"}])
    register("piers", Path("piers.jsonl"))
    rows = [{**HUMAN[0], "id": "1"}, {**HUMAN[1], "id": "pier-2"}, HUMAN[2]]
    made = mix(MixPlan(human=(lines(Path("human.jsonl"), rows),)), here / "v1").manifest
    assert made.left_out == {"held_out_id": 1} and made.human.rows == 2


def test_an_export_leaves_items_out_and_its_card_says_so(here: Path) -> None:
    records = [judged_record(n) for n in range(3)]
    write(Path("records.jsonl"), records)
    data = registered(records[1].instruction)
    done = invoke("export", "records.jsonl", "--format", "messages", "--out", "set", "--validation", "0")
    assert done.exit_code == 0 and "1 left out: 1 held-out set piers" in done.output, done.output
    said = json.loads(Path("set/card.json").read_text())["held_out_sets"]
    sets = [{"name": "piers", "sha256": fingerprint(data), "items": 2, "left_out": 1}]
    assert said == {"records_checked": 3, "sets": sets}
    assert f"| piers | 2 | 1 | {fingerprint(data)} |" in Path("set/README.md").read_text()
    text = Path("set/train.jsonl").read_text()
    assert records[0].instruction in text and records[1].instruction not in text


def test_check_names_every_row(here: Path) -> None:
    registered(ITEM)
    lines(Path("seeds.jsonl"), [{"problem": "1+1?"}, {"problem": ITEM}, {"problem": f"Say: {ITEM}"}])
    done = invoke("flywheel", "heldout", "check", "seeds.jsonl", "--json")
    assert [json.loads(line)["row"] for line in done.output.splitlines()] == [
        "seeds.jsonl line 2",
        "seeds.jsonl line 3",
    ]
    assert [json.loads(line)["rule"] for line in done.output.splitlines()] == ["exact", "whole_text"]
    assert isinstance(done.exception, ProofsetError) and done.exception.exit_code == 1
    lines(Path("clean.jsonl"), [{"problem": "1+1?"}])
    assert invoke("flywheel", "heldout", "check", "clean.jsonl").exit_code == 0
