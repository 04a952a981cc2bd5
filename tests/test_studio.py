"""LangGraph's development server serves the graph: schemas, drawing, a streamed run, a wrong input."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from scripted_back import back_rows, corpus_at
from scripted_constitution import constitution_rows
from scripted_evol import evol_rows, evolved
from scripted_flywheel import draft_of, item_of, marks, traffic_at
from scripted_instruct import rows
from scripted_math import script_rows

from proofset.errors import SandboxUnavailableError
from proofset.tools.sandbox import open_sandbox

ROOT = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.studio


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    pytest.importorskip("langgraph_api", reason="needs the extra `studio`")
    try:
        open_sandbox()
    except SandboxUnavailableError as error:
        pytest.skip(str(error))
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    work = tmp_path_factory.mktemp("studio")
    # A directory of its own: the server leaves a state folder beside its config.
    config = json.loads((ROOT / "langgraph.json").read_text()) | {"dependencies": [str(ROOT)]}
    (work / "langgraph.json").write_text(json.dumps(config))
    environment = os.environ | {"LANGGRAPH_CLI_NO_ANALYTICS": "1", "LANGSMITH_TRACING": "false"}
    log = (work / "log").open("w")
    command = ["langgraph", "dev", "--no-browser", "--no-reload", "--port", str(port), "--host", "127.0.0.1"]
    child = subprocess.Popen(
        [str(Path(sys.executable).with_name(command[0])), *command[1:]],
        cwd=work,
        env=environment,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120, trust_env=False) as client:
            yield wait_until_up(client, child, work / "log")
    finally:
        child.terminate()
        child.wait(30)
        log.close()


def wait_until_up(client: httpx.Client, child: subprocess.Popen[bytes], log: Path) -> httpx.Client:
    import time

    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        assert child.poll() is None, log.read_text()[-3000:]
        try:
            if client.get("/ok", timeout=2).status_code == 200:
                return client
        except httpx.TransportError:
            time.sleep(0.2)
    raise AssertionError(log.read_text()[-3000:])


@pytest.fixture(scope="module")
def assistant(server: httpx.Client) -> str:
    (found,) = server.post("/assistants/search", json={"graph_id": "verified_math"}).json()
    identity: str = found["assistant_id"]
    return identity


@pytest.fixture
def context(tmp_path: Path) -> dict[str, Any]:
    rows = script_rows(4)
    script = tmp_path / "s.jsonl"
    script.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return {"models": {"default": f"scripted:{script}"}, "n_attempts": 1}


def test_schemas_are_forms(server: httpx.Client, assistant: str) -> None:
    schemas = server.get(f"/assistants/{assistant}/schemas").json()
    slot = schemas["input_schema"]["properties"]["slot"]
    assert (slot["default"], slot["minimum"]) == (0, 0)
    assert "topic" in slot["description"]
    settings = schemas["context_schema"]["properties"]
    assert settings["n_attempts"]["default"] == 5
    assert "models" in settings


def test_the_graph_draws(server: httpx.Client, assistant: str) -> None:
    drawn = server.get(f"/assistants/{assistant}/graph", params={"xray": True}).json()
    nodes = {node["id"] for node in drawn["nodes"]}
    assert {"proposer", "novelty_gate", "solver", "verifier", "critic", "reviser", "judge"} <= nodes


class Streamed(NamedTuple):
    """What a run told: its nodes in order, its checks with their outcomes, and the last update."""

    nodes: list[str]
    checks: list[tuple[str, str]]
    last: dict[str, Any]


def stream(server: httpx.Client, assistant: str, slot: int, context: dict[str, Any]) -> Streamed:
    request = {
        "assistant_id": assistant,
        "input": {"slot": slot},
        "context": context,
        "stream_mode": ["updates", "custom"],
    }
    told = Streamed([], [], {})
    with server.stream("POST", "/runs/stream", json=request) as response:
        event = ""
        for line in response.iter_lines():
            if line.startswith("event: "):
                event = line.removeprefix("event: ")
            elif line.startswith("data: "):
                data = json.loads(line.removeprefix("data: "))
                assert event != "error", data
                if event == "updates":
                    told.nodes.extend(data)
                    told.last.clear()
                    told.last.update(data)
                elif event == "custom":
                    told.checks.append((data["check"], data["outcome"]))
    return told


def test_a_run_streams_its_nodes_and_checks(
    server: httpx.Client, assistant: str, context: dict[str, Any]
) -> None:
    told = stream(server, assistant, 4, context)
    gated = ["proposer", "novelty_gate"]
    verified = ["solver", "verifier"]
    # No judge: the settings name no minimum for one.
    assert told.nodes == [*gated, *verified, "rephraser", *verified, "commit"]
    assert ("problem_prints", "pass") in told.checks
    assert told.last["commit"]["settlement"] == "kept"
    assert told.last["commit"]["record"]["answer"] == {"type": "integer", "value": "60"}


BACKWARDS = ["segment", "proposer", "critic", "novelty_gate"]
VERIFIED = ["verifier", "judge", "commit"]
ROUND = ["evolver", "critic", "solver", "verifier", "pool"]


@pytest.mark.parametrize(
    ("graph", "rows", "nodes", "check"),
    [
        (
            "self_instruct",
            rows(4, "kept label"),
            ["proposer", "novelty_gate", "classifier", "solver", "verifier", "judge", "commit"],
            ("form_as_asked", "pass"),
        ),
        (
            "evol_instruct",
            evol_rows(4),
            ["proposer", *ROUND * 4, "novelty_gate", "judge", "commit"],
            ("judge_opinion", "pass"),
        ),
        (
            "backtranslation",
            back_rows(),
            # Nothing is kept before it that a second scoring could compare with.
            [*BACKWARDS, "solver", "verifier", "judge", "iteration", "commit"],
            ("gives_nothing_away", "pass"),
        ),
        (
            "constitutional",
            constitution_rows(4),
            ["proposer", "novelty_gate", "solver", "critic", "reviser", *["critic"] * 2, *VERIFIED],
            ("pair_preference", "pass"),
        ),
    ],
)
def test_graphs_of_instructions_draw_and_stream(
    server: httpx.Client,
    tmp_path: Path,
    graph: str,
    rows: list[dict[str, Any]],
    nodes: list[str],
    check: tuple[str, str],
) -> None:
    (found,) = server.post("/assistants/search", json={"graph_id": graph}).json()
    assistant = found["assistant_id"]
    drawn = server.get(f"/assistants/{assistant}/graph", params={"xray": True}).json()
    assert set(nodes) <= {node["id"] for node in drawn["nodes"]}
    form = server.get(f"/assistants/{assistant}/schemas").json()
    assert form["input_schema"]["properties"]["slot"]["minimum"] == 0
    script = tmp_path / "s.jsonl"
    script.write_text("".join(json.dumps(row) + "\n" for row in rows))
    # Canaries are kept by a script that does not look.
    context: dict[str, Any] = {"models": {"default": f"scripted:{script}"}, "judge_canary_share": 0.0}
    if graph == "backtranslation":
        context["corpus"] = corpus_at(tmp_path / "corpus", ["kept text"])
    told = stream(server, assistant, 4, context)
    assert told.nodes == nodes
    assert check in told.checks
    assert told.last["commit"]["settlement"] == "kept"
    # A question of how something works is one of fact.
    risks = {"backtranslation": "backtranslation", "constitutional": "unverified_factual"}
    assert told.last["commit"]["record"]["risk"] == risks.get(graph, "style")


def test_a_check_point_interrupts_and_is_answered(server: httpx.Client, tmp_path: Path) -> None:
    (found,) = server.post("/assistants/search", json={"graph_id": "evol_instruct"}).json()
    script = tmp_path / "s.jsonl"
    script.write_text("".join(json.dumps(row) + "\n" for row in evol_rows(4)))
    asked = {
        "assistant_id": found["assistant_id"],
        "context": {
            "models": {"default": f"scripted:{script}"},
            "judge_canary_share": 0.0,
            "checkpoint_every": 2,
        },
    }
    thread = server.post("/threads", json={}).json()["thread_id"]

    def wait(**given: Any) -> dict[str, Any]:
        state: dict[str, Any] = server.post(f"/threads/{thread}/runs/wait", json=asked | given).json()
        return state

    (first,) = wait(input={"slot": 4})["__interrupt__"]
    (shown,) = first["value"]
    assert shown["action_request"]["action"] == "review_instruction"
    assert shown["action_request"]["args"]["instruction"] == evolved(4, 1)
    assert shown["config"]["allow_edit"]
    mended = {"action": "review_instruction", "args": {"instruction": "Praise a heron in plain words."}}
    (second,) = wait(command={"resume": [{"type": "edit", "args": mended}]})["__interrupt__"]
    ancestors = second["value"][0]["action_request"]["args"]["ancestors"]
    assert ancestors[3] == "Praise a heron in plain words."
    done = wait(command={"resume": [{"type": "accept", "args": None}]})
    assert done["settlement"] == "kept"
    assert done["record"]["lineage"]["operators"][2] == "human_edit"


@pytest.mark.parametrize(
    ("answer", "grade", "chosen"),
    [
        ({"type": "accept", "args": None}, "human", None),
        (
            {"type": "edit", "args": {"action": "review_answer", "args": {"output": "So it is."}}},
            "human",
            "So it is.",
        ),
        ({"type": "ignore", "args": None}, "judged", None),
        ({"type": "response", "args": "It is rude."}, None, None),
    ],
)
def test_the_flywheel_asks_a_person_about_an_answer(
    server: httpx.Client, tmp_path: Path, answer: dict[str, Any], grade: str | None, chosen: str | None
) -> None:
    """The four answers of a HumanResponse, and what becomes of each."""
    (found,) = server.post("/assistants/search", json={"graph_id": "flywheel"}).json()
    script = tmp_path / "s.jsonl"
    rows = [
        {"role": "judge", "reply": marks(3, "It does not say why.")},
        {"role": "reviser", "reply": {"revision": draft_of(0)}},
    ]
    script.write_text("".join(json.dumps(row) + "\n" for row in rows))
    asked = {
        "assistant_id": found["assistant_id"],
        "context": {
            "models": {"default": f"scripted:{script}"},
            "judge_canary_share": 0.0,
            "traffic": traffic_at(tmp_path / "traffic", ["fixable"]),
            "review": "interrupt",
        },
    }
    thread = server.post("/threads", json={}).json()["thread_id"]

    def wait(**given: Any) -> dict[str, Any]:
        state: dict[str, Any] = server.post(f"/threads/{thread}/runs/wait", json=asked | given).json()
        return state

    (stopped,) = wait(input={"slot": 0})["__interrupt__"]
    (shown,) = stopped["value"]
    assert shown["action_request"]["action"] == "review_answer"
    assert shown["action_request"]["args"]["answered"] == item_of(0, "fixable").output
    assert shown["action_request"]["args"]["output"] == draft_of(0)
    assert shown["config"]["allow_respond"]
    done = wait(command={"resume": [answer]})
    if grade is None:
        assert (done["record"], done["rejections"][0]["reason"]) == (None, "It is rude.")
        return
    assert done["record"]["verdict"]["grade"] == grade
    if chosen is not None:
        assert (done["record"]["chosen"], done["record"]["rejected"]) == (chosen, draft_of(0))


def test_a_wrong_input_is_refused(server: httpx.Client, assistant: str, context: dict[str, Any]) -> None:
    request = {"assistant_id": assistant, "input": {"slot": -1}, "context": context}
    answer = server.post("/runs/wait", json=request)
    assert "greater than or equal to 0" in answer.text
