"""Literals: what an embedder cannot see, and what must agree before two texts may count as one.

"Is 17 prime?" and "Is 18 prime?" have a cosine of 0.91. So numbers (by value), units, code, quotations and
proper names must be the same, or there is no duplicate by meaning, whatever the cosine is; and of words that
exclude each other, such as ascending and descending, two texts must not name different ones.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise

from .literal_words import (
    ARTICLES,
    FAMILIES,
    FIXED,
    NEGATIONS,
    NUMBERS,
    ORDINALS,
    SCALES,
    TURNING,
    UNITS,
)

_OPENER = re.compile(r"```|[\"“„«「`]|(?<!\w)['‘](?=\S)")
_CLOSERS = {
    sign: re.compile(closer)
    for sign, closer in {
        "```": "```",
        "`": "`",
        '"': '"',
        "“": "”",
        "„": "[“”]",
        "«": "»",
        "「": "」",
        "'": r"['’](?!\w)",
        "‘": r"['’](?!\w)",
    }.items()
}
_TOKEN = re.compile(
    r"https?://\S+"
    r"|(?P<sign>(?<![\w.)\]])[-−])?(?:(?P<currency>[$€£])\s?)?"
    # Bounded, so that a text of commas and digits is read once.
    r"(?P<number>\d{1,3}(?:,\d{3}){1,20}(?![\d,])(?:\.\d+)?|\d+(?:\.\d+)?|(?<![\w.])\.\d+)"
    r"(?:\s?/\s?(?P<over>\d+)(?![/.,]?\d))?(?P<exponent>[eE][-+]?\d{1,3}(?!\w))?"
    r"(?P<tail>[^\W\d_]\w*)?(?P<after>\s?[%°])?"
    r"|(?P<word>[^\W\d_](?:\w|[’'.-](?=\w))*)"
    r"|_\w+"
    r"|\\[A-Za-z]+"
    r"|[=!<>]=|->|=>|&&|\|\||[=<>+^~≤≥≠≈±×÷·√∑∏∫∂∞∈∉⊂∪∩∧∨¬→⇒←]|(?<=\d)!|(?<=[A-Z])#"
    r"|(?<=[\w)])\s?[*/]\s?(?=[\w(])|(?<=[\d)])\s?[-−]\s?(?=[\d(])|(?<=\w)\("
)
_SENTENCE_END = frozenset(".!?:;\n•*#>")
_CJK_NUMERALS = re.compile(r"[二两三四五六七八九十百千万亿〇零]+")
_LONGEST_NUMBER = 60
_ABBREVIATIONS = frozenset(("e.g", "i.e", "a.m", "p.m", "u.s", "u.k", "etc", "vs"))

_BITS: dict[str, int] = {}
_MASKS: list[int] = []
for _options in FAMILIES.values():
    _first = sum(mask.bit_count() for mask in _MASKS)
    for _place, _words in enumerate(_options.values(), _first):
        for _word in _words.split():
            _BITS[_word] = _BITS.get(_word, 0) | 1 << _place
    _MASKS.append(((1 << len(_options)) - 1) << _first)


@dataclass(frozen=True)
class Literals:
    """What must be the same in two texts of one meaning, each in the order of the text.

    Attributes:
        numbers: values with units, e.g. `1000`, `-1/2`, `5 km`, `#3` for the third.
        code: fenced and inline code, identifiers, operators, formulas, addresses.
        quotes: quoted strings, without outer blanks and closing stops.
        names: capitalised words within a sentence, acronyms, words with digits; lower-case, once each.
        negated: whether a word such as `not` or `without` occurs.
        choices: bits of the options named, of the families in `literal_words`.
        directions: words before and after one such as `to` or `than`: `km>miles` and `miles>km` conflict.
    """

    numbers: tuple[str, ...]
    code: tuple[str, ...]
    quotes: tuple[str, ...]
    names: tuple[str, ...]
    negated: bool
    choices: int
    directions: tuple[str, ...]

    @cached_property
    def key(self) -> bytes:
        """16 bytes: texts with different keys are no duplicates, whatever `soft` says."""
        parts = (self.numbers, self.code, self.quotes, self.names, self.negated)
        return hashlib.blake2b(repr(parts).encode("utf-8", "backslashreplace"), digest_size=16).digest()

    @property
    def soft(self) -> str:
        """Choices and directions, for `compatible`."""
        return " ".join((f"{self.choices:x}", *self.directions))

    def agree(self, other: Literals) -> bool:
        return self.key == other.key and compatible(self.soft, other.soft)


def compatible(a: str, b: str) -> bool:
    """Whether of two `Literals.soft` no family has different options, and no direction is turned round."""
    (first, *these), (second, *those) = a.split(" "), b.split(" ")
    x, y = int(first, 16), int(second, 16)
    if any((x & mask) and (y & mask) and (x & mask) != (y & mask) for mask in _MASKS):
        return False
    turned = {">".join(reversed(each.split(">"))) for each in those}
    return turned.isdisjoint(these) or not turned.isdisjoint(those)


def literals(text: str) -> Literals:
    """Read the literals of a text: any text, in time linear in its length."""
    prose, code, quotes = _split(text)
    reader = _Reader(prose, code)
    reader.read()
    return Literals(
        numbers=tuple(reader.numbers),
        code=tuple(reader.code),
        quotes=tuple(quotes),
        names=tuple(reader.names),
        negated=reader.negated,
        choices=reader.choices,
        directions=tuple(sorted(reader.directions)),
    )


def _split(text: str) -> tuple[str, list[str], list[str]]:
    """The text without code and quotations, which leave a blank; these apart."""
    prose: list[str] = []
    code: list[str] = []
    quotes: list[str] = []
    unclosed: set[str] = set()
    at = 0
    while opener := _OPENER.search(text, at):
        sign = opener[0]
        prose.append(text[at : opener.start()])
        # A quotation is no name and begins no sentence.
        prose.append(" ")
        at = opener.end()
        closer = None if sign in unclosed else _CLOSERS[sign].search(text, at)
        if closer is None and sign != "```":
            # There is none further on, either: a text full of openers is read once.
            unclosed.add(sign)
            continue
        inner = text[at : closer.start() if closer else len(text)]
        at = closer.end() if closer else len(text)
        if sign == "```":
            head, newline, body = inner.partition("\n")
            code.append(_plain_code(body if newline and _is_language(head.strip()) else inner))
        elif sign == "`":
            code.append(_plain_code(inner))
        elif stripped := " ".join(inner.split()).rstrip(".,!?;"):
            quotes.append(stripped)
    prose.append(text[at:])
    return "".join(prose), code, quotes


def _is_language(head: str) -> bool:
    return not head or head.replace("+", "").replace("#", "").replace("-", "").isalnum()


def _plain_code(code: str) -> str:
    return "\n".join(line.rstrip() for line in code.splitlines() if line.strip()).strip()


class _Reader:
    """One pass over the prose."""

    def __init__(self, prose: str, code: list[str]) -> None:
        self._prose = prose
        self.code = code
        self.numbers: list[str] = []
        self.names: dict[str, None] = {}
        self.negated = False
        self.choices = 0
        self.directions: set[str] = set()
        self._before: tuple[str, ...] = ()
        self._turning: tuple[str, ...] = ()
        self._spelled: list[str] = []
        self._wants_unit = False
        """The last token was a number without a unit."""

    def read(self) -> None:
        last_end = 0
        begins = True
        for token in _TOKEN.finditer(self._prose):
            gap = self._prose[last_end : token.start()]
            begins = (begins and not gap.strip()) or any(char in _SENTENCE_END for char in gap)
            if gap.strip(" -\t\n"):
                self._end_spelled()
                self._wants_unit = False
                self._before = self._turning = ()
            if token["word"]:
                self._word(token["word"], begins=begins)
            else:
                self._end_spelled()
                self._wants_unit = False
                if token["number"]:
                    self._number(token)
                else:
                    self.code.append("".join(token[0].split()))
            begins = False
            last_end = token.end()
        self._end_spelled()

    def _number(self, token: re.Match[str]) -> None:
        digits, over = token["number"].replace(",", ""), token["over"]
        if over and self._prose[max(token.start() - 1, 0)] == "/":
            # A date, as 12/05/2020.
            self.numbers.append(_value(digits, None, None))
            digits, over = over, None
        value = _value(digits, over, token["exponent"])
        unit = (token["currency"] or "") + (token["after"] or "").strip()
        tail = (token["tail"] or "").lower()
        if tail in ("st", "nd", "rd", "th"):
            value = f"#{value}"
        elif tail in UNITS:
            unit = UNITS[tail]
        else:
            value += tail
        self._count(("-" if token["sign"] else "") + value)
        if unit:
            self._measure(unit)

    def _count(self, value: str) -> None:
        self.numbers.append(value)
        self._wants_unit = True

    def _measure(self, unit: str) -> None:
        self.numbers[-1] += f" {unit}"
        self._wants_unit = False

    def _word(self, word: str, *, begins: bool) -> None:
        low = word.lower()
        if low in SCALES and self._wants_unit and not self._spelled:
            # As in "2.5 million".
            self.numbers[-1] = _times(self.numbers[-1], SCALES[low])
            return
        if self._spell(low):
            return
        self._end_spelled()
        first, hyphen, rest = word.partition("-")
        if hyphen and first.lower() in NUMBERS:
            # As in "five-year-old".
            self._word(first, begins=begins)
            self._word(rest, begins=False)
            return
        wanted, self._wants_unit = self._wants_unit, False
        if low in UNITS and wanted:
            self._measure(UNITS[low])
            return
        if low in FIXED:
            self._count(FIXED[low])
        elif low in ORDINALS:
            self.numbers.append(f"#{ORDINALS.index(low) + 1}")
        bare = low.removesuffix("'s").removesuffix("’s")
        self._direct(bare)
        self.negated |= bare in NEGATIONS or bare.endswith(("n't", "n’t")) or bare == "cannot"
        self.choices |= _BITS.get(bare, 0)
        if not word.isascii():
            self.numbers += _CJK_NUMERALS.findall(word)
        if "_" in word or ("." in word and bare not in _ABBREVIATIONS) or _is_camel(word):
            self.code.append(word)
        elif any(char.isdigit() or unicodedata.category(char) == "No" for char in word) or _is_name(
            word, begins=begins
        ):
            self.names[bare] = None

    def _direct(self, word: str) -> None:
        if word in ARTICLES:
            return
        if word in TURNING:
            self._turning = self._before
            return
        # Two words back: in "gold is dearer than silver" it is not the last that changes places.
        self.directions |= {f"{before}>{word}" for before in self._turning if before != word}
        self._before, self._turning = (*self._before[-1:], word), ()

    def _spell(self, low: str) -> bool:
        """Collects a number in words; True where the word belongs to one."""
        parts = low.split("-")
        if all(part in NUMBERS or part in SCALES for part in parts):
            self._spelled += parts
            return True
        return low == "and" and bool(self._spelled) and self._spelled[-1] in SCALES

    def _end_spelled(self) -> None:
        words, self._spelled = self._spelled, []
        # Alone, "one" is a pronoun more often than a number.
        if not words or words == ["one"]:
            return
        whole, part = 0, 0
        for word in words:
            if word in NUMBERS:
                part += NUMBERS[word]
            elif word == "hundred":
                part = max(part, 1) * 100
            else:
                whole += max(part, 1) * SCALES[word]
                part = 0
        self._count(str(whole + part))


def _is_name(word: str, *, begins: bool) -> bool:
    if not word[0].isupper() or word[:2] in ("I", "I'", "I’"):
        return False
    return not begins or (len(word) > 1 and word.isupper())


def _value(digits: str, over: str | None, exponent: str | None) -> str:
    if len(digits) + len(over or "") > _LONGEST_NUMBER:
        return f"{digits}/{over}" if over else digits
    try:
        # Digits of every script have their values; `Fraction` takes ASCII ones only.
        plain = "".join(char if char == "." else str(unicodedata.decimal(char)) for char in digits)
        value = Fraction(plain)
        if over:
            value /= Fraction("".join(str(unicodedata.decimal(char)) for char in over))
        if exponent:
            value *= Fraction(10) ** int(exponent[1:])
    except (ValueError, ZeroDivisionError):
        return f"{digits}/{over}"
    return str(value)


def _times(number: str, scale: int) -> str:
    try:
        return str(Fraction(number) * scale)
    except ValueError:
        return f"{number} x{scale}"


def _is_camel(word: str) -> bool:
    return any(a.islower() and b.isupper() for a, b in pairwise(word))
