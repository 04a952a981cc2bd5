"""Probabilities of dice, coins and drawn balls, by going through all equally likely cases."""

from __future__ import annotations

import math
import re
from fractions import Fraction

from .reading import Reader, Told

_END = r"[?.\s]*"
_MAX_DICE = 8
_ASK = (
    r"what is the (?:probability|chance|likelihood) (?:that|of|of getting|of rolling|of obtaining|to get"
    r"|of throwing|of tossing)"
)
_DICE = re.compile(
    r"(?P<count>\d+) (?:fair |standard |ordinary |regular )*(?:(?P<sides>\d+)-sided |(?:six|6)-sided "
    r")?(?:fair |standard )?dice are (?:rolled|thrown|tossed|cast)(?: (?:once|together|at once))?\. "
    rf"{_ASK} (?:the |their |a )?(?:sum|total)(?: of (?:the )?(?:numbers|values|results|points|spots|dice"
    rf"|two dice|faces|numbers shown|2 dice)(?: rolled| shown)?)?(?: (?:is|of|equals|equal to|being))? "
    r"(?P<test>exactly |at least |at most |greater than |more than |less than |equal to )?(?:(?P<sum>\d+)"
    r"|an? (?P<word>even|odd|prime)(?: number)?|(?P<word2>even|odd|prime|a prime))(?: (?P<more>or (?:more"
    r"|less|greater|higher|lower)))?" + _END
)
_COINS = re.compile(
    r"(?:(?P<count>\d+) (?:fair )?coins are (?:tossed|flipped|thrown)(?: (?:once|together))?|a (?:fair "
    r")?coin is (?:tossed|flipped|thrown) (?P<times>\d+) times|you (?:toss|flip) (?:a fair coin "
    r"(?P<times2>\d+) times|(?P<count2>\d+) (?:fair )?coins))\. "
    rf"{_ASK} (?:exactly |getting |obtaining )?(?P<test>exactly |at least |at most )?(?P<hits>\d+|no|one"
    rf"|a) (?:heads?|tails?)(?: (?:come up|show|appear|are obtained|comes up))?" + _END
)
_BAG = re.compile(
    r"an? (?:bag|box|jar|urn|drawer|bowl|basket|bucket) (?:contains|holds|has|with) (?P<things>\d+ "
    r"[a-z]+(?: (?:balls?|marbles?|socks?|pens?|beads?|counters?|discs?|chips?|candies|sweets|cards?"
    r"|pencils?|tokens?))?"
    r"(?:(?:, and |, | and )\d+ [a-z]+(?: (?:balls?|marbles?|socks?|pens?|beads?|counters?|discs?|chips?"
    r"|candies|sweets|cards?|pencils?|tokens?))?){1,4})\. "
)
_MAX_DRAWN = 100
"""Balls in one drawing: chances are exact, and have digits without end for millions of them."""
_DRAW = re.compile(
    r"(?:(?P<drawn>\d+|one|a) (?:balls?|marbles?|socks?|pens?|beads?|counters?|discs?|chips?|candies"
    r"|sweets|cards?|pencils?|tokens?|of them|[a-z]+) (?:is|are) (?:drawn|picked|taken|chosen"
    r"|selected)(?: out)?(?: at random| randomly)?"
    r"(?: (?P<how>without replacement|with replacement|at once|simultaneously|together|without "
    r"looking))?(?: at random)?\. )?"
    r"what is the (?:probability|chance|likelihood) (?:that (?:it|the (?:ball|marble|sock|pen|bead|counter"
    r"|disc|chip|card|pencil|token)|(?P<both>both|all 3|all|2)(?: of them)?(?: balls| marbles| socks)?) "
    r"(?:is|are)|(?:of|for) (?:drawing|picking|taking|choosing|selecting)(?: (?P<both2>2))?) "
    r"(?:(?P<not>not) )?(?:an? )?(?P<colour>[a-z]+)(?: (?:balls?|marbles?|socks?|pens?|beads?|counters?"
    r"|discs?|chips?|candy|sweet|cards?|pencils?|tokens?))?(?: at random)?" + _END
)


