"""The kit of proofset, and what this package adds."""

from __future__ import annotations

import pytest
from proofset_example.judge import PlainWords

from proofset.testing import check_agent


def test_the_judge_does_what_graphs_rely_on() -> None:
    assert [check for check in check_agent(PlainWords(), "judge") if check.failed] == []


@pytest.mark.parametrize("most_words", [1, 60])
async def test_the_bound_decides(most_words: int) -> None:
    from proofset.testing import cases_for

    first, *_ = cases_for("judge")
    update = await PlainWords(most_words=most_words)(first.state)
    assert (update["refusal"] is None) == (most_words == 60)
