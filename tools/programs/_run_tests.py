"""The tests' job: loads a test text with the solution's names in it, runs it, and reports each case.

Reads its order from standard input and writes one JSON text, at the end, to where standard output led when it
began; what the tests print goes nowhere.

    {"style": "pytest" | "script", "check": bool, "entry": name, "module": name, "names": [name, …],
     "bare": [name, …], "imports": [[module, name or "", as], …]}
    {"broken": text, "missing": [name, …], "unloadable": text, "ids": [id, …],
     "cases": [[id, status, detail], …], "calls": number, "waited_s": seconds}
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback
from collections.abc import Callable
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, Protocol

from ._answer_calls import message_of, quiet_stdout, write_line
from ._link import Gone, Unsupported
from ._plain import type_name
from ._tests_side import ABSENT, Noted, Solution, TestsSide, is_stand_in

SUITE = "test_suite"
MAX_DETAIL = 600


class Watched(Protocol):
    """What the run has to know about the solution's end."""

    open: bool
    missing: list[str]

    def look(self) -> Noted: ...


class Report:
    """The cases so far; the ids are fixed before the first one runs."""

    def __init__(self, watched: Watched) -> None:
        self._watched = watched
        self.ids: list[str] = []
        self.unloadable = ""
        self.calls = 0
        self._cases: dict[str, tuple[str, str]] = {}

    def add(self, case: str, status: str, detail: str) -> None:
        """Note a phase of a case; a case is as bad as its worst phase."""
        noted = self._watched.look()
        self.calls += max(noted.calls, 0)
        if noted.unsupported:
            status, detail = "unsupported", noted.unsupported
        elif noted.gone and noted.calls:
            status, detail = "failed", f"the solution gave no value: {noted.gone}"
        elif status in ("failed", "raised") and not noted.calls:
            status, detail = "unsupported", f"it fails without a call of the solution: {detail}"
        known = self._cases.get(case)
        if known is None or _WEIGHT[status] > _WEIGHT[known[0]]:
            self._cases[case] = (status, detail[:MAX_DETAIL])

    def cases(self) -> list[list[str]]:
        return [[case, *found] for case, found in self._cases.items()]


_WEIGHT = {"passed": 0, "failed": 1, "raised": 1, "unsupported": 2}


class Seeding(MetaPathFinder):
    """Finds the test text as anyone would, and puts names into its module before it runs."""

    def __init__(self, names: dict[str, object]) -> None:
        self._names = names

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> ModuleSpec | None:
        if fullname != SUITE:
            return None
        for finder in sys.meta_path:
            spec = None if finder is self else finder.find_spec(fullname, path, target)
            if spec is not None and spec.loader is not None:
                spec.loader = _Seeded(spec.loader, self._names)
                return spec
        return None


class _Seeded(Loader):
    def __init__(self, loader: Loader, names: dict[str, object]) -> None:
        self._loader = loader
        self._names = names

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = ModuleType(spec.name)
        module.__dict__.update(self._names)
        return module

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)

    def __getattr__(self, name: str) -> object:
        return getattr(self._loader, name)


def run_script(entry: object, report: Report, *, call_check: bool) -> None:
    """Run the text from top to bottom; then, if so ordered, `check` that it defines, with the function."""
    report.ids.append("script")
    try:
        module = importlib.import_module(SUITE)
        if call_check:
            module.__dict__["check"](entry)
    except BaseException as error:
        status = "failed" if isinstance(error, AssertionError | Gone | Unsupported) else "raised"
        if lacks_name(error):
            status = "unsupported"
        report.add("script", status, _where(error) + f"{type_name(error)}: {message_of(error)}")
    else:
        report.add("script", "passed", "")


def lacks_name(error: BaseException) -> bool:
    """Whether the tests themselves use a name that nobody defines: no fault of the solution's."""
    frames = traceback.extract_tb(error.__traceback__)
    return isinstance(error, NameError) and bool(frames) and SUITE in frames[-1].filename


def _where(error: BaseException) -> str:
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if SUITE in frame.filename]
    return f"line {frames[-1].lineno}: {frames[-1].line} " if frames else ""


def imported(imports: list[list[str]]) -> dict[str, object]:
    """What the solution's own imports from the standard library name, for tests that lean on them."""
    found = {}
    for module, name, known_as in imports:
        try:
            value = importlib.import_module(module)
            found[known_as] = getattr(value, name) if name else value
        except (ImportError, AttributeError):
            continue
    return found


def run(
    order: dict[str, Any], watched: Watched, found: dict[str, object], reply: Callable[..., None]
) -> None:
    """Run the tests of an order with what was found of the solution."""
    bare = {name: found[name] for name in order["bare"] if found.get(name, ABSENT) is not ABSENT}
    entry = found[order["entry"]]
    names = {**imported(order["imports"]), **bare, order["entry"]: entry, "candidate": entry}
    report = Report(watched)
    watched.look()
    if order["style"] == "pytest":
        from ._run_pytest import run_pytest

        now = {name: value for name, value in names.items() if name not in bare or is_stand_in(value)}
        sys.meta_path.insert(0, Seeding(now))
        run_pytest(watched, report, names)
    else:
        sys.meta_path.insert(0, Seeding(names))
        run_script(entry, report, call_check=order["check"])
    reply(
        missing=watched.missing,
        unloadable=report.unloadable[:MAX_DETAIL],
        ids=report.ids,
        cases=report.cases(),
        calls=report.calls,
    )


def main() -> None:
    order = json.loads(sys.stdin.read())
    channel = quiet_stdout()
    side = TestsSide()

    def reply(**parts: object) -> None:
        whole = {"broken": "", "missing": [], "unloadable": "", "ids": [], "cases": [], "calls": 0}
        write_line(channel, {**whole, **parts, "waited_s": side.waited_s})
        os._exit(0)

    try:
        values = side("globals", order["names"])
    except Gone as end:
        reply(broken=f"it {end}" if str(end).startswith("has") else str(end))
    except BaseException as error:
        reply(broken=f"{type_name(error)}: {message_of(error)}")
    listed = values if isinstance(values, list) else []
    if len(listed) != len(order["names"]):
        reply(broken="it answers in an unknown form")
    found = dict(zip(order["names"], listed, strict=True))
    if found[order["entry"]] is ABSENT:
        reply(broken=f"it has no {order['entry']}")
    solution = Solution("solution", side, found)
    sys.modules.update({"solution": solution, order["module"]: solution})
    run(order, side, found, reply)
