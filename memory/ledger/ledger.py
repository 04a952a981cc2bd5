"""Ledger: the durable truth of runs, in SQL. What `settle` and `put` acknowledged survives kill -9.

Slots are settled in order, each in one transaction with its record and its rejections, so the state
of a run is one number: how many slots are settled. Everything after it is replayed from the journal.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError, ProgrammingError

from ...errors import ProofsetError, UsageError
from ...records import SCHEMA_VERSION, Record, Rejection
from . import tables
from .lane import Lane

T = TypeVar("T")


class SlotOutcome(NamedTuple):
    """How a slot ended: with a record or without, and what was turned down on the way."""

    slot: int
    record: Record | None
    rejections: tuple[Rejection, ...]
    attempts: int


class StoredRun(NamedTuple):
    """A run as it was started; `view` is what it sees of a memory that it shares with others."""

    run_id: str
    config: dict[str, Any]
    view: dict[str, Any] | None


class JournalRow(NamedTuple):
    """One model answer as it is kept."""

    reply: str
    finish_reason: str
    input_tokens: int
    output_tokens: int


# Made once: making a statement takes longer than running it.
_REQUEST = sa.select(tables.requests).where(tables.requests.c.key == sa.bindparam("key"))
_REPLY = _REQUEST.with_only_columns(*(tables.requests.c[name] for name in JournalRow._fields))


def sqlite_url(path: Path) -> sa.URL:
    return sa.URL.create("sqlite", database=str(path))


def postgres_url(text: str) -> sa.URL:
    """Of a PostgreSQL database. Raises UsageError for another form, and for one with a password in it."""
    try:
        url = sa.make_url(text)
    except sa.exc.ArgumentError:
        url = None
    if url is None or url.get_backend_name() != "postgresql" or not url.database:
        # Not shown: it may hold a password.
        raise UsageError("ledger: no URL of a PostgreSQL database; write postgresql://USER@HOST/DATABASE")
    if url.password or "password" in url.query:
        # The URL is written into the run's directory.
        raise UsageError("ledger: a URL holds no password; put it into PGPASSWORD or ~/.pgpass")
    if importlib.util.find_spec("psycopg") is None:
        raise UsageError("a ledger in PostgreSQL needs the extra: pip install 'proofset[postgres]'")
    return url.set(drivername="postgresql+psycopg")


class Ledger:
    """One open ledger. All statements run on one thread of its own: no lock is ever contended.

    Args:
        url: SQLAlchemy URL; see `sqlite_url` and `postgres_url`.
        schema: of a database that has several, made where it is missing.

    Attributes:
        recorded: where journal entries come from that are not here yet; they are then here, too.
    """

    def __init__(self, url: sa.URL | str, *, schema: str | None = None) -> None:
        self._engine = sa.create_engine(
            url,
            poolclass=sa.StaticPool,
            connect_args=_connect_args(url),
            execution_options={"schema_translate_map": {None: schema}} if schema else {},
        )
        if self._engine.dialect.name == "sqlite":
            sa.event.listen(self._engine, "connect", set_pragmas)
        dialect = sqlite if self._engine.dialect.name == "sqlite" else postgresql
        self._insert_request = dialect.insert(tables.requests).on_conflict_do_nothing()
        self.recorded: Ledger | None = None
        self._lane = Lane(self._engine.begin, name="proofset-ledger")
        if schema is not None:
            make = sa.schema.CreateSchema(schema, if_not_exists=True)
            self._now(lambda connection: connection.execute(make))
        self._now(lambda connection: tables.metadata.create_all(connection))

    def close(self) -> None:
        """Finish what is queued and close. May be called twice."""
        self._lane.close()
        self._engine.dispose()

    def start_run(
        self,
        run_id: str,
        config: dict[str, Any],
        versions: dict[str, str],
        view: dict[str, Any] | None = None,
    ) -> None:
        row = {
            "run_id": run_id,
            "schema_version": SCHEMA_VERSION,
            "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "config": config,
            "versions": versions,
            "view": view,
        }
        self._now(lambda connection: connection.execute(tables.runs.insert(), row))

    def runs(self) -> tuple[StoredRun, ...]:
        """All runs, oldest first. Raises ProofsetError for a ledger that another version wrote."""
        versions = sa.select(tables.runs.c.schema_version)
        for version in self._now(lambda connection: connection.execute(versions).scalars().all()):
            if version != SCHEMA_VERSION:
                other = "newer" if version > SCHEMA_VERSION else "older"
                raise ProofsetError(
                    f"the ledger has schema version {version}, "
                    f"this proofset reads {SCHEMA_VERSION}; install the {other} one"
                )
        query = sa.select(tables.runs).order_by(tables.runs.c.created_at)
        rows = self._now(lambda connection: connection.execute(query).all())
        return tuple(StoredRun(row.run_id, row.config, row.view) for row in rows)

    def update_config(self, run_id: str, config: dict[str, Any]) -> None:
        change = sa.update(tables.runs).where(tables.runs.c.run_id == run_id).values(config=config)
        self._now(lambda connection: connection.execute(change))

    def settled(self, run_id: str) -> int:
        """How many slots are settled: they are 0, 1, … without a gap."""
        query = sa.select(sa.func.count()).select_from(tables.slots).where(tables.slots.c.run_id == run_id)
        return self._now(lambda connection: connection.execute(query).scalar_one())

    async def settle(self, run_id: str, outcomes: Sequence[SlotOutcome]) -> None:
        """Write these slots, all or none; durable on return. A slot that is settled already raises."""
        await self._later(lambda connection: _insert_outcomes(connection, run_id, outcomes))

    def records(self, run_id: str) -> Iterator[Record]:
        """Kept records in the order of their slots."""
        table = tables.records
        for row in self.stream(
            sa.select(table.c.slot, table.c.record).where(table.c.run_id == run_id), table.c.slot
        ):
            yield Record.model_validate_json(row.record)

    def rejections(self, run_id: str) -> Iterator[Rejection]:
        """Rejections in the order of their slots."""
        table = tables.rejections
        query = sa.select(table.c.slot, table.c.number, table.c.rejection).where(table.c.run_id == run_id)
        for row in self.stream(query, table.c.slot, table.c.number):
            yield Rejection.model_validate_json(row.rejection)

    async def journal_get(self, key: str) -> JournalRow | None:
        row = await self._entry(_REPLY, key)
        if row is None and self.recorded is not None:
            whole = await self.recorded._entry(_REQUEST, key)
            if whole is not None:
                await self.journal_put(dict(whole._mapping))
                row = tuple(getattr(whole, name) for name in JournalRow._fields)
        return None if row is None else JournalRow(*row)

    async def _entry(self, query: sa.Select[Any], key: str) -> Any:
        return await self._later(lambda connection: connection.execute(query, {"key": key}).first())

    async def journal_put(self, row: dict[str, Any]) -> None:
        """Keep one model answer; durable on return. A key that is there already stays as it is."""

        await self._later(lambda connection: connection.execute(self._insert_request, row))

    def transact(self, work: Callable[[sa.Connection], T]) -> T:
        """Run work in one transaction on the ledger's own thread; durable on return. Blocks."""
        return self._now(work)

    async def later(self, work: Callable[[sa.Connection], T]) -> T:
        """As `transact`, awaited; it is done even where whoever waits is cancelled."""
        return await self._later(work)

    def stream(self, query: sa.Select[Any], *order: sa.Column[Any], page: int = 1000) -> Iterator[Any]:
        """Rows in an order that tells any two apart; the columns of it are among those selected."""
        pages = query.order_by(*order).limit(page)
        part = pages
        while True:
            rows = self._now(lambda connection, part=part: connection.execute(part).all())  # type: ignore[misc]
            yield from rows
            if len(rows) < page:
                return
            # From where the last page ended: an offset would be counted off anew for each.
            last = (rows[-1]._mapping[column] for column in order)
            part = pages.where(sa.tuple_(*order) > sa.tuple_(*last))

    def _now(self, work: Callable[[sa.Connection], T]) -> T:
        with self._told():
            return self._lane.now(work)

    async def _later(self, work: Callable[[sa.Connection], T]) -> T:
        with self._told():
            return await self._lane.later(work)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (OperationalError, ProgrammingError) as error:
            said = " ".join(str(error.orig).split())
            raise ProofsetError(f"the ledger {self._place()} cannot be used: {said}") from error

    def _place(self) -> str:
        url = self._engine.url
        is_file = self._engine.dialect.name == "sqlite"
        return (is_file and url.database) or url.render_as_string(hide_password=True)


