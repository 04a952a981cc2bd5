"""Tracing: a share of the slots shows in LangSmith, the same every time; nothing where none is asked for."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from langsmith.run_helpers import tracing_context
from scripted_file import AGENTS, SETTINGS, write_script

from proofset.engine import RunConfig, make_config
from proofset.engine.tracing import Tracing
from proofset.models import Call

N = 40
INGEST = {
    "use_multipart_endpoint": True,
    "scale_up_qsize_trigger": 1000,
    "scale_up_nthreads_limit": 1,
    "scale_down_nempty_trigger": 4,
    "size_limit": 100,
    "size_limit_bytes": 20_000_000,
}


class Collector:
    """Stands for LangSmith: takes all that is sent."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        bodies = self.bodies

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                bodies.append(self._body())
                self._say({})

            def _body(self) -> bytes:
                if "chunked" not in self.headers.get("transfer-encoding", ""):
                    return self.rfile.read(int(self.headers["content-length"] or 0))
                chunks = []
                while size := int(self.rfile.readline(), 16):
                    chunks.append(self.rfile.read(size))
                    self.rfile.readline()
                return b"".join(chunks)

            def do_GET(self) -> None:
                self._say({"version": "0.13", "batch_ingest_config": INGEST})

            def _say(self, value: object) -> None:
                content = json.dumps(value).encode()
                self.send_response(200)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def slots(self) -> set[int]:
        """The slots whose graphs were begun."""
        return {int(number) for body in self.bodies for number in re.findall(rb'"slot":\s*(\d+)', body)}

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def langsmith() -> Iterator[Collector]:
    collector = Collector()
    yield collector
    collector.close()


def config(share: float) -> RunConfig:
    return make_config(
        {"graph": "verified_math", "n": N, "models": {"default": "x:y"}, "trace_share": share}, source="test"
    )


def run_with(langsmith: Collector, tmp_path: Path, **variables: str) -> None:
    """A run of N slots, a share of them to be traced, with LangSmith's variables as given."""
    model = write_script(tmp_path / "script.jsonl", N)
    (tmp_path / "run.yaml").write_text(
        f"trace_share: 0.3\nmodels: {{default: '{model}'}}\nagents: {json.dumps(AGENTS)}\n"
        f"settings: {json.dumps(SETTINGS)}\n"
    )
    plain = {name: value for name, value in os.environ.items() if not name.startswith("LANG")}
    environment = plain | {
        "LANGSMITH_ENDPOINT": langsmith.url,
        "LANGSMITH_API_KEY": "none",
        "LANGSMITH_DISABLE_RUN_COMPRESSION": "true",
        **variables,
    }
    asked = ["run", "verified_math", "--n", str(N), "--config", str(tmp_path / "run.yaml")]
    subprocess.run(
        [sys.executable, "-m", "proofset", *asked, "--out", str(tmp_path / "run")],
        cwd=Path(__file__).parent,
        env=environment,
        check=True,
        capture_output=True,
    )
    assert len((tmp_path / "run" / "records.jsonl").read_text().splitlines()) == N


def test_a_share_of_the_slots_is_sent_and_no_other(langsmith: Collector, tmp_path: Path) -> None:
    run_with(langsmith, tmp_path, LANGSMITH_TRACING="true")
    expected = {slot for slot in range(N) if slot_shows(slot)}
    assert langsmith.slots() == expected
    assert 4 <= len(expected) <= 20


def test_nothing_is_sent_where_the_variables_do_not_ask_for_it(langsmith: Collector, tmp_path: Path) -> None:
    # A key alone asks for nothing.
    run_with(langsmith, tmp_path)
    assert langsmith.bodies == []


def slot_shows(slot: int) -> bool:
    with tracing_context(enabled=True):
        return Tracing(config(0.3)).shows(slot)


def test_calls_go_by_langchain_where_their_slot_shows() -> None:
    with tracing_context(enabled=True):
        calls = Tracing(config(0.3)).calls
        assert Tracing(config(0.0)).calls is None
    assert calls is not None
    assert [calls(Call("solver", slot)) for slot in range(N)] == [slot_shows(slot) for slot in range(N)]


def test_nothing_is_traced_where_it_is_not_asked_for() -> None:
    with tracing_context(enabled=False):
        tracing = Tracing(config(1.0))
    assert tracing.calls is None
    assert not tracing.shows(0)
