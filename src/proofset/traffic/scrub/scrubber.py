"""Scrubber: puts placeholders such as `<EMAIL_1>` where personal data and secrets stand.

Within a conversation the same value has the same placeholder, numbered in the order of its text; so rows of a
log that repeat earlier turns agree with each other.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from .contacts import REGIONS, Phones, addresses, emails
from .numbers import NationalIds, accounts, cards, wallets
from .secrets import secrets
from .spans import Finder, Span, apart

PLACEHOLDER = re.compile(r"<([A-Z][A-Z_]*)_([1-9]\d*)>")


class Scrubber:
    """Finds and replaces. Safe to use from several threads.

    Args:
        regions: whose national telephone numbers are known, by ISO 3166 code.
        more: finders of the user's own, as of names by a model.
    """

    def __init__(self, regions: Sequence[str] = REGIONS, more: Sequence[Finder] = ()) -> None:
        built: tuple[Finder, ...] = (
            secrets,
            emails,
            accounts,
            cards,
            NationalIds(),
            wallets,
            addresses,
            Phones(regions),
        )
        self._finders = (*built, *more)

    def find(self, text: str) -> list[Span]:
        """All spans of a text, in order, none of which overlap; never a part of a placeholder."""
        spans = apart(span for finder in self._finders for span in finder(text))
        if "<" not in text:
            return spans
        taken = [found.span() for found in PLACEHOLDER.finditer(text)]
        return [
            span for span in spans if not any(span.start < end and start < span.end for start, end in taken)
        ]

    def scrub(self, texts: Sequence[str]) -> tuple[list[str], dict[str, int]]:
        """The texts of one conversation without what is found in them, and how many values of each kind."""
        names: dict[tuple[str, str], str] = {}
        counts: Counter[str] = Counter()
        # What already looks like a placeholder of ours keeps its number.
        taken = {name for text in texts for name in PLACEHOLDER.findall(text)}
        scrubbed = []
        for text in texts:
            parts, at = [], 0
            for span in self.find(text):
                value = (span.kind, _same(span.kind, text[span.start : span.end]))
                if value not in names:
                    counts[span.kind] += 1
                    number = counts[span.kind]
                    while (span.kind, str(number)) in taken:
                        number += 1
                    taken.add((span.kind, str(number)))
                    names[value] = f"<{span.kind}_{number}>"
                parts += [text[at : span.start], names[value]]
                at = span.end
            scrubbed.append("".join([*parts, text[at:]]))
        return scrubbed, dict(counts)


def _same(kind: str, value: str) -> str:
    """What two ways to write the same value have in common."""
    if kind == "EMAIL":
        return value.casefold()
    return re.sub(r"[\s().-]", "", value) if kind in ("PHONE", "CARD", "IBAN", "NATIONAL_ID") else value
