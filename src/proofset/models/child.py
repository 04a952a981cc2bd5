"""A Python child process that is tied to us by a pipe."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import IO

_TAIL_BYTES = 16 * 1024
_TAIL_LINES = 5
_TAIL_SHOWN = 600


class Child:
    """This Python, run with `arguments`. Its standard input closes when we are gone: it shall end then.

    It announces itself by one JSON object on its first line of standard output. Of its standard error
    the last 16 KiB are kept, in memory.
    """

    def __init__(self, arguments: Sequence[str]) -> None:
        self._process = subprocess.Popen(
            # -P: a module's name must not be looked up in the working directory.
            [sys.executable, "-P", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # Ctrl-C in the terminal is for the run, which may want its open answers first.
            process_group=0,
        )
        assert self._process.stdout is not None and self._process.stderr is not None
        self._announcement = b""
        self._tail = b""
        self._readers = [
            threading.Thread(target=self._read_announcement, args=(self._process.stdout,), daemon=True),
            threading.Thread(target=self._read_tail, args=(self._process.stderr,), daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def announced(self, key: str) -> str | None:
        """A value of the first line, None while there is none."""
        try:
            value = json.loads(self._announcement)[key]
        except (ValueError, TypeError, KeyError):
            return None
        return str(value)

    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._process.poll()

    def wait(self) -> int:
        """Its exit code, once it has ended. Blocks."""
        return self._process.wait()

    def last_lines(self) -> str:
        """The end of its standard error, in one line; complete once the child has ended."""
        lines = self._tail.decode(errors="replace").strip().splitlines()[-_TAIL_LINES:]
        text = " ".join(" | ".join(lines).split())
        return text if len(text) <= _TAIL_SHOWN else "…" + text[-_TAIL_SHOWN + 1 :]

    def end(self, grace_s: float = 5.0) -> None:
        """Terminate, after `grace_s` seconds kill, and wait. Blocks; may be called twice."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.terminate()
        try:
            self._process.wait(grace_s)
        except subprocess.TimeoutExpired:
            self.end_now()
        for reader in self._readers:
            reader.join(1.0)

    def end_now(self) -> None:
        """Kill it and reap it."""
        self._process.kill()
        self._process.wait()

    def _read_announcement(self, stream: IO[bytes]) -> None:
        with stream:
            self._announcement = stream.readline()
            # Drained: a child must not block, nor die of a closed pipe, for having said more.
            while stream.read(4096):
                pass

    def _read_tail(self, stream: IO[bytes]) -> None:
        with stream:
            while chunk := os.read(stream.fileno(), 4096):
                self._tail = (self._tail + chunk)[-_TAIL_BYTES:]
