"""Novelty by meaning: thresholds, the cost of a check, and kill -9; prints Markdown.

    python benchmarks/novelty_semantic.py                          all of it, five minutes on two cores
    python benchmarks/novelty_semantic.py --calibrate SPEC         thresholds for an embedder of your own
    python benchmarks/novelty_semantic.py --cost --items 20000     only the cost
    python benchmarks/novelty_semantic.py --kills 20               only the kills

Times are CPU times of this process, all threads, as minimum / median / maximum of three repeats.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from random import Random
from typing import NamedTuple, TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

import numpy as np
from calibration import calibrate, chosen_line, lines
from instructions import corpus
from meaning_pairs import KINDS
from semantic_kills import killed_writers

from proofset.memory.novelty.semantic import ChromaStore, Known, SemanticIndex, open_embedder
from proofset.memory.novelty.semantic.store import local_client

T = TypeVar("T")
REPEATS = 3
ASKED = 500
PROPOSALS = 16


class Row(NamedTuple):
    """One line of the table: what, what was measured, and what it is held against."""

    what: str
    value: str
    target: str


def cost_rows(items: int) -> Iterator[Row]:
    """The cost of `find` at so many items: texts as they are, and without literals, the worst case."""
    texts = list(corpus(items + ASKED * REPEATS, seed=0))
    yield Row("corpus, sha256", hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16], "")
    plain = [_without_literals(text) for text in texts]
    for name, told in (("instructions", texts), ("instructions without literals", plain)):
        yield from _cost_of(name, told, items)


def _cost_of(name: str, texts: list[str], items: int) -> Iterator[Row]:
    asked = [texts[items + ASKED * repeat : items + ASKED * (repeat + 1)] for repeat in range(REPEATS)]
    with tempfile.TemporaryDirectory() as directory:
        known = (Known(str(place), text, place) for place, text in enumerate(texts[:items]))
        started = time.process_time()
        index = SemanticIndex(store=ChromaStore(Path(directory)), truth=known)
        yield Row(f"{name}: build at {items:,}, CPU-s", f"{time.process_time() - started:.1f}", "")
        whole = [_cpu_ms(index.find, part) for part in asked]
        yield Row(f"{name}: find at {items:,}, embedding included, CPU-ms", _spread(whole), "≤ 3")
        embedder = open_embedder()
        alone = [_cpu_ms(lambda text: embedder.embed([text]), part) for part in asked]
        yield Row(f"{name}: of it the embedding, CPU-ms", _spread(alone), "")
        index.close()
        yield from _chroma_alone(name, Path(directory), embedder.embed(texts[:items]), asked)


def _chroma_alone(
    name: str,
    directory: Path,
    rows: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
    asked: list[list[str]],
) -> Iterator[Row]:
    """Chroma without us: its query, and how often its first is the nearest."""
    (home,) = directory.glob("chroma-*")
    client = local_client(home)
    (collection,) = client.list_collections()
    embedder = open_embedder()
    vectors = [embedder.embed(part) for part in asked]

    def query(vector: object) -> object:
        return collection.query(query_embeddings=[vector], n_results=PROPOSALS, include=["distances"])

    query(vectors[0][0])
    yield Row(f"{name}: Chroma alone, CPU-ms", _spread([_cpu_ms(query, list(part)) for part in vectors]), "")
    exact = [_cpu_ms(lambda vector: rows @ vector, list(part)) for part in vectors]
    yield Row(f"{name}: one exact scan of all, CPU-ms", _spread(exact), "")
    hits = near_hits = near = 0
    for vector in np.concatenate(vectors):
        best = float((rows @ vector).max())
        found = collection.query(query_embeddings=[vector], n_results=1, include=["distances"])
        # Twins tie: what counts is the distance, 1 − cosine.
        hit = 1 - found["distances"][0][0] >= best - 1e-4
        hits += hit
        near += best > 0.8
        near_hits += hit and best > 0.8
    total = sum(map(len, vectors))
    yield Row(f"{name}: Chroma's recall@1", f"{hits / total:.3f}", "printed")
    yield Row(f"{name}: the same where the nearest is above 0.8", f"{near_hits}/{near}", "printed")
    client.close()


def recall_rows(items: int) -> Iterator[Row]:
    """How often `find` with Chroma gives what comparing with every item gives, on texts without literals."""
    texts = [_without_literals(text) for text in corpus(items + ASKED, seed=1)]
    known = [Known(str(place), text, place) for place, text in enumerate(texts[:items])]
    levels = {"instruction": 0.7}
    exact = SemanticIndex(thresholds=levels, truth=known)
    expected = [exact.find(text) for text in texts[items:]]
    with tempfile.TemporaryDirectory() as directory:
        index = SemanticIndex(thresholds=levels, store=ChromaStore(Path(directory)), truth=known)
        found = [index.find(text) for text in texts[items:]]
        index.close()
    same = sum(a == b for a, b in zip(expected, found, strict=True))
    matches = sum(match is not None for match in expected)
    yield Row(
        f"find with Chroma as without, at {items:,} and threshold 0.7",
        f"{same}/{len(found)} alike, {matches} of them matches",
        "printed",
    )


def kill_rows(kills: int) -> Iterator[Row]:
    """The writer of the tests is killed so often, and so is one that has nothing but Chroma."""
    with tempfile.TemporaryDirectory() as directory:
        ours = killed_writers(Path(directory), kills=kills, seed=1)
    yield Row(
        f"kill -9 × {kills}, ours",
        f"{ours.lost} lost of {ours.acknowledged} acknowledged, {ours.manual_steps} manual steps, "
        f"{ours.rebuilt} × made anew by itself",
        "0 lost, 0 manual steps",
    )
    unopenable, lost = _chroma_killed(kills)
    yield Row(f"kill -9 × {kills}, Chroma alone", f"{unopenable} unopenable, {lost} with losses", "")


_WRITER = """
import sys, numpy
from pathlib import Path
from proofset.memory.novelty.semantic.store import local_client
collection = local_client(Path(sys.argv[1])).get_or_create_collection("alone", embedding_function=None)
start = collection.count()
rng = numpy.random.default_rng(start)
while True:
    collection.add(ids=[str(start)], embeddings=rng.normal(size=(1, 64)))
    print(start, flush=True)
    start += 1
