"""Kits for the tests of plug-in authors: what an agent or a sandbox must do for the graphs to rely on it.

    from proofset.testing import check_agent

    assert not [check for check in check_agent(MyJudge(), role="judge") if check.failed]

The command `proofset check-agent` runs the same kit.
"""

from ..tools.sandbox import CheckOutcome, check_sandbox
from .cases import Case, cases_for, roles_of
from .checking import Check, Status, acheck_agent, check_agent

__all__ = [
    "Case",
    "Check",
    "CheckOutcome",
    "Status",
    "acheck_agent",
    "cases_for",
    "check_agent",
    "check_sandbox",
    "roles_of",
]
