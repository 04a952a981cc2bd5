"""A model file from Hugging Face over HTTP, resumed where a partial file ends."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from .catalogue import HuggingFaceSource
from .transfer import OnProgress, Progress, SourceError, one_line

if TYPE_CHECKING:
    import httpx

HUGGINGFACE_URL = "https://huggingface.co"
MIRROR_VARIABLE = "HF_ENDPOINT"
_BROKEN_TRIES = 5


def fetch_huggingface(
    source: HuggingFaceSource,
    partial: Path,
    size_bytes: int,
    on_progress: OnProgress,
    *,
    base_url: str | None = None,
) -> Path:
    """Complete the file `partial` and return it, unchecked but for its length.

    A connection that breaks after it brought something is taken up again at once, up to five times.
    `base_url` stands for huggingface.co, else $HF_ENDPOINT does. Raises SourceError; what came stays
    in `partial` for the next time.
    """
    import httpx

    base = (base_url or os.environ.get(MIRROR_VARIABLE) or HUGGINGFACE_URL).rstrip("/")
    url = f"{base}/{source.repo}/resolve/{source.revision}/{source.file}"
    label = f"huggingface {source.repo}"
    timeout = httpx.Timeout(30.0, connect=4.0)
    try:
        with httpx.Client(timeout=timeout, follow_redirects=True) as client:
            for attempt in range(1, _BROKEN_TRIES + 1):
                before = _length(partial)
                if before > size_bytes:
                    partial.unlink()
                    before = 0
                if before == size_bytes:
                    break
                try:
                    _stream(client, url, partial, size_bytes, on_progress, label)
                except httpx.TransportError:
                    if attempt == _BROKEN_TRIES or _length(partial) <= before:
                        raise
    except (httpx.HTTPError, httpx.InvalidURL) as failure:
        raise SourceError(one_line(f"{type(failure).__name__}: {failure}")) from failure
    if (got := _length(partial)) != size_bytes:
        raise SourceError(f"the answer ended after {got} of {size_bytes} bytes")
    return partial


def _stream(
    client: httpx.Client, url: str, partial: Path, size_bytes: int, on_progress: OnProgress, label: str
) -> None:
    start = _length(partial)
    # A compressed body could not be resumed by byte offset.
    headers = {"Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    with client.stream("GET", url, headers=headers) as answer:
        if answer.status_code not in (200, 206):
            raise SourceError(f"HTTP {answer.status_code} for {url}")
        if answer.status_code == 206 and _range_start(answer.headers.get("Content-Range", "")) != start:
            partial.unlink()
            raise SourceError(f"{url} answered with another range than was asked for; pull again")
        done = start if answer.status_code == 206 else 0
        with partial.open("ab" if done else "wb") as file:
            # Of no fixed chunk size: what came before a break would be lost with an unfilled chunk.
            for chunk in answer.iter_bytes():
                done += len(chunk)
                if done > size_bytes:
                    file.truncate(0)
                    raise SourceError(f"{url} is longer than the {size_bytes} bytes of the catalogue")
                file.write(chunk)
                on_progress(Progress(done, size_bytes, label))


def _range_start(content_range: str) -> int | None:
    found = re.match(r"bytes (\d+)-", content_range)
    return int(found[1]) if found else None


def _length(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
