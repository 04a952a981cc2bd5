"""Literals: what must agree, read from any text."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofset.memory.novelty.semantic import literals

ANY = st.text(st.characters(exclude_categories=()), max_size=200)
PIECES = [
    "'",
    '"',
    "“",
    "„",
    "«",
    "`",
    "```",
    "1",
    ",",
    ".",
    "-",
    "/",
    "e",
    "a",
    "A",
    " ",
    "\n",
    "one",
    "%",
    "_",
]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1,000 or 1000 or 1000.0", ("1000", "1000", "1000")),
        ("one thousand, 1 thousand, 2.5 million dollars", ("1000", "1000", "2500000 $")),
        ("two hundred and fifty-one", ("251",)),
        ("three million four thousand", ("3004000",)),
        ("-5 and − 5 and −5", ("-5", "5", "-5")),
        ("0.5, .5, 1/2, 2/4 and half", ("1/2", "1/2", "1/2", "1/2", "1/2")),
        ("50% of it, 50 percent, 50 %", ("50 %", "50 %", "50 %")),
        ("5 km, 5km, five kilometres, 5 miles", ("5 km", "5 km", "5 km", "5 mi")),
        ("$5, 5 dollars, €5", ("5 $", "5 $", "5 €")),
        ("the 3rd, the third", ("#3", "#3")),
        ("a dozen, twice", ("12", "x2")),
        ("five-year-old, 5-year-old", ("5", "5")),
        ("1e6", ("1000000",)),
        ("the lone one", ()),
        ("٣ and 3", ("3", "3")),
        ("三个例子", ("三",)),
        ("1/0", ("1/0",)),
        ("12/05/2020", ("12", "5", "2020")),
        ("9" * 5000, ("9" * 5000,)),
    ],
)
def test_numbers_are_read_as_values(text: str, numbers: tuple[str, ...]) -> None:
    assert literals(text).numbers == numbers


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Is 17 prime?", "Is 18 prime?"),
        ("Take 3 from 5.", "Take 5 from 3."),
        ("It lost 5 %.", "It lost 5 points."),
        ("It is 5 °C.", "It is -5 °C."),
        ("Run `ls -l`.", "Run `ls -a`."),
        ("Explain:\n```python\nx = 1\n```", "Explain:\n```python\nx = 2\n```"),
        ("Indent:\n```\nif a:\n  b\nc\n```", "Indent:\n```\nif a:\n  b\n  c\n```"),
        ("Call read_file on it.", "Call write_file on it."),
        ("What is 7 * 6?", "What is 7 + 6?"),
        ("When is x < y?", "When is x > y?"),
        ("Is a == b?", "Is a != b?"),
        ("Use getName there.", "Use setName there."),
        ('Translate "good day".', 'Translate "good night".'),
        ("Translate 'good day'.", "Translate 'good night'."),
        ("Translate “good day”.", "Translate „good night“."),
        ("Name the capital of France.", "Name the capital of Spain."),
        ("Explain what NATO does.", "Explain what UNESCO does."),
        ("HTTP or not?", "FTP or not?"),
        ("Read https://a.example/x.", "Read https://a.example/y."),
        ("Compare GPT-4 with others.", "Compare GPT-3 with others."),
        ("Cook it with salt.", "Cook it without salt."),
        ("Explain why it can fly.", "Explain why it can't fly."),
        ("Sort in ascending order.", "Sort in descending order."),
        ("Find the largest item.", "Find the smallest item."),
        ("Find the sum of the items.", "Find the product of the items."),
        ("Write a poem about rain.", "Write a story about rain."),
        ("List the advantages of trams.", "List the drawbacks of trams."),
        ("请写三个例子", "请写五个例子"),
        ("Convert kilometres to miles.", "Convert miles to kilometres."),
        ("Translate it from French into English.", "Translate it from English into French."),
        ("Why is gold dearer than silver?", "Why is silver dearer than gold?"),
        ("Explain why the rain comes before the storm.", "Explain why the storm comes before the rain."),
    ],
)
def test_texts_that_differ_in_a_literal_never_agree(a: str, b: str) -> None:
    assert not literals(a).agree(literals(b))
    assert not literals(b).agree(literals(a))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Add 1,000 and 2.50.", "Work out 1000 plus 2.5."),
        ("Give three examples of tides.", "Name 3 examples of tides."),
        ("Run `make test` now.", "Now, run ```make test```."),
        ("Explain:\n```python\nx = 1\n```", "Say what this does:\n```\nx = 1\n\n```"),
        ('Translate "good day".', "Put 'good day' into another language."),
        ("Name the capital of France.", "Which city is France's capital?"),
        ("Find the largest item.", "Return the maximum of the items."),
        ("Tom has 2 dogs. What does Tom feed them?", "With 2 dogs, what will Tom feed them?"),
        ("I think it works.", "It works, I'm told."),
        ("Drive 5 km.", "Go five kilometres by car."),
        ("Pay $5.", "Pay 5 dollars."),
        ("Convert kilometres to miles.", "Turn kilometres into miles."),
        ("The dogs' bowls and the cats' beds.", "The beds of cats and bowls of dogs."),
    ],
)
def test_the_same_literals_said_otherwise_agree(a: str, b: str) -> None:
    assert literals(a).agree(literals(b))


@given(ANY)
def test_any_text_can_be_read_and_agrees_with_itself(text: str) -> None:
    found = literals(text)
    assert found == literals(text) and found.agree(literals(text)) and len(found.key) == 16


@given(st.lists(st.sampled_from(PIECES), max_size=60))
def test_tangles_of_quotes_and_digits_can_be_read(pieces: list[str]) -> None:
    literals("".join(pieces))


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_integers_agree_exactly_when_they_are_equal(a: int, b: int) -> None:
    assert literals(f"Take {a:,} there").numbers == (str(a),) == literals(f"Take {a} there").numbers
    assert literals(f"Take {a}").agree(literals(f"Take {b}")) == (a == b)


@given(ANY, ANY)
def test_agreement_goes_both_ways(a: str, b: str) -> None:
    assert literals(a).agree(literals(b)) == literals(b).agree(literals(a))


@given(st.text(st.characters(categories=["Ll", "Nd"], max_codepoint=127), min_size=1, max_size=20))
def test_code_is_kept_to_the_letter(code: str) -> None:
    assert literals(f"Run `{code}`").code == (code,) == literals(f"Run\n```\n{code}\n```").code


@pytest.mark.parametrize(
    "piece", [*PIECES, "1,111", "1/2", "three ", "a-", "1.1.", "'a ", "„a“", "``", "(", "a(", "and "]
)
def test_reading_takes_time_in_proportion(piece: str) -> None:
    # By work, not by clock: a text of 300,000 characters that took quadratic time would not end in the
    # limit of the suite.
    text = piece * (300_000 // len(piece))
    assert literals(text) == literals(text)


def test_the_order_of_words_that_are_no_literals_does_not_matter() -> None:
    words = ["please", "kindly", "explain", "how", "rivers", "and", "seas", "meet"]
    found = {literals(" ".join(random.Random(n).sample(words, len(words)))).key for n in range(20)}
    assert len(found) == 1
