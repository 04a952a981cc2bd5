"""From what a model or program wrote to the answer alone: boxes, marks, phrases and wrappers taken off."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from ._prose import conclusion
from ._terms import NoAnswer, SeveralAnswers, Unreadable

MAX_CHARS = 20_000
MAX_ANSWER = 2_000
MAX_PHRASES = 12
"""Of those in a text, the last ones."""

_PHRASE = re.compile(
    r"(?<![A-Za-z])(?:final |correct |right )?(?:answer|solution)\s*(?:\*\*|__)?\s*"
    r"(?:(?:to|of|for|in)\b[^.\n:=]{0,60}?\s)?(?:is\b|are\b|would be\b|:|=|(?=\$|\\\("
    r"|\\\[))\s*(?:\*\*|__)?\s*:?[\s}]*",
    re.IGNORECASE,
)
_SPECIAL = re.compile(r"<\|[a-z_]{2,30}\|>|</s>|<eos>")
_HEADING = re.compile(r"(?:^|\n)\s*(?:#+\s*|\*\*)(?:final )?answer:?\s*(?:\*\*)?:?\s*\n+", re.IGNORECASE)
_LETTERED = re.compile(r"\n\s*A:[ \t]*(\S[^\n]*)\Z")
"""The last line of a solution whose problem stood behind `Q:`."""
_ENDING = re.compile(r"\n|(?<=[^.\s])\.\s+(?=[A-Z(\\$*])|,?\s+(?:because|since|which means|as (?=[a-z]{2}))")
_BRACKETING = (
    ("```", "```"), ("`", "`"), ("**", "**"), ("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]"),
    ('"', '"'), ("'", "'"), ("“", "”"), ("\\text{", "}"), ("\\textbf{", "}"), ("\\mathrm{", "}"),
    ("\\mathbf{", "}"), ("\\mbox{", "}"), ("\\displaystyle", ""), ("\\therefore", ""), ("\\,", ""),
    ("", "\\,"),    ("", "\\ "), ("", "\\;"),
)  # fmt: skip


def bare(text: str) -> str:
    """The answer's own text, without box, phrase, dollars, backticks and the final full stop.

    Raises:
        NoAnswer: empty; SeveralAnswers: several different boxes, marks or phrases.
        Unreadable: longer than 20,000 characters, or with control characters.
    """
    if len(text) > MAX_CHARS:
        raise Unreadable(f"longer than {MAX_CHARS:,} characters")
    if any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\t\n\r" for c in text):
        raise Unreadable("holds control characters")
    # Blank lines carry nothing, and searching through thousands of them takes long.
    text = "\n".join(line for line in text.splitlines() if line.strip())
    body = stripped(_SPECIAL.split(text, maxsplit=1)[0])
    for finder in (_boxes, _tagged, _marked, _phrased):
        if found := _distinct(finder(body)):
            if len(found) > 1:
                raise SeveralAnswers(
                    f"gives {len(found)} different final answers", found, boxed=finder is not _phrased
                )
            body = found[0]
            if finder is _phrased and re.search(r"[0-9)]!\Z", body):
                raise Unreadable("ends in an exclamation mark or a factorial")
            break
    if not body:
        raise NoAnswer("is empty")
    if len(body) > MAX_ANSWER:
        raise Unreadable(f"longer than {MAX_ANSWER:,} characters")
    return body


def _distinct(parts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(stripped(part) for part in parts))


def stripped(text: str) -> str:
    """Without outer white space, final stops and whatever wraps the whole."""
    before = None
    while text != before:
        before = text
        text = text.strip()
        if not text.endswith(("...", "\\,", "\\;", "\\!")):
            text = text.rstrip(".;,").strip() if not _abbreviated(text) else text
        for start, end in _BRACKETING:
            inner = text[len(start) : len(text) - len(end)]
            whole = text.startswith(start) and text.endswith(end) and len(text) >= len(start) + len(end)
            if whole and _is_one_wrapper(start, end, inner):
                text = inner
                break
    return text


def _abbreviated(text: str) -> bool:
    return re.search(r"\b[ap]\.\s?m\.\Z", text, re.IGNORECASE) is not None


def _is_one_wrapper(start: str, end: str, inner: str) -> bool:
    if not start or not end:
        return True
    if end != "}":
        return start not in inner and end not in inner
    depth = 0
    for char in inner:
        depth += (char == "{") - (char == "}")
        if depth < 0:
            return False
    return depth == 0


def _boxes(text: str) -> list[str]:
    found = []
    for start in re.finditer(r"\\(?:boxed|fbox)\s*(?=\{)", text):
        found.append(_braced(text, start.end()))
    # A box within a box is the same answer.
    return [part for part in found if not re.match(r"\s*\\(?:boxed|fbox)\s*\{", part)]


def _tagged(text: str) -> list[str]:
    if "</answer>" not in text.lower():
        return []
    return re.findall(r"<answer>(.*?)</answer>", text, re.DOTALL | re.IGNORECASE)


def _marked(text: str) -> list[str]:
    return [line.rpartition("####")[2] for line in text.splitlines() if "####" in line]


def _phrased(text: str) -> list[str]:
    """What follows each `the answer is`; for a text of one sentence also what follows `so` or `we get`."""
    if lettered := _LETTERED.search(text):
        return [lettered[1]]
    found = [heading.end() for heading in _HEADING.finditer(text)]
    found += [phrase.end() for phrase in _PHRASE.finditer(text)]
    if not found:
        concluded = conclusion(text)
        return [concluded] if concluded else []
    parts = [
        _until_end(text[at : at + MAX_ANSWER + 100], opened=text[:at].rstrip().endswith("**"))
        for at in found[-MAX_PHRASES:]
    ]
    return [part for part in parts if part]


def _until_end(text: str, *, opened: bool) -> str:
    """The answer at the start of a text; `opened` says that two stars stand before it."""
    rest = text.lstrip()
    # A display on its own lines ends at its own mark.
    for start, end in (("\\[", "\\]"), ("$$", "$$"), ("```", "```")):
        if rest.startswith(start) and (at := rest.find(end, len(start))) > 0:
            return rest[: at + len(end)]
    ending = _ENDING.search(rest)
    part = stripped(rest[: ending.start()] if ending else rest)
    if part.count("**") == 1:
        return (
            re.sub(r"\*\*(?=\s+[A-Za-z])", "", part).removesuffix("**").strip()
            if opened
            else part.removesuffix("**").strip()
        )
    return part


def _braced(text: str, start: int) -> str:
    """What stands between the brace at `start` and its partner."""
    depth = 0
    for end in range(start, len(text)):
        escaped = end > 0 and text[end - 1] == "\\"
        depth += (text[end] == "{" and not escaped) - (text[end] == "}" and not escaped)
        if depth == 0:
            return text[start + 1 : end]
    raise Unreadable("has an unclosed brace")
