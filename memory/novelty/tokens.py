"""What counts as a word: rouge_score's rule, and one for texts that have no ASCII letter.

`rouge_score` takes runs of a-z and 0-9 after lower-casing, so a text in Chinese, Russian or Arabic has no
words at all for it. The second rule reads letters, marks and digits of every script, each sign by itself
where a script puts no spaces between words.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_ASCII_WORD = re.compile(r"[a-z0-9]+")
_ASCII_LETTER = re.compile("[a-z]")
_SEPARATE = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff]"
)
"""Thai, Lao, Myanmar, Khmer, Han, kana: words are not set apart."""


def ascii_words(text: str) -> list[str]:
    """The tokens of `rouge_score`, not stemmed."""
    return _ASCII_WORD.findall(text.lower())


def unicode_words(text: str) -> list[str]:
    """Words of any script; the visible signs themselves where there are no words."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    words = "".join(map(_spaced, folded)).split()
    return words or [sign for sign in folded if not sign.isspace()]


def is_for_unicode(text: str) -> bool:
    """Whether the second rule judges this text: it has no ASCII letter, yet it has letters or no digit."""
    lowered = text.lower()
    if _ASCII_LETTER.search(lowered):
        return False
    return not _ASCII_WORD.search(lowered) or any(unicodedata.category(sign)[0] == "L" for sign in lowered)


@lru_cache(maxsize=65536)
def _spaced(sign: str) -> str:
    if _SEPARATE.match(sign):
        return f" {sign} " if unicodedata.category(sign)[0] != "M" else sign
    return sign if unicodedata.category(sign)[0] in "LMN" else " "
