"""Filters of traffic: each says why an exchange is left out, or None. Pure; they see scrubbed texts."""

from __future__ import annotations

import re
import unicodedata

from .item import TrafficItem
from .languages import Detect
from .rules import Drop, TrafficRules
from .safety import unsafe

PLACEHOLDER = re.compile(r"<[A-Z][A-Z_]*_[1-9]\d*>")
"""What stands for personal data and secrets, such as `<EMAIL_1>`."""


def length(item: TrafficItem, rules: TrafficRules) -> Drop | None:
    """Too short or too long to learn from; also what is little more than placeholders."""
    for name, text, least, most in (
        ("instruction", item.instruction, rules.least_instruction, rules.most_instruction),
        ("output", item.output, rules.least_output, rules.most_output),
    ):
        count = len(text.strip())
        if _weight(text) < least:
            return Drop(f"{name}_too_short", f"the {name} has {count} characters, fewer than {least}")
        if count > most:
            return Drop(f"{name}_too_long", f"the {name} has {count:,} characters, more than {most:,}")
        hidden = sum(map(len, PLACEHOLDER.findall(text)))
        if hidden > rules.most_scrubbed * count:
            return Drop(
                f"{name}_mostly_scrubbed",
                f"placeholders are {hidden / count:.0%} of the {name}, more than {rules.most_scrubbed:.0%}",
            )
    context = len(item.system) + sum(len(turn.content) for turn in item.history)
    if context > rules.most_context:
        return Drop(
            "context_too_long",
            f"system and history have {context:,} characters, more than {rules.most_context:,}",
        )
    return None


def _weight(text: str) -> int:
    """Characters, blanks at the ends aside; a wide one, such as 字, counts as three."""
    text = text.strip()
    if text.isascii():
        return len(text)
    return sum(3 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def language(item: TrafficItem, rules: TrafficRules, detect: Detect) -> Drop | None:
    """Written in a language that is not asked for, if that is sure. Code and placeholders have none."""
    if not rules.languages:
        return None
    for name, text in (("instruction", item.instruction), ("output", item.output)):
        guess = detect(PLACEHOLDER.sub(" ", text))
        if guess is not None and guess.sure >= rules.sure and guess.language not in rules.languages:
            return Drop(
                f"{name}_language",
                f"the {name} is in {guess.language} ({guess.sure:.0%} sure), not in "
                f"{', '.join(rules.languages)}",
            )
    return None


def safety(item: TrafficItem, rules: TrafficRules) -> Drop | None:
    """Asks for harm by words that rules know; a judge has to see the rest."""
    if not rules.safety:
        return None
    for name, text in (("instruction", item.instruction), ("output", item.output)):
        category = unsafe(text)
        if category is not None:
            return Drop(f"unsafe_{category}", f"the {name} trips the rule of safety `{category}`")
    return None
