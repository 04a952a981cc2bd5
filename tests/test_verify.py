"""`proofset verify`: tampering is named by line and id; evidence runs again and is about its own text."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from released import code_record, judged_record, math_record, rows_of, write
from scripted_back import KEPT as BACK
from scripted_back import corpus_at
from scripted_back import replies as back_replies
from scripted_code import replies
from scripted_instruct import KEPT as INSTRUCT
from scripted_instruct import write_instruct_script
from scripted_math import replies as math_replies

import proofset
from proofset.cli import cli
from proofset.models.scripted import ScriptedChat
from proofset.records import Record
from proofset.records.seal import CHAIN, NO_ROWS, Link, head_of, row_sha256
from proofset.release import verifying
from proofset.release.binding import faults_of
from proofset.release.rechecking import Status
from proofset.release.tampering import Seen, compare
from proofset.tools.sandbox import Sandbox

Lines = list[str]


@pytest.fixture(scope="module")
def kept(shared_sandbox: Sandbox) -> list[Record]:
    """Five records: three of code, one with a wrong solution beside it, one of math, one that was judged."""

    async def make() -> list[Record]:
        return [
            await code_record(1, shared_sandbox),
            await code_record(2, shared_sandbox, wrong=True),
            await code_record(3, shared_sandbox),
            await math_record(4, shared_sandbox, false_step=True),
            judged_record(5),
        ]

    return asyncio.run(make())


@pytest.fixture
def data(tmp_path: Path, kept: list[Record]) -> Path:
    return write(tmp_path / "records.jsonl", kept)


def verify(*args: object) -> Result:
    return CliRunner().invoke(cli, ["verify", *map(str, args)], catch_exceptions=False)


def failures(data: Path, sandbox: Sandbox) -> dict[tuple[int | None, str], set[str]]:
    """Line and id to the codes of what is wrong."""
    results: list[verifying.Result] = []
    totals = asyncio.run(verifying.verify(verifying.plan_of(data), sandbox, results.append))
    failed = [one for one in results if one.status is Status.FAILED]
    assert totals.failed == len(failed) == len({(one.line, one.id) for one in failed})
    return {(one.line, one.id): {fault.code for fault in one.faults} for one in failed}


def test_what_is_as_it_was_is_verified_and_an_opinion_is_no_pass(data: Path) -> None:
    result = verify(data, "--out", data.parent / "results.jsonl")
    assert result.exit_code == 0, result.output
    assert "5 rows" in result.stdout and "4 verified, 0 failed" in result.stdout
    assert "1 rest on opinions alone" in result.stdout
    rows = rows_of(data.parent / "results.jsonl")
    assert [row["status"] for row in rows] == ["verified"] * 4 + ["opinion"]
    assert [row["line"] for row in rows] == [1, 2, 3, 4, 5]
    # The record's own verdict and the traces' have evidence in common: it runs once.
    assert [row["checks"] for row in rows] == [1, 1 + 1, 1, 2 + 2 + 1, 0]
    assert [row["opinions"] for row in rows] == [0, 0, 0, 0, 1]
    assert rows[0].keys() == {"file", "line", "id", "status", "grade", "checks", "opinions", "faults"}


def test_every_row_is_told_as_json(data: Path) -> None:
    lines = data.read_text().splitlines()
    data.write_text("\n".join([*lines[:3], lines[4]]) + "\n")
    result = verify(data, "--json")
    said = [json.loads(line) for line in result.stdout.splitlines()]
    assert [one["event"] for one in said] == ["result"] * 5 + ["summary"]
    assert [one["status"] for one in said[:-1]] == ["verified"] * 3 + ["opinion", "failed"]
    (fault,) = said[4]["faults"]
    assert (said[4]["line"], fault["code"]) == (None, "removed")
    assert (said[-1]["failed"], said[-1]["faults"], said[-1]["sealed"]) == (1, {"removed": 1}, True)
    assert result.exit_code == 1


def edited(lines: Lines, number: int, change: Callable[[dict[str, Any]], None]) -> Lines:
    row = json.loads(lines[number - 1])
    change(row)
    return [*lines[: number - 1], json.dumps(row) + "\n", *lines[number:]]


def set_to(**fields: Any) -> Callable[[dict[str, Any]], None]:
    return lambda row: row.update(fields)


# How the lines are changed, nothing being computed anew; and which line, by the number of the record that it
# held, is named for what. None is a line that is gone.
TAMPERINGS: dict[str, tuple[Callable[[Lines], Lines], list[tuple[int | None, int, str]]]] = {
    "a word of the output": (
        lambda lines: edited(lines, 1, lambda row: row.update(output=row["output"] + " ")),
        [(1, 1, "edited")],
    ),
    "a score": (lambda lines: edited(lines, 5, set_to(scores={"quality": 5.0})), [(5, 5, "edited")]),
    "the cost": (
        lambda lines: edited(lines, 2, lambda row: row["cost"].update(usd=0.0)),
        [(2, 2, "edited")],
    ),
    "the model that made it": (
        lambda lines: edited(lines, 3, lambda row: row["lineage"].update(models={})),
        [(3, 3, "edited")],
    ),
    "what a check observed": (
        lambda lines: edited(lines, 1, lambda row: row["verdict"]["evidence"][0].update(observed={})),
        [(1, 1, "edited")],
    ),
    "two lines swapped": (
        lambda lines: [lines[1], lines[0], *lines[2:]],
        [(1, 2, "moved"), (2, 1, "moved")],
    ),
    "a line removed": (lambda lines: [*lines[:1], *lines[2:]], [(None, 2, "removed")]),
    "a line twice": (lambda lines: [*lines[:3], lines[0], *lines[3:]], [(4, 1, "duplicated")]),
    "the end cut off": (lambda lines: lines[:3], [(None, 4, "truncated"), (None, 5, "truncated")]),
    "a line cut short": (
        lambda lines: [*lines[:4], lines[4][: len(lines[4]) // 2]],
        [(5, 0, "edited")],
    ),
    "a line added": (
        lambda lines: [*lines, *edited(lines[:1], 1, set_to(id="verified_code-0123456789abcdef"))],
        [(6, 0, "added")],
    ),
    "the text of another under the same id": (
        lambda lines: edited(lines, 1, lambda row: row.update(json.loads(lines[2]) | {"id": row["id"]})),
        [(1, 1, "edited")],
    ),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_tampering_is_named_by_line_and_id(
    name: str, data: Path, kept: list[Record], shared_sandbox: Sandbox
) -> None:
    change, named = TAMPERINGS[name]
    data.write_text("".join(change(data.read_text().splitlines(keepends=True))))
    found = failures(data, shared_sandbox)
    for line, record, code in named:
        ids = {id for at, id in found if at == line}
        assert ids, f"line {line} is not named"
        if record:
            assert kept[record - 1].id in ids
            assert code in found[line, kept[record - 1].id]
        else:
            assert any(code in found[line, id] for id in ids)
    assert len(found) == len(named)


def test_spaces_and_the_order_of_keys_are_no_tampering(data: Path) -> None:
    rows = [dict(reversed(row.items())) for row in rows_of(data)]
    data.write_text("\n\n".join(json.dumps(row, indent=None) for row in rows))
    result = verify(data)
    assert result.exit_code == 0
    assert "written anew" in result.stderr


def test_a_manifest_that_was_changed_with_its_chain_is_told_by_a_published_head(data: Path) -> None:
    (head,) = [json.loads(data.with_name("manifest.json").read_text())["files"][0]["head"]]
    assert verify(data, "--head", head).exit_code == 0
    write(data, [Record.model_validate(row | {"scores": {"p": 1.0}}) for row in rows_of(data)])
    assert verify(data).exit_code == 0
    result = CliRunner().invoke(cli, ["verify", str(data), "--head", head])
    assert result.exit_code == 1
    assert "the data are others" in str(result.exception)


def test_a_chain_that_does_not_lead_to_the_stated_head_fails(data: Path, shared_sandbox: Sandbox) -> None:
    chain = data.with_name(data.name + CHAIN)
    rows = rows_of(data)
    rows[4]["scores"] = {"quality": 5.0}
    links = [json.dumps({"id": row["id"], "sha256": row_sha256(row)}) + "\n" for row in rows]
    data.write_text("".join(json.dumps(row) + "\n" for row in rows))
    chain.write_text("".join(links))
    assert {"chain"} in failures(data, shared_sandbox).values()


# Without a manifest, or with one that was computed anew: what evidence and texts themselves tell.
def _traces(row: dict[str, Any], change: Callable[[dict[str, Any]], None]) -> Any:
    for verdict in (row["verdict"], *(trace["verdict"] for trace in row["traces"])):
        for evidence in verdict["evidence"]:
            change(evidence)


FORGERIES: dict[str, tuple[int, Callable[[dict[str, Any]], Any], str]] = {
    "output": (1, lambda row: row.update(output="```python\ndef add_1(n):\n    return 0\n```"), "other_text"),
    "output and messages": (
        1,
        lambda row: (
            row.update(output="```python\ndef add_1(n):\n    return 0\n```"),
            row["messages"][1].update(content="```python\ndef add_1(n):\n    return 0\n```"),
        ),
        "other_text",
    ),
    "messages alone": (1, lambda row: row["messages"][1].update(content="no"), "other_text"),
    "instruction": (4, lambda row: row.update(instruction="How many is that?"), "other_id"),
    "tests": (1, lambda row: row["tests"].__setitem__(0, "assert add_1(0) == 7"), "tests_fail"),
    "tests, in the evidence too": (
        1,
        lambda row: (
            row["tests"].__setitem__(0, "assert add_1(0) == 7"),
            _traces(row, lambda e: e["inputs"].update(tests="\n".join(row["tests"]))),
        ),
        "outcome",
    ),
    "answer": (4, lambda row: row["answer"].update(value="54"), "other_answer"),
    "answer, in the evidence too": (
        4,
        lambda row: (
            row["answer"].update(value="54"),
            _traces(row, lambda e: e["inputs"].get("expected", {}).update(value="54")),
        ),
        "outcome",
    ),
    "rejected": (2, lambda row: row.update(rejected="It is right."), "other_text"),
    "rejected, which is right": (
        2,
        lambda row: (
            row["traces"][1].update(output=row["output"]),
            row["traces"][1]["verdict"]["evidence"][0]["inputs"].update(
                solution=row["verdict"]["evidence"][0]["inputs"]["solution"]
            ),
        ),
        "outcome",
    ),
    "evidence of another record": (
        1,
        lambda row: row["verdict"]["evidence"][0]["inputs"].update(
            solution="def add_1(n):\n    return n + 1"
        ),
        "",
    ),
    "an opinion about another text": (5, lambda row: row.update(output="Buy now."), "other_text"),
    "a check that nobody knows": (
        1,
        lambda row: row["verdict"]["evidence"][0].update(check="looks_fine"),
        "cannot_run_again",
    ),
    "an opinion told as a check": (
        5,
        lambda row: (
            row["verdict"]["evidence"][0].update(kind="execution"),
            row["verdict"].update(grade="checked"),
        ),
        "cannot_run_again",
    ),
    "a refuted solution told as accepted": (
        2,
        lambda row: (
            row["traces"][1]["verdict"].update(decision="accept", grade="checked", code="", reason=""),
            row["traces"][1]["verdict"]["evidence"][0].update(outcome="pass"),
        ),
        "outcome",
    ),
    "an input that no check can bear": (
        4,
        lambda row: row["verdict"]["evidence"].append(
            {
                **row["verdict"]["evidence"][0],
                "check": "program_reads_problem",
                "kind": "mutation",
                "inputs": {"program": "print(1)", "problem": "9" * 5000},
            }
        ),
        "cannot_run_again",
    ),
    "inputs of another type": (
        4,
        lambda row: row["verdict"]["evidence"][0].update(check="solver_follows", inputs={"program": {}}),
        "cannot_run_again",
    ),
    "grade": (1, lambda row: row["verdict"].update(grade="proved"), "unreadable"),
    "a stronger kind and another basis": (
        1,
        lambda row: (
            row["verdict"]["evidence"].append(
                {**row["verdict"]["evidence"][0], "kind": "mutation", "basis": "openai:other"}
            ),
            row["verdict"].update(grade="proved"),
        ),
        "grade",
    ),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_what_is_forged_without_a_manifest_fails(
    name: str, tmp_path: Path, kept: list[Record], shared_sandbox: Sandbox
) -> None:
    number, forge, code = FORGERIES[name]
    rows = [record.model_dump(mode="json") for record in kept]
    forge(rows[number - 1])
    data = tmp_path / "alone.jsonl"
    data.write_text("".join(json.dumps(row) + "\n" for row in rows))
    found = failures(data, shared_sandbox)
    if not code:
        # The same text under another name is no other text.
        assert found == {}
        return
    assert [line for line, _ in found] == [number]
    assert code in set().union(*found.values())


def test_rows_twice_are_told_without_a_manifest(tmp_path: Path, kept: list[Record]) -> None:
    data = tmp_path / "alone.jsonl"
    data.write_text("".join(record.model_dump_json() + "\n" for record in (kept[0], kept[4], kept[0])))
    result = verify(data)
    assert result.exit_code == 1
    assert "line 3" in result.stderr and "more than once" in result.stderr
    assert "no manifest" in result.stdout


WHOLE_RUNS: dict[str, tuple[Callable[[Path], dict[str, Any]], Counter[Status]]] = {
    "verified_code": (
        lambda path: {"model": ScriptedChat(respond=replies(lambda slot, attempt: "one_wrong")), "n": 2},
        Counter({Status.VERIFIED: 2}),
    ),
    "verified_math": (
        lambda path: {"model": ScriptedChat(respond=math_replies()), "n": 2},
        Counter({Status.VERIFIED: 2}),
    ),
    "self_instruct": (
        lambda path: {
            "model": f"scripted:{write_instruct_script(path / 'script.jsonl', list(INSTRUCT))}",
            "n": len(INSTRUCT),
            "settings": {"n_attempts": 1, "judge_canary_share": 0.0},
        },
        # Form, code and sums run again; what a judge alone has read cannot.
        Counter({Status.VERIFIED: 3, Status.OPINION: 3}),
    ),
    "backtranslation": (
        lambda path: {
            "model": ScriptedChat(respond=back_replies()),
            "n": len(BACK),
            "settings": {"corpus": corpus_at(path / "corpus", BACK), "judge_canary_share": 0.0, "tests": 7},
        },
        # How an instruction is worded speaks for no text: such a record is the judge's.
        Counter({Status.VERIFIED: 2, Status.OPINION: 1}),
    ),
}


@pytest.mark.parametrize("graph", WHOLE_RUNS)
async def test_whole_runs_are_bound_to_their_evidence(graph: str, tmp_path: Path, sandbox: Sandbox) -> None:
    options, statuses = WHOLE_RUNS[graph]
    await proofset.arun(graph, out=tmp_path / "run", **options(tmp_path))
    results: list[verifying.Result] = []
    totals = await verifying.verify(verifying.plan_of(tmp_path / "run"), sandbox, results.append)
    assert totals.statuses == statuses, [one.faults for one in results]
    assert totals.sealed
    for row in rows_of(tmp_path / "run" / "records.jsonl"):
        assert list(faults_of(Record.model_validate(row))) == []


def test_a_run_whose_manifest_is_gone_is_still_checked(tmp_path: Path, data: Path) -> None:
    data.with_name("manifest.json").unlink()
    assert verify(data.parent).exit_code == 0


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda path: path.mkdir(), "give a run, an export or a file"),
        (lambda path: None, "no such file or directory"),
        (lambda path: (path.mkdir(), (path / "manifest.json").write_text("{}")), "no manifest of proofset"),
    ],
)
def test_what_cannot_be_verified_is_one_line(make: Any, says: str, tmp_path: Path) -> None:
    make(tmp_path / "data")
    result = CliRunner().invoke(cli, ["verify", str(tmp_path / "data")])
    assert says in str(result.exception)
    assert getattr(result.exception, "exit_code", None) == 2


def test_nothing_without_a_manifest_is_no_pass(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("")
    assert verify(tmp_path / "empty.jsonl").exit_code == 1
    write(tmp_path / "records.jsonl", [])
    assert verify(tmp_path / "records.jsonl").exit_code == 0


def test_hostile_lines_fail_alone(tmp_path: Path, kept: list[Record], shared_sandbox: Sandbox) -> None:
    lines = ["[" * 100_000, '{"id": "a", "id": "b"}', "\x00", '{"verdict": 1, "lineage": 2}', "{}", '"text"']
    data = tmp_path / "alone.jsonl"
    data.write_text("\n".join([*lines, kept[0].model_dump_json()]) + "\n")
    assert {line for line, _ in failures(data, shared_sandbox)} == set(range(1, 7))


LINKS = st.lists(
    st.builds(Link, st.sampled_from(["a", "b", "c", ""]), st.sampled_from(["1" * 64, "2" * 64, "3" * 64])),
    max_size=6,
)


@given(sealed=LINKS, now=LINKS)
def test_a_comparison_is_clean_exactly_where_all_rows_are_there_in_order(
    sealed: list[Link], now: list[Link]
) -> None:
    seen = [Seen(number, link.id, link.sha256) for number, link in enumerate(now, start=1)]
    compared = compare(seen, sealed)
    assert compared.intact == ([link.sha256 for link in sealed] == [link.sha256 for link in now])
    assert set(compared.faults) <= {line.number for line in seen}
    assert all(1 <= gone.row <= len(sealed) for gone in compared.missing)


def test_a_head_depends_on_every_row_and_on_their_order() -> None:
    one, other = Link("a", "1" * 64), Link("b", "2" * 64)
    heads = {head_of(links) for links in ((), (one,), (other,), (one, other), (other, one))}
    assert len(heads) == 5
    assert head_of(()) == NO_ROWS
