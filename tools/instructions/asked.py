"""What an instruction asks of the form of a response, read by rules; what they cannot read they leave out.

A demand that is read where none is made would turn good responses down, so every rule wants the words that
make it one: "in three bullet points" is a demand, "why do slides have bullet points" is none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from .demand import Demand, Unit

_NUMBERS = {
    "one": 1,
    "a single": 1,
    "single": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "fifteen": 15,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "hundred": 100,
}
_N = rf"(?P<n>\d{{1,4}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"
_AT_MOST = (
    r"at most|no more than|not more than|a maximum of|maximum|max\.?|up to|within"
    r"|no longer than|not exceeding"
)
_BELOW = r"fewer than|less than|under|below"
_AT_LEAST = r"at least|no fewer than|no less than|not less than|a minimum of|minimum"
_BOUND = (
    rf"(?P<bound>(?:(?P<most>{_AT_MOST})|(?P<below>{_BELOW})|(?P<least>{_AT_LEAST})"
    r"|(?P<above>more than|over)|(?P<exact>exactly|precisely))\s+)"
)
_PLAIN = r"(?:(?:short|brief|concise|complete|simple|clear|plain|numbered)\s+)*"
_UNITS: dict[str, Unit] = {
    "word": "words",
    "sentence": "sentences",
    "line": "lines",
    "paragraph": "paragraphs",
    "bullet point": "bullets",
    "bullet": "bullets",
    "numbered step": "numbers",
    "numbered point": "numbers",
    "numbered item": "numbers",
}
_UNIT = rf"(?P<unit>{'|'.join(sorted(_UNITS, key=len, reverse=True))})s?\b"
_QUOTED = r"[\"'“‘`](?P<text>[^\"'“”‘’`]{1,60})[\"'”’`]"
# An object that is asked about, not for: "the poem of four lines below", "each of the two sentences".
_ABOUT = re.compile(r"\b(?:the|these|those|this|each of the|every|per|all)\s+$", re.IGNORECASE)
_EACH = re.compile(r"\s*(?:each|per|apiece)\b", re.IGNORECASE)

_COUNTS = (
    re.compile(rf"\b{_BOUND}{_N}\s+{_PLAIN}{_UNIT}", re.IGNORECASE),
    re.compile(
        rf"\b(?:in|with|using|into|as|of)\s+(?P<exact>)(?:just\s+|only\s+)?{_N}\s+{_PLAIN}{_UNIT}", re.I
    ),
)
_OR_LESS = re.compile(rf"\b{_N}\s+{_UNIT}\s+(?:or\s+(?P<most>less|fewer)|or\s+(?P<least>more)|long\b)", re.I)
_BETWEEN = re.compile(
    rf"\b(?:between\s+)?(?P<low>\d{{1,4}})\s*(?:and|to|-|–)\s*(?P<high>\d{{1,4}})\s+{_UNIT}", re.I
)
_A_SENTENCE = re.compile(
    r"\b(?:explain|describe|summari[sz]e|tell|say|state|answer|reply|justify|define)\b(?:(?!\buse)[^.;:?])*"
    r"\bin\s+a\s+(?:short\s+|single\s+)?sentence\b",
    re.IGNORECASE,
)
_NUMBERED = re.compile(rf"\bnumbered list of (?:the )?{_N}\b", re.IGNORECASE)
_JSON = re.compile(
    r"\b(?:as|into|in|return|output|produce|give|respond with|answer with)\s+(?:an?\s+|only\s+|valid\s+)*"
    r"(?P<form>JSON|YAML)\b(?!\s+(?:file|document|below|schema|parser|library))",
    re.IGNORECASE,
)
_KEYS = re.compile(r"\bwith (?:the |these )?(?:keys?|fields?)\s+(?P<keys>[^.;:\n]{1,120})", re.IGNORECASE)
_YES_NO = re.compile(
    r"\b(?:answer|reply|respond|say)(?:\s+(?:only|just|with|either))*\s+[\"'“‘]?(?P<a>yes|true)[\"'”’]?"
    r"\s*(?:or|/)\s*[\"'“‘]?(?P<b>no|false)\b",
    re.IGNORECASE,
)
_CHOICE = re.compile(
    r"(?:\b(?:as|whether [^.?!]{1,60}? is|into|either)|:)\s+"
    r"(?P<labels>(?:[\"'“]?[\w][\w-]*(?: [\w-]+)?[\"'”]?,\s+)*[\"'“]?[\w][\w-]*(?: [\w-]+)?[\"'”]?,?\s+or\s+"
    r"[\"'“]?[\w][\w-]*(?: [\w-]+)?[\"'”]?)\s*[.?!]?\s*$",
    re.IGNORECASE,
)
_SAY = (
    r"\b(?:write|spell|print|type|answer|reply|respond|output|say|put)\b"
    r"[^.;:]{0,60}\bin\s+(?:all\s+|only\s+)?"
)
_UPPER = re.compile(rf"{_SAY}(?:capital letters|capitals|upper\s?case|caps)\b", re.IGNORECASE)
_LOWER = re.compile(rf"{_SAY}(?:small letters|lower\s?case)\b", re.IGNORECASE)
_NO_LETTER = re.compile(
    r"\bwithout\s+(?:using\s+)?(?:the\s+)?(?:any\s+)?letter\s+[\"'“‘]?(?P<text>[a-z])\b", re.IGNORECASE
)
_NO_TEXT = re.compile(
    r"\b(?:without(?: using)?|do not use|don't use|avoid(?: using)?)\s+"
    rf"(?:the\s+)?(?:word|phrase|term)\s+{_QUOTED}",
    re.IGNORECASE,
)
_HOLDS = re.compile(
    r"\b(?:includ(?:e|es|ing)|contain(?:s|ing)?|us(?:e|es|ing))\s+"
    rf"(?:the\s+)?(?:exact\s+)?(?:word|phrase|term)\s+{_QUOTED}",
    re.IGNORECASE,
)
_BEGINS = re.compile(
    rf"\b(?:begins?|starts?|beginning|starting)\s+with\s+(?:the\s+(?:word|phrase)\s+)?{_QUOTED}", re.I
)
_ENDS = re.compile(rf"\b(?:ends?|ending|finish(?:es)?)\s+with\s+(?:the\s+(?:word|phrase)\s+)?{_QUOTED}", re.I)


def demands_in(instruction: str) -> tuple[Demand, ...]:
    """What is asked of the form, each once, in the order of the rules."""
    found = (demand for rule in _RULES for demand in rule(instruction))
    return tuple(dict.fromkeys(found))


def _counts(text: str) -> Iterator[Demand]:
    taken: list[tuple[int, int]] = []
    for match in _BETWEEN.finditer(text):
        low, high = int(match["low"]), int(match["high"])
        if low <= high and _asks(text, match):
            taken.append(match.span())
            yield Demand("count", _UNITS[match["unit"].lower()], low, high)
    for pattern in (_OR_LESS, *_COUNTS):
        for match in pattern.finditer(text):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            if not _asks(text, match):
                continue
            taken.append(match.span())
            yield Demand("count", _UNITS[match["unit"].lower()], *_bounds(match))
    if _A_SENTENCE.search(text):
        yield Demand("count", "sentences", 1, 1)
    for match in _NUMBERED.finditer(text):
        number = _number(match["n"])
        yield Demand("count", "numbers", number, number)


def _asks(text: str, match: re.Match[str]) -> bool:
    return not _ABOUT.search(text[: match.start()]) and not _EACH.match(text[match.end() :])


def _bounds(match: re.Match[str]) -> tuple[int, int | None]:
    number, named = _number(match["n"]), match.groupdict()
    if named.get("most"):
        return 0, number
    if named.get("below"):
        return 0, number - 1
    if named.get("least"):
        return number, None
    if named.get("above"):
        return number + 1, None
    return number, number


def _number(text: str) -> int:
    return int(text) if text.isdigit() else _NUMBERS[text.lower()]


def _forms(text: str) -> Iterator[Demand]:
    match = _JSON.search(text)
    if match is None:
        return
    keys = _KEYS.search(text, match.end())
    names = tuple(_listed(keys["keys"])) if keys and keys.start() - match.end() < 20 else ()
    yield Demand("json" if match["form"].lower() == "json" else "yaml", texts=names)


def _labels(text: str) -> Iterator[Demand]:
    match = _YES_NO.search(text)
    if match is not None:
        yield Demand("labels", texts=(match["a"].lower(), match["b"].lower()))
        return
    match = _CHOICE.search(text.strip())
    if match is not None:
        names = tuple(_listed(match["labels"]))
        if len(names) >= 2 and "other" not in names:
            yield Demand("labels", texts=names)


def _listed(text: str) -> list[str]:
    parts = re.split(r",\s*(?:and\s+|or\s+)?|\s+(?:and|or)\s+", text.strip())
    return [part.strip(" \"'“”‘’`") for part in parts if part.strip(" \"'“”‘’`")]


def _cases(text: str) -> Iterator[Demand]:
    if _UPPER.search(text):
        yield Demand("upper")
    if _LOWER.search(text):
        yield Demand("lower")


def _texts(text: str) -> Iterator[Demand]:
    for pattern, kind in ((_NO_LETTER, "without"), (_NO_TEXT, "without"), (_HOLDS, "holds")):
        for match in pattern.finditer(text):
            yield Demand(kind, texts=(match["text"],))  # type: ignore[arg-type]
    for pattern, kind in ((_BEGINS, "begins"), (_ENDS, "ends")):
        for match in pattern.finditer(text):
            yield Demand(kind, texts=(match["text"],))  # type: ignore[arg-type]


_RULES: tuple[Callable[[str], Iterator[Demand]], ...] = (_counts, _forms, _labels, _cases, _texts)
