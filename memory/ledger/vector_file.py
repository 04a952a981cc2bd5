"""A file of vectors beside a database that is not a ledger. Whatever is lost in it is embedded again."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa

from ...errors import ProofsetError
from .ledger import set_pragmas, sqlite_url
from .tables import vectors

T = TypeVar("T")
_log = logging.getLogger(__name__)


class VectorFile:
    """One open file, for any number of threads; other processes may have it open, too.

    Args:
        path: made where it is missing; one that is no database is put aside and made anew.
        notice: told of that in one sentence; a log entry otherwise.

    Raises:
        ProofsetError: the file cannot be used.
    """

    def __init__(self, path: Path, *, notice: Callable[[str], None] | None = None) -> None:
        self._path = path
        self._engine = self._open()
        try:
            self._make()
        except sa.exc.OperationalError as error:
            raise self._told(error) from error
        except sa.exc.DatabaseError as error:
            (notice or _log.warning)(f"{path} is made anew, texts are embedded again: {error.orig}")
            self.close()
            path.replace(path.with_name(f"{path.name}.broken"))
            for beside in ("-wal", "-shm"):
                path.with_name(path.name + beside).unlink(missing_ok=True)
            self._engine = self._open()
            self._make()

    def close(self) -> None:
        """May be called twice."""
        self._engine.dispose()

    def transact(self, work: Callable[[sa.Connection], T]) -> T:
        """Run work in one transaction; durable on return. Raises ProofsetError where the file fails."""
        try:
            with self._engine.begin() as connection:
                return work(connection)
        except sa.exc.DatabaseError as error:
            raise self._told(error) from error

    def _open(self) -> sa.Engine:
        engine = sa.create_engine(sqlite_url(self._path))
        sa.event.listen(engine, "connect", set_pragmas)
        return engine

    def _make(self) -> None:
        with self._engine.begin() as connection:
            said = connection.execute(sa.text("PRAGMA quick_check(1)")).scalar_one()
            if said != "ok":
                raise sa.exc.DatabaseError("quick_check", {}, sqlite3.DatabaseError(said))
            connection.execute(sa.schema.CreateTable(vectors, if_not_exists=True))

    def _told(self, error: sa.exc.DatabaseError) -> ProofsetError:
        return ProofsetError(f"the vectors in {self._path} cannot be used: {error.orig}")
