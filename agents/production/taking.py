"""Takes the exchange that a slot is about: each item of the traffic once, in an order that the seed draws."""

from __future__ import annotations

import asyncio
from typing import Any

from langgraph.runtime import Runtime

from ...errors import UsageError
from ...records import Source, text_sha256
from ...traffic import TrafficItem
from ..context import Context, bench_of
from ..drawing import place_of
from ..flywheel_task import PRODUCTION
from ..state import ExchangeProposal, Instance, State, afresh

_UNKNOWN = "unknown"
"""Who answered, where the log does not say."""


async def take_exchange(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    """The slot's exchange, and where it is from."""
    bench = await bench_of(runtime)
    traffic, slot = bench.services.traffic, state.get("slot", 0)
    if traffic is None or not len(traffic):
        raise UsageError("flywheel begins with production traffic: set `traffic`, --traffic PATH")
    place = place_of(slot, state.get("seed", 0), len(traffic), "traffic")
    item = await asyncio.to_thread(traffic.__getitem__, place)
    return {
        **afresh(_proposal(item)),
        "instances": (Instance(input="", output=item.output),),
        "models": {PRODUCTION: item.model or _UNKNOWN},
    }


def _proposal(item: TrafficItem) -> ExchangeProposal:
    source = Source(
        path=item.file,
        line=item.line,
        segment=1,
        sha256=text_sha256(item.output),
        item=item.id,
        model=item.model or "",
        time=item.time or "",
    )
    return ExchangeProposal(
        problem=item.instruction,
        system=item.system,
        history=item.history,
        output=item.output,
        topic=item.stratum,
        source=source,
    )
