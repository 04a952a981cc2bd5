"""examples/plugin, installed as any package is, and used by its names in real runs of the command line."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from test_cli import proofset, script  # noqa: F401 - a fixture

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples/plugin"


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the package is installed: a directory of its own, with no network and nothing of ours touched."""
    place = tmp_path_factory.mktemp("plugin")
    # Building leaves files beside the sources.
    shutil.copytree(EXAMPLE, place / "source")
    flags = ["--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check", "--quiet"]
    target = ["--target", str(place / "site"), str(place / "source")]
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", *flags, *target], capture_output=True, text=True, timeout=240
    )
    assert done.returncode == 0, done.stderr
    return place / "site"


def path_with(installed: Path) -> str:
    return os.pathsep.join(filter(None, [str(installed), os.environ.get("PYTHONPATH", "")]))


def test_it_is_listed_and_not_loaded(installed: Path) -> None:
    code = (
        "import sys; from proofset.plugins import Kind, installed;"
        "found = [(one.name, one.source) for kind in Kind for one in installed(kind)];"
        "print(found, 'proofset_example' in sys.modules)"
    )
    env = {**os.environ, "PYTHONPATH": path_with(installed)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, check=True)
    source = "proofset-example 0.1.0"
    assert done.stdout.strip() == f"[('plain-words', '{source}'), ('question-answer', '{source}')] False"


def test_its_judge_and_its_format_in_a_run(
    installed: Path,
    tmp_path: Path,
    script: Path,  # noqa: F811 - the fixture
    needs_sandbox: None,
) -> None:
    called = partial(proofset, PYTHONPATH=path_with(installed))
    assert called("check-agent", "plain-words").returncode == 0
    config = tmp_path / "run.yaml"
    config.write_text("graph: verified_math\nagents: {judge: plain-words}\nsettings: {n_attempts: 1}\n")
    run = ("run", "--config", config, "--n", "2", "--model", f"scripted:{script}", "--out", tmp_path / "run")
    done = called(*run)
    assert "2 kept of 2 slots" in done.stdout, done.stderr
    out = tmp_path / "set"
    export = ("export", tmp_path / "run", "--format", "question-answer", "--validation", "0")
    done = called(*export, "--out", out)
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in (out / "train.jsonl").read_text().splitlines()]
    assert [set(row) for row in rows] == [{"id", "question", "answer"}] * 2
    assert called("verify", out).returncode == 0
    alone = proofset("verify", out)
    assert alone.returncode == 2
    assert "which the package proofset-example 0.1.0 makes: install it" in alone.stderr


def test_its_judge_turns_down_what_asks_nothing(
    installed: Path,
    tmp_path: Path,
    script: Path,  # noqa: F811 - the fixture
    needs_sandbox: None,
) -> None:
    rows = [json.loads(line) for line in script.read_text().splitlines()]
    text = "".join(json.dumps(row) + "\n" for row in rows).replace(", how many?", ", count them.")
    script.write_text(text)
    config = tmp_path / "run.yaml"
    config.write_text("settings: {n_attempts: 1, other_numbers: false, other_words: false}\n")
    done = proofset(
        *("run", "verified_math", "--n", "1", "--config", config, "--model", f"scripted:{script}"),
        *("--agent", "judge=plain-words", "--out", tmp_path / "run"),
        PYTHONPATH=path_with(installed),
    )
    assert "1 rejected at judge: asks_nothing" in done.stdout, done.stdout + done.stderr


def test_its_own_tests_pass(installed: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"],
        cwd=shutil.copytree(EXAMPLE, tmp_path / "copy"),
        env={**os.environ, "PYTHONPATH": path_with(installed)},
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stdout
