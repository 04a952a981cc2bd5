"""Any OpenAI-compatible `/embeddings`: in batches, tried again where the endpoint asks for patience."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from ....errors import ModelError, UsageError
from ....models.spec import ModelSpec
from ....models.transfer import one_line
from ....records import well_formed
from .embedders import unit_rows

if TYPE_CHECKING:
    import httpx
    from numpy.typing import NDArray

_OPENAI = "https://api.openai.com/v1"
_PIECES_AT_ONCE = 32
"""Text Embeddings Inference takes no more by default; OpenAI would."""

_PIECE_CHARS = 6000
"""A piece stays under 8,192 tokens in any script."""

_TRIES = 6
_LONGEST_WAIT_S = 60.0


class OpenAiEmbedder:
    """`openai:MODEL` or `openai:MODEL@BASE_URL`.

    A longer text is embedded in pieces, and their mean is taken by length. An empty text is not sent: it gets
    a vector of its own. Errors never hold the key.

    Args:
        spec: as above; without a base URL OPENAI_BASE_URL or OpenAI itself is asked.
        sleep: waits so many seconds between two tries.
    """

    def __init__(
        self, spec: str, *, timeout_s: float = 60.0, sleep: Callable[[float], object] = time.sleep
    ) -> None:
        parsed = ModelSpec.parse(spec)
        if parsed.provider != "openai":
            raise UsageError(f"embedder {spec[:80]!r}: write openai:MODEL or openai:MODEL@BASE_URL")
        base = parsed.base_url or os.environ.get("OPENAI_BASE_URL")
        self._key = os.environ.get("OPENAI_API_KEY", "").strip()
        if not self._key and not base:
            raise UsageError(
                f"embedder {parsed}: no key; set OPENAI_API_KEY, or OPENAI_BASE_URL for a server of your own"
            )
        self._model = parsed.name
        self._url = f"{(base or _OPENAI).rstrip('/')}/embeddings"
        self._timeout_s = timeout_s
        self._sleep = sleep
        self._dim: int | None = None
        self._lock = threading.Lock()
        self._client: httpx.Client | None = None
        # Two servers may mean different weights by one name.
        self.name = f"openai:{parsed.name}" + (f"@{base.rstrip('/')}" if base else "")

    @property
    def dim(self) -> int:
        """Asks the endpoint, where nothing was embedded yet. Raises as `embed` does."""
        if self._dim is None:
            self.embed(["dimension"])
        assert self._dim is not None
        return self._dim

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `Embedder.embed`. Raises ModelError where the endpoint fails for good."""
        pieces: list[str] = []
        owners: list[int] = []
        for number, text in enumerate(texts):
            for piece in _pieces(well_formed(text)):
                pieces.append(piece)
                owners.append(number)
        found = [
            row
            for start in range(0, len(pieces), _PIECES_AT_ONCE)
            for row in self._ask(pieces[start : start + _PIECES_AT_ONCE])
        ]
        rows = np.zeros((len(texts), self.dim if texts else 0), np.float32)
        for owner, piece, row in zip(owners, pieces, found, strict=True):
            rows[owner] += row * np.float32(len(piece))
        return unit_rows(rows) if texts else rows

    def _ask(self, pieces: list[str]) -> NDArray[np.float32]:
        body = {"model": self._model, "input": pieces, "encoding_format": "float"}
        answer = self._post(body)
        try:
            given = sorted(answer.json()["data"], key=lambda item: item["index"])
            rows = np.array([item["embedding"] for item in given], np.float32)
        except (ValueError, KeyError, TypeError) as error:
            raise self._error("the answer is not a list of embeddings") from error
        if rows.ndim != 2 or len(rows) != len(pieces) or not rows.size or not np.isfinite(rows).all():
            raise self._error(f"the answer holds no {len(pieces)} finite vectors of one length")
        if self._dim is None:
            self._dim = int(rows.shape[1])
        if rows.shape[1] != self._dim:
            raise self._error(f"the answer has {rows.shape[1]} dimensions, those before had {self._dim}")
        return unit_rows(rows)

    def _post(self, body: dict[str, Any]) -> httpx.Response:
        import httpx

        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        reason = ""
        for attempt in range(_TRIES):
            wait = 0.5 * 2**attempt
            try:
                answer = self._open().post(self._url, json=body, headers=headers)
            except httpx.TransportError as error:
                reason = f"cannot reach it ({type(error).__name__}); is the server up?"
            except (httpx.InvalidURL, UnicodeError) as error:
                raise self._error("the base URL or the key cannot be sent; check both") from error
            else:
                if answer.is_success:
                    return answer
                reason = self._refusal(answer)
                if answer.status_code not in (408, 429) and answer.status_code < 500:
                    raise self._error(reason)
                wait = _retry_after_s(answer.headers.get("Retry-After")) or wait
            if attempt + 1 < _TRIES:
                self._sleep(min(wait, _LONGEST_WAIT_S))
        raise self._error(f"{reason} (tried {_TRIES} times)")

    def _open(self) -> httpx.Client:
        import httpx

        with self._lock:
            if self._client is None:
                self._client = httpx.Client(timeout=self._timeout_s)
            return self._client

    def _refusal(self, answer: httpx.Response) -> str:
        if answer.status_code in (401, 403):
            return f"HTTP {answer.status_code}: it refuses the key; check OPENAI_API_KEY"
        said = one_line(answer.text)
        if self._key:
            said = said.replace(self._key, "…")
        mend = "; has it such a model and path?" if answer.status_code == 404 else ""
        return f"HTTP {answer.status_code}{mend} {said}".strip()

    def _error(self, reason: str) -> ModelError:
        return ModelError(f"embedder {self._model} at {self._url}: {reason}")


def _pieces(text: str) -> Iterator[str]:
    for start in range(0, len(text), _PIECE_CHARS):
        if (piece := text[start : start + _PIECE_CHARS]).strip():
            yield piece


def _retry_after_s(header: str | None) -> float | None:
    """Seconds, from either form of the header (RFC 9110 § 10.2.3)."""
    if not header:
        return None
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(header).timestamp() - time.time())
    except ValueError:
        return None
