"""A small stand-in for E2B: its interface and its machines on one port of this host, with faults on demand.

A machine is a plain process that runs the code it is given. It isolates nothing: for trusted programs, or
for the backend's own wrapping, which does.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

KEY = "e2b_5ecre7"
CreateFault = Literal["401", "404", "429", "500", "hang"]
ExecuteFault = Literal["500", "502", "hang", "drop", "half", "early", "flood", "error"]
"""`drop` cuts the connection, `half` in the midst of a line; `early` ends the stream in good order, empty."""

# As a notebook kernel does: the code runs in a process that serves others too.
_KERNEL = "import sys; exec(compile(sys.stdin.read(), '<cell>', 'exec'), {'__name__': '__main__'})"


class Request(NamedTuple):
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Machine:
    ran: list[str] = field(default_factory=list)
    processes: list[asyncio.subprocess.Process] = field(default_factory=list)
    alive: bool = True

    def kill(self) -> None:
        self.alive = False
        for process in self.processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


@dataclass
class FakeE2B:
    """What it was asked and what it is to do wrong, one fault per request in turn."""

    python: str
    """What a machine runs code with."""
    url: str = ""
    machines: dict[str, Machine] = field(default_factory=dict)
    created: list[dict[str, Any]] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    create_faults: deque[CreateFault] = field(default_factory=deque)
    execute_faults: deque[ExecuteFault] = field(default_factory=deque)
    executing: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def alive(self) -> list[str]:
        return [name for name, machine in self.machines.items() if machine.alive]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await _receive(reader):
                self.requests.append(request)
                if not await self._answer(request, reader, writer):
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _answer(
        self, request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Whether the connection can go on."""
        match (request.method, request.path):
            case ("POST", "/v2/sandboxes"):
                return await self._create(request, writer)
            case ("DELETE", path) if path.startswith("/sandboxes/"):
                machine = self.machines.get(path.removeprefix("/sandboxes/"))
                gone = machine is None or not machine.alive
                if machine:
                    machine.kill()
                return await _send(writer, 404 if gone else 204)
            case ("GET", "/health"):
                machine = self.machines.get(request.headers.get("e2b-sandbox-id", ""))
                return await _send(writer, 204 if machine and machine.alive else 502)
            case ("POST", "/execute"):
                return await self._execute(request, reader, writer)
        return await _send(writer, 404, {"code": 404, "message": "no such place"})

    async def _create(self, request: Request, writer: asyncio.StreamWriter) -> bool:
        fault = self.create_faults.popleft() if self.create_faults else None
        if request.headers.get("x-api-key") != KEY or fault == "401":
            said = f"the key {request.headers.get('x-api-key')} is not one of ours"
            return await _send(writer, 401, {"code": 401, "message": said})
        if fault == "hang":
            await asyncio.sleep(3600)
        if fault:
            return await _send(writer, int(fault), {"code": int(fault), "message": "a fault"})
        name = f"machine{len(self.machines)}"
        self.machines[name] = Machine()
        self.created.append(json.loads(request.body))
        made = {"templateID": "t", "sandboxID": name, "clientID": "c", "envdVersion": "0.4.0"}
        return await _send(writer, 201, made)

    async def _execute(
        self, request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        name = request.headers["e2b-sandbox-id"]
        machine = self.machines.get(name)
        if machine is None or not machine.alive:
            return await _send(writer, 502, {"message": "the sandbox was not found"})
        code = json.loads(request.body)["code"]
        machine.ran.append(code)
        fault = self.execute_faults.popleft() if self.execute_faults else None
        if fault in ("500", "502"):
            return await _send(writer, int(fault), {"message": "a fault"})
        writer.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
        )
        await _chunk(writer, {"type": "number_of_executions", "execution_count": 1})
        process = await asyncio.create_subprocess_exec(
            self.python,
            "-c",
            _KERNEL,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            # No sudo: whoever runs the tests is not asked for a password.
            env={"PATH": "/nowhere", "LANG": "C.UTF-8"},
        )
        machine.processes.append(process)
        self.executing.set()
        if fault == "hang":
            await asyncio.sleep(3600)
        if fault == "drop":
            return False
        out, err = await process.communicate(code.encode())
        if not machine.alive:
            return False
        if fault == "half":
            line = json.dumps({"type": "stdout", "text": out.decode(), "timestamp": 1}).encode()
            writer.write(b"%x\r\n%s" % (len(line), line[: len(line) // 2]))
            await writer.drain()
            return False
        if fault == "flood":
            for _ in range(64):
                await _chunk(writer, {"type": "stdout", "text": "y" * 65536, "timestamp": 1})
        if fault == "error":
            await _chunk(writer, {"type": "error", "name": "OSError", "value": "no", "traceback": ""})
        elif fault != "early":
            # In two pieces, as a notebook kernel flushes when it likes.
            text = out.decode()
            for piece in (text[: len(text) // 2], text[len(text) // 2 :]):
                await _chunk(writer, {"type": "stdout", "text": piece, "timestamp": 1})
            await _chunk(writer, {"type": "stderr", "text": err.decode(), "timestamp": 1})
        await _chunk(writer, {"type": "end_of_execution"})
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        return True


@asynccontextmanager
async def fake_e2b(python: str = sys.executable) -> AsyncIterator[FakeE2B]:
    """A stand-in that listens on a free port of the loopback; its machines end with it."""
    fake = FakeE2B(python)
    # Held here: a server that closes does not end its connections.
    serving: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(fake.serve(reader, writer))
        serving.add(task)
        task.add_done_callback(serving.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    fake.url = f"http://{host}:{port}"
    try:
        yield fake
    finally:
        server.close()
        for machine in fake.machines.values():
            machine.kill()
        for task in list(serving):
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)
        await asyncio.gather(*(p.wait() for machine in fake.machines.values() for p in machine.processes))


async def _receive(reader: asyncio.StreamReader) -> Request | None:
    first = await reader.readline()
    if not first:
        return None
    method, path, _ = first.decode().split()
    headers: dict[str, str] = {}
    while (line := (await reader.readline()).decode().strip()) != "":
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    body = bytearray()
    if headers.get("transfer-encoding") == "chunked":
        while size := int(await reader.readline(), 16):
            body += await reader.readexactly(size)
            await reader.readline()
        await reader.readline()
    else:
        body += await reader.readexactly(int(headers.get("content-length", 0)))
    return Request(method, path.partition("?")[0], headers, bytes(body))


async def _send(writer: asyncio.StreamWriter, status: int, body: object = None) -> bool:
    content = b"" if body is None else json.dumps(body).encode()
    head = f"HTTP/1.1 {status} Answer\r\ncontent-type: application/json\r\n"
    writer.write(f"{head}content-length: {len(content)}\r\n\r\n".encode() + content)
    await writer.drain()
    return True


async def _chunk(writer: asyncio.StreamWriter, what: object) -> None:
    line = json.dumps(what).encode() + b"\n"
    writer.write(b"%x\r\n%s\r\n" % (len(line), line))
    await writer.drain()
