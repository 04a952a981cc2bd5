"""Opens the spans of a run, where its config or OpenTelemetry's own variables ask for them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

from ... import __version__
from ...errors import UsageError
from ..config import RunConfig
from ..events import Event, Notice
from ..tracing import Tracing
from .where import Where, where_of

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter

    from .spans import Spans

_NEEDS = ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http")
_SECRET = ("KEY", "TOKEN", "SECRET", "PASSWORD", "PASSWD")
_MOST_CHARS = 64 * 1024


def check_trace(config: RunConfig) -> None:
    """Raises UsageError for a place that no trace can go to, and where the extra is missing."""
    if (where := where_of(config.trace)) is None or not config.trace_share:
        return
    if missing := [name for name in _NEEDS if not _found(name)]:
        asked = f"trace {where.name}" if config.trace else "OTEL_EXPORTER_OTLP_ENDPOINT"
        raise UsageError(
            f"{asked}: {missing[0]} is not installed; pip install 'proofset[trace]', or leave traces out"
        )
    if where.file is not None and not where.file.parent.is_dir():
        raise UsageError(f"trace {where.file}: there is no directory {where.file.parent}")


@asynccontextmanager
async def spans_of(config: RunConfig, tell: Callable[[Event], None]) -> AsyncIterator[Spans | None]:
    """The spans of a run while it goes; at its end it is told how many were sent, and how many were lost."""
    spans = open_spans(config, Tracing(config).drawn)
    if spans is None:
        yield None
        return
    try:
        yield spans
    except BaseException as error:
        spans.fail_run(error)
        raise
    finally:
        sent = await asyncio.to_thread(spans.close)
        lost = f", {sent.lost} were lost" if sent.lost else ""
        tell(Notice(f"traces: {sent.arrived} spans went to {spans.name}{lost}"))


def open_spans(config: RunConfig, drawn: Callable[[int], bool]) -> Spans | None:
    """The spans of a run; None where nobody asks for them, or no slot would have any.

    Args:
        drawn: which slots are traced.

    Raises UsageError for a place that cannot be written to, and where the extra is missing.
    """
    check_trace(config)
    where = where_of(config.trace)
    if where is None or not config.trace_share:
        return None
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import SpanLimits, TracerProvider
    from opentelemetry.sdk.trace.sampling import ALWAYS_ON

    from .sending import Sender
    from .spans import OwnIds, Spans

    about = {"service.name": os.environ.get("OTEL_SERVICE_NAME", "proofset"), "service.version": __version__}
    provider = TracerProvider(
        # The slots are drawn by us: a whole slot, or nothing of it.
        sampler=ALWAYS_ON,
        id_generator=OwnIds(),
        resource=Resource.create(about),
        shutdown_on_exit=False,
        span_limits=SpanLimits(max_attribute_length=_MOST_CHARS),
    )
    sender = Sender(_exporter(where))
    provider.add_span_processor(sender)
    return Spans(
        provider,
        sender,
        name=where.name,
        drawn=drawn,
        graph=config.graph,
        texts=config.trace_text,
        hidden=_secrets(),
    )


def _found(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ImportError:
        return False


def _exporter(where: Where) -> SpanExporter:
    if where.file is not None:
        from .sending import FileExporter

        try:
            return FileExporter(where.file)
        except OSError as error:
            raise UsageError(f"trace {where.file}: cannot write it ({error.strerror})") from error
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return OTLPSpanExporter(endpoint=where.url)


def _secrets() -> tuple[str, ...]:
    """Values of variables that are named as secrets are, the longest first."""
    named = (value for name, value in os.environ.items() if name.upper().endswith(_SECRET))
    return tuple(sorted({value for value in named if len(value) >= 8}, key=len, reverse=True))
