"""Progress on standard error: a live display on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from rich.console import Console, Group
from rich.live import Live
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.text import Text

if TYPE_CHECKING:
    from ..engine import Event

PLAIN_SECONDS = 10.0
"""How often a line is written where there is no terminal."""

_PASSED = {
    "proposer": "proposed",
    "reviser": "proposed",
    "novelty_gate": "novel",
    "solver": "solved",
    "verifier": "verified",
    "perplexity": "proposed",
    "triage": "verified",
}


@contextmanager
def bytes_progress(label: str, total: int) -> Iterator[Callable[[Any], None]]:
    """A download bar; yields what `pull` reports to."""
    console = Console(stderr=True)
    columns = (TextColumn(f"fetching {label}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    last = [0.0]
    with Progress(*columns, TimeRemainingColumn(), console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(label, total=total)

        def report(progress: Any) -> None:
            bar.update(task, completed=progress.done_bytes)
            if not console.is_terminal and time.monotonic() - last[0] > PLAIN_SECONDS:
                last[0] = time.monotonic()
                console.print(f"fetching {label}: {progress.done_bytes / 1e6:.0f} of {total / 1e6:.0f} MB")

        yield report


class RunProgress:
    """Shows a run: the funnel so far, tokens, cost, and which models are being fetched."""

    def __init__(self, n: int, keep: int | None) -> None:
        self._console = Console(stderr=True)
        self._goal = f"{keep} to keep, at most {n} slots" if keep else f"{n} slots"
        self._funnel = dict.fromkeys(("proposed", "novel", "solved", "verified"), 0)
        self._kept = self._settled = self._calls = self._replayed = self._out = 0
        self._usd: float | None = 0.0
        self._started = self._last_line = time.monotonic()
        self._note = "opening models and sandbox"
        self._bar = Progress(
            TextColumn("{task.description}"), BarColumn(), DownloadColumn(), console=self._console
        )
        self._downloads: dict[str, TaskID] = {}
        self._live = Live(console=self._console, get_renderable=self._view, refresh_per_second=4)

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._console.is_terminal:
            self._live.stop()

    def update(self, event: Event) -> None:
        """Take in one event."""
        from ..engine import events

        if isinstance(event, events.ModelLoading):
            self._download(event)
        elif isinstance(event, events.RunStarted):
            self._settled, self._kept = event.settled, event.kept
            self._note = f"{event.graph} in the sandbox {event.sandbox}"
            self._line(force=True)
        elif isinstance(event, events.Notice):
            self._console.print(f"note: {event.message}", soft_wrap=True, highlight=False, markup=False)
        elif isinstance(event, events.NodeDone):
            stage = _PASSED.get(event.node)
            if stage and event.refused is None:
                self._funnel[stage] += 1
            self._note = f"slot {event.slot}: {event.node}" + (f" ({event.refused})" if event.refused else "")
            self._line()
        elif isinstance(event, events.CallDone):
            self._calls += 1
            self._replayed += event.replayed
            self._out += 0 if event.replayed else event.output_tokens
            known = self._usd is not None and event.usd is not None
            self._usd = (self._usd or 0.0) + (event.usd or 0.0) if known else None
            self._line()
        elif isinstance(event, events.SlotDone):
            self._settled += event.settlement != "surplus"
            self._kept = max(self._kept, event.kept)
            self._line(force=event.settlement == "kept")

    def tick(self) -> None:
        """Show that the run lives, where nothing has been shown for a while."""
        self._line()

    def _download(self, event: Any) -> None:
        if event.model not in self._downloads:
            label = f"fetching {event.model}"
            self._downloads[event.model] = self._bar.add_task(label, total=event.total_bytes)
        self._bar.update(self._downloads[event.model], completed=event.done_bytes)
        self._note = (
            f"fetching {event.model}: {event.done_bytes / 1e6:.0f} of {event.total_bytes / 1e6:.0f} MB"
        )
        self._line()

    def _text(self) -> str:
        seconds = time.monotonic() - self._started
        funnel = " → ".join(f"{count} {stage}" for stage, count in self._funnel.items())
        cost = "price unknown" if self._usd is None else f"{self._usd:.4f} USD"
        per_kept = f", {self._usd / self._kept:.4f} per kept" if self._usd and self._kept else ""
        replayed = f" ({self._replayed} replayed)" if self._replayed else ""
        return (
            f"[{seconds:>4.0f} s] {self._settled} settled, {self._kept} kept ({self._goal}) | {funnel} | "
            f"{self._calls} calls{replayed}, {self._out} tokens out, {self._out / max(seconds, 1):.1f}/s, "
            f"{cost}{per_kept}"
        )

    def _view(self) -> Group:
        lines = Text(f"{self._text()}\n{self._note}", overflow="fold")
        return Group(self._bar, lines) if self._downloads else Group(lines)

    def _line(self, *, force: bool = False) -> None:
        if self._console.is_terminal:
            return
        now = time.monotonic()
        if force or now - self._last_line >= PLAIN_SECONDS:
            self._last_line = now
            self._console.print(
                f"{self._text()} | {self._note}", soft_wrap=True, highlight=False, markup=False
            )
