"""Pairs of every kind, labelled by hand: what is equal is accepted, and nothing else is."""

from __future__ import annotations

import answer_pairs_by_hand
import answer_pairs_more
import pytest
from answer_pairs_by_hand import Row

from proofset.tools.answers._worker import compare_pair

ROWS = (*answer_pairs_by_hand.ROWS, *answer_pairs_more.ROWS)


def accepted(row: Row, answer: str) -> bool:
    return compare_pair("", row.gold, answer, row.problem).outcome == "pass"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.kind}-{row.gold}"[:60])
def test_what_is_equal_is_accepted_and_nothing_else(row: Row) -> None:
    assert [answer for answer in row.other if accepted(row, answer)] == []
    assert [answer for answer in (row.gold, *row.same) if not accepted(row, answer)] == []


def test_the_tables_are_large_and_no_label_contradicts_another() -> None:
    same = {(row.gold, answer, row.problem) for row in ROWS for answer in row.same}
    other = {(row.gold, answer, row.problem) for row in ROWS for answer in row.other}
    assert len(same) > 600 and len(other) > 600
    assert not same & other
