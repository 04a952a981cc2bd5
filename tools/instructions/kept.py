"""Does a response keep to one demand? Pure; a sentence on what is wrong, or nothing."""

from __future__ import annotations

import json
import re

import yaml

from .demand import Demand

_BULLET = re.compile(r"^\s*(?:[-*•–+]|\d{1,3}[.)])\s+\S", re.MULTILINE)
_NUMBER = re.compile(r"^\s*(?:step\s+)?\d{1,3}[.):]\s+\S", re.MULTILINE | re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s|$)")
_NEVER_LAST = re.compile(r"\b(?:e\.g|i\.e|vs|mr|mrs|ms|dr|prof|st|approx)\.$", re.IGNORECASE)
_PERHAPS_LAST = re.compile(r"\b(?:etc|no|a\.m|p\.m|[a-z])\.$", re.IGNORECASE)
_FENCE = re.compile(r"\A\s*```[a-z]*\n(?P<inside>.*?)\n?```\s*\Z", re.DOTALL | re.IGNORECASE)
_MAX_YAML_CHARS = 20_000


def fault_of(demand: Demand, response: str) -> str:
    """What is wrong with a response by one demand; empty where it keeps to it."""
    match demand.kind:
        case "count":
            return _fault_of_count(demand, response)
        case "json":
            return _fault_of_json(demand, response)
        case "yaml":
            return _fault_of_yaml(demand, response)
        case "labels":
            given = response.strip().strip("\"'.").casefold()
            known = {text.casefold() for text in demand.texts}
            return "" if given in known else f"it is none of {', '.join(demand.texts)}"
        case "names":
            named = any(re.search(_word(text), response.casefold()) for text in demand.texts)
            return "" if named else f"it names none of {', '.join(demand.texts)}"
        case "upper":
            return "it has small letters" if response != response.upper() else ""
        case "lower":
            return "it has capital letters" if response != response.lower() else ""
    return _fault_of_texts(demand, response)


def count_of(unit: str, text: str) -> int:
    """How many words, sentences, lines, paragraphs, bullet points or numbered points a text has."""
    match unit:
        case "words":
            return len([word for word in text.split() if any(c.isalnum() for c in word)])
        case "sentences":
            return _sentences(text)
        case "lines":
            return len([line for line in text.splitlines() if line.strip()])
        case "paragraphs":
            return len([part for part in re.split(r"\n\s*\n", text) if part.strip()])
        case "numbers":
            return len(_NUMBER.findall(text))
    return len(_BULLET.findall(text))


def _sentences(text: str) -> int:
    count = 0
    rest = 0
    for match in _SENTENCE_END.finditer(text):
        before, after = text[rest : match.end()], text[match.end() :].lstrip()
        if after and (
            _NEVER_LAST.search(before) or (_PERHAPS_LAST.search(before) and not after[0].isupper())
        ):
            # "at 9 a.m. on Monday"
            continue
        count += 1
        rest = match.end()
    return count + bool(re.search(r"\w", text[rest:]))


def _fault_of_count(demand: Demand, response: str) -> str:
    count = count_of(demand.unit, response)
    high = count if demand.high is None else demand.high
    return "" if demand.low <= count <= high else f"it has {count} {demand.unit}, asked is {demand.said}"


def _unfenced(response: str) -> str:
    fenced = _FENCE.match(response)
    return fenced["inside"] if fenced else response


def _fault_of_json(demand: Demand, response: str) -> str:
    try:
        value = json.loads(_unfenced(response))
    except (ValueError, RecursionError) as error:
        return f"it is no JSON ({str(error)[:80]})"
    return _fault_of_keys(demand, value)


def _fault_of_keys(demand: Demand, value: object) -> str:
    if not demand.texts:
        return ""
    rows = value if isinstance(value, list) else [value]
    for row in rows:
        keys = row if isinstance(row, dict) else {}
        missing = [key for key in demand.texts if key not in keys]
        if missing:
            return f"it has no key {', '.join(missing)}"
        if demand.high is not None and len(keys) > demand.high:
            return f"it has {len(keys)} keys, {demand.high} are asked for"
    return "" if rows else "it is an empty list"


def _fault_of_yaml(demand: Demand, response: str) -> str:
    text = _unfenced(response)
    if len(text) > _MAX_YAML_CHARS or "&" in text:
        # Anchors can make a short text a huge value; whoever uses them is not read.
        return "it is longer, or uses anchors, than is read"
    try:
        value = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        return "it is no YAML"
    if not isinstance(value, dict | list):
        return "it is plain text, no YAML"
    return _fault_of_keys(demand, value)


def _word(text: str) -> str:
    return rf"(?<!\w){re.escape(text.casefold())}(?!\w)"


def _fault_of_texts(demand: Demand, response: str) -> str:
    text, wanted = response.casefold().strip(), demand.texts[0].casefold()
    word = _word(wanted)
    match demand.kind:
        case "without":
            there = wanted in text if len(wanted) == 1 else re.search(word, text)
            return f"it holds {demand.texts[0]!r}" if there else ""
        case "holds":
            return "" if re.search(word, text) else f"it lacks {demand.texts[0]!r}"
        case "begins":
            begins = text.lstrip("\"'“‘").startswith(wanted)
            return "" if begins else f"it does not begin with {demand.texts[0]!r}"
    ends = text.rstrip("\"'”’.!?").endswith(wanted.rstrip(".!?")) or text.endswith(wanted)
    return "" if ends else f"it does not end with {demand.texts[0]!r}"