"""
_READER = """
import sys
from pathlib import Path
from proofset.memory.novelty.semantic.store import local_client
collection = local_client(Path(sys.argv[1])).get_collection("alone", embedding_function=None)
count = collection.count()
got = collection.get(limit=5, offset=max(0, count - 5), include=["embeddings"])
for key, vector in zip(got["ids"], got["embeddings"]):
    assert key in collection.query(query_embeddings=[vector], n_results=1)["ids"][0], key
print(count)
"""


def _chroma_killed(kills: int) -> tuple[int, int]:
    rng = Random(1)
    unopenable = lost = acknowledged = 0
    with tempfile.TemporaryDirectory() as root:
        home = Path(root) / "0"
        for number in range(1, kills + 1):
            with subprocess.Popen(
                [sys.executable, "-c", _WRITER, str(home)],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            ) as writer:
                assert writer.stdout is not None
                for _ in range(rng.randint(1, 400)):
                    if not (line := writer.stdout.readline()):
                        break
                    acknowledged = int(line) + 1
                writer.kill()
                acknowledged = max(
                    [acknowledged, *(int(line) + 1 for line in writer.stdout if line.endswith("\n"))]
                )
            try:
                ran = subprocess.run(
                    [sys.executable, "-c", _READER, str(home)], capture_output=True, text=True, timeout=60
                )
                opened = ran.returncode == 0
            except subprocess.TimeoutExpired:
                opened = False
            if opened and int(ran.stdout) < acknowledged:
                lost += 1
                acknowledged = int(ran.stdout)
            if not opened:
                unopenable += 1
                home, acknowledged = Path(root) / str(number), 0
    return unopenable, lost


def calibration_lines(spec: str, *, full: bool) -> Iterator[str]:
    embedder = open_embedder(spec)
    found = [calibrate(embedder, kind) for kind in KINDS]
    if full:
        yield f"\n{embedder.name}\n"
        yield "| kind | cosine above | caught | twins dropped | unrelated dropped | twins, cosine alone |"
        yield "|---|--:|--:|--:|--:|--:|"
        for each in found:
            yield from lines(each)
    yield f"\nChosen for {embedder.name}; held out: chosen on one half of the groups, measured on the other\n"
    yield "| kind | threshold | caught | twins dropped | caught, held out | twins dropped, held out |"
    yield "|---|--:|--:|--:|--:|--:|"
    for each in found:
        yield chosen_line(each)


def _without_literals(text: str) -> str:
    """Lower-case letters, commas and stops: no number, name, code or quotation is left."""
    kept = re.sub(r"[^\w\s,.]|\d|_", " ", text.lower())
    return re.sub(r"\b(?:three|four|five|six|not|no|without|avoid)\b", "some", kept)


def _cpu_ms(work: Callable[[T], object], asked: Sequence[T]) -> float:
    started = time.process_time()
    for each in asked:
        work(each)
    return 1000 * (time.process_time() - started) / len(asked)


def _spread(values: Sequence[float]) -> str:
    return f"{min(values):.2f} / {statistics.median(values):.2f} / {max(values):.2f}"


def _print(rows: Iterator[Row]) -> None:
    for row in rows:
        print(f"| {row.what} | {row.value} | {row.target} |", flush=True)


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--calibrate", metavar="SPEC", action="append")
    parser.add_argument("--cost", action="store_true")
    parser.add_argument("--kills", type=int)
    parser.add_argument("--items", type=int, default=50_000)
    chosen = parser.parse_args(arguments)
    everything = not (chosen.calibrate or chosen.cost or chosen.kills)
    names = ("chromadb", "wordllama", "numpy", "onnxruntime")
    print(", ".join(f"{name} {version(name)}" for name in names), f"; load {os.getloadavg()[0]:.1f}")
    for spec in chosen.calibrate or (["wordllama", "minilm"] if everything else []):
        for line in calibration_lines(spec, full=True):
            print(line, flush=True)
    print("\n| what | measured | target |\n|---|--:|--:|")
    if chosen.cost or everything:
        _print(cost_rows(chosen.items))
        _print(recall_rows(min(chosen.items, 20_000)))
    if chosen.kills or everything:
        _print(kill_rows(chosen.kills or 20))


if __name__ == "__main__":
    main(sys.argv[1:])
