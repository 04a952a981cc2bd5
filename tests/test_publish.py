"""Publishing: who trains is called once, what came of it is in a chained ledger, and the guard appoints."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from mixed import HUMAN, lines, record

from proofset.cli import cli
from proofset.engine import make_config
from proofset.errors import ProofsetError, UsageError
from proofset.loop import Begun, Failed, LoopLedger, Trained, VersionSeen, resolved, standing_of
from proofset.memory.heldout import register
from proofset.mixing import MixPlan, mix
from proofset.publishing.hiding import hidden, secrets_of, told_url
from proofset.publishing.webhook import check_url, post, signature
from proofset.records import Grade

TRAINER = Path(__file__).with_name("trainer.py")
BIG, SMALL = "openai:mine-70b@http://127.0.0.1:1/v1", "openai:mine-7b"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PROOFSET_HELDOUT", raising=False)
    return tmp_path


def version(
    name: str = "v1", *, grade: Grade = Grade.CHECKED, first: int = 0, target: str = "mine-7b"
) -> Path:
    made = lines(Path(f"{name}.jsonl"), [record(number, grade=grade) for number in range(first, first + 9)])
    human = lines(Path("human.jsonl"), HUMAN[:40])
    Path("sets").mkdir(exist_ok=True)
    plan = MixPlan(human=(human,), synthetic=(made,), target_model=target)
    return mix(plan, Path("sets") / name).out


def trainer(*words: str) -> str:
    return shlex.join([sys.executable, str(TRAINER), "calls.jsonl", *words])


def calls() -> list[dict[str, Any]]:
    path = Path("calls.jsonl")
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def publish(*args: object) -> Result:
    return CliRunner().invoke(cli, ["flywheel", "publish", *map(str, args)])


def events() -> list[str]:
    return [entry.event for entry in LoopLedger(Path("sets")).entries()]


def test_the_command_is_told_the_version_and_names_the_model(here: Path) -> None:
    made = version()
    done = publish(made, "--command", trainer("--model", BIG))
    assert done.exit_code == 0, (done.output, done.exception)
    (told,) = calls()
    manifest = (made / "mix.json").read_bytes()
    assert told["manifest_sha256"] == hashlib.sha256(manifest).hexdigest()
    assert told["shards"] == [
        {
            "path": str(here / "sets/v1/train-00000-of-00001.jsonl"),
            "rows": 49,
            "sha256": json.loads(manifest)["shards"][0]["sha256"],
        }
    ]
    assert (told["human_rows"], told["synthetic_rows"], told["target_model"]) == (40, 9, "mine-7b")
    begun, trained = LoopLedger(Path("sets")).entries()
    assert begun.event == "begun" and begun.version.path == "v1" and begun.by == "command"
    assert trained.event == "trained" and (trained.model, trained.exit_code) == (BIG, 0)
    assert "said:" in (Path("sets") / trained.log).read_text()
    status = CliRunner().invoke(cli, ["flywheel", "status", "sets"]).output
    assert f"v1  {BIG}" in status and f"generator  {BIG}  (round 1: it is larger than mine-7b)" in status
    assert "judge      nobody" in status


def test_a_version_is_published_once(here: Path) -> None:
    made = version()
    assert publish(made, "--command", trainer("--model", BIG)).exit_code == 0
    again = publish(made, "--command", trainer("--model", BIG))
    assert isinstance(again.exception, UsageError)
    assert "sets/v1: it was published in round 1" in str(again.exception) and len(calls()) == 1
    assert publish(made, "--command", trainer("--model", BIG), "--again").exit_code == 0
    assert len(calls()) == 2 and calls()[1]["round"] == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--exit", "3"), "round 1 failed: the command ended with 3; its log is "),
        ((), "round 1 failed: the command named no model; write "),
        (("--model", "nobody"), "round 1 failed: the command named no model: model spec 'nobody'"),
    ],
)
def test_a_command_that_fails_is_one_line_and_in_the_ledger(
    here: Path, words: tuple[str, ...], said: str
) -> None:
    done = publish(version(), "--command", trainer(*words))
    assert isinstance(done.exception, ProofsetError) and done.exception.exit_code == 1
    assert said in str(done.exception) and "\n" not in str(done.exception)
    assert events() == ["begun", "failed"]
    status = CliRunner().invoke(cli, ["flywheel", "status", "sets"]).output
    assert "round 1, attempt 1" in status and "failed: the command" in status and str(here) not in status
    assert publish("sets/v1", "--command", trainer("--model", BIG)).exit_code == 0
    assert [(one["round"], one["attempt"]) for one in calls()] == [(1, 1), (1, 2)]


def test_a_command_that_takes_too_long_is_ended(here: Path) -> None:
    done = publish(version(), "--command", trainer("--wait", "never"), "--timeout", "0.5")
    assert "round 1 failed: it took longer than 0.5 s" in str(done.exception)
    assert events() == ["begun", "failed"]


def test_secrets_stand_in_no_log_and_no_record(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_TOKEN", "hf_very_secret_1")
    words = ("--model", BIG, "--api-key", "sk-also-secret", "--say", "sk-also-secret it is", "--x", "plain")
    done = publish(version(), "--command", trainer(*words))
    assert done.exit_code == 0, (done.output, done.exception)
    kept = "".join(
        path.read_text() for path in Path("sets").rglob("*") if path.is_file() and path.parent.name != "v1"
    )
    assert "hf_very_secret_1" not in kept and "sk-also-secret" not in kept + done.output
    assert "said: [hidden] it is [hidden]" in kept and "--x plain" in kept


def test_a_dry_run_says_what_would_happen_and_does_nothing(here: Path) -> None:
    made = version()
    before = sorted(here.rglob("*"))
    done = publish(made, "--command", trainer("--model", BIG), "--model", SMALL, "--dry-run")
    assert done.exit_code == 0 and sorted(here.rglob("*")) == before
    assert "40 human and 9 synthetic rows in 1 shards" in done.output
    assert f"generator  {SMALL} would not serve: it is no larger than mine-7b" in done.output
    unknown = publish(made, "--command", trainer("--model", BIG), "--dry-run").output
    assert "generator  the model that comes back, if it is larger than mine-7b" in unknown
    assert publish(made, "--command", trainer("--model", BIG)).exit_code == 0
    again = publish(made, "--command", trainer("--model", BIG), "--dry-run")
    assert "refused    it was published in round 1" in again.output and len(calls()) == 1


def test_a_changed_shard_is_not_published(here: Path) -> None:
    made = version()
    (shard,) = made.glob("train-*")
    shard.write_text(shard.read_text().replace("a", "e", 1))
    done = publish(made, "--command", trainer("--model", BIG))
    assert "its SHA-256 is not the manifest's" in str(done.exception) and not calls()


def test_what_holds_a_held_out_item_is_not_published(here: Path) -> None:
    made = version()
    lines(Path("held.jsonl"), [{"question": HUMAN[4]["instruction"]}])
    register("held", Path("held.jsonl"))
    done = publish(made, "--command", trainer("--model", BIG))
    assert f"sets/v1 row {HUMAN[4]['id']} holds " in str(done.exception) and done.exception is not None
    assert not calls() and not Path("sets/loop.jsonl").exists()
    assert isinstance(done.exception, ProofsetError) and done.exception.exit_code == 1


def test_pairs_go_with_it_and_are_looked_at_too(here: Path) -> None:
    made = version()
    pair = {"instruction": "Name a colour of the sea.", "chosen": "Green.", "rejected": "No."}
    pairs = lines(Path("pairs.jsonl"), [pair])
    assert publish(made, "--command", trainer("--model", BIG), "--pairs", pairs).exit_code == 0
    assert calls()[0]["pairs"][0]["rows"] == 1
    lines(Path("held.jsonl"), [{"question": pair["instruction"]}])
    register("held", Path("held.jsonl"))
    done = publish(made, "--command", trainer("--model", BIG), "--pairs", pairs, "--again")
    assert "pairs.jsonl line 1 holds " in str(done.exception)
    done = publish(made, "--model", BIG, "--pairs", lines(Path("none.jsonl"), [{"a": "b"}]), "--again")
    assert "none.jsonl line 1: no preference pair" in str(done.exception)


STRONG = "it is larger than mine-7b"


@pytest.mark.parametrize(
    ("model", "grade", "serves", "ruling"),
    [
        (BIG, Grade.CHECKED, True, "stronger"),
        (SMALL, Grade.CHECKED, False, "weaker_generator"),
        ("openai:nobody-knows", Grade.CHECKED, False, "unknown"),
        (SMALL, Grade.PROVED, True, "proved"),
    ],
)
def test_the_guard_says_who_generates_next(
    here: Path, model: str, grade: Grade, serves: bool, ruling: str
) -> None:
    assert (
        publish(version(grade=grade), "--model", model, "--role", "generator", "--role", "judge").exit_code
        == 0
    )
    trained = LoopLedger(Path("sets")).entries()[-1]
    assert trained.event == "trained"
    generator, judge = trained.appointments
    assert (generator.serves, generator.ruling) == (serves, ruling)
    # A proof vouches for what was generated, not for who judges.
    assert judge.serves is (ruling == "stronger")
    standing = standing_of(LoopLedger(Path("sets")).entries())
    assert standing.generator is not None
    assert standing.generator.model == (model if serves else "openai:big-70b")


@pytest.mark.parametrize(
    ("wrote", "serves"), [(("gpt-x",), False), (("openai:x",), True), (("openai:x", "openai:y"), False)]
)
def test_who_wrote_the_last_version_serves_where_it_is_one_that_can_be_asked(
    wrote: tuple[str, ...], serves: bool
) -> None:
    told: dict[str, Any] = {"round": 1, "attempt": 1, "at": "2030-01-01T00:00:00+00:00"}
    seen = VersionSeen(path="v1", sha256="0" * 64, human=1, synthetic=1, generators=wrote)
    entries = (Begun(version=seen, by="hand", what="", **told), Trained(model=SMALL, **told))
    assert (standing_of(entries).generator is not None) is serves


def test_a_target_that_has_grown_dismisses_who_served(here: Path) -> None:
    assert (
        publish(version("v1"), "--model", "openai:a-30b", "--role", "generator", "--role", "judge").exit_code
        == 0
    )
    second = publish(version("v2", first=20), "--model", "openai:b-30b", "--target-model", "next-32b")
    assert "openai:a-30b does not serve" in second.output
    standing = standing_of(LoopLedger(Path("sets")).entries())
    assert standing.judge is None
    assert standing.generator is not None and standing.generator.why == "wrote the records of v2"


def test_the_next_run_takes_who_serves(here: Path) -> None:
    publish(version(), "--model", BIG, "--role", "generator", "--role", "judge")
    config = make_config({"graph": "self_instruct", "n": 1, "models": {"default": "loop:sets"}}, source="run")
    assert config.models == {"default": BIG, "judge": BIG}
    given = {"default": "openai:x", "proposer": "loop:sets", "judge": "openai:j"}
    assert resolved(given) == {**given, "proposer": BIG}
    with pytest.raises(UsageError, match=r"model loop:none: there is no loop\.jsonl in none"):
        resolved({"default": "loop:none"})
    done = CliRunner().invoke(
        cli, ["run", "self_instruct", "--n", "1", "--model", "loop:none", "--out", "out"]
    )
    assert isinstance(done.exception, UsageError) and "loop:none" in str(done.exception)


def test_a_loop_without_a_judge_says_why(here: Path) -> None:
    publish(version(), "--model", SMALL, "--role", "judge")
    with pytest.raises(
        UsageError, match=r"model loop:sets: it has no judge \(round 1, openai:mine-7b: it is no"
    ):
        resolved({"judge": "loop:sets"})


@pytest.mark.parametrize("change", ["edit", "remove", "swap"])
def test_a_ledger_that_was_changed_is_told_by_line(here: Path, change: str) -> None:
    publish(version(), "--model", BIG)
    publish("sets/v1", "--model", SMALL, "--again")
    ledger = Path("sets/loop.jsonl")
    rows = ledger.read_text().splitlines(keepends=True)
    match change:
        case "edit":
            rows[1] = rows[1].replace("70b", "71b")
        case "remove":
            del rows[1]
        case _:
            rows[1], rows[3] = rows[3], rows[1]
    ledger.write_text("".join(rows))
    done = CliRunner().invoke(cli, ["flywheel", "status", "sets"])
    assert "loop.jsonl line 2: it is not what was written there" in str(done.exception)


@given(st.integers(1, 400))
def test_a_line_that_a_kill_cut_short_was_never_said(cut: int) -> None:
    import tempfile

    seen = VersionSeen(path="v1", sha256="0" * 64, human=1, synthetic=1)
    told: dict[str, Any] = {"round": 1, "attempt": 1, "at": "2030-01-01T00:00:00+00:00"}
    with tempfile.TemporaryDirectory() as folder:
        ledger = LoopLedger(Path(folder))
        ledger.append(Begun(version=seen, by="hand", what="", **told))
        whole = ledger.path.read_bytes()
        ledger.append(Failed(reason="é" * 50, **told))
        cut = min(cut, len(ledger.path.read_bytes()) - len(whole) - 1)
        ledger.path.write_bytes(ledger.path.read_bytes()[: len(whole) + cut])
        assert [one.event for one in ledger.entries()] == ["begun"]
        ledger.append(Failed(reason="b", **told))
        assert [one.event for one in ledger.entries()] == ["begun", "failed"]


def waits(what: Callable[[], bool]) -> None:
    ends = time.monotonic() + 250
    while not what():
        assert time.monotonic() < ends, "it did not come"
        time.sleep(0.02)


def started(*args: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "proofset", "flywheel", "publish", *args],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )


@pytest.mark.parametrize("model", [BIG, None], ids=["trained", "failed"])
def test_kill_9_of_publishing_does_not_end_the_command_nor_call_it_again(
    here: Path, model: str | None
) -> None:
    made = version()
    words = ("--wait", "go", *(("--model", model) if model else ("--exit", "4")))
    process = started(str(made), "--command", trainer(*words))
    waits(lambda: len(calls()) == 1)
    process.kill()
    process.communicate()
    assert events() == ["begun"]
    status = CliRunner().invoke(cli, ["flywheel", "status", "sets"]).output
    assert "has no end: publish it again to go on" in status
    again = started(str(made), "--command", trainer(*words))
    assert again.stderr is not None
    assert "a publication is at work there; waiting for its end" in again.stderr.readline()
    Path("go").touch()
    out, err = again.communicate(timeout=250)
    assert len(calls()) == 1
    if model:
        assert again.returncode == 0, err
        assert f"round 1: {BIG}" in out and events() == ["begun", "trained"]
    else:
        assert again.returncode == 1 and "error: " in err and "ended with 4" in err
        assert events() == ["begun", "failed"]


def test_ctrl_c_ends_the_command(here: Path) -> None:
    process = started(str(version()), "--command", trainer("--wait", "never"))
    waits(lambda: len(calls()) == 1)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=250)
    assert process.returncode == 1 and "round 1: interrupted; publish again" in err
    assert events() == ["begun", "failed"]
    outcome = json.loads(Path("sets/rounds/1-1/outcome.json").read_text())
    assert outcome["why"] == "interrupted" and outcome["exit_code"] == -signal.SIGTERM


def test_when_the_command_was_killed_too_it_is_called_again(here: Path) -> None:
    made = version()
    process = started(str(made), "--command", trainer("--wait", "go", "--model", BIG))
    waits(lambda: len(calls()) == 1)
    children = subprocess.run(["ps", "-eo", "pid,ppid"], capture_output=True, text=True, check=True).stdout
    parents = [tuple(map(int, line.split())) for line in children.splitlines()[1:]]
    (supervisor,) = [pid for pid, parent in parents if parent == process.pid]
    (command,) = [pid for pid, parent in parents if parent == supervisor]
    for pid in (process.pid, supervisor, command):
        os.kill(pid, signal.SIGKILL)
    process.communicate()
    Path("go").touch()
    done = publish(made, "--command", trainer("--model", BIG))
    assert done.exit_code == 0, (done.output, done.exception)
    assert len(calls()) == 2 and events() == ["begun", "failed", "begun", "trained"]


def test_another_version_waits_until_the_one_on_its_way_has_ended(here: Path) -> None:
    first, second = version("v1"), version("v2", first=20)
    process = started(str(first), "--command", trainer("--wait", "go", "--model", BIG))
    waits(lambda: len(calls()) == 1)
    process.kill()
    process.communicate()
    Path("go").touch()
    done = publish(second, "--command", trainer("--model", BIG))
    assert isinstance(done.exception, UsageError)
    assert "sets/v1 is on its way (round 1); end that first" in str(done.exception)
    assert publish(first, "--command", trainer("--model", BIG)).exit_code == 0
    assert publish(second, "--command", trainer("--model", BIG)).exit_code == 0
    assert [one["round"] for one in calls()] == [1, 2]


class Receiver(HTTPServer):
    """Answers with what it is given, one after the other; the last one again and again."""

    def __init__(self, answers: list[tuple[int, bytes]]) -> None:
        self.answers, self.got = answers, list[tuple[dict[str, str], bytes]]()
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/train?key=hidden"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((dict(self.headers.items()), body))
        status, answer = (
            self.server.answers.pop(0) if len(self.server.answers) > 1 else self.server.answers[0]
        )
        self.send_response(status)
        self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: Any) -> None:
        return


@pytest.fixture
def receiving() -> Iterator[Callable[..., Receiver]]:
    open_: list[Receiver] = []

    def receive(*answers: tuple[int, bytes]) -> Receiver:
        receiver = Receiver(list(answers))
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
        open_.append(receiver)
        return receiver

    yield receive
    for one in open_:
        one.shutdown()
        one.server_close()


def test_a_webhook_is_signed_and_its_answer_names_the_model(
    here: Path, monkeypatch: pytest.MonkeyPatch, receiving: Callable[..., Receiver]
) -> None:
    monkeypatch.setenv("PROOFSET_WEBHOOK_SECRET", "between-us")
    receiver = receiving((200, json.dumps({"model": BIG}).encode()))
    done = publish(version(), "--webhook", receiver.url)
    assert done.exit_code == 0, (done.output, done.exception)
    ((headers, body),) = receiver.got
    seconds = headers["X-Proofset-Signature"].split(",")[0].removeprefix("t=")
    expected = hmac.new(b"between-us", f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    assert headers["X-Proofset-Signature"] == f"t={seconds},sha256={expected}"
    told = json.loads(body)
    assert told["shards"][0]["rows"] == 49 and told["round"] == 1
    ledger = Path("sets/loop.jsonl").read_text()
    assert "between-us" not in ledger and "key=hidden" not in ledger and "/train" in ledger


def test_a_webhook_that_trains_on_is_told_the_model_later(
    here: Path, monkeypatch: pytest.MonkeyPatch, receiving: Callable[..., Receiver]
) -> None:
    monkeypatch.setenv("PROOFSET_WEBHOOK_SECRET", "between-us")
    receiver = receiving((202, b""))
    made = version()
    done = publish(made, "--webhook", receiver.url)
    assert "sent; when it is trained, publish again with --model SPEC" in done.output
    assert events() == ["begun", "sent"]
    again = publish(made, "--webhook", receiver.url)
    assert "it was sent in round 1; when it is trained: --model SPEC" in str(again.exception)
    assert len(receiver.got) == 1
    assert publish(made, "--model", BIG).exit_code == 0
    assert events() == ["begun", "sent", "trained"]


def test_a_webhook_whose_answer_was_lost_gets_the_same_delivery(
    here: Path, monkeypatch: pytest.MonkeyPatch, receiving: Callable[..., Receiver]
) -> None:
    monkeypatch.setenv("PROOFSET_WEBHOOK_SECRET", "between-us")
    receiver = receiving((200, json.dumps({"model": BIG}).encode()))
    made = version()

    def lost(*args: Any, **options: Any) -> Any:
        post(*args, **options)
        raise SystemExit(9)

    with monkeypatch.context() as patched:
        patched.setattr("proofset.publishing.publish.post", lost)
        assert publish(made, "--webhook", receiver.url).exit_code == 9
    assert events() == ["begun"]
    assert publish(made, "--webhook", receiver.url).exit_code == 0
    first, second = (headers["X-Proofset-Delivery"] for headers, _ in receiver.got)
    assert first == second and events() == ["begun", "trained"]


def test_a_webhook_is_tried_again_where_that_may_help(receiving: Callable[..., Receiver]) -> None:
    waited: list[float] = []
    shaky = receiving((503, b""), (429, b""), (200, b'{"model": "openai:m-7b"}'))
    answered = post(shaky.url, {"a": 1}, secret=b"s", delivery="d", wait=waited.append)
    assert (answered.model, answered.fault, waited) == ("openai:m-7b", "", [1.0, 2.0])
    assert {headers["X-Proofset-Delivery"] for headers, _ in shaky.got} == {"d"}
    gone = receiving((500, b""))
    answered = post(gone.url, {}, secret=b"s", delivery="d", wait=waited.append)
    assert "answered 500, 5 times" in answered.fault and len(gone.got) == 5
    for status in (302, 400, 401):
        refusing = receiving((status, b""))
        answered = post(refusing.url, {}, secret=b"s", delivery="d", wait=waited.append)
        assert f"answered {status}; mend" in answered.fault and len(refusing.got) == 1


def test_a_webhook_that_fails_is_one_line_and_in_the_ledger(
    here: Path, monkeypatch: pytest.MonkeyPatch, receiving: Callable[..., Receiver]
) -> None:
    monkeypatch.setenv("PROOFSET_WEBHOOK_SECRET", "between-us")
    done = publish(version(), "--webhook", receiving((403, b"no")).url)
    assert isinstance(done.exception, ProofsetError) and done.exception.exit_code == 1
    assert "round 1 failed: the webhook answered 403" in str(done.exception)
    assert events() == ["begun", "failed"]


@pytest.mark.parametrize(
    "url",
    ["http://example.org/x", "ftp://127.0.0.1/", "https://", "http://127.0.0.1.example.org/", "http://[::1",
     "https://user:pass@example.org/", "http://0.0.0.0/", "x"],
)  # fmt: skip
def test_where_anybody_could_read_it_nothing_is_sent(url: str) -> None:
    with pytest.raises(UsageError, match="--webhook"):
        check_url(url)


@pytest.mark.parametrize(
    "url", ["https://example.org/x", "http://127.0.0.1:8/", "http://[::1]:8/", "http://localhost/"]
)
def test_https_and_this_machine_are_fine(url: str) -> None:
    check_url(url)


def test_a_signature_is_of_time_and_body() -> None:
    assert signature(b"k", 1, b"x") != signature(b"k", 2, b"x") != signature(b"k", 2, b"y")


def test_what_is_secret_is_told_by_names() -> None:
    environment = {
        "OPENAI_API_KEY": "aaaaaaaa",
        "PGPASSWORD": "bbbbbbbb",
        "HOME": "/home/x",
        "A_TOKEN": "abc",
    }
    words = ["train", "--token", "cccccccc", "--password=dddddddd", "--tokenizer", "plainname"]
    found = secrets_of(environment, words)
    assert set(found) == {"aaaaaaaa", "bbbbbbbb", "cccccccc", "dddddddd"}
    assert hidden("x cccccccc y", found) == "x [hidden] y"
    assert told_url("https://u:p@example.org/a?key=1#f") == "https://example.org/a"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "say who trains: --command CMD or --webhook URL"),
        (("--command", "x", "--webhook", "https://y"), "give one of them"),
        (("--command", "no-such-program-here"), "there is no program no-such-program-here"),
        (("--command", "'"), "quote its words as in a shell"),
        (("--command", " "), "it is empty"),
        (("--webhook", "https://example.org/"), "set PROOFSET_WEBHOOK_SECRET to the secret"),
        (("--model", "nobody"), "model spec 'nobody'"),
        (("--model", BIG, "--target-model", "mine"), "its name says no size"),
    ],
)
def test_bad_input_is_one_line_with_the_mend(here: Path, options: tuple[str, ...], said: str) -> None:
    done = publish(version(), *options)
    assert isinstance(done.exception, UsageError) and said in str(done.exception)
    assert not Path("sets/loop.jsonl").exists()
    assert "no version of `proofset mix`" in str(publish("sets", "--model", BIG).exception)
