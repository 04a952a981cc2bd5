"""Canaries for hard verifiers: candidates made wrong, and known to be, from material that was found right.

What a verifier is given has no mark: it is the candidate that it would be given in a run. What is not known
to be wrong, as a changed program that gives the same values, is no canary.
"""

from .code import Coded, one_form, wrong_code
from .fingerprints import fingerprints_of
from .math import Posed, reasoned, wrong_math
from .posing import Posing, decision_on, grade_of_material, house_verifier, posings
from .texts import Answered, wrong_text
from .wrong import Wrong

__all__ = [
    "Answered",
    "Coded",
    "Posed",
    "Posing",
    "Wrong",
    "decision_on",
    "fingerprints_of",
    "grade_of_material",
    "house_verifier",
    "one_form",
    "posings",
    "reasoned",
    "wrong_code",
    "wrong_math",
    "wrong_text",
]
