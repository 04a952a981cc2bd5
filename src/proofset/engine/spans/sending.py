"""Sends spans beside the run: a bounded queue and a thread. Where it is full, or nobody takes them, spans are
lost and counted; the run never waits for them while it goes.
"""

from __future__ import annotations

import base64
import json
import logging
import os
import queue
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

_MOST_WAITING = 8192
_MOST_AT_ONCE = 512
_TOGETHER_S = 1.0
_PATIENCE_S = 2.0
"""At the end of a run, as long as nothing arrives."""

# Where nobody listens to warnings, they would end up in the progress of the run: we tell of losses ourselves.
logging.getLogger("opentelemetry").addHandler(logging.NullHandler())


class Sent(NamedTuple):
    """Spans that have ended, and those of them that arrived."""

    ended: int = 0
    arrived: int = 0

    @property
    def lost(self) -> int:
        return self.ended - self.arrived

    def plus(self, other: Sent) -> Sent:
        """Of both."""
        return Sent(self.ended + other.ended, self.arrived + other.arrived)


class Sender(SpanProcessor):
    """Takes spans as they end.

    Args:
        exporter: sends a batch, and may take its time.
    """

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter
        self._waiting: queue.Queue[ReadableSpan | None] = queue.Queue(_MOST_WAITING)
        self._ended = 0
        self._arrived = 0
        self._failing = False
        self._closing = False
        self._counting = threading.Lock()
        self._thread = threading.Thread(target=self._send, name="proofset-spans", daemon=True)
        self._thread.start()

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        return None

    def on_end(self, span: ReadableSpan) -> None:
        with self._counting:
            self._ended += 1
        with suppress(queue.Full):
            self._waiting.put_nowait(span)

    def close(self) -> Sent:
        """Send what waits, as long as any of it arrives, and say how many did. Blocks for seconds at most."""
        self._closing = True
        # Where it is full it sees by itself that it is to end.
        with suppress(queue.Full):
            self._waiting.put_nowait(None)
        before = -1
        while self._thread.is_alive() and not self._failing and before != self._arrived:
            before = self._arrived
            self._thread.join(_PATIENCE_S)
        self._exporter.shutdown()
        self._thread.join(_PATIENCE_S / 2)
        return Sent(self._ended, self._arrived)

    def shutdown(self) -> None:
        self.close()

    def _send(self) -> None:
        while True:
            batch = self._batch()
            if batch:
                result = self._export(batch)
                self._failing = result is not SpanExportResult.SUCCESS
                if not self._failing:
                    self._arrived += len(batch)
            if self._closing and (self._failing or self._waiting.empty()):
                return

    def _batch(self) -> list[ReadableSpan]:
        """What comes within a moment of the first, so that it goes together."""
        batch: list[ReadableSpan] = []
        until = time.monotonic() + _TOGETHER_S
        while len(batch) < _MOST_AT_ONCE and (batch or not self._closing or not self._waiting.empty()):
            try:
                left = 0.0 if self._closing else max(0.0, until - time.monotonic())
                span = self._waiting.get(timeout=left) if left else self._waiting.get_nowait()
            except queue.Empty:
                return batch
            if span is not None:
                batch.append(span)
        return batch

    def _export(self, batch: list[ReadableSpan]) -> SpanExportResult:
        try:
            return self._exporter.export(batch)
        except Exception:
            # Whatever a collector does to its client is no matter of the run.
            return SpanExportResult.FAILURE


class FileExporter(SpanExporter):
    """Appends batches to a file, each a line in OTLP's JSON, which collectors read (`otlpjsonfile`).

    Processes may share the file: a line is one write.
    """

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)

    def export(self, spans: Any) -> SpanExportResult:
        from google.protobuf.json_format import MessageToDict
        from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans

        told = MessageToDict(encode_spans(spans), use_integers_for_enums=True)
        line = json.dumps(_with_hex_ids(told), ensure_ascii=False).encode() + b"\n"
        written = os.write(self._file, line)
        return SpanExportResult.SUCCESS if written == len(line) else SpanExportResult.FAILURE

    def shutdown(self) -> None:
        """Each line is out already."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def _with_hex_ids(told: Any) -> Any:
    """OTLP's JSON writes ids in hexadecimal, where protobuf's writes bytes in base64."""
    if isinstance(told, dict):
        return {
            key: base64.b64decode(value).hex()
            if key in ("traceId", "spanId", "parentSpanId")
            else _with_hex_ids(value)
            for key, value in told.items()
        }
    return [_with_hex_ids(one) for one in told] if isinstance(told, list) else told
