"""A collector on this machine: takes OTLP by HTTP as collectors do, and keeps the spans."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple


class Seen(NamedTuple):
    """A span as it arrived, its ids in hexadecimal; `parent` is empty for a root."""

    name: str
    trace: str
    id: str
    parent: str
    attributes: dict[str, Any]
    events: list[dict[str, Any]]
    start: int
    end: int
    failed: bool


class Receiver:
    """Listens on a port of its own until it is closed."""

    def __init__(self) -> None:
        self.spans: list[Seen] = []
        self.bodies: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        self.services: set[str] = set()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                if self.headers.get("content-encoding") == "gzip":
                    body = gzip.decompress(body)
                there = self.path == "/v1/traces"
                if there:
                    receiver.headers.append({name.lower(): value for name, value in self.headers.items()})
                    receiver.take(body)
                self.send_response(200 if there else 404)
                self.send_header("content-type", "application/x-protobuf")
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._taking = threading.Lock()
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def take(self, body: bytes) -> None:
        from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

        request = ExportTraceServiceRequest.FromString(body)
        with self._taking:
            self.bodies.append(body)
            for resource in request.resource_spans:
                self.services.add(str(_values(resource.resource.attributes)["service.name"]))
                for scope in resource.scope_spans:
                    self.spans.extend(map(_seen, scope.spans))

    def children(self, span: Seen) -> list[Seen]:
        """Beneath a span, in the order in which they began."""
        return sorted((one for one in self.spans if one.parent == span.id), key=lambda one: one.start)

    def named(self, name: str) -> list[Seen]:
        """In the order in which they began."""
        return sorted((one for one in self.spans if one.name == name), key=lambda one: one.start)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _seen(span: Any) -> Seen:
    return Seen(
        span.name,
        span.trace_id.hex(),
        span.span_id.hex(),
        span.parent_span_id.hex(),
        _values(span.attributes),
        [{"name": event.name, **_values(event.attributes)} for event in span.events],
        span.start_time_unix_nano,
        span.end_time_unix_nano,
        span.status.code == 2,
    )


def _values(attributes: Iterable[Any]) -> dict[str, Any]:
    return {one.key: _value(one.value) for one in attributes}


def _value(value: Any) -> Any:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [_value(one) for one in value.array_value.values]
    return getattr(value, kind) if kind else None
