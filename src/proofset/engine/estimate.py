"""Estimate: what a run of N slots would take, from a pilot of a few.

pilot ─▶ calls, tokens and seconds of every slot ─▶ mean and t-interval, times N
      ─▶ how many were kept                       ─▶ Wilson interval, times N
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import Any, NamedTuple

from ..errors import ProofsetError
from ..memory.ledger import AttemptCalls, calls_by_attempt
from ..records import Usage, wilson
from .config import RunConfig
from .costs import usage_of
from .execute import Order, execute
from .rundir import open_ledger

_SERVED_AT_ONCE = 4
"""Calls that a local model works on together; see `models.local`."""


class Range(NamedTuple):
    """A number and its 95 % interval. None where there is nothing to say: nothing was kept."""

    low: float
    expected: float | None
    high: float | None

    def times(self, factor: float) -> Range:
        expected, high = (value and value * factor for value in self[1:])
        return Range(self.low * factor, expected, high)


@dataclass(frozen=True, slots=True)
class Forecast:
    """What `n` slots would take, and the pilot that says so.

    Attributes:
        usd: None where a price is not known.
        seconds: of calls and of this machine's work, whichever is longer, at the run's concurrency.
    """

    n: int
    slots: int
    pilot: Usage
    pilot_kept: int
    pilot_seconds: float
    kept: Range
    calls: Range
    input_tokens: Range
    output_tokens: Range
    usd: Range | None
    seconds: Range

    @property
    def usd_per_kept(self) -> Range | None:
        if self.usd is None:
            return None
        expected = (
            self.usd.expected / self.kept.expected if self.usd.expected and self.kept.expected else None
        )
        high = self.usd.high / self.kept.low if self.usd.high and self.kept.low else None
        return Range(self.usd.low / max(self.kept.high or 0, 1e-9), expected, high)

    def ranges(self) -> dict[str, Range]:
        """By name, as a person reads them."""
        minutes = self.seconds.times(1 / 60)
        named = {
            "kept records": self.kept,
            "calls": self.calls,
            "tokens in": self.input_tokens,
            "tokens out": self.output_tokens,
            "minutes": minutes,
            "USD": self.usd,
            "USD per kept record": self.usd_per_kept,
        }
        return {name: spread for name, spread in named.items() if spread is not None}

    def as_json(self) -> dict[str, Any]:
        ranges = {
            name: value._asdict() if isinstance(value, Range) else value
            for name in ("kept", "calls", "input_tokens", "output_tokens", "usd", "seconds", "usd_per_kept")
            for value in [getattr(self, name)]
        }
        plain = {name: getattr(self, name) for name in ("n", "slots", "pilot_kept", "pilot_seconds")}
        return {"event": "forecast", **plain, "pilot": self.pilot.model_dump(), **ranges}


async def estimate(order: Order, *, pilot: int) -> Forecast:
    """Run the first slots of an order, and say what all of them would take.

    Raises ProofsetError as `execute` does, and where a budget ended the pilot before it had two slots.
    """
    config = order.config
    slots = min(pilot, config.n)
    began, cpu = time.monotonic(), time.process_time()
    summary = await execute(
        replace(order, config=config.model_copy(update={"n": slots, "keep": None})), lambda event: None
    )
    seconds, cpu = time.monotonic() - began, time.process_time() - cpu
    if summary.slots < 2:
        raise ProofsetError(
            f"the pilot settled {summary.slots} slots, and two are needed; {summary.budget_spent}"
        )
    with closing(open_ledger(order.out)) as ledger:
        taken = _by_slot(config, calls_by_attempt(ledger, slots=summary.slots), summary.slots)
    return _forecast(config, taken, summary.kept, seconds=seconds, cpu=cpu, usage=summary.usage)


class _Slot(NamedTuple):
    usage: Usage
    seconds: float


def _by_slot(config: RunConfig, calls: Iterable[AttemptCalls], slots: int) -> list[_Slot]:
    taken = [_Slot(Usage(), 0.0)] * slots
    for one in calls:
        had = taken[one.slot]
        taken[one.slot] = _Slot(had.usage + usage_of(one, config.prices), had.seconds + one.seconds)
    return taken


def _forecast(
    config: RunConfig,
    taken: Sequence[_Slot],
    kept: int,
    *,
    seconds: float,
    cpu: float,
    usage: Usage,
) -> Forecast:
    n, slots = config.n, len(taken)
    share = wilson(kept, slots)
    waited = _mean_range([slot.seconds for slot in taken])
    at_once = min(_at_once(config, spec) for spec in config.models.values())
    worked = cpu / slots / max(config.workers, 1)
    return Forecast(
        n=n,
        slots=slots,
        pilot=usage,
        pilot_kept=kept,
        pilot_seconds=round(seconds, 1),
        kept=Range(n * share.low, n * kept / slots, n * share.high),
        calls=_mean_range([slot.usage.calls for slot in taken]).times(n),
        input_tokens=_mean_range([slot.usage.input_tokens for slot in taken]).times(n),
        output_tokens=_mean_range([slot.usage.output_tokens for slot in taken]).times(n),
        usd=_usd_range(config, taken),
        seconds=Range(*(max((each or 0.0) / at_once, worked) for each in waited)).times(n),
    )


def _at_once(config: RunConfig, spec: str) -> int:
    return min(config.concurrency, _SERVED_AT_ONCE) if spec.startswith("local:") else config.concurrency


def _usd_range(config: RunConfig, taken: Sequence[_Slot]) -> Range | None:
    costs = [slot.usage.usd for slot in taken]
    known = [cost for cost in costs if cost is not None]
    if len(known) < len(costs):
        return None
    return _mean_range(known).times(config.n)


def _mean_range(values: Sequence[float]) -> Range:
    """The mean of a slot and its t-interval; no less than nothing."""
    mean = statistics.fmean(values)
    reach = _t(len(values) - 1) * statistics.stdev(values) / len(values) ** 0.5
    return Range(max(mean - reach, 0.0), mean, mean + reach)


def _t(freedom: int) -> float:
    """Student's t at 97.5 %, by the expansion of Cornish and Fisher; 12.7 at one degree of freedom."""
    if freedom == 1:
        return 12.706
    z = NormalDist().inv_cdf(0.975)
    return (
        z
        + (z**3 + z) / (4 * freedom)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * freedom**3)
    )
