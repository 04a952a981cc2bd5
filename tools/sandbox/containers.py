"""One job in one container, from its start to its removal."""

from __future__ import annotations

import asyncio
import subprocess
import time
from contextlib import suppress

from .engine import Engine, one_line
from .job import Job, Result
from .parcel import Order, failed, most_bytes, result_of

_START_S = 60.0
"""A container that has not ended this long after its job's wall-clock limit never will."""
_END_S = 10.0
_CHUNK = 64 * 1024
_LOG_BYTES = 4096
_ORDER = Order(namespaces=False, tied=True)
_NO_PYTHON = (126, 127)
_KILLED = 137


async def contain(engine: Engine, job: Job, place: int, backend: str, layers: tuple[str, ...]) -> Result:
    """Run a job in a new container; the container is gone when this returns, raises or is cancelled.

    Raises:
        MissingError: the image lacks what the job's profile needs.
    """
    began = time.monotonic()
    name = engine.new_name()
    try:
        process = await asyncio.create_subprocess_exec(
            *engine.run_command(job, name, place),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
    except OSError as error:
        return failed(f"{engine.command} could not be started: {error}", backend, layers)
    ended = False
    reason = ""
    line = b""
    try:
        async with asyncio.timeout(job.limits.wall_s + _START_S):
            line, log = await _talk(process, _ORDER.pack(job), most_bytes(job.limits))
            if len(line) > most_bytes(job.limits):
                reason = "the container wrote more than a report"
            else:
                reason = _reason(await process.wait(), log)
                ended = True
    except TimeoutError:
        reason = f"the container had not ended {_START_S:.0f} s after the job's wall-clock limit"
    finally:
        if not ended:
            # The client first: while it lives it may yet start what is being removed.
            with suppress(ProcessLookupError):
                process.kill()
            await engine.remove([name])
            await _outlast(process)
        # Open until now, since its end ends the job.
        if process.stdin:
            process.stdin.close()
    if reason:
        return failed(reason, backend, layers, time.monotonic() - began)
    return result_of(line, job.limits, backend, layers)


async def _talk(process: asyncio.subprocess.Process, order: bytes, most: int) -> tuple[bytes, str]:
    """Send the order; what came on standard output, at most a byte more than `most`, and the client's log."""
    assert process.stdin and process.stdout and process.stderr
    log = asyncio.ensure_future(_read(process.stderr, _LOG_BYTES, to_the_end=True))
    try:
        # A client that fails at once reads nothing; why is in its log.
        with suppress(ConnectionError):
            process.stdin.write(order)
            await process.stdin.drain()
        report = await _read(process.stdout, most + 1, to_the_end=False)
        if len(report) > most:
            return report, ""
        return report, one_line((await log).decode(errors="replace"))
    finally:
        log.cancel()


async def _read(stream: asyncio.StreamReader, most: int, *, to_the_end: bool) -> bytes:
    kept = bytearray()
    while to_the_end or len(kept) < most:
        chunk = await stream.read(_CHUNK)
        if not chunk:
            break
        kept += chunk[: most - len(kept)]
    return bytes(kept)


async def _outlast(process: asyncio.subprocess.Process) -> None:
    """Wait for a killed client; it counts as ended when its streams have been read to their ends."""
    assert process.stdout and process.stderr
    with suppress(TimeoutError):
        async with asyncio.timeout(_END_S):
            await asyncio.gather(
                *(_read(end, 0, to_the_end=True) for end in (process.stdout, process.stderr))
            )
            await process.wait()


def _reason(code: int, log: str) -> str:
    """Why there is no report to go by; empty if there is one."""
    if code == 0:
        return ""
    if code in _NO_PYTHON:
        return f"no container could be started, or its image has no python3: {log}"
    if code == _KILLED:
        return f"the container was killed from outside, or out of memory as a whole: {log}"
    return f"the engine could not run a container (exit code {code}): {log}"
