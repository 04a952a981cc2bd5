"""Wrong responses to instructions that a machine check bears on.

kind         what is made wrong                                            known by
wrong_form   what the instruction asks of the form is broken               how it was made: see `_BREAKERS`
wrong_sum    another number where the response states the computed sum     typed comparison
wrong_code   one change to the code, which fails an example that is shown  that example, run on both

Whether the instruction asks for what the rules read in it, a broken form does not show: it shows that what
they read is held against the response.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Callable
from random import Random
from typing import NamedTuple

from ...records import Answer, AnswerType, HowKnown, Known
from ...tools.instructions import Demand, code_in, demands_in, examples_in, sum_in
from ...tools.sandbox import Sandbox
from .code import Coded, wrong_code
from .fingerprints import of_output
from .wrong import SHOWN, Wrong, differs, in_turn, unequal

_NUMBER = re.compile(r"(?<![\w.,/])-?\d{1,15}(?![\w/]|[.,]\d)", re.ASCII)


class Answered(NamedTuple):
    """An instruction with a response that its checks let pass."""

    instruction: str
    input: str
    output: str

    @property
    def asked(self) -> str:
        """The whole question."""
        return f"{self.instruction}\n\n{self.input}" if self.input else self.instruction


def wrong_text(right: Answered, random: Random, sandbox: Sandbox) -> AsyncIterator[Wrong[Answered]]:
    """One of each kind in turn, as far as any can be made; none where no check bears on the response."""
    return in_turn((_wrong_forms, _wrong_sums, _wrong_codes), right, random, sandbox)


async def _wrong_forms(right: Answered, random: Random, sandbox: Sandbox) -> AsyncIterator[Wrong[Answered]]:
    demands = list(demands_in(right.instruction))
    random.shuffle(demands)
    for demand in demands:
        breaker = _BREAKERS.get(demand.kind)
        broken = breaker(demand, right.output) if breaker else None
        if broken is not None and broken != right.output:
            yield _wrong("wrong_form", demand.said, HowKnown.BROKEN_DEMAND, demand.said, right, broken)


async def _wrong_sums(right: Answered, random: Random, sandbox: Sandbox) -> AsyncIterator[Wrong[Answered]]:
    asked = sum_in(right.instruction, right.input)
    found = list(_NUMBER.finditer(right.output))
    if not asked or not found:
        return
    last, expected = found[-1], Answer(type=AnswerType.CLOSED_FORM, value=asked)
    for step in random.sample((1, -1, 2, 10), 4):
        wrong = str(int(last[0]) + step)
        if await differs(expected, wrong, sandbox):
            output = f"{right.output[: last.start()]}{wrong}{right.output[last.end() :]}"
            known = unequal(asked, wrong)
            yield _wrong("wrong_sum", f"{step:+d}", known.by, known.shown, right, output)


async def _wrong_codes(right: Answered, random: Random, sandbox: Sandbox) -> AsyncIterator[Wrong[Answered]]:
    examples, code = examples_in(right.instruction), code_in(right.output)
    if examples is None or not code:
        return
    program = Coded(right.asked, code, examples.entry_point, tuple(examples.tests))
    async for mutant in wrong_code(program, random, sandbox):
        output = right.output.replace(code.strip(), mutant.made.program.strip())
        if output != right.output:
            yield _wrong("wrong_code", mutant.told, mutant.known.by, mutant.known.shown, right, output)


def _wrong(kind: str, told: str, by: HowKnown, shown: str, right: Answered, output: str) -> Wrong[Answered]:
    known = Known(by=by, shown=shown[:SHOWN])
    return Wrong(kind, told[:SHOWN], known, of_output(right.asked, output), right._replace(output=output))


_UNITS = {
    "words": " more",
    "sentences": " This is one more sentence.",
    "lines": "\nThis is one more line",
    "paragraphs": "\n\nThis is one more paragraph.",
    "bullets": "\n- one more point",
    "numbers": "\n{number}. one more point",
}


def _miscounted(demand: Demand, response: str) -> str | None:
    """One more than asked for at the least is added; or, of words, fewer than asked for are left."""
    if demand.high is not None:
        more = _UNITS[demand.unit]
        numbers = range(demand.high + 1)
        return response.rstrip() + "".join(more.format(number=number + 1) for number in numbers)
    if demand.unit == "words" and demand.low > 1:
        return " ".join(response.split()[: demand.low - 1])
    return None


def _no_json(demand: Demand, response: str) -> str | None:
    """The first half of it, which is an object or a list that is left open."""
    text = response.strip()
    half = text[: max(1, len(text) // 2)]
    try:
        json.loads(half)
    except (ValueError, RecursionError):
        return half if half.startswith(("[", "{")) else None
    return None


def _no_label(demand: Demand, response: str) -> str | None:
    other = "neither here nor there"
    return None if any(text.casefold() in other for text in demand.texts) else other


def _ended(demand: Demand, response: str) -> str | None:
    end = "\nSo much for that"
    wanted = demand.texts[0].casefold().rstrip(" .!?")
    return None if not wanted or end.casefold().endswith(wanted[-1]) else f"{response}{end}"


def _begun(demand: Demand, response: str) -> str | None:
    wanted = demand.texts[0].casefold().lstrip(" \"'“‘")
    return None if not wanted or wanted[0] in "x\"'" else f"Xylophones aside, {response}"


def _with(demand: Demand, response: str) -> str | None:
    return f"{response.rstrip()} {demand.texts[0]}"


def _cased(change: Callable[[str], str]) -> Callable[[Demand, str], str | None]:
    # Some letters have no other case, or one that is two letters.
    return lambda demand, response: change(response) if response.isascii() else None


_BREAKERS: dict[str, Callable[[Demand, str], str | None]] = {
    "count": _miscounted,
    "json": _no_json,
    "labels": _no_label,
    "names": _no_label,
    "upper": _cased(str.lower),
    "lower": _cased(str.upper),
    "without": _with,
    "begins": _begun,
    "ends": _ended,
}
"""By construction: whatever the response was, what is made of it cannot keep to the demand."""
