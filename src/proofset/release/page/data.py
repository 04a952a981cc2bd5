"""Data: all that the page shows, as JSON, before it is a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from ...agents.context import known_seeds
from ...engine.opening import seeds_of
from ...engine.yields import Report, report_on
from ...errors import UsageError
from ...records import Record
from ..audit.running import as_card, read_audit
from ..source import Source
from .breadth import breadth_of
from .gathering import MAX_DETAIL_BYTES, PIECE, gather
from .judging import Judgements
from .lengths import lengths_of
from .similarity import similarity_of

PAGE_VERSION = 1


class Page(NamedTuple):
    """A page's content.

    Attributes:
        data: what the panels show.
        rows: the columns of the table.
        pieces: JSON texts of whole records, see `gathering`.
    """

    data: dict[str, Any]
    rows: dict[str, Any]
    pieces: list[str]


def page_of(directory: Path, *, max_detail_bytes: int = MAX_DETAIL_BYTES) -> Page:
    """What the page of a run shows; the run may still be going on.

    Raises:
        UsageError: there is no run, or its audit cannot be read.
        ProofsetError: its ledger cannot be used.
    """
    report = report_on(directory)
    audit = read_audit(directory)
    source, judged = Source.at(directory), Judgements()
    found = gather(_heard(source, judged), max_detail_bytes=max_detail_bytes)
    for rejection in source.rejections():
        judged.add(rejection)
    seeds, missing = _seeds(report)
    data = {
        "page_version": PAGE_VERSION,
        "report": report.as_json(),
        "seed": report.config.seed,
        "records": len(found),
        "grades": dict(Counter(found.grades).most_common()),
        "risks": dict(Counter(found.risks).most_common()),
        "per_kept": _per_kept(report),
        "similarity": similarity_of(found, stem=report.config.settings.novelty_stem),
        "lengths": {**lengths_of(found.instructions, seeds), "no_seeds": missing},
        **breadth_of(found, seeds),
        "judge": judged.as_json(as_card(audit) if audit else None),
        "table": {"piece": PIECE, "detailed": found.detailed, "max_detail_bytes": max_detail_bytes},
    }
    return Page(data, found.table(), found.pieces)


def _heard(source: Source, judged: Judgements) -> Iterator[Record]:
    for record in source.records():
        judged.add(record)
        yield record


def _seeds(report: Report) -> tuple[list[str], str]:
    """The texts that people wrote, or why they are not to be had: a file may have gone since."""
    try:
        return [seed.text for seed in known_seeds(seeds_of(report.config), report.config.settings)], ""
    except UsageError as error:
        return [], str(error)


def _per_kept(report: Report) -> dict[str, Any]:
    usage, kept = report.usage, report.kept
    return {
        "calls": _per(usage.calls, kept),
        "input_tokens": _per(usage.input_tokens, kept),
        "output_tokens": _per(usage.output_tokens, kept),
        "usd": _per(usage.usd, kept),
    }


def _per(total: float | None, kept: int) -> float | None:
    return total / kept if kept and total is not None else None
