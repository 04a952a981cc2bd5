"""Where programs that nobody trusts run: one interface, probed backends, a kit that tests any backend."""

from __future__ import annotations

from .conformance import CheckOutcome, check_sandbox
from .interface import Joined, Probe, Sandbox
from .job import LINK_FD, ExitKind, Job, Limits, Profile, Result
from .probe import BACKENDS, open_sandbox, probe_backends

__all__ = [
    "BACKENDS",
    "LINK_FD",
    "CheckOutcome",
    "ExitKind",
    "Job",
    "Joined",
    "Limits",
    "Probe",
    "Profile",
    "Result",
    "Sandbox",
    "check_sandbox",
    "open_sandbox",
    "probe_backends",
]
