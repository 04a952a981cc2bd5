"""The ledger in PostgreSQL: the same files, through kills of either side, and no password anywhere."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from engine_child import fate
from postgres_server import PASSWORD, Server, programs, server
from scripted_file import files, scripted_order, write_script

from proofset.engine import Event, Order, Summary, execute, resumed
from proofset.engine.events import SlotDone
from proofset.engine.rundir import open_ledger
from proofset.errors import ProofsetError, UsageError
from proofset.memory import LedgerJournal
from proofset.models import Call, Reply, Request
from proofset.records import Message

HERE = Path(__file__).parent
N = 30


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    pytest.importorskip("psycopg")
    home = programs()
    if home is None:
        pytest.skip("PostgreSQL is not installed here")
    with server(home) as one:
        yield one


@pytest.fixture
def postgres(running: Server, scripted_run: None, monkeypatch: pytest.MonkeyPatch) -> Server:
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    return running


def made(tmp_path: Path, name: str, **options: Any) -> Order:
    return scripted_order(tmp_path / "script.jsonl", tmp_path / name, N, fate, **options)


async def go(order: Order) -> Summary:
    return await execute(order, lambda event: None)


async def test_it_makes_the_same_files(postgres: Server, tmp_path: Path) -> None:
    alone = await go(made(tmp_path, "alone"))
    first = await go(made(tmp_path, "a", ledger=postgres.url))
    second = await go(made(tmp_path, "b", ledger=postgres.url, workers=2))
    assert files(tmp_path / "a") == files(tmp_path / "b") == files(tmp_path / "alone")
    # Two runs in one database know nothing of each other.
    assert first.usage == second.usage == alone.usage
    assert first.replayed.calls == second.replayed.calls == 0
    assert not (tmp_path / "a/ledger.db").exists()
    for path in (tmp_path / "a").iterdir():
        assert PASSWORD.encode() not in path.read_bytes()


async def test_a_server_that_fails_is_one_line_and_a_resume_goes_on(postgres: Server, tmp_path: Path) -> None:
    await go(made(tmp_path, "alone"))

    def fail_after_ten(event: Event) -> None:
        if isinstance(event, SlotDone) and event.slot == 9:
            postgres.stop()

    with pytest.raises(ProofsetError, match=r"the ledger postgresql.* cannot be used") as told:
        await execute(made(tmp_path, "run", ledger=postgres.url), fail_after_ten)
    assert PASSWORD not in str(told.value) and "\n" not in str(told.value)
    postgres.start()
    summary = await go(resumed(tmp_path / "run"))
    assert summary.status == "finished" and summary.replayed.calls > 0
    assert files(tmp_path / "run") == files(tmp_path / "alone")


def test_a_killed_run_goes_on(postgres: Server, tmp_path: Path) -> None:
    write_script(tmp_path / "script.jsonl", N, fate)
    config = made(tmp_path, "run", ledger=postgres.url).config
    (tmp_path / "config.yaml").write_text(config.model_dump_json(exclude={"chroma", "ray"}))
    command = [sys.executable, "-m", "proofset", "run", "verified_math", "--json"]
    paths = ["--out", str(tmp_path / "run"), "--config", str(tmp_path / "config.yaml")]
    with subprocess.Popen([*command, *paths], stdout=subprocess.PIPE, text=True, cwd=HERE) as run:
        assert run.stdout is not None
        for line in run.stdout:
            if '"slot_done"' in line:
                break
        run.send_signal(signal.SIGKILL)
    summary = asyncio.run(go(resumed(tmp_path / "run")))
    asyncio.run(go(made(tmp_path, "alone")))
    assert summary.status == "finished" and files(tmp_path / "run") == files(tmp_path / "alone")


@pytest.mark.parametrize("text", ["a\0b", "\ue000json:", "\ue000json:\0", "", "\\u0000"])
async def test_any_reply_is_kept(postgres: Server, tmp_path: Path, text: str) -> None:
    ledger = open_ledger(tmp_path, postgres.url)
    journal = LedgerJournal(ledger)
    request = Request((Message(role="user", content="say \0 and \\u0000"),))
    await journal.put("k", spec="s", request=request, call=Call("solver"), reply=Reply(text, "stop"))
    kept = await journal.get("k")
    assert kept is not None and kept.text == text
    ledger.close()


def names_in(directory: Path) -> set[str]:
    return {path.name for path in directory.iterdir()}


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://me:secret@host/db", "holds no password"),
        ("postgresql://me@host/db?password=secret", "holds no password"),
        ("mysql://me:secret@host/db", "write postgresql://USER@HOST/DATABASE"),
        ("postgresql://me@host", "write postgresql://USER@HOST/DATABASE"),
        ("no url", "write postgresql://USER@HOST/DATABASE"),
    ],
)
async def test_a_url_that_will_not_do(tmp_path: Path, url: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as told:
        await go(made(tmp_path, "run", ledger=url))
    assert "secret" not in str(told.value)
    assert "run" not in names_in(tmp_path)


async def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(ProofsetError, match="cannot be used"):
        await go(made(tmp_path, "run", ledger="postgresql://me@127.0.0.1:1/db"))
