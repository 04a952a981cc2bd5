"""Workers on Ray: a real cluster on this machine, one of its actors killed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from engine_child import fate
from scripted_file import files, scripted_order

from proofset.engine import Summary, execute
from proofset.engine.workers.owner import Owner
from proofset.engine.workers.ray_workers import RayWorkers

ray = pytest.importorskip("ray")
pytestmark = pytest.mark.ray
HERE = Path(__file__).parent
N = 24


@pytest.fixture
def cluster(scripted_run: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    marks = tmp_path / "marks"
    marks.mkdir()
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    there = {"PYTHONPATH": str(HERE), "DYING_MARKS": str(marks)}
    ray.init(
        num_cpus=2,
        _node_ip_address="127.0.0.1",
        include_dashboard=False,
        log_to_driver=False,
        runtime_env={"env_vars": there},
    )
    yield marks
    ray.shutdown()


async def go(tmp_path: Path, name: str, **options: Any) -> Summary:
    made = scripted_order(tmp_path / "script.jsonl", tmp_path / name, N, fate, **options)
    return await execute(made, lambda event: None)


def killed(marks: Path) -> int:
    return len(list(marks.iterdir()))


async def test_what_a_killed_actor_had_open_is_taken_over(cluster: Path, tmp_path: Path) -> None:
    alone = await go(tmp_path, "alone")
    agents = {"verifier": "dying_agents:DiesOnce"}
    shared = await go(tmp_path, "shared", workers=2, executor="ray", agents=agents)
    assert killed(cluster) >= 3
    assert files(tmp_path / "shared") == files(tmp_path / "alone")
    assert shared.usage == alone.usage
    assert ray.is_initialized()


async def test_whoever_does_not_know_the_word_is_not_talked_to(cluster: Path) -> None:
    class Nobody:
        async def serve(self, reader: Any, writer: Any) -> None:
            raise AssertionError("it was let in")

        async def close(self) -> None:
            return

    async with RayWorkers(cast(Owner, Nobody()), 0, None) as workers:
        assert workers._server is not None
        host, port = workers._server.sockets[0].getsockname()[:2]
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(b"0" * 64)
        assert await reader.read() == b""
        writer.close()
