"""Export: records as the rows that a trainer reads, with their evidence, a card and a manifest beside them.

source ─▶ which are chosen, which are held out ─▶ again, each as rows ─▶ train, validation
                                                       └▶ the record itself ─▶ evidence
card.json, README.md, what the trainer reads ─▶ manifest.json ─▶ all of it appears at once
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple

import yaml

from ..agents.canaries import fingerprints_of
from ..errors import ProofsetError, UsageError
from ..records import Record
from ..records.atomic import appearing
from ..records.seal import Manifest, Seal
from .audit import Audit, read_audit
from .audit.running import as_card, far_fault
from .card import card_of, public_config, run_command
from .choosing import Choice, held_out, options_of
from .croissant import croissant_of
from .exporters import exporter_of, rows_of
from .files import RowFile, open_rows, write_manifest, write_other
from .formats import EVIDENCE_COLUMN, Row, Rows
from .heldout import HeldOutRecords
from .layouts import Layout, beside, is_single, layout_of, plain_name
from .readme import readme_of
from .source import Source
from .tallying import Tally, judge_canaries

EvidenceIn = Literal["file", "column", "none"]


class Exported(NamedTuple):
    """What was written: the records, the rows of each split, the place, and what was left out and why."""

    out: Path
    records: int
    rows: dict[str, int]
    left_out: dict[str, int]
    no_row: int

    def as_json(self) -> dict[str, Any]:
        return {**self._asdict(), "out": str(self.out)}


class Order(NamedTuple):
    """What to export.

    Attributes:
        validation: share of the records, 0 to 1, that is held out; whole groups of one lineage.
        licence: of the data set, as the hub names licences.
        max_far: greatest share of wrong candidates, 0 to 1, that the verifiers may accept, by the 95 % bound
            of the source's audit; None asks for no audit.
    """

    source: Path
    out: Path
    format: str
    choice: Choice = Choice()
    validation: float = 0.0
    seed: int = 0
    evidence: EvidenceIn = "file"
    licence: str = "unknown"
    name: str = ""
    max_far: float | None = None


def export(order: Order) -> Exported:
    """Write it. Nothing is there where it fails.

    Raises:
        UsageError: source, format or place are wrong.
        ProofsetError: no record is left, or the disk does not take the files.
    """
    make = rows_of(order.format)
    _check(order)
    source, layout = Source.at(order.source), layout_of(order.format, order.out)
    tally, audit = Tally(), read_audit(order.source)
    fault = "" if order.max_far is None else far_fault(audit, order.max_far)
    if fault:
        raise ProofsetError(f"--max-far {order.max_far:g}: {order.source}: {fault}")
    wrong = audit.fingerprints if audit else frozenset()
    registered = HeldOutRecords(source.records())
    chosen = _chosen(order, source, make, registered) if order.validation else ()
    held = held_out(chosen, order.validation, order.seed)
    with appearing(order.out, single=is_single(order.out)) as making:
        written = _Written(making, layout, order)
        for record in source.records():
            if wrong & fingerprints_of(record):
                raise ProofsetError(
                    f"{order.source}: record {record.id} is a canary of its audit, wrong on purpose: "
                    "remove it; nothing was written"
                )
            why = order.choice.why_not(record) or registered.why_not(record)
            if why:
                tally.left_out[why] += 1
                continue
            rows = list(make(record))
            if not rows:
                tally.no_row += 1
                continue
            tally.add(record)
            written.add(record, rows, "validation" if record.id in held else "train")
        if "train" not in written.files:
            said = ", ".join(f"{count} {why}" for why, count in tally.left_out.most_common())
            raise ProofsetError(
                f"nothing to export from {order.source}: {tally.no_row} records have no row in the format "
                f"{order.format}, and left out were: {said or 'none'}; choose another format or other filters"
            )
        _finish(order, source, layout, tally, written, audit, registered)
    counts = {split: file.rows for split, file in sorted(written.files.items())}
    return Exported(order.out, tally.records, counts, dict(tally.left_out), tally.no_row)


def _check(order: Order) -> None:
    single = is_single(order.out)
    if single and order.format == "hf":
        raise UsageError(f"--out {order.out}: the format hf is a directory; name another")
    if single and order.validation:
        raise UsageError("--validation: it needs a file of its own; name a directory as --out")
    if single and (order.format == "parquet") != (order.out.suffix == ".parquet"):
        ends = ".parquet" if order.format == "parquet" else ".jsonl"
        raise UsageError(f"--out {order.out}: files of the format {order.format} end in {ends}")
    if order.out.is_file() and order.source.exists() and order.out.samefile(order.source):
        raise UsageError(f"--out {order.out}: give a file that is not the input")
    if order.evidence == "column" and order.format == "messages":
        raise UsageError("--evidence column: the format messages allows no other column; use file")


def _chosen(order: Order, source: Source, make: Rows, registered: HeldOutRecords) -> Iterator[Record]:
    for record in source.records():
        why = order.choice.why_not(record) or registered.why_not(record)
        if not why and any(True for _ in make(record)):
            yield record


class _Written:
    """The files of rows, opened when their first row comes."""

    def __init__(self, making: Path, layout: Layout, order: Order) -> None:
        self.making = making
        self.files: dict[str, RowFile] = {}
        self.evidence: RowFile | None = None
        self.first: Row = {}
        self._layout = layout
        self._order = order

    def add(self, record: Record, rows: list[Row], split: str) -> None:
        if split not in self.files:
            self.files[split] = open_rows(self.making, self._layout.files[split])
        for row in rows:
            column = {EVIDENCE_COLUMN: record.model_dump_json()} if self._order.evidence == "column" else {}
            self.first = self.first or row
            self.files[split].add(str(row.get("id", "")), {**row, **column})
        if self._order.evidence == "file":
            self.evidence = self.evidence or open_rows(self.making, self._layout.evidence, "records")
            self.evidence.add(record.id, json.loads(record.model_dump_json()))


def _finish(
    order: Order,
    source: Source,
    layout: Layout,
    tally: Tally,
    written: _Written,
    audit: Audit | None,
    registered: HeldOutRecords,
) -> None:
    """Card, README and what the trainer reads; last the manifest over all of it."""
    making, name = written.making, order.name or plain_name(order.out.name)
    seals = {split: file.close() for split, file in sorted(written.files.items())}
    files = {split: seal.name for split, seal in seals.items()}
    evidence = written.evidence.close() if written.evidence else None
    others: dict[str, str] = beside(order.format, name, files)
    report = source.report()
    commands = []
    if report is not None:
        commands.append(run_command(report.config, "run"))
        if layout.readme:
            others["card.yaml"] = yaml.safe_dump(public_config(report.config), sort_keys=False)
    commands.append(export_command(order, "run" if source.is_run else "DATA.jsonl"))
    card = card_of(
        name=name,
        format=order.format,
        licence=order.licence,
        tally=tally,
        splits={split: file.rows for split, file in sorted(written.files.items())},
        filters=order.choice.as_json() | {"validation": order.validation, "split_seed": order.seed},
        heads={seal.name: seal.head for seal in (*seals.values(), *([evidence] if evidence else []))},
        canaries=judge_canaries(one for made in (source.records(), source.rejections()) for one in made),
        audit=as_card(audit) if audit else None,
        registered=registered.as_card(),
        report=report,
        commands=commands,
    )
    others[layout.card] = json.dumps(card, indent=2, ensure_ascii=False) + "\n"
    if layout.readme:
        others[layout.readme] = readme_of(card, files)
    if order.format == "hf":
        others["croissant.json"] = json.dumps(croissant_of(card, seals, written.first), indent=2) + "\n"
    rest = [write_other(making, each, text) for each, text in others.items()]
    all_seals: tuple[Seal, ...] = (*seals.values(), *([evidence] if evidence else []), *rest)
    held = evidence.name if evidence else None
    manifest = Manifest(exporter=exporter_of(order.format), evidence=held, files=all_seals)
    write_manifest(making, layout.manifest, manifest)


def export_command(order: Order, source: str) -> str:
    """The command that exports the same from the same source."""
    words = ["proofset", "export", source, "--format", order.format, "--out", order.out.name]
    for name, values in options_of(order.choice).items():
        words += [word for value in values for word in (name, value)]
    words += ["--validation", f"{order.validation:g}", "--split-seed", str(order.seed)]
    words += ["--max-far", f"{order.max_far:g}"] if order.max_far is not None else []
    words += ["--license", order.licence] if order.licence != "unknown" else []
    return shlex.join([*words, *(["--evidence", order.evidence] if order.evidence != "file" else [])])
