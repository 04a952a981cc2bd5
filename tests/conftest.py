"""Fixtures that tests share."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from proofset.errors import SandboxUnavailableError
from proofset.models import ModelPool
from proofset.tools.sandbox import Sandbox, open_sandbox

# No test hangs on how busy the machine is.
settings.register_profile("proofset", deadline=None)
settings.load_profile("proofset")


def opened() -> Sandbox:
    """The strongest backend of this machine; skips where none is safe."""
    try:
        return open_sandbox()
    except SandboxUnavailableError as missing:
        pytest.skip(str(missing))


@pytest.fixture
def needs_sandbox() -> None:
    """Skips where no backend is safe."""
    opened()


@pytest.fixture
def scripted_run(needs_sandbox: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """For runs of `scripted_file`: its agents are found in the current directory."""
    monkeypatch.chdir(Path(__file__).parent)


@pytest.fixture(scope="session")
def shared_sandbox() -> Iterator[Sandbox]:
    """One for all tests."""
    one = opened()
    yield one
    asyncio.run(one.close())


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """One for this test."""
    one = await asyncio.to_thread(opened)
    yield one
    await one.close()


@pytest.fixture
async def open_models() -> AsyncIterator[Callable[..., ModelPool]]:
    """Opens the models of one spec; they are closed at the end."""
    pools: list[ModelPool] = []

    def open_one(spec: str, **options: Any) -> ModelPool:
        pools.append(ModelPool({"default": spec}, **options))
        return pools[-1]

    yield open_one
    for pool in pools:
        await pool.close()
