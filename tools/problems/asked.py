"""The question itself: it asks for one quantity, names its unit, and is not answered by the text."""

from __future__ import annotations

import re

from .claim import Claim, Finding, Runs, passed, refuted, undecided
from .numbers import value_of
from .sentences import counted_words, question_of

_MEASURED = {
    "length of time": re.compile(
        r"\bhow long\b(?! is the (?:side|rope|line|wire|bridge|road|table|board))", re.I
    ),
    "distance": re.compile(r"\bhow far\b", re.I),
    "time": re.compile(r"\bhow much time\b", re.I),
    "weight": re.compile(r"\bhow heavy\b|\bhow much\b[^.?]*\bweigh", re.I),
    "speed": re.compile(r"\bhow fast\b", re.I),
    "height": re.compile(r"\bhow (?:tall|high|wide|deep)\b", re.I),
}
_MEASURED_NOUN = re.compile(
    r"\b(?:what|find|calculate|determine|compute)\b[^.?]*?\b(?:the|its|his|her|their) (?:[a-z]+ )?"
    r"(speed|velocity|time|duration|distance|length|width|height|area|perimeter|volume|weight|mass)\b",
    re.I,
)
_PHYSICAL = re.compile(
    r"\d ?(?:km|cm|mm|m|kg|g|mg|ml|l|h|s|min|mph|ft|seconds?|minutes?|hours?|days?|met\w+|kilomet\w+"
    r"|centimet\w+|miles?|feet"
    r"|inch\w*|yards?|grams?|kilograms?|pounds?|lit\w+)\b",
    re.I,
)
_TIMED = re.compile(r"\b(?:km/h|mph|m/s|per hour|an hour|hours?|minutes?|seconds?)\b", re.I)
_LENGTHS = re.compile(
    r"\d ?(km|cm|mm|m|met(?:er|re)s?|kilomet\w+|centimet\w+|miles?|feet|foot|inch\w*|yards?)\b", re.I
)
_COST = re.compile(
    r"\bhow much (?:money\b|(?:do|does|did|will|would|is|are|must|should)\b[^.?]*\b(?:cost|pay|spend|spent"
    r"|earn|charge|owe|worth|save|price)"
    r"|(?:do|does|did)\b[^.?]*\bmake\b)|\bwhat (?:do|does|did|will|would)\b[^.?]*\bcost\b"
    r"|\bwhat (?:is|was|are|will be) the (?:[a-z]+ )?(?:cost|price|bill|fee|fare|profit|salary|wage)\b",
    re.I,
)
_CURRENCY = re.compile(
    r"[$€£¥₹¢]|\b(?:dollars?|cents?|euros?|pounds?|pence|rupees?|yen|yuan|pesos?|francs?|coins?|usd|eur"
    r"|bucks|penn(?:y|ies)|%|percent)\b|%",
    re.I,
)
_NO_THINGS = frozenset(
    {"does", "has", "was", "always", "days", "weeks", "hours", "minutes", "seconds", "years", "times"}
)
_NAMED_UNIT = re.compile(
    r"\b(?:in|of|many|how) (?:[a-z]+ )?(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|mm|cm|m|km"
    r"|meters?"
    r"|metres?|centimet\w+|kilomet\w+|millimet\w+|miles?|feet|foot|inch(?:es)?|yards?|kg|g|grams?|kilograms?"
    r"|pounds?|ounces?|lbs?|mph|km/h|m/s|units?)\b",
    re.I,
)
_ELSEWHERE = re.compile(
    r"\b(?:figure|diagram|graph|picture|image|map|chart)\b|\bas shown\b|\bshown (?:above|below|here|in)\b"
    r"|\b(?:given|mentioned|described|listed|table|equation|problem|example) (?:above|earlier|below)\b"
    r"|\b(?:previous|preceding|last|earlier) (?:problem|question|part|exercise|example)\b"
    r"|\bthe table (?:above|below)"
    r"|\b(?:above|below) (?:table|figure|equation|problem|information|data)\b",
    re.I,
)
_REASON = re.compile(
    r"^\W*(?:why|who|explain|describe|discuss|prove|is|are|can|could|does|do|did|will|would)\b", re.I
)
_INDEFINITE = re.compile(
    r"\b(?:has|have|had|buys?|bought|are|were|holds?|contains?|with|gets?|got|sells?|sold|gives?|gave"
    r"|uses?|ate|eats?)"
    r" (?:some|several|a few|a number of|many|a lot of|a couple of|an unknown number of) (?!of\b)",
    re.I,
)
_NOW = re.compile(r"\b(?:now|left|remain\w*|in total|altogether|in all|total)\b", re.I)
_BEFORE = re.compile(
    r"\b(?:at first|originally|initially|at the start|in the beginning|to begin with|start with)\b", re.I
)
_RESULT = re.compile(
    r"\b(?:has|have|had|is|are|were|there (?:are|were)|leaving|leaves|left) (?:now |only |a total of "
    r"|exactly )?\d"
    r"|\d[\w ]*\b(?:left|remain\w*|in total|altogether|in all)\b|\btotal (?:of|is|was)\b|\btwice\b"
    r"|\btimes\b|\bhalf\b",
    re.I,
)

