"""Questions about all integers of a range or of so many digits, by going through them; terms of sequences."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from fractions import Fraction
from itertools import pairwise

from .integers import is_prime
from .reading import Reader, Told

_MAX_RANGE = 100_000
_KIND = (
    r"(?P<kind>(?:positive |natural |whole |counting |odd |even |prime |perfect )*"
    r"(?:integers?|numbers?|primes?|squares?|multiples of \d{1,6}))"
)
_RANGE = (
    r"(?:(?:are (?:there )?)?(?P<word>from|between) (?P<low>\d{1,9}) (?:to|and|through|up to) "
    r"(?P<high>\d{1,9})"
    r"(?P<closed>(?:,? \(?(?:both )?(?:inclusive|included|inclusively)\)?)?)"
    r"|(?:are (?:there )?)?(?P<below>less than|below|smaller than|under|up to|not greater than|not "
    r"exceeding|at most) (?P<bound>\d{1,9}))"
)
_PREDICATE = (
    r"(?P<predicate>(?:divisible by|multiples of|divisors of|factors of) (?:both )?(?:either )?\d{1,6}"
    r"(?:,? (?:and|or|but not|and not|or by|and by|but not by|and not by) (?:by )?\d{1,6})?"
    r"|odd|even|prime|primes|prime numbers|perfect squares|squares|perfect cubes)"
)
_COUNT = re.compile(
    rf"how many {_KIND} (?:are (?:there )?|(?:lie |are )?(?=from|between|less|below))?{_RANGE},?"
    rf"(?: (?:that )?(?:are |which are )?(?:either )?{_PREDICATE})?[?.\s]*"
)
_COUNT_OF_DIGITS = re.compile(
    rf"how many (?P<digits>\d)-digit (?P<kind>(?:positive |odd |even |prime |perfect )*(?:integers?"
    rf"|numbers?|primes?|squares?))"
    rf"(?: are there)?(?: (?:that )?are {_PREDICATE})?[?.\s]*"
)
_EXTREME_OF_DIGITS = re.compile(
    r"(?:what is|find|determine) the (?P<which>largest|greatest|smallest|least) (?:positive "
    r")?(?P<digits>\d)-digit "
    r"(?P<kind>(?:positive |odd |even |prime |perfect )*(?:integer|number|prime|square|multiple of \d{1,6}))"
    rf"(?: (?:that is |which is )?{_PREDICATE})?[?.\s]*"
)
_SUM = re.compile(
    rf"(?:what is|find|compute|calculate|determine) the (?:sum|total) of (?:all )?(?:the )?{_KIND} {_RANGE}"
    rf"(?: (?:that )?(?:are )?{_PREDICATE})?[?.\s]*"
)
_SUM_OF_FIRST = re.compile(
    r"(?:what is|find|compute|calculate|determine) the sum of (?:the )?(?P<powers>squares of |cubes of "
    r")?(?:the )?first "
    r"(?P<count>\d{1,5}) (?P<kind>(?:positive |natural |whole |counting |odd |even |prime |perfect )*"
    r"(?:integers|numbers|primes|squares|multiples of \d{1,6}))[?.\s]*"
)
_TERMS = r"(?P<terms>-?\d+(?:\.\d+)?(?:, -?\d+(?:\.\d+)?){2,8})"
_TERM = re.compile(
    r"(?:what is|find|determine|give) the (?P<place>\d{1,4})(?:st|nd|rd|th) (?:term|number) (?:of|in) the "
    rf"(?P<type>arithmetic |geometric )?(?:sequence|progression|series):? {_TERMS},? ?(?:\.\.\.|…)?[?.\s]*"
)
_SUM_OF_TERMS = re.compile(
    r"(?:what is|find|determine|compute|calculate) the sum of the first (?P<place>\d{1,4}) terms (?:of"
    r"|in) the "
    rf"(?P<type>arithmetic |geometric )?(?:sequence|progression|series):? {_TERMS},? ?(?:\.\.\.|…)?[?.\s]*"
)
_RULE = re.compile(
    r"(?:an?|the) (?P<type>arithmetic|geometric) (?:sequence|progression) (?:has|with) (?:a )?first term "
    r"(?:of )?(?P<first>-?\d+)"
    r"(?:,)? and (?:a )?(?:common )?(?:difference|ratio) (?:of )?(?P<step>-?\d+)\. what is (?:the |its )"
    r"(?:(?P<place>\d{1,4})(?:st|nd|rd|th) term|sum of (?:its|the) first (?P<sum>\d{1,4}) terms)[?.\s]*"
)

Test = Callable[[int], bool]


def counts(text: str) -> Told | None:
    for form in (_COUNT, _COUNT_OF_DIGITS):
        match = form.fullmatch(text)
        if match:
            told = {len(found) for found in _members(match)}
            # `Between` that may mean either, with and without the ends, tells nothing where they differ.
            return Told(Fraction(told.pop()), "counted one by one") if len(told) == 1 else None
    return None


def extremes(text: str) -> Told | None:
    match = _EXTREME_OF_DIGITS.fullmatch(text)
    if not match:
        return None
    for found in _members(match):
        pick = max if match.group("which") in ("largest", "greatest") else min
        return Told(Fraction(pick(found)), "tried one by one") if found else None
    return None


def sums(text: str) -> Told | None:
    match = _SUM.fullmatch(text)
    if match:
        told = {sum(found) for found in _members(match)}
        return Told(Fraction(told.pop()), "added one by one") if len(told) == 1 else None
    match = _SUM_OF_FIRST.fullmatch(text)
    if match:
        # Whether 0 is a whole or a natural number is not agreed on.
        test, count = _kind_test(match.group("kind")), int(match.group("count"))
        if test is None or re.search(r"whole|natural", match.group("kind")) or count > 2000:
            return None
        power = {"squares of ": 2, "cubes of ": 3}.get(match.group("powers") or "", 1)
        found: list[int] = []
        number = 0 if match.group("kind").startswith("even") and "positive" not in match.group("kind") else 1
        named = re.search(r"positive|odd|prime|perfect|multiples|counting", match.group("kind"))
        if number == 0 or named is None:
            return None
        while len(found) < count and number < _MAX_RANGE:
            found += [number**power] if test(number) else []
            number += 1
        return Told(Fraction(sum(found)), "added one by one") if len(found) == count else None
    return None


def terms(text: str) -> Told | None:
    for form, adds in ((_TERM, False), (_SUM_OF_TERMS, True)):
        match = form.fullmatch(text)
        if match:
            first = [Fraction(part) for part in match.group("terms").split(", ")]
            return _term(first, match.group("type") or "", int(match.group("place")), adds=adds)
    match = _RULE.fullmatch(text)
    if match and (match.group("type") == "arithmetic") == ("difference" in text):
        start, step = Fraction(match.group("first")), Fraction(match.group("step"))
        first = [start]
        for _ in range(2):
            first.append(first[-1] + step if match.group("type") == "arithmetic" else first[-1] * step)
        place = int(match.group("place") or match.group("sum"))
        return _term(first, match.group("type"), place, adds=match.group("sum") is not None)
    return None


def _term(first: list[Fraction], kind: str, place: int, *, adds: bool) -> Told | None:
    steps = {b - a for a, b in pairwise(first)}
    ratios = {b / a for a, b in pairwise(first)} if all(first) else set()
    if place < 1 or place > 2000:
        return None
    if len(steps) == 1 and "geometric" not in kind:
        found = [first[0] + k * next(iter(steps)) for k in range(place)]
    elif len(ratios) == 1 and "arithmetic" not in kind and place <= 60:
        found = [first[0] * next(iter(ratios)) ** k for k in range(place)]
    else:
        return None
    return Told(sum(found, Fraction(0)) if adds else found[-1], "the sequence, continued")


def _members(match: re.Match[str]) -> Iterable[list[int]]:
    """The numbers that are meant, once for each reading of the ends."""
    groups = match.groupdict()
    test = _kind_test(groups["kind"])
    wanted = _predicate_test(groups.get("predicate") or "")
    if test is None or wanted is None:
        return
    for low, high in _ends(groups):
        if high - low > _MAX_RANGE:
            return
        yield [n for n in range(low, high + 1) if test(n) and wanted(n)]


def _ends(groups: dict[str, str | None]) -> list[tuple[int, int]]:
    if groups.get("digits"):
        count = int(groups["digits"] or 0)
        return [(10 ** (count - 1), 10**count - 1)] if 2 <= count <= 5 else []
    if groups.get("bound"):
        bound = int(groups["bound"] or 0)
        positive = re.search(r"positive|natural|counting|prime", groups["kind"] or "")
        strict = groups["below"] in ("less than", "below", "smaller than", "under")
        return [(1, bound - strict)] if positive else []
    low, high = int(groups["low"] or 0), int(groups["high"] or 0)
    if groups["word"] == "from" or groups["closed"]:
        return [(low, high)]
    return [(low, high), (low + 1, high - 1)]


def _kind_test(kind: str | None) -> Test | None:
    words = (kind or "").split()
    tests: list[Test] = []
    for word in words:
        if word == "odd":
            tests.append(lambda n: n % 2 == 1)
        elif word == "even":
            tests.append(lambda n: n % 2 == 0)
        elif word.startswith("prime"):
            tests.append(is_prime)
        elif word.startswith("square"):
            tests.append(lambda n: math.isqrt(n) ** 2 == n)
        elif word.isdigit():
            step = int(word)
            if not step:
                return None
            tests.append(lambda n, step=step: n % step == 0)  # type: ignore[misc]
    if "perfect" in words and not any(word.startswith("square") for word in words):
        return None
    return lambda n: all(test(n) for test in tests)


def _predicate_test(predicate: str) -> Test | None:
    if not predicate:
        return lambda n: True
    plain = {"odd": "odd", "even": "even", "prime": "prime", "primes": "prime", "prime numbers": "prime"}
    if predicate in plain:
        return _kind_test(plain[predicate])
    if predicate in ("perfect squares", "squares"):
        return _kind_test("perfect squares")
    if predicate == "perfect cubes":
        return lambda n: round(n ** (1 / 3)) ** 3 == n
    numbers = [int(part) for part in re.findall(r"\d+", predicate)]
    if not all(numbers):
        return None
    if predicate.startswith(("divisors", "factors")):
        return (lambda n: n > 0 and numbers[0] % n == 0) if len(numbers) == 1 else None
    if len(numbers) == 1:
        return lambda n: n % numbers[0] == 0
    one, other = numbers
    if " not" in predicate:
        return lambda n: n % one == 0 and n % other != 0
    if " or" in predicate:
        return lambda n: n % one == 0 or n % other == 0
    return lambda n: n % one == 0 and n % other == 0


RANGES: tuple[Reader, ...] = (counts, extremes, sums, terms)
