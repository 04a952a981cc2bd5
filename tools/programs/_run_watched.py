"""The sandbox's side of watching: a watched program is called, and what ran in it is told for each call.

Reads one JSON text from standard input and writes lines of JSON:

    {"entry": name, "program": text, "calls": [[[argument, …], [[keyword, argument], …]], …],
     "call_cpu_s": seconds, "patience": number}
    ["seen", [piece, …], [[compare, outcomes, below, above, [text, …]], …]]       one for each call
    ["end"]                                                                       all was done

`outcomes` is a sum: 1 less, 2 equal, 4 greater, 8 otherwise different. `below` and `above` are the least
differences of two numbers that were met on either side, null where none was. The texts are the two that were
compared last and differ.
"""

from __future__ import annotations

import json
import math
import operator
import os
import signal
import sys
from typing import Any

from ._answer_calls import answer, quiet_stdout, write_line
from ._run_variants import Late, late, load, timed

LESS, EQUAL, GREATER, OTHER = 1, 2, 4, 8
MAX_NOTED = 2_000
_MAX_TEXT = 40
_FARTHEST = 10**15
_APPLY = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


class Watch:
    """What ran since the last look."""

    def __init__(self) -> None:
        self.pieces: set[int] = set()
        self.compared: dict[int, list[Any]] = {}

    def piece(self, number: int, value: object = None) -> object:
        self.pieces.add(number)
        return value

    def compare(self, number: int, signs: str, left: Any, *others: Any) -> object:
        result: object = True
        for place, (sign, right) in enumerate(zip(signs.split(" "), others, strict=True)):
            result = _APPLY[sign](left, right)
            self._note(number + place, left, right)
            if place + 1 < len(others) and not result:
                break
            left = right
        return result

    def _note(self, number: int, left: object, right: object) -> None:
        noted = self.compared.get(number)
        if noted is None:
            noted = self.compared[number] = [0, None, None, []]
        if type(left) in (int, float) and type(right) in (int, float):
            self._note_numbers(noted, left, right)
        elif type(left) is str and type(right) is str:
            noted[0] |= EQUAL if left == right else OTHER
            if left != right and len(left) <= _MAX_TEXT and len(right) <= _MAX_TEXT:
                noted[3] = [left, right]
        elif type(left) is type(right) and type(left) in (list, tuple, bool):
            noted[0] |= EQUAL if left == right else OTHER

    def _note_numbers(self, noted: list[Any], left: Any, right: Any) -> None:
        try:
            gap = left - right
            if not math.isfinite(gap) or abs(gap) > _FARTHEST:
                gap = _FARTHEST if left > right else -_FARTHEST
        except (OverflowError, ValueError):
            return
        if gap < 0:
            noted[0] |= LESS
            noted[1] = gap if noted[1] is None else max(noted[1], gap)
        elif gap > 0:
            noted[0] |= GREATER
            noted[2] = gap if noted[2] is None else min(noted[2], gap)
        else:
            noted[0] |= EQUAL

    def look(self) -> list[object]:
        pieces = sorted(self.pieces)[:MAX_NOTED]
        compared = [[number, *noted] for number, noted in sorted(self.compared.items())[:MAX_NOTED]]
        self.pieces, self.compared = set(), {}
        return ["seen", pieces, compared]


def main() -> None:
    request = json.loads(sys.stdin.read())
    reply = quiet_stdout()
    signal.signal(signal.SIGPROF, late)
    watch, late_ones = Watch(), 0
    named = {"__piece__": watch.piece, "__compare__": watch.compare}
    seconds = request["call_cpu_s"]
    try:
        entry = getattr(timed(seconds, lambda: load(request["program"], named)), request["entry"])
    except BaseException:
        os._exit(0)
    for call in request["calls"]:
        watch.look()
        try:
            line = timed(seconds, lambda call=call: answer(call, entry))  # type: ignore[misc]
            late_ones += line[:2] == ["raised", "Late"]
        except Late:
            late_ones += 1
        write_line(reply, watch.look())
        if late_ones > request["patience"]:
            break
    write_line(reply, ["end"])
    os._exit(0)
