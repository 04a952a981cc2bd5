"""Which language a text is written in, by py3langid: a naive Bayes model inside its wheel, offline."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`|^(?: {4}|\t).*$|https?://\S+", re.DOTALL | re.MULTILINE)
_LEAST_LETTERS = 20
"""Of fewer letters the model says anything."""
_READ = 2000
"""Characters that are read: more of them change nothing."""


class Guess(NamedTuple):
    """A language by its ISO 639-1 code, and how sure that is, 0 to 1."""

    language: str
    sure: float


Detect = Callable[[str], Guess | None]


def detector() -> Detect:
    """Tells languages; None for what has too few letters outside of code. Loads the model.

    Raises ImportError where py3langid is not installed.
    """
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)

    def detect(text: str) -> Guess | None:
        plain = " ".join(_CODE.sub(" ", text).split())[:_READ]
        if sum(map(str.isalpha, plain)) < _LEAST_LETTERS:
            return None
        language, sure = identifier.classify(plain)
        return Guess(str(language), float(sure))

    return detect
