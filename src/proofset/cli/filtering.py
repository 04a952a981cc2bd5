"""What commands that filter files of rows have in common: progress, notices and rows that are left out."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

import click
from rich.console import Console
from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

from ..memory.rows.filtering import Listener, Progress, Unreadable
from .progress import PLAIN_SECONDS

_SHOWN_UNREADABLE = 20


class FilterProgress(Listener):
    """Shows a filter on standard error: a bar on a terminal, a line now and then elsewhere."""

    def __init__(self, verb: str) -> None:
        self._verb = verb
        self._console = Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
        self._bars = Bars(*columns, console=self._console, disable=not self._console.is_terminal)
        self._task = self._bars.add_task(f"{verb}: reading", total=None)
        self._begun: float | None = None
        self._last = time.monotonic()
        self._unreadable = 0

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()
        if self._unreadable > _SHOWN_UNREADABLE:
            more = self._unreadable - _SHOWN_UNREADABLE
            click.echo(f"error: {more} more rows are left out; the file of dropped rows names them", err=True)

    def notice(self, message: str) -> None:
        self._say(f"note: {message}")

    def unreadable(self, row: Unreadable) -> None:
        self._unreadable += 1
        if self._unreadable <= _SHOWN_UNREADABLE:
            self._say(f"error: {row.file.path} {row.file.unit} {row.row}: {row.reason}; it is left out")

    def progress(self, progress: Progress) -> None:
        now = time.monotonic()
        self._begun = self._begun or now
        if self._console.is_terminal:
            total = progress.total_bytes or 1
            self._bars.update(
                self._task, total=total, completed=progress.done_bytes, description=self._text(progress, now)
            )
        elif now - self._last >= PLAIN_SECONDS:
            self._last = now
            share = progress.done_bytes / progress.total_bytes if progress.total_bytes else 1.0
            self._say(f"{self._text(progress, now)}, {share:.0%} of the file")

    def _text(self, progress: Progress, now: float) -> str:
        rate = progress.rows / max(now - (self._begun or now), 0.001)
        return (
            f"{self._verb}: {progress.rows} rows, {rate:,.0f}/s, {progress.kept} kept, "
            f"{progress.dropped.total()} dropped"
        )

    def _say(self, line: str) -> None:
        self._console.print(line, soft_wrap=True, highlight=False, markup=False)


def counts(reasons: dict[str, int]) -> str:
    """`3 ngram, 1 semantic`, the most first."""
    return ", ".join(f"{n} {name}" for name, n in sorted(reasons.items(), key=lambda item: -item[1]))
