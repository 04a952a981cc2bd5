"""The process between publishing and the command: it outlives the one, and ends and logs the other.

publish ─▶ this process, in a session of its own, with the loop's lock ─▶ the command
             └▶ log.txt, secrets hidden · outcome.json when the command has ended

Run as `python -m proofset.publishing.supervise`, with its job on standard input: secrets are in no file.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import FrameType
from typing import IO, Any

from .hiding import hidden

_LINE_BYTES = 1 << 20
_GRACE_S = 10.0
"""From being asked to end until being made to."""
_REST_S = 2.0
OUTCOME = "outcome.json"
LOG = "log.txt"


def main() -> None:
    """Run the job of standard input to its end."""
    job: dict[str, Any] = json.loads(sys.stdin.buffer.read())
    work = Path(job["work"])
    started = time.monotonic()
    with (work / LOG).open("ab", buffering=0) as log:
        try:
            ended = _run(job, log)
        except OSError as error:
            log.write(f"cannot start: {error.strerror}\n".encode())
            ended = {"exit_code": None, "why": f"cannot start ({error.strerror})"}
        os.fsync(log.fileno())
    ended["seconds"] = round(time.monotonic() - started, 1)
    part = work / f"{OUTCOME}.part"
    with part.open("w", encoding="utf-8") as file:
        json.dump(ended, file)
        file.flush()
        os.fsync(file.fileno())
    part.replace(work / OUTCOME)


def _run(job: dict[str, Any], log: IO[bytes]) -> dict[str, Any]:
    environment = {**os.environ, **job["environment"]}
    process = subprocess.Popen(
        job["words"],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    why: list[str] = []

    def interrupted(number: int, frame: FrameType | None) -> None:
        why.append("interrupted")
        _end(process, signal.SIGTERM)

    signal.signal(signal.SIGTERM, interrupted)
    assert process.stdout is not None
    reader = threading.Thread(target=_copy, args=(process.stdout, log, job["secrets"]), daemon=True)
    reader.start()
    try:
        process.wait(job["timeout_s"])
    except subprocess.TimeoutExpired:
        why.append(f"it took longer than {job['timeout_s']:g} s")
        _end(process, signal.SIGTERM)
    if why:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE_S)
        _end(process, signal.SIGKILL)
    process.wait()
    # What it began and left running, such as a server of the new model, may hold its output for good.
    reader.join(_REST_S)
    return {"exit_code": process.returncode, "why": why[0] if why else ""}


def _end(process: subprocess.Popen[bytes], number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def _copy(stream: IO[bytes], log: IO[bytes], secrets: list[str]) -> None:
    while line := stream.readline(_LINE_BYTES):
        log.write(hidden(line.decode("utf-8", "replace"), secrets).encode())


if __name__ == "__main__":
    main()
