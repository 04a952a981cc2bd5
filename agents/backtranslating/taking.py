"""Takes the text that a slot is about: each segment of the corpus once, in an order that the seed draws."""

from __future__ import annotations

import asyncio
from typing import Any

from langgraph.runtime import Runtime

from ...corpus import Segment
from ...errors import UsageError
from ...memory import OUTPUTS
from ...records import Origin, Verdict
from ...tools.checks import stands_by_itself
from ..backtranslation_task import CODE
from ..context import Bench, Context, bench_of
from ..decontamination import contaminated
from ..drawing import place_of
from ..state import Instance, State, refuse

STAGE = "segment"


async def take_segment(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    """The slot's segment. What is known, contaminated or points elsewhere is refused before any call."""
    bench = await bench_of(runtime)
    corpus, slot = bench.services.corpus, state.get("slot", 0)
    if corpus is None or not len(corpus):
        raise UsageError("backtranslation begins with texts that people wrote: set `corpus`, --corpus PATH")
    place = place_of(slot, state.get("seed", 0), len(corpus), "corpus")
    segment = await asyncio.to_thread(corpus.segment, place)
    instance = Instance(input="", output=segment.text)
    taken: dict[str, Any] = {
        "segment": segment,
        "instances": (instance,),
        "iteration": 1,
        "tag": bench.context.corpus_tag,
    }
    verdict = await _fault_of(bench, slot, segment)
    if verdict is None:
        return {**taken, "refusal": None}
    return refuse(
        state,
        stage=STAGE,
        code=verdict.code,
        reason=verdict.reason,
        candidate=instance,
        origin=Origin(topic=segment.kind, source=segment.source),
        verdict=verdict,
        **taken,
    )


async def _fault_of(bench: Bench, slot: int, segment: Segment) -> Verdict | None:
    known = await bench.services.memory.look(slot, segment.text, kind=OUTPUTS)
    if not known.is_new:
        return Verdict.reject("not_new", known.reason)
    if overlap := contaminated(bench.services.evaluation, {"output": segment.text}):
        return Verdict.reject("contaminated", overlap)
    alone = stands_by_itself(segment.text)
    if segment.kind != CODE and (points := str(alone.observed["detail"])):
        return Verdict.reject("points_elsewhere", points, [alone])
    return None
