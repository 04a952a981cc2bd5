"""An opinion cannot be run again, and a caller can tell that from a check that nobody knows."""

from __future__ import annotations

import pytest

from proofset.errors import ProofsetError, SoftEvidenceError
from proofset.records import Evidence, EvidenceKind, Outcome
from proofset.tools.checks import is_rerunnable, rerun
from proofset.tools.sandbox import Sandbox


def evidence(kind: EvidenceKind, check: str) -> Evidence:
    return Evidence(kind=kind, check=check, claim="it holds", outcome=Outcome.PASS, basis="none")


@pytest.mark.parametrize("kind", [EvidenceKind.JUDGE, EvidenceKind.HUMAN])
async def test_an_opinion_is_not_rerunnable_whatever_it_calls_itself(
    kind: EvidenceKind, shared_sandbox: Sandbox
) -> None:
    for check in ("judge_opinion", "program_prints"):
        assert not is_rerunnable(evidence(kind, check))
        with pytest.raises(SoftEvidenceError, match="an opinion; there is nothing to run again"):
            await rerun(evidence(kind, check), shared_sandbox)


async def test_an_unknown_check_is_another_error(shared_sandbox: Sandbox) -> None:
    unknown = evidence(EvidenceKind.EXECUTION, "vibes")
    assert is_rerunnable(unknown)
    with pytest.raises(ProofsetError, match="no such check") as raised:
        await rerun(unknown, shared_sandbox)
    assert not isinstance(raised.value, SoftEvidenceError)