def _insert_outcomes(connection: sa.Connection, run_id: str, outcomes: Iterable[SlotOutcome]) -> None:
    settled, kept, refused = [], [], []
    for outcome in outcomes:
        here, record = {"run_id": run_id, "slot": outcome.slot}, outcome.record
        settled.append(here | {"record_id": record.id if record else None, "attempts": outcome.attempts})
        if record is not None:
            kept.append(here | _record_row(record))
        refused += [
            here | {"number": number} | _rejection_row(rejection)
            for number, rejection in enumerate(outcome.rejections)
        ]
    for table, rows in ((tables.slots, settled), (tables.records, kept), (tables.rejections, refused)):
        if rows:
            connection.execute(table.insert(), rows)


def _record_row(record: Record) -> dict[str, Any]:
    return {
        "record_id": record.id,
        "attempt": record.lineage.attempt,
        "origin": record.lineage.origin.model_dump(mode="json"),
        "record": record.model_dump_json(),
    }


def _rejection_row(rejection: Rejection) -> dict[str, Any]:
    return {
        "attempt": rejection.attempt,
        "stage": rejection.stage,
        "code": rejection.code,
        "origin": rejection.origin.model_dump(mode="json"),
        "rejection": rejection.model_dump_json(),
    }


def _connect_args(url: sa.URL | str) -> dict[str, Any]:
    return {"check_same_thread": False} if sa.make_url(url).drivername.startswith("sqlite") else {}


def set_pragmas(connection: Any, _record: Any) -> None:
    """What every SQLite connection here begins with."""
    cursor = connection.cursor()
    # NORMAL with WAL: a killed process loses nothing; a power cut may lose the last commits, never the file.
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=10000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
