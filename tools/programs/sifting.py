"""Tests whose author may err, sifted by solutions whose authors did not see them.

Each test is one assert. It is kept where most solutions pass it, denied where most do not: then the test is
wrong, or the problem can be read in two ways (AceCoder, arXiv 2502.01718, keeps tests that a strong
solver's program passes; KodCode, arXiv 2503.02951, trials in which solution and tests agree).
"""

from __future__ import annotations

import ast
import asyncio
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..sandbox import Sandbox
from .asserts import judge, read_asserts
from .calls import SUITE_LIMITS, make_calls
from .expressions import Inexpressible
from .results import CaseStatus

MAX_TESTS = 64
MIN_PASSES = 2


class Sifted(NamedTuple):
    """Tests by what the solutions say of them.

    Attributes:
        kept: most solutions pass it, and two at least.
        denied: most solutions do not.
        open: neither.
        unreadable: no single assert on a call of the function, or the same as one before.
        passing: for each solution, whether it passes all that are kept.
    """

    kept: tuple[str, ...]
    denied: tuple[str, ...]
    open: tuple[str, ...]
    unreadable: tuple[str, ...]
    passing: tuple[bool, ...]


async def sift_tests(
    tests: Sequence[str], solutions: Sequence[str], entry_point: str, sandbox: Sandbox
) -> Sifted:
    """Put at most 64 tests to all solutions; none is trusted, and no answer of a solution decides alone."""
    given = tests[:MAX_TESTS]
    texts = list(dict.fromkeys(_texts(given, entry_point)))
    asserts = read_asserts("\n".join(texts), entry_point)
    if isinstance(asserts, Inexpressible) or not texts:
        return Sifted((), (), (), tuple(given), (False,) * len(solutions))
    answers = await asyncio.gather(
        *(
            make_calls(solution, asserts.calls, entry_point, sandbox, limits=SUITE_LIMITS)
            for solution in solutions
        )
    )
    passed = [
        [not each.broken and judge(case, each.answers).status is CaseStatus.PASSED for case in asserts.cases]
        for each in answers
    ]
    kept: list[str] = []
    denied: list[str] = []
    open_: list[str] = []
    for number, text in enumerate(texts):
        passes = sum(row[number] for row in passed)
        if passes >= MIN_PASSES and 2 * passes > len(solutions):
            kept.append(text)
        else:
            (denied if 2 * passes < len(solutions) else open_).append(text)
    unreadable = tuple(test for test in given if not list(_texts([test], entry_point)))
    judged = [number for number, text in enumerate(texts) if text in kept]
    passing = tuple(bool(kept) and all(row[number] for number in judged) for row in passed)
    return Sifted(tuple(kept), tuple(denied), tuple(open_), unreadable, passing)


def fault_of_tests(tests: Sequence[str], entry_point: str) -> str:
    """What is wrong with all of the tests, in one sentence; empty where any can be read."""
    if any(True for _ in _texts(tests, entry_point)):
        return ""
    return f"no test is an assert on a call of {entry_point} with plain values"


def _texts(tests: Sequence[str], entry_point: str) -> Iterator[str]:
    """Each test that is one assert on a call of the function, in one form."""
    for test in tests:
        asserts = read_asserts(test, entry_point)
        if isinstance(asserts, Inexpressible) or len(asserts.cases) != 1 or not asserts.calls:
            continue
        # A check or a test function around the assert is left away.
        found = [node for node in ast.walk(ast.parse(test)) if isinstance(node, ast.Assert)]
        yield ast.unparse(ast.Assert(found[0].test))
