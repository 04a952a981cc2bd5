"""Takes the text that a slot is about: each segment of the corpus once, in an order that the seed draws."""

from __future__ import annotations

import asyncio
from functools import lru_cache
from typing import Any

from langgraph.runtime import Runtime

from ...errors import UsageError
from ...memory import OUTPUTS
from ...records import Origin, Verdict, rng
from ...tools.checks import stands_by_itself
from ..backtranslation_task import CODE
from ..context import Context, bench_of
from ..decontamination import contaminated
from ..state import Instance, State, refuse

STAGE = "segment"


async def take_segment(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    """The slot's segment. What is known, contaminated or points elsewhere is refused before a call is made."""
    bench = await bench_of(runtime)
    corpus, slot = bench.services.corpus, state.get("slot", 0)
    if corpus is None or not len(corpus):
        raise UsageError("backtranslation begins with texts that people wrote: set `corpus`, --corpus PATH")
    place = _order(state.get("seed", 0), len(corpus))[slot % len(corpus)]
    segment = await asyncio.to_thread(corpus.segment, place)
    origin = Origin(topic=segment.kind, source=segment.source)
    taken = {
        "segment": segment,
        "instances": (Instance(input="", output=segment.text),),
        "iteration": 1,
        "tag": bench.context.corpus_tag,
    }
    known = await bench.services.memory.look(slot, segment.text, kind=OUTPUTS)
    overlap = contaminated(bench.services.evaluation, {"output": segment.text})
    alone = None if segment.kind == CODE else stands_by_itself(segment.text)
    points = str(alone.observed["detail"]) if alone else ""
    for code, reason in (
        ("not_new", "" if known.is_new else known.reason),
        ("contaminated", overlap),
        ("points_elsewhere", points),
    ):
        if reason:
            verdict = (
                Verdict.reject(code, reason, [alone])
                if points and alone and code == "points_elsewhere"
                else None
            )
            return refuse(
                state,
                stage=STAGE,
                code=code,
                reason=reason,
                candidate=taken["instances"][0],
                origin=origin,
                verdict=verdict,
                **taken,
            )
    return {**taken, "refusal": None}


@lru_cache(maxsize=2)
def _order(seed: int, count: int) -> tuple[int, ...]:
    return tuple(rng(seed, "corpus").sample(range(count), count))
