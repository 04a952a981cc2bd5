"""A run in a process of its own, for tests that kill it: `python engine_child.py OUT N MODE`.

MODE is run, resume, full (a disk that takes no more) or commit:K, which ends itself as kill -9 would in the
middle of the K-th commit. Every model call is written to OUT.calls before it is answered, so that a test can
count what was paid; at the end, the number of commits goes to OUT.commits.
"""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import sqlalchemy as sa
from scripted_math import TrustingVerifier, replies

from proofset.engine import Order, execute, order, resumed
from proofset.models import Call
from proofset.models.scripted import ScriptedChat

SPEC = "python:default:ScriptedChat"
CANARY_SHARE = "ENGINE_CHILD_CANARY_SHARE"
"""Names the variable of the share of candidates that canaries are made of; none without it."""


def fate(slot: int, attempt: int) -> str:
    """A mixture: some slots fail once, some for good, some are twins."""
    if slot % 7 == 3:
        return "malformed" if attempt == 1 else "good"
    if slot % 11 == 5:
        return "malformed"
    return "twin" if slot % 13 == 6 else "good"


def make(out: Path, n: int, *, resume: bool, calls: Path | None) -> Order:
    answer = replies(fate)

    def respond(call: Call, prompt: str) -> str:
        if calls is not None:
            with calls.open("a") as file:
                file.write(f"{call.role} {call.slot} {call.attempt} {call.sample}\n")
        return answer(call, prompt)

    chat = ScriptedChat(respond=respond)
    if resume:
        made = resumed(out)
        made.chats = {SPEC: chat}
        made.agents = {"verifier": TrustingVerifier()}
        return made
    agents = {"verifier": TrustingVerifier()}
    settings = {"n_attempts": 2, "canary_share": float(os.environ.get(CANARY_SHARE, "0"))}
    return order("verified_math", n=n, model=chat, out=out, agents=agents, settings=settings)


def run_child(out: Path, n: int, mode: str) -> subprocess.Popen[bytes]:
    """This file, running in a process and a process group of its own."""
    arguments = [sys.executable, __file__, str(out), str(n), mode]
    return subprocess.Popen(arguments, cwd=Path(__file__).parent, start_new_session=True)


def calls_of(out: Path) -> list[str]:
    """The calls that were paid for so far."""
    path = Path(f"{out}.calls")
    return path.read_text().splitlines() if path.exists() else []


def repeated(out: Path) -> int:
    """How many calls were paid for twice."""
    paid = Counter(calls_of(out))
    # A feedback turn has the same name as its first turn, so that two of these are no repetition.
    turns = {call: 2 if fate(*map(int, call.split()[1:3])) == "malformed" else 1 for call in paid}
    return sum(paid[call] - turns[call] for call in paid)


class Commits:
    """Counts the commits of this process, and ends it, as kill -9 would, before one is through."""

    def __init__(self, last: int | None) -> None:
        self._last = last
        self.count = 0
        sa.event.listen(sa.Engine, "commit", self)

    def __call__(self, connection: sa.Connection) -> None:
        self.count += 1
        if self.count == self._last:
            os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    target, slots, mode = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    if mode == "full":
        # A disk that takes no more: the ledger cannot grow beyond this.
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, resource.RLIM_INFINITY))
    commits = Commits(int(mode.removeprefix("commit:")) if mode.startswith("commit:") else None)
    work = make(target, slots, resume=mode == "resume", calls=Path(f"{target}.calls"))
    asyncio.run(execute(work, lambda event: None))
    Path(f"{target}.commits").write_text(str(commits.count))
