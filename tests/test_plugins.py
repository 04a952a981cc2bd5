"""Plug-ins: listed without being loaded, loaded by name, and told by package where they cannot be used."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_packages import write_package
from released import made
from scripted_file import files, scripted_order

from proofset import plugins
from proofset.cli import main
from proofset.engine import execute
from proofset.engine.plug import load_agents
from proofset.errors import ProofsetError, SandboxUnavailableError, UsageError
from proofset.graphs import find_graph, graph_plugins, load_graph
from proofset.memory.novelty.semantic import open_embedder
from proofset.plugins import Kind
from proofset.records import Evidence, EvidenceKind, Outcome, Record, Verdict
from proofset.release.exporters import formats, rows_of
from proofset.tools.sandbox import open_sandbox, probe_backends

LOUD = "raise RuntimeError('loaded')"
EVERY_KIND = {kind.value: {"loud": "loud_module:thing"} for kind in Kind}


def a_record() -> Record:
    opinion = Evidence(
        kind=EvidenceKind.JUDGE, check="heard", claim="it is good", outcome=Outcome.PASS, basis="test"
    )
    return made("self_instruct", 1, "Praise the sea, please.", "It is blue.", Verdict.accept([opinion]))


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory whose packages are installed; what they load is forgotten afterwards."""
    monkeypatch.syspath_prepend(tmp_path)
    before = set(sys.modules)
    load_graph.cache_clear()
    yield tmp_path
    for name in set(sys.modules) - before:
        if str(tmp_path) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]
    load_graph.cache_clear()


