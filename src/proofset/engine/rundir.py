"""A run's directory: the ledger, the two files that people read, and a lock against a second process.

DIR/ledger.db        the truth: requests, records, rejections; or
DIR/ledger.json      where it is: a database, and the schema of this run in it
DIR/records.jsonl    kept records in slot order     } written from the ledger whenever a run stops,
DIR/rejected.jsonl   rejections with their reasons  } each by one atomic rename
DIR/manifest.json    what these files hold, row by row in NAME.chain, see `proofset.records.seal`

Files that are there only where there is something in them:

DIR/unverified.jsonl          records that assert facts which nothing here can check
DIR/red_team.jsonl            records of prompts that were made to draw out harm
DIR/red_team_rejected.jsonl   what was turned down of such prompts
DIR/canaries.jsonl            known-wrong candidates, and what the verifier made of them: no records
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from uuid import uuid4

from pydantic import BaseModel

from ..errors import ProofsetError, UsageError
from ..memory import Ledger, postgres_url, sqlite_url
from ..memory.ledger import run_canaries
from ..records import Risk
from ..records.seal import CHAIN, MANIFEST, Holds, Manifest, Sealing

LEDGER = "ledger.db"
ELSEWHERE = "ledger.json"
RECORDS = "records.jsonl"
REJECTED = "rejected.jsonl"
UNVERIFIED = "unverified.jsonl"
RED_TEAM_RECORDS = "red_team.jsonl"
RED_TEAM_REJECTED = "red_team_rejected.jsonl"
CANARIES = "canaries.jsonl"
_HOLD: dict[str, Holds] = {
    RECORDS: "records",
    REJECTED: "other",
    UNVERIFIED: "records",
    RED_TEAM_RECORDS: "records",
    RED_TEAM_REJECTED: "other",
    CANARIES: "other",
}
_LOCK = ".lock"
_OWN = (_LOCK, ELSEWHERE, LEDGER, f"{LEDGER}-wal", f"{LEDGER}-shm")


def check_new(path: Path) -> None:
    """Raises UsageError where a new run cannot be put here; changes nothing."""
    if holds_run(path) and _begun(path):
        raise UsageError(
            f"--out {path}: it holds a run already; go on with `proofset resume {path}`, or name another"
        )
    if path.exists() and not path.is_dir():
        raise UsageError(f"--out {path}: it is a file; name a directory")
    if path.exists() and any(entry.name not in _OWN for entry in path.iterdir()):
        raise UsageError(f"--out {path}: it holds other files; name a new or an empty directory")
    parent = next(p for p in (path, *path.absolute().parents) if p.exists())
    if not parent.is_dir() or not os.access(parent, os.W_OK | os.X_OK):
        raise UsageError(f"--out {path}: cannot write in {parent}; name a directory that you may write to")


def check_existing(path: Path) -> None:
    """Raises UsageError where there is no run to resume."""
    if not holds_run(path):
        raise UsageError(
            f"{path}: no run to resume, there is no {LEDGER} in it; start one with `proofset run`"
        )


def _begun(path: Path) -> bool:
    # A kill may come between the ledger and the first line in it.
    with closing(open_ledger(path)) as ledger:
        return bool(ledger.runs())


def holds_run(path: Path) -> bool:
    """Whether there is a ledger."""
    return (path / LEDGER).is_file() or (path / ELSEWHERE).is_file()


def open_ledger(path: Path, url: str | None = None) -> Ledger:
    """The ledger of a run's directory; for a new run in PostgreSQL, its URL.

    Raises UsageError for a URL or a `ledger.json` that is none, ProofsetError where it cannot be used.
    """
    place = path / ELSEWHERE
    if url is not None and not holds_run(path):
        postgres_url(url)
        write_texts(place, [json.dumps({"url": url, "schema": f"proofset_{uuid4().hex[:12]}"})])
    if not place.is_file():
        return Ledger(sqlite_url(path / LEDGER))
    try:
        said = json.loads(place.read_text(encoding="utf-8"))
        url, schema = said["url"], said["schema"]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise UsageError(f"{place}: it does not say where the ledger is ({error})") from error
    return Ledger(postgres_url(url), schema=schema)


@dataclass(slots=True)
class RunDirectory:
    """An open run directory; holds its lock until closed."""

    path: Path
    ledger: Ledger
    _lock: IO[bytes]

    @classmethod
    def open(cls, path: Path, ledger: str | None = None, replay: str | None = None) -> RunDirectory:
        """Open or create, the ledger at a URL where one is given. Raises as `open_ledger` does.

        What the journal lacks is looked up in that of the run in `replay`.

        Raises ProofsetError where another process is running it.
        """
        try:
            path.mkdir(parents=True, exist_ok=True)
            lock = (path / _LOCK).open("ab")
        except OSError as error:
            raise UsageError(f"--out {path}: cannot write there ({error.strerror})") from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.close()
            raise ProofsetError(f"{path}: another process is running it; wait for it, or stop it") from error
        try:
            opened = open_ledger(path, ledger)
            opened.recorded = open_ledger(Path(replay)) if replay else None
            return cls(path, opened, lock)
        except BaseException:
            lock.close()
            raise

    def close(self) -> None:
        if self.ledger.recorded is not None:
            self.ledger.recorded.close()
        self.ledger.close()
        self._lock.close()

    def write_files(self, run_id: str) -> dict[str, str]:
        """Write the files from the ledger; returns name to path.

        Records that assert facts which nothing here can check are kept apart, and so is all that came of a
        red team's prompts: a record is kept whole, with what was answered first, because that is its proof.

        Raises ProofsetError where the disk does not take them; the old files are then still there.
        """
        try:
            # A kill in between leaves no manifest, never one that speaks of other files.
            (self.path / MANIFEST).unlink(missing_ok=True)
            with ExitStack() as stack:
                sealed = {
                    name: stack.enter_context(_Sealed.replacing(self.path / name, holds))
                    for name, holds in _HOLD.items()
                }
                apart = {Risk.UNVERIFIED_FACTUAL: UNVERIFIED, Risk.RED_TEAM: RED_TEAM_RECORDS}
                for record in self.ledger.records(run_id):
                    sealed[apart.get(record.risk, RECORDS)].add(record, record.id)
                for rejection in self.ledger.rejections(run_id):
                    sealed[RED_TEAM_REJECTED if rejection.origin.is_red_team else REJECTED].add(rejection)
                for canary in run_canaries(self.ledger, run_id):
                    sealed[CANARIES].add(canary)
            for name, one in list(sealed.items()):
                if not one.rows and name not in (RECORDS, REJECTED):
                    del sealed[name]
                    for file in (name, name + CHAIN):
                        (self.path / file).unlink(missing_ok=True)
            manifest = Manifest(files=tuple(one.sealing.seal() for one in sealed.values()))
            write_texts(self.path / MANIFEST, [manifest.as_json()])
        except OSError as error:
            raise ProofsetError(
                f"{error.filename or self.path}: cannot be written ({error.strerror}); "
                f"the ledger has it all: mend the disk, then `proofset resume {self.path}`"
            ) from error
        return {Path(name).stem: str(self.path / name) for name in sealed}


@dataclass(slots=True)
class _Sealed:
    """A file of rows, sealed; with the chain over them where they are records."""

    sealing: Sealing
    _file: IO[str]
    _chain: IO[str] | None
    rows: int = 0

    @classmethod
    @contextmanager
    def replacing(cls, path: Path, holds: Holds) -> Iterator[_Sealed]:
        with ExitStack() as stack:
            file = stack.enter_context(_replacing(path))
            chained = holds == "records"
            chain = stack.enter_context(_replacing(path.with_name(path.name + CHAIN))) if chained else None
            yield cls(Sealing(path.name, holds), file, chain)

    def add(self, row: BaseModel, name: str = "") -> None:
        line = row.model_dump_json() + "\n"
        self._file.write(line)
        self.sealing.raw(line.encode())
        if self._chain is not None:
            self._chain.write(self.sealing.row(name, json.loads(line)))
        self.rows += 1


def write_texts(path: Path, texts: Iterable[str]) -> None:
    """Write a file whole or not at all, durably."""
    with _replacing(path) as file:
        file.writelines(texts)


@contextmanager
def _replacing(path: Path) -> Iterator[IO[str]]:
    """A file that takes the place of the one at `path` when all is written."""
    part = path.with_suffix(f"{path.suffix}.part")
    with part.open("w", encoding="utf-8", newline="\n") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
