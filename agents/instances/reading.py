"""Reads instances as a model writes them, input first or label first. Nothing is guessed."""

from __future__ import annotations

import re

from ..state import Instance

_EXAMPLE = re.compile(r"(?:\A|\n)[ \t]*Example[ \t]*\d+[.:]?[ \t]*(?=\n|\Z)", re.IGNORECASE)
_INPUT_FIRST = re.compile(
    r"\A\s*(?:Input:[ \t]*(?P<input>.*?)\n\s*)?Output:[ \t]*(?P<output>.*)\Z", re.IGNORECASE | re.DOTALL
)
_NO_INPUT = frozenset({"", "none", "n/a", "(none)", "no input", "<noinput>", "-"})
_LABEL = re.compile(r"(?:\A|\n)[ \t]*(?:Example[ \t]*\d+[.:]?[ \t]*\n\s*)?Class label:[ \t]*", re.IGNORECASE)
_INPUT = re.compile(r"\A\s*Input:[ \t]*", re.IGNORECASE)


def input_first(text: str, *, cut: bool) -> tuple[Instance, ...]:
    """The examples of a reply, without the last one where it was cut off.

    Raises ValueError where there is none.
    """
    before, *blocks = _EXAMPLE.split(text)
    if not blocks or before.strip():
        blocks = [before, *blocks]
    found = []
    for block in _whole(blocks, cut):
        match = _INPUT_FIRST.match(block.strip())
        if match is not None:
            found.append(_instance(match["input"] or "", match["output"]))
    return _some(found, cut)


def label_first(text: str, *, cut: bool) -> tuple[Instance, ...]:
    """The examples of a reply, each a label and an input for it; see `input_first`."""
    _, *blocks = _LABEL.split(text)
    found = []
    for block in _whole(blocks, cut):
        label, _, rest = block.partition("\n")
        found.append(_instance(_INPUT.sub("", rest), label))
    return _some(found, cut)


def _whole(blocks: list[str], cut: bool) -> list[str]:
    return blocks[:-1] if cut else blocks


def _instance(given: str, output: str) -> Instance:
    given = given.strip()
    return Instance(input="" if given.lower() in _NO_INPUT else given, output=output.strip())


def _some(found: list[Instance], cut: bool) -> tuple[Instance, ...]:
    if not found:
        cause = "the only one was cut off at the length limit" if cut else "none has the form that is wanted"
        raise ValueError(f"there is no instance: {cause}")
    return tuple(found)
