"""A numbered list, as it is shown to a model and as one comes back (Self-Instruct, arXiv 2212.10560)."""

from __future__ import annotations

import re
from collections.abc import Sequence

_ITEM = re.compile(r"(?:\A|\n)\s*(\d{1,3})\s*[.)]\s")


def as_list(instructions: Sequence[str]) -> str:
    """The instructions as items 1 to n, blanks collapsed and without a colon at the end."""
    return "\n".join(f"{number}. {_plain(text)}" for number, text in enumerate(instructions, start=1))


def items_in(text: str, first: int, most: int) -> tuple[str, ...]:
    """The items of a list that was to begin with number `first`: blanks collapsed, without the empty ones, at
    most `most` of them.

    The number was written for the model already, so that its first item may have none; what it says before
    that number, or with a colon at its end, is no item.
    """
    before, *parts = _ITEM.split(f"\n{text.strip()}")
    items = parts[1::2]
    if not before.rstrip().endswith(":") and (not parts or parts[0] != str(first)):
        items = [before, *items]
    plain = (" ".join(item.split()) for item in items)
    return tuple(item for item in plain if item)[:most]


def _plain(text: str) -> str:
    return " ".join(text.split()).rstrip().removesuffix(":").rstrip()
