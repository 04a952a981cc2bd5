"""Rules on critiques and revisions that need no judge; each names a fault by its code.

Of a critique: it names a principle that exists, the one that was drawn, and quotes what is in the text.
Of a revision: it differs from what it revises, is bounded, does not echo the critique and is no stub that
turns the person away without a reason.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from typing import NamedTuple


class Fault(NamedTuple):
    """What is wrong with a critique or a revision."""

    code: str
    detail: str


class Limits(NamedTuple):
    """Bounds of a revision, in words; see the settings of the same names."""

    revision_growth: int
    echo_words: int
    engaged_words: int


_LEAST_QUOTE = 3
"""Letters and digits of a quote: less is found in any text."""
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "’": "'", "‘": "'", "…": "..."})
_LABELS = (
    "revised response",
    "revision request",
    "critique request",
    "the critique",
    "revised version",
    "rewritten response",
)
_DECLINES = re.compile(
    r"\b(?:i(?:'m| am)? (?:sorry|unable|not able|not going to|afraid)"
    r"|i (?:can(?:'t|not| not)|won't|will not|could not|couldn't|must decline|decline|do not|don't) "
    r"(?:\w+ ){0,2}?(?:help|assist|answer|provide|do that|do this|comply|fulfil|fulfill|write|give|tell|say"
    r"|support|share|talk|discuss|create|offer|engage|participate|support)"
    r"|(?:can(?:'t|not)|unable to|not able to) (?:help|assist|comply|fulfil|fulfill|provide)"
    r"|sorry, (?:but )?(?:i|no|that)|as an ai\b|no comment)",
    re.IGNORECASE,
)
_EMPTY_TALK = re.compile(
    r"\b(?:as an ai\b|i hope (?:you|this)|(?:is there )?anything else|let me know|feel free|how (?:else )?"
    r"(?:can|may) i (?:help|assist)|happy to help|thank you for|i apologi[sz]e|please understand"
    r"|against my (?:programming|guidelines|policy)|my guidelines|another (?:question|topic))",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"\b(?:because|since|as (?:it|this|that|they|doing|he|she)|so that|instead|which"
    r"|it (?:would|could|can|is)|that (?:would|could|can|is)|this (?:would|could|can|is)|but)\b|[:;–—]",
    re.IGNORECASE,
)


def critique_faults(
    principle: str, quote: str, critique: str, response: str, *, drawn: str, known: Collection[str]
) -> Iterator[Fault]:
    """What is wrong with a critique of a response by the principle that was drawn."""
    if principle not in known:
        yield Fault("unknown_principle", f"it names {principle[:60]!r}, which the constitution has not")
    elif principle != drawn:
        yield Fault("other_principle", f"it goes by {principle!r}, not by {drawn!r}, which was drawn")
    if len(critique.split()) < _LEAST_QUOTE:
        yield Fault("no_critique", f"it finds a fault and says nothing of it: {critique[:60]!r}")
    if len(re.sub(r"\W", "", quote)) < _LEAST_QUOTE:
        yield Fault("no_quote", "it quotes nothing of the response")
    elif _as_quoted(quote) not in _as_quoted(response):
        yield Fault("invented_quote", f"the response does not hold {quote[:80]!r}")


def revision_faults(
    before: str, after: str, *, prompt: str, critique: str, request: str, limits: Limits
) -> Iterator[Fault]:
    """What is wrong with a revision of a response to a prompt, made by a critique and a request."""
    if same_text(before, after):
        yield Fault("unchanged", "it is what it was to revise")
    grown = len(after.split()) - len(before.split())
    if grown > limits.revision_growth:
        most = limits.revision_growth
        yield Fault("grown_too_much", f"it has {grown} words more, at most {most} are wanted")
    if echoed := _echo(after, f"{before}\n{prompt}", (critique, request), limits.echo_words):
        yield Fault("echoes_critique", f"it holds {echoed[:80]!r}, which is of the critique")
    if said := evasion(after, limits.engaged_words):
        yield Fault("evasive", said)


def same_text(one: str, other: str) -> bool:
    """Whether two texts are one but for case, blanks and punctuation."""
    return _plain(one) == _plain(other)


def declines(response: str) -> bool:
    """Whether a response declines what was asked, by its words: at its beginning, or in all that it says."""
    sentences = _sentences(response)
    return any(_DECLINES.search(sentence) for sentence in sentences[:2])


def evasion(response: str, words: int) -> str:
    """It declines and says fewer than so many words besides, of why or what helps: a sentence, or nothing."""
    if not declines(response):
        return ""
    count = sum(len(_besides(sentence).split()) for sentence in _sentences(response))
    if count >= words:
        return ""
    return f"it declines and says {count} words of why or of what helps, at least {words} are wanted"


def _besides(sentence: str) -> str:
    """What a sentence says besides declining: its reason, where it has one."""
    if declined := _DECLINES.search(sentence):
        reason = _REASON.search(sentence, declined.end())
        return "" if reason is None else sentence[reason.start() :]
    return "" if _EMPTY_TALK.search(sentence) else sentence


def _sentences(text: str) -> list[str]:
    plain = " ".join(text.translate(_QUOTES).split())
    return [part for part in re.split(r"(?<=[.!?])\s+", plain) if part]


def _echo(after: str, known: str, said: tuple[str, ...], length: int) -> str:
    """A label of the prompts, or a run of their words, that was not there before; empty without one."""
    mine, old = f" {_plain(after)} ", f" {_plain(known)} "
    for label in _LABELS:
        if f" {label} " in mine and f" {label} " not in old:
            return label
    for text in said:
        words = _plain(text).split()
        for start in range(len(words) - length + 1):
            run = f" {' '.join(words[start : start + length])} "
            if run in mine and run not in old:
                return run.strip()
    return ""


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold()))


def _as_quoted(text: str) -> str:
    """Without what differs between a text and a faithful quote of it: blanks, forms of marks, ends."""
    plain = " ".join(unicodedata.normalize("NFKC", text).translate(_QUOTES).split()).casefold()
    return plain.strip(" \"'.,;:!?")
