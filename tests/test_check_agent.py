"""The kit for agents: what keeps to the rules passes; what breaks one fails on that one, with its mend."""

from __future__ import annotations

import json
from typing import Any

import broken_agents
import pytest
from broken_agents import BROKEN, Broken
from test_plugins import main_of

from proofset.agents import ROLES, refuse
from proofset.errors import UsageError
from proofset.graphs import load_graph
from proofset.testing import Case, Status, acheck_agent, cases_for, check_agent, roles_of
from proofset.testing.cases import GRAPHS


@pytest.mark.parametrize("broken", BROKEN, ids=lambda one: f"{one.fails}-{one.told[:20]}")
async def test_a_broken_agent_fails_on_the_right_check(broken: Broken, needs_sandbox: None) -> None:
    checks = await acheck_agent(broken.agent, broken.role)
    failed = [check for check in checks if check.failed]
    assert [check.name for check in failed] == [broken.fails]
    assert broken.told in failed[0].found
    assert failed[0].mend


GOOD = ("good", "good_sync", "GoodObject", "good_runnable", "good_subgraph")


@pytest.mark.parametrize("name", GOOD)
async def test_every_form_of_a_good_agent_passes(name: str) -> None:
    checks = await acheck_agent(getattr(broken_agents, name), "judge")
    assert {check.status for check in checks} == {Status.PASS}
    assert len(checks) >= 14


OURS = [(graph, role) for graph in GRAPHS for role in roles_of(graph)]


@pytest.mark.parametrize(("graph", "role"), OURS, ids=lambda one: one)
async def test_our_own_agents_pass(graph: str, role: str, needs_sandbox: None) -> None:
    node = load_graph(graph).build().nodes[role].runnable
    checks = await acheck_agent(node, role, graph=graph)
    assert [check for check in checks if check.status is not Status.PASS] == []
    assert "gives_its_part" in {check.name for check in checks}


def test_every_role_has_states() -> None:
    # A scorer is of the flywheel alone, which has no states here.
    for role in set(ROLES) - {"scorer"}:
        cases = cases_for(role)
        assert len({case.name for case in cases}) == len(cases)
        assert {case.hostile for case in cases} == {True, False}


async def test_an_agent_that_refuses_everything_is_not_said_to_pass() -> None:
    async def stern(state: Any) -> Any:
        return refuse(state, stage="judge", code="no", reason="never enough")

    checks = {check.name: check for check in await acheck_agent(stern, "judge")}
    assert checks["gives_its_part"].status is Status.SKIPPED
    assert "never enough" in checks["gives_its_part"].found
    assert not any(check.failed for check in checks.values())


async def test_states_of_ones_own() -> None:
    (first, *_) = cases_for("judge")
    own = [Case("of mine", {**first.state, "scores": {"quality": 1.0}})]
    checks = {c.name: c for c in await acheck_agent(broken_agents.changes_its_input, "judge", cases=own)}
    assert checks["input_untouched"].found == "on of mine it changes 'scores'"
    assert "bears_hostile_texts" not in checks


def test_a_role_without_states_is_named() -> None:
    with pytest.raises(UsageError, match="no states for the role 'poet'; there are some for verified_math"):
        check_agent(broken_agents.good, "poet")


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["broken_agents:good", "--role", "judge"], 0, "all 18 checks hold for broken_agents:good"),
        (
            ["broken_agents:misspells", "--role", "judge"],
            1,
            "known_keys: on verified_math, first attempt",
        ),
        (["broken_agents:good"], 2, "it does not say its role; give --role"),
        (["broken_agents:nowhere", "--role", "judge"], 1, "broken_agents has no 'nowhere'"),
        (["unheard-of", "--role", "judge"], 1, "no plug-in 'unheard-of'"),
        (["broken_agents:good", "--role", "poet"], 2, "no states for the role 'poet'"),
    ],
)
def test_the_command(arguments: list[str], code: int, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main_of("check-agent", *arguments) == code
    said = capsys.readouterr()
    assert told in said.out + said.err
    assert "Traceback" not in said.err


def test_the_command_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main_of("check-agent", "broken_agents:Counts", "--role", "judge", "--json") == 1
    checks = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {check["event"] for check in checks} == {"check"}
    assert [check["name"] for check in checks if check["status"] == "fail"] == ["is_deterministic"]
