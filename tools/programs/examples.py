"""The examples in a problem's text, as asserts: doctests, and lines such as `f(2) => 3`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from .asserts import Case, read_asserts
from .expressions import Call, Inexpressible

MAX_EXAMPLES = 30
MAX_PROMPT_CHARS = 40_000
_SIGNS = r"==>|=>|==|->|➞|→|⇒|⟶|➜|=|should\s+return|returns?|should\s+be|gives"
_AFTER = re.compile(rf"\s*(?:{_SIGNS})\s*(?P<value>.+)")


class Example(NamedTuple):
    """One call and what the text says it gives; `case` reads both sides from the answer to the call."""

    text: str
    call: Call
    case: Case


def examples_in(prompt: str, entry_point: str) -> tuple[Example, ...]:
    """At most 30 examples whose call and value are literals; whatever else a text shows is left aside."""
    found: dict[str, Example] = {}
    lines = prompt[:MAX_PROMPT_CHARS].splitlines()
    for number, line in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) else ""
        for call, value in _pairs(line, following, entry_point):
            example = _example(call, value, entry_point)
            if example is not None:
                found.setdefault(example.call.text, example)
    return tuple(found.values())[:MAX_EXAMPLES]


class _Pair(NamedTuple):
    call: str
    value: str


def _pairs(line: str, following: str, entry_point: str) -> Iterator[_Pair]:
    for match in re.finditer(rf"(?<![\w.]){re.escape(entry_point)}\(", line):
        call = _balanced(line, match.start(), match.end())
        if call is None or line[: match.start()].rstrip().endswith("def"):
            continue
        rest = line[match.start() + len(call) :]
        stated = _AFTER.match(rest)
        if stated:
            yield _Pair(call, stated["value"])
        elif not rest.strip() and line[: match.start()].strip() == ">>>":
            yield _Pair(call, following)


def _balanced(line: str, start: int, opened: int) -> str | None:
    """The call that begins at `start`, up to its own closing parenthesis."""
    depth, quote, skip = 1, "", False
    for place in range(opened, len(line)):
        char = line[place]
        if skip:
            skip = False
        elif quote:
            skip = char == "\\"
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
            if not depth:
                return line[start : place + 1]
    return None


def _example(call: str, value: str, entry_point: str) -> Example | None:
    for text in _readings(value):
        asserted = f"assert {call} == {text}"
        read = read_asserts(asserted, entry_point)
        if isinstance(read, Inexpressible) or len(read.calls) != 1 or len(read.cases) != 1:
            continue
        if read.cases[0].side is not None and read.calls[0].text == ast.unparse(ast.parse(call)):
            return Example(asserted, read.calls[0], read.cases[0])
    return None


def _readings(value: str) -> Iterator[str]:
    """The whole rest of a line, or what stands before a remark in it."""
    value = value.strip()
    yield value
    yield value.rstrip(" .,;")
    for mark in ("#", " because", " since", " (", " //", " --", ", "):
        before, found, _ = value.partition(mark)
        if found:
            yield before.rstrip(" .,;")
