"""The numbers of problems and programs, and the calculations of a reasoning: read, never run."""

from __future__ import annotations

from fractions import Fraction as F

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofset.tools.checks import Calculation, calculations_in
from proofset.tools.programs import (
    Literal,
    Unreadable,
    literals_of,
    numbers_in_text,
    perturbed,
    unused_numbers,
)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("12 apples and 12 pears cost $3.50", [F(12), F("3.5")]),
        ("1,200 of 12,345,678 people", [F(1200), F(12345678)]),
        ("1,2,3", [F(1), F(2), F(3)]),
        ("25% of x^2 in the 5th row", [F(25), F(2), F(5)]),
        ("none", []),
    ],
)
def test_numbers_in_text(text: str, numbers: list[F]) -> None:
    assert list(numbers_in_text(text)) == numbers


def test_literals_are_read_as_written() -> None:
    assert literals_of("x = 0.1 + 12\ny = Rational('3.5')\nz = True") == (
        Literal(0, F(1, 10)),
        Literal(1, F(12)),
        Literal(2, F(7, 2)),
    )


@pytest.mark.parametrize("source", ["def", "x" * 9000, "(" * 500 + ")" * 500, "a\0b", "9" * 5000])
def test_what_is_no_program_is_a_value(source: str) -> None:
    assert isinstance(literals_of(source), Unreadable)


def unused(problem: str, program: str) -> list[F]:
    literals = literals_of(program)
    assert not isinstance(literals, Unreadable)
    return list(unused_numbers(problem, literals))


def test_a_program_must_hold_the_numbers_of_its_problem() -> None:
    problem = "A bookshelf has 5 shelves and 40 books."
    assert unused(problem, "print(5 * 40)") == []
    assert unused(problem, "print(200)") == [F(5), F(40)]
    assert unused("25% off 80", "print(80 * 0.75)") == []
    assert unused("25% off 80", "print(80 * 1.25)") == []
    assert unused("25% off 80", "print(80 * 0.7)") == [F(25)]


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(1, 9))
def test_perturbing_changes_one_literal_and_nothing_else(a: int, b: int, delta: int) -> None:
    source = f"a = {a}\nb = {b}\nprint(a + b)"
    literals = literals_of(source)
    assert not isinstance(literals, Unreadable)
    changed = perturbed(source, literals[0], delta)
    assert changed == f"a = {a + delta}\nb = {b}\nprint(a + b)"


def test_perturbing_keeps_the_kind_of_literal() -> None:
    source = "print(Rational('3.5') + 2.5)"
    literals = literals_of(source)
    assert not isinstance(literals, Unreadable)
    first, second = literals
    assert perturbed(source, first, 1) == "print(Rational('4.5') + 2.5)"
    assert perturbed(source, second, 1) == "print(Rational('3.5') + 3.5)"


@pytest.mark.parametrize(
    ("text", "calculations"),
    [
        ("So 12 * 4 = 48 books.", [("12 * 4", "48")]),
        ("x = 3 + 4 = 7", [("3 + 4", "7")]),
        ("3 + 4 = 7 = 14 / 2", [("3 + 4", "7")]),
        ("3*4 = 6*2, and (1 + 2) * 3 = 9.", [("3*4", "6*2"), ("(1 + 2) * 3", "9")]),
        ("5x + 3 = 18, so 5x = 15", []),
        ("2x + 3*4 = 18", []),
        ("17 / 5 = 3 remainder 2", []),
        ("17 / 5 = 3 R2", []),
        ("$5 * 3 = $15", [("$5 * 3", "$15")]),
        ("First: 2 + 2 = 4\nThen 4 - 1 = 3", [("2 + 2", "4"), ("4 - 1", "3")]),
        ("x = 5 and y = 3", []),
        ("a = b * 3 = 9", []),
        ("f(2) = 3 * 2 = 6", [("3 * 2", "6")]),
        ("20 x 3/4 = 15 and 2 x 3 + 1 = 7", []),
        ("60 times 1/4 = 15, half of 3/4 = 3/8", []),
        ("After eating 5, 15 - 5 = 10 are left.", [("15 - 5", "10")]),
        ("He has 3. 8 * 2 = 16, 4 + 4 = 8; 1: 2 * 3 = 6.", [("8 * 2", "16"), ("4 + 4", "8"), ("2 * 3", "6")]),
        ("1,000 + 5 = 1,005, 3 + 4 = 7", [("1,000 + 5", "1,005"), ("3 + 4", "7")]),
        ("1, 000 + 5 = 1005", [("1, 000 + 5", "1005")]),
        ("no calculation", []),
    ],
)
def test_calculations_in_a_reasoning(text: str, calculations: list[tuple[str, str]]) -> None:
    assert list(calculations_in(text)) == [Calculation(*pair) for pair in calculations]


@given(st.text(alphabet="0123456789 +-*/=().,x\n$%", max_size=300))
def test_any_text_can_be_looked_at(text: str) -> None:
    for calculation in calculations_in(text):
        assert calculation.left
        assert calculation.right
