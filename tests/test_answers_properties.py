"""What must hold for every number and every expression, not only for the rows of the table."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proofset.tools.answers._terms import Number
from proofset.tools.answers._tree import read
from proofset.tools.answers._worker import compare_pair

wholes = st.integers(-(10**9), 10**9)
fractions = st.fractions(min_value=-(10**6), max_value=10**6, max_denominator=10**4)
finite = st.builds(lambda n, k: Fraction(n, 10**k), wholes, st.integers(0, 8))
constants = st.recursive(
    st.one_of(st.integers(1, 30).map(str), st.sampled_from(["pi", "E", "sqrt(2)", "sqrt(3)", "log(5)"])),
    lambda inner: st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), inner),
    max_leaves=4,
)
polynomials = st.lists(st.integers(-9, 9), min_size=1, max_size=4).map(
    lambda c: " + ".join(f"{k}*x**{power}" for power, k in enumerate(c))
)
calm = settings(max_examples=60, deadline=None, derandomize=True)


def outcome(kind: str, expected: str, answer: str) -> str:
    return compare_pair(kind, expected, answer).outcome


def decimal_of(value: Fraction) -> str:
    """A finite decimal, exactly."""
    shifted = value * 10**8
    assert shifted.denominator == 1
    digits = f"{abs(shifted.numerator):09d}"
    return f"{'-' if value < 0 else ''}{digits[:-8]}.{digits[-8:]}"


def mixed(value: Fraction) -> str:
    whole, rest = divmod(abs(value), 1)
    return f"{'-' if value < 0 else ''}{whole} {rest}" if whole and rest else str(value)


@calm
@given(finite)
def test_a_finite_decimal_equals_its_fraction(value: Fraction) -> None:
    assert outcome("rational", str(value), decimal_of(value)) == "pass"


@calm
@given(fractions)
def test_all_notations_of_a_fraction_are_equal(value: Fraction) -> None:
    top, bottom = value.numerator, value.denominator
    percent = f"{top * 100}/{bottom}" if bottom > 1 else f"{top * 100}%"
    expected = str(value)
    for answer in (
        mixed(value),
        f"{3 * top}/{3 * bottom}",
        f"\\frac{{{top}}}{{{bottom}}}",
        f"x = ({top})/{bottom}",
    ):
        assert outcome("rational", expected, answer) == "pass", answer
    if bottom == 1:
        assert outcome("rational", expected, percent) == "pass"


@calm
@given(wholes)
def test_thousands_separators_do_not_change_a_number(n: int) -> None:
    assert outcome("integer", str(n), f"{n:,}") == "pass"
    assert outcome("integer", str(n), f"{n:,}.00") == "pass"


@calm
@given(fractions, st.integers(1, 10**6))
def test_a_number_differs_from_its_neighbours(value: Fraction, step: int) -> None:
    assert outcome("rational", str(value), str(value + step)) == "fail"
    assert outcome("rational", str(value), str(value + Fraction(1, step))) == "fail"


@calm
@given(fractions.filter(lambda v: v.denominator > 1), st.integers(1, 4))
def test_a_coarse_rounding_is_never_equal_to_what_it_rounds(value: Fraction, digits: int) -> None:
    rounded = f"{float(value):.{digits - 1}e}"
    if Fraction(rounded) != value:
        assert outcome("rational", str(value), rounded) == "fail"


@calm
@given(fractions.filter(bool))
def test_what_python_prints_for_a_float_is_the_number_or_open(value: Fraction) -> None:
    wanted = {"pass"} if any(value.denominator % p == 0 for p in (3, 7, 11, 13)) else {"pass", "inconclusive"}
    printed = repr(value.numerator / value.denominator)
    assert outcome("rational", str(value), printed) in wanted


@settings(max_examples=40, deadline=None, derandomize=True)
@given(constants)
def test_a_constant_equals_itself_rearranged_and_differs_from_one_more(text: str) -> None:
    if compare_pair("closed_form", text, text).outcome == "inconclusive":
        # A division by an expression that is zero.
        return
    assert outcome("closed_form", text, f"2*({text})/2") == "pass"
    assert outcome("closed_form", text, f"({text}) + 1") == "fail"


@settings(max_examples=40, deadline=None, derandomize=True)
@given(polynomials, polynomials)
def test_polynomials_are_equal_exactly_when_their_expansions_are(first: str, second: str) -> None:
    product = f"({first})*({second})"
    assert outcome("expression", product, f"({second})*({first})") == "pass"
    assert outcome("expression", product, f"{product} + x/1000") == "fail"


@calm
@given(st.lists(fractions, min_size=1, max_size=6, unique=True))
def test_sets_have_no_order_and_tuples_do(values: list[Fraction]) -> None:
    shuffled = sorted(values)
    listed, other = ", ".join(map(str, values)), ", ".join(map(str, shuffled))
    assert outcome("set", f"{{{listed}}}", f"[{other}]") == "pass"
    assert outcome("set", f"{{{listed}}}", f"[{other}, {max(values) + 1}]") == "fail"
    if len(values) > 1:
        assert outcome("tuple", f"({listed})", f"({other})") == ("pass" if values == shuffled else "fail")


@calm
@given(st.sampled_from(["closed_form", "set", "tuple"]), fractions, fractions)
def test_comparison_is_symmetric(kind: str, a: Fraction, b: Fraction) -> None:
    one, other = (f"({a}, 1)", f"({b}, 1)") if kind == "tuple" else (str(a), str(float(b)))
    assert outcome(kind, one, other) == outcome(kind, other, one)


@calm
@given(st.text(max_size=60))
def test_any_text_gets_a_judgement_and_none_equals_the_number(text: str) -> None:
    judgement = compare_pair("integer", "918273645", text)
    assert judgement.reason
    assert judgement.outcome in ("fail", "inconclusive")


@pytest.mark.parametrize("text", ["0.1", "1e-7", "123456789.987654321", ".5", "5."])
def test_literals_are_read_exactly(text: str) -> None:
    term = read(text)
    assert isinstance(term, Number)
    assert term.value == Fraction(text)
