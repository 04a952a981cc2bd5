"""Changed twins: the program follows the text, numbers stay sensible, and nothing unsound has a twin."""

from __future__ import annotations

import asyncio
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from problem_table import VALID, Row
from problem_table_fresh import VALID_FIRST, VALID_SECOND, VALID_THIRD, Fresh

from proofset.records import Outcome
from proofset.tools.problems import Change, Runs, Twin, changed_twin, numbers_kept
from proofset.tools.problems.invented import invented_numbers, worked_out
from proofset.tools.problems.numbers import value_of, with_number
from proofset.tools.problems.spoken import stated_numbers
from proofset.tools.problems.straight import Followed, followed
from proofset.tools.problems.told import READERS, Told, read_by
from proofset.tools.sandbox import Sandbox

ROWS: tuple[Row | Fresh, ...] = (*VALID, *VALID_FIRST, *VALID_SECOND, *VALID_THIRD)
TWINS: tuple[tuple[Row | Fresh, Twin], ...] = tuple(
    (row, twin) for row in ROWS if (twin := changed_twin(row.problem, row.program)) is not None
)
_NEAR = Fraction(1, 10**9)


def near(one: Fraction | None, other: Fraction | None) -> bool:
    return one is not None and other is not None and abs(one - other) <= _NEAR * (1 + abs(other))


async def test_a_twin_program_prints_what_a_right_solver_prints(shared_sandbox: Sandbox) -> None:
    """The solver's program with the same changes, and the readers of the changed text, agree with it."""
    runs = Runs(shared_sandbox)
    turn = asyncio.Semaphore(12)

    async def values(row: Row | Fresh, twin: Twin) -> tuple[Fraction | None, Fraction | None]:
        peer = row.peer
        for change in twin.changes:
            peer = with_number(peer, change.old, change.new) if peer else ""
        async with turn:
            printed = [await runs.printed(source) for source in (twin.program, peer) if source]
        assert all(one.outcome is Outcome.PASS for one in printed), twin
        found = [value_of(one.answer) for one in printed]
        return found[0], found[1] if len(found) > 1 else None

    found = await asyncio.gather(*(values(row, twin) for row, twin in TWINS))
    held = told = 0
    for (row, twin), (ours, theirs) in zip(TWINS, found, strict=True):
        assert ours is not None and not near(ours, value_of(row.claim)), twin
        given = read_by(READERS, twin.problem)
        if isinstance(given, Told):
            told += 1
            assert near(ours, given.value), twin
        # A solver that worked numbers out beforehand cannot follow.
        plain = not worked_out(row.problem, row.peer) and not invented_numbers(row.problem, row.peer)
        if theirs is not None and plain and row.peer.count("//") == 0:
            held += 1
            assert near(ours, theirs), twin
    assert len(TWINS) > 50 and told > 25 and held > 25


def test_changed_numbers_stay_sensible() -> None:
    for row, twin in TWINS:
        assert twin == changed_twin(row.problem, row.program)
        before, after = stated_numbers(row.problem), stated_numbers(twin.problem)
        assert len(before) == len(after) and twin.changes
        for old, new in zip(before, after, strict=True):
            assert (old.value.denominator == 1) == (new.value.denominator == 1)
            assert len(str(int(old.value))) == len(str(int(new.value)))
            assert abs(new.value - old.value) <= max(Fraction(1), old.value * Fraction(3, 10))
        order = [sorted(range(len(found)), key=lambda k: (found[k].value, k)) for found in (before, after)]
        assert order[0] == order[1]


@pytest.mark.parametrize(
    ("text", "program"),
    [
        ("Solve x^2 - 9x + 20 = 0.", "print(9 * 20)"),
        ("In 1987 Tom was born. How old was he in 2005?", "print(2005 - 1987)"),
        ("Find the 12th term of the sequence 5, 9, 13, ...", "print(5 + 11 * 4)"),
        ("How many minutes are 60 hours?", "print(60 * 60)"),
        ("A bag holds 5 green and 7 red balls. How many ways to take 2?", "print(12 * 11 // 2)"),
        ("Tom has 25 pens and buys 9 more. How many has he?", "print(34)"),
        ("Tom has 25 pens and buys 9 more. How many has he?", "print(26 + 9)"),
        ("Tom has 25 pens and Ann has 25 pens. How many have both?", "print(25 + 25)"),
        ("Tom has two pens. How many pens have 2 such boys?", "print(2 * 2)"),
        ("What is 3^5?", "print(3 ** 5)"),
        ("Tom has 25 pens.", "print(25"),
        ("", ""),
    ],
)
def test_where_no_twin_is_sound_there_is_none(text: str, program: str) -> None:
    assert changed_twin(text, program) is None


