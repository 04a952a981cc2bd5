"""What both kinds of download share: Progress, and the failure of one source."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Progress(NamedTuple):
    """How far one source has come. Another source starts over, under its own label.

    Attributes:
        done_bytes: of `total_bytes`; of a wheel still on its way, its compressed bytes.
        source: e.g. `huggingface Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF`.
    """

    done_bytes: int
    total_bytes: int
    source: str


OnProgress = Callable[[Progress], None]


class SourceError(Exception):
    """This source did not give the file; the message is the reason, in one line. Another may."""


def one_line(text: str, limit: int = 200) -> str:
    """Foreign text, e.g. an exception's, fit for the inside of an error message."""
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"
