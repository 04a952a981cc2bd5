"""A loopback server of `/embeddings` that can be told to refuse, stall and lie; and a small embedder."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
from numpy.typing import NDArray

DIM = 16


def vector_of(text: str, dim: int = DIM) -> NDArray[np.float32]:
    """Words' hashed directions, added: texts that share words are near."""
    total = np.zeros(dim, np.float64)
    for word in text.lower().split():
        seed = int.from_bytes(hashlib.sha256(word.encode("utf-8", "surrogatepass")).digest()[:8])
        total += np.random.default_rng(seed).normal(size=dim)
    length = float(np.linalg.norm(total))
    first = np.eye(1, dim, dtype=np.float32)[0]
    return first if length == 0 else (total / length).astype(np.float32)


@dataclass
class WordsEmbedder:
    """Counts what it was asked for."""

    name: str = "words:1"
    dim: int = DIM
    asked: list[str] = field(default_factory=list)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += texts
        rows = [vector_of(text, self.dim) for text in texts]
        return np.array(rows, np.float32).reshape(len(texts), self.dim)


@dataclass
class Endpoint:
    """`script`: (status, headers, body) of the coming answers; then it answers rightly."""

    script: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)
    seen: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    url: str = ""

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        body = json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))
        self.seen.append(body)
        self.keys.append(handler.headers.get("Authorization"))
        data = [{"index": i, "embedding": (3 * vector_of(t)).tolist()} for i, t in enumerate(body["input"])]
        rightly: tuple[int, dict[str, str], bytes] = (200, {}, json.dumps({"data": data[::-1]}).encode())
        status, headers, sent = self.script.pop(0) if self.script else rightly
        handler.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(sent))}).items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(sent)


@contextmanager
def endpoint() -> Iterator[Endpoint]:
    served = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            served.answer(self)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        served.url = f"http://127.0.0.1:{server.server_port}/v1"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield served
        server.shutdown()
        thread.join()
