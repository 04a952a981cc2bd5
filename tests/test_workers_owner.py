"""The owner's side of workers, with workers that are scripted: who gets which slot, and when."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from typing import Any

from proofset.engine.budget import Accounts, Budget
from proofset.engine.workers.link import Link
from proofset.engine.workers.owner import Owner
from proofset.memory import Admission, Ledger, sqlite_url
from proofset.records import Rejection

SHARE = 2
ROOM = 2 * SHARE


class FakeWorker:
    """Takes slots; ends one when it is told to."""

    def __init__(self) -> None:
        self.given: list[int] = []
        self.link: Link

    async def connect(self, owner: Owner) -> None:
        ours, theirs = socket.socketpair()
        reader, writer = await asyncio.open_connection(sock=ours)
        self.link = Link(reader, writer, answer=self._answer, hear=lambda verb, body: None)
        self.tasks = [
            asyncio.create_task(self.link.serve()),
            asyncio.create_task(owner.serve(*await asyncio.open_connection(sock=theirs))),
        ]

    async def _answer(self, verb: str, body: Any) -> Any:
        if verb == "run":
            self.given.append(body)
            await asyncio.Event().wait()

    async def settle(self, slot: int) -> None:
        rejection = Rejection(slot=slot, attempt=1, stage="verifier", code="c", reason="r")
        await self.link.ask("settle", [slot, None, [rejection.model_dump(mode="json")], 1])


async def until(condition: Any) -> None:
    while not condition():  # noqa: ASYNC110
        await asyncio.sleep(0.001)


async def test_who_connects_first_does_not_get_all_there_is_to_do(tmp_path: Path) -> None:
    ledger = Ledger(sqlite_url(tmp_path / "ledger.db"))
    ledger.start_run("run", {}, {})
    memory = Admission(threshold=0.7, window=100, ledger=ledger, run_id="run")
    owner = Owner(
        Accounts(ledger, Budget(), {}),
        memory,
        lambda: {"config": {}, "concurrency": SHARE, "served": {}, "traced": None},
        on_spent=lambda spent: None,
        tell=lambda event: None,
    )
    running = [asyncio.create_task(owner.run(slot)) for slot in range(20)]
    first, second = FakeWorker(), FakeWorker()
    await first.connect(owner)
    await until(lambda: len(first.given) == ROOM)
    await second.connect(owner)
    await until(lambda: len(second.given) == ROOM)
    assert (first.given, second.given) == ([0, 1, 2, 3], [4, 5, 6, 7])
    # A slot that waits for lower ones to be settled leaves room for another.
    waiting = asyncio.create_task(second.settle(5))
    await until(lambda: len(second.given) == ROOM + 1)
    assert second.given[-1] == 8
    assert len(first.given) == ROOM
    # One that is given up while it waits for room takes none.
    running[9].cancel()
    await first.settle(0)
    await until(lambda: len(first.given) == ROOM + 1)
    assert first.given[-1] == 10
    for task in (waiting, *running, *first.tasks, *second.tasks):
        task.cancel()
    await asyncio.gather(waiting, *running, *first.tasks, *second.tasks, return_exceptions=True)
    await memory.flush()
    ledger.close()
