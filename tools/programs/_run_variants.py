"""The sandbox's side of calls in bulk: several programs of one author, the same calls for each.

Reads one JSON text from standard input and writes lines of JSON:

    {"entry": name, "programs": [text, …], "calls": [[[argument, …], [[keyword, argument], …]], …],
     "costly": [number of a call, …], "call_cpu_s": seconds, "costly_cpu_s": seconds, "patience": number,
     "digests": bool}
    ["program", number]                                                  what follows is of this program
    ["broken", type, message]                                            no calls of it follow
    ["value", form]  ["value", form, "changed"]  ["raised", type, message]  ["refused", what]  ["timeout"]
    ["skipped"]                                                          one of these for each call
    ["digests", text, …]                                                 instead of the calls' own lines
    ["end"]                                                              all was done

A call that uses up its CPU time is ended. Once more than `patience` calls of a program were, no more are
made; costly calls have a count of their own. `changed`: an argument is not as it was.
As in mode `values` the programs may write here what they like; none is told what is expected.
"""

from __future__ import annotations

import hashlib
import importlib.abc
import importlib.util
import json
import os
import signal
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ._answer_calls import answer, message_of, quiet_stdout, write_line
from ._plain import from_json, type_name


class Late(BaseException):
    """A call's CPU time is used up; no `except Exception` of the program's stops it."""


class Text(importlib.abc.InspectLoader):
    """Loads one program under the name `solution`."""

    def __init__(self, text: str) -> None:
        self._text = text

    def get_source(self, fullname: str) -> str:
        return self._text


def late(_signal: int, _frame: object) -> None:
    raise Late


def load(text: str, names: Mapping[str, object] | None = None) -> types.ModuleType:
    """A program as a module, in which some names are known already."""
    loader = Text(text)
    spec = importlib.util.spec_from_loader("solution", loader)
    if spec is None:
        raise ImportError("the program has no loader")
    module = importlib.util.module_from_spec(spec)
    sys.modules["solution"] = module
    module.__dict__.update(names or {})
    loader.exec_module(module)
    return module


def timed(seconds: float, work: Callable[[], Any]) -> Any:
    """Do work within a CPU time; raises Late."""
    # Again and again: a bare `except` in the program may swallow the first one.
    signal.setitimer(signal.ITIMER_PROF, seconds, 0.05)
    try:
        return work()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def settled(node: object) -> object:
    """A form of which equal values have one: sets and dicts in order, floats to nine digits."""
    if isinstance(node, float):
        return f"{node:.9g}" if node % 1 else int(node)
    if isinstance(node, list):
        parts = [settled(part) for part in node]
        if parts and parts[0] in ("s", "f", "d"):
            return [parts[0], *sorted(parts[1:], key=repr)]
        return parts
    return node


def digest(line: list[object]) -> str:
    """A short text that tells outcomes apart; messages of errors do not count."""
    kept = line[:2] if line[0] == "raised" else [line[0], settled(line[1]), *line[2:]]
    return hashlib.sha256(json.dumps(kept).encode()).hexdigest()[:12]


def outcomes(request: dict[str, Any], text: str) -> Iterator[list[object]]:
    """One line for each call that was made, or one that says why the program cannot be called."""
    seconds = request["call_cpu_s"]
    try:
        entry = getattr(timed(seconds, lambda: load(text)), request["entry"])
    except BaseException as error:
        yield ["broken", type_name(error), message_of(error)]
        return
    costly, late_ones = frozenset(request["costly"]), [0, 0]
    for number, call in enumerate(request["calls"]):
        far = number in costly
        if late_ones[far] > request["patience"]:
            if request["digests"]:
                return
            yield ["skipped"]
            continue
        limit = request["costly_cpu_s"] if far else seconds
        try:
            line = timed(limit, lambda call=call: answer_and_look(call, entry))  # type: ignore[misc]
        except Late:
            line = ["timeout"]
        if line[:2] == ["raised", "Late"]:
            line = ["timeout"]
        yield line
        late_ones[far] += line == ["timeout"]


def answer_and_look(call: list[list[Any]], entry: Callable[..., object]) -> list[object]:
    """One call, and whether it left its arguments as they were."""
    given: tuple[object, ...] = ()

    def noted(*arguments: object, **named: object) -> object:
        nonlocal given
        given = arguments
        return entry(*arguments, **named)

    line = answer(call, noted)
    changeable = any(type(argument) in (list, dict, set, bytearray) for argument in given)
    if line[0] == "value" and changeable and given != tuple(map(from_json, call[0])):
        return [*line, "changed"]
    return line


def main() -> None:
    request = json.loads(sys.stdin.read())
    reply = quiet_stdout()
    signal.signal(signal.SIGPROF, late)
    for number, text in enumerate(request["programs"]):
        write_line(reply, ["program", number])
        if not request["digests"]:
            for line in outcomes(request, text):
                write_line(reply, line)
            continue
        lines = list(outcomes(request, text))
        if lines[:1] and lines[0][0] == "broken":
            write_line(reply, lines[0])
        else:
            write_line(reply, ["digests", *("" if line == ["timeout"] else digest(line) for line in lines)])
    write_line(reply, ["end"])
    os._exit(0)