def test_what_divides_goes_on_dividing() -> None:
    twin = changed_twin("Nine friends share 153 nuts equally. How many nuts has each?", "print(153 // 9)")
    assert twin is not None and len(twin.changes) == 1
    (change,) = twin.changes
    assert change.old == 153 and change.new % 9 == 0 and change.new != 153
    assert twin.program == f"print({change.new} // 9)"
    assert twin.problem == f"Nine friends share {change.new} nuts equally. How many nuts has each?"
    assert isinstance(change, Change)


@given(st.integers(101, 999), st.integers(11, 99), st.integers(1, 99))
def test_sums_have_twins_that_follow(price: int, count: int, percent: int) -> None:
    text = (
        f"A coat costs ${price} and {count} caps cost $4 each. With {percent}% tax, how many dollars is it?"
    )
    twin = changed_twin(text, f"print(({price} + {count} * 4) * (100 + {percent}) / 100)")
    if twin is not None:
        numbers = [one.value for one in stated_numbers(twin.problem)]
        expected = (numbers[0] + numbers[1] * numbers[2]) * (100 + numbers[3]) / 100
        assert followed(twin.program) == Followed(expected, False)
        assert 1 <= numbers[3] <= 99


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_text_breaks_a_twin(text: str, program: str) -> None:
    changed_twin(text, program), followed(program), numbers_kept(text, program)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("print(24 * 7)", Followed(Fraction(168), False)),
        ("a, b = 7, 2\nprint(a // b)", Followed(Fraction(3), True)),
        ("from math import *\nprint(isqrt(9) + comb(5, 2))", Followed(Fraction(13), False)),
        ("from math import *\nprint(isqrt(10))", Followed(Fraction(3), True)),
        ("from fractions import Fraction\nprint(Fraction(3, 8) * 4)", Followed(Fraction(3, 2), False)),
        ("for n in range(3):\n    pass\nprint(n)", None),
        ("print(9 ** 9 ** 9)", None),
        ("print(1 / 0)", None),
        ("print(__import__('os'))", None),
    ],
)
def test_straight_programs_are_followed(source: str, value: Followed | None) -> None:
    assert followed(source) == value


@pytest.mark.parametrize(
    ("problem", "paraphrase", "kept"),
    [
        ("Tom has 12 pens and 3 caps.", "There are three caps and twelve pens at Tom's.", True),
        ("Tom has 12 pens and 3 caps.", "There are three caps and two pens at Tom's.", False),
        ("Tom has 12 pens.", "Tom has a dozen pens.", True),
        ("Half of the 30 pens are red.", "Of 30 pens one half is red.", True),
        ("He is twice as old as Bo, who is 8.", "Bo is 8, and he is double that age.", True),
        ("A bag costs $1,200 less 15%.", "For the bag one pays 15 percent less than $1200.", True),
        ("A bag costs $1,200 less 15%.", "For the bag one pays less than $1200.", False),
        ("Two boxes of 6 pens, one is empty.", "One of two boxes of six pens is empty.", True),
        ("6 pens and 6 caps", "6 pens and caps", False),
        ("He has 1 pen and 4 caps.", "He has one pen and four caps.", True),
        ("He has 1 pen and 4 caps.", "He has four caps.", False),
        ("two thirds of 9", "9 times 2/3", False),
    ],
)
def test_paraphrases_keep_their_numbers(problem: str, paraphrase: str, kept: bool) -> None:
    assert bool(numbers_kept(problem, paraphrase)) is kept


def test_what_a_paraphrase_lost_is_told() -> None:
    found = numbers_kept("Tom has 12 pens and 3 caps.", "Tom has 13 pens and 3 caps.")
    assert found.missing + found.added == (Fraction(12), Fraction(13))


@pytest.mark.parametrize(
    "program",
    [
        "a = 1000000007\n" + "a = a * a\n" * 40 + "print(a)",
        "a = 1000000007\n" + "a *= a\n" * 40 + "print(a)",
        "print(Fraction('1e99999999'))",
        "print(2 ** 64 ** 8)",
    ],
)
def test_numbers_without_end_are_not_followed(program: str) -> None:
    assert followed(program) is None


def test_more_balls_than_chances_have_digits_for_are_left_alone() -> None:
    text = (
        "A bag has 500000000 red balls and 500000000 blue balls. {} balls are drawn with replacement. "
        "What is the probability that all are red?"
    )
    assert read_by(READERS, text.format(3)) is not None
    assert read_by(READERS, text.format(100_000_000)) is None
