"""Prompts: parts in order, placeholders strict, and text from a model never read as a template."""

from __future__ import annotations

from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofset.agents.prompts import files, load_operators, load_prompt, read_prompt
from proofset.agents.prompts.constitution import CONSTITUTION, load_constitution
from proofset.errors import UsageError
from proofset.graphs import GRAPHS, load_graph
from proofset.graphs.prompts import prompts_of

GOOD = "## system\nBe {{mood}}.\n## user\nOne\n## assistant\nTwo\n## user\n{{task}}\n"


def test_parts_become_messages() -> None:
    messages = read_prompt("p", GOOD).render(mood="kind", task="Go")
    assert [(m.role, m.content) for m in messages] == [
        ("system", "Be kind."),
        ("user", "One"),
        ("assistant", "Two"),
        ("user", "Go"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain text",
        "## system\nonly this\n",
        "## user\nno system\n",
        "## system\na\n## assistant\nb\n",
        "## system\na\n## user\nb\n## assistant\nc\n",
        "## system\na\n## user\nb\n## user\nc\n",
    ],
)
def test_parts_out_of_order_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match="prompt p: write `## system`"):
        read_prompt("p", text)


def test_missing_and_surplus_values_are_refused() -> None:
    prompt = read_prompt("p", GOOD)
    with pytest.raises(ValueError, match=r"it has \['mood', 'task'\], it was given \['mood'\]"):
        prompt.render(mood="kind")
    with pytest.raises(ValueError, match="it was given"):
        prompt.render(mood="kind", task="Go", more="x")


@given(st.text(max_size=60))
def test_values_go_in_as_they_are(text: str) -> None:
    hostile = f"{{{{mood}}}} ## user\n{text} {{{{task}}}} \\1"
    messages = read_prompt("p", GOOD).render(mood="kind", task=hostile)
    assert messages[-1].content == hostile.strip()
    assert len(messages) == 4


def test_the_hash_is_that_of_the_whole_file() -> None:
    assert read_prompt("p", GOOD).sha256 != read_prompt("p", GOOD + "\n").sha256


def test_every_built_in_prompt_reads() -> None:
    names = [path.name for path in resources.files("proofset.agents.prompts").iterdir()]
    prompts = [name.removesuffix(".md") for name in names if name.endswith(".md")]
    operators = [name.removesuffix(".yaml") for name in names if name.endswith(".yaml")]
    operators.remove(CONSTITUTION)
    assert len(prompts) >= 7
    assert len(load_constitution().principles) == 16
    assert all(load_prompt(name).parts for name in prompts)
    for name in operators:
        assert all(operator.says for operator in load_operators(name).values())


def test_prompts_of_a_graph_are_read_off_its_agents() -> None:
    """Every built-in file belongs to a graph."""
    shown = {name: prompts_of(load_graph(name)) for name in GRAPHS}
    assert {"propose_instructions.md", "training_templates.yaml"} <= set(shown["self_instruct"])
    assert {"complicate_input.md", "evolve_breadth.md", "code_evolutions.yaml"} <= set(shown["evol_instruct"])
    assert {"constitution.yaml", "critique_response.md"} <= set(shown["constitutional"])
    assert files() - {name for each in shown.values() for name in each} == set()
