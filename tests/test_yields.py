"""Yields: what the ledger adds up to, by hand, and a bandit that is the same on every replay."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from picky_script import GOOD_OPERATOR, OPERATORS, picky_order, write_picky
from scripted_file import files

from proofset.agents import Bench, Context
from proofset.agents.choosing import choose
from proofset.cli import cli
from proofset.engine import execute, resumed
from proofset.engine.yields import report_on
from proofset.memory import Tried, YieldLog
from proofset.records import Origin, rng

pytestmark = pytest.mark.usefixtures("scripted_run")
SLOTS = 96


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("script") / "picky.jsonl"
    write_picky(path, SLOTS)
    return path


def go(script: Path, out: Path, n: int, floor: float | None, **options: Any) -> tuple[bytes, bytes]:
    asyncio.run(execute(picky_order(script, out, n, floor, **options), lambda event: None))
    return files(out)


def operators_of(out: Path) -> Counter[str]:
    report = report_on(out)
    return Counter({name: one.attempts for name, one in report.by["operator"].items()})


@given(
    window=st.integers(1, 5),
    kept=st.lists(st.lists(st.booleans(), min_size=1, max_size=3), max_size=40),
    ahead=st.integers(0, 4),
)
def test_a_slot_knows_what_a_count_of_the_settled_blocks_says(
    window: int, kept: list[list[bool]], ahead: int
) -> None:
    log = YieldLog(window)
    for slot, attempts in enumerate(kept):
        for number, one in enumerate(attempts):
            log.add(slot, Origin(topic=f"t{number}", operators=("o", "o", f"o{slot % 3}")), kept=one)
        # Whatever is settled by then, an open slot knows the same.
        for open_slot in range(slot + 1, slot + 1 + window):
            upto = max(open_slot // window - 1, 0) * window
            attempted: Counter[tuple[str, str]] = Counter()
            were_kept: Counter[tuple[str, str]] = Counter()
            for before in range(upto):
                for number, one in enumerate(kept[before]):
                    for key in (("topic", f"t{number}"), ("operator", "o"), ("operator", f"o{before % 3}")):
                        attempted[key] += 1
                        were_kept[key] += one
            known = {
                (part, name): tuple(tried)
                for part, names in log.known_to(open_slot).items()
                for name, tried in names.items()
            }
            assert known == {key: (attempted[key], were_kept[key]) for key in attempted}


class Told:
    """A memory that has these yields."""

    def __init__(self, yields: dict[str, dict[str, Tried]]) -> None:
        self._yields = yields

    async def yields(self, slot: int) -> dict[str, dict[str, Tried]]:
        return self._yields


def bench(floor: float | None, **tried: tuple[int, int]) -> Bench:
    memory = Told({"operator": {name: Tried(*one) for name, one in tried.items()}})

    class Services:
        pass

    services: Any = Services()
    services.memory = memory
    return Bench(Context(bandit_floor=floor), services)


async def drawn(bench: Bench, names: list[str], times: int = 2000) -> Counter[str | None]:
    return Counter([await choose(bench, slot, "operator", names, rng(0, slot)) for slot in range(times)])


async def test_draws_follow_the_posterior_and_leave_the_floor_alone() -> None:
    told = bench(0.25, good=(40, 30), bad=(40, 4))
    counts = await drawn(told, ["bad", "good", "untried"])
    # A quarter is left to chance; what is untried is drawn, too, as often as its posterior is the highest.
    assert 420 <= counts[None] <= 580
    assert counts["bad"] == 0
    by_hand = random.Random(1)
    wins = sum(by_hand.betavariate(1, 1) > by_hand.betavariate(31, 11) for _ in range(20_000)) / 20_000
    assert counts["untried"] / (2000 - counts[None]) == pytest.approx(wins, abs=0.04)


async def test_without_a_floor_nothing_is_drawn_and_no_random_number_is_used() -> None:
    random_ = rng(7)
    assert await choose(bench(None, good=(9, 9)), 3, "operator", ["good"], random_) is None
    assert random_.random() == rng(7).random()


def test_a_bandit_moves_attempts_to_what_yields_and_keeps_trying_the_rest(
    script: Path, tmp_path: Path
) -> None:
    alike, by_yield = tmp_path / "alike", tmp_path / "by-yield"
    go(script, alike, SLOTS, None)
    go(script, by_yield, SLOTS, 0.25)
    assert report_on(by_yield).kept >= 2 * report_on(alike).kept
    counts = operators_of(by_yield)
    assert counts[GOOD_OPERATOR] > sum(counts.values()) / 2
    assert set(counts) == set(OPERATORS)


def test_the_bandit_draws_alike_in_workers_at_any_pace_and_after_a_resume(
    script: Path, tmp_path: Path
) -> None:
    expected = go(script, tmp_path / "a", SLOTS, 0.25, concurrency=1)
    assert go(script, tmp_path / "b", SLOTS, 0.25, concurrency=16) == expected
    assert go(script, tmp_path / "c", SLOTS, 0.25, workers=2) == expected
    go(script, tmp_path / "d", 37, 0.25)
    asyncio.run(execute(resumed(tmp_path / "d", n=SLOTS), lambda event: None))
    assert files(tmp_path / "d") == expected


def test_a_report_adds_up_as_a_reader_of_the_files_would(script: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    go(script, out, 24, None, prices={f"scripted:{script}": {"input": 1.0, "output": 2.0}})
    records = [json.loads(line) for line in (out / "records.jsonl").read_text().splitlines()]
    rejected = [json.loads(line) for line in (out / "rejected.jsonl").read_text().splitlines()]
    report = report_on(out)
    origins = [*(row["lineage"] for row in records), *(row["origin"] for row in rejected)]
    for part, names in (
        ("operator", lambda origin: origin["operators"]),
        ("seed", lambda origin: origin["exemplars"]),
        ("topic", lambda origin: [origin["topic"]]),
    ):
        counted = Counter(name for origin in origins for name in names(origin))
        assert {name: one.attempts for name, one in report.by[part].items()} == counted, part
        kept = Counter(name for row in records for name in names(row["lineage"]))
        assert {name: one.kept for name, one in report.by[part].items() if one.kept} == kept, part
    (model,) = report.by["model"].values()
    assert (model.attempts, model.kept) == (len(origins), len(records))
    assert model.usage.model_dump() == pytest.approx(report.usage.model_dump())
    assert sum(one.usage.calls for one in report.by["operator"].values()) == report.usage.calls
    usage = model.usage
    assert usage.usd == pytest.approx((usage.input_tokens + 2 * usage.output_tokens) / 1e6)
    # One operator alone is ever kept: all of its calls, and the two of each malformed reply.
    good = report.by["operator"][GOOD_OPERATOR]
    assert good.usage.calls == 3 * good.kept
    assert report.reasons == {"proposer: malformed": len(rejected)}


def test_the_report_is_read_while_a_run_is_open_and_says_what_is_missing(
    script: Path, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    go(script, out, 24, 0.5)
    shown = CliRunner().invoke(cli, ["report", str(out), "--rows", "2"], catch_exceptions=False)
    assert "50% of them without regard to it" in shown.output
    assert "… and 5 more: --rows 7 shows them" in shown.output
    told = CliRunner().invoke(cli, ["report", str(out), "--json"], catch_exceptions=False)
    by = json.loads(told.output)["by"]
    assert list(by) == ["operator", "topic", "seed", "role", "model"]
    nothing = CliRunner().invoke(cli, ["report", str(tmp_path / "none")])
    assert "no run" in str(nothing.exception)