def test_listing_loads_nothing(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_package(place, "loud-pack", EVERY_KIND, {"loud_module": LOUD})
    for kind in Kind:
        (found,) = plugins.installed(kind)
        assert (found.name, found.source, found.target) == ("loud", "loud-pack 1.2", "loud_module:thing")
    assert [info.name for info in graph_plugins()] == ["loud"]
    assert "loud" in formats()
    main_of("graphs")
    assert "loud                 plug-in of loud-pack 1.2 (loud_module:thing)" in capsys.readouterr().out
    assert "loud_module" not in sys.modules


def main_of(*arguments: str | Path) -> int:
    """The exit code of a command."""
    with pytest.raises(SystemExit) as ended:
        main([str(one) for one in arguments])
    return int(ended.value.code or 0)


def of_each_kind(name: str) -> list[Any]:
    return [
        lambda: load_agents({"judge": name}),
        lambda: load_graph(name),
        lambda: open_sandbox(name),
        lambda: open_embedder(name),
        lambda: list(rows_of(name)(a_record())),
    ]


@pytest.mark.parametrize("number", range(5), ids=[kind.value for kind in Kind])
def test_one_that_fails_to_load_names_its_package(place: Path, number: int) -> None:
    write_package(place, "loud-pack", EVERY_KIND, {"loud_module": LOUD})
    with pytest.raises(UsageError, match=r"of loud-pack 1\.2 does not load \(RuntimeError: loaded\)"):
        of_each_kind("loud")[number]()


@pytest.mark.parametrize("number", range(5), ids=[kind.value for kind in Kind])
def test_two_packages_with_one_name_are_both_named(place: Path, number: int) -> None:
    for name in ("one-pack", "two-pack"):
        write_package(place, name, EVERY_KIND, {"loud_module": LOUD})
    with pytest.raises(UsageError, match=r"one-pack 1\.2 \(loud_module:thing\) and two-pack 1\.2"):
        of_each_kind("loud")[number]()


@pytest.mark.parametrize("number", range(5), ids=[kind.value for kind in Kind])
def test_an_unknown_name_lists_what_there_is(place: Path, number: int) -> None:
    write_package(place, "loud-pack", EVERY_KIND, {"loud_module": LOUD})
    with pytest.raises(UsageError, match="loud"):
        of_each_kind("laud")[number]()


def test_our_own_names_are_not_shadowed(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = {
        "graphs": {"verified_math": "loud_module:build"},
        "sandboxes": {"zygote-ns": "loud_module:thing"},
        "embedders": {"wordllama": "loud_module:thing"},
        "exporters": {"alpaca": "loud_module:thing"},
    }
    write_package(place, "rude-pack", own, {"loud_module": LOUD})
    assert find_graph("verified_math").module == "proofset.graphs.verified_math"
    assert graph_plugins() == ()
    assert [row["id"] for row in rows_of("alpaca")(a_record())] == [a_record().id]
    assert formats().count("alpaca") == 1
    probe_backends("zygote-ns")
    assert "loud_module" not in sys.modules
    main_of("doctor")
    told = capsys.readouterr().out
    assert told.count("hidden by proofset's own of that name") == 4


def test_a_graph_by_its_name_has_what_a_graph_needs(place: Path) -> None:
    graphs = {"good": "pack_graph:build", "bare": "pack_bare:build", "module": "pack_graph"}
    good = "from proofset.graphs.verified_math import TASK, build\n"
    write_package(place, "pack", {"graphs": graphs}, {"pack_graph": good, "pack_bare": "def build(): ...\n"})
    assert load_graph("good").task.method == "verified_math"
    assert load_graph("module").build is load_graph("good").build
    with pytest.raises(UsageError, match=r"graph bare: pack_bare of pack 1\.2 has no TASK"):
        load_graph("bare")


@pytest.mark.usefixtures("scripted_run")
@pytest.mark.parametrize("workers", [1, 2])
async def test_an_agent_and_a_graph_by_their_names_run_as_by_their_modules(
    place: Path, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_package(
        place,
        "pack",
        {"graphs": {"mine": "pack_graph:build"}, "agents": {"trusting": "scripted_math:TrustingVerifier"}},
        {"pack_graph": "from proofset.graphs.verified_math import TASK, build\n"},
    )
    monkeypatch.setenv(
        "PYTHONPATH", f"{place}:{Path(__file__).parent}:{Path(__file__).parent.parent / 'src'}"
    )
    for name, options in (
        ("plain", {}),
        ("named", {"graph": "mine", "agents": {"verifier": "trusting"}, "workers": workers}),
    ):
        order = scripted_order(place / "s.jsonl", place / name, 6, lambda slot, attempt: "good", **options)
        await execute(order, lambda event: None)
    assert files(place / "named") == files(place / "plain")


AGENTS = """
from langchain_core.runnables import RunnableLambda
from langgraph.graph import END, START, StateGraph
from proofset.agents import State, refuse

def no(state):
    return refuse(state, stage="judge", code="mine", reason="I said no")

async def function(state):
    return no(state)

class Object:
    async def __call__(self, state):
        return no(state)

async def _no(state):
    return no(state)

runnable = RunnableLambda(_no)

_graph = StateGraph(State)
_graph.add_node("says", function)
_graph.add_edge(START, "says")
_graph.add_edge("says", END)
subgraph = _graph.compile()
an_object = Object()
"""


@pytest.mark.usefixtures("scripted_run")
@pytest.mark.parametrize("form", ["no", "function", "Object", "an_object", "runnable", "subgraph"])
async def test_every_form_of_agent_serves(place: Path, form: str) -> None:
    write_package(place, "pack", {"agents": {"mine": f"pack_agents:{form}"}}, {"pack_agents": AGENTS})
    order = scripted_order(
        place / "s.jsonl",
        place / "run",
        2,
        lambda slot, attempt: "good",
        agents={"verifier": "scripted_math:TrustingVerifier", "judge": "mine"},
    )
    summary = await execute(order, lambda event: None)
    assert (summary.kept, summary.reasons) == (0, {"judge: mine": 4})


SANDBOXES = """
from proofset.tools.sandbox import Job, Joined, Result, ExitKind

class Careless:
    name, layers, joins, scratch = "careless", (), False, False
    async def run(self, job):
        if "ready" in job.source:
            return Result(ExitKind.OK, 0, "ready\\n", "", 0.0, 0.0, self.name, ())
        return Result(ExitKind.OK, 0, "everything is permitted", "", 0.0, 0.0, self.name, ())
    async def run_joined(self, first, second):
        return Joined(await self.run(first), await self.run(second))
    async def close(self):
        pass

def careless(concurrency=None):
    return Careless()

def borrowed(concurrency=None):
    from proofset.tools.sandbox.zygote import ZygoteSandbox
    return ZygoteSandbox(namespaces=True, concurrency=concurrency)

def broken(concurrency=None):
    raise OSError("no licence")

def number(concurrency=None):
    return 7
"""


def test_a_sandbox_of_others_is_held_to_the_kit(place: Path, needs_sandbox: None) -> None:
    names = {name: f"pack_sandboxes:{name}" for name in ("careless", "borrowed", "broken", "number")}
    write_package(place, "pack", {"sandboxes": names}, {"pack_sandboxes": SANDBOXES})
    with pytest.raises(SandboxUnavailableError, match="jobs run, but not as they must"):
        open_sandbox("careless")
    with pytest.raises(SandboxUnavailableError, match=r"of pack 1\.2 gives nothing \(OSError: no licence\)"):
        open_sandbox("broken")
    with pytest.raises(SandboxUnavailableError, match=r"of pack 1\.2 gives a int, which is no Sandbox"):
        open_sandbox("number")
    assert open_sandbox("borrowed", concurrency=1).name == "zygote-ns"
    # Never of its own accord: only where it is named.
    assert all(probe.backend not in names for probe in probe_backends())


EMBEDDERS = """
import numpy as np

class Lengths:
    name, dim = "lengths", 2
    def embed(self, texts):
        rows = np.array([[len(text), 1] for text in texts], np.float32).reshape(-1, 2)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)
"""


def test_an_embedder_by_its_name(place: Path) -> None:
    names = {"lengths": "pack_embedders:Lengths", "none": "builtins:dict"}
    write_package(place, "pack", {"embedders": names}, {"pack_embedders": EMBEDDERS})
    opened = open_embedder("lengths")
    assert (opened.name, opened.embed(["abc"]).dtype.name) == ("lengths", "float32")
    with pytest.raises(UsageError, match=r"of pack 1\.2 gives a dict, which is no Embedder"):
        open_embedder("none")


EXPORTERS = """
import math

def rows(record):
    yield {"question": record.instruction, "answer": record.output}

def fails(record):
    raise KeyError("answer")

def nan(record):
    yield {"score": math.nan}

def renamed(record):
    yield {"id": "mine", "text": record.output}

def text(record):
    yield record.output
"""


@pytest.fixture
def exporters(place: Path) -> Path:
    names = {
        name: f"pack_exporters:{name}" for name in ("rows", "nothing", "fails", "nan", "renamed", "text")
    }
    return write_package(place, "pack", {"exporters": names}, {"pack_exporters": EXPORTERS})


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("fails", r"the exporter of pack 1\.2 fails on record .* \(KeyError: 'answer'\)"),
        ("nan", r"the exporter of pack 1\.2 fails on record .* \(ValueError"),
        ("text", r"a row is a dict, not a str"),
        ("renamed", "or another id; leave both to proofset"),
    ],
)
def test_an_exporter_that_gives_no_rows_ends_the_export(exporters: Path, name: str, message: str) -> None:
    with pytest.raises(ProofsetError, match=message):
        list(rows_of(name)(a_record()))


@pytest.mark.parametrize("single", [True, False])
def test_an_export_in_a_format_of_others_is_verified_by_it(
    exporters: Path, single: bool, needs_sandbox: None, capsys: pytest.CaptureFixture[str]
) -> None:
    data, out = exporters / "data.jsonl", exporters / ("rows.jsonl" if single else "set")
    data.write_text(a_record().model_dump_json() + "\n")
    assert main_of("export", data, "--format", "rows", "--out", out) == 0
    written = out if single else out / "train.jsonl"
    row = json.loads(written.read_text())
    assert row == {"id": a_record().id, "question": a_record().instruction, "answer": a_record().output}
    assert main_of("verify", out) == 0
    manifest = exporters / "rows.jsonl.manifest.json" if single else out / "manifest.json"
    exporter = {"format": "rows", "package": "pack", "version": "1.2"}
    assert json.loads(manifest.read_text())["exporter"] == exporter
    written.write_text(json.dumps({**row, "answer": "something else"}) + "\n")
    assert main_of("verify", out) == 1
    (exporters / "pack-1.2.dist-info/entry_points.txt").write_text("")
    capsys.readouterr()
    assert main_of("verify", out) == 2
    assert "which the package pack 1.2 makes: install it" in capsys.readouterr().err


def test_a_wrong_format_is_named_with_the_nearest(
    exporters: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main_of("export", exporters, "--format", "alpacca", "--out", exporters / "x") == 2
    assert "no format 'alpacca' (did you mean alpaca?)" in capsys.readouterr().err
    assert main_of("export", exporters / "none", "--format", "row", "--out", exporters / "x") == 2
    assert "did you mean rows?" in capsys.readouterr().err
