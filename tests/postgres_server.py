"""A PostgreSQL server of our own, with a password, where its programs are installed."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PASSWORD = "not-to-be-seen-83712"


class Server:
    """Started by `server`; may be stopped and started again."""

    def __init__(self, programs: Path, directory: Path, user: str | None) -> None:
        self._programs = programs
        self._directory = directory
        self._user = user
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"postgresql://proofset@127.0.0.1:{self.port}/postgres"

    def create(self) -> None:
        secret = self._directory / "secret"
        secret.write_text(PASSWORD)
        if self._user is not None:
            for path in (self._directory, secret):
                shutil.chown(path, self._user)
        self._run("initdb", "--username=proofset", f"--pwfile={secret}", "--auth=scram-sha-256", "--no-sync")

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self._directory}"
        self._run("pg_ctl", "-w", "-o", options, "-l", str(self._directory / "log"), "start")

    def stop(self) -> None:
        """As a machine that fails: nobody is told."""
        self._run("pg_ctl", "-w", "-m", "immediate", "stop")

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self._programs / program, "-D", self._directory / "data", *arguments],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user=self._user,
            cwd=self._directory,
        )


def programs() -> Path | None:
    """Where initdb and pg_ctl are."""
    found = shutil.which("initdb")
    places = [Path(found).resolve().parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((place for place in places if (place / "initdb").exists()), None)


@contextmanager
def server(home: Path) -> Iterator[Server]:
    """A running server."""
    # PostgreSQL refuses to be root.
    names = ("postgres", "nobody") if os.getuid() == 0 else ()
    user = next((name for name in names if _exists(name)), None)
    # Not below the directory of a test: others may not look into that.
    directory = Path(tempfile.mkdtemp(prefix="postgres-"))
    one = Server(home, directory, user)
    try:
        one.create()
        one.start()
        yield one
        one.stop()
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _exists(name: str) -> bool:
    try:
        return bool(pwd.getpwnam(name))
    except KeyError:
        return False
