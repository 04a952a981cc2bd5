"""The critic of backtranslation: rules that read the instruction beside its text. No model is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from langgraph.runtime import Runtime

from ...records import Evidence
from ...tools.checks import (
    asks_by_itself,
    gives_nothing_away,
    keeps_to_the_text,
    same_language,
    says_its_subject,
    stands_by_itself,
)
from ..backtranslation_task import is_function, segment_of
from ..context import Context, bench_of
from ..ruling import verdict_of
from ..settings import Settings
from ..state import State, refuse
from ..telling import tell_check

CODES = {
    "gives_nothing_away": "gives_away",
    "asks_by_itself": "speaks_of_a_text",
    "says_its_subject": "subject_missing",
    "same_language": "other_language",
    "keeps_to_the_text": "other_subject",
    "stands_by_itself": "points_elsewhere",
}


@dataclass(frozen=True, slots=True)
class BackwardsCritic:
    """Turns down what gives its answer away, and what cannot be answered by who has not read the text."""

    role: str = "critic"

    async def __call__(self, state: State, runtime: Runtime[Context]) -> dict[str, Any]:
        settings = (await bench_of(runtime)).context
        proposal = state["proposal"]
        verdict = verdict_of(_checks(state, settings), CODES)
        for evidence in verdict.evidence:
            tell_check(runtime, state, self.role, evidence)
        if verdict.accepted:
            return {"verdict": verdict, "refusal": None}
        return refuse(
            state,
            stage=self.role,
            code=verdict.code,
            reason=verdict.reason,
            candidate=proposal,
            verdict=verdict,
        )


def _checks(state: State, settings: Settings) -> list[Evidence]:
    instruction, output, code = state["proposal"].problem, segment_of(state).text, is_function(state)
    figures = None if code else settings.leak_figures
    found = [
        asks_by_itself(instruction),
        gives_nothing_away(instruction, output, words=settings.leak_words, figures=figures),
    ]
    if code:
        return found
    language = same_language(instruction, output)
    return [
        *found,
        says_its_subject(instruction, output, mentions=settings.subject_mentions),
        *([language] if language else []),
        keeps_to_the_text(instruction, output, words=settings.subject_words),
        stands_by_itself(output),
    ]
