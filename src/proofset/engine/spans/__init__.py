"""Spans: what a run does, as OpenTelemetry traces for any OTLP collector or a file. Off unless asked for.

run ─▶ slot ─▶ node ─▶ model call, sandbox job        one trace for a run; whole slots, or nothing of a slot
"""

from __future__ import annotations

from .opening import check_trace, open_spans, spans_of

__all__ = ["check_trace", "open_spans", "spans_of"]
