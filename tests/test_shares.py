"""Shares and kappa: by their formulas, and within their bounds for every count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofset.records import Interval, Rated, Share, kappa, wilson


@given(st.integers(0, 400), st.integers(0, 400))
def test_an_interval_holds_its_share(hits: int, misses: int) -> None:
    low, high = wilson(hits, hits + misses)
    share = Share(hits, hits + misses)
    assert 0 <= low <= high <= 1
    assert share.interval == Interval(low, high)
    if share.value is not None:
        assert low <= share.value <= high
        assert high < 1 or misses == 0


def table(both: int, first: int, second: int, neither: int) -> list[Rated]:
    cells = (Rated(True, True), both), (Rated(True, False), first), (Rated(False, True), second)
    return [rated for rated, count in (*cells, (Rated(False, False), neither)) for _ in range(count)]


@pytest.mark.parametrize(
    ("cells", "value"),
    [((20, 5, 10, 15), 0.4), ((45, 15, 25, 15), 0.1304), ((5, 0, 0, 5), 1.0), ((0, 5, 5, 0), -1.0)],
)
def test_kappa_is_that_of_the_textbook(cells: tuple[int, int, int, int], value: float) -> None:
    assert kappa(table(*cells)) == pytest.approx(value, abs=1e-4)


def test_kappa_without_anything_to_tell_apart_is_not_defined() -> None:
    assert kappa([]) is None
    assert kappa(table(4, 0, 0, 0)) is None
    assert Share(0, 0).value is None


@given(st.lists(st.builds(Rated, st.booleans(), st.booleans()), min_size=1, max_size=60))
def test_kappa_is_symmetric_and_bounded(rated: list[Rated]) -> None:
    value = kappa(rated)
    turned = kappa([Rated(one.second, one.first) for one in rated])
    assert value == (turned if turned is None else pytest.approx(turned))
    assert value is None or -1 <= value <= 1 + 1e-12
