"""How well bits a character tell noise from text: built-in seeds, and the same with noise in place of a text.

    python benchmarks/noise.py --model local:smollm2-135m --texts 40 --chars 250

Prints a row for each kind: least, median and most bits a character, and perplexity by token.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import math
import statistics
import time
from collections.abc import Callable, Sequence
from random import Random
from typing import NamedTuple

from proofset.agents.production.scoring import bits_of
from proofset.models import Call, Model, ModelPool, Request
from proofset.records import Message, rng
from proofset.seeds import load_seed_instructions

AT_ONCE = 4
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Pair(NamedTuple):
    """An instruction and an output."""

    instruction: str
    output: str


class Read(NamedTuple):
    """What a model finds of one text: bits a character, perplexity by token."""

    bits: float
    perplexity: float


def letters(random: Random, words: int) -> str:
    """Words of two to nine letters, all alike likely."""
    return " ".join("".join(random.choices(_LETTERS, k=random.randint(2, 9))) for _ in range(words))


def shuffled(random: Random, text: str) -> str:
    words = text.split()
    random.shuffle(words)
    return " ".join(words)


KINDS: dict[str, Callable[[Random, Pair], Pair]] = {
    "as they are": lambda random, pair: pair,
    "output shuffled": lambda random, pair: pair._replace(output=shuffled(random, pair.output)),
    "output of letters": lambda random, pair: pair._replace(output=letters(random, 20)),
    "output of base64": lambda random, pair: pair._replace(
        output=base64.b64encode(random.randbytes(90)).decode()
    ),
    "output of signs": lambda random, pair: pair._replace(
        output="".join(chr(random.randint(33, 126)) for _ in range(120))
    ),
    "instruction of letters": lambda random, pair: pair._replace(instruction=letters(random, 7)),
}


async def read(model: Model, pair: Pair) -> tuple[Read | None, Read | None]:
    """What the model finds of the instruction and of the output after it."""
    text = f"{pair.instruction}\n\n{pair.output}"
    reply = await model.ask(Request((Message(role="user", content=text),), echo=True), Call("scorer"))
    bits, found, at = bits_of(pair.instruction, pair.output, reply.tokens), [], 0
    parts: list[list[float]] = [[], []]
    for token in reply.tokens:
        if token.top:
            parts[int(at >= len(pair.instruction) + 2)].append(token.top[0][1])
        at += len(token.text)
    for value, logprobs in zip(bits, parts, strict=True):
        found.append(None if value is None else Read(value, math.exp(-statistics.fmean(logprobs))))
    return found[0], found[1]


def row(name: str, reads: Sequence[Read | None]) -> str:
    told = [one for one in reads if one is not None]
    spans = []
    for values, digits in (([one.bits for one in told], 1), ([one.perplexity for one in told], 0)):
        middle = statistics.median(values)
        spans.append(" ".join(f"{value:,.{digits}f}" for value in (min(values), middle, max(values))))
    return f"| {name} | {len(told)} | {' | '.join(spans)} |"


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", default="local:smollm2-135m")
    parser.add_argument("--texts", type=int, default=40)
    parser.add_argument("--noises", type=int, default=14)
    parser.add_argument("--chars", type=int, default=250)
    given = parser.parse_args()
    random = rng("noise")
    seeds = [one for one in load_seed_instructions() if len(one.instances[0].output) > 30]
    drawn = random.sample(seeds, min(given.texts, len(seeds)))
    pairs = [Pair(one.instruction[: given.chars], one.instances[0].output[: given.chars]) for one in drawn]
    pool = ModelPool({"default": given.model})
    model, turns, began = await pool.of("scorer"), asyncio.Semaphore(AT_ONCE), time.monotonic()

    async def one(pair: Pair) -> tuple[Read | None, Read | None]:
        async with turns:
            return await read(model, pair)

    print("| text | texts | bits a character: least, median, most | perplexity by token |\n|---|---|---|---|")
    for kind, make in KINDS.items():
        some = pairs if kind == "as they are" else pairs[: given.noises]
        found = await asyncio.gather(*(one(make(random, pair)) for pair in some))
        for name, reads in zip(("instruction", "output"), zip(*found, strict=True), strict=True):
            print(row(f"{kind}: {name}", reads), flush=True)
    print(f"{time.monotonic() - began:.0f} s")
    await pool.close()


if __name__ == "__main__":
    asyncio.run(main())
