"""The answer in a sentence that has no mark and no phrase for it: `Thus the number is 73.`

Only where one reading is left: a single formula among words, or what follows the last `is` of a concluding
sentence; never where a word denies, hedges, bounds or compares.
"""

from __future__ import annotations

import re

_FORMULA = re.compile(r"\$\$(.+?)\$\$|\$([^$]+)\$|\\\((.+?)\\\)|\\\[(.+?)\\\]|\*\*([^*\n]+)\*\*", re.DOTALL)
_CONCLUDING = re.compile(
    r"\A(?:(?:so|thus|therefore|hence|then|and|finally|in total|altogether|overall)\b,?\s*)+", re.IGNORECASE
)
_GETTING = re.compile(r"\A(?:we|i|you) (?:get|have|find|obtain|conclude|see)(?: that)?:?\s+", re.IGNORECASE)
_STATED = re.compile(
    r"\A[A-Za-z][A-Za-z0-9 ,'’()]*?\b(?:is|are|was|were|equals|be|has|have|had|gets|costs|takes"
    r"|needs|makes|earns|pays|spends|saves|weighs|totals|paid|spent|earned|saved|took"
    r"|eats|ate|reads|sells|sold|buys|bought|collects|collected|walks|runs|uses|used|gives|gave|receives|received"
    r"|scores|scored|needed|made|produces)\s*:?\s+"
    r"(?:a (?:grand )?total of\s+)?(?P<rest>[-$(\\0-9].*)\Z",
    re.DOTALL,
)
_LABELLED = re.compile(
    r"\A(?:the )?(?:(?:grand|final|overall) )?(?:total|result|sum|value)(?: [a-z]+){0,3}\s*:\s*"
    r"(?P<rest>[-$(\\0-9].*)\Z",
    re.DOTALL | re.IGNORECASE,
)
# `Dividing both sides by 4, we get $x=3$`: what stands before the result does not matter, unless it supposes.
_CLAUSE = re.compile(
    r"\A(?P<head>[^?!]*),?\s+(?:(?:so|thus|hence|therefore),?\s+)?"
    r"(?P<rest>(?:we|i|you) (?:get|have|find|obtain|conclude|see)\b.*)\Z",
    re.DOTALL | re.IGNORECASE,
)
_ALTOGETHER = re.compile(r"\s+(?:in total|in all|altogether)[ .]*\Z", re.IGNORECASE)
_IS_ANSWER = re.compile(
    r"(?P<rest>[-$(\\0-9].*?) (?:is|are) (?:the|our|my) (?:final |correct )?(?:answer|solution|result)",
    re.DOTALL,
)
_VALUE_OF = re.compile(
    r"(?:the )?(?:value of )?\$?(?P<name>[A-Za-z])\$? (?:is|equals|is equal to) "
    r"(?P<d>\$?)(?P<value>[-\\0-9][^$]*)(?P=d)",
    re.IGNORECASE,
)
_SUPPOSES = re.compile(
    r"\b(?:if|suppos\w*|assum\w*|let|unless|when|were|would|before|first|initially|not|never|false|wrong\w*|incorrect\w*|mistak\w*|error)\b"
    r"|n['’]t\b",
    re.IGNORECASE,
)
_GUARD = re.compile(
    r"""\b(?:not|no|never|neither|nor|false|wrong|incorrect|unless|except|about|approximately|approx|roughly|nearly
    |around|almost|less|more|greater|fewer|larger|smaller|bigger|higher|lower|over|under|above|below|between|least|most|plus
    |minus|times|half|double|twice|thrice|or|maybe|perhaps|possibly|either|multiple|divisible|negative|if|but|instead
    |suppose|assume|let|would|could|might|may|should|than|square|squared|cube|root|reciprocal|opposite|inverse
    |wrongly|incorrectly|mistakenly|assuming|extraneous|rejected|impossible|invalid
    |both|each|and|respectively|dozen|hundred|thousand|million|percent|degrees?)\b|n['’]t\b|\?""",
    re.IGNORECASE | re.VERBOSE,
)
DENIAL = re.compile(
    r"\b(?:not|never|neither|nor|false|wrong|incorrect|unlikely|or|maybe|perhaps|possibly|either|but|except)\b|n['’]t\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!])\s+(?=[A-Z(\\$*])|\n+|\s+(?=(?:Therefore|Thus|Hence|So)[ ,])")


def conclusion(text: str) -> str:
    """What a text states as its result, or an empty text where that is not plain."""
    last = [part for part in _SENTENCE.split(text.strip()) if part.strip()][-1:]
    if not last:
        return ""
    sentence, alone = last[0].strip(), last[0].strip() == text.strip()
    opening = _CONCLUDING.match(sentence)
    clause = _CLAUSE.match(sentence)
    if clause:
        if _SUPPOSES.search(clause["head"]):
            return ""
        rest = _GETTING.sub("", clause["rest"])
        return "" if _GUARD.search(rest) else _formula(rest) or _stated(rest) or rest
    if opening is None and not alone:
        return ""
    rest = sentence[opening.end() :] if opening else sentence
    rest = _GETTING.sub("", rest)
    if last_words := _IS_ANSWER.fullmatch(rest.strip(" .")):
        return "" if _GUARD.search(last_words["rest"]) else last_words["rest"]
    return _named(rest) or _formula(rest) or _stated(rest) or (rest if opening else "")


def _named(sentence: str) -> str:
    """`The value of $x$ is $7$` says x = 7, which is no answer where another letter is asked for."""
    found = _VALUE_OF.fullmatch(sentence.strip(" ."))
    return f"{found['name']} = {found['value']}" if found else ""


def _formula(sentence: str) -> str:
    """The only formula of a sentence whose other words hold no digit and decide nothing."""
    formulas = list(_FORMULA.finditer(sentence))
    if len(formulas) != 1:
        return ""
    words = sentence[: formulas[0].start()] + " " + sentence[formulas[0].end() :]
    after = sentence[formulas[0].end() :].strip(" .!")
    if re.search(r"[0-9\\$=^_{}<>+*/|%]", words) or _GUARD.search(words) or not re.search("[A-Za-z]", words):
        return ""
    # Words behind the formula may be its unit; a statement about it is not.
    if after and not re.match(
        r"(?:is|are) (?:the|our|my) (?:final |correct )?(?:answer|solution|result)\Z", after
    ):
        return "" if re.match(r"(?:is|are|was)\b", after) else f"{formulas[0][0]} {after}"
    return formulas[0][0]


def _stated(sentence: str) -> str:
    found = _STATED.match(sentence) or _LABELLED.match(sentence)
    if found is None or _GUARD.search(sentence[: found.start("rest")]) or ":" in found["rest"][:1]:
        return ""
    return _ALTOGETHER.sub("", found["rest"])
