"""What an instruction asks of the form of a response: what is read, what is not, and who keeps to it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofset.records import Evidence, EvidenceKind, Grade, Outcome, Verdict
from proofset.seeds import load_seed_instructions
from proofset.tools.checks import form_as_asked, rerun, sum_is_right
from proofset.tools.instructions import (
    code_in,
    demands_in,
    examples_in,
    facts_marked_in,
    fault_of,
    sum_in,
)
from proofset.tools.sandbox import Sandbox

ASKED = [
    ("Describe a lamp in three bullet points.", ["exactly 3 bullets"]),
    ("Answer in at most 40 words.", ["at most 40 words"]),
    ("Reply in fewer than 20 words.", ["at most 19 words"]),
    ("Write more than 100 words on rain.", ["at least 101 words"]),
    ("Sum it up in 50 words or less.", ["at most 50 words"]),
    ("Write between 20 and 30 words about the sea.", ["20 to 30 words"]),
    ("Give a review of 20-30 words.", ["20 to 30 words"]),
    ("Explain it in two short sentences.", ["exactly 2 sentences"]),
    ("Write a poem of exactly four lines.", ["exactly 4 lines"]),
    ("Tell it in three paragraphs, in at least 90 words.", ["at least 90 words", "exactly 3 paragraphs"]),
    ("Make a numbered list of five ideas.", ["exactly 5 numbers"]),
    ("Return the data as a JSON object.", ["JSON"]),
    ("Turn it into JSON with the keys name, age and town.", ["JSON with the keys name, age, town"]),
    ("Write the settings as YAML.", ["YAML"]),
    ("Is it spam? Answer yes or no.", ["one of: yes, no"]),
    ("Is it so? Reply only with 'true' or 'false'.", ["one of: true, false"]),
    ("Label the mail as urgent, normal or low.", ["a word on which one of: urgent, normal, low"]),
    ("Which is it: cat, dog, or bird?", ["a word on which one of: cat, dog, bird"]),
    ("Write the word in capital letters.", ["upper case only"]),
    ("Answer in all lowercase.", ["lower case only"]),
    ("Describe snow without using the letter e.", ["without 'e'"]),
    ("Praise the cake without the word 'good'.", ["without 'good'"]),
    ("Write a line that includes the word 'harbour'.", ["holds 'harbour'"]),
    ("Begin with 'Once upon a time'.", ["begins 'Once upon a time'"]),
    ("End with the phrase 'and so on'.", ["ends 'and so on'"]),
    ("Write two sentences on rain.", ["exactly 2 sentences"]),
    ("Give me a six-word story.", ["exactly 6 words"]),
    ("I need a blurb for a brush, at least 40 words long.", ["at least 40 words"]),
    ("Name a planet. One word only, please.", ["exactly 1 words"]),
    ("Your answer may not exceed 40 words. How do planes fly?", ["at most 40 words"]),
    ("Use two to three sentences.", ["2 to 3 sentences"]),
    ("Give three city names, one per line, nothing else.", ["exactly 3 lines"]),
    ("Give three city names, one per line.", ["at least 3 lines"]),
    ("List three tips for better sleep as bullet points.", ["exactly 3 bullets"]),
    ("Use a numbered list with no more than four steps.", ["at most 4 numbers"]),
    ("Answer in bullet points: what are the parts of a bike?", ["at least 1 bullets"]),
    ("Don't use bullet points. What goes into a soup?", ["exactly 0 bullets"]),
    ('Give JSON with exactly the keys "a", "b" and "c" for it.', ["JSON with only the keys a, b, c"]),
    ("Give JSON with the keys title and body text.", ["JSON"]),
    ("Output JSON with 'city' and 'country' for Oslo.", ["JSON with the keys city, country"]),
    ("Produce YAML with keys host and user.", ["YAML with the keys host, user"]),
    ("Yes or no only: can penguins fly?", ["one of: yes, no"]),
    ("Answer yes or no and explain why.", ["a word on which one of: yes, no"]),
    ("Reply only with true love, hate, or fear. Mail: x", ["one of: true love, hate, fear"]),
    ("Classify it as good or bad. Reply with the label only.", ["one of: good, bad"]),
    ("Tell me a fact about otters. All caps!", ["upper case only"]),
    ("No uppercase letters in your reply. Name a band.", ["lower case only"]),
    ("Describe tea. Do not use the words 'drink' or 'cup'.", ["without 'drink'", "without 'cup'"]),
    ("Explain the sun without using the word 'star'.", ["without 'star'"]),
    ("The word 'book' is forbidden. What is a library?", ["without 'book'"]),
    ("Please mention both 'breath' and 'balance'.", ["holds 'breath'", "holds 'balance'"]),
    ("How do I boil an egg? Open with the exact word 'First'.", ["begins 'First'"]),
    ("Write a poem that ends with 'night'.", ["ends 'night'"]),
]

NOT_ASKED = [
    "Why do slides so often have bullet points?",
    "Which of the three sentences is wrong?",
    "Count the words in the text.",
    "Repair the JSON so that it can be parsed.",
    "Explain what a JSON schema is.",
    "Compare the two paragraphs.",
    "Find a word that rhymes and use it in a short sentence.",
    "Collect every abbreviation in capital letters.",
    "What does 'yes or no' mean in a contract?",
    "Should I buy a boat or a car, and where would I keep it?",
    "Write a story about a man who speaks in riddles.",
    "How many lines does a sonnet have?",
    "Write a letter to my neighbour.",
    "Name the start and the end of the sentence.",
    "Choose a title. It is a book for children or their parents, I think.",
    "The form says 'answer yes or no', but my case is complicated. What should I do?",
    "Translate into German: 'Please answer yes or no.'",
    "The poem's first line starts with 'O'. What effect does that have?",
    "He answered every question with one word. How would you describe him?",
    "Is it rude to write emails in all capital letters?",
    "Explain why some languages have no capital letters.",
    "Give me some ideas for a poem with five lines.",
    "I have to write a 500-word essay on Rome. Where do I begin?",
    "Find words that start with 'qu'.",
    "Tell me about the game where players may not say yes or no.",
]


@pytest.mark.parametrize(("instruction", "said"), ASKED)
def test_demands_are_read(instruction: str, said: list[str]) -> None:
    assert sorted(demand.said for demand in demands_in(instruction)) == sorted(said)


@pytest.mark.parametrize("instruction", NOT_ASKED)
def test_what_is_no_demand_is_not_read_as_one(instruction: str) -> None:
    assert demands_in(instruction) == ()


def test_every_seed_keeps_to_the_form_that_it_asks_for() -> None:
    seeds = load_seed_instructions()
    faults = [
        (seed.id, fault)
        for seed in seeds
        for instance in seed.instances
        for demand in demands_in(seed.instruction)
        if (fault := fault_of(demand, instance.output))
    ]
    assert faults == []
    assert sum(bool(demands_in(seed.instruction)) for seed in seeds) > 30


@pytest.mark.parametrize(
    ("instruction", "good", "bad"),
    [
        ("Give tips in two bullet points.", "- a\n- b", "- a\n- b\n- c"),
        ("Give tips in two bullet points.", "* a\n\n* b", "a, b"),
        ("Use at most 3 words.", "one two three", "one two three four"),
        ("Use at most 3 words.", "a - b - c", ""),
        ("Explain it in one sentence.", "It opens at 9 a.m. on Monday.", "It opens. Come in."),
        ("Explain it in two sentences.", "See e.g. Bern. It is old.", "It is old."),
        ("Write a poem of two lines.", "a\n\nb", "a"),
        ("Return JSON with the keys a and b.", '{"a": 1, "b": 2}', '{"a": 1}'),
        ("Return JSON with the keys a and b.", '```json\n[{"a": 1, "b": 2}]\n```', "[]"),
        ("Return JSON with only the keys a and b.", '{"a": 1, "b": 2}', '{"a": 1, "b": 2, "c": 3}'),
        ("Write YAML with the keys a and b.", "a: 1\nb: 2", "a: 1"),
        ("Answer yes or no and say why.", "No, it is not.", "Never."),
        ("Return a JSON object.", "{}", "{'a': 1}"),
        ("Write it as YAML.", "a: 1\nb: 2", "just words"),
        ("Write it as YAML.", "- x\n- y", "a: &x [1]\nb: *x"),
        ("Is it so? Answer yes or no.", "Yes.", "Yes, it is."),
        ("Say it in capital letters.", "YES! 3", "Yes"),
        ("Describe it without using the letter z.", "calm", "Zoo"),
        ("Praise it without the word 'good'.", "goodness me", "A good one"),
        ("Use the word 'cat'.", "My cat.", "Concatenate"),
        ("Begin with 'Dear'.", '"Dear Ann"', "My dear"),
        ("End with 'the end'.", "It is the end.", "the end of it"),
    ],
)
def test_who_keeps_to_the_form_and_who_does_not(instruction: str, good: str, bad: str) -> None:
    (demand,) = demands_in(instruction)
    assert fault_of(demand, good) == ""
    # Nothing at all is within every upper bound; it is the instance filters that turn it down.
    assert fault_of(demand, bad) or not bad


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_texts_are_read(instruction: str, response: str) -> None:
    for demand in demands_in(instruction):
        assert isinstance(fault_of(demand, response), str)
    sum_in(instruction, response)
    examples_in(instruction)
    code_in(response)


@given(st.integers(1, 15), st.integers(0, 20))
def test_bullets_are_counted_exactly(asked: int, given_: int) -> None:
    (demand,) = demands_in(f"Name uses of a rope in {asked} bullet points.")
    response = "Here they are:\n" + "\n".join(f"- use {n}" for n in range(given_))
    assert (fault_of(demand, response) == "") is (asked == given_)


@pytest.mark.parametrize(
    ("instruction", "given_", "found"),
    [
        ("What is 12 * 7?", "", "12 * 7"),
        ("Calculate the value.", "(3 + 4) * 5 - 2", "(3 + 4) * 5 - 2"),
        ("Evaluate 2^10.", "", "2^10"),
        ("What is the sum of 5 and 3?", "", "5 + 3"),
        ("Find the product of 7 and 4.5.", "", "7 * 4.5"),
        ("Find the product of 7 and -4.", "", ""),
        ("What is the difference between 3 and 10?", "", "10 - 3"),
        ("What is the difference between 3 and 10 in Roman numerals?", "", ""),
        ("Find the sum of the numbers from 1 to 10.", "", ""),
        ("What is 12 * 7 and 3 + 4?", "", ""),
        ("How much is 3 * 4, in the 24 hours of a day?", "", ""),
        ("What is the difference between 1-2 punch and jab?", "", ""),
        ("Compute the mean.", "4, 8, 15", ""),
        ("What is 9^999?", "", ""),
        ("A train leaves at 8 and takes 2 + 3 hours. What is its speed?", "", ""),
        ("Write a poem about 3 + 4.", "", ""),
        ("Subtract 389 from 1,000.", "", "1000 - 389"),
        ("Divide 7 by 8 please.", "", "7 / 8"),
        ("What's 3/4 plus 1/6?", "", "(3/4) + (1/6)"),
        ("Find the sum of 1/2, 1/4 and 3.", "", "(1/2) + (1/4) + 3"),
        ("What is 2 to the 8th power?", "", "2^8"),
        ("6.2 - 4.75", "", "6.2 - 4.75"),
        ("1990-2000", "", ""),
        ("Divide 7 by 8 and round it.", "", ""),
    ],
)
def test_a_sum_is_found_where_it_is_all_that_is_asked(instruction: str, given_: str, found: str) -> None:
    assert sum_in(instruction, given_) == found


@pytest.mark.parametrize(
    ("instruction", "given_", "response", "outcome"),
    [
        ("What is 12 * 7?", "", "12 * 7 = 84", Outcome.PASS),
        ("What is 12 * 7?", "", "The result is 84.", Outcome.PASS),
        ("What is 12 * 7?", "", "The result is 74.", Outcome.FAIL),
        ("What is 1/6 + 3/4?", "", "11/12", Outcome.PASS),
        ("What is 1000 * 1000?", "", "1,000,000", Outcome.PASS),
        ("What is 12 * 7?", "", "That is hard to say.", Outcome.FAIL),
    ],
)
async def test_sums_are_worked_out_and_run_again(
    instruction: str, given_: str, response: str, outcome: Outcome, sandbox: Sandbox
) -> None:
    evidence = await sum_is_right(instruction, given_, response, sandbox)
    assert evidence is not None
    assert evidence.outcome is outcome
    assert await rerun(Evidence.model_validate_json(evidence.model_dump_json()), sandbox) == evidence
    assert await sum_is_right("Praise the sea.", "", response, sandbox) is None


async def test_form_is_evidence_that_proves_nothing_of_the_content(sandbox: Sandbox) -> None:
    kept = form_as_asked("Praise the sea in two words.", "Blue depth")
    assert kept is not None and kept.outcome is Outcome.PASS and kept.kind is EvidenceKind.FORMAT
    assert await rerun(kept, sandbox) == kept
    other = kept.model_copy(update={"kind": EvidenceKind.EXECUTION, "basis": "a"})
    assert Verdict.accept([kept, other]).grade is Grade.CHECKED
    broken = form_as_asked("Praise the sea in two words.", "It is very blue")
    assert broken is not None and broken.outcome is Outcome.FAIL
    assert broken.observed["detail"] == "it has 4 words, asked is exactly 2 words"
    assert form_as_asked("Praise the sea.", "Blue") is None


def test_examples_of_a_function_are_its_tests() -> None:
    shown = examples_in("Write double(x). For example, `double(2)` returns 4 and double(0) == 0.")
    assert shown is not None and shown.entry_point == "double"
    assert set(shown.tests) == {"assert double(2) == 4", "assert double(0) == 0"}
    assert examples_in(">>> f([1, 2])\n3") == ("f", ("assert f([1, 2]) == 3",))
    for text in ("f(1) == 2 and g(1) == 3", "f(x) == 2", "f(1) == open('x')", "no call", "f(a=1) == 2"):
        assert examples_in(text) is None


def test_code_is_the_one_block_that_holds_a_function() -> None:
    code = "def f(x):\n    return x\n"
    assert code_in(code) == code
    assert code_in(f"Here:\n```python\n{code}```\nDone.") == code
    assert code_in(f"```python\n{code}```\n```python\n{code}```") == ""
    assert code_in("x = 1") == code_in("not code") == ""


@pytest.mark.parametrize(
    ("instruction", "given_", "response", "marked"),
    [
        ("Tell me about the first program.", "", "It was written by Ada Lovelace in 1843.", True),
        ("Describe the treaty.", "", "It was signed on 3 May.", True),
        ("Describe the town.", "", "It has 45,000 people.", True),
        ("Describe the town.", "", "About 30 percent of it is park.", True),
        ("What is the capital of Japan?", "", "tokyo", True),
        ("Find the capital of France.", "", "paris", True),
        ("Why does ice float?", "", "Because it is lighter than water.", True),
        ("Summarise the note.", "Ada Lovelace wrote it in 1843.", "In 1843 Ada Lovelace wrote it.", False),
        ("Write a story about a sailor.", "", "One day Nora met Ivo at the harbour.", False),
        ("What is 12 * 7?", "", "It is 84.", False),
        ("What is the next word?", "a b", "c", False),
        ("Say when we meet.", "", "Let us meet on a Friday in May.", False),
        ("List three rules.", "", "1. Knock.\n2. Wait.\n3. Smile.", False),
        ("Praise the sea.", "", "The sea is wide and blue.", False),
    ],
)
def test_facts_are_marked_where_nothing_given_holds_them(
    instruction: str, given_: str, response: str, marked: bool
) -> None:
    assert bool(facts_marked_in(instruction, given_, response)) is marked
