"""Decontamination: texts checked per second on one core, once all decisions are those of a plain search.

    python benchmarks/novelty_contamination.py            20,000 texts against 10,000 evaluation items

Texts are instructions of a generated corpus; one in fifty holds a piece of an evaluation item. The plain
search keeps a dictionary of n-grams as tuples, and is the anchor: the same rule, in Python alone.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import NamedTuple

from instructions import corpus

from proofset.memory.contamination import Decontaminator, EvaluationItem, EvaluationSets
from proofset.memory.contamination.runs import SAME, WHOLE
from proofset.memory.contamination.tokens import WORD, tokens_of, weight_of
from proofset.memory.rows import Text

ITEMS, TEXTS, REPEATS = 10_000, 20_000, 3


class Row(NamedTuple):
    """One line of the table: a rate as min, median and max of the repeats."""

    name: str
    unit: str
    low: float
    median: float
    high: float


def rows(items: int = ITEMS, texts: int = TEXTS) -> list[Row]:
    """The table. Exits where a decision differs from the plain search, before anything is timed."""
    asked = list(corpus(items, seed=11))
    checked = _mixed(list(corpus(texts, seed=12)), asked)
    sets = EvaluationSets(
        tuple(EvaluationItem("eval", k, (Text("question", text),)) for k, text in enumerate(asked, start=1)),
        {},
    )
    exact, whole = Decontaminator(sets, masked_n=0), Decontaminator(sets)
    plain = PlainSearch(asked, exact.n, exact.common)
    decisions = [overlap is not None for overlap in exact.check_many(checked)]
    differing = sum(plain.holds(text) != found for text, found in zip(checked, decisions, strict=True))
    print(
        f"{len(checked)} texts, {sum(decisions)} contaminated, {differing} decisions differ", file=sys.stderr
    )
    if differing:
        raise SystemExit(1)
    return [
        _rate("n-grams", checked, lambda: exact.check_many(checked)),
        _rate("n-grams and masked numbers", checked, lambda: whole.check_many(checked)),
        _rate("plain search (anchor)", checked, lambda: [plain.holds(text) for text in checked]),
        _time("index of the evaluation items", lambda: Decontaminator(sets)),
        Row("index, bytes per evaluation item", "B", *[whole.nbytes / items] * 3),
    ]


class PlainSearch:
    """The rule of `proofset.memory.contamination.runs` in plain Python, without masked numbers."""

    def __init__(self, items: Sequence[str], n: int, common: int) -> None:
        self._n = n
        self._texts = list(dict.fromkeys(tuple(tokens_of(item)) for item in items))
        places: dict[tuple[str, ...], list[tuple[int, int]]] = defaultdict(list)
        self._short: dict[tuple[str, ...], int] = {}
        for number, text in enumerate(self._texts):
            for place in range(len(text) - n + 1):
                places[text[place : place + n]].append((number, place))
            if len(text) < n:
                self._short[text] = number
        self._counts = [[True] * len(text) for text in self._texts]
        for found in places.values():
            if len(found) > common:
                for number, place in found:
                    self._counts[number][place : place + n] = [False] * n
        self._places = {window: found for window, found in places.items() if len(found) <= common}

    def holds(self, text: str) -> bool:
        """Whether a text is contaminated."""
        mine = tuple(tokens_of(text))
        for length in range(1, min(self._n, len(mine) + 1)):
            for start in range(len(mine) - length + 1):
                if mine[start : start + length] in self._short:
                    least = SAME if length == len(mine) else WHOLE
                    if sum(map(weight_of, mine[start : start + length])) >= WORD * least:
                        return True
        return any(
            self._condemns(mine, start, *place)
            for start in range(len(mine) - self._n + 1)
            for place in self._places.get(mine[start : start + self._n], ())
        )

    def _condemns(self, mine: tuple[str, ...], start: int, number: int, place: int) -> bool:
        other = self._texts[number]
        while start and place and mine[start - 1] == other[place - 1]:
            start, place = start - 1, place - 1
        counted = weight = length = 0
        for token, same, counts in zip(
            mine[start:], other[place:], self._counts[number][place:], strict=False
        ):
            if token != same:
                break
            length += 1
            weight += weight_of(token)
            counted += weight_of(token) if counts else 0
        least = WORD * (SAME if length == len(mine) else WHOLE)
        return counted >= WORD * self._n or (length == len(other) and counted > 0 and weight >= least)


def _mixed(texts: list[str], asked: Sequence[str]) -> list[str]:
    draw = random.Random("contamination")
    for place in range(0, len(texts), 50):
        words = draw.choice(asked).split()
        start = draw.randrange(len(words))
        texts[place] = f"{texts[place]} {' '.join(words[start : start + draw.randint(8, 40)])}"
    return texts


def _rate(name: str, texts: Sequence[str], work: Callable[[], object]) -> Row:
    seconds = _seconds(work)
    rates = sorted(len(texts) / each for each in seconds)
    return Row(name, "texts/s", rates[0], statistics.median(rates), rates[-1])


def _time(name: str, work: Callable[[], object]) -> Row:
    seconds = sorted(_seconds(work))
    return Row(name, "CPU-s", seconds[0], statistics.median(seconds), seconds[-1])


def _seconds(work: Callable[[], object]) -> list[float]:
    seconds = []
    for _ in range(REPEATS):
        started = time.process_time()
        work()
        seconds.append(time.process_time() - started)
    return seconds


def main() -> None:
    print(f"{'':34} {'min':>10} {'median':>10} {'max':>10}")
    for row in rows():
        low, median, high = (f"{value:,.2f}" if value < 100 else f"{value:,.0f}" for value in row[2:])
        print(f"{row.name:34} {low:>10} {median:>10} {high:>10} {row.unit}")


if __name__ == "__main__":
    main()
