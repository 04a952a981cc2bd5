"""LangGraph's development server, started as a user starts it, and what it streams."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx


class Server(NamedTuple):
    """The server as its clients see it, and its process."""

    http: httpx.Client
    process: subprocess.Popen[bytes]
    log: Path

    def assistant(self, graph: str) -> dict[str, Any]:
        """The assistant that stands for a graph."""
        (found,) = self.http.post("/assistants/search", json={"graph_id": graph}).json()
        assistant: dict[str, Any] = found
        return assistant

    def get(self, graph: str, what: str, **query: Any) -> dict[str, Any]:
        """`schemas` or `graph` of an assistant."""
        path = f"/assistants/{self.assistant(graph)['assistant_id']}/{what}"
        answer: dict[str, Any] = self.http.get(path, params=query).json()
        return answer

    def stream(self, graph: str, context: dict[str, Any], **given: Any) -> Streamed:
        """Run it, in a thread where one is given, and follow it."""
        thread = given.pop("thread", None)
        path = f"/threads/{thread}/runs/stream" if thread else "/runs/stream"
        request = {
            "assistant_id": self.assistant(graph)["assistant_id"],
            "context": context,
            "stream_mode": ["updates", "custom"],
            **given,
        }
        told = Streamed([], [], [], [])
        with self.http.stream("POST", path, json=request) as response:
            event = ""
            for line in response.iter_lines():
                if line.startswith("event: "):
                    event = line.removeprefix("event: ")
                elif line.startswith("data: "):
                    told.take(event, json.loads(line.removeprefix("data: ")))
        return told


class Streamed(NamedTuple):
    """What a run told: updates of its nodes in order, its checks, interrupts, and its errors."""

    updates: list[tuple[str, dict[str, Any]]]
    checks: list[dict[str, Any]]
    interrupts: list[dict[str, Any]]
    errors: list[dict[str, Any]]

    def take(self, event: str, data: Any) -> None:
        if event == "updates":
            interrupts = data.pop("__interrupt__", [])
            self.interrupts.extend(interrupts)
            self.updates.extend((node, update or {}) for node, update in data.items())
        elif event == "custom":
            self.checks.append(data)
        elif event == "error":
            self.errors.append(data)

    @property
    def nodes(self) -> list[str]:
        return [node for node, _ in self.updates]

    @property
    def outcomes(self) -> set[tuple[str, str, str]]:
        """Node, check and outcome of all."""
        return {(told["node"], told["check"], told["outcome"]) for told in self.checks}


@contextmanager
def studio_server(work: Path) -> Iterator[Server]:
    """`proofset studio` in a directory of its own, on a port that is free."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = work / "log"
    command = [sys.executable, "-m", "proofset", "studio", "--port", str(port)]
    with log.open("w") as file:
        child = subprocess.Popen(command, cwd=work, env=_environment(), stdout=file, stderr=subprocess.STDOUT)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120, trust_env=False) as client:
            _wait_until_up(client, child, log)
            yield Server(client, child, log)
    finally:
        child.terminate()
        child.wait(60)


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("LANGSMITH_", "OTEL_"))}


def _wait_until_up(client: httpx.Client, child: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 200
    while time.monotonic() < deadline:
        assert child.poll() is None, log.read_text()[-3000:]
        try:
            if client.get("/ok", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise AssertionError(log.read_text()[-3000:])


def descendants(pid: int) -> set[int]:
    """The processes that a process has started, and theirs."""
    children: dict[int, set[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            number, rest = stat.read_text().split(" ", 1)
        except OSError:
            continue
        parent = int(rest.rpartition(")")[2].split()[1])
        children.setdefault(parent, set()).add(int(number))
    found, fresh = set[int](), {pid}
    while fresh:
        fresh = {child for one in fresh for child in children.get(one, ())}
        found |= fresh
    return found


def is_alive(pid: int) -> bool:
    """Whether it runs; one that is dead may wait for its parent to look."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
