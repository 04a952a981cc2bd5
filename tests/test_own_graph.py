"""Graphs named as `module:builder`."""

from __future__ import annotations

from pathlib import Path

import pytest
from scripted_file import files, scripted_order

from proofset.engine import execute
from proofset.errors import UsageError
from proofset.graphs import load_graph

BY_BUILDER = "proofset.graphs.verified_math:build"


@pytest.mark.usefixtures("scripted_run")
@pytest.mark.parametrize("workers", [1, 2])
async def test_a_graph_by_its_builder_runs_as_by_its_name(tmp_path: Path, workers: int) -> None:
    for name, graph in (("name", "verified_math"), ("builder", BY_BUILDER)):
        order = scripted_order(
            tmp_path / "s.jsonl",
            tmp_path / name,
            6,
            lambda slot, attempt: "good",
            graph=graph,
            workers=workers,
        )
        await execute(order, lambda event: None)
    assert files(tmp_path / "builder") == files(tmp_path / "name")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("no_such_module:build", "graph no_such_module:build: importing no_such_module failed"),
        ("proofset.graphs.verified_math:bild", "has no builder 'bild'"),
        ("json:dumps", "json has no TASK"),
        ("verified_maths", "did you mean verified_math"),
    ],
)
def test_what_is_no_graph_is_named(name: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        load_graph(name)


@pytest.mark.usefixtures("scripted_run")
async def test_an_agent_of_a_role_that_the_graph_lacks_is_named(tmp_path: Path) -> None:
    agents = {"tester": "scripted_math:TrustingVerifier"}
    order = scripted_order(tmp_path / "s.jsonl", tmp_path / "run", 2, lambda s, a: "good", agents=agents)
    with pytest.raises(UsageError, match="--agent tester: verified_math has no such role; it has proposer"):
        await execute(order, lambda event: None)
    assert not (tmp_path / "run").exists()
