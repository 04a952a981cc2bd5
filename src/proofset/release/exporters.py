"""Exporters of other packages: the entry points `proofset.exporters`, held to what every format keeps to.

A plug-in's exporter takes a Record and gives rows, as the functions in `formats` do. Its rows are plain JSON,
and each has its record's `id`: by it the evidence is joined, and `proofset verify` makes the row again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from .. import plugins
from ..errors import ProofsetError, UsageError
from ..records import Record, well_formed
from ..records.seal import Exporter
from .formats import EVIDENCE_COLUMN, ROWS, Row, Rows


def formats() -> tuple[str, ...]:
    """The names of all formats: ours, then those of plug-ins. Loads none of them."""
    return plugins.names(plugins.Kind.EXPORTER, ROWS)


def rows_of(format: str) -> Rows:
    """What makes the rows of a format. Raises UsageError for a name that is not known."""
    return ROWS[format] if format in ROWS else _rows_of(_plugin(format))


def exporter_of(format: str) -> Exporter | None:
    """Who makes the rows of a format; None for one of ours."""
    if format in ROWS:
        return None
    plugin = _plugin(format)
    return Exporter(format=format, package=plugin.package, version=plugin.version)


def rows_again(exporter: Exporter | None) -> Rows | None:
    """What makes the rows of an export again; None where a format of ours does.

    Raises UsageError where the package is not here.
    """
    if exporter is None:
        return None
    found = plugins.find(plugins.Kind.EXPORTER, exporter.format, f"format {exporter.format}")
    if found is None or found.package != exporter.package:
        raise UsageError(
            f"its rows are of the format {exporter.format}, which the package {exporter.package} "
            f"{exporter.version} makes: install it, or verify the evidence file alone"
        )
    return _rows_of(found)


def _plugin(format: str) -> plugins.Plugin:
    plugin = plugins.find(plugins.Kind.EXPORTER, format, f"--format {format}")
    if plugin is None:
        raise UsageError(f"--format {format}: no such format; there are {', '.join(formats())}")
    return plugin


def _rows_of(plugin: plugins.Plugin) -> Rows:
    made = plugin.load(f"--format {plugin.name}")
    exporter: Any = made() if isinstance(made, type) else made
    if not callable(exporter):
        raise plugin.fault(f"--format {plugin.name}", "is no function of a record")

    def rows(record: Record) -> Iterator[Row]:
        try:
            found = [_plain(row) for row in exporter(record)]
        except Exception as error:
            said = " ".join(f"{type(error).__name__}: {error}".split())[:300]
            raise ProofsetError(
                f"--format {plugin.name}: the exporter of {plugin.source} fails on record {record.id} "
                f"({said}); mend the package"
            ) from error
        for row in found:
            if row.get("id", record.id) != record.id or EVIDENCE_COLUMN in row:
                raise ProofsetError(
                    f"--format {plugin.name}: the exporter of {plugin.source} gives record {record.id} a "
                    f"column {EVIDENCE_COLUMN!r}, or another id; leave both to proofset"
                )
            yield {"id": record.id, **row}

    return rows


def _plain(row: Any) -> Row:
    """The row as a file has it. Raises TypeError for what is no JSON object, ValueError for NaN."""
    if not isinstance(row, dict):
        raise TypeError(f"a row is a dict, not a {type(row).__name__}")
    plain: Row = json.loads(well_formed(json.dumps(row, ensure_ascii=False, allow_nan=False)))
    return plain
