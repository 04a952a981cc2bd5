"""Novelty: decisions, then what they cost; races, kills, meaning, decontamination. Prints a Markdown table.

    python benchmarks/novelty.py                    all of it, half an hour on two cores
    python benchmarks/novelty.py --rows decisions,growth,race
    python benchmarks/novelty.py --quick            the same with few texts, for a look

One process and its CPU time, all threads; minimum / median / maximum of three repeats. Where a decision
differs from `rouge_score`, it exits before it times anything.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import math
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

import novelty_contamination
import novelty_decisions
from instructions import corpus
from novelty_bruteforce import PairRates, pair_rates
from pool_kills import killed_writers
from pool_races import race, race_of_processes, race_unlocked

from proofset.memory.novelty import LexicalIndex

REPEATS = 3
LIBRARIES = ("numpy", "rapidfuzz", "rouge-score", "chromadb", "wordllama")


class Row(NamedTuple):
    """One line of the table."""

    what: str
    anchor: str
    ours: str
    target: str


class Sizes(NamedTuple):
    """How many texts, pairs and kills."""

    clusters: int = 21
    small: int = 10_000
    pool: int = 52_000
    large: int = 200_000
    meaning: int = 50_000
    items: int = 10_000
    texts: int = 20_000
    pairs: int = 1_000
    kills: int = 20


QUICK = Sizes(3, 300, 1_000, 2_000, 300, 200, 400, 30, 2)


class Growth(NamedTuple):
    """One pass: at so many accepted texts, the CPU-seconds and the pairs that a plain search compares."""

    seconds: dict[int, float]
    pairs: dict[int, int]
    looked_at: dict[int, int]
    made: LexicalIndex


def grow(texts: Sequence[str], marks: Sequence[int]) -> Growth:
    """Accept what is new, one by one, until the last mark."""
    index, accepted = LexicalIndex(), 0
    seconds: dict[int, float] = {}
    pairs: dict[int, int] = {}
    looked_at: dict[int, int] = {}
    compared = 0
    started = time.process_time()
    for number, text in enumerate(texts, start=1):
        compared += accepted
        if index.find(text) is not None:
            continue
        index.add(str(number), text)
        accepted += 1
        if accepted in marks:
            seconds[accepted] = time.process_time() - started
            pairs[accepted], looked_at[accepted] = compared, number
            if accepted == marks[-1]:
                return Growth(seconds, pairs, looked_at, index)
    raise SystemExit(f"the corpus gives {accepted} new texts, and {marks[-1]} are needed")


def decision_rows(sizes: Sizes) -> Iterator[Row]:
    found = novelty_decisions.decisions(sizes.clusters)
    yield Row("decisions, stems on and off", "rouge_score", str(found), "0 differ")
    if found.differ:
        print(Row("decisions", "", str(found), "0 differ"))
        raise SystemExit("a decision differs: nothing is timed")


def growth_rows(sizes: Sizes) -> Iterator[Row]:
    texts = list(corpus(2 * sizes.pool, seed=7))
    words = statistics.mean(len(text.split()) for text in texts)
    print(f"instructions: {_sha(texts)}, {words:.1f} words a text", flush=True)
    passes = [grow(texts, (sizes.small, sizes.pool)) for _ in range(REPEATS)]
    last = passes[-1]
    seconds = [each.seconds[sizes.pool] for each in passes]
    yield Row(
        f"{sizes.pool:,} accepted one by one, of {last.looked_at[sizes.pool]:,} looked at",
        "",
        f"{_spread(seconds)} CPU-s",
        "≤ 25 CPU-s (stretch 8)",
    )
    rates = pair_rates(texts[: sizes.pool], repeats=REPEATS)
    yield from _anchor_rows(rates, last.pairs[sizes.pool], statistics.median(seconds))
    exponents = [_exponent(each.seconds, sizes.small, sizes.pool) for each in passes]
    yield Row(f"growth exponent {sizes.small:,}–{sizes.pool:,}", "2 (plain)", _spread(exponents), "≤ 1.3")
    yield from _size_rows(last.made, sizes.pool)


def large_rows(sizes: Sizes) -> Iterator[Row]:
    texts = list(corpus(2 * sizes.large, seed=8))
    done = grow(texts, (sizes.pool, sizes.large))
    yield Row(
        f"growth exponent {sizes.pool:,}–{sizes.large:,}, one pass, {done.seconds[sizes.large]:.0f} CPU-s",
        "2 (plain)",
        f"{_exponent(done.seconds, sizes.pool, sizes.large):.2f}",
        "≤ 1.7",
    )


def _anchor_rows(rates: PairRates, pairs: int, ours: float) -> Iterator[Row]:
    for name, rate, target in (
        ("rouge_score, each pair scored", rates.rouge_score, "≥ 40,000 ×"),
        ("Alpaca's way: tokens once, each pair scored", rates.tokens_once, "≥ 6,000 ×"),
        ("rapidfuzz LCSseq over all, token numbers as code points", rates.rapidfuzz, "≥ 3 ×"),
    ):
        seconds = pairs / rate
        yield Row(
            f"the same by {name}",
            f"{rate:,.0f} pairs/s: {_told(seconds)}",
            f"{seconds / ours:,.1f} × ours",
            target,
        )


def _size_rows(index: LexicalIndex, pool: int) -> Iterator[Row]:
    yield Row("index, arrays, bytes a text", "", f"{index.nbytes / len(index):.0f} B", "≤ 300 B")
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "index.npz"
        index.save(path, through="")
        seconds = [_timed(lambda: LexicalIndex.load(path)) for _ in range(REPEATS)]
    yield Row(f"reload of {pool:,}", "", f"{_spread(seconds)} CPU-s", "≤ 1 CPU-s")


def race_rows(sizes: Sizes) -> Iterator[Row]:
    unlocked = race_unlocked(sizes.pairs)
    with tempfile.TemporaryDirectory() as directory:
        locked = race(Path(directory) / "one", sizes.pairs)
        apart = race_of_processes(Path(directory) / "two", sizes.pairs)
    yield Row(
        f"race: {sizes.pairs:,} pairs of twins from 8 tasks and 2 threads",
        f"check, then add: {unlocked.twice} twice",
        f"{locked.twice} twice, {locked.never} not at all",
        "0 twice",
    )
    yield Row(
        "race: the same from two processes", "", f"{apart.twice} twice, {apart.never} not at all", "0 twice"
    )


def kill_rows(sizes: Sizes) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as directory:
        done = killed_writers(Path(directory) / "pool", kills=sizes.kills, seed=3)
    yield Row(
        f"kill -9 × {sizes.kills} of two writers of a pool",
        "",
        f"{done.lost} lost of {done.acknowledged:,}, {done.twins} twins, {done.manual_steps} manual steps",
        "0 lost, 0 manual steps",
    )
    if _has("chromadb"):
        from novelty_semantic import kill_rows as by_meaning

        ours, alone = by_meaning(sizes.kills)
        yield Row(f"{ours.what}, by meaning", f"Chroma alone: {alone.value}", ours.value, ours.target)


def meaning_rows(sizes: Sizes) -> Iterator[Row]:
    if not (_has("chromadb") and _has("wordllama")):
        yield Row("novelty by meaning", "", "not measured: pip install 'proofset[semantic]'", "")
        return
    from novelty_semantic import cost_rows

    for row in cost_rows(sizes.meaning):
        yield Row(f"by meaning; {row.what}", "", row.value, row.target)


def contamination_rows(sizes: Sizes) -> Iterator[Row]:
    for row in novelty_contamination.rows(sizes.items, sizes.texts):
        target = "≥ 30,000" if row.unit == "texts/s" and "anchor" not in row.name else ""
        numbers = " / ".join(f"{value:,.0f}" if value >= 100 else f"{value:.2f}" for value in row[2:])
        yield Row(f"decontamination, {row.name}", "", f"{numbers} {row.unit}", target)


ROWS: dict[str, Callable[[Sizes], Iterator[Row]]] = {
    "decisions": decision_rows,
    "growth": growth_rows,
    "large": large_rows,
    "meaning": meaning_rows,
    "race": race_rows,
    "kills": kill_rows,
    "contamination": contamination_rows,
}


def _exponent(seconds: dict[int, float], low: int, high: int) -> float:
    return math.log(seconds[high] / seconds[low]) / math.log(high / low)


def _timed(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def _spread(values: Sequence[float]) -> str:
    return " / ".join(f"{value:.2f}" for value in (min(values), statistics.median(values), max(values)))


def _told(seconds: float) -> str:
    for unit, size in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.1f} s"


def _sha(texts: Sequence[str]) -> str:
    return "sha256 " + hashlib.sha256("\n".join(texts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _has(library: str) -> bool:
    return importlib.util.find_spec(library) is not None


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", default=",".join(ROWS), help="Some of " + ", ".join(ROWS))
    parser.add_argument("--quick", action="store_true", help="Few texts: no numbers to quote.")
    chosen = parser.parse_args(arguments)
    names = chosen.rows.split(",")
    if unknown := [name for name in names if name not in ROWS]:
        parser.error(f"no rows {', '.join(unknown)}")
    sizes = QUICK if chosen.quick else Sizes()
    versions = ", ".join(f"{name} {version(name)}" for name in LIBRARIES if _has(name.replace("-", "_")))
    print(f"Python {platform.python_version()}, {versions}")
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print("\n| what | anchor | measured | target |\n|---|--:|--:|--:|", flush=True)
    for name in names:
        for row in ROWS[name](sizes):
            print("| " + " | ".join(row) + " |", flush=True)
    print(f"\nload at the end {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main(sys.argv[1:])
