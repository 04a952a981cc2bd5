"""The ground floor: what flows through every graph and is written to every file.

    candidate ──▶ Verdict (accept | reject | abstain, Grade, Evidence…) ──▶ Record or Rejection

All types are frozen, forbid unknown fields and survive a JSON round trip unchanged.
"""

from .answer import Answer, AnswerType
from .canary import CanaryResult, HowKnown, Known, RunCanary
from .derive import digest, record_id, request_seed, rng, text_sha256, well_formed
from .dialogue import asked_in_full
from .evidence import Evidence, EvidenceKind, Outcome
from .people import HUMAN_EDIT, HUMAN_REVIEW, accepted_by, edited_by
from .record import (
    RED_TEAM,
    SCHEMA_VERSION,
    Lineage,
    Message,
    Neighbour,
    Origin,
    Record,
    Rejection,
    Risk,
    Source,
    Trace,
    Usage,
)
from .shares import Interval, Rated, Share, clopper_pearson, kappa, upper_bound, wilson
from .verdict import Decision, Grade, Verdict, grade_of

__all__ = [
    "HUMAN_EDIT",
    "HUMAN_REVIEW",
    "RED_TEAM",
    "SCHEMA_VERSION",
    "Answer",
    "AnswerType",
    "CanaryResult",
    "Decision",
    "Evidence",
    "EvidenceKind",
    "Grade",
    "HowKnown",
    "Interval",
    "Known",
    "Lineage",
    "Message",
    "Neighbour",
    "Origin",
    "Outcome",
    "Rated",
    "Record",
    "Rejection",
    "Risk",
    "RunCanary",
    "Share",
    "Source",
    "Trace",
    "Usage",
    "Verdict",
    "accepted_by",
    "asked_in_full",
    "clopper_pearson",
    "digest",
    "edited_by",
    "grade_of",
    "kappa",
    "record_id",
    "request_seed",
    "rng",
    "text_sha256",
    "upper_bound",
    "well_formed",
    "wilson",
]
