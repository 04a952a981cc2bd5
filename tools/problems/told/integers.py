"""Questions about given integers, computed: remainders, divisors, digits, primes, plain arithmetic."""

from __future__ import annotations

import math
import re
from fractions import Fraction

from ..plain_value import expression_value
from .reading import Reader, Told

_LEAD = (
    r"(?:(?:what is|what's|find|compute|calculate|determine|evaluate|give|work out|state) )?(?:the "
    r")?(?:value of )?(?:the )?"
)
_END = r"[.?\s]*"
_EXPR = r"([\d\s+\-*/^!().]+?)"
_LIST = r"((?:-?\d+(?:\.\d+)?(?:, and |, | and )){1,14}-?\d+(?:\.\d+)?)"
_INT = r"(\d{1,12})"
_MAX_RANGE = 200_000
_MAX_DIVISORS_OF = 10**9


def _form(pattern: str) -> re.Pattern[str]:
    return re.compile(
        pattern.replace("LEAD ", _LEAD).replace("EXPR", _EXPR).replace("LIST", _LIST).replace("INT", _INT)
        + _END
    )


def _whole(text: str) -> int | None:
    value = expression_value(text)
    return int(value) if value is not None and value.denominator == 1 else None


def _listed(text: str) -> list[Fraction]:
    return [Fraction(part) for part in re.findall(r"-?\d+(?:\.\d+)?", text)]


_REMAINDERS = (
    _form(
        r"LEAD remainder (?:when|if|of|after|obtained when) EXPR (?:is )?(?:divided by|on division by"
        r"|upon division by) INT"
    ),
    _form(
        r"what remainder does EXPR (?:leave|give)s? (?:when (?:it is )?divided by|on division by|modulo) INT"
    ),
    _form(r"EXPR is divided by INT\. (?:what is|find) the remainder"),
    _form(r"LEAD EXPR (?:mod|modulo) INT"),
    _form(r"LEAD EXPR \(mod INT\)"),
)
_LAST = _form(r"LEAD (?:last|units?|ones|unit's|final)(?: (\d))? digits? (?:of|in)(?: the number)? EXPR")
_COMMON = (
    (
        _form(
            r"LEAD (?:greatest|highest|largest) common (?:divisor|factor)(?: \((?:gcd|gcf|hcf)\))? of LIST"
        ),
        math.gcd,
    ),
    (_form(r"LEAD (?:gcd|gcf|hcf)(?: of)? ?\(?LIST\)?"), math.gcd),
    (_form(r"LEAD (?:least|lowest|smallest) common multiple(?: \(lcm\))? of LIST"), math.lcm),
    (_form(r"LEAD lcm(?: of)? ?\(?LIST\)?"), math.lcm),
)
_HOW_MANY_DIVISORS = (
    _form(
        r"how many (?:different |distinct )?(?:positive )?(?:integer )?(?:divisors|factors) (?:does"
        r"|has)(?: the number)? EXPR(?: have)?"
    ),
    _form(r"LEAD number of (?:positive )?(?:divisors|factors) of EXPR"),
)
_SUM_OF_DIVISORS = _form(r"LEAD sum of (?:all )?(?:the )?(?:positive )?(?:divisors|factors) of EXPR")
_DIGIT_SUM = _form(
    r"LEAD (?:sum of (?:the |all )?digits|digit sum|sum of all the digits) (?:of|in)(?: the number)? EXPR"
)
_HOW_MANY_DIGITS = _form(r"how many digits (?:does|has)(?: the number)? EXPR(?: have)?")
_PRIME_FACTOR = _form(r"LEAD (largest|greatest|smallest|least) prime (?:factor|divisor) of INT")
_DISTINCT_PRIMES = _form(r"how many (?:distinct|different) prime (?:factors|divisors) does INT have")
_NEXT_PRIME = _form(r"LEAD (?:smallest|least|first) prime(?: number)? (?:greater|larger|bigger) than INT")
_LAST_PRIME = _form(
    r"LEAD (?:largest|greatest) prime(?: number)? (?:less|smaller) than INT|LEAD (?:largest|greatest) "
    r"prime(?: number)? below INT"
)
_NTH_PRIME = _form(r"LEAD INT(?:st|nd|rd|th) prime(?: number)?")
_ZEROS = _form(
    r"(?:with )?how many (?:trailing )?zero(?:e?s)? (?:are (?:there )?at the end of|does) EXPR(?: (?:end "
    r"with|end in|have at the end))?"
)
_VALUE = _form(r"LEAD EXPR")
_IN_WORDS = (
    (" divided by ", "/"),
    (" multiplied by ", "*"),
    (" times ", "*"),
    (" plus ", "+"),
    (" minus ", "-"),
)


def remainders(text: str) -> Told | None:
    for form in _REMAINDERS:
        match = form.fullmatch(text)
        if match and int(match.group(2)) > 0:
            divisor = int(match.group(2))
            power = re.fullmatch(r"\(?\s*(\d{1,30})\s*\^\s*\(?\s*(\d{1,30})\s*\)?\s*\)?", match.group(1))
            if power:
                return Told(Fraction(pow(int(power.group(1)), int(power.group(2)), divisor)), "the remainder")
            number = _whole(match.group(1))
            return None if number is None or number < 0 else Told(Fraction(number % divisor), "the remainder")
    match = _LAST.fullmatch(text)
    if match:
        power = re.fullmatch(r"\(?\s*(\d{1,30})\s*\^\s*\(?\s*(\d{1,30})\s*\)?\s*\)?", match.group(2))
        places = 10 ** int(match.group(1) or 1)
        if power:
            return Told(Fraction(pow(int(power.group(1)), int(power.group(2)), places)), "the last digits")
        number = _whole(match.group(2))
        return None if number is None or number < 0 else Told(Fraction(number % places), "the last digits")
    return None


