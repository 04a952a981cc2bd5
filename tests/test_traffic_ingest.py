"""Ingest: a row enters once, whatever happens; what is wrong is told by file and line; the rest goes on."""

from __future__ import annotations

import fcntl
import gzip
import json
import runpy
import signal
import sqlite3
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from traffic_rows import ANSWER, QUESTION, SHAPES, chat

pytest.importorskip("phonenumbers")
pytest.importorskip("stdnum")

from proofset.cli import cli
from proofset.errors import ProofsetError, UsageError
from proofset.traffic import (
    Check,
    Drop,
    Report,
    SamplingPlan,
    TrafficItem,
    TrafficRules,
    ingest,
    open_traffic,
)

ALL = SamplingPlan(rate=1)
CHILD = Path(__file__).with_name("traffic_child.py")


def log(path: Path, rows: Sequence[Any], end: str = "\n") -> Path:
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows) + end)
    return path


def chats(count: int, **more: Any) -> list[dict[str, Any]]:
    return [
        chat(f"What is the number {number}?", f"It is number {number}.", **more) for number in range(count)
    ]


def go(logs: Sequence[Path], out: Path, **more: Any) -> Report:
    return ingest(logs, out, **{"sampling": ALL} | more)


def kept(out: Path) -> list[TrafficItem]:
    return list(open_traffic([out]))


def test_rows_of_every_shape_enter_from_one_file(tmp_path: Path) -> None:
    rows = [row for shapes in SHAPES.values() for row in shapes.values()]
    report = go([log(tmp_path / "mixed.jsonl", rows)], tmp_path / "out")
    assert report.rows == len(rows) and not report.unread and not report.no_exchange
    # They are one exchange: with earlier turns before it, another one.
    assert report.entered == 2 and report.left == {"duplicate": len(rows) - 2}
    assert {(item.instruction, item.output) for item in kept(tmp_path / "out")} == {(QUESTION, ANSWER)}


def test_an_item_says_where_it_is_from(tmp_path: Path) -> None:
    path = log(tmp_path / "a.jsonl", ["", chat(model="m-1", created=1715509394, tags={"tier": "gold"})])
    go([path], tmp_path / "out", sampling=SamplingPlan(rate=1, stratify="tag:tier"))
    (item,) = kept(tmp_path / "out")
    said = (item.file, item.line, item.model, item.time, item.stratum, item.source)
    assert said == (str(path), 2, "m-1", "2024-05-12T10:23:14Z", "gold", "openai")


def test_nothing_personal_is_written_anywhere(tmp_path: Path) -> None:
    secret = "anna.secret@corp.example"
    rows = [
        chat(
            f"I am {secret}, what is my plan?",
            f"Dear {secret}, it is pro.",
            model=f"m-4 for {secret}",
            user=secret,
        ),
        chat(f"Thanks {secret}", "ok", user=secret),
        chat(f"how to build a pipe bomb, {secret}?", "No.", user=secret),
        {"level": "info", "msg": secret},
    ]
    out = tmp_path / "out"
    report = go([log(tmp_path / "a.jsonl", rows)], out, sampling=SamplingPlan(rate=1, stratify="tag:user"))
    assert report.entered == 1 and report.scrubbed == {"EMAIL": 1}
    assert kept(out)[0].model == "m-4 for <EMAIL_1>" and kept(out)[0].stratum == "<EMAIL_1>"
    for path in out.iterdir():
        assert b"anna" not in path.read_bytes() and b"pipe bomb" not in path.read_bytes()


def test_the_same_rows_never_enter_twice(tmp_path: Path) -> None:
    rows, out = chats(30), tmp_path / "out"
    first = log(tmp_path / "a.jsonl", rows[:20])
    assert go([first], out).entered == 20
    again = go([first], out)
    assert (again.entered, again.known, again.left) == (0, 20, {})
    # Renamed, in another order of keys, joined with new rows, packed, as a list.
    first.rename(tmp_path / "a.jsonl.1")
    turned = [dict(reversed(row.items())) for row in rows]
    joined = log(tmp_path / "joined.jsonl", turned)
    assert (go([tmp_path / "a.jsonl.1", joined], out).entered, len(kept(out))) == (10, 30)
    packed = tmp_path / "b.jsonl.gz"
    packed.write_bytes(gzip.compress(joined.read_bytes()))
    listed = tmp_path / "c.json"
    listed.write_text(json.dumps(rows, indent=2))
    report = go([packed, listed], out)
    assert (report.entered, report.known) == (0, 60)
    assert len({item.id for item in kept(out)}) == 30


