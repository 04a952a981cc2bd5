"""Variables of the environment that a run looks at. Of secrets no more is said than whether they are set."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from ..engine import RunConfig


class Variable(NamedTuple):
    """A variable, what may be shown of it, and what it is for."""

    name: str
    shown: str
    about: str = ""


def variables(config: RunConfig) -> Iterator[Variable]:
    """Those that bear on a run with this config: set ones, and secrets that it needs and that are not."""
    remote = sorted({spec for spec in config.models.values() if spec.startswith("openai:")})
    hosted = [spec for spec in remote if "@http" not in spec]
    embedder = config.settings.novelty_embedder or ""
    needs_key = [*hosted, *([embedder] if embedder.startswith("openai:") else [])]
    if needs_key or (remote and "OPENAI_API_KEY" in os.environ):
        yield _secret("OPENAI_API_KEY", f"for {', '.join(needs_key or remote)}")
    if needs_key and "OPENAI_BASE_URL" in os.environ:
        yield Variable("OPENAI_BASE_URL", _without_secrets(os.environ["OPENAI_BASE_URL"]))
    if config.ledger:
        yield _secret("PGPASSWORD", "or ~/.pgpass, for the ledger")
    if config.sandbox == "e2b":
        yield _secret("E2B_API_KEY", "for the sandbox e2b")
    if os.environ.get("LANGSMITH_TRACING"):
        yield Variable("LANGSMITH_TRACING", os.environ["LANGSMITH_TRACING"][:20])
        yield _secret("LANGSMITH_API_KEY", "for traces")


def _secret(name: str, about: str) -> Variable:
    return Variable(name, "set" if os.environ.get(name) else "not set", about)


def _without_secrets(url: str) -> str:
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}"
