"""Where an answer must lie: a count is whole and not negative, a probability within [0, 1], and so on."""

from __future__ import annotations

import re
from fractions import Fraction

from .claim import Claim, Finding, Runs, passed, refuted, undecided
from .numbers import value_of
from .sentences import counted_words, question_of

_CONTINUOUS = re.compile(
    r"^(?:more |fewer |less |additional |extra |total |square |cubic |us |full |average )*"
    r"(?:(?:kilo|centi|milli|mega|nano)?(?:met(?:er|re)s?|grams?|lit(?:er|re)s?|watts?|hertz|joules?"
    r"|bytes?|bits?)"
    r"|seconds?|minutes?|hours?|days?|weeks?|months?|years?|miles?|feet|foot|inch(?:es)?|yards?|pounds?"
    r"|ounces?|tons?"
    r"|tonnes?|dollars?|euros?|cents?|degrees?|percent\w*|times|cups?|gallons?|quarts?|pints?|teaspoons?"
    r"|tablespoons?"
    r"|spoons?|units?|points?|acres?|hectares?|radians?|km|cm|mm|kg|ml|calories|lbs?|moles?|knots|pizzas?"
    r"|cakes?|pies?"
    r"|loaves|laps?|servings?|portions?|parts?)\b"
)
_MEAN = re.compile(r"\b(?:average|mean|expected|on average|per|rate|fraction|ratio)\b", re.I)
_PROBABILITY = re.compile(r"\b(?:probability|chance|likelihood)\b", re.I)
_POSITIVE = re.compile(
    r"\bhow (?:long|old|tall|heavy|fast|high|wide|deep)\b|\bwhat (?:is|are|was) the (?:\w+ )?(?:length"
    r"|width|height|area"
    r"|volume|perimeter|circumference|radius|diameter|distance|age|mass|weight|speed|duration|price|cost)\b",
    re.I,
)
_SHARE = re.compile(r"\bwhat (?:percent|percentage|fraction) of\b", re.I)
_COMPARED = re.compile(
    r"\b(?:price|original|old|new|previous|cost|value|than|first|second|larger|smaller|size|amount)\b", re.I
)
_WHOLE_UNKNOWN = re.compile(
    r"\b(?:two|three|four|five|2|3|4|5|consecutive|positive|even|odd|an?) (?:[a-z]+ ){0,2}(?:integers?"
    r"|whole numbers?)\b",
    re.I,
)
_ONE_OF_THEM = re.compile(
    r"\bwhat is the (?:larger|smaller|largest|smallest|greater|greatest|lesser|middle|first|second|last)"
    r"(?: (?:one|number|integer|of (?:them|the)\b[a-z ]*))?[?.\s]*$|\bwhat is the (?:whole number"
    r"|integer)[?.\s]*$",
    re.I,
)
_REMAINDER = re.compile(r"\bremainder\b.*?\bdivided by (\d+)\b|\bmod(?:ulo)?\s*(\d+)", re.I)
_HOLDS = re.compile(
    r"\b(?:has|have|had|holds?|contains?|are|were|is|with)\s+(\d+)\s+(?:[a-z]+ )?([a-z]+s)\b", re.I
)
_TAKES = re.compile(
    r"\b(?:gives? (?:away )?|gave (?:away )?|eats? |ate |sells? |sold |loses? |lost |removes? |removed "
    r"|takes? (?:out )?"
    r"|took (?:out )?|uses? |used |spends? |spent |breaks? |broke |drinks? |drank |throws? away "
    r"|donates? )\$?(\d+)"
    r"(?:\s+(?:of (?:them|those|these|the|his|her)\s*)?(?:[a-z]+ )?([a-z]+s)\b)?",
    re.I,
)
_GAINS = re.compile(
    r"\b(?:buys?|bought|gets?|got|finds?|found|receives?|received|adds?|added|earns?|earned|makes?|made"
    r"|picks?|picked"
    r"|more|another|bakes?|baked|collects?|collected|wins?|won|borrows?|each|every|per|orders?|returns?"
    r"|dozen|pairs?"
    r"|packs?|boxes|bags|times)\b",
    re.I,
)


async def lies_in_domain(claim: Claim, runs: Runs) -> Finding:
    """The claim is possible for what is asked, and no more is taken than there is."""
    more = _more_than_there_is(claim.problem)
    if more:
        return refuted("impossible_quantity", more)
    value = _number(claim.answer)
    if value is None:
        return undecided("the claim is no single number")
    question = question_of(claim.problem).text
    fault = _fault(value, question, percent="%" in claim.answer)
    if _WHOLE_UNKNOWN.search(claim.problem) and _ONE_OF_THEM.search(question) and value.denominator != 1:
        fault = f"a whole number is asked for, the claim is {value}"
    if fault:
        return refuted("outside_domain", fault)
    return passed("the claim lies in the domain of what is asked")


def _fault(value: Fraction, question: str, *, percent: bool) -> str:
    words = counted_words(question)
    if words:
        counted = " ".join(words)
        if value < 0:
            return f"a number of {words[0]} cannot be {value}"
        if value.denominator != 1 and not _CONTINUOUS.match(counted) and not _MEAN.search(question):
            return f"a number of {words[0]} is whole, the claim is {value}"
    if _PROBABILITY.search(question) and not 0 <= value <= (100 if percent or "percent" in question else 1):
        return f"a probability cannot be {value}"
    if _SHARE.search(question):
        limit = 100 if "percent" in question.lower() else 1
        if value < 0 or (
            value > limit
            and re.search(r"\bof (?:the|all|them|his|her|their)\b", question)
            and not _COMPARED.search(question)
        ):
            return f"a share cannot be {value}"
    if _POSITIVE.search(question) and value <= 0:
        return f"what is asked for is positive, the claim is {value}"
    remainder = _REMAINDER.search(question)
    if remainder:
        divisor = int(remainder.group(1) or remainder.group(2))
        if value.denominator != 1 or not 0 <= value < divisor:
            return f"a remainder by {divisor} cannot be {value}"
    return ""


def _more_than_there_is(problem: str) -> str:
    holds, takes = _HOLDS.search(problem), _TAKES.search(problem)
    if not holds or not takes or _GAINS.search(problem) or takes.start() < holds.end():
        return ""
    there, taken = int(holds.group(1)), int(takes.group(1))
    same = takes.group(2) is None or takes.group(2).lower() == holds.group(2).lower()
    if same and taken > there:
        return f"{taken} {holds.group(2)} are taken of {there}"
    return ""


def _number(answer: str) -> Fraction | None:
    trimmed = re.sub(r"^\s*\$?\s*|\s*(?:%|[a-zA-Z]+\.?)\s*$", "", answer)
    return value_of(trimmed)
