"""Release: what leaves the house, and the proof that it is what it says.

verify     a run, an export or a file of them: as it was sealed, and true when it is checked again
export     records as rows for trainers, with evidence, card and manifest beside them
audit      known-wrong candidates before the verifiers; cards state how many are accepted
history    every prompt, answer and check that led to a record
"""

from .choosing import Choice
from .exporting import Exported, Order, export
from .faults import Fault
from .history import Step, history_of
from .rechecking import Status, recheck
from .verifying import Plan, Result, Totals, plan_of, verify

__all__ = [
    "Choice",
    "Exported",
    "Fault",
    "Order",
    "Plan",
    "Result",
    "Status",
    "Step",
    "Totals",
    "export",
    "history_of",
    "plan_of",
    "recheck",
    "verify",
]