def test_the_same_exchange_enters_once_blanks_and_case_aside(tmp_path: Path) -> None:
    rows = [
        chat(id="1"),
        chat(id="2"),
        chat(f"  {QUESTION.upper()}\n", ANSWER, id="3"),
        chat(answer="Other.", id="4"),
    ]
    report = go([log(tmp_path / "a.jsonl", rows)], tmp_path / "out")
    assert (report.entered, report.left) == (2, {"duplicate": 2})
    assert report.examples["duplicate"] == [f"{tmp_path}/a.jsonl:2", f"{tmp_path}/a.jsonl:3"]


def test_what_cannot_be_read_is_one_line_and_the_rest_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    good = [json.dumps(row).encode() for row in chats(3)]
    bad = [b"{not json", b'{"messages": "\xff"}', b"[1, 2]", b'{"a": ' + b"[" * 100_000, b'{"level": "info"}']
    path.write_bytes(b"\n".join([good[0], *bad, good[1], b"", good[2]]) + b"\n")
    told: list[str] = []
    report = go([path], tmp_path / "out", tell=told.append)
    assert (
        report.entered == 3 and report.unread == {"no_row": 4} and report.no_exchange == {"unknown_shape": 1}
    )
    assert [line.split(": ")[0] for line in told] == [f"{path} line {number}" for number in range(2, 7)]
    assert all("\n" not in line and len(line) < 300 for line in told)
    assert (
        report.rows
        == sum((report.unread.total(), report.no_exchange.total(), report.not_sampled, report.known))
        + report.left.total()
        + report.entered
    )


def test_a_last_line_that_is_not_whole_is_left_for_the_next_time(tmp_path: Path) -> None:
    rows, path, out = [json.dumps(row) for row in chats(2)], tmp_path / "a.jsonl", tmp_path / "out"
    path.write_text(f"{rows[0]}\n{rows[1][:30]}")
    report = go([path], out)
    assert (report.entered, report.unfinished, report.unread) == (1, 1, {})
    path.write_text(f"{rows[0]}\n{rows[1]}")
    report = go([path], out)
    assert (report.entered, report.known, report.unfinished) == (1, 1, 0)
    path.write_text(f"{rows[0]}\n{rows[1]}\n")
    assert go([path], out).known == 2


def test_a_line_of_200_mb_is_told_and_memory_stays_bounded(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with path.open("wb") as file:
        file.write(json.dumps(chats(1)[0]).encode() + b"\n")
        for _ in range(200):
            file.write(b"x" * 2**20)
        file.write(b"\n" + json.dumps(chat()).encode() + b"\n")
    tracemalloc.start()
    report = go([path], tmp_path / "out")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert report.entered == 2 and report.unread == {"line_too_long": 1}
    assert report.examples == {"line_too_long": [f"{path}:2"]}
    assert peak < 100 * 2**20


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.jsonl", json.dumps(chats(1)[0]).encode("utf-16"), "not_utf8"),
        ("a.jsonl.gz", gzip.compress(json.dumps(chats(1)).encode())[:-9], "broken_gzip"),
        ("a.jsonl.gz", b"no gzip", "broken_gzip"),
        ("a.json", b'[{"a": 1}, {"b": ', "no_row"),
        ("a.json", b"[1]", "no_row"),
        ("a.json", b'{\n "a": \n', "no_row"),
    ],
)
def test_files_that_are_broken_are_told(tmp_path: Path, name: str, data: bytes, code: str) -> None:
    (tmp_path / name).write_bytes(data)
    whole = log(tmp_path / "b.jsonl", chats(1))
    report = go([tmp_path / name, whole], tmp_path / "out")
    assert report.unread[code] == 1 and report.entered == 1


def test_lists_and_envelopes_and_directories_are_read(tmp_path: Path) -> None:
    rows, logs = chats(6), tmp_path / "logs"
    logs.mkdir()
    (logs / "a.json").write_text(json.dumps(rows[:2], indent=1))
    (logs / "b.json").write_text(json.dumps({"data": rows[2:4], "meta": {}}))
    (logs / "c.json").write_text(json.dumps(rows[4], indent=2))
    (logs / "d.jsonl.1").write_text(json.dumps(rows[5]))
    (logs / ".hidden.jsonl").write_text("{")
    (logs / "notes.txt").write_text("nothing")
    report = go([logs], tmp_path / "out")
    assert (report.files, report.entered, report.unread) == (4, 6, {})


