"""How large the page of a run is, and how long it takes to make and to open: records made up, 50,000 of them.

    python benchmarks/report.py                  50,000 records
    python benchmarks/report.py --records 5000

Prints seconds and peak memory to make the page, its size, and, where playwright and chromium are there, the
seconds until the page is drawn, until a record is found among all, and until the first one is shown whole.
The browser's start is not in them.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from pages import opened
from released import judged_record

from proofset.engine.config import make_config
from proofset.engine.rundir import open_ledger
from proofset.memory.ledger import SlotOutcome
from proofset.records import Record, rng
from proofset.release.page import page_of, write_page
from proofset.seeds import load_seed_instructions

_BLOCK = 1000


def made_up(count: int) -> Iterator[Record]:
    """Records of two to six sentences of seed instructions, with an opinion as their evidence."""
    sentences = [" ".join(seed.problem.split()) for seed in load_seed_instructions()]
    for slot in range(count):
        drawn = rng("report", slot)
        text = " ".join(drawn.sample(sentences, drawn.randint(2, 6)))
        record = judged_record(slot)
        lineage = record.lineage.model_copy(update={"topic": drawn.choice(sentences)[:30]})
        yield record.model_copy(update={"instruction": text, "output": text[::-1], "lineage": lineage})


async def fill(out: Path, count: int) -> None:
    """A run's ledger with so many records."""
    config = make_config(
        {"graph": "self_instruct", "n": count, "models": {"default": "scripted:none.jsonl"}},
        source="benchmark",
    )
    with closing(open_ledger(out)) as ledger:
        ledger.start_run("run", config.model_dump(mode="json"), {})
        block: list[SlotOutcome] = []
        for slot, record in enumerate(made_up(count)):
            block.append(SlotOutcome(slot, record, (), 1))
            if len(block) == _BLOCK or slot == count - 1:
                await ledger.settle("run", block)
                block = []


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--records", type=int, default=50_000)
    count = parser.parse_args().records
    with TemporaryDirectory() as directory:
        out = Path(directory) / "run"
        out.mkdir()
        asyncio.run(fill(out, count))
        path = out / "report.html"
        begun, cpu = time.monotonic(), time.process_time()
        page = page_of(out)
        write_page(page, out, path)
        seconds, cpu = time.monotonic() - begun, time.process_time() - cpu
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        detailed = page.data["table"]["detailed"]
        print(f"{count:,} records: made in {seconds:.1f} s ({cpu:.1f} s of CPU), peak {peak:,.0f} MB")
        print(f"{path.stat().st_size / 1e6:.1f} MB, {detailed:,} records whole")
        browse(path, page.rows["id"][-1])


def browse(path: Path, last: str) -> None:
    """Open the page three times, find its last record, and open its first one."""
    for _ in range(3):
        with opened(path) as browser:
            begun = time.monotonic()
            browser.page.locator("button.open").first.click()
            browser.page.wait_for_selector("tr.details")
            details = time.monotonic() - begun
            begun = time.monotonic()
            browser.page.fill("#find", last)
            browser.page.locator("#where", has_text=re.compile("^1 – 1 of 1$")).wait_for()
            searched = time.monotonic() - begun
            print(
                f"drawn after {browser.seconds:.2f} s, searched in {searched:.2f} s, details in "
                f"{details:.2f} s; {len(browser.said)} console messages, {len(browser.requests)} request"
            )


if __name__ == "__main__":
    main()
