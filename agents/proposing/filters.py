"""Self-Instruct's filters on a new instruction: a rule each, named by the code it rejects with."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from ..settings import SelfInstructSettings


class Fault(NamedTuple):
    """Why an instruction is dropped."""

    code: str
    reason: str


def fault_of(
    instruction: str, settings: SelfInstructSettings, rules: Sequence[Rule] | None = None
) -> Fault | None:
    """The first rule that drops it, of all or of those that are given; None where it may stay."""
    return next((fault for rule in rules or RULES for fault in rule(instruction, settings)), None)


def too_short(instruction: str, settings: SelfInstructSettings) -> Iterator[Fault]:
    words = len(instruction.split())
    if words < settings.min_words:
        yield Fault("too_short", f"{words} words, at least {settings.min_words} are wanted")


def too_long(instruction: str, settings: SelfInstructSettings) -> Iterator[Fault]:
    words = len(instruction.split())
    if words > settings.max_words:
        yield Fault("too_long", f"{words} words, at most {settings.max_words} are wanted")


def blacklisted(instruction: str, settings: SelfInstructSettings) -> Iterator[Fault]:
    """Whole words: "graphic" and "profile" stay."""
    for word in settings.blacklist:
        if re.search(rf"\b{re.escape(word)}\b", instruction, re.IGNORECASE):
            yield Fault("blacklisted", f"it holds the word {word!r}, of what a text cannot show or do")


def write_a_program(instruction: str, settings: SelfInstructSettings) -> Iterator[Fault]:
    """The paper's authors found too many of these; "Write a Python function" stays."""
    if instruction.startswith("Write a program"):
        yield Fault("write_a_program", "it begins with 'Write a program', as far too many do")


def punctuation_first(instruction: str, settings: SelfInstructSettings) -> Iterator[Fault]:
    if instruction[:1] in string.punctuation:
        yield Fault("punctuation_first", f"it begins with {instruction[:1]!r}")


def not_ascii_first(instruction: str, settings: SelfInstructSettings) -> Iterator[Fault]:
    if settings.ascii_first and not instruction[:1].isascii():
        yield Fault("not_ascii_first", f"it begins with {instruction[:1]!r}, no ASCII character")


def no_letter_first(instruction: str, settings: SelfInstructSettings) -> Iterator[Fault]:
    """The seed document's `is_valid`: it begins with a letter."""
    if not instruction[:1].isalpha():
        yield Fault("no_letter_first", f"it begins with {instruction[:1]!r}, no letter")


def begins_with_image(instruction: str, settings: SelfInstructSettings) -> Iterator[Fault]:
    """The seed document's `is_valid`: it does not begin with "Image"."""
    if instruction.startswith("Image"):
        yield Fault("begins_with_image", "it begins with 'Image'")


Rule = Callable[[str, SelfInstructSettings], Iterator[Fault]]

RULES: tuple[Rule, ...] = (
    too_short,
    too_long,
    begins_with_image,
    blacklisted,
    write_a_program,
    punctuation_first,
    not_ascii_first,
    no_letter_first,
)
