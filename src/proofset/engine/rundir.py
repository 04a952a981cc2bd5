"""A run's directory: the ledger, the two files that people read, and a lock against a second process.

DIR/ledger.db        the truth: requests, records, rejections; or
DIR/ledger.json      where it is: a database, and the schema of this run in it
DIR/records.jsonl    kept records in slot order     } written from the ledger whenever a run stops,
DIR/rejected.jsonl   rejections with their reasons  } each by one atomic rename

Files that are there only where there is something in them:

DIR/unverified.jsonl          records that assert facts which nothing here can check
DIR/red_team.jsonl            records of prompts that were made to draw out harm
DIR/red_team_rejected.jsonl   what was turned down of such prompts
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from uuid import uuid4

from ..errors import ProofsetError, UsageError
from ..memory import Ledger, postgres_url, sqlite_url
from ..records import Risk

LEDGER = "ledger.db"
ELSEWHERE = "ledger.json"
RECORDS = "records.jsonl"
REJECTED = "rejected.jsonl"
UNVERIFIED = "unverified.jsonl"
RED_TEAM_RECORDS = "red_team.jsonl"
RED_TEAM_REJECTED = "red_team_rejected.jsonl"
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
            names = (RECORDS, UNVERIFIED, RED_TEAM_RECORDS)
            with self._writing(names) as (kept, factual, harmful):
                by_risk = {Risk.UNVERIFIED_FACTUAL: factual, Risk.RED_TEAM: harmful}
                for record in self.ledger.records(run_id):
                    by_risk.get(record.risk, kept).write(record.model_dump_json() + "\n")
            with self._writing((REJECTED, RED_TEAM_REJECTED)) as (ordinary, harmful):
                for rejection in self.ledger.rejections(run_id):
                    file = harmful if rejection.origin.is_red_team else ordinary
                    file.write(rejection.model_dump_json() + "\n")
            files = {"records": str(self.path / RECORDS), "rejected": str(self.path / REJECTED)}
            for name in (UNVERIFIED, RED_TEAM_RECORDS, RED_TEAM_REJECTED):
                if (apart := self.path / name).stat().st_size:
                    files[apart.stem] = str(apart)
                else:
                    apart.unlink()
        except OSError as error:
            raise ProofsetError(
                f"{error.filename or self.path}: cannot be written ({error.strerror}); "
                f"the ledger has it all: mend the disk, then `proofset resume {self.path}`"
            ) from error
        return files

    @contextmanager
    def _writing(self, names: Sequence[str]) -> Iterator[list[IO[str]]]:
        """Files of these names, each of which takes its place when all of them are written."""
        with ExitStack() as stack:
            yield [stack.enter_context(_replacing(self.path / name)) for name in names]


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
