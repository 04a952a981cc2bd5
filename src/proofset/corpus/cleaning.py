"""What is no text to learn from, by rules that read its characters. Nothing is changed: kept, or left out."""

from __future__ import annotations

import unicodedata

from .rules import Rules


def fault_of(text: str, heading: str, rules: Rules) -> str:
    """The code of what is wrong with a segment of prose; empty where nothing is.

    The share of capitals in a heading is one of the heuristics of Humpback (arXiv 2308.06259), which names
    no number.
    """
    if any(unicodedata.category(char) in ("Cc", "Co", "Cn") and char not in "\t\n\r\f" for char in text):
        return "control_characters"
    solid = [char for char in text if not char.isspace()]
    if sum(map(str.isalpha, solid)) < rules.letters * len(solid):
        # Tables, lists of links, figures.
        return "few_letters"
    letters = [char for char in heading.rpartition(" > ")[2] if char.isalpha()]
    if len(letters) > 3 and sum(map(str.isupper, letters)) > rules.capitals * len(letters):
        return "capitals_in_heading"
    return "ends_in_colon" if text.endswith((":", "：")) else ""
