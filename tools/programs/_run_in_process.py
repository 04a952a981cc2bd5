"""The one job of mode `in-process`: the tests' harness with the solution imported beside it."""

from __future__ import annotations

import importlib
import json
import os
import sys

from ._answer_calls import message_of, quiet_stdout, write_line
from ._plain import type_name
from ._run_tests import run
from ._tests_side import ABSENT, Noted


class Beside:
    """Stands where the link would: it sees no calls, and so notes one at each look."""

    def __init__(self) -> None:
        self.open = True
        self.missing: list[str] = []

    def look(self) -> Noted:
        return Noted(1, "", "")


def main() -> None:
    order = json.loads(sys.stdin.read())
    channel = quiet_stdout()

    def reply(**parts: object) -> None:
        whole = {"broken": "", "missing": [], "unloadable": "", "ids": [], "cases": [], "calls": 0}
        write_line(channel, {**whole, **parts, "waited_s": 0.0})
        os._exit(0)

    try:
        solution = importlib.import_module("solution")
    except BaseException as error:
        reply(broken=f"{type_name(error)}: {message_of(error)}")
    sys.modules[order["module"]] = solution
    found = {name: getattr(solution, name, ABSENT) for name in order["names"]}
    if found[order["entry"]] is ABSENT:
        reply(broken=f"it has no {order['entry']}")
    run(order, Beside(), found, reply)