TOO_LONG = "number_too_long"
"""A number that no other check may read: they convert digits, and Python refuses thousands of them."""
_ENDLESS = re.compile(r"[\d,._]{400}")


async def asks_one_quantity(claim: Claim, runs: Runs) -> Finding:
    """One question for a quantity, in a named unit where it needs one, about what the text gives."""
    if any(map(_ENDLESS.search, (claim.problem, claim.answer, claim.program, *claim.peers))):
        return undecided("a number of 400 digits or more is not read", TOO_LONG)
    question = question_of(claim.problem)
    if not question.text and len(claim.problem.split()) < 6:
        return undecided("the text is too short to tell what it asks for", "no_question")
    if not question.text:
        return refuted("no_question", "the text asks for nothing")
    drawn = "[asy]" in claim.problem or "\\begin{tikz" in claim.problem
    elsewhere = None if drawn else _ELSEWHERE.search(claim.problem)
    if (
        elsewhere
        and elsewhere.group(0).lower() != "graph"
        and not _defines(claim.problem, elsewhere.group(0))
    ):
        return refuted("not_given", f"the text refers to what is not given: {elsewhere.group(0)}")
    if _REASON.search(question.text) and not re.search(
        r"\bhow (?:many|much)\b|\bwhat\b", question.text, re.I
    ):
        if value_of(claim.answer) is not None:
            return refuted(
                "asks_no_quantity", "the question asks for yes or no or a reason, the claim is a number"
            )
        return undecided("the question asks for no quantity", "asks_no_quantity")
    if not question.asks_quantity:
        return undecided("it is not seen which quantity is asked for", "asks_no_quantity")
    missing = _missing(claim.problem, question.text)
    if missing:
        return refuted("missing_quantity", missing)
    if question.marks > 1 and value_of(claim.answer) is not None:
        return undecided(f"it asks {question.marks} questions, the claim is one number", "ambiguous_question")
    open_unit = _open_unit(claim.problem, question.text) if value_of(claim.answer) is not None else ""
    if open_unit:
        return undecided(f"{open_unit} is asked for, and neither question nor claim names a unit", "no_unit")
    told = _told_already(claim.problem, question.text, claim.answer)
    if told:
        return undecided(f"the text itself tells it: {told}", "answer_stated")
    return passed("one quantity is asked for")


def _open_unit(problem: str, question: str) -> str:
    """What is asked for in a unit that nothing names; empty where the unit is clear.

    A side, area or weight has the one unit of its kind that the text uses; a speed, a duration or a distance
    that follows from other quantities has not.
    """
    if _NAMED_UNIT.search(question):
        return ""
    for measured, asked in _MEASURED.items():
        if asked.search(question):
            return f"a {measured}"
    noun = _MEASURED_NOUN.search(question)
    if noun and _PHYSICAL.search(problem):
        derived = noun.group(1).lower() in ("speed", "velocity", "time", "duration")
        derived = derived or (noun.group(1).lower() == "distance" and _TIMED.search(problem) is not None)
        kinds = {match.lower().rstrip("s") for match in _LENGTHS.findall(problem)}
        if derived or len(kinds) > 1:
            return f"a {noun.group(1).lower()}"
    if _COST.search(question) and not _CURRENCY.search(problem):
        return "an amount of money"
    return ""


def _told_already(problem: str, question: str, answer: str) -> str:
    """The words of the statement that tell as many of the things as the claim does: `64 singers`."""
    value, words = value_of(answer), counted_words(question)
    if value is None or value.denominator != 1 or not words:
        return ""
    things = {word for word in words if word.endswith("s") and len(word) > 3} - _NO_THINGS
    for match in re.finditer(
        rf"(?<![\d.,$])0*{value}\s+((?:[a-z-]+\s+){{0,2}}?)([a-z]+s)\b(?! (?:more|fewer|less))", problem, re.I
    ):
        near = match.group(1).lower().split()
        if match.group(2).lower() in things and not {"more", "fewer", "less", "other", "times"} & set(near):
            return match.group(0)
    return ""


def _defines(problem: str, word: str) -> bool:
    """Graph, map and such are ordinary nouns too: only a reference to a drawing that is not there counts."""
    if word.lower() not in ("figure", "diagram", "graph", "picture", "image", "map", "chart"):
        return False
    pointing = re.compile(rf"\b(?:the|this|following|in a) {re.escape(word)}\b", re.I)
    own = re.compile(
        rf"\b(?:scale|{re.escape(word)}) of\b|\b{re.escape(word)}s\b|\ba {re.escape(word)}\b", re.I
    )
    return bool(own.search(problem)) or not pointing.search(problem)


def _missing(problem: str, question: str) -> str:
    digits = re.search(r"\d", problem)
    words = re.search(
        r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|half|third|quarter|dozen"
        r"|twice|double"
        r"|first|fair|standard|prime|even|odd|letters?|pi|infinity|triangle|square|cube|hundred"
        r"|thousand)\b|=|∫|√|\\",
        problem,
        re.I,
    )
    if not digits and not words:
        return "the text states no quantity"
    vague = _INDEFINITE.search(problem)
    told = _RESULT.search(problem[vague.end() :]) if vague else None
    if vague and _NOW.search(question) and not _BEFORE.search(question) and not told:
        return f"a quantity is left open: {vague.group(0).strip()}"
    return ""
