"""Put the same calls to a candidate and its peers: a job for each run, all calls in it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from ..sandbox import Sandbox
from .asserts import Asserts
from .calls import Answers
from .cores import core_of
from .examples import Example
from .inputs import Inputs
from .trials import Trials
from .variants import answers_of

HASH_SEEDS = (0, 1, 0)
"""Of the candidate's runs: two orders of its sets, and the same one twice. The last run goes backwards."""


async def try_out(
    solution: str,
    peers: Sequence[str],
    entry_point: str,
    asserts: Asserts,
    examples: Sequence[Example],
    inputs: Inputs,
    sandbox: Sandbox,
) -> Trials:
    """Run the candidate three times and each peer once: a job for each, all calls in it."""
    given = (*asserts.calls, *(example.call for example in examples))
    calls = inputs.after(given)
    runs, others = await _asked(solution, peers, entry_point, calls, sandbox)
    numbers = {core_of(solution): 0}
    kinds = tuple(numbers.setdefault(core_of(peer), len(numbers)) for peer in peers)
    return Trials(asserts, tuple(examples), inputs.calls, runs, others, kinds, calls.beyond, calls.costly)


async def try_more(
    trials: Trials, solution: str, peers: Sequence[str], entry_point: str, inputs: Inputs, sandbox: Sandbox
) -> Trials:
    """The same trials with more inputs at their end; only these are run."""
    if not inputs.calls:
        return trials
    runs, others = await _asked(solution, peers, entry_point, inputs, sandbox)
    placed = inputs.after(trials.calls)
    return replace(
        trials,
        inputs=(*trials.inputs, *inputs.calls),
        runs=tuple(map(_joined, trials.runs, runs)),
        peers=tuple(map(_joined, trials.peers, others)),
        beyond=trials.beyond | placed.beyond,
        costly=trials.costly | placed.costly,
    )


def _joined(one: Answers, two: Answers) -> Answers:
    return Answers((*one.answers, *two.answers), one.broken, one.conclusive and two.conclusive)


class _Asked(NamedTuple):
    runs: tuple[Answers, ...]
    peers: tuple[Answers, ...]


async def _asked(
    solution: str, peers: Sequence[str], entry_point: str, inputs: Inputs, sandbox: Sandbox
) -> _Asked:
    last = len(HASH_SEEDS) - 1
    own = [
        answers_of(
            solution,
            inputs.calls,
            entry_point,
            sandbox,
            hash_seed=seed,
            costly=inputs.costly,
            backwards=run == last,
        )
        for run, seed in enumerate(HASH_SEEDS)
    ]
    # Programs that are the same to the letter need not run twice.
    different = list(dict.fromkeys(peers))
    others = [
        answers_of(peer, inputs.calls, entry_point, sandbox, costly=inputs.costly) for peer in different
    ]
    found = await asyncio.gather(*own, *others)
    by_text = dict(zip(different, found[len(own) :], strict=True))
    return _Asked(tuple(found[: len(own)]), tuple(by_text[peer] for peer in peers))
