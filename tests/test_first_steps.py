"""What a newcomer meets: the doctor's last line, completion, output that is plain where nobody watches."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from importlib.metadata import requires
from pathlib import Path

import pytest
from test_cli import proofset, script  # noqa: F401 - a fixture
from test_plugins import main_of

from proofset.cli import VERBS, doctor
from proofset.cli.completion import SHELLS
from proofset.graphs import GRAPHS
from proofset.tools.sandbox import Probe


@pytest.fixture
def works(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine whose sandbox works, without the seconds of trying it."""
    probe = Probe("zygote-ns", usable=True, detail="jobs run", layers=("namespaces",))
    monkeypatch.setattr("proofset.tools.sandbox.probe_backends", lambda *names: (probe,))


def told(capsys: pytest.CaptureFixture[str], code: int = 0) -> list[str]:
    assert main_of("doctor") == code
    return capsys.readouterr().out.splitlines()


def test_the_doctor_looks_at_everything_and_says_what_to_type(
    works: None, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = told(capsys)
    labels = {line[:9].strip() for line in lines}
    assert labels >= {"proofset", "python", "sandbox", "packages", "extra"}
    assert labels >= {"models", "disk", "ledger", "next"}
    assert any("langgraph 1." in line for line in lines)
    assert lines[-1].startswith("next      ") and "proofset run verified_math" in lines[-1]


def test_every_extra_is_looked_at() -> None:
    marks = [line.partition("extra ==")[2] for line in requires("proofset") or () if "extra ==" in line]
    named = {mark.strip(" '\"") for mark in marks}
    # Those two are for who works on proofset.
    assert named - {"dev", "docs"} == set(doctor._EXTRAS)


@pytest.mark.parametrize(
    ("runtime", "key", "last"),
    [
        (True, False, "proofset run verified_math --n 20 --keep 3 --out runs/first"),
        (False, False, "pip install 'proofset[local]', then proofset run verified_math"),
        (False, True, "--model openai:NAME"),
    ],
)
def test_the_next_step_is_one_that_works_here(
    works: None,
    runtime: bool,
    key: bool,
    last: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    here = {"xllamacpp": "1" if runtime else None}
    monkeypatch.setattr(doctor, "_version", lambda package: here.get(package, "1"))
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    if key:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-hidden")
    lines = told(capsys)
    assert last in lines[-1]
    assert not any("hidden" in line for line in lines)


def test_what_must_be_mended_comes_first(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    probe = Probe("zygote-ns", usable=False, detail="install bubblewrap")
    monkeypatch.setattr("proofset.tools.sandbox.probe_backends", lambda *names: (probe,))
    lines = told(capsys, code=1)
    assert lines[-1] == "next      mend the sandbox: no program of a model is run without one"


@pytest.mark.parametrize("system", ["Darwin", "Windows"])
def test_other_systems_are_told_what_works(
    works: None, system: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("platform.system", lambda: system)
    assert any(line.startswith("system    ") for line in told(capsys))


def test_what_windows_lacks_is_no_defect(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # As where the module is not there.
    monkeypatch.setitem(sys.modules, "fcntl", None)
    monkeypatch.delitem(sys.modules, "proofset.models.pull", raising=False)
    assert main_of("models", "pull", "minilm") == 1
    assert capsys.readouterr().err == (
        "error: this needs fcntl, which Windows has not: run proofset in WSL 2\n"
    )


def test_a_directory_in_which_no_run_can_be_written_is_told(
    works: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir("/proc")
    assert any("no run can be written in /proc" in line for line in told(capsys))


@pytest.mark.parametrize("shell", SHELLS)
def test_a_completion_script_names_proofset(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main_of("completion", shell) == 0
    assert f"_PROOFSET_COMPLETE={shell}_complete" in capsys.readouterr().out


def completed(words: str) -> set[str]:
    """What bash would offer for the last word."""
    count = len(words.split()) - (not words.endswith(" "))
    asked = {"_PROOFSET_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(count)}
    command, env = [sys.executable, "-m", "proofset"], {**os.environ, **asked}
    done = subprocess.run(command, capture_output=True, text=True, env=env, timeout=60)
    return {line.partition(",")[2] for line in done.stdout.splitlines()}


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("proofset ", set(VERBS)),
        ("proofset run ", set(GRAPHS)),
        ("proofset run verified_", {"verified_math", "verified_code"}),
        ("proofset export x --format trl-d", {"trl-dpo"}),
        ("proofset run verified_math --sand", {"--sandbox"}),
        ("proofset run verified_math --sandbox zyg", {"zygote-ns", "zygote-landlock"}),
        ("proofset completion ", set(SHELLS)),
    ],
)
def test_bash_completes_commands_options_and_names(words: str, offered: set[str]) -> None:
    assert completed(words) == offered


def test_output_stays_plain_where_nobody_watches(
    tmp_path: Path,
    script: Path,  # noqa: F811 - the fixture
    needs_sandbox: None,
) -> None:
    called = partial(proofset, TERM="xterm-256color", COLUMNS="80")
    run = ("run", "verified_math", "--n", "2", "--model", f"scripted:{script}", "--out", tmp_path / "out")
    for arguments in ((), ("--help",), ("run", "--help"), ("fly",), ("graphs",), run, ("doctor",)):
        done = called(*arguments)
        assert "\x1b" not in done.stdout + done.stderr, arguments
        assert "\r" not in done.stdout + done.stderr, arguments
