"""What Studio is given, without its server: the list of graphs, forms and drawings, and the command."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from drawn_graphs import PAGE, drawn_page

from proofset.agents import Context, Settings
from proofset.agents import studio as in_studio
from proofset.agents.settings.nodes import NODES
from proofset.agents.studio import STUDIO
from proofset.cli import cli
from proofset.cli.studio import studio_config
from proofset.errors import UsageError
from proofset.graphs import GRAPHS, load_graph

ROOT = Path(__file__).resolve().parent.parent


def test_langgraph_json_is_what_the_command_serves() -> None:
    written = json.loads((ROOT / "langgraph.json").read_text())
    assert written == studio_config(["."])


def test_every_setting_says_which_nodes_it_steers() -> None:
    assert sorted(NODES) == sorted(Settings.model_fields), "name the new setting in agents/settings/nodes.py"
    nodes = {node for name in GRAPHS for node in load_graph(name).ready.get_graph().nodes}
    assert {node for steered in NODES.values() for node in steered} <= nodes


def test_every_setting_is_in_the_form_of_a_graph() -> None:
    shown = {field for name in GRAPHS for field in form_of(name)}
    assert set(Context.model_fields) <= shown


def form_of(graph: str) -> dict[str, Any]:
    schema: dict[str, Any] = load_graph(graph).ready.get_context_jsonschema()
    fields: dict[str, Any] = schema["properties"]
    return fields


@pytest.mark.parametrize("graph", GRAPHS)
def test_every_field_has_help_and_a_default(graph: str) -> None:
    fields = form_of(graph)
    assert [name for name, field in fields.items() if not field.get("description")] == []
    # The models' default is a factory's.
    assert [name for name, field in fields.items() if "default" not in field] == ["models"]


@pytest.mark.parametrize(
    ("graph", "has", "has_not"),
    [
        ("verified_math", {"other_numbers", "rephraser_model"}, {"tests", "corpus", "blacklist"}),
        ("verified_code", {"tests", "min_tests", "tester_model"}, {"other_numbers", "critique_rounds"}),
        ("constitutional", {"critique_rounds", "min_words"}, {"judge_samples", "evolve_rounds"}),
    ],
)
def test_a_form_shows_what_steers_its_graph(graph: str, has: set[str], has_not: set[str]) -> None:
    fields = set(form_of(graph))
    assert has <= fields
    assert not has_not & fields


@pytest.mark.parametrize("graph", GRAPHS)
def test_graphs_have_no_checkpointer_and_show_their_whole_state(graph: str) -> None:
    ready = load_graph(graph).ready
    assert ready.checkpointer is None
    assert set(ready.output_channels) >= {"record", "settlement", "rejections"}


def test_a_form_of_one_graph_is_a_context() -> None:
    form = load_graph("verified_math").ready.context_schema
    filled = form(solver_model="openai:a", models={"default": "openai:b"})
    assert isinstance(filled, Context)
    assert filled.specs() == {"default": "openai:b", "solver": "openai:a"}
    with pytest.raises(
        UsageError, match=r"^context: judge_samples: Input should be less than or equal to 15"
    ):
        form(judge_samples=16)


def test_the_drawings_are_those_of_the_graphs() -> None:
    assert PAGE.read_text(encoding="utf-8") == drawn_page(), "python tests/drawn_graphs.py"


def test_without_the_extra_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "langgraph_api", None)
    ended = CliRunner().invoke(cli, ["studio"])
    assert isinstance(ended.exception, UsageError)
    assert str(ended.exception) == "studio: langgraph_api is not installed; pip install 'proofset[studio]'"


def test_a_config_that_is_not_there_is_said() -> None:
    pytest.importorskip("langgraph_api", reason="needs the extra `studio`")
    ended = CliRunner().invoke(cli, ["studio", "--config", "no/langgraph.json"])
    assert isinstance(ended.exception, UsageError)
    assert str(ended.exception).startswith("--config no/langgraph.json: no such file")


class Closable:
    """Stands for a sandbox that is opened and closed."""

    def __init__(self, name: str | None = None) -> None:
        self.name = name
        self.closed = 0

    async def close(self) -> None:
        self.closed += 1


async def test_what_was_opened_closes_with_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("starlette", reason="needs the extra `studio`")
    from proofset.graphs.server import app

    opened: list[Closable] = []

    def open_one(name: str | None = None) -> Any:
        opened.append(Closable(name))
        return opened[-1]

    # Tests before this one may have left something open.
    await STUDIO.close()
    monkeypatch.setattr(in_studio, "open_sandbox", open_one)
    (tmp_path / "s.jsonl").write_text('{"reply": "x"}\n')
    models = {"default": f"scripted:{tmp_path / 's.jsonl'}"}
    async with app.router.lifespan_context(app):
        first = STUDIO.services(Context(models=models))
        await first.models.of("solver")
        assert STUDIO.services(Context(models=models)) is first
        other = STUDIO.services(Context(models=models, n_attempts=1))
        # Settings of their own have a memory of their own; the sandbox is shared.
        assert other.memory is not first.memory
        assert other.sandbox is first.sandbox
        STUDIO.services(Context(models=models, sandbox="docker"))
        assert [one.name for one in opened] == [None, "docker"]
        assert [one.closed for one in opened] == [0, 0]
    assert [one.closed for one in opened] == [1, 1]
    assert STUDIO.services(Context(models=models)) is not first
    await STUDIO.close()
