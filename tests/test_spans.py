"""Traces: what a run did, at a collector that is really there, in a file, or nowhere."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from conftest import opened
from otlp_receiver import Receiver, Seen
from scripted_file import files, scripted_order
from scripted_math import TrustingVerifier, always, problem, script_rows

from proofset.engine import Order, make_config
from proofset.engine.execute import execute
from proofset.engine.tracing import Tracing
from proofset.errors import UsageError

pytest.importorskip("opentelemetry.exporter.otlp.proto.http", reason="needs the extra `trace`")

N = 12


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    for name in [name for name in os.environ if name.startswith("OTEL_")]:
        monkeypatch.delenv(name)
    one = Receiver()
    yield one
    one.close()


def run(order: Order) -> list[str]:
    """Run it; returns its notices about traces."""
    told: list[str] = []
    asyncio.run(execute(order, lambda event: told.append(getattr(event, "message", ""))))
    return [message for message in told if message.startswith("traces: ")]


def small(tmp_path: Path, name: str = "out", **options: Any) -> Order:
    """A run that waits for no sandbox."""
    return scripted_order(tmp_path / "s.jsonl", tmp_path / name, N, always("good"), **options)


def verified(tmp_path: Path, name: str, **options: Any) -> Order:
    """A run of two slots that are verified in the sandbox."""
    script = tmp_path / "verified.jsonl"
    rows = [row for slot in range(2) for row in script_rows(slot)]
    script.write_text("".join(json.dumps(row) + "\n" for row in rows))
    values = {"graph": "verified_math", "n": 2, "models": {"default": f"scripted:{script}"}, "window": 2}
    return Order(
        make_config(values | {"settings": {"n_attempts": 1}} | options, source="run"), tmp_path / name
    )


def shape(receiver: Receiver, span: Seen) -> tuple[str, Any]:
    """The names of a span and of all beneath it; those that ran at once in the order of the alphabet."""
    beneath = [shape(receiver, one) for one in receiver.children(span)]
    at_once = span.name in ("solver", "verifier") or span.name.startswith("run ")
    return span.name, sorted(beneath) if at_once else beneath


class Traced(NamedTuple):
    """A run that was verified, and what arrived."""

    receiver: Receiver
    order: Order
    told: list[str]


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Traced]:
    opened()
    receiver, order = Receiver(), verified(tmp_path_factory.mktemp("traced"), "a")
    order.config = order.config.model_copy(update={"trace": receiver.url})
    yield Traced(receiver, order, run(order))
    receiver.close()


def test_the_tree_is_run_slot_node_and_call_or_job(traced: Traced) -> None:
    receiver = traced.receiver
    (root,) = (span for span in receiver.spans if not span.parent)
    assert traced.told == [f"traces: {len(receiver.spans)} spans went to {receiver.url}/v1/traces"]
    assert (root.name, receiver.services) == ("run verified_math", {"proofset"})
    assert {span.trace for span in receiver.spans} == {root.trace}
    slots = receiver.children(root)
    assert [span.name for span in slots] == ["slot 0", "slot 1"]
    nodes = receiver.children(slots[0])
    solved = ["solver", "verifier"]
    assert [span.name for span in nodes] == [
        *("proposer", "novelty_gate", *solved, "rephraser", *solved, "commit")
    ]
    assert [len(receiver.children(node)) for node in nodes if node.name == "solver"] == [2, 2]
    assert {job.name for job in receiver.children(nodes[3])} == {"sandbox math"}
    for span in receiver.spans:
        for child in receiver.children(span):
            assert span.start <= child.start <= child.end <= span.end
    assert not any(span.failed for span in receiver.spans)


def test_workers_make_the_same_tree(traced: Traced, receiver: Receiver, tmp_path: Path) -> None:
    run(verified(tmp_path, "b", trace=receiver.url, workers=2))
    roots = [next(span for span in one.spans if not span.parent) for one in (traced.receiver, receiver)]
    assert shape(receiver, roots[1]) == shape(traced.receiver, roots[0])


def test_spans_say_model_tokens_role_and_hash_and_no_text(traced: Traced) -> None:
    receiver, order, _ = traced
    call = receiver.named("chat verified.jsonl")[0].attributes
    assert call["openinference.span.kind"] == "LLM"
    assert call["gen_ai.operation.name"] == "chat"
    assert call["gen_ai.request.model"] == call["llm.model_name"] == "verified.jsonl"
    assert call["gen_ai.agent.name"] == "proposer"
    assert call["gen_ai.usage.input_tokens"] == call["llm.token_count.prompt"] > 0
    assert call["gen_ai.usage.output_tokens"] == call["llm.token_count.completion"] > 0
    assert call["gen_ai.response.finish_reasons"] == ["stop"]
    assert (len(call["proofset.prompt.sha256"]), call["proofset.replayed"]) == (64, False)
    slot = receiver.named("slot 0")[0].attributes
    (kept, *_) = map(json.loads, (order.out / "records.jsonl").read_text().splitlines())
    assert (slot["proofset.settlement"], slot["proofset.record.id"]) == ("kept", kept["id"])
    verifier = receiver.named("verifier")[0]
    assert verifier.attributes["openinference.span.kind"] == "EVALUATOR"
    assert verifier.attributes["proofset.verdict"] == "accept"
    checks = {event["gen_ai.evaluation.name"]: event for event in verifier.events}
    assert checks["problem_prints"]["gen_ai.evaluation.score.label"] == "pass"
    job = receiver.named("sandbox math")[0].attributes
    assert (job["openinference.span.kind"], job["proofset.job.kind"]) == ("TOOL", "ok")
    sent = b"".join(receiver.bodies)
    words = problem(0)["problem"].split()[:4]
    assert not any(word.encode() in sent for word in words)
    assert b"rows * each" not in sent


def check_names(receiver: Receiver) -> None:
    """They are those of the conventions."""
    from opentelemetry.semconv._incubating.attributes import gen_ai_attributes as known

    names = {name for span in receiver.spans for name in span.attributes if name.startswith("gen_ai.")}
    assert names <= {value for name, value in vars(known).items() if name.startswith("GEN_AI_")}
    rest = {name.split(".")[0] for span in receiver.spans for name in span.attributes}
    assert rest == {"gen_ai", "openinference", "llm", "session", "tool", "input", "output", "proofset"}


def test_texts_are_sent_where_they_are_asked_for_and_secrets_never(
    receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, needs_sandbox: None
) -> None:
    # A model may have come by one, and say it.
    secret = f"{problem(0)['problem'].split()[0]} {problem(0)['problem'].split()[1]}"
    monkeypatch.setenv("SOME_API_KEY", secret)
    run(verified(tmp_path, "a", trace=receiver.url, trace_text=True))
    call = receiver.named("chat verified.jsonl")[0].attributes
    assert "[secret]" in call["output.value"]
    assert json.loads(call["gen_ai.output.messages"])[0]["parts"][0]["content"] == call["output.value"]
    assert call["llm.input_messages.0.message.role"] == "system"
    assert any("rows * each" in job.attributes["input.value"] for job in receiver.named("sandbox math"))
    assert secret.encode() not in b"".join(receiver.bodies)
    check_names(receiver)


def test_whole_slots_are_drawn_by_their_number(
    receiver: Receiver, tmp_path: Path, scripted_run: None
) -> None:
    order = small(tmp_path, trace=receiver.url, trace_share=0.3)
    run(order)
    drawn = [slot for slot in range(N) if Tracing(order.config).drawn(slot)]
    assert 0 < len(drawn) < N
    (root,) = receiver.named("run verified_math")
    assert [span.attributes["proofset.slot"] for span in receiver.children(root)] == drawn
    assert Counter(span.name for span in receiver.spans)["commit"] == len(drawn)
    assert {span.attributes.get("proofset.slot") for span in receiver.spans} == {None, *drawn}


class CountsHandlers(TrustingVerifier):
    """A verifier that looks who listens."""

    def __init__(self) -> None:
        self.seen: dict[int, int] = {}

    async def __call__(self, state: Any) -> dict[str, Any]:
        from langgraph.config import get_config

        callbacks: Any = get_config()["callbacks"]
        self.seen[state["slot"]] = len(callbacks.handlers)
        return await super().__call__(state)


def test_slots_that_are_not_drawn_go_without_callbacks(
    tmp_path: Path, scripted_run: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LANGSMITH_TRACING", raising=False)
    verifier = CountsHandlers()
    order = small(tmp_path, trace=str(tmp_path / "t.jsonl"), trace_share=0.3, agents={})
    order.agents = {"verifier": verifier}
    run(order)
    assert verifier.seen == {slot: int(Tracing(order.config).drawn(slot)) for slot in range(N)}


def test_a_traced_run_keeps_the_same(receiver: Receiver, tmp_path: Path, scripted_run: None) -> None:
    run(small(tmp_path, "plain"))
    run(small(tmp_path, "traced", trace=receiver.url))
    assert files(tmp_path / "plain") == files(tmp_path / "traced")
    assert len(receiver.named("commit")) == N


@pytest.mark.parametrize("workers", [1, 2])
def test_a_collector_that_is_not_there_ends_in_one_line(
    tmp_path: Path, scripted_run: None, workers: int
) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        (said,) = run(small(tmp_path, "traced", trace=url, workers=workers))
    assert said.startswith(f"traces: 0 spans went to {url}/v1/traces, ")
    assert int(said.split(", ")[1].split()[0]) > 5 * N
    run(small(tmp_path, "plain"))
    assert files(tmp_path / "plain") == files(tmp_path / "traced")


def test_a_collector_that_never_answers_holds_up_nothing(tmp_path: Path, scripted_run: None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        (said,) = run(small(tmp_path, trace=url))
    assert "0 spans went to" in said
    assert said.endswith("were lost")


def test_the_command_prints_no_warning_of_the_exporter(tmp_path: Path, scripted_run: None) -> None:
    small(tmp_path)
    (tmp_path / "run.yaml").write_text(
        "settings: {n_attempts: 2, other_numbers: false, other_words: false}\n"
    )
    asked = [
        *("run", "verified_math", "--n", "3", "--config", str(tmp_path / "run.yaml")),
        *(
            "--model",
            f"scripted:{tmp_path / 's.jsonl'}",
            "--agent",
            "verifier=scripted_math:TrustingVerifier",
        ),
        *("--out", str(tmp_path / "cli"), "--trace", "http://127.0.0.1:9", "--trace-sample", "1"),
    ]
    done = subprocess.run(
        [sys.executable, "-m", "proofset", *asked], check=True, capture_output=True, text=True
    )
    lines = [line for line in done.stderr.splitlines() if "127.0.0.1:9" in line]
    assert len(lines) == 1
    assert "Traceback" not in done.stderr
    assert "ransient" not in done.stderr


def test_a_file_holds_otlp_in_json_from_all_workers(tmp_path: Path, scripted_run: None) -> None:
    path = tmp_path / "traces.jsonl"
    run(small(tmp_path, trace=str(path), workers=2))
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    spans = [
        span
        for line in lines
        for resource in line["resourceSpans"]
        for scope in resource["scopeSpans"]
        for span in scope["spans"]
    ]
    assert Counter(span["name"] for span in spans)["commit"] == N
    assert {len(span["traceId"]) for span in spans} == {32}
    known = {span["spanId"] for span in spans}
    assert len(known) == len(spans)
    assert [span["name"] for span in spans if span.get("parentSpanId") not in known] == ["run verified_math"]


def test_the_variables_of_opentelemetry_name_a_collector(
    receiver: Receiver, tmp_path: Path, scripted_run: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.url)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20abc")
    monkeypatch.setenv("OTEL_SERVICE_NAME", "mine")
    (said,) = run(small(tmp_path))
    assert said.endswith(f" spans went to {receiver.url}")
    assert receiver.services == {"mine"}
    assert {headers["authorization"] for headers in receiver.headers} == {"Bearer abc"}
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    assert run(small(tmp_path, "off")) == []


def test_nothing_is_loaded_where_nobody_asks(tmp_path: Path, scripted_run: None) -> None:
    small(tmp_path)
    code = (
        "import sys, asyncio\nfrom pathlib import Path\nfrom scripted_file import *\n"
        "from proofset.engine.execute import execute\n"
        f"script, out = Path({str(tmp_path / 's.jsonl')!r}), Path({str(tmp_path / 'o')!r})\n"
        "asyncio.run(execute(scripted_order(script, out, 2, None), lambda event: None))\n"
        "mine = ('proofset.engine.spans.', 'opentelemetry.exporter')\n"
        "print(sorted(name for name in sys.modules if name.startswith(mine)))"
    )
    clean = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=clean)
    # LangSmith's client looks at OpenTelemetry itself, where that is installed.
    assert done.stdout.strip() == "['proofset.engine.spans.opening', 'proofset.engine.spans.where']"


@pytest.mark.parametrize(
    ("trace", "error"),
    [
        ("grpc://h:4317", "trace grpc://h:4317: give http://HOST:PORT of a collector"),
        ("http://", "trace http://: give http://HOST:PORT"),
        (
            "http://me:pw@h:1",
            "trace http://h:1: it would be written down with its secret; put that into OTEL_",
        ),
        ("https://h/?key=1", "trace https://h/: it would be written down"),
        ("nowhere/t.jsonl", "nowhere/t.jsonl: there is no directory"),
    ],
)
def test_a_wrong_place_is_told_before_anything_is_written(tmp_path: Path, trace: str, error: str) -> None:
    order = small(tmp_path, trace=trace)
    with pytest.raises(UsageError) as wrong:
        run(order)
    assert error in str(wrong.value)
    assert "pw" not in str(wrong.value)
    assert not order.out.exists()


def test_without_the_extra_one_line_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http", None)
    with pytest.raises(UsageError, match=r"is not installed; pip install 'proofset\[trace\]'"):
        run(small(tmp_path, trace="t.jsonl"))


def test_a_full_queue_loses_spans_and_waits_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

    from proofset.engine.spans import sending

    monkeypatch.setattr(sending, "_MOST_WAITING", 10)
    monkeypatch.setattr(sending, "_MOST_AT_ONCE", 5)
    let_go, took = threading.Event(), threading.Event()

    class Slow(SpanExporter):
        def export(self, spans: Any) -> SpanExportResult:
            took.set()
            let_go.wait()
            return SpanExportResult.SUCCESS

    provider, sender = TracerProvider(shutdown_on_exit=False), sending.Sender(Slow())
    provider.add_span_processor(sender)
    tracer = provider.get_tracer("test")
    for _ in range(5):
        tracer.start_span("taken").end()
    took.wait()
    for _ in range(40):
        tracer.start_span("more").end()
    let_go.set()
    sent = sender.close()
    assert (sent.ended, sent.arrived, sent.lost) == (45, 15, 30)


def test_the_benchmark_measures_every_mode(scripted_run: None) -> None:
    benchmark = Path(__file__).parent.parent / "benchmarks" / "traces.py"
    asked = [sys.executable, str(benchmark), "--slots", "5", "--rounds", "1"]
    printed = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.splitlines()
    assert [line.split("  ")[0] for line in printed] == ["traced", "off", "1 %", "100 %"]
    assert printed[3].endswith(" spans went")
