"""Where traces go: where a run says, or to the collector of OpenTelemetry's own variables."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

from ...errors import UsageError

_PATH = "/v1/traces"
_ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")


class Where(NamedTuple):
    """One of two is set, or none where the variables say it.

    Attributes:
        name: for messages.
    """

    name: str
    url: str | None = None
    file: Path | None = None


def where_of(trace: str | None) -> Where | None:
    """Where the spans of a run go; None where neither it nor the variables say so.

    Raises UsageError for an address that no collector can have.
    """
    if trace is None:
        return _of_variables()
    if "://" not in trace:
        return Where(trace, file=Path(trace))
    parts = urlsplit(trace)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(
            f"trace {_without_secrets(trace)}: give http://HOST:PORT of a collector that takes OTLP by HTTP, "
            "or a file"
        )
    if parts.username is not None or parts.query:
        raise UsageError(
            f"trace {_without_secrets(trace)}: it would be written down with its secret; put that into "
            "OTEL_EXPORTER_OTLP_HEADERS"
        )
    path = parts.path.rstrip("/")
    full = path if path.endswith(_PATH) else path + _PATH
    url = urlunsplit((parts.scheme, parts.netloc, full, "", ""))
    return Where(url, url=url)


def _of_variables() -> Where | None:
    said = next((os.environ[name] for name in _ENDPOINTS if os.environ.get(name)), None)
    disabled = os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true"
    if said is None or disabled:
        return None
    protocol = next((os.environ[name] for name in _PROTOCOLS if os.environ.get(name)), "http/protobuf")
    if protocol != "http/protobuf":
        raise UsageError(
            f"traces go by http/protobuf, not {protocol}; name a collector's HTTP port with --trace"
        )
    return Where(_without_secrets(said))


def _without_secrets(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
