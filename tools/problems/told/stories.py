"""One heap of one thing that grows and shrinks: `has 40 stickers, gives away half of them, then buys 6`."""

from __future__ import annotations

import re
from fractions import Fraction

from .reading import Fault, Reader, Told

_WHO = r"(?:[a-z]+|the [a-z]+|(?:an?|the) [a-z]+ [a-z]+|there)"
_START = re.compile(
    rf"(?P<who>{_WHO}|(?:an?|the|his|her) [a-z]+) (?:has|had|have|holds|contains|starts with|started with"
    rf"|starts the day with|owns|collected|are|were) (?P<n>\d+) (?P<thing>(?:[a-z]+ )?[a-z]+s)(?: (?:in"
    rf"|on) (?:a|the|his|her) [a-z]+)?(?: at first)?"
)
_ASK = re.compile(
    r"(?:how many(?: of (?:them|the))?(?: (?P<thing>(?:[a-z]+ )?[a-z]+s))? (?:does|do|did|will) "
    r"(?P<who>[a-z ]{1,30}?) have(?: (?:now|left|in total|altogether|in the end|at the end|after that))*"
    r"|how many(?: (?P<thing2>(?:[a-z]+ )?[a-z]+s))? (?:are|were) (?:there )?(?:left|now|in it now|in the "
    r"[a-z]+ now)(?: now| in the [a-z]+)?|how many(?: (?P<thing3>(?:[a-z]+ )?[a-z]+s))? remain)[?.\s]*"
)
_GAIN = (
    r"(?:buys?|bought|gets?|got|finds?|found|receives?|received|adds?|added|wins?|won|picks?|picked"
    r"|collects?|collected|earns?|earned|bakes|baked|makes|made)"
)
_LOSS = (
    r"(?:gives? away|gave away|gives?|gave|loses?|lost|eats?|ate|sells?|sold|uses?|used|breaks?|broke"
    r"|throws? away|threw away|donates?|donated|removes?|removed|drinks?|drank|spends?|spent)"
)
_AMOUNT = r"(?P<amount>\d+|half|a third|1/3|a quarter|a fifth)"
_EVENT = re.compile(
    rf"(?:and |then |and then |but |later |next |after that,? |(?:the )?next day,? |on [a-z]+day,? "
    rf")*(?:(?P<who>he|she|they|it|[a-z]+|the [a-z]+) )?(?:then |also |later )?(?:(?P<gain>{_GAIN})"
    rf"|(?P<loss>{_LOSS})) "
    rf"{_AMOUNT}(?: (?:more|another|new))*"
    rf"(?: (?:of (?:it|them|these|those|(?:his|her|the|what is left|the remaining|the rest)(?: "
    rf"remaining)?(?: [a-z]+s)?)))?(?: (?P<thing>(?!of\b|to\b|from\b|away\b)(?:more )?(?:[a-z]+ "
    rf")?[a-z]+s))?(?: away| more)?(?: (?:to|from|at|by|in) (?:a |the |his |her )?[a-z]+(?: [a-z]+)?)?"
)
_PASSIVE = re.compile(
    rf"(?:and |then |and then |but )*{_AMOUNT}(?: (?:of them|more|of these|of those))? (?:are|were|have "
    rf"been|get) (?:then )?(?:(?P<loss>eaten|sold|given away|removed|lost|taken out|taken away|used|broken"
    rf"|thrown away|stolen|drunk|cut down)|(?P<gain>added|bought|put in|planted|delivered))"
)
_AS_BEFORE = re.compile(
    r"(?:and |then |and then |another )*(?P<amount>\d+)(?: more)?(?: (?P<thing>(?:[a-z]+ )?[a-z]+s))?"
)
_PARTS = {"half": 2, "a third": 3, "1/3": 3, "a quarter": 4, "a fifth": 5}
_CLAUSES = re.compile(r"[.;]\s+|,\s+(?:and\s+)?(?:then\s+)?|\s+and\s+then\s+|\s+and\s+")
_UNSURE = re.compile(
    r"\b(?:each|every|per|times|twice|double|packs?|box(?:es)? of|dozen|times as|than|who|which|%|percent"
    r"|if|cost\w*|\$)\b|[%$]"
)


def heaps(text: str) -> Told | Fault | None:
    """Every clause is the start, one change, or the question; anything else and nothing is read."""
    text = re.sub(r"\$(\d+)\b(?! dollars)(?!\.\d)", r"\1 dollars", text).replace(
        "how much money", "how many dollars"
    )
    if _UNSURE.search(text):
        return None
    cut = max(text.rfind(". ", 0, len(text) - 1), text.rfind("; "))
    if cut < 0:
        return None
    asked = _ASK.fullmatch(text[cut + 2 :])
    start = _START.match(text)
    if not asked or not start or start.end() > cut + 1:
        return None
    thing = start.group("thing")
    named = next((asked.group(name) for name in ("thing", "thing2", "thing3") if asked.group(name)), thing)
    if not _same(named, thing) or not _is(asked.groupdict().get("who"), start.group("who")):
        return None
    heap, steps, grew = Fraction(start.group("n")), 0, False
    for clause in _CLAUSES.split(text[start.end() : cut].strip(" ,.")):
        clause = clause.strip(" ,.")
        if not clause:
            continue
        event = _EVENT.fullmatch(clause) or _PASSIVE.fullmatch(clause)
        again = _AS_BEFORE.fullmatch(clause) if not event and steps else None
        if again and ("more" in clause or "another" in clause):
            event = again
        if event is None:
            return None
        other = event.groupdict().get("thing")
        if other and not _same(other.removeprefix("more "), thing):
            return None
        if not _is(event.groupdict().get("who"), start.group("who")):
            return None
        amount = event.group("amount")
        part = heap / _PARTS[amount] if amount in _PARTS else Fraction(amount)
        gains = grew if event is again else bool(event.group("gain"))
        # Half of what: after a first step it may be of what was there or of what is left.
        clear = not steps or re.search(r"\b(?:remaining|rest|left)\b", clause)
        if amount in _PARTS and (gains or not clear or part.denominator != 1):
            return None
        heap += part if gains else -part
        grew = gains
        steps += 1
        if heap < 0:
            return Fault("impossible_quantity", f"more {thing} are taken than there are")
    return Told(heap, "the changes, one after the other") if steps else None


def _is(who: str | None, owner: str) -> bool:
    return who is None or who in ("he", "she", "they", "it") or who.split()[-1] == owner.split()[-1]


def _same(one: str, other: str) -> bool:
    return one.split()[-1] == other.split()[-1]


STORIES: tuple[Reader, ...] = (heaps,)
