"""How long a review's queue takes to answer, over as many items as asked for.

    python benchmarks/review.py [ITEMS]

Prints milliseconds: the index made once, then the median and the 99th percentile of each question.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from proofset.records import Evidence, EvidenceKind, Lineage, Message, Outcome, Record, Risk, Verdict
from proofset.review.index import Filter
from proofset.review.items import Place
from proofset.review.store import Store

WORDS = tuple(f"word{n}" for n in range(20_000))
ROUNDS = 200


def record(slot: int, rng: random.Random) -> Record:
    """A judged record of eighty words, one of three methods."""
    instruction, output = (" ".join(rng.choices(WORDS, k=k)) + " common" for k in (20, 60))
    opinion = Evidence(
        kind=EvidenceKind.JUDGE,
        check="judge_opinion",
        claim="the judge scores it at least 3",
        outcome=Outcome.PASS,
        basis="openai:judge",
        inputs={"minimum": 3},
        observed={"scores": {"quality": rng.randint(30, 50) / 10}},
    )
    return Record(
        id=f"r-{slot:07}",
        method=("self_instruct", "evol_instruct", "backtranslation")[slot % 3],
        instruction=instruction,
        output=output,
        messages=(Message(role="user", content=instruction), Message(role="assistant", content=output)),
        lineage=Lineage(seed=0, slot=slot, attempt=1),
        risk=Risk.STYLE,
        verdict=Verdict.accept([opinion]),
    )


def main(items: int = 100_000) -> None:
    rng = random.Random(0)
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "records.jsonl"
        with path.open("w") as file:
            file.writelines(record(slot, rng).model_dump_json() + "\n" for slot in range(items))
        begun, used = time.perf_counter(), time.process_time()
        store = Store(Place.at(path), print)
        wall, cpu = time.perf_counter() - begun, time.process_time() - used
        print(f"{items:,} items; index made in {wall:.1f} s, {cpu:.1f} s of CPU, once per set of files")
        begun = time.perf_counter()
        again = Store(Place.at(path), print)
        print(f"opened again in {1000 * (time.perf_counter() - begun):.0f} ms")
        again.close()
        measure(store, rng)
        store.close()


def measure(store: Store, rng: random.Random) -> None:
    """Each question a person's page asks, as often as `ROUNDS` says."""
    who, last = "ann", ""

    def take() -> None:
        nonlocal last
        item = store.next(Filter(), who, last)
        assert item is not None
        shown = store.show(item, who)
        assert shown is not None
        store.decide(item, who, shown.version, "accept")
        last = item

    def one_word() -> Filter:
        return Filter(search=rng.choice(WORDS))

    questions: dict[str, Callable[[], object]] = {
        "next, shown and decided (durable)": take,
        "next": lambda: store.next(Filter(), who, last),
        "next of a method and a grade": lambda: store.next(
            Filter(method="backtranslation", grade="judged"), who
        ),
        "search: a rare word": lambda: store.page(one_word(), who),
        "search: a word of all items": lambda: store.page(Filter(search="common"), who),
        "count: a word of all items": lambda: store.count(Filter(search="common"), who),
        "search: nothing is found": lambda: store.page(Filter(search="nowhere"), who),
        "a page from the middle": lambda: store.page(Filter(state="all"), who, after=store.size // 2),
        "progress": lambda: store.progress(who),
    }
    print(f"{'':36}{'median ms':>11}{'p99 ms':>9}")
    for name, question in questions.items():
        taken = []
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            question()
            taken.append(1000 * (time.perf_counter() - begun))
        taken.sort()
        print(f"{name:<36}{taken[len(taken) // 2]:>11.2f}{taken[int(len(taken) * 0.99)]:>9.2f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
