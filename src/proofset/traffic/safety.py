"""Rules of safety: what asks for harm in plain words, by category; they stand in `safety.yaml`.

They read words, not meaning: what is asked in other words, in another language, in code or over several turns
is not seen, and a text that quotes or refuses such a request is. A judge has to look at what is let in.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FILE = Path(__file__).with_name("safety.yaml")


def unsafe(text: str) -> str | None:
    """The category of the first rule that a text trips; None where none does."""
    return next((category for category, rule in _rules().items() if rule.search(text)), None)


def categories() -> tuple[str, ...]:
    """All of them, in the order in which they are looked for."""
    return tuple(_rules())


@cache
def _rules() -> dict[str, re.Pattern[str]]:
    said: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    words: dict[str, str] = said["words"]
    rules = {}
    for category, patterns in said["categories"].items():
        whole = "|".join(f"(?:{pattern})" for pattern in patterns)
        for name, pattern in words.items():
            whole = whole.replace(f"{{{name}}}", pattern)
        rules[category] = re.compile(whole, re.IGNORECASE | re.DOTALL)
    return rules
