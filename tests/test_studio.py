"""LangGraph's server serves every graph: forms, drawing, streamed runs, interrupts, wrong input."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest
from scripted_back import back_rows, corpus_at
from scripted_code import replies as code_replies
from scripted_constitution import constitution_rows
from scripted_evol import evol_rows, evolved
from scripted_flywheel import draft_of, item_of, marks, pair_row, traffic_at
from scripted_instruct import rows
from scripted_math import script_rows
from studio_server import Server, descendants, is_alive, studio_server

from proofset.agents import ROLES
from proofset.agents.telling import CheckTold
from proofset.errors import SandboxUnavailableError
from proofset.models import Call
from proofset.tools.sandbox import open_sandbox

ROOT = Path(__file__).resolve().parent.parent
GRAPHS = list(json.loads((ROOT / "langgraph.json").read_text())["graphs"])
SLOT = 4
pytestmark = pytest.mark.studio


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    pytest.importorskip("langgraph_api", reason="needs the extra `studio`")
    try:
        open_sandbox()
    except SandboxUnavailableError as error:
        pytest.skip(str(error))
    with studio_server(tmp_path_factory.mktemp("studio")) as started:
        yield started


class Scripted(NamedTuple):
    """A run of one graph: what its models reply, the nodes that it goes through, and a check of it."""

    rows: list[dict[str, Any]]
    nodes: list[str]
    check: tuple[str, str, str]
    risk: str
    context: Mapping[str, Any] = MappingProxyType({})


def code_rows(slot: int) -> list[dict[str, Any]]:
    respond = code_replies()
    return [
        {
            "role": role,
            "slot": slot,
            "reply": [respond(Call(role, slot, 1, sample), "") for sample in range(4)],
        }
        for role in ROLES
    ]


_GATED = ["proposer", "novelty_gate"]
_SOLVED = ["solver", "verifier"]
_DRAFTED = ["reviser", "compare", "review"]
# What a judge is shown beside it, is kept by a script that does not look.
_NO_CANARY = {"judge_canary_share": 0.0}
SCRIPTED = {
    "self_instruct": Scripted(
        rows(SLOT, "kept label"),
        [*_GATED, "classifier", *_SOLVED, "judge", "commit"],
        ("verifier", "form_as_asked", "pass"),
        "style",
        _NO_CANARY,
    ),
    "evol_instruct": Scripted(
        evol_rows(SLOT),
        ["proposer", *["evolver", "critic", *_SOLVED, "pool"] * 4, "novelty_gate", "judge", "commit"],
        ("judge", "judge_opinion", "pass"),
        "style",
        _NO_CANARY,
    ),
    "backtranslation": Scripted(
        back_rows(),
        # Nothing is kept before it that a second scoring could compare with.
        ["segment", "proposer", "critic", "novelty_gate", *_SOLVED, "judge", "iteration", "commit"],
        ("critic", "gives_nothing_away", "pass"),
        "backtranslation",
        _NO_CANARY,
    ),
    "constitutional": Scripted(
        constitution_rows(SLOT),
        [*_GATED, "solver", "critic", "reviser", *["critic"] * 2, "verifier", "judge", "commit"],
        ("judge", "pair_preference", "pass"),
        # A question of how something works is one of fact.
        "unverified_factual",
    ),
    "flywheel": Scripted(
        [
            pair_row(),
            {"role": "judge", "reply": marks(3, "It does not say why.")},
            {"role": "reviser", "reply": {"revision": draft_of(0)}},
        ],
        ["intake", "filter", "perplexity", "novelty_gate", "judge", "triage", *_DRAFTED, "commit"],
        ("filter", "exchange_is_fit", "pass"),
        "traffic",
        _NO_CANARY,
    ),
    "verified_math": Scripted(
        script_rows(SLOT),
        # No judge: the settings name no minimum for one.
        [*_GATED, *_SOLVED, "rephraser", *_SOLVED, "commit"],
        ("verifier", "problem_prints", "pass"),
        "verified",
        {"n_attempts": 1},
    ),
    "verified_code": Scripted(
        code_rows(SLOT),
        [*_GATED, "tester", *_SOLVED, "commit"],
        ("verifier", "solution_passes_tests", "pass"),
        "verified",
        {"n_attempts": 1},
    ),
}


def context_of(graph: str, directory: Path) -> dict[str, Any]:
    """The context of its scripted run."""
    script = directory / "s.jsonl"
    script.write_text("".join(json.dumps(row) + "\n" for row in SCRIPTED[graph].rows))
    context = {"models": {"default": f"scripted:{script}"}, **SCRIPTED[graph].context}
    if graph == "backtranslation":
        context["corpus"] = corpus_at(directory / "corpus", ["kept text"])
    if graph == "flywheel":
        context["traffic"] = traffic_at(directory / "traffic", ["fixable"] * (SLOT + 1))
    return context


def test_every_graph_has_a_scripted_run() -> None:
    assert sorted(SCRIPTED) == sorted(GRAPHS), "give the new graph a run in SCRIPTED"


@pytest.mark.parametrize("graph", GRAPHS)
def test_forms_have_defaults_limits_and_help(server: Server, graph: str) -> None:
    assert server.assistant(graph)["description"]
    schemas = server.get(graph, "schemas")
    fields = schemas["input_schema"]["properties"]
    assert (fields["slot"]["default"], fields["slot"]["minimum"]) == (0, 0)
    assert all(field["description"] and "default" in field for field in fields.values())
    settings = schemas["context_schema"]["properties"]
    assert next(iter(settings)) == "models"
    assert settings["n_attempts"]["default"] == 5
    assert settings["judge_model"]["langgraph_nodes"] == ["judge"]
    assert settings["novelty_threshold"]["langgraph_nodes"] == ["novelty_gate"]
    assert "zygote-ns" in json.dumps(settings["sandbox"])


@pytest.mark.parametrize("graph", GRAPHS)
def test_every_graph_draws_with_the_nodes_that_its_form_names(server: Server, graph: str) -> None:
    drawn = server.get(graph, "graph", xray=True)
    nodes = {node["id"] for node in drawn["nodes"]}
    assert set(SCRIPTED[graph].nodes) <= nodes
    settings = server.get(graph, "schemas")["context_schema"]["properties"]
    assert {node for field in settings.values() for node in field.get("langgraph_nodes", ())} <= nodes
    # Each node is reached, and leads on.
    edges = [(edge["source"], edge["target"]) for edge in drawn["edges"]]
    assert {source for source, _ in edges} == nodes - {"__end__"}
    assert {target for _, target in edges} == nodes - {"__start__"}


@pytest.mark.parametrize("graph", GRAPHS)
def test_a_run_streams_its_nodes_and_checks(server: Server, tmp_path: Path, graph: str) -> None:
    told = server.stream(graph, context_of(graph, tmp_path), input={"slot": SLOT})
    assert told.errors == []
    assert told.nodes == SCRIPTED[graph].nodes
    assert SCRIPTED[graph].check in told.outcomes
    assert ("novelty_gate", "novelty", "pass") in told.outcomes
    assert all(
        set(check) == set(CheckTold.__annotations__) and check["slot"] == SLOT for check in told.checks
    )
    last = told.updates[-1][1]
    assert last["settlement"] == "kept"
    assert last["record"]["risk"] == SCRIPTED[graph].risk
    # All that the record's verdict rests on was told.
    held = {evidence["check"] for evidence in last["record"]["verdict"]["evidence"]}
    assert held <= {check["check"] for check in told.checks}


_Wrong = tuple[dict[str, Any], dict[str, Any], str]
_WRONG_SLOT: _Wrong = ({"slot": -1}, {}, "input: slot: Input should be greater than or equal to 0, got '-1'")
_WRONG_NUMBER: _Wrong = (
    {"slot": 1},
    {"n_attempts": 0},
    "context: n_attempts: Input should be greater than or equal to 1",
)
_WRONG: list[_Wrong] = [
    ({"slot": "x"}, {}, "input: slot: Input should be a valid integer"),
    ({"slot": 1}, {"sandbox": "none"}, "context: sandbox: Input should be 'zygote-ns', "),
    ({"slot": 1}, {"models": {"default": "no:spec"}}, "no:spec"),
    ({"slot": 1}, {"seeds": "no.jsonl"}, "no.jsonl: No such file or directory"),
]


@pytest.mark.parametrize(
    ("graph", "given", "context", "error"),
    [
        *((graph, *wrong) for graph in GRAPHS for wrong in (_WRONG_SLOT, _WRONG_NUMBER)),
        *(("verified_math", *wrong) for wrong in _WRONG),
    ],
)
def test_what_is_wrong_is_told_in_one_line(
    server: Server, tmp_path: Path, graph: str, given: dict[str, Any], context: dict[str, Any], error: str
) -> None:
    told = server.stream(graph, context_of(graph, tmp_path) | context, input=given)
    (wrong,) = told.errors
    assert wrong["error"] == "UsageError"
    assert error in wrong["message"]
    assert len(wrong["message"].splitlines()) == 1
    assert told.checks == []


def test_a_model_of_one_role_comes_before_that_of_all(server: Server, tmp_path: Path) -> None:
    context = context_of("verified_math", tmp_path)
    other = tmp_path / "other.jsonl"
    other.write_text((tmp_path / "s.jsonl").read_text())
    context["solver_model"] = f"scripted:{other}"
    told = server.stream("verified_math", context, input={"slot": SLOT})
    models = told.updates[-1][1]["record"]["lineage"]["models"]
    assert models["solver"] == f"scripted:{other}"
    assert models["proposer"] == context["models"]["default"]


def test_a_check_point_interrupts_and_is_answered(server: Server, tmp_path: Path) -> None:
    context = context_of("evol_instruct", tmp_path) | {"checkpoint_every": 2}
    thread = server.http.post("/threads", json={}).json()["thread_id"]

    def go_on(**given: Any) -> Any:
        return server.stream("evol_instruct", context, thread=thread, **given)

    (asked,) = go_on(input={"slot": SLOT}).interrupts
    (shown,) = asked["value"]
    assert shown["action_request"]["action"] == "review_instruction"
    assert shown["action_request"]["args"]["instruction"] == evolved(SLOT, 1)
    assert shown["config"]["allow_edit"]
    mended = {"action": "review_instruction", "args": {"instruction": "Praise a heron in plain words."}}
    (again,) = go_on(command={"resume": [{"type": "edit", "args": mended}]}).interrupts
    ancestors = again["value"][0]["action_request"]["args"]["ancestors"]
    assert ancestors[3] == "Praise a heron in plain words."
    done = go_on(command={"resume": [{"type": "accept", "args": None}]})
    last = done.updates[-1][1]
    assert last["settlement"] == "kept"
    assert last["record"]["lineage"]["operators"][2] == "human_edit"


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
    server: Server, tmp_path: Path, answer: dict[str, Any], grade: str | None, chosen: str | None
) -> None:
    """The four answers of a HumanResponse, and what becomes of each."""
    context = context_of("flywheel", tmp_path) | {"review": "interrupt"}
    context["traffic"] = traffic_at(tmp_path / "one", ["fixable"])
    thread = server.http.post("/threads", json={}).json()["thread_id"]

    def go_on(**given: Any) -> Any:
        return server.stream("flywheel", context, thread=thread, **given)

    (asked,) = go_on(input={"slot": 0}).interrupts
    (shown,) = asked["value"]
    assert shown["action_request"]["action"] == "review_answer"
    assert shown["action_request"]["args"]["answered"] == item_of(0, "fixable").output
    assert shown["action_request"]["args"]["output"] == draft_of(0)
    assert shown["config"]["allow_respond"]
    last = go_on(command={"resume": [answer]}).updates[-1][1]
    if grade is None:
        state = server.http.get(f"/threads/{thread}/state").json()["values"]
        assert (state["record"], state["rejections"][0]["reason"]) == (None, "It is rude.")
        return
    assert last["record"]["verdict"]["grade"] == grade
    if chosen is not None:
        assert (last["record"]["chosen"], last["record"]["rejected"]) == (chosen, draft_of(0))


def test_it_closes_what_it_opened(server: Server) -> None:
    # The last of these tests: the server is gone after it.
    opened = descendants(server.process.pid)
    assert len(opened) > 1
    # Before it, the log has what the wrong inputs were.
    before = len(server.log.read_text())
    server.process.terminate()
    assert server.process.wait(60) == 0
    assert [pid for pid in opened if is_alive(pid)] == []
    assert "Traceback" not in server.log.read_text()[before:]
