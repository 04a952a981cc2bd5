"""Examples read from texts, new inputs made from seen ones, and the labels that peers give."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proofset.tools.programs._plain import from_json
from proofset.tools.programs.annotations import forms_of
from proofset.tools.programs.asserts import Asserts, read_asserts
from proofset.tools.programs.domains import Wording, wording_of
from proofset.tools.programs.examples import examples_in
from proofset.tools.programs.expressions import Answer, AnswerKind, Call
from proofset.tools.programs.inputs import calls_of_forms, inputs_from
from proofset.tools.programs.labels import agree, answers_agree, label_of
from proofset.tools.programs.relations import relations_of
from proofset.tools.programs.stubs import stub_that_passes


def seen(*arguments: str) -> list[Call]:
    read = read_asserts("\n".join(f"assert candidate({each}) == 0" for each in arguments), "f")
    assert isinstance(read, Asserts), read
    return list(read.calls)


def values(calls: tuple[Call, ...]) -> list[list[Any]]:
    return [[from_json(node) for node in call.arguments] for call in calls]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (">>> f(2)\n3", ["assert f(2) == 3"]),
        ("    >>> f([1, 2], 'a)')\n    [2]\n", ["assert f([1, 2], 'a)') == [2]"]),
        ("f(2) => 3\nf(3) ➞ 4\n* f(4) -> 5, since 4 + 1 = 5", ["f(2) == 3", "f(3) == 4", "f(4) == 5"]),
        ("f('a') == True  # a remark", ["assert f('a') == True"]),
        ("f(19, 28) should return 72.", ["assert f(19, 28) == 72"]),
        (">>> f(x)\n3\n>>> f(2) + 1\n4\n>>> g(2)\n3\ndef f(a=1) -> int:", []),
        (">>> f(2)\nTraceback (most recent call last):", []),
        ("f(2) returns open('x')", []),
        ("f(2) == 3\nf(2) == 4", ["assert f(2) == 3"]),
    ],
)
def test_examples(text: str, wanted: list[str]) -> None:
    found = [example.text for example in examples_in(text, "f")]
    assert len(found) == len(wanted)
    assert all(part in text for part, text in zip(wanted, found, strict=True))


SCALARS: list[st.SearchStrategy[Any]] = [
    st.integers(-99, 99),
    st.floats(-9, 9, allow_nan=False).map(lambda value: round(value, 2)),
    st.text("abcxyz ", max_size=9),
    st.booleans(),
    st.none(),
]
ARGUMENT = st.sampled_from(SCALARS).flatmap(
    lambda scalar: st.sampled_from(
        [scalar, st.lists(scalar, max_size=5), st.dictionaries(st.text("ab", min_size=1), scalar, max_size=3)]
    )
)
CALLS = st.lists(ARGUMENT, min_size=1, max_size=3).flatmap(
    lambda places: st.lists(st.tuples(*places), min_size=1, max_size=5)
)


def types_at(value: Any) -> Any:
    """The types in a value, by where they stand."""
    if isinstance(value, list):
        return {("list", kind) for item in value for kind in types_at(item)} | {"list"}
    if isinstance(value, dict):
        return {("dict", kind) for item in value.values() for kind in types_at(item)} | {"dict"}
    return {type(value).__name__}


@settings(max_examples=60, deadline=None)
@given(CALLS, st.integers(0, 5))
def test_inputs_come_again_and_keep_the_types_of_their_places(calls: list[Any], seed: int) -> None:
    known = seen(*(", ".join(map(repr, arguments)) for arguments in calls))
    made = inputs_from(known, count=30, seed=seed)
    assert made == inputs_from(known, count=30, seed=seed)
    assert len({call.text for call in made}) == len(made) <= 30
    assert not {call.text for call in made} & {call.text for call in known}
    for arguments in values(made):
        assert len(arguments) == len(calls[0])
        for place, value in enumerate(arguments):
            allowed = set().union(*(types_at(call[place]) for call in calls))
            assert types_at(value) <= allowed
    sizes = [len(str(call.arguments)) for call in made]
    assert sizes[:1] <= sizes[-1:]


def test_other_seeds_make_other_inputs() -> None:
    known = seen("[3, 1, 2], 'abc'", "[5], 'b'")
    assert inputs_from(known, count=40, seed=1) != inputs_from(known, count=40, seed=2)
    assert len(inputs_from(known, count=40)) == 40


def test_contracts_that_can_be_read_off_are_kept() -> None:
    plain = values(inputs_from(seen("[1, 5, 2]", "[4]"), count=80))
    assert min(item for (items,) in plain for item in items) >= 0
    assert [] in [items for (items,) in plain]
    below = values(inputs_from(seen("[1, -5, 2]", "[4]"), count=80))
    assert min(item for (items,) in below for item in items) < 0
    words = Wording(positive=True, filled=True)
    strict = values(inputs_from(seen("[1, 5, 2]", "[4]"), count=80, wording=words))
    assert all(items and min(items) >= 1 for (items,) in strict)
    ordered = values(inputs_from(seen("[1, 2, 4]", "[3, 5, 9, 12]"), count=80))
    assert all(items == sorted(items) for (items,) in ordered)
    aligned = values(inputs_from(seen("[1, 2], [3, 4]", "[5], [6]"), count=80))
    assert len(aligned) == 80
    assert all(len(left) == len(right) for left, right in aligned)
    index = values(inputs_from(seen("[1, 2, 3], 2", "[5], 1"), count=80))
    assert all(number <= len(items) for items, number in index)
    bits = values(inputs_from(seen("'0110'", "'10'", "'111000'"), count=80))
    assert all(set(text) <= {"0", "1"} for (text,) in bits)
    dates = values(inputs_from(seen("'03-11-2000'", "'15-01-2012'"), count=20))
    assert dates
    assert all([len(part) for part in text.split("-")] == [2, 2, 4] for (text,) in dates)


def test_relations_need_more_than_an_accident() -> None:
    few = [(1, 2), (3, 9), (2, 4)]
    assert relations_of(few) == ()
    many = [*few, (0, 5), (4, 6)]
    assert {relation.name for relation in relations_of(many)} == {"below", "at-most"}
    assert relations_of([([1], "a")]) == ()


def test_quoted_words_are_a_language() -> None:
    prompt = "Words are 'one', 'two' and 'six'. Return the largest of a non-empty list of positive numbers."
    wording = wording_of(prompt)
    assert wording == Wording(positive=True, filled=True, quoted=("one", "two", "six"))
    made = values(inputs_from(seen("'one two'", "'two'"), count=40, wording=wording))
    assert {word for (text,) in made for word in text.split()} == {"one", "two", "six"}


@pytest.mark.parametrize("arguments", [[], [""]])
def test_nothing_seen_gives_no_inputs(arguments: list[str]) -> None:
    assert inputs_from(seen(*arguments), count=9) == ()


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        (1, 1.0, True),
        (0.1 + 0.2, 0.3, True),
        (1.0, 1.001, False),
        (10**20, 10**20 + 1, False),
        ([1, (2, 0.3)], [1, (2, 0.1 + 0.2)], True),
        ([1], (1,), False),
        ("1", 1, False),
        (None, 0, False),
        ({"a": 0.3, "b": 1}, {"b": 1, "a": 0.1 + 0.2}, True),
        ({1, 2}, {2, 1}, True),
        (math.nan, math.nan, True),
        (math.inf, -math.inf, False),
        (10**400, 1.0, False),
    ],
)
def test_equality_is_by_type_and_floats_within_a_tolerance(one: object, two: object, same: bool) -> None:
    assert agree(one, two) is same
    assert agree(two, one) is same


def value(given: object) -> Answer:
    return Answer(AnswerKind.VALUE, given)


RAISED = Answer(AnswerKind.RAISED, detail="ValueError: 1")


def test_labels_want_a_majority_of_two() -> None:
    label = label_of([value(1), value(2), value(1.0)])
    assert label is not None
    assert (label.value, label.votes, label.voters, label.unanimous) == (1, 2, 3, False)
    assert label_of([value(1), value(1), RAISED]) is not None
    for answers in ([], [value(1)], [value(1), value(2)], [value(1), RAISED], [RAISED, RAISED]):
        assert label_of(answers) is None
    assert label_of([value(1), value(1), value(2), value(2)]) is None


def test_failures_are_alike_by_their_type() -> None:
    assert answers_agree(RAISED, Answer(AnswerKind.RAISED, detail="ValueError: 2"))
    assert not answers_agree(RAISED, Answer(AnswerKind.RAISED, detail="TypeError: 1"))
    assert not answers_agree(RAISED, value(1))


@pytest.mark.parametrize(
    ("tests", "stub"),
    [
        ("assert f(3) == 3\nassert f(5) == 5", "its first argument"),
        ("assert f(3) == 7", "always 7"),
        ("assert f(3) == 7\nassert f(4) == 7", "always 7"),
        ("assert not f(3)", "always None"),
        ("assert f(3) == 7\nassert f(4) == 9", ""),
        ("assert f(3)[0] == 7", ""),
        ("", ""),
    ],
)
def test_stubs_that_pass_are_named(tests: str, stub: str) -> None:
    read = read_asserts(tests, "f")
    assert isinstance(read, Asserts)
    assert stub_that_passes(read) == stub


@pytest.mark.parametrize(
    ("head", "first"),
    [
        ("def f(n: int, text: str):", [3, "hello"]),
        ("def f(rows: list[list[int]]):", [[[3, 12, 7], [12, 3], [7, 3, 3, 12]]]),
        ("def f(d: dict[str, int], keys: set[str]):", [{"hello": 3, "abcba": 12}, {"hello", "abcba"}]),
        ("def f(pair: tuple[int, str], x: float | None):", [(3, "hello"), 1.5]),
        ("def f(n: int, what):", None),
        ("def f(n: list):", None),
        ("def f(n):", None),
        ("def f():", None),
    ],
)
def test_ordinary_calls_of_a_head(head: str, first: list[Any] | None) -> None:
    calls = calls_of_forms(forms_of([head], "f"))
    assert values(calls)[:1] == ([] if first is None else [first])
    assert len(calls) == (0 if first is None else 3)
