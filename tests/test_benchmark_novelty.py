"""The benchmark of novelty works, and its decisions are made on pairs that are hard."""

from __future__ import annotations

import pytest

pytest.importorskip("rouge_score")

from novelty import QUICK, ROWS, Row
from novelty_decisions import decisions


def test_hard_pairs_are_decided_alike() -> None:
    found = decisions(2)
    assert found.differ == 0
    assert found.pairs > 4_000 and min(found.above, found.near, found.exact) > 10


@pytest.mark.parametrize("name", ["growth", "large", "race", "contamination"])
def test_rows_are_made(name: str) -> None:
    rows = list(ROWS[name](QUICK._replace(pool=400, large=500, small=100, items=60, texts=100, pairs=10)))
    assert rows and all(isinstance(row, Row) and row.ours for row in rows)
