"""Unknown numbers that a text describes in words: solved exactly, or shown to be open or impossible."""

from __future__ import annotations

import math
import re
from fractions import Fraction

from ..spoken import stated_numbers
from .reading import Fault, Reader, Told

_END = r"[?.\s]*"
_NUMBERS = (
    r"(?:2|the) (?P<kind>(?:positive |whole |natural |real |different |consecutive )*)(?:numbers|integers)"
)
_N = r"(-?\d+(?:\.\d+)?)"
_SUM = re.compile(
    rf"(?:the )?sum of {_NUMBERS} is {_N}|{_NUMBERS.replace('kind', 'kind2')} (?:add up to|sum to|have a "
    rf"sum of|add to) {_N}|(?:find )?2 (?P<kind3>(?:positive |whole |natural )*)(?:numbers|integers) "
    rf"whose sum is {_N}"
)
_GAP = re.compile(
    rf"(?:the |their |a )?difference(?: of| between)?(?: (?:2|the|the 2) (?:positive |whole |natural "
    rf")*(?:numbers|integers)| them)?(?: is| of) {_N}|(?:2|the)(?: positive| whole| natural)* (?:numbers"
    rf"|integers) differ by {_N}|(?:they )?differ by {_N}|whose difference is {_N}"
)
_PRODUCT = re.compile(
    rf"(?:the |their )?product(?: of (?:2 |the )?(?:positive |whole |natural )*(?:numbers|integers))? is {_N}"
)
_ASKED = re.compile(
    rf"(?:what is|find|determine|what's) (?:the )?(?P<which>larger|greater|bigger|smaller|lesser|largest"
    rf"|smallest)(?: (?:number|integer|one|of them|of the 2|of the 2 numbers|of the numbers))?{_END}"
)


def root_of(value: Fraction) -> Fraction | None:
    if value < 0:
        return None
    top, bottom = math.isqrt(value.numerator), math.isqrt(value.denominator)
    return (
        Fraction(top, bottom)
        if top * top == value.numerator and bottom * bottom == value.denominator
        else None
    )


def two_numbers(text: str) -> Told | Fault | None:
    """Two numbers by their sum, difference or product, where nothing else is told of them."""
    asked = _ASKED.search(text)
    if not asked or asked.end() != len(text) or "consecutive" in text:
        return None
    before = text[: asked.start()]
    total, gap, times = (form.search(before) for form in (_SUM, _GAP, _PRODUCT))
    rest = before
    for match in (total, gap, times):
        rest = rest.replace(match.group(0), " ") if match else rest
    if re.sub(
        r"\b(?:and|if|their|the|is|have|has|with|find|whose|2|positive|whole|natural|numbers|integers"
        r"|of)\b|[\s,.;]",
        "",
        rest,
    ):
        return None
    s, d, p = (
        next((Fraction(g) for g in m.groups() if g and re.fullmatch(r"-?[\d.]+", g)), None) if m else None
        for m in (total, gap, times)
    )
    whole = re.search(r"\b(?:whole|integers?|natural)\b", before) is not None
    told = [value for value in (s, d, p) if value is not None]
    if len(told) == 1:
        return (
            Fault("underdetermined", "one fact about two numbers leaves both open")
            if p is None or not whole
            else None
        )
    if len(told) != 2 or (d is not None and d < 0):
        return None
    if s is not None and d is not None:
        large, small = (s + d) / 2, (s - d) / 2
    else:
        square = (
            s * s - 4 * p
            if s is not None and p is not None
            else (d or Fraction(0)) ** 2 + 4 * (p or Fraction(0))
        )
        if square < 0:
            return Fault("inconsistent", "no two real numbers are like that")
        root = root_of(square)
        if root is None:
            return Fault("inconsistent", "no two whole numbers are like that") if whole else None
        if s is None and not re.search(r"\bpositive\b", before):
            return None
        large, small = (
            ((s + root) / 2, (s - root) / 2)
            if s is not None
            else ((root + (d or 0)) / 2, (root - (d or 0)) / 2)
        )
    if whole and large.denominator != 1:
        return Fault("inconsistent", f"the numbers are whole, and come to {large} and {small}")
    if re.search(r"\b(?:positive|natural)\b", before) and small <= 0:
        return Fault("inconsistent", f"the numbers are positive, and come to {large} and {small}")
    return Told(
        small if asked.group("which") in ("smaller", "lesser", "smallest") else large, "both facts solved"
    )