def dice(text: str) -> Told | None:
    match = _DICE.fullmatch(text)
    if not match:
        return None
    count, sides = int(match.group("count")), int(match.group("sides") or 6)
    if not 1 < count <= _MAX_DICE or not 1 < sides <= 100:
        return None
    ways = {0: 1}
    for _ in range(count):
        after: dict[int, int] = {}
        for total, number in ways.items():
            for face in range(1, sides + 1):
                after[total + face] = after.get(total + face, 0) + number
        ways = after
    word = (match.group("word") or match.group("word2") or "").removeprefix("a ")
    wanted = int(match.group("sum") or 0)
    test, more = (match.group("test") or "").strip(), match.group("more") or ""
    if test and more:
        return None
    good = sum(number for total, number in ways.items() if _holds(total, wanted, word, test or more))
    return Told(Fraction(good, sides**count), f"of {sides**count} equally likely rolls {good}")


def _holds(total: int, wanted: int, word: str, test: str) -> bool:
    if word:
        prime = total > 1 and all(total % d for d in range(2, math.isqrt(total) + 1))
        return {"even": total % 2 == 0, "odd": total % 2 == 1, "prime": prime}[word]
    if test in ("at least", "or more", "or greater", "or higher"):
        return total >= wanted
    if test in ("at most", "or less", "or lower"):
        return total <= wanted
    if test in ("greater than", "more than"):
        return total > wanted
    return total < wanted if test == "less than" else total == wanted


def coins(text: str) -> Told | None:
    match = _COINS.fullmatch(text)
    if not match:
        return None
    groups = match.groupdict()
    count = int(next(groups[name] for name in ("count", "times", "times2", "count2") if groups[name]))
    hits = {"no": 0, "one": 1, "a": 1}.get(match.group("hits"))
    hits = int(match.group("hits")) if hits is None else hits
    test = (match.group("test") or "").strip() or ("exactly" if "exactly" in text or not hits else "")
    # `One head` and `2 heads` of more coins may mean at least as many.
    if count > 60 or (not test and hits != count):
        return None
    wanted = {"at least": range(hits, count + 1), "at most": range(hits + 1)}.get(test, range(hits, hits + 1))
    good = sum(math.comb(count, k) for k in wanted if 0 <= k <= count)
    return Told(Fraction(good, 2**count), f"of {2**count} equally likely tosses {good}")


def balls(text: str) -> Told | None:
    start = _BAG.match(text)
    rest = _DRAW.fullmatch(text[start.end() :]) if start else None
    if not start or not rest:
        return None
    held: dict[str, int] = {}
    for number, colour in re.findall(r"(\d+) ([a-z]+)", start.group("things")):
        held[colour] = held.get(colour, 0) + int(number)
    total, colour = sum(held.values()), rest.group("colour")
    drawn = {"one": 1, "a": 1, None: 1}.get(rest.group("drawn")) or int(rest.group("drawn"))
    together = rest.group("both") or rest.group("both2")
    if colour not in held or not total or drawn > min(total, _MAX_DRAWN) or (drawn > 1) != bool(together):
        return None
    if together and {"both": 2, "2": 2, "all 3": 3}.get(together, drawn) != drawn:
        return None
    how = rest.group("how") or ""
    if drawn == 1:
        chance = Fraction(held[colour], total)
        return Told(1 - chance if rest.group("not") else chance, f"{held[colour]} of {total}")
    if how not in (
        "without replacement",
        "with replacement",
        "at once",
        "simultaneously",
        "together",
    ) or rest.group("not"):
        return None
    if how == "with replacement":
        return Told(Fraction(held[colour], total) ** drawn, "drawn and put back")
    return Told(Fraction(math.comb(held[colour], drawn), math.comb(total, drawn)), "drawn together")


CHANCES: tuple[Reader, ...] = (dice, coins, balls)