def test_traffic_beside_its_logs_is_no_log(tmp_path: Path) -> None:
    log(tmp_path / "a.jsonl", chats(3))
    assert go([tmp_path], tmp_path / "out").files == 1
    assert go([tmp_path], tmp_path / "out").files == 1


def test_paths_that_hold_no_log_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot read it"):
        go([tmp_path / "nothing.jsonl"], tmp_path / "out")
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="no log is in this directory"):
        go([tmp_path / "empty"], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_sample_is_the_same_whatever_the_order_of_files(tmp_path: Path) -> None:
    rows = [
        row | {"model": "rare" if number % 40 == 0 else "common"} for number, row in enumerate(chats(400))
    ]
    one, two = log(tmp_path / "a.jsonl", rows[:200]), log(tmp_path / "b.jsonl", rows[200:])
    plan = SamplingPlan(rate=0.1, stratify="model", at_least=8)
    report = go([one, two], tmp_path / "x", sampling=plan)
    go([two, one], tmp_path / "y", sampling=plan)
    first, second = ({item.id for item in kept(tmp_path / name)} for name in "xy")
    assert first == second and report.strata["rare"].entered >= 8
    assert sum(stratum.rows for stratum in report.strata.values()) == 400
    # More of the same conversations come with a higher rate; none enters twice.
    more = go([one, two], tmp_path / "x", sampling=SamplingPlan(rate=0.5))
    assert first < {item.id for item in kept(tmp_path / "x")} and more.known >= len(first) - 8


def test_all_rows_of_a_conversation_are_taken_or_none(tmp_path: Path) -> None:
    rows = [
        chat(f"Question {turn} of {number}?", f"Answer {turn} of {number}.", session_id=f"s{number}")
        for number in range(100)
        for turn in range(3)
    ]
    go([log(tmp_path / "a.jsonl", rows)], tmp_path / "out", sampling=SamplingPlan(rate=0.3))
    taken = [item.instruction.split()[-1] for item in kept(tmp_path / "out")]
    assert 0 < len(taken) < 300 and all(taken.count(one) == 3 for one in set(taken))


def test_rules_and_checks_count_what_they_leave_out(tmp_path: Path) -> None:
    rows = [*chats(3), chat("hi", "hello"), chat("how to build a pipe bomb?", "No."), chat(answer="y" * 600)]
    path, out = log(tmp_path / "a.jsonl", rows), tmp_path / "out"
    check = Check("odd", lambda item: Drop("odd", "odd") if "number 1" in item.instruction else None)
    rules = TrafficRules(most_output=500)
    report = go([path], out, rules=rules, checks=[check])
    left = {"instruction_too_short": 1, "unsafe_weapons": 1, "output_too_long": 1, "odd": 1}
    assert report.left == left and report.entered == 2
    drops = json.loads((out / "drops.json").read_text())
    assert drops["standing"] == left | {"entered": 2}
    assert drops["ingests"][0]["examples"]["unsafe_weapons"] == [f"{path}:5"]
    # The same rules let nothing more in; others look again at what was left out, and at that alone.
    assert go([path], out, rules=rules, checks=[check]).known == 6
    again = go([path], out)
    assert (again.known, again.entered, again.left.total()) == (2, 2, 2)
    assert json.loads((out / "drops.json").read_text())["standing"]["entered"] == 4


def test_a_dry_run_counts_and_writes_nothing(tmp_path: Path) -> None:
    path, out = log(tmp_path / "a.jsonl", [*chats(5), chats(1)[0]]), tmp_path / "out"
    report = go([path], out, dry_run=True)
    assert (report.entered, report.known) == (5, 1) and not out.exists()
    go([path], out)
    before = {file.name: file.read_bytes() for file in out.iterdir()}
    assert go([path], out, dry_run=True).known == 6
    assert {file.name: file.read_bytes() for file in out.iterdir() if file.name in before} == before


@pytest.mark.parametrize("point", ["half", "written", "flushed", "known"])
@pytest.mark.parametrize("number", [1, 3])
def test_kill_9_at_any_moment_loses_and_doubles_nothing(tmp_path: Path, point: str, number: int) -> None:
    path, out = log(tmp_path / "a.jsonl", chats(40)), tmp_path / "killed"
    child = subprocess.run([sys.executable, str(CHILD), str(path), str(out), point, str(number)])
    assert child.returncode == -signal.SIGKILL
    acknowledged = 7 * (number - 1 + (point == "known"))
    assert len(kept(out)) == len(open_traffic([out / "traffic.jsonl"])) == acknowledged
    report = go([path], out)
    assert (report.known, report.entered) == (acknowledged, 40 - acknowledged)
    go([path], tmp_path / "whole")
    assert (out / "traffic.jsonl").read_bytes() == (tmp_path / "whole/traffic.jsonl").read_bytes()
    drops = json.loads((out / "drops.json").read_text())
    assert drops["standing"] == {"entered": 40}
    assert [bool(one["ended"]) for one in drops["ingests"]] == ([False, True] if acknowledged else [True])


def test_a_second_ingest_into_one_directory_is_told(tmp_path: Path) -> None:
    path, out = log(tmp_path / "a.jsonl", chats(3)), tmp_path / "out"
    go([path], out)
    with (out / ".lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = CliRunner().invoke(cli, ["flywheel", "ingest", str(path), "--out", str(out)])
        assert isinstance(done.exception, UsageError)
        assert str(done.exception) == f"--out {out}: another ingest is writing there; wait until it has ended"
    assert go([path], out).known == 3


def _cut(out: Path) -> None:
    path = out / "traffic.jsonl"
    path.write_bytes(path.read_bytes()[:-10])


def _break(out: Path) -> None:
    (out / "intake.db").write_bytes(b"no database" * 1000)


def _forget(out: Path) -> None:
    (out / "intake.db").unlink()


@pytest.mark.parametrize(
    ("harm", "said"),
    [(_cut, "put the file back"), (_break, "cannot be used"), (_forget, "name a new directory")],
)
def test_a_directory_that_is_not_as_it_was_left_is_told(
    tmp_path: Path, harm: Callable[[Path], None], said: str
) -> None:
    path, out = log(tmp_path / "a.jsonl", chats(3)), tmp_path / "out"
    go([path], out)
    for extra in out.glob("intake.db-*"):
        extra.unlink()
    harm(out)
    with pytest.raises(ProofsetError, match=said):
        go([path], out)


def test_the_ledger_holds_digests_and_no_texts(tmp_path: Path) -> None:
    go([log(tmp_path / "a.jsonl", chats(3))], tmp_path / "out")
    with sqlite3.connect(tmp_path / "out/intake.db") as sql:
        assert [len(key) for (key,) in sql.execute("SELECT key FROM rows")] == [16] * 3
    assert b"What is" not in (tmp_path / "out/intake.db").read_bytes()


def test_traffic_is_read_by_number_and_has_a_digest(tmp_path: Path) -> None:
    path = log(tmp_path / "a.jsonl", chats(10))
    go([path], tmp_path / "one")
    go([path], tmp_path / "two")
    traffic = open_traffic([tmp_path / "one"])
    assert len(traffic) == 10 and traffic[3].instruction == "What is the number 3?"
    assert traffic[-1] == traffic[9] and traffic[2:4] == [traffic[2], traffic[3]]
    assert traffic.ids == [item.id for item in traffic]
    assert traffic.sha256 == open_traffic([tmp_path / "two"]).sha256
    assert len(open_traffic([tmp_path / "one", tmp_path / "two/traffic.jsonl"])) == 10
    with pytest.raises(IndexError):
        traffic[10]
    file = tmp_path / "one/traffic.jsonl"
    file.write_bytes(file.read_bytes().replace(b"number 3", b"number 9"))
    assert traffic[2].instruction == "What is the number 2?"
    with pytest.raises(ProofsetError, match="line 4: the traffic has changed"):
        traffic[3]


def test_what_is_no_traffic_is_told_by_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no traffic\.jsonl is there; run `proofset flywheel ingest"):
        open_traffic([tmp_path])
    path = log(tmp_path / "a.jsonl", chats(1))
    with pytest.raises(UsageError, match=r"a\.jsonl line 1: no item of traffic"):
        open_traffic([path])


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "proofset", "flywheel", "ingest", *arguments], capture_output=True, text=True
    )


def test_the_command_prints_what_became_of_every_row(tmp_path: Path) -> None:
    rows = [*chats(4, model="m-1"), chats(1)[0] | {"id": 1}, chat("Mail a@x.example now?"), {"x": 1}, "{"]
    path = log(tmp_path / "a.jsonl", rows)
    done = run(str(path), "--out", str(tmp_path / "out"), "--rate", "1", "--stratify", "model")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        f"note: {path} line 7: no question and answer in its fields (x); it is left out",
        f"note: {path} line 8: no JSON (Expecting property name enclosed in double quotes: line 2 column 1 "
        "(char 2)); write one object per line; it is left out",
    ]
    assert [" ".join(line.split()) for line in done.stdout.splitlines()] == [
        "8 rows in 1 files",
        "1 cannot be read: no_row",
        "1 no exchange: unknown_shape",
        "0 not sampled",
        "0 seen before",
        "1 left out: duplicate",
        f"5 entered {tmp_path}/out",
        "1 of them (none): 2 rows, 2 sampled",
        "4 of them m-1: 4 rows, 4 sampled",
        "scrubbed: 1 EMAIL",
    ]
    done = run(str(path), "--out", str(tmp_path / "out"), "--rate", "1", "--json", "--dry-run")
    said = json.loads(done.stdout)
    assert (said["known"], said["entered"], said["number"]) == (6, 0, 2)


def test_the_sample_log_is_what_its_script_writes_and_gives_enough(tmp_path: Path) -> None:
    example = Path(__file__).resolve().parent.parent / "examples/flywheel"
    made = runpy.run_path(str(example / "make_traffic.py"))["rows"]()
    lines = (example / "traffic.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == list(made)
    done = run(str(example / "traffic.jsonl"), "--out", str(tmp_path / "out"), "--rate", "1", "--json")
    said = json.loads(done.stdout)
    # A line that is no exchange is told, and no failure.
    assert done.returncode == 0 and "line 219: no question and answer" in done.stderr
    assert (said["rows"], said["entered"]) == (219, 177)
    assert {"duplicate", "instruction_too_short", "unsafe_weapons", "unsafe_malware"} <= set(said["left"])
    assert set(said["scrubbed"]) == {"EMAIL", "PHONE", "CARD", "IBAN", "TOKEN", "IP"}


def test_rows_of_no_known_shape_at_all_are_a_failure(tmp_path: Path) -> None:
    done = run(str(log(tmp_path / "a.jsonl", [{"msg": "a"}, {"msg": "b"}])), "--out", str(tmp_path / "out"))
    assert done.returncode == 1 and len(done.stderr.splitlines()) == 2


def test_the_command_leaves_out_what_holds_text_of_a_held_out_set(tmp_path: Path) -> None:
    words = "which of these seven very particular words of the test set stands right in the middle here"
    log(tmp_path / "eval.jsonl", [{"question": words}])
    path = log(tmp_path / "a.jsonl", [*chats(2), chat(f"Tell me: {words}?", "The seventh.")])
    done = run(
        str(path),
        "--out",
        str(tmp_path / "out"),
        "--rate",
        "1",
        "--json",
        "--held-out",
        str(tmp_path / "eval.jsonl"),
    )
    said = json.loads(done.stdout)
    assert said["left"] == {"held_out": 1} and said["entered"] == 2


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--rate", "2"], "error: --rate 2.0: input should be less than or equal to 1"),
        (["--stratify", "colour"], "error: --stratify colour: give model, source or tag:NAME"),
        (["--rule", "x"], "error: --rule x: write NAME=VALUE, such as most_output=9000"),
        (["--rule", "shape=1"], "error: --rule shape 1: no such rule; there are least_instruction, "),
        (
            ["--phone-region", "XX"],
            "error: --phone-region XX: no such region; give a code of ISO 3166, such as US",
        ),
        (["--also-scrub", "json"], "error: --also-scrub json: no function of that name; write MODULE:NAME"),
    ],
)
def test_bad_options_are_one_clear_line(tmp_path: Path, options: list[str], said: str) -> None:
    path = log(tmp_path / "a.jsonl", chats(1))
    done = run(str(path), "--out", str(tmp_path / "out"), *options)
    assert done.returncode == 2 and len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith(said)


def test_without_the_extra_it_is_named(tmp_path: Path) -> None:
    path = log(tmp_path / "a.jsonl", chats(1))
    code = (
        "import sys\nsys.modules['phonenumbers'] = None\nfrom proofset.cli import main\n"
        f"main(['flywheel', 'ingest', {str(path)!r}, '--out', {str(tmp_path / 'out')!r}])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 2 and not (tmp_path / "out").exists()
    assert done.stderr == "error: flywheel ingest needs the extra: pip install 'proofset[traffic]'\n"
