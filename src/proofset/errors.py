"""Errors that a user can mend: each is one clear line that says what, where and how.

The command line prints the message alone and exits with `exit_code`; anything that is not a
`ProofsetError` is a defect of ours and is shown as such.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import ValidationError


class ProofsetError(RuntimeError):
    """A failure whose message is written for the user. LangGraph's server shows messages of RuntimeErrors.

    Attributes:
        exit_code: what the command line exits with: 1 for a failed run or check, 2 for wrong usage.
    """

    exit_code = 1


class UsageError(ProofsetError):
    """The call itself is wrong: an unknown name, a bad number, a directory that cannot be used."""

    exit_code = 2


class ModelError(ProofsetError):
    """A model could not be reached, started or paid for; the message names the spec and the mend."""


class NotRecordedError(ModelError):
    """A replay asks what was not recorded; perhaps the recorded run had ended before it came so far."""


class RequestFailedError(ProofsetError):
    """One request failed for good, though the endpoint is there: its slot is quarantined, the run goes on."""


class BudgetSpentError(ProofsetError):
    """No call may begin any more: the run ends cleanly, and goes on when it is given more."""


class ReviewPendingError(ProofsetError):
    """A person has to decide first: the slot stays open, and a resume goes on with it."""


class StoppedError(ProofsetError):
    """The run is being stopped: the slot stays open, and a resume goes on with it."""


class SoftEvidenceError(ProofsetError):
    """An opinion of a model or a person was asked to run again: there is nothing to run without them."""


class SandboxUnavailableError(ProofsetError):
    """No backend on this machine can isolate a program; the message says what to install."""


def first_problem(error: ValidationError) -> str:
    """The first thing that a form found wrong, in one line: the field, the bound, and what it got."""
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"])
    got = "" if first["type"] == "missing" else f", got {str(first['input'])[:60]!r}"
    return f"{field}: {first['msg']}{got}"
