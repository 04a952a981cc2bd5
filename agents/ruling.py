"""What a method's verification returns: the verdict, and what else it found for the state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ..records import Evidence, Outcome, Verdict


class Ruling(NamedTuple):
    """A verdict, and an update of the state beside it: traces, tests, scores.

    There is no verdict where nothing could be checked and a judge is to decide.
    """

    verdict: Verdict | None
    found: Mapping[str, Any] = {}


def verdict_of(evidence: Sequence[Evidence], codes: Mapping[str, str]) -> Verdict:
    """Accept where nothing failed or is open; else reject for the first that failed, or abstain.

    `codes` names a failure by its check.
    """
    for outcome, make in ((Outcome.FAIL, Verdict.reject), (Outcome.INCONCLUSIVE, Verdict.abstain)):
        for item in evidence:
            if item.outcome is outcome:
                failed = outcome is Outcome.FAIL
                code = codes.get(item.check, item.check) if failed else f"undecided_{item.check}"
                return make(code, f"{item.claim}: {_found(item)}", evidence)
    return Verdict.accept(evidence)


def and_also(verdict: Verdict, more: Sequence[Evidence], codes: Mapping[str, str]) -> Verdict:
    """An accepted verdict with more checks, all of which must pass; what it left open stays open."""
    evidence = [*verdict.evidence, *more]
    ruled = verdict_of(more, codes) if more else verdict
    if ruled.accepted:
        return Verdict.accept(evidence)
    return ruled.model_copy(update={"evidence": tuple(evidence)})


def _found(evidence: Evidence) -> str:
    detail = str(evidence.observed.get("detail") or "") or evidence.outcome.value
    printed = evidence.observed.get("printed")
    return f"it prints {printed}; {detail}" if printed else detail