def common(text: str) -> Told | None:
    for form, fold in _COMMON:
        match = form.fullmatch(text)
        if match:
            numbers = _listed(match.group(1))
            if any(number.denominator != 1 or number <= 0 for number in numbers):
                return None
            return Told(Fraction(fold(*map(int, numbers))), f"the {fold.__name__} of {match.group(1)}")
    return None


def divisors(text: str) -> Told | None:
    for form in _HOW_MANY_DIVISORS:
        match = form.fullmatch(text)
        if match:
            found = divisors_of(_whole(match.group(1)))
            return Told(Fraction(len(found)), "its divisors, counted") if found else None
    match = _SUM_OF_DIVISORS.fullmatch(text)
    if match:
        found = divisors_of(_whole(match.group(1)))
        return Told(Fraction(sum(found)), "its divisors, added") if found else None
    return None


def digits(text: str) -> Told | None:
    match = _DIGIT_SUM.fullmatch(text)
    if match:
        number = _whole(match.group(1))
        if number is not None and number >= 0 and number.bit_length() < 12_000:
            return Told(Fraction(sum(map(int, str(number)))), "the sum of the digits")
    match = _ZEROS.fullmatch(text)
    if match:
        number = _whole(match.group(1))
        if number is not None and number > 0 and number.bit_length() < 12_000:
            written = str(number)
            return Told(Fraction(len(written) - len(written.rstrip("0"))), "the zeros at its end")
    match = _HOW_MANY_DIGITS.fullmatch(text)
    if match:
        number = _whole(match.group(1))
        if number is not None and number > 0 and number.bit_length() < 12_000:
            return Told(Fraction(len(str(number))), "the digits, counted")
    return None


def primes(text: str) -> Told | None:
    match = _PRIME_FACTOR.fullmatch(text)
    if match:
        found = [d for d in divisors_of(int(match.group(2))) if is_prime(d)]
        pick = max if match.group(1) in ("largest", "greatest") else min
        return Told(Fraction(pick(found)), "the prime factors") if found else None
    match = _DISTINCT_PRIMES.fullmatch(text)
    if match:
        return Told(
            Fraction(sum(map(is_prime, divisors_of(int(match.group(1)))))), "the prime factors, counted"
        )
    match = _NEXT_PRIME.fullmatch(text)
    if match and int(match.group(1)) < 10**6:
        return Told(
            Fraction(next(n for n in range(int(match.group(1)) + 1, 10**7) if is_prime(n))), "the next prime"
        )
    match = _LAST_PRIME.fullmatch(text)
    if match:
        bound = int(match.group(1) or match.group(2))
        if 2 < bound < 10**6:
            return Told(Fraction(next(n for n in range(bound - 1, 1, -1) if is_prime(n))), "the prime before")
    match = _NTH_PRIME.fullmatch(text)
    if match and 0 < int(match.group(1)) <= 500:
        found = [n for n in range(2, 4000) if is_prime(n)]
        return Told(Fraction(found[int(match.group(1)) - 1]), "the primes in order")
    return None


def values(text: str) -> Told | None:
    for words, sign in _IN_WORDS:
        # Two signs in words leave open which goes first.
        text = text.replace(words, sign) if sum(text.count(other) for other, _ in _IN_WORDS) == 1 else text
    match = _VALUE.fullmatch(text)
    if not match or not re.search(r"[+*/^!]|\d\s*-", match.group(1)):
        return None
    value = expression_value(match.group(1))
    return None if value is None else Told(value, f"{match.group(1).strip()}, calculated")


def divisors_of(number: int | None) -> list[int]:
    """The positive divisors, in order; none where the number is too large to try."""
    if number is None or not 0 < number <= _MAX_DIVISORS_OF:
        return []
    small = [d for d in range(1, math.isqrt(number) + 1) if number % d == 0]
    return sorted({*small, *(number // d for d in small)})


def is_prime(number: int) -> bool:
    return number > 1 and all(number % d for d in range(2, math.isqrt(number) + 1))


_OF_LIST = re.compile(
    r"(?:what is|find|compute|calculate|determine) the (?P<which>arithmetic mean|mean|average|median|mode"
    r"|range) of "
    r"(?:the )?(?:following )?(?:numbers |data |values |integers |set )?:?\s*\{?" + _LIST + r"\}?" + _END
)


def statistics(text: str) -> Told | None:
    """Mean, median, mode and range of listed numbers."""
    match = _OF_LIST.fullmatch(text)
    if not match:
        return None
    which, numbers = match.group("which"), sorted(_listed(match.group(2)))
    if which == "median":
        half = len(numbers) // 2
        return Told((numbers[half] + numbers[-half - 1]) / 2, "the middle of the list")
    if which == "mode":
        most = max(map(numbers.count, numbers))
        modes = {number for number in numbers if numbers.count(number) == most}
        return Told(modes.pop(), "the most frequent") if len(modes) == 1 and most > 1 else None
    if which == "range":
        return Told(numbers[-1] - numbers[0], "the largest less the smallest")
    return Told(sum(numbers, Fraction(0)) / len(numbers), "the mean of the list")


INTEGERS: tuple[Reader, ...] = (remainders, common, divisors, digits, primes, statistics, values)
