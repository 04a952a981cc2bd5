"""Whether a solution passes a test suite: the strongest mode that can express the tests decides."""

from __future__ import annotations

import keyword
import sys

from ...errors import UsageError
from ...records import Outcome
from ..sandbox import Limits, Profile, Sandbox
from .asserts import read_asserts
from .calls import SUITE_LIMITS, check_asserts
from .expressions import Inexpressible
from .in_process import check_in_process
from .joined import check_tests
from .results import CaseStatus, SuiteResult


async def check_solution(
    solution: str,
    tests: str,
    entry_point: str,
    sandbox: Sandbox,
    *,
    module: str = "solution",
    limits: Limits = SUITE_LIMITS,
    profile: Profile = "plain",
) -> SuiteResult:
    """Run a suite against a solution.

    Args:
        tests: asserts, `check(candidate)`, a pytest file, or plain statements.
        entry_point: the solution's function, or class, that is called `candidate` in the tests too.
        module: the name under which the tests import the solution, besides `solution`.
        limits: of the solution's process.

    Asserts that can be evaluated outside run in mode `values`; so does no suite of which any part cannot.
    All else runs in mode `two-sandbox`, and in mode `in-process` where the sandbox cannot join two jobs.

    Raises:
        UsageError: a name that is no identifier, or a module's that is Python's own.
        SandboxUnavailableError: a profile is not installed here, `pytest` for tests that need it.
    """
    for name in (entry_point, *module.split(".")):
        if not name.isidentifier() or keyword.iskeyword(name):
            raise UsageError(f"the name {name!r} of the function under test or its module is no identifier")
    if module.partition(".")[0] in sys.stdlib_module_names | {"pytest"}:
        raise UsageError(
            f"a solution cannot be tested as module {module!r}: give a name that Python does not use"
        )
    asserts = read_asserts(tests, entry_point, module)
    if not isinstance(asserts, Inexpressible):
        suite = await check_asserts(solution, asserts, entry_point, sandbox, limits=limits, profile=profile)
        if not sandbox.joins or not _wants_more_than_values(suite):
            return suite
    check = check_tests if sandbox.joins else check_in_process
    return await check(solution, tests, entry_point, sandbox, module=module, limits=limits, profile=profile)


def _wants_more_than_values(suite: SuiteResult) -> bool:
    """Whether all that stands in the way is values that are not plain, such as a generator inside `list`."""
    return suite.outcome is Outcome.INCONCLUSIVE and any(
        case.status is CaseStatus.UNSUPPORTED for case in suite.cases
    )
