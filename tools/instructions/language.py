"""Which language is a text in? By its script, and by its commonest words; else nobody says.

No model and no library: it is asked only whether an instruction and its answer are in two languages, and a
short text that tells nothing is left alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`|^(?: {4}|\t).*$|https?://\S+", re.DOTALL | re.MULTILINE)
_COMMON = {
    "english": "the of and to is in that it for with as was are this be not have from which how what does",
    "german": "der die das und ist nicht ein eine zu den von mit sich auf für dem des wie wird sind werden",
    "french": "le la les des et est une un dans que pour qui sur pas au avec du ce sont par plus il elle",
    "spanish": "el los las y es una que por para con del se no como su al lo más pero sus este está qué",
    "italian": "il gli di e è che una per non con del della sono si dei nel alla più come questo anche cosa",
    "portuguese": "o os as e é que uma para com não do da em dos das se por mais como ao são um foi à",
    "dutch": "de het een en van is dat niet op te zijn voor met die er aan ook wordt door naar wat hoe",
    "polish": "i w na z się nie do to jest że jak od przez po co dla o są ale za czy",
    "swedish": "och att det som en är på för av med den till inte ett har om de kan från hur vad",
}
_WORDS = {language: frozenset(words.split()) for language, words in _COMMON.items()}
_LEAST_LETTERS = 12
_LEAST_WORDS = 3
_SCRIPTS = {"HIRAGANA": "japanese", "KATAKANA": "japanese", "HANGUL": "korean", "CJK": "han"}


def language_of(text: str) -> str:
    """A language of the Latin script, or the name of another script; empty where neither can be told."""
    plain = _CODE.sub(" ", text)
    scripts = Counter(_script(char) for char in plain if char.isalpha())
    if scripts.total() < _LEAST_LETTERS:
        return ""
    script, count = scripts.most_common(1)[0]
    if scripts["japanese"] > 0.05 * scripts.total():
        return "japanese"
    if 2 * count < scripts.total():
        return ""
    return _latin(plain) if script == "latin" else script


def _script(char: str) -> str:
    name = unicodedata.name(char, "").partition(" ")[0]
    return _SCRIPTS.get(name, name.lower())


def _latin(text: str) -> str:
    words = re.findall(r"\w+", text.lower())
    hits = Counter({name: sum(word in common for word in words) for name, common in _WORDS.items()})
    (best, most), (_, second) = hits.most_common(2)
    return best if most >= _LEAST_WORDS and most >= 2 * second else ""
