"""Choices and arrangements, counted: committees, posts, rows, letters of a word, handshakes, subsets.

Only where no word restricts them: a reader takes the two numbers and a text that it knows from end to end.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from fractions import Fraction

from .reading import Reader, Told

_NAMES = r"(?:[a-z'-]+ ){0,3}?[a-z'-]+"
_WAYS = (
    r"(?:in )?how many (?:different |distinct |possible )?ways (?:can|are there to|could|may|is it "
    r"possible to)"
)
_END = r"[?.\s]*"
_AIM = (
    r"(?: (?:to (?:take|bring|form|make|go|put|read|serve|represent|play|join|attend|be|work|use)|for|on"
    r"|at|as)\b(?: [a-z'-]+){0,6})?"
)
_CHOOSE = tuple(
    re.compile(pattern + _END)
    for pattern in (
        rf"{_WAYS} (?:(?:you|we|she|he|they|one|a [a-z]+|the [a-z]+) )?(?:choose|select|pick|draw) "
        rf"(?P<k>\d+) (?:of (?P<n1>\d+) |{_NAMES} )?"
        rf"(?:out of|from|from among|among|of)?(?: a| the)?(?: (?:group|set|class|list|collection|team"
        rf"|club|menu|box|bag) of)? ?(?P<n2>\d+)?(?: (?:different |distinct )?{_NAMES})?{_AIM}",
        rf"{_WAYS} (?P<k>\d+) (?:of|out of|{_NAMES} (?:from|out of|of|from among)) (?:a (?:group|class|set"
        rf"|club) of )?(?P<n2>\d+)(?: {_NAMES})? be (?:chosen|selected|picked){_AIM}",
        rf"{_WAYS} (?:a|an) (?:committee|team|group|panel|delegation|subset|jury|crew) of (?P<k>\d+)(?: "
        rf"(?!from|out|of){_NAMES})? be (?:chosen|selected|formed|picked|made) (?:from|out of|from among) "
        rf"(?:a (?:group|class|club) of )?(?P<n2>\d+)(?: {_NAMES})?",
        rf"how many (?:different |distinct |possible )?(?:committees|teams|groups|subsets|panels"
        rf"|delegations|crews) of (?P<k>\d+)(?: (?!can|are){_NAMES})? (?:can be (?:chosen|selected|formed"
        rf"|picked|made)|are there|are possible) (?:from|out of|from among|among) (?:a (?:group|class|club"
        rf"|set) of )?(?P<n2>\d+)(?: {_NAMES})?",
    )
)
_ORDER = re.compile(
    r"\b(?:order\w*|row|line\w*|rank\w*|arrang\w*|first|second|third|president|chair\w*|secretary"
    r"|treasurer|captain|leader"
    r"|gold|silver|bronze|prizes?|medals?|places?|posts?|positions?|roles?|seats?|password|code|each|every"
    r"|must|least|most"
    r"|not|no|without|adjacent|together|next|between|women|men|boys|girls|identical|same|repeat\w*"
    r"|repetition|replacement|round"
    r"|scoops?|flavou?rs?|donuts?|doughnuts?|coins?|circular|circle|only|except|either|both|consecutive"
    r"|after|shelf)\b"
)
_ROLES = re.compile(
    rf"{_WAYS} (?P<roles>(?:an? )?[a-z-]+(?:, (?:an? )?[a-z-]+){{0,4}},? and (?:an? )?[a-z-]+)(?: medals?"
    rf"| prizes?)?"
    rf" (?:(?:be (?:chosen|picked|selected|elected|awarded|given|assigned|appointed|shared|distributed)"
    rf"|go)(?: out)? (?:from|from among|among|out of|to)|be (?:won|taken) by) (?:a (?:club|group|class"
    rf"|team) of )?(?P<n>\d+)(?: {_NAMES})?"
    r"(?:,? (?:if|so that|where|when) (?:no (?:one|person|member|student|[a-z]+) (?:can )?(?:holds?|have"
    r"|has|wins?|gets?) (?:2 posts|more than 1 (?:post|position|office|role|medal)|more than one (?:post"
    r"|position|office|role|medal)|both)))?" + _END
)
_POSTS = frozenset(
    {
        *(
            "president",
            "vice-president",
            "chair",
            "chairman",
            "chairwoman",
            "chairperson",
            "secretary",
            "treasurer",
        ),
        *(
            "captain",
            "vice-captain",
            "leader",
            "deputy",
            "goalkeeper",
            "gold",
            "silver",
            "bronze",
            "first",
            "second",
        ),
        *(
            "third",
            "fourth",
            "winner",
            "runner-up",
            "king",
            "queen",
            "speaker",
            "manager",
            "director",
            "moderator",
        ),
    }
)
"""What one person holds. Other nouns may be kinds of people or things: `a man and a woman`."""

_APART = re.compile(
    r"\b(?:different|distinct|people|persons|students|children|kids|friends|pupils|players|runners|guests"
    r"|adults|teachers"
    r"|boys|girls|men|women|books|cars|paintings|pictures|houses|dogs|cats|actors|singers|tourists)\b"
)
_LETTERS = re.compile(
    r"(?:(?:in )?how many (?:different |distinct )?(?:ways (?:are there to (?:arrange|rearrange|order)"
    r"|can (?:you|we|one) (?:arrange|rearrange)) (?:all )?(?:of )?(?:the )?letters (?:of|in)"
    r"|(?:arrangements|permutations|rearrangements|orderings) (?:are there )?of (?:all )?(?:the )?letters "
    r"(?:of|in)"
    r"|ways can (?:all )?(?:of )?(?:the )?letters (?:of|in))) (?:the )?(?:word "
    r")?['\"“]?(?P<word>[a-z]{2,14})['\"”]?"
    r"(?: (?:be (?:arranged|rearranged|ordered|permuted)|are there))?" + _END
)
_ROW = re.compile(
    rf"{_WAYS} (?:(?:you|we|one) )?(?:arrange |line up |seat |order )?(?P<n>\d+) (?:different |distinct "
    rf")?{_NAMES}"
    r"(?: (?:be (?:arranged|seated|lined up|placed|ordered)|(?:sit|stand|line up|queue)))? (?:in|on) a "
    r"(?:single )?(?:row|line|shelf|bench|queue)" + _END
)
_TABLE = re.compile(
    rf"{_WAYS} (?:seat )?(?P<n>\d+) (?:different )?{_NAMES}(?: (?:be seated|sit))? (?:around|at) a "
    rf"(?:round|circular) table"
    r"(?:,? if rotations (?:are|count as) (?:considered )?(?:the same|identical))?" + _END
)
_HANDSHAKES = re.compile(
    rf"(?:there are )?(?P<n>\d+) {_NAMES}(?: (?:at|in|of) an? [a-z]+)?(?: (?:are|meet) at an? "
    rf"[a-z]+)?(?:\.|,| and) ?(?:if )?(?:each|every|everyone|everybody)(?: (?:person|one|guest|player|team"
    rf"|of them|member|[a-z]+))?"
    rf" (?:shakes hands with|plays(?: (?:1 game|one game|a game|1 match|one match|a match))?(?: "
    rf"against)?) (?:each|every|all)(?: of)?(?: the)? others?(?: {_NAMES})?(?: exactly)?(?: (?P<times>once"
    rf"|twice))?"
    r"(?:\.|,)? ?(?:how many (?:handshakes|games|matches) (?:are there|take place|are played|are exchanged"
    r"|will there be|are played in total|are there in total|happen))(?: in total| altogether)?" + _END
)
_PAIRS = re.compile(
    rf"how many (?:different |distinct |possible )?pairs(?: of {_NAMES})? can be (?:chosen|selected|formed"
    rf"|picked|made) (?:from|out of|from among|among) (?:a (?:group|class|club|set) of )?(?P<n>\d+)(?: "
    rf"{_NAMES})?" + _END
)
_SUBSETS = re.compile(
    r"how many subsets does a set (?:of|with) (?P<n>\d+) (?:distinct )?elements have" + _END
)
_DIAGONALS = re.compile(
    r"how many diagonals does a (?:convex |regular )?(?:polygon (?:with|of) (?P<n>\d+) sides"
    r"|(?P<n2>\d+)-sided polygon) have" + _END
)


def committees(text: str) -> Told | None:
    for form in _CHOOSE:
        match = form.fullmatch(text)
        if match and not _ORDER.search(text):
            groups = match.groupdict()
            pool = [int(groups[name]) for name in ("n1", "n2") if groups.get(name)]
            if len(pool) == 1 and int(groups["k"]) <= pool[0] <= 2000:
                k = int(groups["k"])
                return Told(Fraction(math.comb(pool[0], k)), f"{k} of {pool[0]}, in no order")
    return None


def posts(text: str) -> Told | None:
    match = _ROLES.fullmatch(text)
    if not match:
        return None
    roles = re.split(r", and |, | and ", match.group("roles"))
    names = [re.sub(r"^an? ", "", role) for role in roles]
    n = int(match.group("n"))
    if (
        len(set(names)) != len(names)
        or len(names) > n
        or n > 2000
        or not all(name in _POSTS for name in names)
    ):
        return None
    return Told(Fraction(math.perm(n, len(names))), f"{len(names)} posts for {n}, in order")


def letters(text: str) -> Told | None:
    match = _LETTERS.fullmatch(text)
    if not match or match.group("word") in ("alphabet", "word", "name"):
        return None
    ways = math.factorial(len(match.group("word")))
    for count in Counter(match.group("word")).values():
        ways //= math.factorial(count)
    return Told(Fraction(ways), "the letters' arrangements")


def rows(text: str) -> Told | None:
    match = _ROW.fullmatch(text)
    if match and int(match.group("n")) <= 200 and _APART.search(text):
        return Told(Fraction(math.factorial(int(match.group("n")))), "all in a row")
    match = _TABLE.fullmatch(text)
    if match and 1 <= int(match.group("n")) <= 200 and _APART.search(text):
        return Told(Fraction(math.factorial(int(match.group("n")) - 1)), "round a table")
    return None


def pairs(text: str) -> Told | None:
    match = _HANDSHAKES.fullmatch(text)
    if match and (match.group("times") or "shakes" in text):
        n = int(match.group("n"))
        return Told(Fraction(math.comb(n, 2) * (2 if match.group("times") == "twice" else 1)), "all pairs")
    match = _PAIRS.fullmatch(text)
    if match and not re.search(r"\b(?:ordered|one|each|brothers?|married|socks?|shoes?|gloves?)\b", text):
        return Told(Fraction(math.comb(int(match.group("n")), 2)), "all pairs")
    match = _SUBSETS.fullmatch(text)
    if match and int(match.group("n")) < 200:
        return Told(Fraction(2 ** int(match.group("n"))), "all subsets")
    match = _DIAGONALS.fullmatch(text)
    if match:
        n = int(match.group("n") or match.group("n2"))
        return Told(Fraction(n * (n - 3) // 2), "all diagonals") if n > 2 else None
    return None


CHOICES: tuple[Reader, ...] = (posts, committees, letters, rows, pairs)
