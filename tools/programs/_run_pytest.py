"""pytest in the tests' job: no configuration, no conftest, no plugin but ours; ids fixed once collected."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from ._link import Gone, Unsupported
from ._run_tests import SUITE, Report, Watched, lacks_name

_CONFIG = "harness.ini"
# Fixtures of theirs would see the tests' process alone, not the solution's.
_LEFT_OUT = (
    *("cacheprovider", "capture", "faulthandler", "doctest", "junitxml", "pastebin", "logging"),
    *("monkeypatch", "tmpdir", "recwarn", "setuponly", "setupplan", "stepwise", "pytester"),
    *("legacypath", "threadexception", "unraisableexception", "nose", "unittest_async"),
)


class _Plugin:
    def __init__(self, watched: Watched, report: Report, names: dict[str, object]) -> None:
        self._watched = watched
        self._report = report
        self._names = names

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            text = str(report.longreprtext)
            told = [line[1:].strip() for line in text.splitlines() if line.startswith("E ")]
            self._report.unloadable = self._report.unloadable or "; ".join(told) or text.strip()

    def pytest_collection_finish(self, session: Any) -> None:
        self._report.ids += [_id(item) for item in session.items]
        noted = self._watched.look()
        self._report.unloadable = noted.unsupported or self._report.unloadable
        self._watched.open = True
        suite = sys.modules.get(SUITE)
        if suite is not None:
            for name, value in self._names.items():
                suite.__dict__.setdefault(name, value)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: Any, call: Any) -> Iterator[Any]:
        report = yield
        self._note(_id(item), report, call.excinfo)
        return report

    def _note(self, case: str, report: Any, error: Any) -> None:
        if hasattr(report, "wasxfail") or report.skipped:
            self._report.add(case, "unsupported", "the test is skipped or expected to fail")
        elif report.passed:
            # Setting up is no verdict, but what was noted then counts.
            self._report.add(case, "passed", "")
        else:
            ours = (AssertionError, pytest.fail.Exception, Gone, Unsupported)
            failed = error is None or issubclass(error.type, ours)
            status = "failed" if failed else "raised"
            if error is not None and lacks_name(error.value):
                status = "unsupported"
            where = getattr(getattr(report.longrepr, "reprcrash", None), "lineno", 0)
            text = f"line {where}: {error.exconly()}" if error else report.longreprtext
            self._report.add(case, status, text)


def _id(item: Any) -> str:
    return str(item.nodeid).partition("::")[2] or str(item.nodeid)


def run_pytest(watched: Watched, report: Report, names: dict[str, object]) -> None:
    """Collect and run the suite; once collected, its module gets those of `names` that it lacks."""
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.environ.pop("PYTEST_ADDOPTS", None)
    watched.open = False
    arguments = ["-c", _CONFIG, "--rootdir", ".", "--noconftest"]
    arguments += ["-q", "--no-header", "--no-summary", "--tb=short", f"{SUITE}.py"]
    for name in _LEFT_OUT:
        arguments += ["-p", f"no:{name}"]
    try:
        code = pytest.main(arguments, plugins=[_Plugin(watched, report, names)])
    except BaseException as error:
        report.unloadable = report.unloadable or f"pytest ended with {type(error).__name__}"
        return
    if code not in (0, 1, 5):
        report.unloadable = report.unloadable or f"pytest ended early, with code {int(code)}"
