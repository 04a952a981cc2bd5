"""The command line as users call it: real processes, real exit codes, one clear line for every mistake."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from scripted_math import script_rows


def proofset(*arguments: str | Path, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("OPENAI_")} | env
    return subprocess.run(
        [sys.executable, "-m", "proofset", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=cwd,
        env=environment,
        timeout=240,
    )


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """Replies for four slots; slot 2 is malformed."""
    rows = [row for slot in range(4) for row in script_rows(slot, "malformed" if slot == 2 else "good")]
    path = tmp_path / "script.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def error_of(done: subprocess.CompletedProcess[str], code: int) -> str:
    """The one line of a failed call."""
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    (line,) = [line for line in done.stderr.splitlines() if line.lower().startswith("error: ")]
    return line


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "verified_maths", "--n", "1"], "no graph 'verified_maths' (did you mean verified_math?)"),
        (["run", "verified_math"], "--n is missing"),
        (["run", "verified_math", "--n", "0"], "n: Input should be greater than or equal to 1, got '0'"),
        (["run", "verified_math", "--n", "1", "--keep", "0"], "keep: Input should be greater than or equal"),
        (["run", "verified_math", "--n", "1", "--model", "gpt-5"], "model spec 'gpt-5': write openai:NAME"),
        (["run", "verified_math", "--n", "1", "--model", "poet=openai:x"], "no role 'poet'"),
        (["run", "verified_math", "--n", "1", "--model", "local:llama-99"], "llama-99"),
        (["run", "verified_math", "--n", "1", "--model", "scripted:none.jsonl"], "cannot read the script"),
        (["run", "verified_math", "--n", "1", "--config", "none.yaml"], "config none.yaml: cannot read it"),
        (
            ["run", "verified_math", "--n", "1", "--sandbox", "nowhere"],
            "no sandbox backend is called 'nowhere'",
        ),
        (["run", "verified_math", "--n", "1", "--agent", "solver"], "write ROLE=module:attribute"),
        (["run", "verified_math", "--n", "1", "--agent", "poet=a:b"], "no role 'poet'"),
        (["run", "verified_math", "--n", "1", "--agent", "solver=nowhere:b"], "importing nowhere failed"),
        (["run", "verified_math", "--n", "1", "--agent", "solver=json:b"], "json has no 'b'"),
    ],
)
def test_wrong_usage_is_one_line_and_writes_nothing(
    tmp_path: Path, arguments: list[str], message: str
) -> None:
    out = tmp_path / "out"
    line = error_of(proofset(*arguments, "--out", out, cwd=tmp_path), 2)
    assert message in line
    assert not out.exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("n: [1", "line 1: no valid YAML"),
        ("just text", "write `name: value` lines"),
        ("n: 1\nwindows: 3", "c.yaml line 2: windows: there is no such key; did you mean window?"),
        (
            "n: 1\nsettings: {n_attempts: 0}",
            "settings.n_attempts: Input should be greater than or equal to 1",
        ),
        ("n: 1\nsettings: {seeds: none.jsonl}", "none.jsonl"),
    ],
)
def test_a_bad_config_names_the_file_and_the_field(tmp_path: Path, text: str, message: str) -> None:
    config = tmp_path / "c.yaml"
    config.write_text(text)
    done = proofset(
        "run", "verified_math", "--config", config, "--model", "scripted:x", "--out", tmp_path / "o"
    )
    assert message in error_of(done, 2)
    assert not (tmp_path / "o").exists()


def test_a_missing_key_and_a_dead_endpoint_fail_the_run(tmp_path: Path, unused_tcp_port: int) -> None:
    arguments = ("run", "verified_math", "--n", "1", "--out", tmp_path / "out")
    assert "set OPENAI_API_KEY" in error_of(proofset(*arguments, "--model", "openai:gpt-5"), 1)
    dead = f"openai:m@http://127.0.0.1:{unused_tcp_port}/v1"
    assert "cannot reach" in error_of(proofset(*arguments, "--model", dead), 1)
    assert not (tmp_path / "out").exists()


def test_directories_that_cannot_be_used(tmp_path: Path, script: Path, needs_sandbox: None) -> None:
    def run(out: Path) -> subprocess.CompletedProcess[str]:
        return proofset("run", "verified_math", "--n", "1", "--model", f"scripted:{script}", "--out", out)

    other = tmp_path / "other"
    other.mkdir()
    (other / "thesis.txt").write_text("precious")
    assert "holds other files" in error_of(run(other), 2)
    assert "it is a file" in error_of(run(other / "thesis.txt"), 2)
    assert (other / "thesis.txt").read_text() == "precious"
    assert "cannot write" in error_of(run(Path("/proc/nowhere")), 2)
    assert run(tmp_path / "fine").returncode == 0
    assert "proofset resume" in error_of(run(tmp_path / "fine"), 2)
    assert "no run to resume" in error_of(proofset("resume", tmp_path / "nothing"), 2)


def test_a_run_from_a_script_and_its_resume(tmp_path: Path, script: Path, needs_sandbox: None) -> None:
    out = tmp_path / "out"
    config = tmp_path / "c.yaml"
    config.write_text("n: 3\nsettings:\n  n_attempts: 1\n")
    done = proofset("run", "verified_math", "--config", config, "--model", f"scripted:{script}", "--out", out)
    assert done.returncode == 0, done.stderr
    assert "2 kept of 3 slots" in done.stdout
    assert "2 proposed → 2 novel → 2 solved → 2 verified → 2 kept" in done.stdout
    assert "1 rejected at proposer: malformed" in done.stdout
    assert f"proofset resume {out} --n 6" in done.stdout
    assert "verified_math in the sandbox zygote-ns" in done.stderr
    more = proofset("resume", out, "--n", "4", "--json")
    events: list[dict[str, Any]] = [json.loads(line) for line in more.stdout.splitlines()]
    assert (events[0]["event"], events[0]["settled"], events[0]["kept"]) == ("run_started", 3, 2)
    assert (events[-1]["event"], events[-1]["kept"], events[-1]["status"]) == ("summary", 3, "finished")
    assert len((out / "records.jsonl").read_text().splitlines()) == 3
    assert "4 slots of" in error_of(proofset("resume", out, "--n", "2"), 2)


def test_an_agent_of_ones_own_by_name(tmp_path: Path, script: Path, needs_sandbox: None) -> None:
    (tmp_path / "mine.py").write_text(
        "from proofset.agents import refuse\n"
        "async def judge(state):\n"
        "    return refuse(state, stage='judge', code='mine', reason='I said no')\n"
    )
    arguments = (
        "--n",
        "1",
        "--model",
        f"scripted:{script}",
        "--out",
        tmp_path / "o",
        "--agent",
        "judge=mine:judge",
    )
    config = tmp_path / "c.yaml"
    config.write_text("settings: {n_attempts: 1}")
    done = proofset("run", "verified_math", *arguments, "--config", config, cwd=tmp_path)
    assert "1 rejected at judge: mine" in done.stdout, done.stderr


def test_ctrl_c_leaves_a_valid_run(tmp_path: Path, needs_sandbox: None) -> None:
    rows = [row for slot in range(400) for row in script_rows(slot)]
    path, out = tmp_path / "s.jsonl", tmp_path / "out"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    command = [
        "run",
        "verified_math",
        "--n",
        "400",
        "--model",
        f"scripted:{path}",
        "--out",
        str(out),
        "--json",
    ]
    child = subprocess.Popen([sys.executable, "-m", "proofset", *command], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    for line in child.stdout:
        if json.loads(line)["event"] == "slot_done":
            child.send_signal(signal.SIGINT)
            break
    summary = json.loads(child.stdout.read().splitlines()[-1])
    assert child.wait(60) == 0
    assert summary["status"] == "drained"
    assert 0 < summary["slots"] < 400
    assert len((out / "records.jsonl").read_text().splitlines()) == summary["kept"]


def test_graphs_models_and_doctor(needs_sandbox: None) -> None:
    assert "verified_math" in proofset("graphs").stdout
    shown = proofset("graphs", "show", "verified_math").stdout
    assert "n_attempts = 5" in shown
    assert "novelty_gate" in shown
    listed = proofset("models", "list").stdout
    assert "local:qwen2.5-coder-0.5b" in listed
    assert "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32" in listed
    assert "llama-99" in error_of(proofset("models", "pull", "llama-99"), 2)
    doctor = proofset("doctor")
    assert doctor.returncode == 0
    assert "zygote-ns: works" in doctor.stdout


def test_without_a_safe_sandbox_nothing_runs(tmp_path: Path, script: Path) -> None:
    arguments = ("run", "verified_math", "--n", "1", "--model", f"scripted:{script}", "--out", tmp_path / "o")
    bare = tmp_path / "empty-path"
    bare.mkdir()
    line = error_of(proofset(*arguments, PATH=str(bare)), 1)
    assert "bubblewrap" in line
    assert not (tmp_path / "o").exists()
    doctor = proofset("doctor", PATH=str(bare))
    assert doctor.returncode == 1
    assert "apt-get install bubblewrap" in doctor.stdout


def test_help_lists_the_verbs() -> None:
    done = proofset("--help")
    assert all(verb in done.stdout for verb in ("run", "resume", "graphs", "models", "doctor"))
    assert "No such command" in proofset("fly").stderr
    assert proofset("--version").stdout.startswith("proofset, version ")


def test_a_defect_is_not_shown_as_a_users_mistake(tmp_path: Path) -> None:
    code = (
        "import sys; from proofset import cli; cli.VERBS['graphs'] = cli.Verb('nowhere', '');"
        "cli.main(['graphs'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "a defect in proofset; --debug shows where" in error_of(done, 1)
