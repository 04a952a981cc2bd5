"""A whole run on a real model of this machine: what it keeps is proved again from its records alone."""

from __future__ import annotations

from pathlib import Path

import pytest

import proofset
from proofset.engine.events import CallDone, NodeDone
from proofset.errors import SandboxUnavailableError
from proofset.records import Decision, Record, Rejection
from proofset.tools.checks import rerun
from proofset.tools.sandbox import open_sandbox

pytestmark = [pytest.mark.local_model, pytest.mark.timeout(2400)]

SMALL = "local:qwen2.5-coder-0.5b"


async def test_a_real_model_proposes_solves_and_is_judged_by_running_things(tmp_path: Path) -> None:
    pytest.importorskip("xllamacpp", reason="needs the extra `local`")
    try:
        sandbox = open_sandbox()
    except SandboxUnavailableError as error:
        pytest.skip(str(error))
    nodes: list[NodeDone] = []
    calls: list[CallDone] = []

    def watch(event: proofset.Event) -> None:
        if isinstance(event, NodeDone):
            nodes.append(event)
        if isinstance(event, CallDone):
            calls.append(event)

    settings = {"n_attempts": 1, "exemplars": 2, "topics": ["everyday arithmetic"]}
    summary = await proofset.arun(
        "verified_math", n=6, model=SMALL, out=tmp_path / "run", settings=settings, on_event=watch
    )
    assert (summary.status, summary.slots) == ("finished", 6)
    assert summary.kept + summary.rejected == 6
    # The model is real: it used tokens, and some of its proposals could at least be read and were new.
    assert summary.paid.output_tokens == sum(call.output_tokens for call in calls) > 100
    assert summary.usage.usd == 0
    assert summary.funnel.novel >= 1
    assert any(node.node == "solver" for node in nodes)
    records = [
        Record.model_validate_json(line) for line in (tmp_path / "run/records.jsonl").read_text().splitlines()
    ]
    rejections = [
        Rejection.model_validate_json(line)
        for line in (tmp_path / "run/rejected.jsonl").read_text().splitlines()
    ]
    assert (len(records), len(rejections)) == (summary.kept, summary.rejected)
    for record in records:
        assert record.verdict.decision is Decision.ACCEPT
        for evidence in record.verdict.evidence:
            assert await rerun(evidence, sandbox) == evidence
    await sandbox.close()