_CONSECUTIVE = re.compile(
    rf"(?:the sum of (?P<n>\d{{1,2}}) consecutive (?P<kind>even |odd )?(?:positive )?(?:integers|numbers"
    rf"|whole numbers|natural numbers) is|(?P<n2>\d{{1,2}}) consecutive (?P<kind2>even |odd )?(?:positive "
    rf")?(?:integers|numbers|whole numbers) (?:add up to|sum to|have a sum of)) (?P<sum>-?\d+)\. "
    rf"(?:what is|find) the (?P<which>smallest|largest|greatest|least|middle|first|last)(?: (?:of (?:them"
    rf"|these|the numbers|the integers|these numbers|the \d+)|(?:of the )?(?:even |odd )?(?:number|integer"
    rf"|numbers|integers|one)))?{_END}"
)


def consecutive(text: str) -> Told | Fault | None:
    match = _CONSECUTIVE.fullmatch(text)
    if not match:
        return None
    count, total = int(match.group("n") or match.group("n2")), Fraction(match.group("sum"))
    kind = (match.group("kind") or match.group("kind2") or "").strip()
    step = 2 if kind else 1
    first = total / count - Fraction(step * (count - 1), 2) if count else Fraction(0)
    if count < 2 or first.denominator != 1 or (kind and first % 2 != (kind == "odd")):
        return Fault("inconsistent", f"no {count} consecutive {kind or 'whole'} numbers have the sum {total}")
    place = {
        "smallest": 0,
        "least": 0,
        "first": 0,
        "largest": count - 1,
        "greatest": count - 1,
        "last": count - 1,
    }
    if match.group("which") == "middle" and count % 2 == 0:
        return None
    return Told(first + step * place.get(match.group("which"), count // 2), "the sum shared out")


_STEP = (
    r"(?P<step{k}>doubled|tripled|halved|squared|multiplied by (?P<by{k}>\d+)|divided by (?P<over{k}>\d+)"
    r"|(?:increased|reduced|decreased|diminished|raised) by (?P<change{k}>\d+)|(?P<added{k}>\d+) is "
    r"(?:added|subtracted)(?: to it| from it)?)"
)
_PUZZLE = re.compile(
    r"(?:when |if )?(?:a|an unknown|a certain) number is "
    + _STEP.format(k=1)
    + r"(?:,? (?:and )?(?:then )?(?:the result is )?"
    + _STEP.format(k=2)
    + r")?"
    r"(?:,? (?:which gives|giving|the result is|to give|gives|it gives|it becomes|you get|we get|and the "
    r"result is)|\. the result is) (?P<result>-?\d+)\. (?:what is|find) (?:the|this|that) (?:original "
    r")?number" + _END
)


def puzzles(text: str) -> Told | None:
    """A number, one or two steps, and what comes out: the steps taken back."""
    match = _PUZZLE.fullmatch(text)
    if not match:
        return None
    value = Fraction(match.group("result"))
    for k in (2, 1):
        step = match.group(f"step{k}")
        if step is None:
            continue
        if step == "squared":
            return None
        change = int(match.group(f"change{k}") or match.group(f"added{k}") or 0)
        if change:
            value += change if re.search(r"reduced|decreased|diminished|subtracted", step) else -change
        else:
            factor = {"doubled": Fraction(2), "tripled": Fraction(3), "halved": Fraction(1, 2)}.get(step)
            over = int(match.group(f"over{k}") or 0)
            factor = factor or Fraction(int(match.group(f"by{k}") or 0) or Fraction(1, over or 1))
            if not factor:
                return None
            value /= factor
    return Told(value, "the steps taken back")


_AGES = re.compile(
    rf"(?P<old>[a-z]+) is (?P<k>\d+ times|twice|thrice) as old as (?:his |her |the )?(?P<young>[a-z]+)\. "
    rf"(?:together(?:,)? they are|the sum of their ages is|their ages add up to) (?P<sum>\d+)(?: years old"
    rf"| years)?\. how old is (?:his |her |the )?(?P<asked>[a-z]+){_END}"
)


def ages(text: str) -> Told | None:
    match = _AGES.fullmatch(text)
    if not match or match.group("asked") not in (match.group("old"), match.group("young")):
        return None
    k = {"twice": 2, "thrice": 3}.get(match.group("k")) or int(match.group("k").split()[0])
    young = Fraction(int(match.group("sum")), k + 1)
    return Told(young * (k if match.group("asked") == match.group("old") else 1), "both ages solved")


_TOTAL_WORDS = re.compile(
    r"\b(?:together|in total|altogether|in all|between them|a total of|the sum of their ages)\b"
)
_LINKED = re.compile(
    r"\b(?:each|every|equal\w*|same|even\w*|twice|double|triple|half|halves|third|quarter|times"
    r"|consecutive|per|share[sd]?"
    r"|rate|square|digits?|as many|as much|rest|others?|ratio|most|least|possible|maximum|minimum|pairs?"
    r"|hand\w*|average|mean"
    r"|twins?|if)\b|[%=:$]"
)
_PART_ASKED = re.compile(
    r"how many (?P<kind>[a-z]+ )?(?P<thing>[a-z]+s) (?:(?:does|did|has|do|will) (?P<who>[a-z]+)\b|are "
    r"there|were there|are in)"
    r"|how old is (?P<aged>[a-z]+)" + _END
)


def parts_of_total(text: str) -> Fault | None:
    """One total and no other fact leaves its parts open: `red and blue pens, 30 in all. How many red?`"""
    numbers = stated_numbers(text)
    cut = text.rfind(". ", 0, -1)
    if len(numbers) != 1 or cut < 0 or numbers[0].start > cut or _LINKED.search(text) or len(text) > 240:
        return None
    statement, asked = text[:cut], _PART_ASKED.match(text[cut + 2 :])
    if not asked or not _TOTAL_WORDS.search(statement):
        return None
    kind, who = (asked.group("kind") or "").strip(), asked.group("who") or asked.group("aged") or ""
    among = rf"\b(?:{re.escape(kind or who)} and [a-z]+|[a-z]+ and {re.escape(kind or who)})\b"
    aged, than = re.escape(who), "is (?:older|younger) than"
    compared = rf"\b{aged} {than} [a-z]+|\b[a-z]+ {than} {aged}\b"
    named = asked.group("thing") is None or re.search(rf"\b{asked.group('thing')}\b", statement)
    if not named or not (kind or who) or who in ("he", "she", "they", "it"):
        return None
    if re.search(among, statement) or (asked.group("aged") and re.search(compared, statement)):
        return Fault("underdetermined", f"a total of {numbers[0].value} leaves its parts open")
    return None


_EQUAL = re.compile(
    r"(?P<n>\d+) (?P<who>[a-z]+) (?:share|split|divide) \$?(?P<all>\d+)(?: (?P<what>[a-z]+))? (?:equally"
    r"|evenly)(?: among (?:them|themselves))?\. "
    r"how (?:many (?P<asked>[a-z]+)|much(?: money)?) (?:does|do|will|did) (?:each|each of them|each [a-z]+"
    r"|every [a-z]+) (?:get|receive|have|pay)(?:, exactly)?" + _END
)


def equal_shares(text: str) -> Told | None:
    match = _EQUAL.fullmatch(text)
    if not match or not int(match.group("n")):
        return None
    what, asked = match.group("what"), match.group("asked")
    if what and asked and what != asked:
        return None
    share = Fraction(int(match.group("all")), int(match.group("n")))
    # Marbles that do not divide are shared with a rest, money is not.
    money = "$" in text or (what or asked or "") in ("dollars", "euros", "money")
    return Told(share, "shared equally") if share.denominator == 1 or money else None


UNKNOWNS: tuple[Reader, ...] = (two_numbers, consecutive, puzzles, ages, parts_of_total, equal_shares)
