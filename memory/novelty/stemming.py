"""Porter's stemmer with the changes that NLTK made to it, since that is what `rouge_score` stems with.

M. F. Porter, "An algorithm for suffix stripping", Program 14(3), 1980. A word is read as consonants and
vowels, [C](VC){m}[V]; m is the measure that the rules ask for.
"""

from __future__ import annotations

from typing import NamedTuple

_IRREGULAR = {
    "skies": "sky",
    "sky": "sky",
    "dying": "die",
    "lying": "lie",
    "tying": "tie",
    "news": "news",
    "innings": "inning",
    "inning": "inning",
    "outings": "outing",
    "outing": "outing",
    "cannings": "canning",
    "canning": "canning",
    "howe": "howe",
    "proceed": "proceed",
    "exceed": "exceed",
    "succeed": "succeed",
}


class _Rule(NamedTuple):
    """Replace the suffix where what stands before it has a measure above `above`."""

    suffix: str
    replacement: str
    above: int


def _rules(above: int, written: str) -> tuple[_Rule, ...]:
    pairs = (rule.partition(">") for rule in written.split())
    return tuple(_Rule(suffix, replacement, above) for suffix, _, replacement in pairs)


# Of several suffixes that fit the first one counts, whether its measure does or not.
_PLURALS = _rules(-1, "sses>ss ies>i ss>ss s>")
_DOUBLE_SUFFIXES = _rules(
    0,
    "ational>ate tional>tion enci>ence anci>ance izer>ize bli>ble alli>al entli>ent eli>e ousli>ous "
    "ization>ize ation>ate ator>ate alism>al iveness>ive fulness>ful ousness>ous aliti>al iviti>ive "
    "biliti>ble fulli>ful",
)
_SUFFIXES = _rules(0, "icate>ic ative> alize>al iciti>ic ical>ic ful> ness>")
_LAST_SUFFIXES = _rules(
    1,
    "al> ance> ence> er> ic> able> ible> ant> ement> ment> ent> ion> ou> ism> ate> iti> ous> ive> ize>",
)


def stem(word: str) -> str:
    """The stem of a lower-case word."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) <= 2:
        return word
    for step in (_plural, _past, _final_y, _double_suffix, _suffix, _last_suffix, _final_e, _final_l):
        word = step(word)
    return word


def _plural(word: str) -> str:
    if word.endswith("ies") and len(word) == 4:
        return word[:-1]
    return _apply(_PLURALS, word)


def _past(word: str) -> str:
    if word.endswith("ied"):
        return word[:-1] if len(word) == 4 else word[:-2]
    if word.endswith("eed"):
        return word[:-1] if _measure(word[:-3]) > 0 else word
    for suffix in ("ed", "ing"):
        if word.endswith(suffix) and "v" in _shape(word[: -len(suffix)]):
            return _mended(word[: -len(suffix)])
    return word


def _mended(rest: str) -> str:
    """Give back what the ending -ed or -ing took from the word before it."""
    if rest.endswith(("at", "bl", "iz")):
        return rest + "e"
    shape = _shape(rest)
    if len(rest) >= 2 and rest[-1] == rest[-2] and shape[-1] == "c":
        return rest if rest[-1] in "lsz" else rest[:-1]
    if shape.count("vc") == 1 and _is_short(rest):
        return rest + "e"
    return rest


def _final_y(word: str) -> str:
    if word.endswith("y") and len(word) > 2 and _shape(word[:-1])[-1] == "c":
        return word[:-1] + "i"
    return word


def _double_suffix(word: str) -> str:
    while word.endswith("alli") and _measure(word[:-4]) > 0:
        word = word[:-2]
    found = next((rule for rule in _DOUBLE_SUFFIXES if word.endswith(rule.suffix)), None)
    if found is None and word.endswith("logi"):
        # The l counts as part of what stands before.
        return word[:-1] if _measure(word[:-3]) > 0 else word
    return word if found is None else _replace(found, word)


def _suffix(word: str) -> str:
    return _apply(_SUFFIXES, word)


def _last_suffix(word: str) -> str:
    if word.endswith("ion") and not word.endswith(("sion", "tion")):
        return word
    return _apply(_LAST_SUFFIXES, word)


def _final_e(word: str) -> str:
    if not word.endswith("e"):
        return word
    measure = _measure(word[:-1])
    return word[:-1] if measure > 1 or (measure == 1 and not _is_short(word[:-1])) else word


def _final_l(word: str) -> str:
    return word[:-1] if word.endswith("ll") and _measure(word[:-1]) > 1 else word


def _apply(rules: tuple[_Rule, ...], word: str) -> str:
    return next((_replace(rule, word) for rule in rules if word.endswith(rule.suffix)), word)


def _replace(rule: _Rule, word: str) -> str:
    rest = word[: len(word) - len(rule.suffix)]
    return rest + rule.replacement if rule.above < 0 or _measure(rest) > rule.above else word


def _is_short(word: str) -> bool:
    """Whether it ends consonant, vowel, consonant, the last not w, x or y; or is a vowel and a consonant."""
    shape = _shape(word)
    return shape == "vc" or (shape.endswith("cvc") and word[-1] not in "wxy")


def _measure(word: str) -> int:
    return _shape(word).count("vc")


def _shape(word: str) -> str:
    """A c or a v for each letter. A y after a consonant is a vowel; what is no letter is a consonant."""
    shape: list[str] = []
    for letter in word:
        vowel = letter in "aeiou" or (letter == "y" and bool(shape) and shape[-1] == "c")
        shape.append("v" if vowel else "c")
    return "".join(shape)
