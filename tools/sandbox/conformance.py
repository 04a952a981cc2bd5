"""The kit that every sandbox backend must pass, ours or a third party's.

    outcomes = await check_sandbox(MySandbox())
    assert all(outcome.passed for outcome in outcomes.values()), outcomes

The checks lie in `conformance_isolation` (what a job must not reach) and `conformance_running` (what it
must be able to do, and how each limit must end it).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import NamedTuple

from ...errors import UsageError
from . import conformance_isolation, conformance_running
from .expecting import Unmet
from .interface import Sandbox


class CheckOutcome(NamedTuple):
    """Whether a backend met one demand; `detail` says what was seen instead, else it is empty."""

    name: str
    passed: bool
    detail: str


Check = Callable[[Sandbox], Awaitable[None]]

CHECKS: Mapping[str, Check] = {
    check.__name__: check for check in (*conformance_running.CHECKS, *conformance_isolation.CHECKS)
}
"""All checks by name. Each raises `Unmet` where the backend falls short."""


async def check_sandbox(sandbox: Sandbox, *, only: Collection[str] | None = None) -> dict[str, CheckOutcome]:
    """Run the kit, or the checks named in `only`, one after the other; all of it takes about a minute.

    A check that the backend makes fail by raising is not passed either. The backend stays open.

    Raises:
        UsageError: `only` names a check that there is not.
    """
    names = list(CHECKS) if only is None else [name for name in CHECKS if name in only]
    if only is not None and (unknown := set(only) - set(CHECKS)):
        raise UsageError(f"no sandbox check is called {min(unknown)!r}: choose from {', '.join(CHECKS)}")
    return {name: await _outcome(name, sandbox) for name in names}


async def _outcome(name: str, sandbox: Sandbox) -> CheckOutcome:
    try:
        await CHECKS[name](sandbox)
    except Unmet as unmet:
        return CheckOutcome(name, passed=False, detail=str(unmet))
    except Exception as error:
        # A third party's backend may raise anything; that is a finding and not the kit's end.
        return CheckOutcome(name, passed=False, detail=f"raised {type(error).__name__}: {error}")
    return CheckOutcome(name, passed=True, detail="")
