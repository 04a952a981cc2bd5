"""The judge of backtranslation: what it reads, and from where on a pair is kept."""

from __future__ import annotations

from ..backtranslation_task import is_function, segment_of
from ..code_task import code_proposal
from ..judging import TEXT_KINDS, Bounds, Curation, Example, Judge
from ..settings import Settings
from ..state import State

_SHOWN_CHARS = 600
"""Of each kept pair's text, its beginning: two of them are to fit in beside the pair that is judged."""


def curator() -> Judge:
    """The judge of pairs: one additive score, with what was kept before to compare with."""
    return Judge(
        prompt="judge_curation",
        example=curation_example,
        canary_kinds=TEXT_KINDS,
        form=Curation,
        bounds=curation_bounds,
        more=shown_to_judge,
    )


def curation_bounds(settings: Settings) -> Bounds:
    """The top band (arXiv 2308.06259), by the mean of the samples."""
    return Bounds(settings.curation_minimum, settings.judge_agreement, by_mean=True)


def curation_example(state: State) -> Example:
    """The instruction that was made, and the text that people wrote."""
    instruction = code_proposal(state).task if is_function(state) else state["proposal"].problem
    return Example(instruction, segment_of(state).text)


def shown_to_judge(state: State) -> dict[str, str]:
    """Pairs that were kept before, each of which met all demands; none in the first iteration."""
    pairs = [
        f"Instruction:\n{one.text}\nResponse:\n{one.output[:_SHOWN_CHARS]}" for one in state.get("shown", ())
    ]
    return {"examples": "\n\n".join(pairs) or "(none yet)"}
