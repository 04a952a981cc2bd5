"""Ingest: logs go in; what is sampled, scrubbed and passes the filters enters, each row once.

logs ─▶ exchange_in ─▶ sampled? ─▶ seen before? ─▶ scrub ─▶ filters, checks ─▶ same text? ─▶ Store
          │ unread        │ not_sampled  │ known                   │ left, by code  │ duplicate
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from ..corpus import Left
from ..errors import UsageError
from ..records import Message, digest, well_formed
from ..records.atomic import AtomicFile
from . import filters
from .dialects import UNKNOWN, exchange_in
from .exchange import Exchange, iso_time
from .item import Source, TrafficItem, item_id
from .languages import Detect, detector
from .logs import INTAKE_DB, Log, LogRow, Unfinished, open_logs
from .report import Report, Stratum
from .rules import Drop, TrafficRules
from .sampling import MOST_NAME, MOST_STRATA, Sampler, SamplingPlan, lowest_draws, stratum_of
from .store import Seen, Store, looking, row_key, text_key, writing

BATCH = 256
"""Rows of the sample that are acknowledged together."""
DROPS = "drops.json"
_EXTRA = "flywheel ingest needs the extra: pip install 'proofset[traffic]'"


class Check(NamedTuple):
    """A filter from elsewhere, such as of held-out sets; another name is another rule."""

    name: str
    drop: Callable[[TrafficItem], Drop | None]


class Progress(NamedTuple):
    """How far an ingest is, in bytes of its logs; `step` says what it does."""

    step: str
    done: int
    total: int
    rows: int


def ingest(
    logs: Sequence[str | Path],
    out: Path,
    *,
    sampling: SamplingPlan | None = None,
    rules: TrafficRules | None = None,
    source: Source | None = None,
    regions: Sequence[str] = (),
    finders: Sequence[Callable[[str], object]] = (),
    checks: Sequence[Check] = (),
    dry_run: bool = False,
    tell: Callable[[str], None] = lambda _: None,
    progress: Callable[[Progress], None] = lambda _: None,
) -> Report:
    """Take logs in. Blocks; holds one row and one batch at a time. May be called again at any time.

    Args:
        logs: files and directories.
        out: the directory of traffic; made where it is not there.
        source: what kind of logs they are; None finds that out for each row.
        regions: whose national telephone numbers are known; without them those of `scrub.REGIONS`.
        finders: of personal data, beside the built-in ones; each gives spans of a text.
        dry_run: only count; nothing is written.
        tell: told one line for each row that cannot be read.

    Raises:
        UsageError: a log is not there, the directory cannot be used or is in use, the extra is missing.
        ProofsetError: the disk does not take it.
    """
    run = _Ingest(
        open_logs(logs), sampling or SamplingPlan(), rules or TrafficRules(), source, checks, tell, progress
    )
    run.load(regions, finders)
    with ExitStack() as stack:
        store = stack.enter_context(looking(out) if dry_run else writing(out))
        report = run.into(store)
        if not dry_run:
            _write_drops(store)
    return report


class _Ingest:
    def __init__(
        self,
        logs: Sequence[Log],
        plan: SamplingPlan,
        rules: TrafficRules,
        source: Source | None,
        checks: Sequence[Check],
        tell: Callable[[str], None],
        progress: Callable[[Progress], None],
    ) -> None:
        self._logs, self._plan, self._rules, self._source = logs, plan, rules, source
        self._checks, self._tell, self._progress = checks, tell, progress
        self._digest = digest(rules.digest, [check.name for check in checks]).hex()[:16]
        self._report = Report(
            sampling=plan,
            rules=rules,
            checks=tuple(check.name for check in checks),
            files=len(logs),
            began=_now(),
        )
        self._batch: list[Seen] = []
        self._codes: dict[bytes, str] = {}
        self._names: dict[str, str] = {}
        self._texts: set[bytes] = set()
        self._detect: Detect | None = None

    def load(self, regions: Sequence[str], finders: Sequence[Callable[[str], object]]) -> None:
        """Load what only the extra brings."""
        try:
            from .scrub import REGIONS, Scrubber

            self._scrubber = Scrubber(regions or REGIONS, finders)  # type: ignore[arg-type]
            self._detect = detector() if self._rules.languages else None
        except ImportError as error:
            raise UsageError(_EXTRA) from error

    def into(self, store: Store) -> Report:
        report = self._report
        report.number = store.next_number()
        sampler = Sampler(self._plan, self._lowest())
        for log, row in self._rows("ingest"):
            report.rows += not isinstance(row, Unfinished)
            if isinstance(row, LogRow):
                self._take(store, sampler, log, row)
            elif isinstance(row, Left):
                report.unread[row.code] += 1
                report.example(row.code, log.name, row.line)
                self._tell(str(row))
            else:
                report.unfinished += 1
                self._tell(f"{log.name} line {row.line}: not whole yet; it is left for the next time")
            if len(self._batch) >= BATCH:
                self._flush(store)
        report.ended = _now()
        self._flush(store)
        return report

    def _lowest(self) -> dict[str, int]:
        if not self._plan.two_passes:
            return {}
        return lowest_draws(self._seen(), self._plan)

    def _seen(self) -> Iterator[tuple[str, str]]:
        for _, row in self._rows("count"):
            made = exchange_in(row.value, self._source) if isinstance(row, LogRow) else None
            if isinstance(made, Exchange):
                yield made.conversation, stratum_of(made, self._plan)

    def _rows(self, step: str) -> Iterator[tuple[Log, LogRow | Left | Unfinished]]:
        total, before, count = sum(log.size for log in self._logs), 0, 0
        for log in self._logs:
            for row in log.rows():
                count += 1
                if count % 1000 == 0 and isinstance(row, LogRow):
                    self._progress(Progress(step, before + row.end, total, count))
                yield log, row
            before += log.size
        self._progress(Progress(step, total, total, count))

    def _take(self, store: Store, sampler: Sampler, log: Log, row: LogRow) -> None:
        report = self._report
        made = exchange_in(row.value, self._source)
        if isinstance(made, Drop):
            report.no_exchange[made.code] += 1
            report.example(made.code, log.name, row.line)
            if made.code == UNKNOWN:
                self._tell(f"{log.name} line {row.line}: {made.reason}; it is left out")
            return
        stratum = stratum_of(made, self._plan)
        counted = self._stratum(self._public(stratum)) if stratum else Stratum()
        counted.rows += 1
        if not sampler.takes(made.conversation, stratum):
            report.not_sampled += 1
            return
        counted.sampled += 1
        key = row_key(row.value)
        if key in self._codes or store.code(key, self._digest) is not None:
            report.known += 1
            return
        item = self._item(made, log, row, self._public(stratum))
        drop = self._drop(item) or self._duplicate(store, item)
        self._codes[key] = drop.code if drop else ""
        if drop:
            report.left[drop.code] += 1
            report.example(drop.code, log.name, row.line)
            self._batch.append(Seen(key, drop.code))
            return
        text = text_key(item)
        self._texts.add(text)
        report.entered += 1
        counted.entered += 1
        report.scrubbed.update(item.scrubbed)
        self._batch.append(Seen(key, "", item, text))

    def _item(self, made: Exchange, log: Log, row: LogRow, stratum: str) -> TrafficItem:
        texts = [made.system, *(turn.content for turn in made.history), made.instruction, made.output]
        (system, *turns, instruction, output), counts = self._scrubber.scrub(texts)
        history = tuple(
            Message(role=turn.role, content=text) for turn, text in zip(made.history, turns, strict=True)
        )
        facts = made.facts
        return TrafficItem(
            id=item_id(system, history, instruction, output),
            system=system,
            history=history,
            instruction=instruction,
            output=output,
            model=self._public(facts.model[:MOST_NAME]) if facts.model else None,
            source=facts.source,
            file=log.name,
            line=row.line,
            time=iso_time(facts.time),
            stratum=stratum,
            scrubbed=counts,
        )

    def _public(self, name: str) -> str:
        """A name of a model or a stratum, scrubbed as well."""
        if name not in self._names:
            if len(self._names) > MOST_STRATA:
                self._names.clear()
            self._names[name] = well_formed(self._scrubber.scrub([name])[0][0])
        return self._names[name]

    def _stratum(self, name: str) -> Stratum:
        if name not in self._report.strata and len(self._report.strata) == MOST_STRATA:
            raise UsageError(
                f"--stratify {self._plan.stratify}: more than {MOST_STRATA:,} values; choose what has few"
            )
        return self._report.strata.setdefault(name, Stratum())

    def _drop(self, item: TrafficItem) -> Drop | None:
        drop = filters.length(item, self._rules) or filters.safety(item, self._rules)
        if drop is None and self._detect is not None:
            drop = filters.language(item, self._rules, self._detect)
        return drop or next(filter(None, (check.drop(item) for check in self._checks)), None)

    def _duplicate(self, store: Store, item: TrafficItem) -> Drop | None:
        key = text_key(item)
        if key in self._texts or store.has_text(key):
            return Drop("duplicate", "the same exchange entered before, blanks and case aside")
        return None

    def _flush(self, store: Store) -> None:
        store.add(self._batch, self._digest, self._report.number, self._report.model_dump_json())
        self._batch.clear()
        if store.keeps:
            # From now on the ledger knows them.
            self._codes.clear()
            self._texts.clear()


def _write_drops(store: Store) -> None:
    """All ingests, and what stands over all of them: a picture of the ledger for people."""
    whole = {"standing": store.standing(), "ingests": [json.loads(report) for report in store.ingests()]}
    with AtomicFile(store.directory / INTAKE_DB, store.directory / DROPS) as file:
        file.write(json.dumps(whole, ensure_ascii=False, indent=1).encode() + b"\n")
        file.keep()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
