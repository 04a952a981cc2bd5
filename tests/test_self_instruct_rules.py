"""Self-Instruct's rules, one test each, named after the rule."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofset.agents.instances.filters import filter_instances
from proofset.agents.instances.reading import input_first, label_first
from proofset.agents.proposing.filters import RULES, fault_of
from proofset.agents.proposing.numbered import as_list, items_in
from proofset.agents.settings import Settings
from proofset.agents.state import Instance
from proofset.seeds import load_seed_instructions

SETTINGS = Settings()
GOOD = "Name three uses of an old bicycle tube."


def code_of(instruction: str, settings: Settings = SETTINGS) -> str:
    fault = fault_of(instruction, settings)
    return fault.code if fault else ""


def test_175_seed_tasks_of_which_25_are_classification() -> None:
    seeds = load_seed_instructions()
    assert len(seeds) == 175
    assert sum(seed.is_classification for seed in seeds) == 25
    assert len({seed.instruction.split()[0] for seed in seeds}) > 90
    assert len({seed.topic for seed in seeds}) == 15


def test_every_seed_would_pass_but_for_the_bounds_that_people_do_not_keep() -> None:
    codes = {seed.id: code_of(seed.instruction) for seed in load_seed_instructions()}
    # Two words are enough for a person: "Form the plural."
    assert {code for code in codes.values() if code} <= {"too_short"}


def test_three_words_or_fewer_are_too_short() -> None:
    assert code_of("Tell a joke") == "too_short"
    assert code_of("Tell a good joke") == ""
    assert code_of("Tell a joke", SETTINGS.model_copy(update={"min_words": 3})) == ""


def test_more_than_150_words_are_too_long() -> None:
    assert code_of("word " * 150) == ""
    assert code_of("word " * 151) == "too_long"


@pytest.mark.parametrize(
    "instruction",
    [
        "Describe the image below.",
        "Describe these IMAGES in a line.",
        "Read the graph and explain it.",
        "Choose one of the pictures, please.",
        "Open the file and count.",
        "Colour the maps of the world.",
        "Draw a house in words.",
        "Retell the plot of a film.",
        "Go to the shop and buy.",
    ],
)
def test_blacklisted_words_are_dropped(instruction: str) -> None:
    assert code_of(instruction) == "blacklisted"


@pytest.mark.parametrize(
    "instruction",
    [
        "Explain how graphical menus changed offices.",
        "Summarise the profile of the customer.",
        "Imagine a town without cars.",
        "Analyse the data and the metadata.",
        "Fill in the drawers of the desk.",
    ],
)
def test_the_blacklist_is_of_whole_words(instruction: str) -> None:
    """A substring is no match: peers have dropped all that holds "data" or "image"."""
    assert code_of(instruction) == ""


def test_write_a_program_is_dropped() -> None:
    assert code_of("Write a program that sorts names.") == "write_a_program"
    assert code_of("Write a Python function that sorts names.") == ""


def test_punctuation_first_is_dropped() -> None:
    assert code_of("(Optional) Name a fruit, please.") == "punctuation_first"


def test_not_ascii_first_is_dropped_unless_other_languages_are_wanted() -> None:
    assert code_of("Écris une phrase sur la mer.") == "not_ascii_first"
    assert code_of("Écris une phrase sur la mer.", SETTINGS.model_copy(update={"ascii_first": False})) == ""


def test_is_valid_wants_a_letter_first() -> None:
    assert code_of("3 uses of a rope, please.") == "no_letter_first"


def test_is_valid_bars_image_at_the_start() -> None:
    # As it is written there: "Imagery" is barred, too.
    assert code_of("Imagery in poems: give an example.") == "begins_with_image"
    assert code_of("Imagine a town without cars.") == ""
    assert code_of("Images of summer in words.") == "begins_with_image"


def test_every_rule_of_the_list_can_drop() -> None:
    dropped = {
        "too_short": "Hi",
        "too_long": "word " * 200,
        "begins_with_image": "Imaged words are nice here.",
        "blacklisted": "Draw me a sheep now.",
        "write_a_program": "Write a program for me.",
        "punctuation_first": "- Name a fruit please.",
        "not_ascii_first": "Über den Wolken ist es still.",
        "no_letter_first": "7 wonders in seven words.",
    }
    assert {code: code_of(text) for code, text in dropped.items()} == {code: code for code in dropped}
    assert [rule.__name__ for rule in RULES] == list(dropped)


def test_exemplars_have_blanks_collapsed_and_no_colon_at_the_end() -> None:
    assert as_list(["Sort\n the  words:", "Name a fruit."]) == "1. Sort the words\n2. Name a fruit."


@pytest.mark.parametrize(
    ("text", "items"),
    [
        (
            " Name a fruit.\n10. Name a tree.\n11. Name a bird.",
            ["Name a fruit.", "Name a tree.", "Name a bird."],
        ),
        ("9. Name a fruit.\n10. Name a tree.", ["Name a fruit.", "Name a tree."]),
        ("Sure, here they are:\n9. Name a fruit.\n\n10. Name  a\ntree.", ["Name a fruit.", "Name a tree."]),
        ("9. \n10. Name a tree.", ["Name a tree."]),
        ("Here is a series of tasks for you:\n10. Name a tree.", ["Name a tree."]),
        ("Name a fruit that costs 3. 50 euros.", ["Name a fruit that costs 3. 50 euros."]),
        ("", []),
    ],
)
def test_the_list_is_split_at_its_numbers(text: str, items: list[str]) -> None:
    assert list(items_in(text, 9, 7)) == items


def test_no_more_items_are_read_than_were_asked_for() -> None:
    assert len(items_in("\n".join(f"{n}. Name a thing." for n in range(9, 30)), 9, 7)) == 7


@given(st.lists(st.from_regex(r"[A-Z][a-z]+( [a-z]+){3,8}\.", fullmatch=True), min_size=1, max_size=7))
def test_a_list_that_was_written_is_read_again(instructions: list[str]) -> None:
    written = "\n".join(f"{number}. {text}" for number, text in enumerate(instructions, start=9))
    assert list(items_in(written, 9, 7)) == instructions
    assert list(items_in(written.removeprefix("9."), 9, 7)) == instructions


def instance(given_: str, output: str) -> Instance:
    return Instance(input=given_, output=output)


def test_input_first_is_read() -> None:
    text = "Example 1\nInput: a, b\nand c\nOutput: 3\n\nExample 2\nInput: none\nOutput: 0"
    assert input_first(text, cut=False) == (instance("a, b\nand c", "3"), instance("", "0"))
    assert input_first("Output: a line\nand another", cut=False) == (instance("", "a line\nand another"),)


def test_output_first_is_read() -> None:
    text = "Class label: even\nInput: 4\n\nClass label: odd\nInput: 3\nand 5"
    assert label_first(text, cut=False) == (instance("4", "even"), instance("3\nand 5", "odd"))


def test_a_truncated_last_instance_is_dropped() -> None:
    text = "Example 1\nInput: a\nOutput: 1\nExample 2\nInput: b\nOutput: 2 and th"
    assert input_first(text, cut=True) == (instance("a", "1"),)
    with pytest.raises(ValueError, match="the only one was cut off"):
        input_first("Example 1\nInput: a\nOutput: 1", cut=True)
    assert label_first("Class label: x\nInput: 1\nClass label: y\nInput: 2", cut=True) == (
        instance("1", "x"),
    )


@pytest.mark.parametrize("text", ["I cannot do this.", "", "No valid output found."])
def test_what_is_no_instance_is_never_emitted_as_one(text: str) -> None:
    """A peer has written "No valid output found." into its training data."""
    for read in (input_first, label_first):
        with pytest.raises(ValueError, match="there is no instance"):
            read(text, cut=False)


def codes(instances: list[Instance], most: int = 5) -> list[str]:
    return [dropped.code for dropped in filter_instances(instances, most).dropped]


def test_same_input_with_different_outputs_drops_all_of_the_task() -> None:
    made = [instance("a", "1"), instance("a", "2"), instance("b", "3")]
    assert filter_instances(made, 5).kept == ()
    assert codes(made) == ["same_input_other_output"] * 3


def test_no_input_may_have_several_outputs() -> None:
    made = [instance("", "1"), instance("", "2")]
    assert filter_instances(made, 5).kept == tuple(made)


def test_exact_duplicates_are_dropped() -> None:
    made = [instance("a", "1"), instance("a", "1")]
    assert filter_instances(made, 5).kept == (made[0],)
    assert codes(made) == ["duplicate_instance"]


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (instance("a", "a"), "output_is_input"),
        (instance("a", " "), "empty_output"),
        (instance("a:", "1"), "ends_in_colon"),
        (instance("a", "as follows:"), "ends_in_colon"),
    ],
)
def test_invalid_instances_are_dropped(bad: Instance, code: str) -> None:
    good = instance("x", "y")
    assert filter_instances([bad, good], 5).kept == (good,)
    assert codes([bad, good]) == [code]


def test_at_most_five_instances_of_a_task() -> None:
    made = [instance(str(number), "even or odd") for number in range(7)]
    assert filter_instances(made, 5).kept == tuple(made[:5])
    assert codes(made) == ["too_many_instances"] * 2
