"""What traces cost: CPU of a slot of verified_math with none, with 1 % and with all slots traced, in turns.

python benchmarks/traces.py [--slots 400] [--rounds 5] [--openinference]

Models are scripted and nothing waits for a sandbox, so that the engine is all there is: a slot that asks a
real model takes a thousand times as long. Spans go to a collector in another process, which throws them
away. CPU is of this process, its sending thread included. `--openinference` has OpenInference's
instrumentation of LangChain take the place of our spans, where it is installed.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

TESTS = Path(__file__).parent.parent / "tests"
_COLLECTOR = """
import http.server
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200); self.send_header("content-length", "0"); self.end_headers()
    def log_message(self, *args): pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
"""


class Mode(NamedTuple):
    name: str
    share: float | None
    openinference: bool = False


MODES = (Mode("off", None), Mode("1 %", 0.01), Mode("100 %", 1.0))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--slots", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--openinference", action="store_true")
    asked = parser.parse_args()
    modes = [*MODES, *([Mode("OpenInference", None, openinference=True)] if asked.openinference else [])]
    sys.path.insert(0, str(TESTS))
    with tempfile.TemporaryDirectory() as directory, collector() as url:
        work, spent = Path(directory), dict[str, list[float]]()
        told = dict[str, str]()
        for round_ in range(asked.rounds + 1):
            for mode in modes:
                cpu_ms, told[mode.name] = one_run(
                    work / f"{round_}-{len(told)}-{mode.name}", mode, url, asked.slots
                )
                if round_:
                    # The first one loads and warms.
                    spent.setdefault(mode.name, []).append(cpu_ms)
    off = median(spent["off"])
    print(f"{'traced':<15} {'CPU ms a slot (min / median / max)':<36} {'more':>9}   spans")
    for name, found in spent.items():
        low, middle, high = min(found), median(found), max(found)
        cells = f"{low:.2f} / {middle:.2f} / {high:.2f}"
        print(f"{name:<15} {cells:<36} {middle - off:>+6.2f} ms   {told[name]}")


def one_run(out: Path, mode: Mode, url: str, slots: int) -> tuple[float, str]:
    """CPU milliseconds for each slot, and what the run said of its traces."""
    from scripted_file import scripted_order
    from scripted_math import TrustingVerifier, always

    from proofset.engine.execute import execute

    options: dict[str, Any] = {} if mode.share is None else {"trace": url, "trace_share": mode.share}
    script = out.parent / "script.jsonl"
    order = scripted_order(script, out, slots, always("good"), agents={}, **options)
    order.agents = {"verifier": TrustingVerifier()}
    told: list[str] = []
    with instrumented(url) if mode.openinference else nothing():
        began = time.process_time()
        asyncio.run(execute(order, lambda event: told.append(getattr(event, "message", ""))))
        spent = time.process_time() - began
    traces = next((message for message in told if message.startswith("traces: ")), "")
    return 1000 * spent / slots, traces.removeprefix("traces: ").split(" to ")[0]


@contextmanager
def nothing() -> Iterator[None]:
    yield


@contextmanager
def instrumented(url: str) -> Iterator[None]:
    """OpenInference's spans of all that goes by LangChain's callbacks, in OpenTelemetry's own batches."""
    from openinference.instrumentation.langchain import LangChainInstrumentor
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(f"{url}/v1/traces")))
    instrumentor = LangChainInstrumentor()
    instrumentor.instrument(tracer_provider=provider)
    try:
        yield
        provider.force_flush()
    finally:
        instrumentor.uninstrument()
        provider.shutdown()


@contextmanager
def collector() -> Iterator[str]:
    """One that throws everything away."""
    child = subprocess.Popen([sys.executable, "-c", _COLLECTOR], stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout is not None
        yield f"http://127.0.0.1:{int(child.stdout.readline())}"
    finally:
        child.terminate()
        child.wait()


if __name__ == "__main__":
    main()
